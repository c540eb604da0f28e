"""One client's connection, as a server that means harm holds it: octets in the clear or under TLS, and raw ones between the
records. What the client says is printed, a line each, so that a test can look at what reached the server:

    heard clear b'EHLO x'       heard tls b'NOOP'        a line, in the clear or under TLS
    hello                       a TLS handshake began where a line was awaited
    secured TLSv1.3 OUT IN      the handshake is done; octets sent and received so far
    refused WHY                 the handshake failed
    gone OUT IN WHY             the connection is over; octets sent and received. WHY: `closed` in order, with close_notify under
                                TLS; `hung up`, without; `done`, by us; or what was wrong
"""

import select
import socket
import ssl
import struct
import tempfile

# What each protocol says. `list` is what the server announces; the words that only hold on one side of TLS are added.
WORDS = {
    "smtp": {"greeting": b"220 mx.example ESMTP", "ask": b"EHLO", "upgrade": b"STARTTLS",
             "accept": b"220 2.0.0 Ready to start TLS", "refuse": b"454 4.7.0 TLS is not available",
             "unknown": b"502 5.5.1 No such command", "done": b"250 2.0.0 Done", "bye": b"221 2.0.0 Bye", "leave": b"QUIT"},
    "imap": {"greeting": b"* OK mx.example ready", "ask": b"CAPABILITY", "upgrade": b"STARTTLS",
             "accept": b"OK Begin TLS now", "refuse": b"NO TLS is not available",
             "unknown": b"BAD No such command", "done": b"OK Done", "bye": b"OK Bye", "leave": b"LOGOUT"},
    "pop3": {"greeting": b"+OK mx.example ready", "ask": b"CAPA", "upgrade": b"STLS",
             "accept": b"+OK Begin TLS now", "refuse": b"-ERR TLS is not available",
             "unknown": b"-ERR No such command", "done": b"+OK Done", "bye": b"+OK Bye", "leave": b"QUIT"},
    "ftp": {"greeting": b"220 FTP server ready", "ask": b"FEAT", "upgrade": b"AUTH",
            "accept": b"234 Begin TLS now", "refuse": b"431 TLS is not available",
            "unknown": b"502 No such command", "done": b"200 Done", "bye": b"221 Bye", "leave": b"QUIT"},
}
WORDS["lmtp"] = dict(WORDS["smtp"], greeting=b"220 mx.example LMTP", ask=b"LHLO")

# A reply that nobody asked for and that, were it believed, would be the next one: what an attacker injects.
INJECTED = {
    "smtp": b"250-injected.example\r\n250 AUTH PLAIN\r\n",
    "lmtp": b"250-injected.example\r\n250 AUTH PLAIN\r\n",
    "imap": b"* CAPABILITY IMAP4rev1 AUTH=INJECTED\r\n* 1 EXISTS\r\n",
    "pop3": b"+OK injected\r\n",
    "ftp": b"230 injected\r\n",
}


class Gone(Exception):
    """The client hung up, or broke off the handshake."""


def say(*words):
    print(*words, flush=True)


class Wire:
    """`announce(secure)` gives the words of the list of capabilities; `context` is the server's side of TLS."""

    def __init__(self, client, protocol, context):
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.client, self.protocol, self.context = client, protocol, context
        self.words = WORDS.get(protocol, WORDS["smtp"])
        self.octets = b""   # said by the client, and not yet read
        self.seen = b""     # raw, from the first octet of the handshake to its end
        self.answered = b""  # the same of what we said in it
        self.tls = self.incoming = self.outgoing = None
        self.sent = self.received = 0
        self.tag = b""
        self.announce = lambda secure: [b"SIZE 1000000"] + ([b"AUTH PLAIN LOGIN"] if secure else [b"STARTTLS"])

    # ---- octets ----

    def raw(self, octets):
        """Sends them as they are, TLS or not."""
        self.client.sendall(octets)
        self.sent += len(octets)

    def flush(self):
        octets = self.outgoing.read()
        if octets:
            self.raw(octets)
        return octets

    def say(self, octets):
        if not self.tls:
            self.raw(octets)
            return
        self.tls.write(octets)
        self.flush()

    def receive(self):
        octets = self.client.recv(65536)
        self.received += len(octets)
        return octets

    def read(self):
        """Takes what comes next into `octets`; Gone at the end."""
        while True:
            if self.tls:
                try:
                    octets = self.tls.read(65536)
                    self.flush()
                    if not octets:
                        raise Gone("closed")
                    self.octets += octets
                    return
                except ssl.SSLWantReadError:
                    self.flush()
                except ssl.SSLError as error:
                    self.flush()
                    raise Gone(error.reason or "closed") from None
            octets = self.receive()
            if not octets:
                raise Gone("hung up")
            if not self.tls:
                self.octets += octets
                return
            self.incoming.write(octets)

    def line(self):
        """The client's next line, without its end."""
        while b"\n" not in self.octets:
            if not self.tls and self.octets[:1] == b"\x16":
                say("hello")
                raise Gone("a handshake instead of a line")
            self.read()
        line, self.octets = self.octets.split(b"\n", 1)
        line = line.rstrip(b"\r")
        say("heard", "tls" if self.tls else "clear", line)
        return line

    def quiet(self, seconds):
        """Whether the client says nothing for that long."""
        return not select.select([self.client], [], [], seconds)[0]

    def reset(self):
        """What ends the connection will be a reset."""
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    # ---- TLS ----

    def await_hello(self):
        """Until the handshake's first octet has come."""
        while not self.octets:
            self.read()
        if self.octets[:1] == b"\x16":
            say("hello")

    def handshake(self):
        """The server's side of it. What the client has said already is read as its beginning."""
        self.await_hello()
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = self.context.wrap_bio(self.incoming, self.outgoing, server_side=True)
        self.incoming.write(self.octets)
        self.seen, self.octets = self.octets, b""
        while True:
            try:
                self.tls.do_handshake()
                self.answered += self.flush()
                say("secured", self.tls.version(), self.sent, self.received)
                return
            except ssl.SSLWantReadError:
                self.answered += self.flush()
            except ssl.SSLError as error:
                self.flush()
                say("refused", error.reason)
                raise Gone(error.reason) from None
            octets = self.receive()
            if not octets:
                say("refused", "hung up")
                raise Gone("hung up")
            self.seen += octets
            self.incoming.write(octets)

    def close_tls(self):
        """Says close_notify."""
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            pass
        self.flush()

    # ---- the protocol ----

    def reply(self, text):
        """A reply line, which in IMAP begins with the command's tag."""
        return (self.tag + b" " if self.protocol == "imap" else b"") + text + b"\r\n"

    def greet(self):
        self.say(self.words["greeting"] + b"\r\n")

    def capabilities(self):
        """The answer to the command that asks for them."""
        words = self.announce(bool(self.tls))
        if self.protocol in ("smtp", "lmtp"):
            lines = [b"mx.example"] + words
            return b"".join(b"250-" + line + b"\r\n" for line in lines[:-1]) + b"250 " + lines[-1] + b"\r\n"
        if self.protocol == "imap":
            words = [{b"AUTH PLAIN LOGIN": b"AUTH=PLAIN", b"SIZE 1000000": b"IDLE"}.get(word, word) for word in words]
            return b"* CAPABILITY IMAP4rev1 " + b" ".join(words) + b"\r\n" + self.reply(self.words["done"])
        if self.protocol == "pop3":
            words = [{b"AUTH PLAIN LOGIN": b"SASL PLAIN", b"SIZE 1000000": b"TOP", b"STARTTLS": b"STLS"}.get(word, word)
                     for word in words]
            return b"+OK\r\n" + b"".join(word + b"\r\n" for word in words) + b".\r\n"
        words = [{b"AUTH PLAIN LOGIN": b"PBSZ", b"SIZE 1000000": b"SIZE", b"STARTTLS": b"AUTH TLS"}.get(word, word)
                 for word in words]
        return b"211-Features\r\n" + b"".join(b" " + word + b"\r\n" for word in words) + b"211 End\r\n"

    def command(self):
        """The client's next command: its verb. An IMAP command's tag is kept for the reply."""
        line = self.line()
        if self.protocol == "imap":
            self.tag, _, line = line.partition(b" ")
        return line.split(b" ")[0].upper()

    def answer(self, verb):
        """The ordinary answer. False: the session is over."""
        if verb == self.words["ask"]:
            self.say(self.capabilities())
        elif verb == self.words["leave"]:
            self.say((b"* BYE\r\n" if self.protocol == "imap" else b"") + self.reply(self.words["bye"]))
            return False
        elif verb == b"AUTH" and self.protocol == "ftp":
            self.say(self.reply(self.words["unknown"]))
        elif verb == b"PASS" and self.protocol == "ftp":
            self.say(b"230 Logged in\r\n")
        elif verb == b"USER" and self.protocol == "ftp":
            self.say(b"331 Password\r\n")
        else:
            self.say(self.reply(self.words["done"]))
        return True

    def until_upgrade(self):
        """Answers what comes before the command that asks for TLS, and returns the octets that accept it."""
        while True:
            verb = self.command()
            if verb == self.words["upgrade"]:
                return self.reply(self.words["accept"])
            if not self.answer(verb):
                raise Gone("said goodbye")

    def talk(self):
        """Goes on in the ordinary way, to the goodbye."""
        while self.answer(self.command()):
            pass
        if self.tls:
            self.close_tls()


def server_context(folder, version=None):
    """The server's side, with the authority's good certificate. Its secrets go to a file, for whoever forges records."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/good.pem", f"{folder}/good.key")
    if version:
        context.minimum_version = context.maximum_version = {
            "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[version]
    with tempfile.NamedTemporaryFile(prefix="secrets.", dir=folder, delete=False) as secrets:
        context.keylog_filename = secrets.name
    return context
