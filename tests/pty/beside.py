"""`annotate --beside` in a terminal: `beside.py TEST...` runs these, `beside.py` lists them."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from terminal import Terminal, run_tests, test  # noqa: E402

PARLANCE = os.environ.get("PARLANCE", "./parlance")
NAMES = ["ewing-pop3-corrected", "ewing-imap-corrected"]


def rows_at(columns, *options, names=NAMES):
    """What a terminal of that width shows, and what it was sent."""
    with Terminal([PARLANCE, "annotate", "--beside", *options, *names], columns, 24) as t:
        status = t.end()
        assert status == 0, f"exit {status}\n{t.screen.all()}"
        return t.screen.all().split("\n"), t.raw.decode()


def check(condition, rows, what):
    assert condition, what + "\n--- the screen ---\n" + "\n".join(rows)


@test
def stacked_below_100_columns():
    for columns in (40, 80, 99):
        rows, raw = rows_at(columns)
        check("-- ewing-imap-corrected (imap)" in rows, rows, f"at {columns} columns one should stand below the other")
        check(not any(" | " in row for row in rows), rows, f"at {columns} columns there should be no columns")
        # A row that is too wide for the terminal would take two.
        check(len(rows) == raw.count("\n"), rows, f"rows that the terminal had to wrap at {columns} columns")


@test
def side_by_side_from_100_columns_on():
    for columns in (100, 120, 200):
        rows, raw = rows_at(columns)
        check(not any(row.startswith("-- ") for row in rows), rows, f"at {columns} columns they should stand side by side")
        between = {row.index(" |") for row in rows if " |" in row}
        check(between == {(columns - 3) // 2}, rows, f"at {columns} columns the line between stands at {between}")
        check(len(rows) == raw.count("\n"), rows, f"rows that the terminal had to wrap at {columns} columns")


@test
def sides_are_told_by_weight():
    for columns in (80, 120):
        rows, raw = rows_at(columns, "--notes", "off")
        check(re.search(r"\x1b\[1mC: USER bob\x1b\[0m", raw), rows, "the client's lines should be bold")
        check(re.search(r"(^|\n|\| )S: \x1b\[32m\+OK\x1b\[0m bob", raw), rows, "a success should be green")
        check(re.search(r"\x1b\[1m== greet: [^\x1b]*=\x1b\[0m", raw), rows, "headings should be bold")
        check(set(re.findall(r"\x1b\[[0-9;]*.", raw)) == {"\x1b[0m", "\x1b[1m", "\x1b[32m"}, rows, "other sequences")


@test
def no_sequence_where_none_is_wanted():
    for words in (["--color", "never"], ["--plain"]):
        rows, raw = rows_at(120, *words)
        check("\x1b" not in raw, rows, f"{words}: sequences")
        check(any(" | " in row for row in rows), rows, f"{words}: the terminal is wide enough")


if __name__ == "__main__":
    run_tests()
