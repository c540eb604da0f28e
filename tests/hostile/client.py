#!/usr/bin/env python3
"""Clients that mean harm, or are broken.

    client.py PORT NAME        behaves so towards 127.0.0.1:PORT, then ends; 0 unless something went wrong here
"""
import socket
import struct
import sys


def endless_line(server):
    """64 MiB without a line's end."""
    for _ in range(1024):
        server.sendall(b"x" * 65536)


def endless_commands(server):
    """A hundred thousand commands, no reply read before the last."""
    server.setblocking(False)
    left = b"NOOP\r\n" * 100000
    while left:
        try:
            left = left[server.send(left[:65536]):]
        except BlockingIOError:
            try:
                server.recv(65536)
            except BlockingIOError:
                pass


def never_reads(server):
    """Ten thousand commands, and no reply is ever read."""
    server.settimeout(2)
    server.sendall(b"NOOP\r\n" * 10000)


def garbage(server):
    """Chance (always the same) octets."""
    state, out = 5321, bytearray()
    for _ in range(1 << 18):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        out.append(state >> 16 & 0xFF)
    server.sendall(bytes(out))


def escapes(server):
    """Commands that would write to the terminal of who watches."""
    server.sendall(b"EHLO \x1b]52;c;aGk=\x07\x1b[2J\xc2\x9b1m\xff\r\nMAIL FROM:<\xe2\x80\xae@x>\r\nQUIT\r\n")
    while server.recv(4096):
        pass


def tls_hello(server):
    """What a TLS client says first."""
    server.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(200)))
    server.shutdown(socket.SHUT_WR)
    while server.recv(4096):
        pass


def reset(server):
    """Resets in the midst of a command."""
    server.recv(10)
    server.sendall(b"EHL")
    server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def at_once(server):
    """Hangs up at once."""


def large_count(server):
    """A chunk of 2^64-1 octets."""
    server.sendall(b"EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nBDAT 18446744073709551615\r\n" + b"x" * 100000)
    server.shutdown(socket.SHUT_WR)
    while server.recv(4096):
        pass


def main():
    server = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=20)
    way = globals()[sys.argv[2]]
    try:
        way(server)
    except OSError:
        pass  # the server may well have hung up
    finally:
        server.close()


if __name__ == "__main__":
    main()
