"""Small servers of POP3, IMAP, HTTP and FTP on free loopback ports, for the tests of talking by hand: each knows just
what a test says to it, answers in a fixed way, and remembers what it was told."""

import re
import socket
import threading
import time


class Service:
    """`lines` are what clients said, without line ends; `raw` their octets. `close` ends the oldest connection."""

    greeting = b""

    def __init__(self):
        self.lines, self.raw, self.clients, self.ended = [], b"", [], []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listening.accept()
            self.clients.append(client)
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def close(self):
        while not self.clients:
            time.sleep(0.01)
        client = self.clients.pop(0)
        client.shutdown(socket.SHUT_RDWR)
        client.close()

    def serve(self, client):
        octets = client.makefile("rb")
        try:
            client.sendall(self.greeting)
            while (line := self.line(octets)) is not None:
                if self.answer(client, octets, line):
                    break
            client.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        except Exception:
            # A client that left in mid-exchange has nothing more to say, and that is no fault of ours.
            if octets not in self.ended:
                raise
        client.close()

    def line(self, octets):
        line = octets.readline()
        if not line:
            self.ended.append(octets)
        self.raw += line
        text = line.rstrip(b"\r\n").decode("utf-8", "replace")
        if line:
            self.lines.append(text)
        return text if line else None

    def count(self, octets, n):
        text = octets.read(n)
        self.raw += text
        return text

    def answer(self, client, octets, line):
        """Answers one line; true where the server closes now."""
        raise NotImplementedError


class Pop3(Service):
    greeting = b"+OK POP3 ready <1896.697170952@pty.test>\r\n"
    CAPA = b"+OK\r\nUSER\r\nSASL PLAIN CRAM-MD5\r\nUIDL\r\n.\r\n"

    def answer(self, client, octets, line):
        verb = line.split(" ")[0].upper()
        if verb == "RETR":
            client.sendall(b"+OK\r\nSubject: x\r\n\r\n" + b"".join(b"line %d\r\n" % i for i in range(2000)) + b".\r\n")
        elif verb == "AUTH":
            client.sendall(b"+ \r\n")
            self.line(octets)
            client.sendall(b"+OK\r\n")
        else:
            known = verb in ("USER", "PASS", "APOP", "STAT", "QUIT", "NOOP")
            client.sendall(self.CAPA if verb == "CAPA" else b"+OK\r\n" if known else b"-ERR what?\r\n")
        return verb == "QUIT"


class Imap(Service):
    greeting = b"* OK [CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN] pty.test\r\n"

    def answer(self, client, octets, line):
        words = (line + " ? ?").split(" ")
        tag, verb = words[0].encode(), words[1].upper()
        while found := re.search(r"\{(\d+)\}$", line):
            client.sendall(b"+ go on\r\n")
            if len(self.count(octets, int(found[1]))) < int(found[1]):
                return True
            line = self.line(octets) or ""
        if verb == "IDLE":
            client.sendall(b"+ idling\r\n* 3 EXISTS\r\n")
            self.line(octets)
        if verb == "SELECT":
            client.sendall(b"* 2 EXISTS\r\n")
        if verb == "LOGOUT":
            client.sendall(b"* BYE\r\n")
        known = verb in ("LOGIN", "APPEND", "SELECT", "IDLE", "NOOP", "LOGOUT")
        client.sendall(tag + (b" OK done\r\n" if known else b" BAD what?\r\n"))
        return verb == "LOGOUT"


class Http(Service):
    """Echoes the body of a POST; /long is a text of 200 lines in one header of 14 fields, /late answers after 3 s, /short
    is cut off."""

    def body(self, octets, fields):
        if "transfer-encoding" in fields:
            text = b""
            while size := int(self.line(octets), 16):
                text += self.count(octets, size)
                self.line(octets)
            self.line(octets)
            return text
        return self.count(octets, int(fields.get("content-length", "0")))

    def answer(self, client, octets, line):
        if line == "":
            return False  # RFC 9112 2.2
        if line.count(" ") != 2:
            client.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return True
        method, path, version = line.split(" ")
        fields = {}
        while (field := self.line(octets)) != "":
            if field is None:
                return True
            name, _, value = field.partition(":")
            fields[name.lower()] = value.strip()
        text = repr(self.body(octets, fields)).encode() + b"\r\n"
        more = b""
        if path == "/long":
            text = b"".join(b"line %d\n" % i for i in range(200))
            more = b"".join(b"X-Field-%d: %d\r\n" % (i, i) for i in range(14))
        if path == "/one":
            text = b"x" * 100000
        if path == "/late":
            time.sleep(3)
        length = len(text) + (10 if path == "/short" else 0)
        head = f"HTTP/1.1 {404 if path == '/none' else 200} Fine\r\nContent-Length: {length}\r\n".encode()
        client.sendall(head + more + b"\r\n" + text)
        return path == "/short" or version == "HTTP/1.0" or fields.get("connection") == "close"


class Ftp(Service):
    """No data connection is ever opened: LIST is answered when ABOR comes."""

    greeting = b"220 pty.test FTP\r\n"
    REPLIES = {
        "USER": b"331 Password?", "PASS": b"230 In", "PASV": b"227 Passive (127,0,0,1,200,1)", "QUIT": b"221 Bye",
        "EPSV": b"229 Extended (|||51202|)", "PORT": b"200 Fine", "ABOR": b"426 Given up\r\n226 Done", "TYPE": b"200 Fine",
    }

    def answer(self, client, octets, line):
        verb = line.split(" ")[0].upper()
        if verb != "LIST":
            client.sendall(self.REPLIES.get(verb, b"500 What?") + b"\r\n")
        return verb == "QUIT"


def main():
    """`service.py http|imap|pop3|ftp`: prints the port, then what clients say, as Python writes it."""
    import sys

    service = {"http": Http, "imap": Imap, "pop3": Pop3, "ftp": Ftp}[sys.argv[1]]()
    print("port", service.port, flush=True)
    told = 0
    while True:
        time.sleep(0.02)
        if len(service.raw) > told:
            now = len(service.raw)
            print("heard", repr(service.raw[told:now]), flush=True)
            told = now


if __name__ == "__main__":
    main()
