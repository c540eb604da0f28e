#!/usr/bin/env python3
"""An `openssl s_server` that speaks a little SMTP, and whose operator types one of its keys in mid-session: what only the library
itself can do to a connection, such as a new handshake.

    keys.py VERSION KEY FOLDER      VERSION: 1.2 or 1.3. KEY: r or R, a new handshake (TLS 1.2), R asks for a certificate
                                        too; K or k, new keys (TLS 1.3), K asks the client for the same

prints `listening PORT`, then what the client says: `heard LINE`. The key is typed before NOOP is answered; one client is served.
"""

import os
import select
import subprocess
import sys
import time


class Operator:
    def __init__(self, version, folder):
        self.server = subprocess.Popen(
            ["openssl", "s_server", "-accept", "127.0.0.1:0", "-naccept", "1", f"-tls{version.replace('.', '_')}"
             if version != "1.3" else "-tls1_3", "-cert", f"{folder}/good.pem", "-cert_chain", f"{folder}/good.pem",
             "-key", f"{folder}/good.key"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.rest = b""

    def line(self):
        """Its next line; None at its end."""
        while b"\n" not in self.rest:
            octets = os.read(self.server.stdout.fileno(), 65536)
            if not octets:
                return None
            self.rest += octets
        line, self.rest = self.rest.split(b"\n", 1)
        return line.rstrip(b"\r").decode("utf-8", "replace")

    def type(self, text):
        self.server.stdin.write(text)
        self.server.stdin.flush()

    def press(self, key):
        """A key counts where it is the first octet that is read: it goes alone, and what it does is waited for."""
        self.type(key.encode() + b"\n")
        end = time.monotonic() + 0.5
        while (left := end - time.monotonic()) > 0:
            if select.select([self.server.stdout], [], [], left)[0]:
                octets = os.read(self.server.stdout.fileno(), 65536)
                if not octets:
                    return
                self.rest += octets


def main():
    version, key, folder = sys.argv[1:]
    operator = Operator(version, folder)
    try:
        while (line := operator.line()) is not None:
            if line.startswith("ACCEPT "):
                print("listening", line.rsplit(":", 1)[1], flush=True)
            elif line.startswith("CIPHER is"):
                operator.type(b"220 mx.example ESMTP\r\n")
            elif line in ("NOOP", "RSET", "QUIT"):
                print("heard", line, flush=True)
                if line == "NOOP":
                    operator.press(key)
                operator.type(b"221 2.0.0 Bye\r\n" if line == "QUIT" else b"250 2.0.0 Done\r\n")
                if line == "QUIT":
                    time.sleep(0.2)
                    operator.type(b"Q\n")
            else:
                print("openssl", line, flush=True)
    finally:
        operator.server.kill()
        operator.server.wait()


if __name__ == "__main__":
    main()
