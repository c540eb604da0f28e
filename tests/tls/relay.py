#!/usr/bin/env python3
"""A TCP relay on a free loopback port that does to a connection what bad networks and people on the way do.

    relay.py PORT HOW [SIDE N]

prints `listening PORT`, passes each connection on to 127.0.0.1:PORT, and prints `passed C S` (octets from the client and
from the server) when it is over. HOW:

    whole     passes everything
    octets    passes everything, an octet a segment
    close     lets N octets of the side (C or S) pass, then hangs up both ways
    reset     the same, with a reset
    stall     the same, and then passes nothing of that side any more, and keeps the connection
    flip      flips the lowest bit of octet N (from 0) of that side, and passes everything
"""

import os
import select
import socket
import struct
import sys
import threading

CUTS = ("close", "reset", "stall")


class Relay:
    """One connection: `how`, `side` and `n` as above; `passed` counts, `told` keeps what each side said, as it came."""

    def __init__(self, port, how="whole", side="S", n=0, keep=False):
        self.port, self.how, self.side, self.n = port, how, side, n
        self.passed = {"C": 0, "S": 0}
        self.told = {"C": b"", "S": b""} if keep else None
        self.stalled = False

    def send(self, to, octets):
        if self.how != "octets":
            to.sendall(octets)
            return
        for octet in octets:
            to.sendall(bytes([octet]))

    def forward(self, side, octets, to):
        """Passes on what the side said. False: the connection is cut."""
        done = self.passed[side]
        if self.told is not None:
            self.told[side] += octets
        if side == self.side and self.how == "flip" and done <= self.n < done + len(octets):
            octets = bytearray(octets)
            octets[self.n - done] ^= 1
        cut = side == self.side and self.how in CUTS and done + len(octets) >= self.n
        if cut:
            octets = octets[:self.n - done]
        self.passed[side] += len(octets)
        if octets:
            self.send(to, octets)
        self.stalled = self.stalled or cut
        return not cut or self.how == "stall"

    def run(self, client):
        """Relays until both have hung up, or the connection is cut."""
        with client, socket.create_connection(("127.0.0.1", self.port)) as server:
            ends = {client: ("C", server), server: ("S", client)}
            for end in ends:
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            going = not (self.how in ("close", "reset") and self.n == 0)
            while going and ends:
                for end in select.select(list(ends), [], [])[0]:
                    side, to = ends[end]
                    octets = self.heard(end)
                    if not octets:
                        del ends[end]
                        going = self.ended(side, to)
                    elif not (self.stalled and side == self.side):
                        going = self.forward(side, octets, to)
                    if not going:
                        break
            if self.how == "reset" and (self.stalled or self.n == 0):
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def heard(self, end):
        try:
            return end.recv(65536)
        except OSError:
            return b""

    def ended(self, side, to):
        """A side hung up: the other is told, unless what it says is stalled. The client's end ends a stalled connection."""
        if self.stalled and side == self.side:
            return side == "S"
        if self.stalled:
            return False
        try:
            to.shutdown(socket.SHUT_WR)
        except OSError:
            return False
        return True


def listen():
    return socket.create_server(("127.0.0.1", 0), backlog=64)


def relay(client, words):
    port, how, *cut = words
    one = Relay(int(port), how, *cut[:1], *map(int, cut[1:]))
    try:
        one.run(client)
    except OSError:
        pass
    print("passed", one.passed["C"], one.passed["S"], flush=True)


def main():
    listener = listen()
    print("listening", listener.getsockname()[1], flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=relay, args=(client, sys.argv[1:]), daemon=True).start()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        os._exit(0)
