"""A clumsy student in a lesson, at a terminal: `lesson.py TEST` runs one test, `lesson.py` lists them. What a test expects
to show is what that student would see."""

import os
import re
import signal
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import Server  # noqa: E402
from terminal import Terminal, check, run_tests, test  # noqa: E402

PARLANCE = os.environ.get("PARLANCE", "./parlance")
ARROW = "  \u00bb "

# A lesson with a bit of everything.
EVERYTHING = """# Everything

Words at the beginning.

## First steps

```transcript
Protocol: smtp

S: 220 {{*}}
C: EHLO student.example
S: 250 {{*}}
```

The server knows you now.

> **Question** What comes next?
>
> 1. The sender
> 2. The goodbye
>
> **Answer** 1. The sender comes next.

## The envelope

Say who sends it.

```transcript
C: MAIL FROM:<student@student.example>
S: 250 {{*}}
```

> **Hint** Angle brackets stand around it.

And who gets it.

```transcript
C: RCPT TO:<bob@localhost>
S: 250 {{*}}
```

## Some text

```transcript
C: DATA
S: 354 {{*}}
C: Subject: test
C:
C: Some words.
C: .
S: 250 {{*}}
```

That was a message.

## A refusal

> **Goal** code=501
> Make the server say 501.
>
> **Hint** Leave something out.
>
> ```transcript
> C: MAIL FROM
> S: 501 {{*}}
> ```

The end is near.

```transcript
C: QUIT
S: 221 {{*}}
```

Last words.
"""


class Student(Terminal):
    """Reads what the screen has, and no more: the line above the prompt, and what the prompt asks for."""

    PROMPT = re.compile(r"(Enter goes on|your answer|Enter runs it|Enter connects again|[a-z0-9]+(?:\+tls)? [a-z0-9 -]+)>$")

    def __init__(self, lesson, *options, columns=80, rows=24, **environment):
        self.read_to = 0
        self.typed_at = self.typed_in = 0
        super().__init__([PARLANCE, "lesson", lesson, *options], columns, rows, **environment)

    def wanted(self):
        """The line above the prompt that is to be typed; None: there is none."""
        rows = ["".join(row).rstrip() for row in self.screen.cells[: self.screen.y]]
        for i in range(len(rows) - 1, max(len(rows) - 5, -1), -1):
            if rows[i].startswith(ARROW):
                line = "".join(rows[i:])[len(ARROW):].split("   (in text ^]")[0]
                return "" if line == "(an empty line: Enter alone)" else line
        return None

    def in_text(self):
        """Whether the server takes what is typed for text of a message, as the line above the prompt says."""
        return "(in text ^]" in "".join("".join(row) for row in self.screen.cells[: self.screen.y][-3:])

    def asks(self):
        """What the prompt asks for: `page`, `answer`, `run`, `lost`, `line`; None: for nothing yet."""
        found = self.PROMPT.search(self.screen.line())
        if not found:
            return None
        asked = {"Enter goes on": "page", "your answer": "answer", "Enter runs it": "run", "Enter connects again": "lost"}
        return asked.get(found[1]) or ("line" if self.wanted() is not None else None)

    def is_said(self, row, before):
        """Whether a row is of the conversation: those may scroll away, the prose may not."""
        return re.match(r"[SC]:|# |   #|\(|> ", row) or len(before) == self.screen.columns

    def ready(self, seconds=8):
        """Waits until something is asked for, below the row of the last line; what was written in between must stand on the screen, to be read."""
        end = time.monotonic() + seconds
        while True:
            self.wait(lambda: len(self.raw) > self.typed_at and self.asks(), max(end - time.monotonic(), 0.1))
            seen = len(self.raw)
            self.settle(0.3 if self.asks() == "answer" else 0.08)  # behind an answer its prompt stays until the lesson goes on
            below = len(self.screen.gone) + self.screen.y > self.typed_in or time.monotonic() > end - seconds + 2
            if self.asks() and len(self.raw) == seen and below:
                break
        rows = self.screen.gone + [""]
        for i in range(self.read_to, len(self.screen.gone)):
            check(self.is_said(rows[i], rows[i - 1]) or not rows[i] or rows[i].startswith(ARROW), self,
                  f"scrolled off before it could be read: {rows[i]!r}")
        self.read_to = len(self.screen.gone) + self.screen.y
        return self.asks()

    def say(self, text):
        """Types a line, and waits for what is asked for next."""
        self.typed_at = len(self.raw) + len(text.encode())
        self.typed_in = len(self.screen.gone) + self.screen.y
        self.enter(text)
        return self.ready()

    def leave(self, status=0):
        """Leaves, as a student does."""
        self.enter(":quit")
        check(self.end() == status, self, f"exit status {self.status}")


def study(*options, text=EVERYTHING, **how):
    """A student in a lesson of ours."""
    with open("ours.md", "w", encoding="utf-8") as file:
        file.write(text)
    return Student("ours.md", *options, **how)


# ---- whole lessons ----

class Clumsy:
    """Does a thing wrongly before it does it well, each time in another way; the lesson must wait where it is."""

    def __init__(self, t, **goals):
        self.t, self.slips, self.goals = t, 0, goals

    def slip(self, line):
        t = self.t
        if t.in_text():  # all is text there, but for ^]
            t.type("\x1d")
            t.wait_line("parlance:")
            slip = "hint"
        else:
            slips = ("", "X" + line, ":hint", ":where", ":hnit", ":again", line[1:])
            slip = slips[self.slips % len(slips)]
            self.slips += 1
        t.say(slip)
        while t.asks() == "page":
            t.say("")
        try:
            t.wait(lambda: t.wanted() == line, 3)
        except AssertionError:
            check(False, t, f"after {slip!r} the lesson is at {t.wanted()!r}, not at {line!r}")

    def do(self, line):
        """Types a line; False where that was the last."""
        try:
            self.t.say(line)
            return True
        except AssertionError:
            if "Done." in self.t.screen.all():
                return False
            raise

    def answer(self):
        self.slips += 1
        if self.slips % 2:
            self.t.say("")
            check("Your guess first" in self.t.screen.text(), self.t, "an empty answer was taken")
        return self.do(str(1 + self.slips % 2))

    def goal(self):
        """By a way of one's own, where we have one for what the screen asks."""
        for words, lines in self.goals.items():
            if words in self.t.screen.text():
                for line in lines[:-1]:
                    self.t.typed_at = len(self.t.raw) + len(line)
                    self.t.enter(line)
                    self.t.settle()
                return self.do(lines[-1])
        return self.do(":skip")

    def step(self):
        asked, line = self.t.asks(), self.t.wanted()
        if asked == "answer":
            return self.answer()
        if asked != "line":
            return self.do("")
        if line.startswith("(the goal"):
            return self.goal()
        if self.slips % 3 or line == "":
            self.slips += 1
        else:
            self.slip(line)
        return self.do(line)

    def walk(self):
        self.t.ready()
        while self.step():
            continue
        check(self.t.end() == 0, self.t, f"exit status {self.t.status}")


@test
def smtp_by_a_clumsy_student():
    with Student("3") as t:
        Clumsy(t, brackets=["MAIL FROM:<"]).walk()
        check("reached 1 of 1" in t.screen.all(), t, "the goal")
        check("had 0 steps done" in t.screen.all(), t, "something was skipped")


@test
def pop3_by_a_clumsy_student():
    ways = {"-ERR to a RETR": ["RETR nothing"], "Log in as bob with": [":auth apop bob", "redqueen"]}
    with Student("5") as t:
        Clumsy(t, **ways).walk()
        check("reached 2 of 2" in t.screen.all(), t, "the goals")
        check("had 0 steps done" in t.screen.all(), t, "something was skipped")


# ---- finding one's way ----

@test
def there_and_back():
    with study() as t:
        t.ready()
        t.say(":where")
        t.wait("Step 1 of 11: a line to type.")
        t.say(":contents")
        t.wait(">  2    First steps\n   3    The envelope\n")
        t.say(":contents 3")
        while t.asks() == "page":
            t.say("")
        check(t.wanted() == "MAIL FROM:<student@student.example>", t, "not at section 3")
        check("Say who sends it." in t.screen.text(), t, "it does not say what to do")
        t.say(":contents 9")
        t.wait("(:contents NUMBER goes there.)")
        check(t.say(":back") == "answer", t, "not at the question")
        t.say(":back")
        while t.asks() == "page":
            t.say("")
        check(t.wanted() == "EHLO student.example", t, "not at the beginning")
        t.say(":back")
        check(t.wanted() == "EHLO student.example", t, "before the beginning")
        shown = t.screen.all().count("First steps\n-----------")
        t.say(":again")
        check(t.screen.all().count("First steps\n-----------") == shown + 1, t, "it was not shown again")


@test
def hints_until_the_end():
    with study() as t:
        t.ready()
        t.say(":contents 3")
        while t.asks() == "page":
            t.say("")
        for hint in ("Angle brackets stand around it.", "Hint: MAIL: Begins a message", "Hint: type MAIL FROM:<student"):
            check(hint not in t.screen.text(), t, "too early")
            t.say(":hint")
            t.wait(hint)
            check(t.wanted() == "MAIL FROM:<student@student.example>", t, "the place")
        t.say(":skip")
        t.wait("C: MAIL FROM:<student@student.example>")
        check(t.wanted() == "RCPT TO:<bob@localhost>", t, "not at the next step")


@test
def answers_wrong_and_right():
    with study() as t:
        t.ready()
        t.say(":contents 2")
        t.say("EHLO student.example")
        while t.asks() == "page":
            t.say("")
        for answer in ("", "5", "sender", "QUIT"):
            check(t.say(answer) == "answer", t, f"{answer!r} was taken for an answer")
        t.say("2")
        t.wait("Not 2.")
        t.say(":back")
        check(t.asks() == "answer", t, "not back at the question")
        t.say("1")
        t.wait("> 1\nRight.")


@test
def a_goal_by_another_way():
    with study() as t:
        t.ready()
        t.say(":contents 5")
        while t.asks() == "page":
            t.say("")
        t.say("")
        t.wait("(Enter alone sends nothing here.")
        t.say("NOOP")
        check(t.wanted().startswith("(the goal"), t, "the goal is gone")
        t.say("EHLO")
        while t.asks() == "page":
            t.say("")
        t.wait("The goal is reached.")
        check(t.wanted() == "QUIT", t, "not behind the goal")


@test
def a_conversation_right_behind_a_question():
    """Nothing is to be read before it: it is connected to at once."""
    text = "# Two\n\n> **Question** Ready?\n>\n> **Answer** Good.\n\n```transcript\nProtocol: smtp\n\nS: 220 {{*}}\nC: NOOP\n```\n"
    with study(text=text) as t:
        t.ready()
        t.say("yes")
        t.wait(lambda: t.wanted() == "NOOP")


@test
def a_slip_in_a_word():
    with study() as t:
        t.ready()
        t.say(":contnts")
        t.wait("nearest is :contents")


# ---- leaving, and coming back ----

@test
def interrupted_once_and_twice():
    with study() as t:
        t.ready()
        t.type("EHLO stu")
        t.wait_line("smtp connected> EHLO stu")
        t.type("\x03")
        t.wait_line("smtp connected>")
        t.type("\x03")
        t.wait("To leave:")
        check(t.ready() == "line" and t.wanted() == "EHLO student.example", t, "the place")
        t.type("\x03")
        check(t.end() == 130, t, f"exit status {t.status}")
        t.wait("Your place is kept: step 1 of 11.")
        check(t.modes() == (True, True), t, "the terminal was not restored")


@test
def end_of_input_leaves():
    with study() as t:
        t.ready()
        t.type("\x04")
        check(t.end() == 0, t, f"exit status {t.status}")
        t.wait("Your place is kept: step 1 of 11.")


@test
def quit_and_another_day():
    with study() as t:
        t.ready()
        t.say(":contents 3")
        while t.asks() == "page":
            t.say("")
        t.say("MAIL FROM:<student@student.example>")
        t.leave()
        t.wait("Your place is kept: step 4 of 11. parlance lesson ours.md goes on.")
    with study() as t:
        t.ready()
        t.wait("(You were at step 4 of 11")
        while t.asks() == "page":
            t.say("")
        check("C: MAIL FROM:<student@student.example>" in t.screen.all(), t, "it was not said again")
        check(t.wanted() == "RCPT TO:<bob@localhost>" and "And who gets it." in t.screen.text(), t, "the place")
        t.say("RCPT TO:<bob@localhost>")
        t.wait("S: 250 2.1.5")


@test
def quit_said_too_early():
    with study() as t:
        t.ready()
        check(t.say("QUIT") == "lost", t, "not lost")
        check(t.say("") == "line" and t.wanted() == "EHLO student.example", t, "the place")
        check(t.say("QUIT") == "lost", t, "not lost")
        t.enter("EHLO student.example")  # and who types on, loses nothing
        t.wait_line("smtp connected> EHLO student.example")
        t.say("")
        t.wait("S: 250-localhost greets student.example")


@test
def stopped_and_continued():
    with open("ours.md", "w", encoding="utf-8") as file:
        file.write(EVERYTHING)
    with Terminal(["sh", "-i"], PS1="$ ", ENV="/dev/null") as t:
        t.wait("$ ")
        t.enter(f"{PARLANCE} lesson ours.md")
        t.wait_line("smtp connected>")
        t.type("EHLO stu")
        t.wait_line("smtp connected> EHLO stu")
        t.type("\x1a")
        t.wait(lambda: "topped" in t.screen.all() or "uspended" in t.screen.all())
        t.enter("fg")
        t.wait_line("smtp connected> EHLO stu")
        check(t.screen.text().split("\n")[-2] == ARROW + "EHLO student.example", t, "the line to type is gone")
        t.enter("dent.example")
        t.wait("S: 250-localhost greets student.example")
        t.wait_line("Enter goes on>")
        t.enter(":quit")
        t.wait("Your place is kept: step 2")
        t.enter("exit")
        t.end()


def ended(pid):
    """Whether the process is gone, or is about to be waited for."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


@test
def a_terminal_that_goes_away():
    if not os.path.exists("/proc/self/stat"):
        print("SKIP there is no /proc here")
        return
    t = study()
    t.ready()
    port = int(re.search(r"connected to 127.0.0.1:(\d+)", t.screen.all())[1])
    os.close(t.fd)
    end = time.monotonic() + 8
    while not ended(t.pid):
        if time.monotonic() > end:
            os.kill(t.pid, signal.SIGKILL)
            raise AssertionError("it goes on without a terminal")
        time.sleep(0.02)
    os.waitpid(t.pid, 0)
    with socket.socket() as client:
        if client.connect_ex(("127.0.0.1", port)) == 0:
            raise AssertionError("its lab is left behind")
    with study() as t:  # the place was kept
        t.ready()
        check(t.wanted() == "EHLO student.example", t, "the place")


# ---- typing ----

@test
def resized_in_mid_line():
    with study() as t:
        t.ready()
        t.say(":contents 3")
        while t.asks() == "page":
            t.say("")
        t.type("MAIL FROM:<student@student")
        t.wait_line("smtp ready> MAIL FROM:<student@student")
        for columns, rows in ((40, 15), (120, 30), (40, 24), (80, 24)):
            t.resize(columns, rows)
            t.settle()
            check(t.screen.line() == "smtp ready> MAIL FROM:<student@student", t, f"at {columns} columns: {t.screen.line()!r}")
            rows = t.screen.text().split("\n")
            check(ARROW + "MAIL FROM:<student@student.example>" in rows[-3:], t, "the line above the prompt")
            check(t.screen.text().count("smtp ready>") == 1, t, "a ghost of the prompt is left")
        t.say(".example>")
        t.wait("C: MAIL FROM:<student@student.example>\n")
        t.wait("S: 250 2.1.0")


FIVE = ["EHLO student.example", "1", "MAIL FROM:<student@student.example>", "RCPT TO:<bob@localhost>", "DATA"]


def all_five(t):
    t.wait("S: 354")
    t.ready()
    while t.asks() == "page":
        t.say("")
    check(t.wanted() == "Subject: test", t, "the place")
    said = [row[3:] for row in t.screen.all().split("\n") if row.startswith("C: ")]
    check(said == [FIVE[0], *FIVE[2:]] and "> 1\nRight." in t.screen.all(), t, f"said: {said}")


@test
def five_lines_pasted():
    with study() as t:
        t.ready()
        t.type("\r".join(FIVE) + "\r")
        t.read_to = 10000  # a paste is not stopped for pages
        all_five(t)


@test
def five_lines_pasted_in_brackets():
    with study() as t:
        t.ready()
        t.type("\x1b[200~" + "\n".join(FIVE) + "\n\x1b[201~")
        t.read_to = 10000
        t.settle()
        if t.screen.line().endswith("> DATA"):
            t.enter("")
        all_five(t)


@test
def typed_at_a_page():
    """Who types on at the end of a page means the next step: the line is not lost."""
    with study() as t:
        t.ready()
        check(t.say(FIVE[0]) == "page", t, "no page")
        t.enter("1")
        t.wait("S: 250 ENHANCEDSTATUSCODES")  # the next page: the 1 shows at the end of this one too, until Enter is read
        t.wait_line("Enter goes on> 1")
        t.enter("")
        t.wait_line("your answer> 1")
        t.say("")
        t.wait("> 1\nRight.")


@test
def typed_ahead_of_a_slow_server():
    server = Server(slow={"EHLO": 0.6, "MAIL": 0.6})
    with study("--to", f"smtp://{server.address}") as t:
        t.ready()
        t.type("EHLO student.example\r1\rMAIL FROM:<student@student.example>\rRCPT TO:<bob")
        t.wait("S: 250 2.1.0 Sender ok")
        t.wait_line("smtp mail> RCPT TO:<bob")
        t.settle()
        t.read_to = len(t.screen.gone) + t.screen.y  # what is typed ahead is not stopped for pages
        check(t.wanted() == "RCPT TO:<bob@localhost>", t, "the line above the prompt")
        t.say("@localhost>")
        t.wait(lambda: server.lines == [*FIVE[:1], *FIVE[2:4]])


@test
def tab_fills_the_line_in():
    with study() as t:
        t.ready()
        t.type("\t")
        t.wait_line("smtp connected> EHLO student.example")
        t.type("\x15:con\t")
        t.wait_line("smtp connected> :contents")
        t.type("\x15")
        t.say(":contents 3")
        while t.asks() == "page":
            t.say("")
        t.type("MAIL FROM:<st\t")
        t.wait_line("smtp ready> MAIL FROM:<student@student.example>")
        t.say("")
        t.wait("S: 250 2.1.0")


@test
def escape_inside_text():
    with study() as t:
        t.ready()
        t.say(":contents 4")
        while t.asks() == "page":
            t.say("")
        t.say("DATA")
        check(t.in_text() and t.wanted() == "Subject: test", t, "nothing tells of ^]")
        t.type("Subj")
        t.wait_line("smtp data> Subj")
        t.type("\x1d")
        t.wait_line("parlance:")
        t.enter("hint")
        t.wait("Hint: type Subject: test")
        t.wait_line("smtp data> Subj")
        t.say("ect: :hint is text here")
        check(t.wanted() == "", t, "not at the empty line")
        t.say("")
        t.say("QUIT")
        check(t.wanted() == ".", t, f"not at the dot, but at {t.wanted()!r}")
        t.say(".")
        t.wait("S: 250 2.0.0")
        check("C: Subject: :hint is text here\n" in t.screen.all(), t, "the text was changed")


# ---- terminals ----

@test
def small_terminal():
    with study(columns=40, rows=15) as t:
        t.read_to = 3  # the title
        t.ready()
        for line in FIVE + ["Subject: test", "", "Some words.", "."]:
            while t.asks() == "page":
                t.say("")
            check(t.wanted() in (line, None), t, f"{t.wanted()!r} and not {line!r} stands above the prompt")
            t.say(line)
        t.wait("S: 250 2.0.0 The message is taken")


@test
def dumb_terminal():
    with study(TERM="dumb") as t:
        t.wait("smtp connected>")
        for line, answer in (("EHLO student.example", "Enter goes on>"), ("", "HELP.\n"), ("", "your answer>"), ("1", "Right."),
                             ("MAIL FROM:<student@student.example>", "S: 250 2.1.0")):
            t.enter(line)
            t.wait(answer)
        check(b"\x1b" not in t.raw, t, "an escape sequence went to a dumb terminal")


@test
def demo_at_a_terminal():
    with study("--demo=60") as t:
        t.wait("# The service is ready.")
        t.settle()
        t.wait_line("demo: Enter goes on at once, :quit leaves>")
        t.enter("")
        t.wait("S: 250-localhost greets student.example")
        t.wait("What comes next?")
        check("1. The sender comes next." not in t.screen.all(), t, "it did not wait")
        t.enter("")
        t.wait("1. The sender comes next.")
        t.enter(":quit")
        check(t.end() == 0, t, f"exit status {t.status}")


@test
def demo_interrupted():
    with study("--demo=60") as t:
        t.wait("# The service is ready.")
        t.wait_line("demo: Enter goes on at once, :quit leaves>")
        t.type("\x03")
        t.wait("To leave:")
        t.type("\x03")
        check(t.end() == 130, t, f"exit status {t.status}")
        check("Your place" not in t.screen.all(), t, "a demo keeps no place")


if __name__ == "__main__":
    run_tests()
