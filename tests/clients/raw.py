"""A client for tests: says and expects, line by line, what stands on stdin (see raw in clients.bats)."""

import socket
import sys


def main():
    peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
    heard = peer.makefile("rb")
    said = b""
    for line in sys.stdin.buffer.read().split(b"\n")[:-1]:
        what, text = line[:2], line[2:]
        if what.startswith(b">"):
            said += text[1:] if what == b">\\" else text + b"\r\n"
            continue
        if said:
            peer.sendall(said)
            said = b""
        received = heard.read() if line == b"end" else heard.readline()
        expected = b"" if line == b"end" else text + b"\r\n"
        if received != expected:
            sys.exit(f"expected {expected!r}, received {received!r}")
    if said:
        peer.sendall(said)


main()
