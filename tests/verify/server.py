#!/usr/bin/env python3
"""A server that says what it is told to, on 127.0.0.1: correct or not, it does not know the protocol.

    server.py [--octets] FILE      listens on a port of its own, prints `listening PORT` and then what clients say

Every session gets the whole FILE: for `C:` it waits for one line (`C\\:` for as many octets), whatever it says; `S:` and
`S\\:` are said. What stands together goes out in one write. Besides, each on its own:

    <server waits 0.2 s>      <server hangs up>      <server goes silent>

A tag that the client uses in the place of the file's is echoed. After the last line the server waits for the client to hang up.

    --octets     one octet a write
    --udp        datagrams: no line ends
"""
import asyncio
import re
import socket
import sys

from script import BODY

CLOSE, SILENCE = "close", "silence"


class Await:
    """A line of the client's, or with `octets` so many of them."""

    def __init__(self, text, octets=0):
        self.tag = text.split(" ")[0].encode()
        self.octets = octets


class Hanging(Exception):
    """The client has gone."""


class Player:
    """Plays a tape: Await, octets to say, seconds to wait, CLOSE or SILENCE."""

    def __init__(self, tape, split=False, log=None):
        self.tape, self.split, self.log = tape, split, log

    async def __call__(self, reader, writer):
        tags = {}
        try:
            for i, step in enumerate(self.tape):
                if isinstance(step, Await):
                    line = await self.read(reader, writer, step, self.tape[i + 1] if i + 1 < len(self.tape) else None)
                    tags[step.tag] = line.split(b" ")[0].rstrip(b"\r\n")
                elif isinstance(step, bytes):
                    await self.write(writer, self.retagged(step, tags))
                elif step == CLOSE:
                    return
                elif step == SILENCE:
                    break
                else:
                    await asyncio.sleep(step)
            while await reader.read(65536):
                pass
        except (Hanging, ConnectionError):
            pass
        finally:
            writer.close()

    async def read(self, reader, writer, step, behind):
        try:
            line = await (reader.readexactly(step.octets) if step.octets else reader.readuntil(b"\n"))
        except asyncio.IncompleteReadError as gone:
            raise Hanging from gone
        if self.log:
            self.log(line)
        # Who waits to be asked for a literal is asked.
        if isinstance(behind, Await) and re.search(rb"\{\d+\}\r\n$", line):
            await self.write(writer, b"+ go on\r\n")
        return line

    async def write(self, writer, octets):
        pieces = [octets[i : i + 1] for i in range(len(octets))] if self.split else [octets]
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    @staticmethod
    def retagged(octets, tags):
        lines = octets.split(b"\r\n")
        for i, line in enumerate(lines):
            tag, space, rest = line.partition(b" ")
            lines[i] = tags.get(tag, tag) + space + rest
        return b"\r\n".join(lines)


class Datagrams(asyncio.DatagramProtocol):
    """The same for datagrams: each said one is a datagram. A tape for one client."""

    def __init__(self, tape, log=None):
        self.tape, self.log = list(tape), log
        self.playing = None

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        if self.log:
            self.log(data)
        while self.tape and not isinstance(self.tape[0], Await):
            self.tape.pop(0)  # nobody was there to be told
        if self.tape:
            self.tape.pop(0)
        said = []
        while self.tape and not isinstance(self.tape[0], Await):
            said.append(self.tape.pop(0))
        self.playing = asyncio.get_running_loop().create_task(self.say(said, address))

    async def say(self, said, address):
        for step in said:
            if isinstance(step, bytes):
                self.transport.sendto(step.removesuffix(b"\r\n"), address)
            elif isinstance(step, float):
                await asyncio.sleep(step)


def joined(tape):
    """The tape with what is said without a break in one piece."""
    result = []
    for step in tape:
        if isinstance(step, bytes) and result and isinstance(result[-1], bytes):
            result[-1] += step
        else:
            result.append(step)
    return result


def read_tape(path):
    """The tape of a FILE, line by line."""
    tape = []
    for number, text in enumerate(open(path, encoding="utf-8"), 1):
        text = text.removesuffix("\n")
        said = BODY.fullmatch(text)
        if said:
            exact = said[3] and said[5].encode().decode("unicode_escape").encode("latin-1")
            if said[1] == "C":
                tape.append(Await(said[5], len(exact)))
            else:
                tape.append(exact or said[5].encode() + b"\r\n")
        elif waits := re.fullmatch(r"<server waits ([\d.]+) s>", text):
            tape.append(float(waits[1]))
        elif text == "<server hangs up>":
            tape.append(CLOSE)
        elif text == "<server goes silent>":
            tape.append(SILENCE)
        elif text and not text.startswith("#"):
            sys.exit(f"{path}:{number}: neither said nor done: {text}")
    return tape


def log(line):
    print("C: " + line.decode("utf-8", "backslashreplace").rstrip("\r\n"), flush=True)


async def main():
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    tape = read_tape(words[0])
    if "--udp" in sys.argv:
        ears = socket.socket(type=socket.SOCK_DGRAM)
        ears.bind(("127.0.0.1", 0))
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: Datagrams(tape, log), sock=ears)
        print("listening", ears.getsockname()[1], flush=True)
        await asyncio.Event().wait()
    player = Player(joined(tape), "--octets" in sys.argv, log)
    server = await asyncio.start_server(player, "127.0.0.1", 0)
    print("listening", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
