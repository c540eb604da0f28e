#!/usr/bin/env python3
"""Servers that mean harm, or are broken, on a free loopback port.

    server.py NAME        prints `listening PORT`, then serves each client in the way of that name

Each way is a function below; its first line says what it does.
"""
import os
import socket
import struct
import sys
import threading
import time

READY = b"220 mx.example ESMTP\r\n"


def line(client):
    """The client's next line, or what it said before it hung up."""
    said = b""
    while not said.endswith(b"\n"):
        octet = client.recv(1)
        if not octet:
            break
        said += octet
    return said


def reset(client):
    """Closes with a reset instead of an orderly end."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def octet_a_minute(client):
    """One octet, then nothing for a minute, and so on."""
    for octet in READY:
        client.sendall(bytes([octet]))
        time.sleep(60)


def drip(client):
    """Five octets a second, without a line's end: never silent, and never done."""
    client.sendall(b"220-")
    while True:
        client.sendall(b"x")
        time.sleep(0.2)


def dripping_lines(client):
    """Five lines a second of a reply that never ends."""
    while True:
        client.sendall(b"220-and so on\r\n")
        time.sleep(0.2)


def silent(client):
    """Takes the connection and says nothing."""
    client.recv(65536)
    time.sleep(60)


def silent_after_greeting(client):
    """Greets, and answers nothing."""
    client.sendall(READY)
    while client.recv(65536):
        pass


def endless_reply(client):
    """A reply of lines without end, as fast as they are taken."""
    client.sendall(READY)
    line(client)
    lines = b"".join(b"250-X-KEYWORD-%d and what it is worth\r\n" % i for i in range(1000))
    while True:
        client.sendall(lines)


def endless_replies(client):
    """Replies that nobody asked for, as fast as they are taken."""
    client.sendall(READY)
    while True:
        client.sendall(b"250 you did not ask\r\n" * 1000)


def endless_line(client):
    """128 MiB without a line's end, then the end of the connection."""
    client.sendall(b"220 ")
    for _ in range(2048):
        client.sendall(b"x" * 65536)


def endless_zeros(client):
    """128 MiB of NUL octets."""
    for _ in range(2048):
        client.sendall(bytes(65536))


def banner(client):
    """A greeting and replies full of what would move a cursor, reach the clipboard or turn text around."""
    client.sendall(b"220-\x1b[2J\x1b[H\x1b]0;title\x07 esc\r\n")
    client.sendall(b"220-\x1b]52;c;cm0gLXJmIC8=\x07 clipboard\r\n")
    client.sendall("220-\u202egnp.exe\u202c bidi \u2066x\u2069 \u200f\r\n".encode())
    client.sendall(b"220-\xc2\x9b31m C1 \xc2\x9d52;c;aGk=\xc2\x9c\r\n")
    client.sendall(b"220-\x9b31m \xff\xfe \xc0\xaf \xed\xa0\x80 invalid\r\n")
    client.sendall("220-line\u2028separator\u2029 bom\ufeff tag\U000e0041\r\n".encode())
    client.sendall(b"220-\x08\x08\x08\x7f\x0e\x0f\x00 low\r\n")
    client.sendall(b"220 ESMTP\rS: 250 forged\r\n")
    while True:
        said = line(client)
        if not said:
            return
        verb = said[:4].upper()
        client.sendall(b"221 bye\x1b[0m\r\n" if verb == b"QUIT" else b"250-mx\r\n250 \x1b[31mSIZE\x1b]8;;http://x\x07\r\n")
        if verb == b"QUIT":
            return


def bare_ends(client):
    """Lines that end in a bare LF, a bare CR in the midst, NUL octets."""
    client.sendall(b"220-one\n220 two ESMTP\n")
    line(client)
    client.sendall(b"250-m\rx\r\n250-S\x00IZE\n250 HELP\r\n")
    line(client)
    client.sendall(b"221 bye\n")


def early_close(client):
    """Hangs up before the greeting."""


def close_in_reply(client):
    """Hangs up within a reply of several lines, at a line's end."""
    client.sendall(READY)
    line(client)
    client.sendall(b"250-mx.example\r\n")


def close_in_line(client):
    """Hangs up within a line."""
    client.sendall(READY)
    line(client)
    client.sendall(b"250-mx.example\r\n250 SI")


def close_instead_of_reply(client):
    """Hangs up when it was asked something."""
    client.sendall(READY)
    line(client)


def reset_after_greeting(client):
    """Resets the connection when it was asked something."""
    client.sendall(READY)
    line(client)
    reset(client)


def reset_at_once(client):
    """Resets the connection before the greeting."""
    reset(client)


def tls_alert(client):
    """Answers the first octets with a TLS alert, as a TLS port does to plain text."""
    client.sendall(b"\x15\x03\x01\x00\x02\x02\x46")


def tls_handshake(client):
    """Sends what a TLS handshake begins with."""
    client.sendall(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03" + bytes(range(1, 112)))
    line(client)


def http(client):
    """A web server, which found no request in what it got."""
    line(client)
    client.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 12\r\nConnection: close\r\n\r\nBad request\n")


def http_greeting(client):
    """The same, unasked."""
    client.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 12\r\nConnection: close\r\n\r\nBad request\n")
    line(client)


def ftp(client):
    """An FTP server."""
    client.sendall(b"220 FTP server (Version 6.00LS) ready.\r\n")
    line(client)
    client.sendall(b"500 'EHLO': command not understood.\r\n")
    line(client)
    client.sendall(b"221 Goodbye.\r\n")


def pop3(client):
    """A POP3 server."""
    client.sendall(b"+OK POP3 ready <1.2@pop.example>\r\n")
    line(client)
    client.sendall(b"-ERR unknown command\r\n")
    line(client)
    client.sendall(b"+OK bye\r\n")


def garbage(client):
    """Chance (always the same) octets, a mebibyte of them."""
    state, out = 5321, bytearray()
    for _ in range(1 << 20):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        out.append(state >> 16 & 0xFF)
    client.sendall(bytes(out))


def injection(client):
    """Accepts STARTTLS, with a plaintext reply behind the 220 in the same octets (CVE-2011-0411, from the server)."""
    client.sendall(READY)
    line(client)
    client.sendall(b"250-mx.example\r\n250 STARTTLS\r\n")
    line(client)
    client.sendall(b"220 go ahead\r\n250-injected.example\r\n250 AUTH PLAIN\r\n")
    time.sleep(5)


def does_not_read(client):
    """Greets and never reads: what is sent to it piles up."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.sendall(READY)
    time.sleep(60)


WAYS = {name: way for name, way in globals().items() if callable(way) and getattr(way, "__doc__", None)
        and name not in ("line", "reset")}


def serve(client, way):
    try:
        way(client)
    except OSError:
        pass
    finally:
        client.close()


def main():
    way = WAYS[sys.argv[1]]
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(16)
    print("listening", listener.getsockname()[1], flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client, way), daemon=True).start()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        os._exit(0)
