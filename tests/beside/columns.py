"""Reads what `annotate --beside` prints back: the rows fit, and either column holds its conversation, in its order.

    columns.py PROGRAM WIDTHS LEFT RIGHT [OPTION]...      WIDTHS: 80,120; prints what is wrong, and exits 1
"""

import os
import re
import subprocess
import sys
import unicodedata

PHASES = "greet identify encrypt authenticate ask transfer goodbye other".split()
SIDE_BY_SIDE = 100


def width_of(character):
    return 0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1


def columns_of(text):
    return len(text) if text.isascii() else sum(map(width_of, text))


def cut(row, columns):
    """A row, in two at that column."""
    at = used = 0
    while at < len(row) and used + width_of(row[at]) <= columns:
        used += width_of(row[at])
        at += 1
    return row[:at].rstrip(), row[at:]


def run(program, *words, **environment):
    done = subprocess.run([program, *words], capture_output=True, env={**os.environ, **environment})
    if done.returncode:
        sys.exit(f"{words}: exit {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode()


def beside(text, width):
    """The rows of either conversation, titles included where they are stacked."""
    sides, side = ([], []), -1
    for row in text[text.index("\n\n== ") + 2:].split("\n"):
        if row.startswith("== "):
            heading = re.match(r"== (\w+): ", row)
            if heading and heading[1] not in PHASES:
                sys.exit(f"no phase: {row!r}")
            side = -1
        elif row and width >= SIDE_BY_SIDE:
            one, other = cut(row, (width - 3) // 2)
            if not other.startswith(" |"):
                sys.exit(f"no line between the columns: {row!r}")
            sides[0].append(one)
            sides[1].append(other[3:])
        elif row:
            side += row.startswith("-- ")
            sides[side].append(row)
    return sides


def said(rows):
    """What was said, and in one text what was remarked, without white space. Rows that hang from another are one line with it;
    `… 12 more lines` is the number 12, and a line that is cut short ends in "…"."""
    lines, comments = [], ""
    title = False
    for row in rows:
        folded = re.fullmatch(r"   … ([0-9,]+) more (line|octet)s?.*", row)
        hangs = row.startswith("   ")
        if row.startswith("-- ") or (title and hangs):
            title = True
            continue
        title = False
        if row == "(nothing)" or row.startswith("   # ") or not row.strip():
            continue
        if row.startswith("# "):
            comments += row[2:]
        elif folded and folded[2] == "octet":
            lines[-1] += "…"
        elif folded:
            lines.append(int(folded[1].replace(",", "")))
        elif hangs and not isinstance(lines[-1], int):
            lines[-1] += "".join(row.split())
        elif hangs:
            pass  # how many lines of these have a problem
        else:
            lines.append("".join(row.split()))
    return lines, "".join(comments.split())


def same(lines, wanted):
    """Whether they are alike, but for what is folded."""
    at = 0
    for line in lines:
        if isinstance(line, int):
            at += line
        elif at < len(wanted) and (wanted[at].startswith(line[:-1]) if line.endswith("…") else wanted[at] == line):
            at += 1
        else:
            return False
    return at == len(wanted)


def transcript(program, name):
    """What was said in the transcript itself."""
    text = run(program, "annotate", "--plain", "--notes", "off", name).split("\n\n", 1)[1]
    return said(re.sub(r"^([CS])\\:", r"\1:", text, flags=re.M).split("\n"))


def main():
    program, widths, *names = sys.argv[1:5]
    wanted = [transcript(program, name) for name in names]
    for width in map(int, widths.split(",")):
        text = run(program, "annotate", "--beside", *sys.argv[5:], *names, COLUMNS=str(width))
        too_wide = [row for row in text.split("\n") if columns_of(row) > width]
        if too_wide:
            sys.exit(f"{names}: wider than {width}: {too_wide[0]!r}")
        for rows, want, name in zip(beside(text, width), wanted, names):
            lines, comments = said(rows)
            if not same(lines, want[0]) or comments != want[1]:
                sys.exit(f"{names}: at {width} columns {name} reads\n{lines}\n{comments}\nand is\n{want}")


main()
