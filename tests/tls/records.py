"""TLS records as no library would write them: forged with a real connection's keys, after a real handshake.

Only what the tests need: the server's sending direction, ChaCha20-Poly1305 (RFC 8439), TLS 1.3 (RFC 8446) and TLS 1.2
(RFC 5246, RFC 7905). The keys are made from the secrets that the library logs (SSLKEYLOGFILE's format)."""

import hashlib
import hmac
import struct

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA, HEARTBEAT = 20, 21, 22, 23, 24
WARNING, FATAL = 1, 2
CLOSE_NOTIFY, INTERNAL_ERROR, USER_CANCELED, NO_RENEGOTIATION = 0, 80, 90, 100
MASK = 0xFFFFFFFF


# ---- ChaCha20-Poly1305 ----

def quarter(x, a, b, c, d):
    """RFC 8439 2.1."""
    x[a] = (x[a] + x[b]) & MASK
    x[d] ^= x[a]
    x[d] = (x[d] << 16 | x[d] >> 16) & MASK
    x[c] = (x[c] + x[d]) & MASK
    x[b] ^= x[c]
    x[b] = (x[b] << 12 | x[b] >> 20) & MASK
    x[a] = (x[a] + x[b]) & MASK
    x[d] ^= x[a]
    x[d] = (x[d] << 8 | x[d] >> 24) & MASK
    x[c] = (x[c] + x[d]) & MASK
    x[b] ^= x[c]
    x[b] = (x[b] << 7 | x[b] >> 25) & MASK


def block(key, counter, nonce):
    """64 octets of the stream (RFC 8439 2.3)."""
    state = list(struct.unpack("<4I", b"expand 32-byte k") + struct.unpack("<8I", key) + (counter,)
                 + struct.unpack("<3I", nonce))
    x = list(state)
    for _ in range(10):
        quarter(x, 0, 4, 8, 12)
        quarter(x, 1, 5, 9, 13)
        quarter(x, 2, 6, 10, 14)
        quarter(x, 3, 7, 11, 15)
        quarter(x, 0, 5, 10, 15)
        quarter(x, 1, 6, 11, 12)
        quarter(x, 2, 7, 8, 13)
        quarter(x, 3, 4, 9, 14)
    return struct.pack("<16I", *((a + b) & MASK for a, b in zip(x, state)))


def poly1305(key, text):
    """RFC 8439 2.5."""
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for i in range(0, len(text), 16):
        total = (total + int.from_bytes(text[i:i + 16] + b"\x01", "little")) * r % ((1 << 130) - 5)
    return ((total + int.from_bytes(key[16:], "little")) & ((1 << 128) - 1)).to_bytes(16, "little")


def seal(key, nonce, text, data):
    """The text encrypted, and its tag (RFC 8439 2.8)."""
    stream = b"".join(block(key, 1 + i, nonce) for i in range((len(text) + 63) // 64))
    sealed = bytes(a ^ b for a, b in zip(text, stream))
    padded = b"".join(part + bytes(-len(part) % 16) for part in (data, sealed))
    return sealed + poly1305(block(key, 0, nonce)[:32], padded + struct.pack("<QQ", len(data), len(sealed)))


# ---- keys ----

def expand_label(secret, label, length):
    """HKDF-Expand-Label with an empty context (RFC 8446 7.1), of one SHA-256 block at most."""
    label = b"tls13 " + label
    info = struct.pack("!HB", length, len(label)) + label + b"\0"
    return hmac.digest(secret, info + b"\x01", hashlib.sha256)[:length]


def prf(secret, seed, length):
    """P_SHA256 (RFC 5246 5)."""
    out, a = b"", seed
    while len(out) < length:
        a = hmac.digest(secret, a, hashlib.sha256)
        out += hmac.digest(secret, a + seed, hashlib.sha256)
    return out[:length]


def logged(path, label, client_random):
    """The secret of that name and connection in the file of secrets."""
    with open(path, encoding="ascii") as file:
        for line in file:
            words = line.split()
            if words[:2] == [label, client_random.hex()]:
                return bytes.fromhex(words[2])
    raise LookupError(label)


class Forger:
    """Takes over what a secured wire (wire.py) sends. The library must have sent nothing under its last keys: no tickets."""

    def __init__(self, wire):
        self.wire, self.sequence = wire, 0
        self.modern = wire.tls.version() == "TLSv1.3"
        name = wire.tls.cipher()[0]
        assert "CHACHA20" in name, f"these records are forged with ChaCha20-Poly1305, not {name}"
        # A record's header has 5 octets, a hello's 4 and its version 2: then come 32 octets of chance.
        client_random, server_random = wire.seen[11:43], wire.answered[11:43]
        secrets = wire.context.keylog_filename
        if self.modern:
            self.use(logged(secrets, "SERVER_TRAFFIC_SECRET_0", client_random))
            return
        master = logged(secrets, "CLIENT_RANDOM", client_random)
        keys = prf(master, b"key expansion" + server_random + client_random, 88)
        self.key, self.start = keys[32:64], keys[76:88]
        self.sequence = 1  # Finished was the first

    def use(self, secret):
        self.secret, self.sequence = secret, 0
        self.key, self.start = expand_label(secret, b"key", 32), expand_label(secret, b"iv", 12)

    def record(self, kind, octets, padding=0):
        """One record of that kind, encrypted."""
        nonce = bytes(a ^ b for a, b in zip(self.start, bytes(4) + struct.pack("!Q", self.sequence)))
        if self.modern:
            text = octets + bytes([kind]) + bytes(padding)
            header = struct.pack("!BHH", APPLICATION_DATA, 0x0303, len(text) + 16)
            data = header
        else:
            text = octets
            header = struct.pack("!BHH", kind, 0x0303, len(text) + 16)
            data = struct.pack("!Q", self.sequence) + struct.pack("!BHH", kind, 0x0303, len(text))
        self.sequence += 1
        return header + seal(self.key, nonce, text, data)

    def send(self, kind, octets, padding=0):
        self.wire.raw(self.record(kind, octets, padding))

    def say(self, octets):
        self.send(APPLICATION_DATA, octets)

    def alert(self, level, description):
        self.send(ALERT, bytes([level, description]))

    def update_keys(self, ask=False):
        """KeyUpdate, and the next keys (RFC 8446 4.6.3, 7.2)."""
        self.send(HANDSHAKE, b"\x18\0\0\x01" + bytes([ask]))
        self.use(expand_label(self.secret, b"traffic upd", 32))
