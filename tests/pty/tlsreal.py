"""Talking under TLS by hand, in a terminal, to servers that others wrote: `tlsreal.py TEST URL`, with the file of the
authority that is trusted in CACERT. The servers are started by tests/servers/start; bob's password is redqueen there."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from real import PARLANCE, enter, hides  # noqa: E402
from terminal import Terminal  # noqa: E402

# What the password looks like in what is said: as it is, and in base64 with what stands before it.
SECRETS = ("redqueen", "AGJvYgByZWRxdWVlbg", "cmVkcXVlZW4")


def story(terminal, authority="Parlance Test"):
    """TLS was told in words, and who vouches."""
    terminal.wait("TLS 1.")
    terminal.wait(authority)


def letters(terminal, word, answer, prompt):
    """Lines of one letter, none of which is parlance's; each is answered by the server."""
    for letter in word:
        answers = terminal.screen.all().count(answer)
        terminal.enter(letter)
        terminal.wait(lambda: terminal.screen.all().count(answer) == answers + 1)
        terminal.wait(f"C: {letter}\n")
        terminal.wait_line(prompt)


def password(terminal, way, *shows, prompt):
    """:auth, with the password at its own prompt, where nothing of it shows."""
    terminal.enter(f":auth {way} bob")
    terminal.wait_line("password:")
    terminal.type("redqueen")
    terminal.settle()
    assert "redqueen" not in terminal.screen.all(), terminal.screen.all()
    terminal.type("\r")
    for text in shows:
        terminal.wait(text)
    terminal.wait_line(prompt)


def hides_all(terminal):
    for secret in SECRETS:
        hides(terminal, secret)


# ---- IMAP ----

def imaps(terminal):
    terminal.wait_line("imap+tls not-authenticated>")
    story(terminal)
    for letter in "QRBKk":
        enter(terminal, f"{letter} NOOP", f"S: {letter} OK", prompt="imap+tls not-authenticated>")
    enter(terminal, "a1 LOGIN bob redqueen", "S: a1 OK", prompt="imap+tls authenticated>")
    enter(terminal, ":cert", "localhost", "Parlance Test R1", prompt="imap+tls authenticated>")
    enter(terminal, "a2 LOGOUT", "S: * BYE", "S: a2 OK", prompt="imap closed>")
    hides_all(terminal)


def imap_typed(terminal):
    terminal.wait_line("imap not-authenticated>")
    enter(terminal, ":caps", "STARTTLS", prompt="imap not-authenticated>")
    enter(terminal, "a1 STARTTLS", "S: a1 OK", prompt="imap+tls not-authenticated>")
    story(terminal)
    known = terminal.screen.all().count("AUTH=CRAM-MD5")
    enter(terminal, ":caps", "has announced nothing", prompt="imap+tls not-authenticated>")
    assert terminal.screen.all().count("AUTH=CRAM-MD5") == known, terminal.screen.all()
    enter(terminal, "a2 CAPABILITY", "S: a2 OK", prompt="imap+tls not-authenticated>")
    terminal.enter(":caps")
    terminal.wait(lambda: terminal.screen.all().count("AUTH=CRAM-MD5") == known + 2)
    terminal.wait_line("imap+tls not-authenticated>")
    enter(terminal, "a3 LOGIN bob redqueen", "S: a3 OK", prompt="imap+tls authenticated>")
    enter(terminal, "a4 LOGOUT", "S: a4 OK", prompt="imap closed>")
    hides_all(terminal)


def imap_word(terminal):
    terminal.wait_line("imap not-authenticated>")
    enter(terminal, ":starttls", "STARTTLS", prompt="imap+tls not-authenticated>")
    story(terminal)
    password(terminal, "plain", "AUTHENTICATE PLAIN", prompt="imap+tls authenticated>")
    enter(terminal, "z LOGOUT", "S: z OK", prompt="imap closed>")
    hides_all(terminal)


def imap_logins(terminal):
    terminal.wait_line("imap+tls not-authenticated>")
    password(terminal, "cram-md5", "AUTHENTICATE CRAM-MD5", prompt="imap+tls authenticated>")
    enter(terminal, "z LOGOUT", "S: z OK", prompt="imap closed>")
    terminal.enter(":reconnect")
    terminal.wait_line("imap+tls not-authenticated>")
    password(terminal, "login", 'C: a1 LOGIN "bob" "{{password}}"', prompt="imap+tls authenticated>")
    enter(terminal, "y LOGOUT", "S: y OK", prompt="imap closed>")
    terminal.enter(":reconnect")
    terminal.wait_line("imap+tls not-authenticated>")
    password(terminal, "scram-sha-256", "AUTHENTICATE SCRAM-SHA-256", prompt="imap+tls authenticated>")
    hides_all(terminal)


# ---- POP3 ----

def pop3_typed(terminal):
    terminal.wait_line("pop3 authorization>")
    enter(terminal, "STLS", "S: +OK", prompt="pop3+tls authorization>")
    story(terminal)
    password(terminal, "login", "AUTH LOGIN", prompt="pop3+tls transaction>")
    enter(terminal, "STAT", "S: +OK 2 ", prompt="pop3+tls transaction>")
    enter(terminal, "QUIT", "S: +OK Logging out.", prompt="pop3 closed>")
    hides_all(terminal)


def pop3s(terminal):
    terminal.wait_line("pop3+tls authorization>")
    letters(terminal, "QR", "S: -ERR", "pop3+tls authorization>")  # at the third Dovecot would hang up
    password(terminal, "user", "C: PASS {{password}}", prompt="pop3+tls transaction>")
    letters(terminal, "BKk", "S: -ERR", "pop3+tls transaction>")
    enter(terminal, "QUIT", "S: +OK Logging out.", prompt="pop3 closed>")
    hides_all(terminal)


# ---- SMTP ----

def smtp_typed(terminal):
    terminal.wait_line("smtp connected>")
    enter(terminal, "EHLO client.example", "S: 250-STARTTLS", prompt="smtp ready>")
    enter(terminal, "STARTTLS", "S: 220 2.0.0", prompt="smtp+tls connected>")
    story(terminal)
    enter(terminal, "EHLO client.example", "S: 250-AUTH PLAIN", prompt="smtp+tls ready>")
    password(terminal, "plain", "AUTH PLAIN", "S: 235", prompt="smtp+tls ready>")
    enter(terminal, "MAIL FROM:<bob@localhost>", "S: 250 2.1.0", prompt="smtp+tls mail>")
    enter(terminal, "RCPT TO:<bob@localhost>", "S: 250 2.1.5", prompt="smtp+tls rcpt>")
    enter(terminal, "RSET", "S: 250 2.0.0", prompt="smtp+tls ready>")
    enter(terminal, "QUIT", "S: 221 2.0.0", prompt="smtp closed>")
    hides_all(terminal)


def smtps(terminal):
    terminal.wait_line("smtp+tls connected>")
    enter(terminal, "EHLO client.example", "S: 250-AUTH PLAIN", prompt="smtp+tls ready>")
    password(terminal, "login", "AUTH LOGIN", "S: 235", prompt="smtp+tls ready>")
    letters(terminal, "RQBKk", "S: 500 5.5.2", "smtp+tls ready>")
    enter(terminal, "QUIT", "S: 221 2.0.0", prompt="smtp closed>")
    hides_all(terminal)


def smtp_word(terminal):
    terminal.wait_line("smtp connected>")
    enter(terminal, ":starttls", "C: EHLO ", "C: STARTTLS", "S: 220 2.0.0", prompt="smtp+tls connected>")
    enter(terminal, "QUIT", "S: 221 2.0.0", prompt="smtp closed>")


# ---- HTTP and FTP ----

def https(terminal):
    terminal.wait_line("http+tls idle>")
    story(terminal)
    enter(terminal, "GET / HTTP/1.1", prompt="http+tls header>")
    enter(terminal, "Host: localhost", prompt="http+tls header>")
    enter(terminal, "", "S: HTTP/1.1 200 OK", "Hello from nginx", prompt="http+tls idle>")


def ftp_typed(terminal):
    terminal.wait_line("ftp connected>")
    enter(terminal, "AUTH TLS", "S: 234", prompt="ftp+tls connected>")
    story(terminal)
    enter(terminal, "PBSZ 0", "S: 200", prompt="ftp+tls connected>")
    enter(terminal, "PROT P", "S: 200 PROT", prompt="ftp+tls connected>")
    enter(terminal, "USER anonymous", "S: 331", prompt="ftp+tls user>")
    enter(terminal, "PASS guest@example.org", "S: 230", prompt="ftp+tls ready>")
    enter(terminal, "PASV", "S: 227", ": connecting", prompt="ftp+tls ready>")
    enter(terminal, "LIST", "S: 150", "under TLS 1.", "S: 226", prompt="ftp+tls ready>")
    enter(terminal, "QUIT", "S: 221", prompt="ftp closed>")
    hides(terminal, "guest@example.org")


def ftps(terminal):
    terminal.wait_line("ftp+tls connected>")
    letters(terminal, "QRBKk", "S: 530", "ftp+tls connected>")
    enter(terminal, "QUIT", "S: 221", prompt="ftp closed>")


TESTS = (imaps, imap_typed, imap_word, imap_logins, pop3_typed, pop3s, smtp_typed, smtps, smtp_word, https, ftp_typed, ftps)


def main():
    name, url = sys.argv[1:]
    with Terminal([PARLANCE, "--cacert", os.environ["CACERT"], url], 80, 60) as terminal:
        {test.__name__: test for test in TESTS}[name](terminal)


if __name__ == "__main__":
    main()
