#!/usr/bin/env python3
"""Clients that attack a server's TLS: what CVE-2011-0411 did to mail servers, and what is no TLS at all.

    intruder.py WAY PORT        SMTP on 127.0.0.1; prints what the server said, a line each: `clear LINE`, `tls LINE`, then
                                `closed`, `refused WHY` or `silent`

Each way is a function below; its first line says what it does.
"""

import socket
import ssl
import struct
import sys

PATIENCE = 2  # seconds until a server that says nothing is silent
WAYS = {}


def way(function):
    WAYS[function.__name__] = function
    return function


class Client:
    """A connection, in the clear and then under TLS. Certificates are not looked at."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.octets, self.tls = b"", None

    def raw(self, octets):
        self.socket.sendall(octets)

    def read(self):
        while self.tls:
            try:
                return self.tls.read(65536)
            except ssl.SSLWantReadError:
                octets = self.socket.recv(65536)
                if not octets:
                    return b""
                self.incoming.write(octets)
        return self.socket.recv(65536)

    def line(self):
        """The server's next line; None at the end. Each is printed."""
        while b"\n" not in self.octets:
            octets = self.read()
            if not octets:
                return None
            self.octets += octets
        line, self.octets = self.octets.split(b"\n", 1)
        print("tls" if self.tls else "clear", line.rstrip(b"\r").decode("utf-8", "backslashreplace"), flush=True)
        return line

    def reply(self):
        """All lines of one."""
        while (line := self.line()) is not None and line[3:4] == b"-":
            pass

    def say(self, octets):
        if self.tls:
            self.tls.write(octets)
            octets = self.outgoing.read()
        self.raw(octets)

    def upgrade(self, behind=b""):
        """Says EHLO and STARTTLS, and in the segment of that what shall be injected."""
        self.reply()
        self.say(b"EHLO intruder.example\r\n")
        self.reply()
        self.raw(b"STARTTLS\r\n" + behind)
        self.reply()

    def begin(self):
        """Prepares TLS; the first octets of it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        return self.outgoing.read()

    def handshake(self):
        self.raw(self.begin())
        self.incoming.write(self.octets)
        self.octets = b""
        while True:
            try:
                self.tls.do_handshake()
                self.raw(self.outgoing.read())
                print("secured", flush=True)
                return
            except ssl.SSLWantReadError:
                self.raw(self.outgoing.read())
            octets = self.socket.recv(65536)
            if not octets:
                raise ConnectionError("hung up in the handshake")
            self.incoming.write(octets)

    def rest(self):
        """Prints all that still comes."""
        while self.line() is not None:
            pass
        print("closed", flush=True)


@way
def honest(client):
    """Does nothing wrong."""
    client.upgrade()
    client.handshake()
    client.say(b"EHLO intruder.example\r\n")
    client.reply()
    client.say(b"QUIT\r\n")
    client.rest()


@way
def injected(client):
    """Sends a command in the clear in the segment of STARTTLS, and waits for its reply under TLS."""
    client.upgrade(behind=b"EHLO injected.example\r\n")
    client.handshake()
    client.rest()


@way
def injected_later(client):
    """Sends a command in the clear between the acceptance and the ClientHello."""
    client.upgrade()
    client.raw(b"EHLO injected.example\r\n")
    client.handshake()
    client.rest()


@way
def injected_midst(client):
    """Sends a command in the clear between two records."""
    client.upgrade()
    client.handshake()
    client.say(b"EHLO intruder.example\r\n")
    client.reply()
    client.raw(b"QUIT\r\n")
    client.rest()


@way
def clear(client):
    """Speaks in the clear, wherever it is."""
    client.say(b"EHLO intruder.example\r\n")
    client.rest()


@way
def half_hello(client):
    """Sends half a ClientHello and hangs up."""
    client.raw(client.begin()[:100])


@way
def reset_hello(client):
    """Sends a ClientHello and resets the connection."""
    client.raw(client.begin())
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@way
def garbage(client):
    """Sends a handshake record that holds no handshake."""
    client.raw(b"\x16\x03\x01\x02\x00" + b"\xff\x1b[2J" * 128)
    client.rest()


def main():
    client = Client(int(sys.argv[2]))
    try:
        WAYS[sys.argv[1]](client)
    except TimeoutError:
        print("silent")
    except (ssl.SSLError, OSError) as why:
        print("refused", why)


if __name__ == "__main__":
    main()
