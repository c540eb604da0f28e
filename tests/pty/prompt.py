"""The prompt of a real parlance in a terminal, against a server on loopback: `prompt.py TEST` runs one test, `prompt.py`
lists them. What a test expects to show is what a person at that terminal would see."""

import os
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import Server  # noqa: E402
from terminal import Terminal, check, run_tests, test  # noqa: E402

PARLANCE = os.environ.get("PARLANCE", "./parlance")


def talk(server, *options, columns=80, rows=40, **environment):
    """A terminal in which parlance talks to the server. Without options it leaves out its notes and remarks, so that
    the screen is the conversation."""
    argv = [PARLANCE, "-P", "smtp", *(options or ["--notes", "off", "-q"]), server.address]
    return Terminal(argv, columns, rows, **environment)


def shows(terminal, *rows):
    """Those rows stand on the screen, in that order and next to each other."""
    terminal.wait("\n".join(rows))


def told(terminal, server, *lines):
    """The last lines that the server is told are these, soon."""
    try:
        terminal.wait(lambda: server.lines[-len(lines):] == list(lines))
    except AssertionError as e:
        raise AssertionError(f"the server was told {server.lines!r}, expected {lines!r}\n{e}") from None


def hello(terminal):
    terminal.wait_line("smtp connected>")
    terminal.enter("EHLO me.example")
    terminal.wait_line("smtp ready>")


# ---- lines above what is typed ----

@test
def reply_above_half_typed_line():
    server = Server(slow={"NOOP": 0.5})
    with talk(server) as t:
        hello(t)
        t.enter("NOOP")
        t.type("MAIL FROM:<al")
        t.wait_line("smtp ready> MAIL FROM:<al")
        shows(t, "C: NOOP", "S: 250 2.0.0 Nothing done", "smtp ready> MAIL FROM:<al")
        t.enter("ice@example.org>")
        shows(t, "C: MAIL FROM:<alice@example.org>", "S: 250 2.1.0 Sender ok", "smtp mail>")
        check(t.screen.all().count("MAIL FROM:<al") == 1, t, "a ghost of the half typed line is left")


@test
def reply_above_wrapped_line_of_40_columns():
    server = Server(slow={"NOOP": 0.7})
    typed = "MAIL FROM:<somebody-with-a-long-name@example.org> SIZE=1000"
    with talk(server, columns=40, rows=15) as t:
        hello(t)
        t.enter("NOOP")
        t.type(typed)
        row = "smtp ready> " + typed
        t.wait(row[:40] + "\n" + row[40:])
        shows(t, "S: 250 2.0.0 Nothing done", row[:40], row[40:])
        check(t.screen.all().count("smtp ready>") == 1, t, "a ghost of the prompt is left")
        t.enter("")
        t.wait_line("smtp mail>")
        check("smtp ready>" not in t.screen.all(), t, "the prompt's own line was not taken away")
        told(t, server, typed)


@test
def wide_characters_wrap():
    server = Server(slow={"NOOP": 0.7})
    with talk(server, columns=40, rows=15) as t:
        hello(t)
        t.enter("NOOP")
        t.type("VRFY " + "x" * 22 + "\u4e2d\u6587")  # the first one would need columns 40 and 41
        t.wait("S: 250 2.0.0 Nothing done")
        shows(t, "S: 250 2.0.0 Nothing done", "smtp ready> VRFY " + "x" * 22 + "", "\u4e2d\u6587")
        check(t.screen.all().count("smtp ready>") == 1, t, "a ghost of the prompt is left")


@test
def resize_while_typing():
    server = Server(slow={"NOOP": 1})
    with talk(server) as t:
        hello(t)
        t.enter("NOOP")
        t.type("MAIL FROM:<a-long-enough-address@example.org>")
        t.settle()
        t.resize(40, 15)
        t.wait_line("ress@example.org>")
        t.wait("S: 250 2.0.0 Nothing done")
        shows(t, "smtp ready> MAIL FROM:<a-long-enough-add", "ress@example.org>")
        t.resize(80, 24)
        t.wait_line("smtp ready> MAIL FROM:<a-long-enough-address@example.org>")
        check(t.screen.text().count("smtp ready>") == 1, t, "a ghost of the prompt is left")
        t.enter("")
        t.wait_line("smtp mail>")


@test
def no_columns_are_80():
    server = Server()
    with talk(server, columns=0, rows=0) as t:
        hello(t)
        t.type("VRFY " + "x" * 70)
        t.wait_line("x" * 7)
        t.enter("")
        t.wait("S: 252")
        t.wait_line("smtp ready>")
        check(t.screen.all().count("smtp ready>") == 1, t, "the prompt's own line was not taken away")


@test
def dumb_terminal():
    server = Server()
    with talk(server, TERM="dumb") as t:
        t.wait("smtp connected>")
        t.enter("EHLO me.example")
        t.wait("S: 250 HELP")
        check(b"\x1b" not in t.raw, t, "an escape sequence went to a dumb terminal")
        t.enter("QUIT")
        t.wait("S: 221")


# ---- keys ----

@test
def tab_completes():
    server = Server()
    with talk(server) as t:
        t.wait_line("smtp connected>")
        t.type("EH\t")
        t.wait_line("smtp connected> EHLO")
        t.enter("me.example")
        t.wait_line("smtp ready>")
        t.type("MA\tF\ta@b.example> SI\t100\r")
        t.wait("S: 250 2.1.0 Sender ok")
        told(t, server, "MAIL FROM:<a@b.example> SIZE=100")
        t.type("R\t")
        t.wait("RCPT  RSET")
        t.wait_line("smtp mail> R")
        t.type("\x15:stat\t")
        t.wait_line("smtp mail> :state")
        t.type("\x15AUTH P\t")
        t.wait_line("smtp mail> AUTH PLAIN")
        t.type("\x15:not\t")
        t.wait_line("smtp mail> :notes")


@test
def history_up_and_search():
    server = Server()
    state = os.path.join(os.environ["XDG_STATE_HOME"], "parlance", "history-smtp")
    with talk(server) as t:
        hello(t)
        t.enter("VRFY postmaster")
        t.wait("S: 252")
        t.type("\x12me.ex")
        t.wait("bck:me.ex")
        t.wait_line("smtp ready> EHLO me.example")
        t.type("\x1b")  # a lone ESC ends the search, and keeps what was found
        t.wait(lambda: "bck:" not in t.screen.text())
        t.wait_line("smtp ready> EHLO me.example")
        t.type("\x15")
        t.wait_line("smtp ready>")
        t.enter("NOOP")
        t.wait("S: 250 2.0.0 Nothing done")
        t.type("\x1b[A")
        t.wait_line("smtp ready> NOOP")
        t.type("\x1b[A")
        t.wait_line("smtp ready> VRFY postmaster")
        t.enter("")
        t.wait(lambda: t.screen.all().count("S: 252") == 2)
        check("bck:" not in t.screen.text(), t, "the search was not taken away")
    check(os.stat(state).st_mode & 0o777 == 0o600, t, "the history is for others to read")
    check(os.stat(os.path.dirname(state)).st_mode & 0o777 == 0o700, t, "its folder is for others to look at")
    with talk(server) as t:
        t.wait_line("smtp connected>")
        t.type("\x12me.ex")
        t.wait_line("smtp connected> EHLO me.example")


@test
def lone_escape():
    server = Server()
    with talk(server) as t:
        hello(t)
        t.type("NO")
        t.wait_line("smtp ready> NO")
        t.type("\x1b")
        t.settle()
        t.type("OP")
        t.wait_line("smtp ready> NOOP")
        t.enter("")
        t.wait("S: 250 2.0.0 Nothing done")
        t.type("\x1bx")  # M-x would ask for a command of the line editor's own
        t.settle()
        t.enter("RSET")
        t.wait("S: 250 2.0.0 Reset")


@test
def paste_of_seven_lines():
    server = Server(slow={"MAIL": 0.2, "RCPT": 0.2, "DATA": 0.2, ".": 0.2})
    lines = ["MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA", "Subject: pasted", "", "Seven lines.", "."]
    with talk(server) as t:
        hello(t)
        t.type("\r".join(lines) + "\r")
        shows(t, "C: MAIL FROM:<a@b.example>", "S: 250 2.1.0 Sender ok", "C: RCPT TO:<c@d.example>",
              "S: 250 2.1.5 Recipient ok", "C: DATA", "S: 354 Go ahead", "C: Subject: pasted", "C:", "C: Seven lines.",
              "C: .", "S: 250 2.0.0 Queued", "smtp ready>")
        told(t, server, "EHLO me.example", *lines)


@test
def bracketed_paste():
    server = Server()
    with talk(server) as t:
        hello(t)
        t.type("\x1b[200~VRFY a\tb\nRSET\x1b[201~")
        t.wait("S: 252")
        t.wait_line("smtp ready> RSET")
        told(t, server, "VRFY a\tb")
        t.enter("")
        t.wait("S: 250 2.0.0 Reset")


@test
def nothing_typed_is_lost():
    server = Server()
    with talk(server) as t:
        hello(t)
        t.enter("QUIT")
        t.wait("<server hangs up>")  # the state is closed already with the goodbye
        t.wait_line("smtp closed>")
        t.enter("NOOP and more")
        t.wait("Not connected: nothing was sent")
        t.wait_line("smtp closed> NOOP and more")
        t.type("\x15")
        t.enter(":reconnect")
        t.wait_line("smtp connected>")
        t.enter(":quit")
        check(t.end() == 0, t, "the exit status is not 0")


# ---- ^C, ^D, ^], ^Z ----

@test
def interrupt():
    server = Server(slow={"NOOP": 30})
    with talk(server) as t:
        hello(t)
        t.type("half a line")
        t.wait_line("smtp ready> half a line")
        t.type("\x03")
        t.wait_line("smtp ready>")
        t.enter("NOOP")
        t.wait("C: NOOP")
        t.enter("RSET")  # waits for the reply
        t.settle()
        check("C: RSET" not in t.screen.all(), t, "a line did not wait")
        t.type("\x03")
        t.wait("No longer waiting")
        t.enter("VRFY x")
        t.wait("C: VRFY x")
        check("C: RSET" not in t.screen.all(), t, "a line that was given up was sent")
        t.type("\x03")
        t.wait("To leave:")
        t.type("\x03")
        check(t.end() == 130, t, f"the exit status is {t.status}")
        check(t.modes() == (True, True), t, "the terminal was not restored")


@test
def interrupt_while_connecting():
    # A listener whose queue is full: who comes next waits.
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    port = full.getsockname()[1]
    crowd = [socket.socket() for _ in range(4)]
    for one in crowd:
        one.setblocking(False)
        one.connect_ex(("127.0.0.1", port))
    argv = [PARLANCE, "-q", "-P", "smtp", "--connect-timeout", "60", f"127.0.0.1:{port}"]
    with Terminal(argv) as t:
        t.wait(lambda: t.screen.line() != "")
        t.settle()
        if t.screen.line() != "smtp connecting>":
            print("SKIP this system takes every connection")
            return
        t.enter("EHLO me.example")
        t.settle()  # what ^C finds half read is only dropped
        t.type("\x03")
        t.wait("Given up.")
        t.wait_line("smtp closed>")
        t.type("\x04")
        check(t.end() == 0, t, f"the exit status is {t.status}")


@test
def end_of_input():
    server = Server()
    with talk(server) as t:
        hello(t)
        t.type("\x04")
        t.wait("<client hangs up>")
        t.wait("<server hangs up>")
        check(t.end() == 0, t, f"the exit status is {t.status}")
        check(t.modes() == (True, True), t, "the terminal was not restored")


@test
def escape_to_parlance():
    server = Server()
    with talk(server) as t:
        hello(t)
        t.type("MAIL FROM:<a@b.example>\rRCPT TO:<c@d.example>\rDATA\r")
        t.wait_line("smtp data>")
        t.enter(":state")  # is text here
        t.wait("C: :state")
        t.type("half")
        t.type("\x1d")
        t.wait_line("parlance:")
        t.enter("state")
        t.wait("smtp (Simple Mail Transfer Protocol), state data")
        t.wait_line("smtp data> half")
        t.enter(" a line")
        t.enter(".")
        t.wait("S: 250 2.0.0 Queued")
        told(t, server, ":state", "half a line", ".")


@test
def colons():
    server = Server()
    with talk(server) as t:
        hello(t)
        t.enter("::why")
        t.wait("C: :why")
        told(t, server, ":why")
        t.enter(":wrod")
        t.wait(":wrod: no such word")
        t.enter(":stat")
        t.wait("nearest is :state")
        for word, expected in [("why", "Class:"), ("next", "Not now: "), ("caps", "SIZE 10000000  "), ("hex", "# 0000 3a 77 68 79 0d 0a"),
                               ("explain 550", "550 (SMTP"), ("help", ":reconnect"), ("cert", "No server has shown a certificate here"),
                               ("base64 Username:", "VXNlcm5hbWU6"), ("base64 -d VXNlcm5hbWU6", "Username:"),
                               ("auth plain", "AUTH PLAIN AFVTRVIAUEFTU1dPUkQ=")]:
            t.enter(":" + word)
            t.wait(expected)
        check(len(server.lines) == 2, t, "a word for parlance went to the server")


@test
def stop_and_continue():
    server = Server()
    shell = ["sh", "-i"]
    with Terminal(shell, PS1="$ ", ENV="/dev/null") as t:
        t.wait("$ ")
        t.enter(f"{PARLANCE} -P smtp -q --notes off {server.address}")
        t.wait_line("smtp connected>")
        t.type("NO")
        t.wait_line("smtp connected> NO")
        t.type("\x1a")
        t.wait(lambda: "topped" in t.screen.all() or "uspended" in t.screen.all())
        t.enter("fg")
        t.wait_line("smtp connected> NO")
        t.enter("OP")
        t.wait("S: 250 2.0.0 Nothing done")


@test
def killed():
    server = Server()
    with talk(server) as t:
        hello(t)
        os.kill(t.pid, signal.SIGTERM)
        check(t.end() == -signal.SIGTERM, t, f"the exit status is {t.status}")
        check(t.modes() == (True, True), t, "the terminal was not restored")


@test
def scrollback_is_a_transcript():
    server = Server(greeting="220 pty.test " + "a long greeting " * 6 + "ends")
    with talk(server, "--notes", "full", columns=200, rows=50) as t:
        t.wait_line("smtp connected>")
        t.enter("EHLO me.example")
        t.wait_line("smtp ready>")
        for word in ("help", "next", "why", "caps", "state", "hex", "auth login", "auth plain", "explain 550", "nosuch"):
            t.enter(":" + word)
            t.wait("# :" + word.split(" ")[0])
        t.type("R\t")
        t.wait("# RSET  RCPT")
        t.type("\x0cSET")
        t.wait_line("smtp ready> RSET")
        t.enter("")
        t.wait("S: 250 2.0.0 Reset")
        t.enter("QUIT")
        t.wait_line("smtp closed>")
        t.enter(":quit")
        t.end()
        done = subprocess.run([PARLANCE, "annotate", "--notes", "off", "-"], input=t.screen.all().encode(),
                              capture_output=True, check=False)
        check(done.returncode == 0, t, done.stderr.decode())
        said = [line for line in done.stdout.decode().split("\n") if line[:2] in ("C:", "S:")]
        check(said[0] == "S: " + server.greeting and said[-4:] == [
            "C: RSET", "S: 250 2.0.0 Reset", "C: QUIT", "S: 221 2.0.0 Bye"], t, f"annotate says {said!r}")


@test
def long_lines_are_left_to_the_terminal():
    server = Server(greeting="220 pty.test " + "x" * 40)
    with talk(server, columns=40, rows=15) as t:
        shows(t, "S: 220 pty.test " + "x" * 24, "x" * 16, "smtp connected>")


@test
def help_fits_a_small_screen():
    server = Server()
    with talk(server, columns=40, rows=15) as t:
        hello(t)
        t.enter(":help")
        t.wait("is : in a message.")
        check(t.screen.text().startswith("# :help\n"), t, ":help does not fit 40x15")
        t.enter(":caps")
        t.wait("more lines (:more)")
        check(t.screen.text().startswith("# :caps\n"), t, "the page is longer than the screen")
        t.enter(":more")
        t.wait("HELP  The server answers HELP.")
        t.enter(":more")
        t.wait("Nothing was folded away.")


@test
def next_names_what_leads_on():
    server = Server()
    with talk(server) as t:
        t.wait_line("smtp connected>")
        t.enter(":next")
        t.wait("# EHLO client-name  Says hello")
        hello(t)
        t.enter(":next")
        shows(t, "# Allowed too: AUTH EHLO HELO HELP NOOP QUIT RSET VRFY")
        check("# NOOP" not in t.screen.all(), t, "NOOP is explained at length")


@test
def odd_arguments():
    server = Server()
    with talk(server) as t:
        hello(t)
        for word, expected in [("", "A colon alone asks for nothing"), ("pipeline foo", ":pipeline on|off says"),
                               ("base64", ":base64 TEXT encodes it"), ("base64 -d", ":base64 TEXT encodes it"),
                               ("help nosuch", ":nosuch: no such word"), ("eol x", ":eol crlf|lf|none says"),
                               ("open", ":open is followed by"), ("replay", ":replay is followed by")]:
            before = t.screen.all().count(expected)
            t.enter(":" + word)
            t.wait(lambda: t.screen.all().count(expected) > before)


@test
def going_elsewhere_is_told():
    server, other = Server(), Server(greeting="220 other.test ESMTP")
    with talk(server, "--notes", "off") as t:
        hello(t)
        t.enter(f":open smtp://{other.address}")
        shows(t, f"# :open smtp://{other.address}", "<client hangs up>", f"# trying 127.0.0.1 port {other.port}")
        t.wait("S: 220 other.test ESMTP")
        t.enter(":open smtp://127.0.0.1:1")
        t.wait("connection refused: nothing listens there")
        t.wait(":reconnect tries again, :open TARGET goes elsewhere, :quit leaves.")
        t.wait_line("smtp closed>")
        t.type("\x03")
        t.wait("# To leave: :quit, or ^C once more.")


@test
def typed_before_the_greeting():
    server = Server(slow={"": 1.5})
    with Terminal([PARLANCE, server.address]) as t:
        t.wait("# connected")
        t.enter("NOOP")
        t.wait("1 line waits: the server may greet first, and has up to 2 seconds")
        t.wait("S: 250 2.0.0 Nothing done")
    with talk(server, "--notes", "off") as t:
        t.wait("# connected")
        t.enter("NOOP")
        t.wait("1 line waits until the greeting has come")
        t.wait("S: 250 2.0.0 Nothing done")


@test
def end_of_datagrams():
    server = socket.socket(type=socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    with Terminal([PARLANCE, "--notes", "off", f"udp://127.0.0.1:{server.getsockname()[1]}"]) as t:
        t.wait_line("udp open>")
        t.enter("hello")
        octets, peer = server.recvfrom(100)
        check(octets == b"hello", t, f"the server was told {octets!r}")
        server.sendto(b"HELLO", peer)
        t.wait("S: HELLO")
        t.type("\x04")  # nobody says goodbye: there is nothing to wait for
        check(t.end() == 0, t, f"the exit status is {t.status}")


# ---- secrets ----

@test
def password_is_masked():
    server = Server()
    state = os.path.join(os.environ["XDG_STATE_HOME"], "parlance", "history-smtp")
    with talk(server) as t:
        hello(t)
        t.type("AUTH PLAIN AGJvYgByZWRxdWVlbg==")
        t.wait_line("smtp ready> AUTH PLAIN AGJvYgByZWRxdWVlbg==")
        t.enter("")
        t.wait("C: AUTH PLAIN {{plain bob {{password}}}}")
        t.wait("S: 235")
        check("AGJvYgByZWRxdWVlbg" not in t.screen.all(), t, "the password is still on the screen")
        t.enter("AUTH LOGIN")
        t.wait_line("smtp auth>")
        t.enter("Ym9i")
        t.wait("S: 334 UGFzc3dvcmQ6")
        t.enter(":password")
        t.wait_line("password:")
        t.type("redqueen")
        t.settle()
        t.wait_line("password:")
        t.enter("")
        t.wait(lambda: t.screen.all().count("S: 235") == 2)
        told(t, server, "cmVkcXVlZW4=")
        t.enter(":hex")
        t.settle()
        for secret in ("redqueen", "cmVkcXVlZW4"):
            check(secret not in t.screen.all(), t, f"{secret} is on the screen")
        t.enter(":quit")
        t.end()
    with open(state, encoding="utf-8") as history:
        text = history.read()
    check("EHLO me.example" in text and "AGJv" not in text and "Ym9i" not in text, t, f"the history holds {text!r}")


@test
def password_on_the_first_row_is_not_scrolled_back():
    server = Server()
    with talk(server) as t:
        hello(t)
        t.type("AUTH PLAIN \x0cAGJvYgByZWRxdWVlbg==")
        t.wait_line("smtp ready> AUTH PLAIN AGJvYgByZWRxdWVlbg==")
        t.enter("")
        t.wait("S: 235")
        check("AGJvYgByZWRxdWVlbg" not in t.screen.all(), t, "the password is in the scrollback")


@test
def login_asks_for_the_name_first():
    server = Server()
    with talk(server) as t:
        hello(t)
        t.enter("AUTH LOGIN")
        t.wait_line("smtp auth>")
        t.enter(":password")
        t.wait("The server asks for the user name first.")
        check(len(server.lines) == 2, t, "something was sent")


# ---- the traps, met before the reply ----

def trap(setup, line, warning, slow=None):
    """The warning stands on the screen before the server's reply to the line."""
    verb = line.strip().split(" ")[0].split("\u00a0")[0].upper()
    server = Server(slow={verb: 1.5, **(slow or {})})
    with talk(server, "--notes", "short") as t:
        t.wait_line("smtp connected>")
        for one in setup:
            t.enter(one)
            t.settle(0.2)
        before = t.screen.all().count("\nS: ")
        t.enter(line)
        t.wait(lambda: warning in t.screen.all().replace("\n# ", " ").replace("\n   # ", " "), 1.2)
        check(t.screen.all().count("\nS: ") == before, t, "the reply came first")


HELLO = ["EHLO me.example"]
MAIL = HELLO + ["MAIL FROM:<a@b.example>"]
TEXT = MAIL + ["RCPT TO:<c@d.example>", "DATA"]


@test
def trap_curly_quotes():
    trap(HELLO, "MAIL FROM:<\u2018a\u2019@b.example>", "a curly quote (U+2018)")


@test
def trap_no_break_space():
    trap(HELLO, "VRFY x\u00a0y", "a no-break space (U+00A0)")


@test
def trap_dashes():
    trap(HELLO, "VRFY x\u2013y\u2014z", "an en dash (U+2013), an em dash (U+2014)")


@test
def trap_zero_width():
    trap(HELLO, "VRFY x\u200by", "a zero-width space (U+200B)")


@test
def ascii_is_offered():
    server = Server()
    with talk(server, "--notes", "off") as t:
        hello(t)
        t.enter("VRFY \u201cx\u201d")
        t.wait('In ASCII: VRFY "x"')
        t.wait("S: 252")
        told(t, server, "VRFY \u201cx\u201d")
        t.enter(":fix")
        t.wait('C: VRFY "x"')
        t.wait(lambda: server.lines[-1] == 'VRFY "x"')


@test
def trap_command_in_text():
    trap(TEXT, "QUIT", "QUIT: this is text; a lone dot ends it")


@test
def trap_word_in_text():
    trap(TEXT, ":next", ":next: this went to the server, as all does here. ^] and then next reaches parlance.")


@test
def trap_dot_with_a_space():
    trap(TEXT, ". ", "the dot that ends it stands alone")


@test
def trap_header_without_empty_line():
    trap(TEXT + ["Subject: x"], "Dear all, this is text", "the header is still waiting for its empty line")


@test
def trap_space_after_colon():
    trap(HELLO, "MAIL FROM: <a@b.example>", "no space may stand after the colon")


@test
def trap_no_angle_brackets():
    trap(HELLO, "MAIL FROM:a@b.example", "must stand between < and >")


@test
def trap_command_before_hello():
    trap([], "MAIL FROM:<a@b.example>", "it needs EHLO or HELO first")


@test
def trap_data_without_recipient():
    trap(MAIL, "DATA", "no recipient was accepted yet")


@test
def trap_hello_without_name():
    trap([], "HELO", "HELO must be followed by the client's name")


@test
def trap_leading_space():
    trap(HELLO, " NOOP", "no space may stand before the command", slow={"?": 1.5})


# ---- waiting ----

@test
def still_waiting():
    server = Server(slow={"NOOP": 30})
    with talk(server, "--notes", "off") as t:
        t.wait_line("smtp connected>")
        t.enter("MAIL FROM:<a@b.example>")
        t.wait("S: 503")
        t.enter("NOOP")
        t.wait("Still waiting for the reply to NOOP", 14)


if __name__ == "__main__":
    run_tests()
