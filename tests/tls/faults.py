"""A TLS server on a free loopback port that shows one certificate of tests/tls/authority, and has one fault or none.

    faults.py FOLDER NAME [OPTION...]

It presents FOLDER/NAME.pem, prints `listening PORT`, and then for each client, a line each: `tls VERSION CIPHER
sni=NAME alpn=NAME client=CN` (`-` is nothing), `refused WHY`, `heard 'LINE'` as Python writes it, and at the end `bye`,
where the client has ended in order (under TLS: by close_notify), or `gone`.
"""

import argparse
import os
import socket
import ssl
import struct
import threading
import time
import warnings

VERSIONS = {"1.0": ssl.TLSVersion.TLSv1, "1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2,
            "1.3": ssl.TLSVersion.TLSv1_3}


# ---- what the protocols say ----
# An answer is a text, and what follows it: "" nothing, "tls" the handshake, "end" the close.


class Protocol:
    """`announced`: TLS can be had and is not there yet, and may be told; `refused`: whoever asks for it is refused."""

    greeting = ""

    def __init__(self, upgrade):
        self.announced = upgrade in ("offered", "refused")
        self.refused = upgrade == "refused"

    def upgrade(self, yes, no):
        return (no, "") if self.refused else (yes, "tls")

    def secured(self):
        self.announced = False

    def answer(self, line):
        raise NotImplementedError


class Smtp(Protocol):
    greeting = "220 mail.example ESMTP"

    def answer(self, line):
        verb = line.upper().split(" ")[0]
        if verb == "STARTTLS":
            return self.upgrade("220 2.0.0 Ready to start TLS", "454 4.7.0 TLS not available")
        if verb in ("EHLO", "LHLO"):
            return "\r\n".join(["250-mail.example", *["250-STARTTLS"][: self.announced], "250 AUTH PLAIN"]), ""
        if verb == "QUIT":
            return "221 2.0.0 Bye", "end"
        return ("250 2.0.0 Done" if verb in ("NOOP", "RSET", "RCPT", "MAIL") else "500 5.5.1 Unknown command"), ""


class Imap(Protocol):
    @property
    def words(self):
        return "IMAP4rev1" + (" STARTTLS LOGINDISABLED" if self.announced else " AUTH=PLAIN")

    @property
    def greeting(self):
        return f"* OK [CAPABILITY {self.words}] mail.example"

    def answer(self, line):
        tag, verb = (line.upper() + " ? ?").split(" ")[:2]
        tag = line[: len(tag)]
        if verb == "STARTTLS":
            return self.upgrade(f"{tag} OK Begin TLS", f"{tag} NO TLS not available")
        if verb == "CAPABILITY":
            return f"* CAPABILITY {self.words}\r\n{tag} OK Done", ""
        if verb == "LOGOUT":
            return f"* BYE mail.example\r\n{tag} OK Done", "end"
        return f"{tag} {'OK Done' if verb in ('NOOP', 'LOGIN') else 'BAD Unknown command'}", ""


class Pop3(Protocol):
    greeting = "+OK mail.example"

    def answer(self, line):
        verb = line.upper().split(" ")[0]
        if verb == "STLS":
            return self.upgrade("+OK Begin TLS", "-ERR TLS not available")
        if verb == "CAPA":
            return "\r\n".join(["+OK", *["STLS"][: self.announced], "USER", "UIDL", "."]), ""
        if verb == "QUIT":
            return "+OK Bye", "end"
        return ("+OK Done" if verb in ("NOOP", "USER", "PASS", "STAT") else "-ERR Unknown command"), ""


class Ftp(Protocol):
    greeting = "220 mail.example FTP"

    def answer(self, line):
        verb = line.upper()
        if verb in ("AUTH TLS", "AUTH SSL"):
            return self.upgrade("234 Go ahead", "504 TLS not available")
        if verb == "FEAT":
            return "\r\n".join(["211-Features", *[" AUTH TLS"][: self.announced], " PBSZ", " PROT", "211 End"]), ""
        if verb == "QUIT":
            return "221 Bye", "end"
        return ("200 Done" if verb in ("NOOP", "PBSZ 0", "PROT P") else "502 Unknown command"), ""


class Http(Protocol):
    """Answers each request, when its head is over, and closes where it is asked to."""

    closes = False

    def answer(self, line):
        if line:
            self.closes |= line.lower() == "connection: close"
            return None, ""
        close = "Connection: close\r\n" if self.closes else ""
        return f"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n{close}\r\nhello", "end" if self.closes else ""


class Tcp(Protocol):
    """Says everything in upper case; `quit` ends it."""

    greeting = "hello"

    def answer(self, line):
        return line.upper(), "end" if line == "quit" else ""


PROTOCOLS = {"smtp": Smtp, "lmtp": Smtp, "imap": Imap, "pop3": Pop3, "ftp": Ftp, "http": Http, "tcp": Tcp}


# ---- one client ----


class Conversation:
    def __init__(self, client, options, context, say):
        self.stream, self.options, self.context, self.say = client, options, context, say
        self.protocol = PROTOCOLS[options.protocol](options.upgrade)
        self.rest = b""

    def run(self):
        if not self.options.upgrade and not self.secure():
            return
        if self.protocol.greeting:
            self.tell(self.protocol.greeting)
        while (line := self.line()) is not None:
            self.say("heard", repr(line))
            text, then = self.protocol.answer(line)
            if self.options.end_at and line.upper().startswith(self.options.end_at):
                then = "end"
            elif text is not None:
                self.tell(text)
            if then == "end":
                self.end()
                return
            if then == "tls" and not self.secure():
                return
        self.say("bye")

    def secure(self):
        """Does the handshake; what the client has said in the clear and nobody read is dropped."""
        self.rest = b""
        try:
            self.stream = self.context.wrap_socket(self.stream, server_side=True, suppress_ragged_eofs=False)
        except OSError as e:
            self.say("refused", getattr(e, "reason", None) or e)
            return False
        subject = dict(pair for (pair,) in (self.stream.getpeercert() or {}).get("subject", ()))
        self.say("tls", self.stream.version(), self.stream.cipher()[0],
                 f"sni={getattr(self.stream, 'name_asked_for', '-')}",
                 f"alpn={self.stream.selected_alpn_protocol() or '-'}",
                 f"client={subject.get('commonName', '-')}")
        self.protocol.secured()
        return True

    def tell(self, text):
        self.stream.sendall(text.encode() + b"\r\n")

    def line(self):
        while b"\n" not in self.rest:
            octets = self.stream.recv(65536)
            if not octets:
                return None
            self.rest += octets
        line, self.rest = self.rest.split(b"\n", 1)
        return line.rstrip(b"\r").decode("utf-8", "replace")

    def end(self):
        if self.options.end == "reset":
            time.sleep(0.2)  # a reset overtakes what the other side has not read
            self.stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif self.options.end == "cut":
            self.stream.shutdown(socket.SHUT_WR)
            self.drain()
        elif self.options.end == "notify" and isinstance(self.stream, ssl.SSLSocket):
            self.stream.settimeout(2)
            self.stream = self.stream.unwrap()
            self.say("bye")
        self.stream.close()

    def drain(self):
        """What nobody has read would make a reset of the close."""
        self.stream.settimeout(2)
        while self.stream.recv(65536):
            pass


def converse(client, options, context, say):
    try:
        Conversation(client, options, context, say).run()
    except OSError:
        say("gone")
    client.close()


# ---- the server ----


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("name")
    parser.add_argument("--protocol", choices=PROTOCOLS, default="smtp")
    parser.add_argument("--port", type=int, default=0, help="0: one that is free")
    parser.add_argument("--upgrade", choices=("offered", "hidden", "refused"),
                        help="begins in the clear; TLS is announced, not announced, or announced and refused")
    parser.add_argument("--min", choices=VERSIONS, default="1.0")
    parser.add_argument("--max", choices=VERSIONS, default="1.3")
    parser.add_argument("--ciphers", default="ALL", help="those of TLS 1.2 and before")
    parser.add_argument("--alpn", help="names with commas between")
    parser.add_argument("--client", choices=("asked", "required"), help="whether a client shows a certificate")
    parser.add_argument("--end", choices=("notify", "cut", "reset"), default="notify",
                        help="how a connection ends: in order, without close_notify, by a reset")
    parser.add_argument("--end-at", metavar="WORDS", default="",
                        help="it ends instead of the answer to the command that begins so")
    return parser.parse_args()


def context_of(options):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(options.ciphers + ":@SECLEVEL=0")  # weak keys and old versions are what is asked for here
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = VERSIONS[options.min], VERSIONS[options.max]
    context.load_cert_chain(f"{options.folder}/{options.name}.pem", f"{options.folder}/{options.name}.key")
    if options.alpn:
        context.set_alpn_protocols(options.alpn.split(","))
    if options.client:
        context.load_verify_locations(f"{options.folder}/ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED if options.client == "required" else ssl.CERT_OPTIONAL
    context.sni_callback = lambda stream, name, _: setattr(stream, "name_asked_for", name or "-")
    return context


def main():
    options = arguments()
    context = context_of(options)
    lock = threading.Lock()

    def say(*words):
        with lock:
            print(*words, flush=True)

    listening = socket.create_server(("127.0.0.1", options.port))
    say("listening", listening.getsockname()[1])
    while True:
        client, _ = listening.accept()
        threading.Thread(target=converse, args=(client, options, context, say), daemon=True).start()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        os._exit(0)
