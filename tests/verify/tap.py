#!/usr/bin/env python3
"""A strict reader of TAP version 14, for what verify prints: subtests and their points, YAML blocks, plans.

    tap.py [FILE]      reads it, says what is wrong (exit 1), else prints it as JSON

Stricter than the specification where verify has no reason to be lax: points are numbered from 1, each subtest has its
`# Subtest:` line, its plan and its parent's point; nothing stands outside.
"""
import json
import re
import sys
from dataclasses import dataclass, field

POINT = re.compile(r"(not )?ok (\d+)(?: - (.*))?")
PLAN = re.compile(r"1\.\.(\d+)(?: # (.*))?")
# A `#` that is not escaped, with a space before it, begins a directive.
DIRECTIVE = re.compile(r"(?<!\\)((?:\\\\)*)\s#\s*(SKIP|TODO)\b\s*(.*)$", re.IGNORECASE)


class TapError(Exception):
    pass


@dataclass
class Point:
    ok: bool
    number: int
    name: str
    skip: str = None  # the reason; None: not skipped
    yaml: dict = None
    points: list = None  # of its subtest
    title: str = None  # of its subtest


@dataclass
class Test:
    points: list = field(default_factory=list)
    comments: list = field(default_factory=list)


def unescaped(text):
    return re.sub(r"\\([#\\])", r"\1", text)


def scalar(text, where):
    """One of the YAML scalars that stand on a line: plain, or double quoted."""
    if not text.startswith('"'):
        if text.startswith(("'", "[", "{", "&", "*", "!", "|", ">", "%", "@", "`")) or ": " in text or " #" in text:
            raise TapError(f"{where}: no plain YAML scalar: {text}")
        return text
    if len(text) < 2 or not re.fullmatch(r'"(?:[^"\\]|\\.)*"', text):
        raise TapError(f"{where}: a quoted YAML scalar that does not end: {text}")
    names = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "e": "\x1b", "a": "\a", "b": "\b", "v": "\v", "f": "\f", '"': '"',
             "\\": "\\", "/": "/", " ": " ", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029"}

    def octet(match):
        if match[1]:
            return chr(int(match[1][1:], 16))
        if match[2] not in names:
            raise TapError(f"{where}: no YAML escape: \\{match[2]}")
        return names[match[2]]

    return re.sub(r"\\(?:(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})|(.))", octet, text[1:-1])


def yaml_block(lines, where):
    """A mapping of scalars, block scalars and sequences of scalars: what a report needs, as a dict."""
    result, i = {}, 0
    while i < len(lines):
        match = re.fullmatch(r"([a-z_]+):(?: (.*))?", lines[i])
        if not match:
            raise TapError(f"{where}: no YAML key: {lines[i]!r}")
        key, value = match[1], match[2] or ""
        if key in result:
            raise TapError(f"{where}: {key} stands twice")
        i += 1
        deeper = []
        while i < len(lines) and (lines[i].startswith(" ") or lines[i] == ""):
            deeper.append(lines[i])
            i += 1
        result[key] = yaml_value(value, deeper, f"{where}: {key}")
    return result


def yaml_value(value, deeper, where):
    if value in ("|", "|-", "|+") or re.fullmatch(r"\|\d?[-+]?", value):
        digits = re.search(r"\d", value)
        first = next((line for line in deeper if line), "")
        indent = int(digits[0]) if digits else len(first) - len(first.lstrip(" "))
        for line in deeper:
            if line and not line.startswith(" " * indent):
                raise TapError(f"{where}: a line of the block stands too far left: {line!r}")
        return "\n".join(line[indent:] for line in deeper)
    if value == "" and deeper:
        items = []
        for line in deeper:
            if not line.lstrip().startswith("- "):
                raise TapError(f"{where}: no item of a list: {line!r}")
            items.append(scalar(line.lstrip()[2:], where))
        return items
    if deeper:
        raise TapError(f"{where}: lines behind a scalar: {deeper[0]!r}")
    return scalar(value, where)


class Reader:
    def __init__(self, text):
        if text and not text.endswith("\n"):
            raise TapError("the last line has no line end")
        unsafe = re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", text)
        if unsafe:
            raise TapError(f"unsafe character U+{ord(unsafe[0]):04X}")
        self.lines = text.split("\n")[:-1]
        self.at = 0

    def read(self):
        if not self.lines or self.lines[0] != "TAP version 14":
            raise TapError(f"does not begin with `TAP version 14`: {self.lines[:1]}")
        self.at = 1
        test = self.test("")
        if self.at < len(self.lines):
            raise TapError(f"line {self.at + 1}: behind the plan: {self.lines[self.at]!r}")
        return test

    def test(self, indent):
        """Points until the plan, and the comments between them."""
        test, subtest, title = Test(), None, None
        while self.at < len(self.lines):
            line, where = self.lines[self.at], f"line {self.at + 1}"
            if not line.startswith(indent):
                raise TapError(f"{where}: a subtest without a plan before {line!r}")
            line = line[len(indent):]
            self.at += 1
            if line.startswith("# Subtest: "):
                if subtest:
                    raise TapError(f"{where}: a subtest behind a subtest without its point")
                title = unescaped(line.removeprefix("# Subtest: "))
                subtest = self.test(indent + "    ")
            elif line.startswith("#"):
                test.comments.append(line[1:].removeprefix(" "))
            elif plan := PLAN.fullmatch(line):
                if int(plan[1]) != len(test.points):
                    raise TapError(f"{where}: plan {line!r} for {len(test.points)} points")
                return test
            elif point := POINT.fullmatch(line):
                test.points.append(self.point(point, where, len(test.points) + 1, indent, subtest, title))
                subtest = title = None
            elif line != "":
                raise TapError(f"{where}: no line of TAP: {line!r}")
        raise TapError("no plan at the end")

    def point(self, match, where, number, indent, subtest, title):
        if int(match[2]) != number:
            raise TapError(f"{where}: point {match[2]} where {number} is due")
        name, skip = match[3] or "", None
        if directive := DIRECTIVE.search(name):
            if directive[2].upper() == "TODO":
                raise TapError(f"{where}: a TODO")
            name, skip = name[: directive.start()] + directive[1], directive[3]
            if skip == "":
                raise TapError(f"{where}: skipped without a reason")
        if re.search(r"(?<!\\)(?:\\\\)*#", name):
            raise TapError(f"{where}: a # that is not escaped: {name}")
        point = Point(not match[1], number, unescaped(name), skip and unescaped(skip))
        point.yaml = self.yaml(indent, where)
        if subtest:
            point.points, point.title = subtest.points, title
            if point.ok != all(inner.ok for inner in subtest.points) and not (point.yaml and not point.ok):
                raise TapError(f"{where}: says other than its subtest")
        return point

    def yaml(self, indent, where):
        start = indent + "  ---"
        if self.at >= len(self.lines) or self.lines[self.at] != start:
            return None
        self.at += 1
        block = []
        while self.at < len(self.lines) and self.lines[self.at] != indent + "  ...":
            line = self.lines[self.at]
            if line and not line.startswith(indent + "  "):
                raise TapError(f"line {self.at + 1}: stands too far left for YAML: {line!r}")
            block.append(line[len(indent) + 2 :])
            self.at += 1
        if self.at >= len(self.lines):
            raise TapError(f"{where}: YAML without an end")
        self.at += 1
        return yaml_block(block, where)


def read(text):
    return Reader(text).read()


def plain(point):
    """A point as JSON has it: keys that say nothing are absent."""
    shown = {"ok": point.ok, "name": point.name, "skip": point.skip, "yaml": point.yaml, "title": point.title,
             "points": point.points and [plain(inner) for inner in point.points]}
    return {key: value for key, value in shown.items() if value is not None}


def main():
    try:
        data = open(sys.argv[1], "rb").read() if len(sys.argv) > 1 else sys.stdin.buffer.read()
        test = read(data.decode())
    except (TapError, UnicodeDecodeError) as error:
        sys.exit(f"tap: {error}")
    print(json.dumps({"points": [plain(point) for point in test.points], "comments": test.comments}))


if __name__ == "__main__":
    main()
