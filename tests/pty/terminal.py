"""A program in a terminal of its own, and what that terminal shows.

Only what a test of the prompt needs: a pty, a screen that understands the sequences of a VT100 with the insert and
delete of xterm, and waiting for what is expected to show. Nothing but Python's own library.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
import unicodedata

WAIT = float(os.environ.get("PTY_WAIT", "8"))  # seconds until something expected is given up


def width_of(character):
    """Columns that a character takes."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class Screen:
    """Rows of cells, the cursor, and what has scrolled off the top."""

    SEQUENCE = re.compile(r"\x1b(?:\[([?>=]?)([0-9;]*)([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-B]|([78=>cDEHM]))")

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.cells = [self.blank() for _ in range(rows)]
        self.gone = []
        self.x = self.y = 0
        self.wraps = False  # the last column was written: the next character goes to the next row
        self.rest = ""
        self.seen = set()  # sequences that nobody taught it

    def blank(self):
        return [" "] * self.columns

    def resize(self, columns, rows):
        """As xterm does it: rows are cut or filled, nothing is laid out anew."""
        self.cells = [(row + [" "] * columns)[:columns] for row in self.cells]
        self.columns = columns
        while len(self.cells) > rows and self.y < len(self.cells) - 1:
            self.cells.pop()
        while len(self.cells) > rows:
            self.gone.append("".join(self.cells.pop(0)).rstrip())
            self.y -= 1
        while len(self.cells) < rows:
            self.cells.append(self.blank())
        self.rows = rows
        self.x = min(self.x, columns - 1)
        self.wraps = False

    def text(self):
        """What is on the screen, without spaces at the ends of rows, nor empty rows at its end."""
        return "\n".join("".join(row).rstrip() for row in self.cells).rstrip("\n")

    def all(self):
        """The same with what has scrolled away."""
        return "\n".join(self.gone + [self.text()])

    def line(self):
        """The row that the cursor is in."""
        return "".join(self.cells[self.y]).rstrip()

    def down(self):
        self.y += 1
        if self.y == self.rows:
            self.gone.append("".join(self.cells.pop(0)).rstrip())
            self.cells.append(self.blank())
            self.y -= 1

    def put(self, character):
        width = width_of(character)
        if width == 0:
            return
        if self.wraps or self.x + width > self.columns:
            self.x = 0
            self.down()
            self.wraps = False
        self.cells[self.y][self.x] = character
        if width == 2:
            self.cells[self.y][self.x + 1] = ""
        self.x += width
        if self.x >= self.columns:
            self.x = self.columns - 1
            self.wraps = True

    def control(self, character):
        if character == "\n":
            self.down()
        elif character == "\r":
            self.x = 0
        elif character == "\b":
            self.x = max(self.x - 1, 0)
        elif character == "\t":
            self.x = min((self.x // 8 + 1) * 8, self.columns - 1)
        if character in "\n\r\b\t":
            self.wraps = False

    def erase(self, y, start, end):
        self.cells[y][start:end] = [" "] * (end - start)

    def sequence(self, private, numbers, final):
        values = [int(n) if n else 0 for n in numbers.split(";")]
        n = values[0] or 1
        self.wraps = self.wraps and final in "mhl"
        row = self.cells[self.y]
        if private or final in "mhlnr":
            return
        if final == "J" and values[0] in (0, 2) and (values[0] == 2 or (self.x, self.y) == (0, 0)):
            # As tmux and others do: what is cleared all at once is kept with what has scrolled away.
            self.gone += self.text().split("\n") if self.text() else []
        if final == "A":
            self.y = max(self.y - n, 0)
        elif final in "Be":
            self.y = min(self.y + n, self.rows - 1)
        elif final == "C":
            self.x = min(self.x + n, self.columns - 1)
        elif final == "D":
            self.x = max(self.x - n, 0)
        elif final in "G`":
            self.x = min(n, self.columns) - 1
        elif final in "Hf":
            self.y = min(n, self.rows) - 1
            self.x = min((values + [0])[1] or 1, self.columns) - 1
        elif final == "J":
            if values[0] == 0:
                self.erase(self.y, self.x, self.columns)
                for y in range(self.y + 1, self.rows):
                    self.erase(y, 0, self.columns)
            else:
                self.cells = [self.blank() for _ in range(self.rows)]
        elif final == "K":
            self.erase(self.y, 0 if values[0] else self.x, self.x + 1 if values[0] == 1 else self.columns)
        elif final == "P":
            self.cells[self.y] = (row[: self.x] + row[self.x + n :] + [" "] * n)[: self.columns]
        elif final == "@":
            self.cells[self.y] = (row[: self.x] + [" "] * n + row[self.x :])[: self.columns]
        elif final == "X":
            self.erase(self.y, self.x, min(self.x + n, self.columns))
        else:
            self.seen.add(final)

    def feed(self, text):
        text, self.rest = self.rest + text, ""
        i = 0
        while i < len(text):
            if text[i] == "\x1b":
                found = self.SEQUENCE.match(text, i)
                if found:
                    if found.group(3):
                        self.sequence(found.group(1), found.group(2), found.group(3))
                    i = found.end()
                    continue
                if len(text) - i < 32:
                    self.rest = text[i:]
                    return
                self.seen.add(text[i : i + 4])
            elif text[i] < " " or text[i] == "\x7f":
                self.control(text[i])
            else:
                self.put(text[i])
            i += 1


class Terminal:
    """A program running in it. Use it with `with`: it ends the program."""

    def __init__(self, argv, columns=80, rows=24, **environment):
        self.screen = Screen(columns or 80, rows or 24)
        self.raw = b""
        self.status = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update({"TERM": "xterm", "LC_ALL": "C.UTF-8"}, **environment)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvp(argv[0], argv)
        self.pending = b""
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)

    def type(self, text):
        os.write(self.fd, text.encode() if isinstance(text, str) else text)

    def enter(self, text):
        self.type(text + "\r")

    def resize(self, columns, rows):
        self.screen.resize(columns, rows)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds):
        """Takes what comes within that time; False at the end."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return True
        try:
            octets = os.read(self.fd, 65536)
        except OSError:
            octets = b""
        if not octets:
            return False
        self.raw += octets
        self.pending += octets
        try:
            text, self.pending = self.pending.decode(), b""
        except UnicodeDecodeError as e:
            text, self.pending = self.pending[: e.start].decode(), self.pending[e.start :]
        self.screen.feed(text)
        return True

    def settle(self, seconds=0.3):
        """Lets it run until nothing has come for that long."""
        while select.select([self.fd], [], [], seconds)[0]:
            if not self.read(0):
                return

    def wait(self, what, seconds=WAIT):
        """Waits until the condition holds: a function, or text that shows (scrolled away or not)."""
        holds = what if callable(what) else lambda: what.rstrip() in self.screen.all()
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end or not self.read(0.05):
                if holds():
                    return
                raise AssertionError(f"did not come: {what!r}\n--- the screen ---\n{self.screen.all()}\n---")

    def wait_line(self, text, seconds=WAIT):
        """Waits until the cursor's row is that text."""
        try:
            self.wait(lambda: self.screen.line() == text.rstrip(), seconds)
        except AssertionError:
            raise AssertionError(f"the cursor's row: {self.screen.line()!r}, expected: {text!r}\n"
                                 f"--- the screen ---\n{self.screen.all()}\n---") from None

    def end(self, seconds=WAIT):
        """Waits until the program ends; its exit status, or the signal that ended it below 0."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.settle(0.05)
                self.status = os.waitstatus_to_exitcode(status)
                return self.status
        raise AssertionError(f"did not end\n--- the screen ---\n{self.screen.all()}\n---")

    def modes(self):
        """The terminal's local modes: whether it echoes, and whether it edits lines."""
        flags = termios.tcgetattr(self.fd)[3]
        return bool(flags & termios.ECHO), bool(flags & termios.ICANON)


# ---- a file of tests ----

TESTS = {}


def test(function):
    """A function that is a test, by its name."""
    TESTS[function.__name__] = function
    return function


def check(holds, terminal, what):
    """What must hold; else what it is about is told, with the screen."""
    if not holds:
        raise AssertionError(f"{what}\n--- the screen ---\n{terminal.screen.all()}\n---")


def run_tests():
    """What a file of tests does: lists them, or runs those that are named; `all` runs each, and tells how long it took."""
    if len(sys.argv) == 1:
        print("\n".join(TESTS))
        return
    for name in TESTS if sys.argv[1] == "all" else sys.argv[1:]:
        began = time.monotonic()
        TESTS[name]()
        if len(sys.argv) > 2 or sys.argv[1] == "all":
            print(f"ok {name} ({time.monotonic() - began:.1f} s)", flush=True)
