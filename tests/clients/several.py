"""Several clients of one server, for tests: they say and expect, line by line, what stands on stdin.

    1> a1 NOOP         client 1 says the line; `1>\\ text` without a line end; `{{N}}` stands for N octets of text
    1< a1 OK …         its next line is that, `…` any text; `1<* 2 EXISTS` passes over lines until that one
    1 end              it is hung up on
    1 hangs up         it goes

A client connects when it is first named, and is greeted.
"""

import re
import socket
import sys

peers = {}


def peer(name):
    if name not in peers:
        one = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
        heard = one.makefile("rb")
        greeting = heard.readline()
        if not greeting.startswith(b"* OK ["):
            sys.exit(f"greeting {greeting!r}")
        peers[name] = one, heard
    return peers[name]


def expect(name, text, passes):
    pattern = b".*".join(re.escape(part) for part in text.split("…".encode()))
    passed = []
    while True:
        try:
            received = peer(name)[1].readline()
        except TimeoutError:
            received = b""
        if re.fullmatch(pattern + b"\r\n", received):
            return
        passed.append(received)
        if not passes or not received:
            sys.exit(f"client {name}: expected {text.decode()!r}, received {passed!r}")


def main():
    said = {}
    for line in sys.stdin.buffer.read().split(b"\n")[:-1]:
        if not line or line.startswith(b"#"):
            continue
        name, what, text = re.fullmatch(rb"(\d+)(>\\ ?|> ?|<\*? ?| )(.*)", line, re.S).groups()
        name, what = name.decode(), what.strip()
        if what.startswith(b">"):
            text = re.sub(rb"\{\{(\d+)\}\}", lambda m: b"x" * int(m[1]), text)
            said[name] = said.get(name, b"") + text + (b"" if what == b">\\" else b"\r\n")
            continue
        for other in said:
            peer(other)[0].sendall(said[other])
        said = {}
        if what:
            expect(name, text, what == b"<*")
        elif text == b"end":
            left = peer(name)[1].read()
            if left:
                sys.exit(f"client {name}: expected the end, received {left!r}")
        else:
            peer(name)[1].close()
            peers.pop(name)[0].close()


main()
