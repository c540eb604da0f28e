"""Talking by hand, in a terminal, to servers that others wrote: `real.py PROTOCOL ADDRESS`. The servers are started by
tests/servers/start; bob's password is redqueen there."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from terminal import Terminal  # noqa: E402

PARLANCE = os.environ.get("PARLANCE", "./parlance")


def enter(terminal, line, *shows, prompt):
    """Types a line, sees what the server says to it, and the prompt that comes then."""
    terminal.enter(line)
    for text in shows:
        terminal.wait(text)
    terminal.wait_line(prompt)


def hides(terminal, secret):
    assert secret not in terminal.screen.all(), terminal.screen.all()


def imap(terminal):
    terminal.wait_line("imap not-authenticated>")
    enter(terminal, "LOGIN bob redqueen", "stands where the tag belongs", prompt="imap not-authenticated>")
    enter(terminal, "a1 LOGIN bob redqueen", "S: a1 OK", "# The client is logged in.", prompt="imap authenticated>")
    enter(terminal, "a2 SELECT INBOX", "messages.", "S: a2 OK [READ-WRITE]", prompt="imap selected>")
    enter(terminal, "a3 APPEND INBOX {5}", "S: + OK", prompt="imap literal 5>")
    enter(terminal, "hello", "C: hello", "EXISTS", "S: a3 OK", prompt="imap selected>")
    enter(terminal, "a4 IDLE", "S: + idling", prompt="imap idle>")
    enter(terminal, "DONE", "S: a4 OK", prompt="imap selected>")
    enter(terminal, "a5 LOGOUT", "S: * BYE", "S: a5 OK", prompt="imap closed>")
    hides(terminal, "redqueen")


def pop3(terminal):
    terminal.wait_line("pop3 authorization>")
    enter(terminal, "LIST", "not allowed in this state", "S: -ERR", prompt="pop3 authorization>")
    enter(terminal, "USER bob", "S: +OK", prompt="pop3 authorization>")
    enter(terminal, "PASS redqueen", "S: +OK Logged in.", prompt="pop3 transaction>")
    enter(terminal, "LIST", "S: +OK 2 messages", "A lone dot ends the list: 2 messages", prompt="pop3 transaction>")
    enter(terminal, "RETR 2", "S: ...and dotted", "A lone dot ends the text", prompt="pop3 transaction>")
    enter(terminal, "QUIT", "S: +OK Logging out.", prompt="pop3 closed>")
    hides(terminal, "redqueen")


def http(terminal):
    terminal.wait_line("http idle>")
    enter(terminal, "GET / HTTP/1.1", "Asks for the resource", prompt="http header>")
    enter(terminal, "Host: localhost", prompt="http header>")
    enter(terminal, "", "S: HTTP/1.1 200 OK", "Hello from nginx", "the response is complete", prompt="http idle>")
    enter(terminal, "HEAD /nowhere HTTP/1.1", prompt="http header>")
    enter(terminal, "Host: localhost", prompt="http header>")
    enter(terminal, "", "S: HTTP/1.1 404 Not Found", "No body follows", prompt="http idle>")


def ftp(terminal):
    terminal.wait_line("ftp connected>")
    enter(terminal, "USER anonymous", "S: 331", prompt="ftp user>")
    enter(terminal, "PASS guest@example.org", "S: 230", prompt="ftp ready>")
    enter(terminal, "FEAT", "S:  EPSV", "S: 211 End", prompt="ftp ready>")
    enter(terminal, "PASV", "S: 227", "x 256 +", ": connecting: the second connection", prompt="ftp ready>")
    enter(terminal, "LIST", "S: 150", "# -rw-r--r--", "readme.txt", "octets over the data connection>", "S: 226", prompt="ftp ready>")
    enter(terminal, "CWD incoming", "S: 250", prompt="ftp ready>")
    enter(terminal, ":port", "C: PORT 127,0,0,1,", "S: 200", ": listening: at LIST", prompt="ftp ready>")
    enter(terminal, "STOR typed.txt", "S: 150", ":data end, or ^D, ends it", prompt="ftp data>")
    enter(terminal, "one line", prompt="ftp data>")
    enter(terminal, "::another", prompt="ftp data>")
    terminal.type("\x04")
    terminal.wait("S: 226")
    terminal.wait_line("ftp ready>")
    enter(terminal, "EPSV", "S: 229", prompt="ftp ready>")
    enter(terminal, "RETR typed.txt", "S: 550", prompt="ftp ready>")  # the anonymous do not read what they upload
    enter(terminal, ":data nowhere", "The next RETR or list is saved to nowhere", prompt="ftp ready>")
    enter(terminal, ":data", "No file.", prompt="ftp ready>")
    enter(terminal, "QUIT", "S: 221", prompt="ftp closed>")
    hides(terminal, "guest@example.org")


def main():
    protocol, address = sys.argv[1:]
    with Terminal([PARLANCE, f"{protocol}://{address}"], 80, 60) as terminal:
        {"imap": imap, "pop3": pop3, "http": http, "ftp": ftp}[protocol](terminal)


if __name__ == "__main__":
    main()
