#!/usr/bin/env python3
"""An SMTP server for many sessions at once, that is late or wrong where it is told to be.

    many.py [--unix PATH | --inet6] [--tls FOLDER] RULE...

Prints `listening ADDR:PORT` when it is ready. A RULE says what comes to a command, all others get what RFC 5321 asks for:

    MAIL=0.1            the reply comes 0.1 s late; `connect` is the greeting, `.` the reply to message text
    RCPT=550 no         this is the reply (it has a space)
    RCPT=550 no:%       and % in it is the session's number
    DATA=hangup         the server hangs up in place of a reply
    RCPT/3=450 no       only in each third session

FOLDER holds server.pem and server.key: TLS from the first octet.
"""
import argparse
import asyncio
import ssl
import sys

REPLIES = {
    "connect": "220 many.example ESMTP",
    "EHLO": "250-many.example\r\n250 PIPELINING",
    "DATA": "354 go on",
    ".": "250 2.0.0 queued",
    "QUIT": "221 2.0.0 bye",
}


class Rule:
    def __init__(self, text):
        name, self.does = text.split("=", 1)
        self.name, _, every = name.partition("/")
        self.every = int(every or 1)

    def fits(self, name, session):
        return name == self.name and session % self.every == 0


class Server:
    def __init__(self, rules):
        self.rules = rules
        self.sessions = 0

    async def reply(self, writer, name, session):
        """Says what comes to `name`; False where the session ends instead."""
        text = REPLIES.get(name, "250 2.0.0 OK")
        for rule in self.rules:
            if not rule.fits(name, session):
                continue
            if rule.does == "hangup":
                return False
            if " " not in rule.does:
                await asyncio.sleep(float(rule.does))
            else:
                text = rule.does.replace("%", str(session))
        writer.write(text.encode() + b"\r\n")
        await writer.drain()
        return name != "QUIT"

    async def client(self, reader, writer):
        self.sessions += 1
        session = self.sessions
        text = False
        going = await self.reply(writer, "connect", session)
        while going and (line := await reader.readline()):
            verb = line.split()[0].decode().upper() if line.split() else ""
            if text and line != b".\r\n":
                continue
            going = await self.reply(writer, "." if text else verb, session)
            text = not text and verb == "DATA"
        writer.close()

    async def guarded(self, reader, writer):
        try:
            await self.client(reader, writer)
        except (ConnectionError, ssl.SSLError):
            writer.close()


async def main():
    options = argparse.ArgumentParser()
    options.add_argument("--unix")
    options.add_argument("--inet6", action="store_true")
    options.add_argument("--tls")
    options.add_argument("rules", nargs="*", type=Rule)
    given = options.parse_args()
    tls = None
    if given.tls:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(f"{given.tls}/server.pem", f"{given.tls}/server.key")
    serve = Server(given.rules).guarded
    if given.unix:
        server = await asyncio.start_unix_server(serve, given.unix, ssl=tls, backlog=4096)
        print(f"listening unix:{given.unix}", flush=True)
    else:
        address = "::1" if given.inet6 else "127.0.0.1"
        server = await asyncio.start_server(serve, address, 0, ssl=tls, backlog=4096)
        host, port = server.sockets[0].getsockname()[:2]
        print(f"listening [{host}]:{port}" if given.inet6 else f"listening {host}:{port}", flush=True)
    async with server:
        await server.serve_forever()


sys.exit(asyncio.run(main()))
