"""The live log of `parlance serve`, in a terminal, with clients on loopback: `serving.py TEST` runs one test, `serving.py`
lists them. What a test expects to show is what a class sees on the projector."""

import os
import re
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from terminal import Terminal, check, run_tests, test  # noqa: E402

PARLANCE = os.environ.get("PARLANCE", "./parlance")


class Serving:
    """A terminal in which ewing-smtp is served, and its clients: `say` has the client of that number say a line."""

    def __init__(self, *options, columns=80, rows=24, **environment):
        self.terminal = Terminal([PARLANCE, "serve", *options, "ewing-smtp"], columns, rows, **environment)
        self.clients = []

    def __enter__(self):
        self.terminal.__enter__()
        self.terminal.wait("listening smtp")
        self.port = int(re.search(r"127\.0\.0\.1:(\d+)", self.terminal.screen.all())[1])
        return self

    def __exit__(self, *problem):
        for client in self.clients:
            client.close()
        self.terminal.__exit__(*problem)

    def come(self):
        """One more client, who has been greeted; its address."""
        client = socket.create_connection(("127.0.0.1", self.port), 10)
        client.recv(4096)
        self.clients.append(client)
        return "127.0.0.1:%d" % client.getsockname()[1]

    def say(self, number, line):
        self.clients[number - 1].sendall(line.encode() + b"\r\n")
        self.clients[number - 1].recv(4096)
        self.terminal.wait(f"C: {line}")
        self.terminal.settle(0.1)

    def rows(self):
        return self.terminal.screen.all().split("\n")


@test
def each_line_has_its_session():
    with Serving(NO_COLOR="1", rows=60) as s:
        first, second = s.come(), s.come()
        s.say(1, "EHLO anna")
        s.say(2, "EHLO bert")
        s.say(1, "NOOP")
        rows = s.rows()
        for row in (f" 1|# session 1 from {first} begins", f" 2|# session 2 from {second} begins", " 1|C: EHLO anna",
                    " 2|C: EHLO bert", " 2|S: 250 HELP", " 1|C: NOOP"):
            check(row in rows, s.terminal, f"there is no {row!r}")
        said = [row for row in rows if re.match(r"...[CS]: |...  +#|...#", row)]
        check(len(said) == len([row for row in rows[1:] if row]), s.terminal, "a line without its session")
        check(b"\x1b" not in s.terminal.raw, s.terminal, "colours, and none are wanted")
        s.clients[0].close()
        s.terminal.wait(" 1|<client hangs up>")
        s.terminal.wait(" 1|# session 1 is over: 2 commands in ")
        s.terminal.wait("1 other is here")


@test
def colours_tell_sessions_apart():
    with Serving(rows=60) as s:
        for number in range(1, 4):
            s.come()
            s.say(number, f"EHLO client{number}")
        raw = s.terminal.raw.decode()
        grounds = [re.findall(rf"\x1b\[([0-9;]+)m {number}\x1b\[0m ", raw) for number in (1, 2, 3)]
        for ground in grounds:
            check(len(set(ground)) == 1 and len(ground) > 5, s.terminal, f"one session in several colours: {ground}")
            check(re.fullmatch(r"(97|30);4[1-6]", ground[0]), s.terminal, f"not both letters and ground: {ground[0]}")
        check(len({ground[0] for ground in grounds}) == 3, s.terminal, "two sessions in one colour")


@test
def who_has_left_the_screen_is_named_again():
    with Serving(NO_COLOR="1", rows=20) as s:
        first, second = s.come(), s.come()
        s.say(2, "NOOP")
        s.say(1, "NOOP")
        check(s.rows().count(f" 1|# session 1 from {first}") == 0, s.terminal, "named while its name still shows")
        s.say(2, "EHLO bert")
        s.say(1, "RSET")
        check(s.rows().count(f" 1|# session 1 from {first}") == 1, s.terminal, "not named again")
        check(s.rows().index(f" 1|# session 1 from {first}") == s.rows().index(" 1|C: RSET") - 1, s.terminal,
              "named elsewhere than where it goes on")


@test
def a_class_gets_short_notes():
    with Serving(NO_COLOR="1", rows=24) as s:
        for _ in range(30):
            s.come()
        s.say(30, "EHLO last")
        rows = s.rows()
        told = [row for row in rows if "notes are short while they are here" in row]
        check(len(told) == 1, s.terminal, "that notes are short is to be said once")
        check(not any("8BITMIME:" in row for row in rows), s.terminal, "long notes for thirty")
        check("30|S: 250 HELP" in rows, s.terminal, "the last one's reply is missing")
        for client in s.clients[:-1]:
            client.close()
        s.terminal.wait("1 other is here")
        s.say(30, "EHLO again")
        s.terminal.wait("RFC 5321 4.1.1.1")


@test
def a_class_gets_long_notes_where_they_were_asked_for():
    with Serving("--notes", "full", NO_COLOR="1", rows=24) as s:
        for _ in range(30):
            s.come()
        s.say(30, "EHLO last")
        s.terminal.wait("8BITMIME:")
        check(not any("notes are short" in row for row in s.rows()), s.terminal, "short, in spite of --notes")


@test
def on_a_small_screen_notes_stay_beside_their_number():
    with Serving(NO_COLOR="1", columns=40, rows=15) as s:
        s.come()
        s.say(1, "EHLO anna")
        noted = [row for row in s.rows() if "   #" in row]
        check(len(noted) > 5, s.terminal, "there are no notes")
        check(all(row.startswith(" 1|") and len(row) <= 40 for row in noted), s.terminal, "a note beside its number's column")


@test
def faults_show_where_they_are_done():
    with Serving("--drop-after", "60", "--garble", NO_COLOR="1", rows=40) as s:
        s.come()
        s.clients[0].sendall(b"EHLO a\r\n")
        s.terminal.wait(" 1|# --garble: octet ")
        s.terminal.wait(" 1|# --drop-after 60: the connection is cut here")
        s.terminal.wait(" 1|<server hangs up>")


if __name__ == "__main__":
    run_tests()
