#!/usr/bin/env python3
"""aiosmtpd on a free loopback port: takes mail for everyone@here.example, bob logs in with redqueen.

    mail.py FILE [lmtp]     prints `listening PORT`; appends each message, as it came, to FILE
"""
import asyncio
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Handler:
    def __init__(self, path):
        self.path = path

    async def handle_RCPT(self, server, session, envelope, address, options):
        if not address.endswith("@here.example"):
            return "550 5.1.1 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        with open(self.path, "ab") as file:
            file.write(envelope.original_content)
        return "250 2.0.0 message accepted"


def login(server, session, envelope, mechanism, auth):
    good = isinstance(auth, LoginPassword) and (auth.login, auth.password) == (b"bob", b"redqueen")
    return AuthResult(success=good, handled=False)


class Mail(Controller):
    def factory(self):
        kind = LMTP if "lmtp" in sys.argv[2:] else SMTP
        return kind(self.handler, hostname="here.example", ident=f"Python {kind.__name__}", authenticator=login,
                    auth_require_tls=False, enable_SMTPUTF8=True)


async def main():
    server = await asyncio.get_running_loop().create_server(Mail(Handler(sys.argv[1])).factory, "127.0.0.1", 0)
    print("listening", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
