"""Logging in by `:auth WAY NAME` and `:password NAME`, in a terminal, against small servers on loopback that check what
they are told: `login.py TEST [PORT]...` runs one test, `login.py` lists them. Every test ends by looking for the secret, and for
what gives it away, in all that the terminal was ever sent, in the record and in the history."""

import base64
import glob
import hashlib
import hmac
import os
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import Server  # noqa: E402
from service import Ftp, Http, Imap, Pop3  # noqa: E402
from terminal import TESTS, Terminal, check, test  # noqa: E402

PARLANCE = os.environ.get("PARLANCE", "./parlance")
STATE = os.environ.get("XDG_STATE_HOME", "/nonexistent")
PASSWORD, TOKEN = "red queen=7", "ya29.Tokenization"


def encoded(text):
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def decoded(text):
    return base64.b64decode(text, validate=True)


# ---- what a server's side of each mechanism is, written apart from parlance ----

class Refused(Exception):
    pass


class Exchange:
    """Goes through one exchange on the server's side: `ask` sends a challenge and takes the answer."""

    def __init__(self, ask, wrong=""):
        self.ask, self.wrong = ask, wrong

    def run(self, mechanism, first):
        getattr(self, mechanism.lower().replace("-", "_"))(first)

    def first(self, first):
        return decoded(self.ask(b"") if first is None else first)

    def plain(self, first):
        if self.first(first) != b"\0bob\0" + PASSWORD.encode():
            raise Refused

    def login(self, first):
        assert first is None, first
        if decoded(self.ask(b"Username:")) != b"bob" or decoded(self.ask(b"Password:")) != PASSWORD.encode():
            raise Refused
        if self.wrong == "third":
            self.ask(b"Shoe size:")

    def cram_md5(self, first):
        assert first is None, first
        challenge = b"" if self.wrong == "empty" else b"<1.2@pty.test>"
        proof = hmac.new(PASSWORD.encode(), challenge, "md5").hexdigest()
        if decoded(self.ask(challenge)) != b"bob " + proof.encode():
            raise Refused

    def scram(self, first, name):
        def mac(key, text):
            return hmac.digest(key, text, name)

        first = self.first(first)
        assert first.startswith(b"n,,n=bob,r="), first
        nonce = first[11:] + b"%server"
        shown = b"x" + nonce if self.wrong == "nonce" else nonce
        challenge = b"r=" + shown + b",s=" + base64.b64encode(b"salted") + b",i=4096"
        final = decoded(self.ask(challenge))
        bare, _, proof = final.rpartition(b",p=")
        assert bare == b"c=biws,r=" + nonce, final
        salted = hashlib.pbkdf2_hmac(name, PASSWORD.encode(), b"salted", 4096)
        message = first[3:] + b"," + challenge + b"," + bare
        client = mac(salted, b"Client Key")
        signature = mac(hashlib.new(name, client).digest(), message)
        if self.wrong == "refuses":
            self.ask(b"e=other-error")
            raise Refused
        if bytes(a ^ b for a, b in zip(client, signature)) != base64.b64decode(proof):
            raise Refused
        if self.wrong == "unproved":
            return
        key = b"someone else's" if self.wrong == "signature" else mac(salted, b"Server Key")
        if self.ask(b"v=" + base64.b64encode(mac(key, message))) != "":
            raise Refused

    def scram_sha_1(self, first):
        self.scram(first, "sha1")

    def scram_sha_256(self, first):
        self.scram(first, "sha256")

    def xoauth2(self, first):
        said = self.first(first)
        if said != b"user=bob\x01auth=Bearer " + TOKEN.encode() + b"\x01\x01":
            assert self.ask(b'{"status":"400"}') == ""
            raise Refused

    def oauthbearer(self, first):
        said = self.first(first)
        if said != f"n,a=bob,\x01host=127.0.0.1\x01port={self.port}\x01auth=Bearer {TOKEN}\x01\x01".encode():
            assert self.ask(b'{"status":"invalid_token"}') == "AQ=="
            raise Refused


class Mechanisms:
    """A server whose AUTH is an Exchange; `wrong` is what it does wrong."""

    ALL = "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER"
    wrong, delay = "", 0

    def go_through(self, mechanism, first, ask, say, yes, no):
        def slow_ask(challenge):
            time.sleep(self.delay)
            answer = ask(challenge)
            if answer == "*":
                raise Refused
            return answer

        exchange = Exchange(slow_ask, self.wrong)
        exchange.port = self.port
        try:
            exchange.run(mechanism, first)
            say(yes)
        except (Refused, AssertionError, ValueError) as e:
            say(no + repr(e))


class Smtp(Mechanisms, Server):
    REPLIES = dict(Server.REPLIES, EHLO=f"250-pty.test\r\n250 AUTH {Mechanisms.ALL}")

    def login(self, client, lines, line):
        words = line.split(" ") + [None]

        def ask(challenge):
            self.say(client, "334 " + ("%%%" if self.wrong == "base64" else encoded(challenge)))
            return self.heard(lines)

        self.go_through(words[1], words[2], ask, lambda text: self.say(client, text), "235 2.7.0 In", "535 5.7.8 Out ")


class Mailbox(Mechanisms):
    """POP3 or IMAP: AUTH, and AUTHENTICATE behind a tag."""

    def authenticate(self, client, octets, mechanism, first, yes, no):
        def ask(challenge):
            client.sendall(b"+ " + encoded(challenge).encode() + b"\r\n")
            return self.line(octets)

        self.go_through(mechanism, first, ask, lambda text: client.sendall(text.encode() + b"\r\n"), yes, no)


class Pop(Mailbox, Pop3):
    CAPA = f"+OK\r\nUSER\r\nSASL {Mechanisms.ALL}\r\n.\r\n".encode()

    def answer(self, client, octets, line):
        words = line.split(" ") + [None]
        if words[0].upper() == "AUTH":
            self.authenticate(client, octets, words[1], words[2], "+OK in", "-ERR out ")
            return False
        digest = hashlib.md5(b"<1896.697170952@pty.test>" + PASSWORD.encode()).hexdigest()
        if words[0] == "APOP" and line != f"APOP bob {digest}" or words[0] == "PASS" and line != f"PASS {PASSWORD}":
            client.sendall(b"-ERR out\r\n")
            return False
        return Pop3.answer(self, client, octets, line)


class Mail(Mailbox, Imap):
    first = " SASL-IR"

    def __init__(self):
        each = "".join(f" AUTH={name}" for name in self.ALL.split())
        self.greeting = f"* OK [CAPABILITY IMAP4rev1{self.first}{each}] pty.test\r\n".encode()
        super().__init__()

    def answer(self, client, octets, line):
        words = line.split(" ") + [None]
        if words[1] == "AUTHENTICATE":
            self.authenticate(client, octets, words[2], words[3], words[0] + " OK in", words[0] + " NO out ")
            return False
        return Imap.answer(self, client, octets, line)


class OldMail(Mail):
    first = ""


class ClosedMail(Mail):
    first = " LOGINDISABLED"


# ---- what a person does and sees ----

def talk(service, *options, columns=80, rows=40):
    protocol = {Smtp: "smtp", Pop: "pop3", Ftp: "ftp", Http: "http"}.get(type(service), "imap")
    record = os.path.join(STATE, f"record-{time.monotonic_ns()}.txt")
    return Terminal([PARLANCE, "--notes", "off", *(() if "-P" in options else ("-P", protocol)), "-r", record, *options,
                     service.address], columns, rows)


def shown(terminal):
    return " ".join(terminal.screen.all().replace("\n#", " ").split())


def says(terminal, *sentences):
    for sentence in sentences:
        terminal.wait(lambda: sentence in shown(terminal))


def auth(terminal, way, secret, asks="password"):
    terminal.enter(f":auth {way}")
    terminal.wait_line(f"{asks}:")
    terminal.enter(secret)


def hello(terminal):
    terminal.wait_line("smtp connected>")
    terminal.enter("EHLO me.example")
    terminal.wait_line("smtp ready>")


def nothing_leaks(terminal, service, *more):
    """Neither the secrets, nor what they were encoded as, nor what can be tried against a list of passwords, stands in
    anything that was shown or kept; `:hex` and `:why` are asked, too."""
    terminal.settle()
    for word in ":hex", ":why":
        terminal.enter(word)
        terminal.settle(0.2)
    kept = terminal.raw.decode("utf-8", "replace") + terminal.screen.all()
    for path in glob.glob(os.path.join(STATE, "**", "*"), recursive=True):
        if os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                kept += file.read()
    secrets = [PASSWORD, TOKEN, "wrong one", *more]
    for line in service.lines:
        for word in line.split(" "):
            try:
                plain = decoded(word).decode("utf-8", "replace")
            except ValueError:
                continue
            if len(word) > 12 and plain.lstrip("n,=") != "bob":
                secrets += [word, plain.rpartition(",p=")[2] if ",p=" in plain else word]
                secrets += [plain[4:]] if plain.startswith("bob ") else []
    for secret in secrets:
        for form in secret, encoded(secret), encoded("\0bob\0" + secret)[4:-4], secret.encode().hex(" "):
            check(form not in kept, terminal, f"{form!r} shows or was kept")
    check("bob" in kept, terminal, "nothing was looked through")


# ---- mechanisms ----

@test
def every_mechanism_of_smtp_is_gone_through():
    for way in Mechanisms.ALL.lower().split():
        server, token = Smtp(), "auth" in way
        with talk(server) as t:
            hello(t)
            auth(t, f"{way} bob", "wrong one", "token" if token else "password")
            t.wait("S: 535")
            says(t, "The login was refused; :why says more.")
            auth(t, f"{way} bob", TOKEN if token else PASSWORD, "token" if token else "password")
            t.wait("S: 235")
            check(t.screen.all().count("S: 535") == 1 and "Error" not in t.screen.all(), t, way)
            nothing_leaks(t, server)


@test
def every_mechanism_of_pop3_is_gone_through():
    for way in Mechanisms.ALL.lower().split():
        server, token = Pop(), "auth" in way
        with talk(server) as t:
            t.wait_line("pop3 authorization>")
            auth(t, f"{way} bob", TOKEN if token else PASSWORD, "token" if token else "password")
            t.wait_line("pop3 transaction>")
            nothing_leaks(t, server)


@test
def every_mechanism_of_imap_is_gone_through():
    for kind in Mail, OldMail:
        for way in Mechanisms.ALL.lower().replace("login ", "").split():
            server, token = kind(), "auth" in way
            with talk(server) as t:
                t.wait_line("imap not-authenticated>")
                t.enter("a7 NOOP")
                t.wait("S: a7 OK")
                auth(t, f"{way} bob", TOKEN if token else PASSWORD, "token" if token else "password")
                t.wait_line("imap authenticated>")
                t.wait("S: a8 OK in")
                nothing_leaks(t, server)
            command = server.lines[1].split(" ")
            late = kind is OldMail or way == "cram-md5"
            check(len(command) == (3 if late else 4), t, f"{way} began with {command}")


@test
def how_each_line_is_built_is_told():
    server = Smtp()
    with talk(server, rows=60) as t:
        hello(t)
        auth(t, "plain bob", PASSWORD)
        says(t, "NUL bob NUL {{password}}, without the spaces, in base64", "C: AUTH PLAIN {{plain bob {{password}}}}")
        t.wait("S: 235")
        auth(t, "login bob", PASSWORD)
        says(t, "LOGIN (in no standard): the server speaks first; its 334 is waited for.", "The server asks “Username:”. The answer is bob",
             "C: {{base64 bob}}", "The server asks “Password:”. The answer is {{password}}",
             "C: {{base64 {{password}}}}")
        t.wait(lambda: t.screen.all().count("S: 235") == 2)
        auth(t, "cram-md5 bob", PASSWORD)
        says(t, "The challenge is <1.2@pty.test>", "Its HMAC-MD5, keyed with {{password}}, is {{digest}}",
             "bob {{digest}}, in base64", "C: {{cram-md5 bob {{password}}}}")
        t.wait(lambda: t.screen.all().count("S: 235") == 3)
        auth(t, "scram-sha-256 bob", PASSWORD)
        says(t, "n=bob is the name", "C: AUTH SCRAM-SHA-256 {{scram bob {{password}}}}", "both nonces (r), salt (s)",
             "SaltedPassword = PBKDF2 by HMAC-SHA-256 of {{password}}", "StoredKey = SHA-256(ClientKey)", ",p={{proof}}",
             "it has a key made from the password of bob", "The answer is an empty line.")
        t.wait(lambda: t.screen.all().count("S: 235") == 4)
        auth(t, "xoauth2 bob", TOKEN, "token")
        says(t, "user=bob^Aauth=Bearer {{token}}^A^A, in base64")
        t.wait(lambda: t.screen.all().count("S: 235") == 5)
        auth(t, "oauthbearer bob", TOKEN, "token")
        says(t, f"n,a=bob,^Ahost=127.0.0.1^Aport={server.port}^Aauth=Bearer {{{{token}}}}^A^A, in base64")
        nothing_leaks(t, server)


@test
def secrets_are_shown_where_that_was_asked_for():
    server = Smtp()
    with talk(server, "--secrets", "show") as t:
        hello(t)
        auth(t, "plain bob", PASSWORD)
        says(t, f"NUL bob NUL {PASSWORD}, without the spaces", "C: AUTH PLAIN " + encoded("\0bob\0" + PASSWORD))
        t.wait("S: 235")
        auth(t, "cram-md5 bob", PASSWORD)
        says(t, "bob " + hmac.new(PASSWORD.encode(), b"<1.2@pty.test>", "md5").hexdigest() + ", in base64")


# ---- servers that do it wrong ----

@test
def what_cannot_be_answered_is_given_up():
    for way, wrong, why in [
        ("scram-sha-256", "nonce", "the server's nonce does not continue ours"),
        ("scram-sha-256", "signature", "the server's signature is wrong: it has no key made from this password"),
        ("scram-sha-1", "refuses", "the server refuses (e=), and proves nothing"),
        ("cram-md5", "empty", "the server sent no challenge to answer"),
        ("login", "third", "LOGIN asks for a name and a password, and the server asks for more"),
        ("cram-md5", "base64", "what is no base64 must not be answered"),
    ]:
        server = Smtp()
        server.wrong = wrong
        with talk(server) as t:
            hello(t)
            auth(t, f"{way} bob", PASSWORD)
            says(t, "Given up with * (RFC 4422 3.5): " + why)
            t.wait("S: 535")
            t.wait_line("smtp ready>")
            check(server.lines[-1] == "*", t, f"it was not cancelled: {server.lines}")
            nothing_leaks(t, server)


@test
def a_yes_without_proof_is_told():
    server = Smtp()
    server.wrong = "unproved"
    with talk(server) as t:
        hello(t)
        auth(t, "scram-sha-256 bob", PASSWORD)
        says(t, "the server said yes, and has not proved by its signature (v) who it is")


@test
def what_was_not_offered_is_tried_all_the_same():
    server = Smtp()
    server.REPLIES = dict(server.REPLIES, EHLO="250-pty.test\r\n250 AUTH PLAIN")
    with talk(server) as t:
        t.wait_line("smtp connected>")
        auth(t, "plain bob", PASSWORD)
        says(t, "AUTH has no place now: ", "It is tried all the same.")
        t.wait("S: 235")
        t.enter("EHLO me.example")
        t.wait("S: 250 AUTH PLAIN")
        auth(t, "cram-md5 bob", PASSWORD)
        says(t, "The server does not offer CRAM-MD5, but: PLAIN. It is tried all the same.")
        t.wait(lambda: t.screen.all().count("S: 235") == 2)
        nothing_leaks(t, server)


@test
def a_token_that_is_too_long_for_the_command_waits():
    for service, prompt, limit in [(Smtp(), "smtp ready>", 512), (Pop(), "pop3 authorization>", 255)]:
        with talk(service) as t:
            if isinstance(service, Smtp):
                hello(t)
            t.wait_line(prompt)
            token = TOKEN + "x" * limit
            auth(t, "xoauth2 bob", token, "token")
            says(t, f"It is too long for the command's line of at most {limit} octets", "The token was refused")
            t.wait_line(prompt)
            nothing_leaks(t, service, token)
        check("AUTH XOAUTH2" in service.lines, t, f"{service.lines}")


# ---- ^C, and what is typed meanwhile ----

@test
def interrupted():
    server = Smtp()
    server.delay = 1
    with talk(server) as t:
        hello(t)
        t.enter(":auth login bob")
        t.wait_line("password:")
        t.type("red\x03")
        says(t, "Given up: nothing was sent.")
        t.wait_line("smtp ready>")
        check(len(server.lines) == 1, t, f"something was sent: {server.lines}")
        auth(t, "login bob", PASSWORD)
        t.wait("C: AUTH LOGIN")
        t.settle(0.2)
        t.type("\x03")
        says(t, "Given up with * (RFC 4422 3.5): by ^C.")
        t.wait("S: 535")
        check(server.lines[1:] == ["AUTH LOGIN", "*"], t, f"{server.lines}")
        nothing_leaks(t, server)


@test
def what_is_typed_meanwhile_comes_after_the_login():
    server = Smtp()
    server.delay = 0.5
    with talk(server) as t:
        hello(t)
        auth(t, "login bob", PASSWORD + "\rNOOP")
        t.wait("S: 250 2.0.0 Nothing done")
        check(server.lines[-1] == "NOOP" and len(server.lines) == 5, t, f"{server.lines}")
        t.wait("S: 235")
        nothing_leaks(t, server)


@test
def what_is_pasted_keeps_its_order():
    server = Smtp()
    with talk(server) as t:
        t.wait_line("smtp connected>")
        t.type("EHLO me.example\r:auth login bob\rNOOP\r:password AUTH PLAIN\rRSET\r")
        t.wait_line("password:")
        t.settle()
        check(server.lines == ["EHLO me.example"], t, f"{server.lines}")
        t.enter(PASSWORD)
        t.wait("S: 250 2.0.0 Nothing done")
        t.wait_line("password:")
        t.enter("wrong one")
        t.wait("S: 250 2.0.0 Reset")
        lines = ["AUTH LOGIN", "Ym9i", encoded(PASSWORD), "NOOP", "AUTH PLAIN wrong one", "RSET"]
        check(server.lines[1:] == lines, t, f"{server.lines}")


@test
def the_server_that_hangs_up_ends_it():
    server = Smtp(slow={"AUTH": 0.5})
    with talk(server) as t:
        hello(t)
        server.login = lambda client, lines, line: client.shutdown(socket.SHUT_RDWR)
        auth(t, "plain bob", PASSWORD)
        t.wait_line("smtp closed>")
        t.enter(":auth plain bob")
        says(t, "Not connected.")
        nothing_leaks(t, server)


# ---- ways that are no mechanisms ----

@test
def user_and_pass():
    pop3, ftp, open_ftp = Pop(), Ftp(), Ftp()
    open_ftp.REPLIES = dict(Ftp.REPLIES, USER=b"230 In")
    with talk(pop3) as t:
        t.wait_line("pop3 authorization>")
        auth(t, "user bob", "wrong one")
        says(t, "USER and PASS (RFC 1939 7)", "C: USER bob", "PASS {{password}}: nothing hides it",
             "The login was refused")
        auth(t, "user bob", PASSWORD)
        t.wait_line("pop3 transaction>")
        nothing_leaks(t, pop3)
    with talk(ftp) as t:
        t.wait_line("ftp connected>")
        auth(t, "user bob", PASSWORD)
        t.wait("S: 230 In")
        nothing_leaks(t, ftp)
    check(ftp.lines == ["USER bob", f"PASS {PASSWORD}"], t, f"{ftp.lines}")
    with talk(open_ftp) as t:
        t.wait_line("ftp connected>")
        auth(t, "user bob", PASSWORD)
        says(t, "The server wants no password of this user")
        nothing_leaks(t, open_ftp)
    check(open_ftp.lines == ["USER bob"], t, f"{open_ftp.lines}")


@test
def apop():
    pop3, without = Pop(), Pop()
    without.greeting = b"+OK ready\r\n"
    with talk(pop3) as t:
        t.wait_line("pop3 authorization>")
        auth(t, "apop bob", PASSWORD)
        says(t, "<1896.697170952@pty.test>{{password}}", "The MD5 of that, in hexadecimal, stands behind the name.")
        t.wait_line("pop3 transaction>")
        nothing_leaks(t, pop3, pop3.lines[-1].split(" ")[2])
    with talk(without) as t:
        t.wait_line("pop3 authorization>")
        auth(t, "apop bob", PASSWORD)
        says(t, "Nothing was sent: the server's greeting held no timestamp")
    check(not without.lines, t, f"{without.lines}")


@test
def login_of_imap():
    imap, closed = Mail(), ClosedMail()
    with talk(imap) as t:
        t.wait_line("imap not-authenticated>")
        auth(t, "login bob", 'a "b" \\c')
        says(t, 'LOGIN "bob" "{{password}}": nothing hides it.')
        t.wait_line("imap authenticated>")
        nothing_leaks(t, imap, 'a "b" \\c', 'a \\"b\\" \\\\c')
    check(imap.lines == ['a1 LOGIN "bob" "a \\"b\\" \\\\c"'], t, f"{imap.lines}")
    with talk(closed) as t:
        t.wait_line("imap not-authenticated>")
        auth(t, "login bob", PASSWORD)
        says(t, "Nothing was sent: the server has announced LOGINDISABLED")
    check(not closed.lines, t, f"{closed.lines}")


@test
def basic_of_http():
    http = Http()
    with talk(http) as t:
        t.wait_line("http idle>")
        t.enter(":auth basic bob")
        says(t, "The field stands in a request's header: first the request line")
        t.enter("GET / HTTP/1.1")
        t.wait_line("http header>")
        auth(t, "basic bob", PASSWORD)
        says(t, "bob:{{password}}, in base64, which hides nothing.", "C: Authorization: Basic {{")
        t.enter("")
        t.wait("S: HTTP/1.1 200")
        nothing_leaks(t, http)
    check(http.lines[1] == "Authorization: Basic " + encoded("bob:" + PASSWORD), t, f"{http.lines}")


# ---- :password, explaining, completing ----

@test
def password_goes_on_with_what_was_begun_by_hand():
    for typed, words, lines in [("AUTH LOGIN", ":password bob", 3), ("AUTH SCRAM-SHA-256", ":password bob", 4),
                                ("AUTH PLAIN", ":password bob", 2), ("AUTH CRAM-MD5", ":password bob", 2)]:
        server = Smtp()
        with talk(server) as t:
            hello(t)
            t.enter(typed)
            t.wait_line("smtp auth>")
            t.enter(words)
            t.wait_line("password:")
            t.enter(PASSWORD)
            t.wait("S: 235")
            check(len(server.lines) == lines + 1, t, f"{server.lines}")
            nothing_leaks(t, server)
    server = Smtp()
    with talk(server) as t:
        hello(t)
        t.enter("AUTH PLAIN")
        t.wait_line("smtp auth>")
        t.enter(":password")
        says(t, "PLAIN needs the name as well: :password NAME")
        t.enter(":auth plain bob")
        says(t, "An exchange is under way already: :password NAME answers it, * alone gives it up.")


@test
def a_name_is_one_word_and_the_password_is_never_typed_behind_it():
    server = Smtp()
    with talk(server) as t:
        hello(t)
        t.enter(f":auth plain bob {PASSWORD}")
        says(t, "Behind the way stands one NAME, no more: the password is asked for unseen. Nothing was sent.")
        check(len(server.lines) == 1 and PASSWORD not in t.screen.all(), t, f"{server.lines}")
        t.enter(":auth gssapi")
        says(t, "GSSAPI: ", "parlance does not build its lines.")


@test
def tab_completes_the_ways():
    for service, typed, expected in [(Smtp(), ":auth sc\t25\t", ":auth scram-sha-256"), (Smtp(), ":auth x\t", ":auth xoauth2"),
                                     (Pop(), ":auth us\t", ":auth user"), (Http(), ":auth \t", ":auth basic")]:
        with talk(service) as t:
            t.settle(0.2)
            t.type(typed)
            t.wait(lambda: t.screen.line().partition("> ")[2] == expected)


# ---- real servers, which login.bats has started: bob's password is redqueen ----

class Real:
    """Where a real server listens; it does not tell what it heard."""

    lines = []

    def __init__(self, port):
        self.address = f"127.0.0.1:{port}"


def real(service, protocol, way, begin, end):
    """A login that is refused, and one that is not."""
    with talk(service, "-P", protocol, rows=60) as t:
        begin(t)
        auth(t, f"{way} bob", "wrong one")
        t.wait(lambda: "The login was refused" in shown(t), 20)
        auth(t, f"{way} bob", "redqueen")
        t.wait_line(end, 20)
        nothing_leaks(t, service, "redqueen")


@test
def real_dovecot(imap, pop3, *ways):
    for way in ways:
        real(Real(imap), "imap", way, lambda t: t.wait_line("imap not-authenticated>"), "imap authenticated>")
    for way in *ways, "user":
        real(Real(pop3), "pop3", way, lambda t: t.wait_line("pop3 authorization>"), "pop3 transaction>")


@test
def real_aiosmtpd(port):
    for way in "plain", "login":
        with talk(Real(port), "-P", "smtp") as t:
            hello(t)
            auth(t, f"{way} bob", "redqueen")
            t.wait("S: 235")
            nothing_leaks(t, Real(port), "redqueen")


def main():
    if len(sys.argv) < 2:
        print("\n".join(TESTS))
        return
    TESTS[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
