"""What a person at a terminal sees of TLS that somebody attacks, and is asked before a password goes out in the clear:
`attacks.py TEST` runs one test, `attacks.py` lists them.

OUTSIDE is the library that makes 192.0.2.7 reach this machine (tls/outside.c); FOLDER holds certificates (tls/authority).
"""

import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from service import Service  # noqa: E402
from terminal import TESTS, Terminal, check, run_tests, test  # noqa: E402

PARLANCE = os.environ.get("PARLANCE", "./parlance")
FOLDER, OUTSIDE = os.environ.get("FOLDER"), os.environ.get("OUTSIDE")
# What the question before a password in the clear must speak of, however it is worded.
QUESTION = re.compile(r"not encrypted|unencrypted|in the clear|cleartext|plain ?text", re.IGNORECASE)


# ---- a server in the clear that takes any login ----

class Login(Service):
    """Takes logins of that protocol, one way or another, and answers everything else with success."""

    GREETINGS = {
        "smtp": b"220 pty.test ESMTP\r\n", "pop3": b"+OK pty.test <1896.697170952@pty.test>\r\n", "http": b"",
        "imap": b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=CRAM-MD5 SASL-IR] pty.test\r\n", "ftp": b"220 pty.test FTP\r\n",
    }
    CHALLENGE = b"PDE4OTYuNjk3MTcwOTUyQHB0eS50ZXN0Pg=="

    def __init__(self, protocol):
        self.protocol, self.greeting = protocol, self.GREETINGS[protocol]
        super().__init__()

    def exchange(self, client, octets, words, ask):
        """The steps of a SASL mechanism, up to the success."""
        steps = {"LOGIN": (b"VXNlcm5hbWU6", b"UGFzc3dvcmQ6"), "CRAM-MD5": (self.CHALLENGE,)}.get(words[0].upper(), (b"",))
        for step in steps[len(words) - 1:]:
            client.sendall(ask + b" " + step + b"\r\n")
            if self.line(octets) in ("*", None):
                return False
        return True

    def answer(self, client, octets, line):
        return getattr(self, self.protocol)(client, octets, line.split(" "))

    def smtp(self, client, octets, words):
        verb = words[0].upper()
        if verb == "EHLO":
            client.sendall(b"250-pty.test\r\n250 AUTH PLAIN LOGIN CRAM-MD5\r\n")
        elif verb == "AUTH":
            done = self.exchange(client, octets, words[1:], b"334")
            client.sendall(b"235 2.7.0 In\r\n" if done else b"501 5.7.0 Given up\r\n")
        else:
            client.sendall(b"221 Bye\r\n" if verb == "QUIT" else b"250 2.0.0 Done\r\n")
        return verb == "QUIT"

    def pop3(self, client, octets, words):
        verb = words[0].upper()
        done = verb != "AUTH" or self.exchange(client, octets, words[1:], b"+")
        client.sendall(b"+OK\r\n" if done else b"-ERR given up\r\n")
        return verb == "QUIT"

    def imap(self, client, octets, words):
        tag, verb = words[0].encode(), (words + ["?"])[1].upper()
        while found := re.search(r"\{(\d+)\}$", words[-1]):
            client.sendall(b"+ go on\r\n")
            if len(self.count(octets, int(found[1]))) < int(found[1]):
                return True
            words = (self.line(octets) or "").split(" ")
        done = verb != "AUTHENTICATE" or self.exchange(client, octets, words[2:], b"+")
        client.sendall((b"* BYE\r\n" if verb == "LOGOUT" else b"") + tag + (b" OK done\r\n" if done else b" BAD given up\r\n"))
        return verb == "LOGOUT"

    def ftp(self, client, octets, words):
        verb = words[0].upper()
        client.sendall({"USER": b"331 Password?", "PASS": b"230 In", "QUIT": b"221 Bye"}.get(verb, b"200 Done") + b"\r\n")
        return verb == "QUIT"

    def http(self, client, octets, words):
        while self.line(octets):
            pass
        client.sendall(b"HTTP/1.1 200 Fine\r\nContent-Length: 0\r\n\r\n")
        return False


def talk(service, *options, outside=True):
    """A terminal in which parlance talks to the service, which is elsewhere, or here."""
    host, environment = ("192.0.2.7", {"LD_PRELOAD": OUTSIDE}) if outside else ("127.0.0.1", {})
    return Terminal([PARLANCE, "--notes", "off", "-P", service.protocol, *options, f"{host}:{service.port}"], 100, 40,
                    **environment)


def asked(t, since):
    """Whether a question has come since then: something that is said of encryption, and that waits for an answer."""
    return bool(QUESTION.search(t.screen.all()[since:]))


def say(t, line):
    """Types a line and lets come what comes; whether that asked about the missing encryption."""
    since = len(t.screen.all())
    t.enter(line)
    t.settle(0.25)
    return asked(t, since)


def arrives(t, service, octets):
    """Waits until the server has heard that."""
    t.wait(lambda: octets in service.raw)


class Case:
    """A login: its lines, and what of them must not get out."""

    def __init__(self, protocol, secret, *lines):
        self.protocol, self.secret, self.lines = protocol, secret.encode(), lines

    def say(self, t, answer):
        """Says the lines; to the question, where it comes, the answer. How often it came."""
        times = 0
        for line in self.lines:
            if say(t, line):
                times += 1
                t.enter(answer)
                t.settle(0.25)
                if answer == "no":
                    break
        return times


SECRET, PLAIN, BASE64 = "sesame-4711", "AGJvYgBzZXNhbWUtNDcxMQ==", "c2VzYW1lLTQ3MTE="
CASES = {
    "pop3_pass": Case("pop3", SECRET, "USER bob", f"PASS {SECRET}"),
    "imap_login": Case("imap", SECRET, f"a1 LOGIN bob {SECRET}"),
    "smtp_plain_at_once": Case("smtp", PLAIN, "EHLO x", f"AUTH PLAIN {PLAIN}"),
    "smtp_plain_answer": Case("smtp", PLAIN, "EHLO x", "AUTH PLAIN", PLAIN),
    "smtp_login_answers": Case("smtp", BASE64, "EHLO x", "AUTH LOGIN", "Ym9i", BASE64),
    "imap_authenticate_plain": Case("imap", PLAIN, "a1 AUTHENTICATE PLAIN", PLAIN),
    "imap_authenticate_plain_at_once": Case("imap", PLAIN, f"a1 AUTHENTICATE PLAIN {PLAIN}"),
    "pop3_auth_plain": Case("pop3", PLAIN, "AUTH PLAIN", PLAIN),
    "http_basic": Case("http", "Ym9iOnNlc2FtZS00NzEx", "GET / HTTP/1.1", "Host: x",
                       "Authorization: Basic Ym9iOnNlc2FtZS00NzEx"),
    "ftp_pass": Case("ftp", SECRET, "USER bob", f"PASS {SECRET}"),
    "ftp_acct": Case("ftp", SECRET, f"ACCT {SECRET}"),
    "imap_login_literal": Case("imap", SECRET, f"a1 LOGIN bob {{{len(SECRET)}}}", SECRET),
    "imap_login_of_one_called_external": Case("imap", SECRET, f"a1 LOGIN external {SECRET}"),
    "imap_login_with_a_strange_tag": Case("imap", SECRET, f"SCRAM-1 LOGIN bob {SECRET}"),
    "pop3_pass_in_small_letters": Case("pop3", SECRET, "user bob", f"pass {SECRET}"),
    "smtp_xoauth2": Case("smtp", "dXNlcj1ib2IBYXV0aD1CZWFyZXIgdG9rZW4BAQ==", "EHLO x",
                         "AUTH XOAUTH2 dXNlcj1ib2IBYXV0aD1CZWFyZXIgdG9rZW4BAQ=="),
    "http_proxy": Case("http", "Ym9iOnNlc2FtZS00NzEx", "GET / HTTP/1.1", "Host: x",
                       "Proxy-Authorization: Basic Ym9iOnNlc2FtZS00NzEx"),
}
# The password itself does not go over the line: nothing to ask about.
HARMLESS = {
    "smtp_cram_md5": Case("smtp", "Ym9iIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw", "EHLO x", "AUTH CRAM-MD5",
                          "Ym9iIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"),
    "imap_cram_md5": Case("imap", "Ym9iIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw", "a1 AUTHENTICATE CRAM-MD5",
                          "Ym9iIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"),
    "pop3_apop": Case("pop3", "c4c9334bac560ecc979e58001b3e22fb", "APOP mrose c4c9334bac560ecc979e58001b3e22fb"),
}


def ready(t, service):
    t.wait(lambda: re.search(rf"{service.protocol} [a-z-]+>$", t.screen.line()))


def no_sends_nothing(case):
    service = Login(case.protocol)
    with talk(service) as t:
        ready(t, service)
        times = case.say(t, "no")
        check(times == 1, t, f"asked {times} times")
        check(case.secret not in service.raw, t, f"the secret went out: {service.raw!r}")
        check(b"no\r\n" not in service.raw, t, f"the answer to the question went to the server: {service.raw!r}")
        check(case.secret.decode() not in t.screen.text().split("\n")[-1], t, "the secret stands at the prompt")


def yes_sends_it_and_asks_once(case):
    service = Login(case.protocol)
    with talk(service) as t:
        ready(t, service)
        times = case.say(t, "yes")
        check(times == 1, t, f"asked {times} times")
        arrives(t, service, case.secret)
        check(b"yes\r\n" not in service.raw, t, f"the answer to the question went to the server: {service.raw!r}")
        before = service.raw.count(case.secret)
        if case.protocol == "http":
            t.enter("")
            t.settle(0.25)
        times = case.say(t, "yes")
        check(times == 0, t, "asked again on the same connection")
        t.wait(lambda: service.raw.count(case.secret) == before + 1)


def without_a_question(case, outside):
    service = Login(case.protocol)
    with talk(service, outside=outside) as t:
        ready(t, service)
        times = case.say(t, "no")
        check(times == 0, t, "asked")
        arrives(t, service, case.secret)


def with_case(function, case, *arguments):
    return lambda: function(case, *arguments)


for name, one in CASES.items():
    TESTS[f"no_{name}"] = with_case(no_sends_nothing, one)
    TESTS[f"yes_{name}"] = with_case(yes_sends_it_and_asks_once, one)
    TESTS[f"loopback_{name}"] = with_case(without_a_question, one, False)
for name, one in HARMLESS.items():
    TESTS[f"harmless_{name}"] = with_case(without_a_question, one, True)


@test
def question_waits_while_other_lines_were_pasted():
    """What was pasted behind the password must not answer the question."""
    service = Login("pop3")
    with talk(service) as t:
        ready(t, service)
        t.type(f"USER bob\rPASS {SECRET}\rSTAT\rNOOP\r")
        t.settle(0.5)
        check(SECRET.encode() not in service.raw, t, f"the secret went out unasked: {service.raw!r}")
        check(asked(t, 0), t, "no question")


@test
def interrupt_at_the_question_sends_nothing():
    service = Login("pop3")
    with talk(service) as t:
        ready(t, service)
        say(t, "USER bob")
        check(say(t, f"PASS {SECRET}"), t, "no question")
        t.type("\x03")
        t.settle(0.3)
        check(b"PASS" not in service.raw, t, f"it went out: {service.raw!r}")


@test
def empty_answer_sends_nothing():
    service = Login("pop3")
    with talk(service) as t:
        ready(t, service)
        say(t, "USER bob")
        check(say(t, f"PASS {SECRET}"), t, "no question")
        t.enter("")
        t.settle(0.3)
        check(b"PASS" not in service.raw, t, f"it went out: {service.raw!r}")


@test
def no_and_then_other_commands_go_on():
    service = Login("pop3")
    with talk(service) as t:
        ready(t, service)
        say(t, "USER bob")
        check(say(t, f"PASS {SECRET}"), t, "no question")
        t.enter("no")
        t.settle(0.3)
        t.enter("STAT")
        arrives(t, service, b"USER bob\r\nSTAT\r\n")


@test
def password_word_is_asked_about():
    """:password sends a secret too."""
    service = Login("pop3")
    with talk(service) as t:
        ready(t, service)
        say(t, "USER bob")
        t.enter(":password PASS")
        t.settle(0.3)
        since = len(t.screen.all())
        t.enter(SECRET)
        t.settle(0.3)
        check(asked(t, since), t, "no question")
        check(SECRET.encode() not in service.raw, t, f"the secret went out: {service.raw!r}")
        t.enter("yes")
        arrives(t, service, SECRET.encode())


@test
def reconnected_asks_anew():
    service = Login("pop3")
    with talk(service) as t:
        ready(t, service)
        say(t, "USER bob")
        check(say(t, f"PASS {SECRET}"), t, "no question")
        t.enter("yes")
        arrives(t, service, SECRET.encode())
        t.enter(":reconnect")
        t.settle(0.5)
        ready(t, service)
        say(t, "USER bob")
        check(say(t, f"PASS {SECRET}"), t, "no question on the new connection")
        t.enter("no")
        t.settle(0.3)
        check(service.raw.count(SECRET.encode()) == 1, t, "it went out")


@test
def quiet_asks_too():
    """Nobody must answer a question that is not shown."""
    service = Login("pop3")
    with talk(service, "-q") as t:
        ready(t, service)
        say(t, "USER bob")
        check(say(t, f"PASS {SECRET}"), t, "no question")
        check(SECRET.encode() not in service.raw, t, "it went out")


@test
def secret_never_shows_at_the_question():
    service = Login("imap")
    with talk(service) as t:
        ready(t, service)
        say(t, f"a1 LOGIN bob {SECRET}")
        t.enter("yes")
        arrives(t, service, SECRET.encode())
        t.settle(0.3)
        check(SECRET not in t.screen.all(), t, "the secret shows")


# ---- hostile servers ----

class Hostile:
    """tls/hostile.py in that way; what reached it is in `log`."""

    def __init__(self, way, protocol):
        self.protocol, self.log = protocol, ""
        self.process = subprocess.Popen([sys.executable, "-B", f"{HERE}/../tls/hostile.py", way, protocol, FOLDER],
                                        stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline().split()[1])
        os.set_blocking(self.process.stdout.fileno(), False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def heard(self):
        try:
            self.log += (self.process.stdout.read() or b"").decode()
        except BlockingIOError:
            pass
        return self.log

    def talk(self, *options):
        return Terminal([PARLANCE, "--notes", "off", "-P", self.protocol, "--cacert", f"{FOLDER}/ca.pem", *options,
                         f"127.0.0.1:{self.port}"], 100, 60)

    def hears(self, t, what):
        t.wait(lambda: what in self.heard())


LETTERS = ["RCPT TO:<x>", "RSET", "Q", "R", "B", "K", "k", "Y", "C", "P", "S", "r", "q", "QUIT"]


@test
def first_letters_reach_the_server():
    with Hostile("secure", "smtp") as server, server.talk("--tls") as t:
        t.wait_line("smtp+tls connected>")
        for line in LETTERS:
            t.enter(line)
            server.hears(t, f"heard tls {line.encode()!r}")
            t.settle(0.1)
        t.wait_line("smtp closed>")
        t.enter(":quit")
        check(t.end() == 0, t, "exit")


@test
def under_tls_nothing_is_asked():
    with Hostile("secure", "pop3") as server:
        t = Terminal([PARLANCE, "--notes", "off", "-P", "pop3", "--tls", "--cacert", f"{FOLDER}/ca.pem", "--verify-name",
                      "mail.example", f"192.0.2.7:{server.port}"], 100, 60, LD_PRELOAD=OUTSIDE)
        with t:
            t.wait_line("pop3+tls authorization>")
            t.enter("USER bob")
            server.hears(t, "heard tls b'USER bob'")
            t.settle(0.2)
            since = len(t.screen.all())
            t.enter(f"PASS {SECRET}")
            server.hears(t, f"heard tls b'PASS {SECRET}'")
            check("?" not in t.screen.all()[since:], t, "asked")


def forgets(protocol, hello, upgrade, before, after):
    """What was announced before TLS is gone from :caps, from :next and from completion after it; what came under TLS is there."""
    with Hostile("remembered", protocol) as server, server.talk() as t:
        t.wait(lambda: t.screen.line().endswith(">"))
        t.enter(hello)
        t.wait(before)
        t.settle(0.2)
        t.enter(upgrade)
        t.wait(lambda: re.search(rf"{protocol}\+tls [a-z-]+>$", t.screen.line()))
        for word in (":caps", ":next"):
            since = len(t.screen.all())
            t.enter(word)
            t.settle(0.3)
            shown = t.screen.all()[since:]
            check("XCLEAR" not in shown and before not in shown, t, f"{word} remembers: {shown!r}")
        t.enter(hello.replace("a1", "a3"))
        t.wait(after)
        since = len(t.screen.all())
        t.enter(":caps")
        t.settle(0.3)
        shown = t.screen.all()[since:]
        check("XTLS" in shown and "XCLEAR" not in shown, t, f":caps: {shown!r}")


@test
def smtp_forgets_what_was_announced():
    forgets("smtp", "EHLO x", "STARTTLS", "XCLEAR", "XTLS")


@test
def lmtp_forgets_what_was_announced():
    forgets("lmtp", "LHLO x", "STARTTLS", "XCLEAR", "XTLS")


@test
def imap_forgets_what_was_announced():
    forgets("imap", "a1 CAPABILITY", "a2 STARTTLS", "XCLEAR", "XTLS")


@test
def pop3_forgets_what_was_announced():
    forgets("pop3", "CAPA", "STLS", "XCLEAR", "XTLS")


@test
def ftp_forgets_what_was_announced():
    forgets("ftp", "FEAT", "AUTH TLS", "XCLEAR", "XTLS")


@test
def injection_is_seen_at_the_prompt():
    """At a terminal too the session ends, and what was typed next does not go out in the clear."""
    with Hostile("injected_same", "smtp") as server, server.talk() as t:
        t.wait_line("smtp connected>")
        t.enter("EHLO x")
        t.wait_line("smtp ready>")
        t.enter("STARTTLS")
        t.wait(lambda: re.search(r"encrypt|TLS", t.screen.all().split("Ready to start TLS")[-1]))
        t.settle(0.5)
        t.type(f"AUTH PLAIN {PLAIN}\r")
        t.settle(0.5)
        check(PLAIN not in server.heard() and "heard tls" not in server.heard(), t, server.log)
        check("S: 250 AUTH PLAIN" not in t.screen.all(), t, "the injected reply is shown as a reply")


@test
def plaintext_after_acceptance_at_the_prompt():
    with Hostile("then_greeting", "smtp") as server, server.talk() as t:
        t.wait_line("smtp connected>")
        t.enter("EHLO x")
        t.wait_line("smtp ready>")
        t.enter("STARTTLS")
        t.settle(0.8)
        t.type(f"AUTH PLAIN {PLAIN}\r")
        time.sleep(0.3)
        t.settle(0.3)
        check(PLAIN not in server.heard(), t, server.log)
        check("smtp+tls" not in t.screen.all(), t, "the prompt says that it is encrypted")


if __name__ == "__main__":
    run_tests()
