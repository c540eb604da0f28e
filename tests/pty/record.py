"""Records in a terminal: `:record`, `:save` and `:replay`, against small servers on loopback: `record.py TEST` runs one
test, `record.py` lists them."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import Server  # noqa: E402
from service import Pop3  # noqa: E402
from terminal import Terminal, run_tests, test  # noqa: E402

PARLANCE = os.environ.get("PARLANCE", "./parlance")
FOLDER = os.environ.get("BATS_TEST_TMPDIR", "/tmp")

LETTER = """Title: A letter
Protocol: smtp

S: 220 {{*}}
C: EHLO me.example
S: 250 {{*}}
# Who sends it.
C: MAIL FROM:<{{from}}>
S: 250 {{*}}
C: RCPT TO:<bob@example.org>
S: 250 {{*}}
C: DATA
S: 354 {{*}}
C: Subject: tea
C:
C: :noon
C: .
S: 250 {{*}}
C: QUIT
S: 221 {{*}}
"""


def path(name, text=None):
    whole = os.path.join(FOLDER, name)
    if os.path.exists(whole):
        os.unlink(whole)
    if text is not None:
        with open(whole, "w") as f:
            f.write(text)
    return whole


def read(name):
    with open(name) as f:
        return f.read()


def body(text):
    """A record without its header's lines that differ from run to run, and without comments."""
    return [line for line in text.splitlines() if line and not re.match(r"(Title|Target|Date|Who):|#", line)]


def talking(server, protocol="smtp", *options):
    t = Terminal([PARLANCE, "--notes", "off", "-P", protocol, *options, server.address])
    t.wait_line({"smtp": "smtp connected>", "pop3": "pop3 authorization>", "imap": "imap not-authenticated>"}[protocol])
    return t


def says(t, *texts):
    """Words that show, however the screen has wrapped them."""
    for text in texts:
        t.wait(lambda text=text: text in re.sub(r"\n#\s+", " ", t.screen.all()))


@test
def each_line_stands_in_the_prompt_and_enter_sends_it():
    server, script = Server(), path("letter.txt", LETTER)
    with talking(server) as t:
        t.enter(f":replay {script} from=ann@example.org")
        says(t, "A letter: 9 lines to say.", "Enter sends each")
        t.wait_line("smtp connected 1/9> EHLO me.example")
        t.enter("")
        t.wait_line("smtp ready 2/9> MAIL FROM:<ann@example.org>")
        says(t, "Who sends it.")
        t.enter("")
        t.wait_line("smtp mail 3/9> RCPT TO:<bob@example.org>")
        t.type("\x7f" * len("bob@example.org>"))  # edited
        t.enter("eve@example.org>")
        t.wait_line("smtp rcpt 4/9> DATA")
        t.enter("")
        for step, line in enumerate(["Subject: tea", "", ":noon", "."]):
            t.wait_line(f"smtp data {5 + step}/9> {line}")
            t.enter("")
        t.wait_line("smtp ready 9/9> QUIT")
        t.enter("")
        t.wait_line("smtp closed>")
    assert server.lines == ["EHLO me.example", "MAIL FROM:<ann@example.org>", "RCPT TO:<eve@example.org>", "DATA",
                            "Subject: tea", "", ":noon", ".", "QUIT"], server.lines


@test
def what_was_said_already_can_be_passed_over():
    server, script = Server(), path("letter.txt", LETTER)
    with talking(server) as t:
        t.enter("EHLO other.example")
        t.wait_line("smtp ready>")
        t.enter(f":replay {script} from=ann@example.org")
        says(t, "It begins with what was said already: EHLO.", ":replay skip passes over that; Enter says it again.")
        t.wait_line("smtp ready 1/9> EHLO me.example")
        t.type("\x15")
        t.enter(":replay skip")
        t.wait_line("smtp ready 2/9> MAIL FROM:<ann@example.org>")
        t.type("\x15")
        t.enter(":replay skip")
        t.wait_line("smtp ready 3/9> RCPT TO:<bob@example.org>")
    assert server.lines == ["EHLO other.example"], server.lines


@test
def it_rests_at_an_interrupt_and_goes_on():
    server, script = Server(), path("letter.txt", LETTER)
    with talking(server) as t:
        t.enter(f":replay {script} from=ann@example.org")
        t.wait_line("smtp connected 1/9> EHLO me.example")
        t.type("\x03")
        says(t, "The transcript rests before its line 5: :replay goes on, :replay off ends it.")
        t.wait_line("smtp connected>")
        t.enter("HELP")
        says(t, "S: 214 See RFC 5321")
        t.wait_line("smtp connected>")
        t.enter(":replay")
        t.wait_line("smtp connected 1/9> EHLO me.example")
        t.enter("")
        t.wait_line("smtp ready 2/9> MAIL FROM:<ann@example.org>")
        t.type("\x15")
        t.enter(":state")  # a word does not use the line up
        says(t, "state ready")
        t.wait_line("smtp ready 2/9> MAIL FROM:<ann@example.org>")
        t.type("\x15")
        t.enter(":replay off")
        says(t, "The transcript is put away.")
        t.wait_line("smtp ready>")
    assert server.lines == ["HELP", "EHLO me.example"], server.lines


@test
def all_of_it_is_said_at_once():
    server, script = Server(), path("letter.txt", LETTER)
    with talking(server) as t:
        t.enter(f":replay {script} from=ann@example.org")
        t.wait_line("smtp connected 1/9> EHLO me.example")
        t.enter("")
        t.wait_line("smtp ready 2/9> MAIL FROM:<ann@example.org>")
        t.type("\x15")
        t.enter(":replay all")
        t.wait_line("smtp closed>")
    assert server.lines[1:] == ["MAIL FROM:<ann@example.org>", "RCPT TO:<bob@example.org>", "DATA", "Subject: tea", "",
                                ":noon", ".", "QUIT"], server.lines


@test
def text_that_was_refused_is_skipped():
    server, script = Server(), path("letter.txt", LETTER.replace("bob@", "nobody@"))
    with talking(server) as t:
        t.enter(f":replay {script} all from=ann@example.org")
        t.wait_line("smtp closed>")
        says(t, "The server does not ask for what the transcript has here (line 14): it is skipped.")
    assert server.lines[3:] == ["DATA", "QUIT"], server.lines


@test
def a_password_is_asked_for_and_does_not_show():
    server = Pop3()
    script = path("login.txt", "Protocol: pop3\n\nS: +OK {{*}}\nC: USER bob\nS: +OK\nC: PASS {{password}}\nS: +OK\n"
                               "C: STAT\nS: +OK\n")
    record = path("login-record.txt")
    with talking(server, "pop3") as t:
        t.enter(f":record {record}")
        t.enter(f":replay {script}")
        t.wait_line("password:")
        t.enter("redqueen")
        t.wait_line("pop3 authorization 1/3> USER bob")
        t.enter("")
        t.wait_line("pop3 authorization 2/3> PASS {{password}}")
        t.enter("")
        t.wait_line("pop3 transaction 3/3> STAT")
        t.enter("")
        says(t, "The transcript is done.")
        t.wait_line("pop3 transaction>")
        assert b"redqueen" not in t.raw
    assert server.lines == ["USER bob", "PASS redqueen", "STAT"], server.lines
    assert "C: PASS {{password}}\n" in read(record) and "redqueen" not in read(record)


@test
def a_value_that_is_missing_is_named():
    server, script = Server(), path("letter.txt", LETTER)
    with talking(server) as t:
        t.enter(f":replay {script}")
        says(t, "{{from}} in line 8 has no value: :replay FILE from=VALUE gives it one.")
        t.wait_line("smtp connected>")
        t.enter(":replay off")
        says(t, ":replay is followed by a transcript's file or name.")
    assert server.lines == []


@test
def a_record_begins_where_it_is_asked_for_and_save_has_all():
    server, record, saved = Server(), path("late.txt"), path("saved.txt")
    with talking(server) as t:
        t.enter("EHLO me.example")
        t.wait_line("smtp ready>")
        t.enter(f":record {record}")
        says(t, "From now on recorded, secrets masked.", ":save FILE writes the session from its start.")
        t.enter("AUTH PLAIN AGJvYgByZWRxdWVlbg==")
        says(t, "235 2.7.0")
        t.wait_line("smtp ready>")
        t.enter(":record off")
        says(t, "The record is closed.")
        t.enter("NOOP")
        says(t, "Nothing done")
        t.enter(f":save {saved}")
        says(t, "Saved, from the first line on")
        t.enter(f":save {saved}")
        says(t, "there is such a file already", f":save! {saved}")
        t.enter("QUIT")
        t.wait("<server hangs up>")  # the state is closed already with the goodbye
        t.wait_line("smtp closed>")
        t.type("\x15")
        t.enter(f":save! {saved}")
        t.wait(lambda: t.screen.all().count("Saved, from the first line on") == 2)
        t.enter(f":record {record}")
        says(t, "there is such a file already: a record needs one of its own")
    assert "mid-session" in read(record)
    assert body(read(record)) == ["Protocol: smtp", "C: AUTH PLAIN {{plain bob {{password}}}}",
                                  "S: 235 2.7.0 Authenticated"], read(record)
    lines = body(read(saved))
    assert lines[:3] == ["Protocol: smtp", "S: 220 pty.test ESMTP", "C: EHLO me.example"], lines
    assert lines[-5:] == ["C: NOOP", "S: 250 2.0.0 Nothing done", "C: QUIT", "S: 221 2.0.0 Bye",
                          "<server hangs up>"], lines
    assert "AGJvYgByZWRxdWVlbg" not in read(saved) + read(record)


@test
def a_long_session_is_kept_whole():
    server, saved = Server(), path("long.txt")
    server.REPLIES = dict(server.REPLIES, HELP="\r\n".join(["214-" + "x" * 400] * 1000 + ["214 end"]))
    with talking(server) as t:
        for _ in range(3):
            t.enter("HELP")
            says(t, "214 end")
            t.wait_line("smtp connected>")
        t.enter(f":save {saved}")
        says(t, "Saved, from the first line on")
    text = read(saved)
    assert text.count("S: 214-" + "x" * 400 + "\n") == 3000, text.count("S: 214-")
    assert text.count("S: 214 end\n") == 3


@test
def a_record_that_cannot_be_written_is_told_once():
    server = Server()
    with talking(server, "smtp", "-r", "/dev/full") as t:
        says(t, "The record: /dev/full: No space left on device")
        t.enter("NOOP")
        says(t, "Nothing done")
        t.enter("QUIT")
        t.wait_line("smtp closed>")
        assert t.screen.all().count("No space left") == 1
        t.enter(":quit")
        assert t.end() == 2


@test
def files_are_completed():
    folder = os.path.join(FOLDER, "completed")
    os.makedirs(os.path.join(folder, "scripts"), exist_ok=True)
    path("completed/scripts/letter-to-bob.txt", LETTER)
    with talking(Server()) as t:
        t.type(f":replay {folder}/scr\t")
        t.wait(lambda: t.screen.all().replace("\n", "").endswith("/scripts/"))
        t.type("let\t")
        t.wait(lambda: t.screen.all().replace("\n", "").endswith("/scripts/letter-to-bob.txt"))


if __name__ == "__main__":
    run_tests()
