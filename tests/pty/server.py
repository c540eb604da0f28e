"""A small SMTP server on a free loopback port, for the tests of the prompt: it answers each command in a fixed way,
can be told to take its time, and remembers what it was told."""

import socket
import threading
import time


class Server:
    """`slow`: seconds before the reply to a verb, such as {"NOOP": 1}. `stays`: does not close after QUIT."""

    REPLIES = {
        "EHLO": "250-pty.test greets you\r\n250-SIZE 10000000\r\n250-PIPELINING\r\n250-8BITMIME\r\n"
                "250-AUTH PLAIN LOGIN\r\n250 HELP",
        "HELO": "250 pty.test", "MAIL": "250 2.1.0 Sender ok", "DATA": "354 Go ahead", "RSET": "250 2.0.0 Reset",
        "NOOP": "250 2.0.0 Nothing done", "HELP": "214 See RFC 5321", "QUIT": "221 2.0.0 Bye",
        "STARTTLS": "454 4.7.0 TLS not available", "VRFY": "252 2.5.0 Perhaps",
    }

    def __init__(self, slow=None, stays=False, greeting="220 pty.test ESMTP"):
        self.slow, self.stays, self.greeting = slow or {}, stays, greeting
        self.lines = []  # what clients said, without line ends
        self.times = []  # when
        self.raw = b""
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def say(self, client, text):
        client.sendall(text.encode() + b"\r\n")

    def serve(self, client):
        try:
            self.talk(client, client.makefile("rb"))
        except OSError:
            pass
        client.close()

    def heard(self, lines):
        line = lines.readline()
        self.raw += line
        text = line.rstrip(b"\r\n").decode("utf-8", "replace")
        if line:
            self.lines.append(text)
            self.times.append(time.monotonic())
        return text if line else None

    def talk(self, client, lines):
        time.sleep(self.slow.get("", 0))
        self.say(client, self.greeting)
        hello = mail = rcpt = False
        while (line := self.heard(lines)) is not None:
            verb = line.split(" ")[0].upper() or "?"
            time.sleep(self.slow.get(verb, 0))
            if verb == "MAIL" and not hello:
                self.say(client, "503 5.5.1 EHLO first")
            elif verb == "RCPT":
                good = mail and "<" in line and "nobody" not in line
                rcpt = rcpt or good
                self.say(client, "250 2.1.5 Recipient ok" if good else "550 5.1.1 No such user")
            elif verb == "DATA" and not rcpt:
                self.say(client, "503 5.5.1 RCPT first")
            elif verb == "AUTH":
                self.login(client, lines, line)
            else:
                self.say(client, self.REPLIES.get(verb, "500 5.5.1 Unknown command"))
            hello |= verb in ("EHLO", "HELO")
            mail |= verb == "MAIL" and hello
            if verb == "DATA" and rcpt:
                while self.heard(lines) not in (".", None):
                    pass
                time.sleep(self.slow.get(".", 0))
                self.say(client, "250 2.0.0 Queued")
                mail = rcpt = False
            if verb == "QUIT" and not self.stays:
                return

    def login(self, client, lines, line):
        if "LOGIN" in line:
            self.say(client, "334 VXNlcm5hbWU6")
            self.heard(lines)
            self.say(client, "334 UGFzc3dvcmQ6")
            self.heard(lines)
        elif len(line.split(" ")) < 3:
            self.say(client, "334 ")
            self.heard(lines)
        self.say(client, "235 2.7.0 Authenticated")


def main():
    """`server.py [VERB=SECONDS]... [stays]`: prints the port, then what clients say, as Python writes it."""
    import sys

    slow = dict(word.split("=") for word in sys.argv[1:] if "=" in word)
    server = Server(slow={verb: float(seconds) for verb, seconds in slow.items()}, stays="stays" in sys.argv)
    print("port", server.port, flush=True)
    told = 0
    while True:
        time.sleep(0.02)
        while told < len(server.lines):
            print("heard", repr(server.lines[told]), flush=True)
            told += 1


if __name__ == "__main__":
    main()
