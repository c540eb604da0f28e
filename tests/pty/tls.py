"""TLS in a terminal, against servers of tests/tls/faults.py on loopback: `tls.py TEST` runs one test, `tls.py` lists
them. $CA is a folder of certificates that tests/tls/authority has made."""

import os
import re
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from terminal import WAIT, Terminal, check, run_tests, test  # noqa: E402

PARLANCE = os.environ.get("PARLANCE", "./parlance")
CA = os.environ.get("CA", "")


class Server:
    """A server with that certificate, used with `with`; `told` are the lines it has printed."""

    def __init__(self, name, *options):
        self.told = []
        self.process = subprocess.Popen(
            [sys.executable, "-B", os.path.join(HERE, "..", "tls", "faults.py"), CA, name, *options],
            stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.told.append(line.rstrip("\n"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def wait(self, words):
        """Until it has told something that begins so, or holds it."""
        end = time.monotonic() + WAIT
        while not any(words in line for line in self.told):
            if time.monotonic() > end:
                raise AssertionError(f"the server did not tell {words!r}: {self.told}")
            time.sleep(0.02)


def talk(server, scheme, *options, columns=80, rows=40):
    target = f"{scheme}://localhost:{server.port}"
    return Terminal([PARLANCE, "--cacert", f"{CA}/ca.pem", *options, target], columns, rows)


def text(terminal):
    """What shows, as one line, however it was wrapped."""
    return " ".join(terminal.screen.all().replace("\n#", " ").split())


def says(terminal, *expressions):
    for expression in expressions:
        terminal.wait(lambda: re.search(expression, text(terminal), re.I))


def of(name, what):
    """What `openssl x509` tells of a certificate: "fingerprint", or the day of "enddate"."""
    told = subprocess.run(["openssl", "x509", "-in", f"{CA}/{name}.pem", "-noout", f"-{what}", "-sha256", "-dateopt",
                           "iso_8601"], capture_output=True, text=True, check=True).stdout
    return told.split("=")[1].split()[0]


# ---- the prompt ----

@test
def prompt_says_tls():
    with Server("good", "--protocol", "imap") as server, talk(server, "imaps") as t:
        t.wait_line("imap+tls not-authenticated>")
        says(t, r"TLS 1\.3", "certificate is for localhost", "Parlance Test R1", of("good", "enddate"))
        t.enter("a1 NOOP")
        t.wait("S: a1 OK Done")
        t.wait_line("imap+tls not-authenticated>")
        t.enter("a2 LOGOUT")
        t.wait("S: a2 OK Done")
        server.wait("bye")


@test
def names_are_for_the_first_host():
    """--servername was about the first target: behind :open it is the new one's name that is asked for and verified."""
    with Server("good", "--protocol", "imap") as first, Server("wildcard", "--protocol", "imap") as second:
        with talk(first, "imaps", "--servername", "mail.example") as t:
            t.wait("imap+tls not-authenticated>")
            first.wait("sni=mail.example")
            t.enter(f":open imaps://localhost:{second.port}")
            says(t, r"for \*\.example\.org, and not for localhost|for \*\.example\.org, not for localhost")


@test
def prompt_says_insecure():
    with Server("expired", "--protocol", "imap") as server, talk(server, "imaps", "-k") as t:
        t.wait(lambda: re.fullmatch(r"imap\+tls\b.*\binsecure\b.*>", t.screen.line()))
        says(t, "NOT VERIFIED:[^#]*expired", of("expired", "enddate"))
        t.enter("a1 NOOP")
        t.wait("S: a1 OK Done")
        t.wait(lambda: re.fullmatch(r"imap\+tls\b.*\binsecure\b.*>", t.screen.line()))


@test
def insecure_is_said_after_starttls():
    with Server("selfsigned", "--upgrade", "offered") as server, talk(server, "smtp", "-k") as t:
        t.wait(lambda: re.fullmatch(r"smtp\b.* connected>", t.screen.line()))
        t.enter("EHLO me.example")
        t.wait("S: 250 AUTH PLAIN")
        t.enter("STARTTLS")
        t.wait(lambda: re.fullmatch(r"smtp\+tls\b.*\binsecure\b.*>", t.screen.line()))
        says(t, "NOT VERIFIED:")


@test
def the_story_fits_a_projector():
    with Server("good") as server, talk(server, "smtps", columns=40, rows=15) as t:
        t.wait_line("smtp+tls connected>")
        says(t, r"TLS 1\.3", "certificate is for localhost", of("good", "enddate"))
        t.wait("S: 220 mail.example ESMTP")


# ---- STARTTLS ----

@test
def starttls_typed():
    with Server("good", "--upgrade", "offered") as server, talk(server, "smtp") as t:
        t.wait_line("smtp connected>")
        t.enter("EHLO me.example")
        t.wait_line("smtp ready>")
        t.enter("STARTTLS")
        t.wait("S: 220 2.0.0 Ready to start TLS")
        t.wait_line("smtp+tls connected>")
        says(t, r"TLS 1\.3", "certificate is for localhost")
        t.enter("EHLO me.example")
        t.wait_line("smtp+tls ready>")
        t.enter("QUIT")
        t.wait("S: 221 2.0.0 Bye")
        server.wait("heard 'QUIT'")
        check([line for line in server.told if line.startswith("heard")] == [
            "heard 'EHLO me.example'", "heard 'STARTTLS'", "heard 'EHLO me.example'", "heard 'QUIT'"], t, server.told)


@test
def what_was_announced_before_is_forgotten():
    with Server("good", "--protocol", "imap", "--upgrade", "offered") as server, talk(server, "imap") as t:
        t.wait_line("imap not-authenticated>")
        t.enter(":caps")
        says(t, "LOGINDISABLED.*LOGINDISABLED")
        t.enter("a1 STARTTLS")
        t.wait_line("imap+tls not-authenticated>")
        before = len(text(t))
        t.enter(":caps")
        t.settle()
        check("LOGINDISABLED" not in text(t)[before:], t, "the old list is still there")


def colon_starttls(protocol, state, *heard):
    with Server("good", "--protocol", protocol, "--upgrade", "offered") as server, talk(server, protocol) as t:
        t.wait_line(f"{protocol} {state}>")
        t.enter(":starttls")
        t.wait_line(f"{protocol}+tls {state}>")
        for words in heard:
            server.wait(words)
        server.wait("tls TLSv1.3")


@test
def colon_starttls_smtp():
    colon_starttls("smtp", "connected", "EHLO", "STARTTLS")


@test
def colon_starttls_imap():
    colon_starttls("imap", "not-authenticated", "STARTTLS")


@test
def colon_starttls_pop3():
    colon_starttls("pop3", "authorization", "CAPA", "STLS")


@test
def colon_starttls_ftp():
    colon_starttls("ftp", "connected", "AUTH TLS", "PBSZ 0", "PROT P")


@test
def colon_starttls_not_offered():
    with Server("good", "--upgrade", "hidden") as server, talk(server, "smtp") as t:
        t.wait_line("smtp connected>")
        t.enter(":starttls")
        says(t, "not offer|no STARTTLS")
        t.wait_line("smtp ready>")
        check("heard 'STARTTLS'" not in server.told, t, server.told)


@test
def starttls_refused_by_the_server():
    with Server("good", "--upgrade", "refused") as server, talk(server, "smtp") as t:
        t.wait_line("smtp connected>")
        t.enter("EHLO me.example")
        t.wait_line("smtp ready>")
        t.enter("STARTTLS")
        t.wait("S: 454 4.7.0 TLS not available")
        t.wait_line("smtp ready>")
        t.enter("NOOP")
        t.wait("S: 250 2.0.0 Done")
        server.wait("heard 'NOOP'")


@test
def colon_tls():
    with Server("good") as server, talk(server, "smtp") as t:
        t.wait_line("smtp greeting>")
        t.enter(":tls")
        t.wait_line("smtp+tls connected>")
        says(t, r"TLS 1\.3")
        t.enter("NOOP")
        t.wait("S: 250 2.0.0 Done")
        server.wait("heard 'NOOP'")


# ---- certificates ----

@test
def colon_cert():
    with Server("good") as server, talk(server, "smtps") as t:
        t.wait_line("smtp+tls connected>")
        t.enter(":cert")
        t.wait(lambda: of("good", "fingerprint") in re.sub(r"[\s#]", "", t.screen.all()))
        says(t, r"mail\.example", r"127\.0\.0\.1", "Parlance Test R1", "Parlance Test Root", "P-256",
             of("good", "enddate"))
        t.wait_line("smtp+tls connected>")


@test
def colon_cert_pem():
    with Server("good") as server, talk(server, "smtps", rows=200) as t:
        t.wait_line("smtp+tls connected>")
        t.enter(":cert pem")
        t.wait(lambda: t.screen.all().count("-----END CERTIFICATE-----") == 2)
        rows = [row.lstrip("# ") for row in t.screen.all().split("\n") if row]
        pem = "\n".join(rows[rows.index("-----BEGIN CERTIFICATE-----"):rows.index("-----END CERTIFICATE-----") + 1])
        shown = subprocess.run(["openssl", "x509"], input=pem, capture_output=True, text=True, check=True).stdout
        with open(f"{CA}/good.pem", encoding="ascii") as file:
            check(file.read().startswith(shown), t, "another certificate")


@test
def colon_cert_pem_to_a_file():
    """What is saved is what --cacert takes; a file that is there is not touched."""
    name = os.path.join(os.environ.get("BATS_TEST_TMPDIR", "/tmp"), "saved.pem")
    with Server("selfsigned", "--protocol", "imap") as server:
        with Terminal([PARLANCE, f"imaps://localhost:{server.port}"], 80, 40) as t:
            t.wait_line("imap closed>")
            t.enter(f":cert pem {name}")
            says(t, "certificates stand in")
            t.enter(f":cert pem {name}")
            says(t, "File exists")
        with Terminal([PARLANCE, "--cacert", name, f"imaps://localhost:{server.port}"], 80, 40) as t:
            t.wait_line("imap+tls not-authenticated>")


@test
def colon_cert_where_there_is_none():
    with Server("good", "--upgrade", "offered") as server, talk(server, "smtp") as t:
        t.wait_line("smtp connected>")
        t.enter(":cert")
        says(t, "no (server has shown a )?certificate|not encrypted|no TLS")
        t.wait_line("smtp connected>")


@test
def colon_cert_after_a_refusal():
    with Server("expired", "--upgrade", "offered") as server, talk(server, "smtp") as t:
        t.wait_line("smtp connected>")
        t.enter("EHLO me.example")
        t.wait_line("smtp ready>")
        t.enter("STARTTLS")
        says(t, "expired", of("expired", "enddate"))
        t.wait(lambda: re.fullmatch(r"smtp.* closed>", t.screen.line()))
        t.enter(":cert")
        says(t, r"mail\.example", "Parlance Test R1", "([0-9A-F]{2}:){10}")
        server.wait("refused")
        check(not any("EHLO" in line for line in server.told[2:]), t, server.told)


@test
def hostile_names():
    with Server("hostile") as server, talk(server, "smtps", "-v") as t:
        t.wait_line("smtp+tls connected>")
        t.enter(":cert")
        t.settle(0.6)
        t.enter(":more")
        t.settle(0.6)
        for octets in (b"\x1b]", b"\x07", b"\x1b[31m", b"\xc2\x9b", "\u202e".encode(), "\u2066".encode()):
            check(octets not in t.raw, t, f"{octets!r} reached the terminal")
        check(not re.search("^S: 250 forged", t.screen.all(), re.M), t, "a line of the certificate's own")
        t.enter("NOOP")
        t.wait("S: 250 2.0.0 Done")


# ---- the passphrase ----

def with_client(server):
    return talk(server, "smtps", "--cert", f"{CA}/client.pem", "--key", f"{CA}/client-encrypted.key")


@test
def passphrase_is_asked():
    with Server("good", "--client", "required") as server, with_client(server) as t:
        t.wait(lambda: re.search("passphrase", text(t), re.I))
        t.settle()
        check(not t.modes()[0], t, "the terminal echoes")
        t.enter("sesame")
        t.wait_line("smtp+tls connected>")
        server.wait("client=alice")
        check(b"sesame" not in t.raw, t, "the passphrase shows")
        check(t.screen.all().lower().count("passphrase") == 1, t, "asked more than once")


@test
def passphrase_that_is_wrong():
    with Server("good", "--client", "required") as server, with_client(server) as t:
        t.wait(lambda: re.search("passphrase", text(t), re.I))
        t.settle()
        t.enter("wrong")
        check(t.end() == 2, t, f"status {t.status}")
        check(b"passphrase is not" in t.raw.replace(b"\r\n", b""), t, "it is not said")
        check(not server.told, t, server.told)


# ---- again, and elsewhere ----

@test
def reconnect_is_encrypted_again():
    with Server("good") as server, talk(server, "smtps") as t:
        t.wait_line("smtp+tls connected>")
        t.enter("QUIT")
        t.wait("<server hangs up>")
        t.enter(":reconnect")
        t.wait_line("smtp+tls connected>")
        check(len([line for line in server.told if line.startswith("tls")]) == 2, t, server.told)


@test
def open_goes_from_the_clear_to_tls():
    with Server("good", "--upgrade", "offered") as clear, Server("good", "--protocol", "pop3") as other:
        with talk(clear, "smtp") as t:
            t.wait_line("smtp connected>")
            t.enter(f":open pop3s://localhost:{other.port}")
            t.wait_line("pop3+tls authorization>")
            other.wait("tls TLSv1.3")
            t.enter(f":open smtp://localhost:{clear.port}")
            t.wait_line("smtp connected>")


@test
def what_is_typed_in_the_handshake_does_not_go_out():
    """A server that takes the client's hello and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        options = ["--connect-timeout", "2", f"pop3s://127.0.0.1:{silent.getsockname()[1]}"]
        with Terminal([PARLANCE, *options]) as t:
            client, _ = silent.accept()
            t.settle(0.5)
            t.type("\x03")
            t.settle(0.2)
            t.enter("PASS sesame")
            t.wait(lambda: "handshake" in text(t), 5)
            client.settimeout(2)
            octets = client.recv(65536)
            check(octets[:2] == b"\x16\x03", t, octets)
            check(b"sesame" not in octets, t, octets)
            client.close()


if __name__ == "__main__":
    run_tests()
