#!/usr/bin/env python3
"""Looks up each problem that a dialogue can name in the table of reasons (src/script/check_reasons_table.c).

    reasons.py            says FILE:LINE for a problem without a row, and for a row that no problem needs
    reasons.py --list     prints each problem as it was found

The words of a problem stand in the sources as the format of event_problem, or of a function that hands them on to it
(TAKERS). Where they come from elsewhere (`"%s", why`), the function that event_problem is called in makes them, in
`why = …`, or another does (GIVERS).
"""

import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TABLE = os.path.join(ROOT, "src/script/check_reasons_table.c")

# Functions that take the words: which argument it is, and what they put around it.
TAKERS = {
    "address_problem": (1, "{}"),
    "argument_problem": (2, "\0 {}"),
    "event_problem": (2, "{}"),
    "need_argument": (2, "\0 {}"),
    "path_fault": (1, "{}"),
    "path_problem": (1, "{}"),
    "reading_wrong": (2, "{}"),
    "wrong": (1, "{}"),
}
# Those that take them in two halves, a word between.
HALVES = ("reading_wrong_word", "reading_unknown")

# Functions that return words for another to say, and what it says.
GIVERS = {
    "refuses": "not allowed in this state: {}",
    "reason": "not allowed in this state: {}",
    "refuses_login": "not allowed in this state: {}",
    "order": "not allowed in this state: {}",
    "http_refuses": "no request may follow now: {}",
    "waiting_refuses": "no request may follow now: {}",
    "form_problem": "{}",
}

# Functions that hand on what others made: the words are found there.
HANDED_ON = {
    "argument_problem": "its callers",
    "blame": "rehearsal_wire, which is not of a dialogue",
    "need_argument": "its callers",
    "note_listens": "address_problem",
    "path_fault": "its callers",
    "read_active": "address_problem",
    "read_path": "path_fault",
    "read_target": "form_problem",
    "reading_wrong": "its callers",
    "reading_wrong_word": "its callers",
    "wrong": "its callers",
}
# Words that no event says: of files, and of functions.
OTHERS = ("imap_tree.c", "smtp_address.c", "upgrade.c", "http.c refuses")

STRING = r'"(?:\\.|[^"\\])*"'
# What stands for words of the line, or for numbers, in a format; and in what this script makes of it.
PLACE = re.compile(r"%%|%(?:\.\*)?(?:s|d|u|c|llu|zu)")
ANY = "\0"


def without_comments(text):
    """The C source with its comments blanked, so that offsets stay."""
    token = re.compile(rf"{STRING}|'(?:\\.|[^'\\])*'|/\*.*?\*/|//[^\n]*", re.S)
    return token.sub(lambda m: re.sub(r"[^\n]", " ", m[0]) if m[0][0] == "/" else m[0], text)


def functions(text):
    """Each (name, start, end) of a function's body: what stands between braces at a line's front."""
    for match in re.finditer(r"^(?:[a-z].*?\b)?(\w+)\([^;{}]*\)\n?\s*\{\n(.*?)^\}", text, re.S | re.M):
        yield match[1], match.start(2), match.end(2)


def arguments(text, start):
    """The arguments of a call, whose ( is at `start`."""
    depth, at, begin, found = 0, start, start + 1, []
    token = re.compile(rf"{STRING}|'(?:\\.|[^'\\])*'|[(),]|[^\"'(),]+", re.S)
    while True:
        match = token.match(text, at)
        depth += match[0] == "("
        depth -= match[0] == ")"
        if depth == 0 or (depth == 1 and match[0] == ","):
            found.append(text[begin : match.start()].strip())
            begin = match.end()
        if depth == 0:
            return found
        at = match.end()


def words(expression):
    """The strings in an expression, each as it may come out: `a ? "x" : "y" "z"` says x, or yz."""
    spoken, whole = [], ""
    for part in re.findall(rf"{STRING}|SLICE_FMT|[?:,{{}}]", expression) + [":"]:
        if part in "?:,{}":
            spoken += [whole] if whole else []
            whole = ""
        elif part == "SLICE_FMT":
            whole += "%s"
        else:
            whole += part[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return [one for one in spoken if not re.match(r"(RFC|No RFC)\b", one)]


def spoken(expression, body):
    """What an argument may say: its strings, else those that are assigned to its variable in the function."""
    said = words(expression)
    for name in re.findall(r"\b[a-z]\w*\b", re.sub(STRING, "", expression)):
        for match in re.finditer(rf"\b{name}(?:\[\])?\s+=\s+((?:{STRING}|[^;\"])*);", body):
            said += words(match[1])
    return said


def filled(form, given, body):
    """A format with all that may stand in its places; ANY where that is not known."""
    pieces, places = PLACE.split(form), PLACE.findall(form)
    whole = [pieces[0]]
    for place, piece in zip(places, pieces[1:]):
        if place == "%%":
            fill = ["%"]
        else:
            fill = spoken(given.pop(0), body) if given else []
            fill = [one for one in fill if "%" not in one] or [ANY]
        whole = [before + one + piece for before in whole for one in fill]
    return whole


def of_call(name, taker, given, body):
    """The words of one call; None where nobody knows where they come from."""
    if taker == "reading_wrong_word":
        return [f"{before}\"{ANY}\"{after}" for before in words(given[1]) or [""] for after in words(given[3]) or [""]]
    if taker == "reading_unknown":
        return [f'{before}"{ANY}"' for before in words(given[1])]
    at = TAKERS[taker][0]
    forms = spoken(given[at], body) if at < len(given) else []
    said = [one for form in forms for one in filled(form, given[at + 1 :], body)]
    said = [TAKERS[taker][1].format(one) for one in said if re.search(r"\w{3}", one.replace(ANY, ""))]
    return said or ([] if name in HANDED_ON else None)


def problems(path):
    """Each (line, words) of a file; the words are None where it is not known where they are made."""
    with open(path, encoding="utf-8") as file:
        text = without_comments(file.read())
    for call in re.finditer(r"\bevent_problem\(", text):
        if not any(start <= call.start() < end for _, start, end in functions(text)) and text[call.end() :][:8] != "struct d":
            yield text.count("\n", 0, call.start()) + 1, None
    for name, start, end in functions(text):
        body = text[start:end]
        if f"{os.path.basename(path)} {name}" in OTHERS:
            continue
        for call in re.finditer(r"\b(\w+)\(", body):
            if call[1] not in TAKERS and call[1] not in HALVES:
                continue
            line = text.count("\n", 0, start + call.start()) + 1
            said = of_call(name, call[1], arguments(body, call.end() - 1), body)
            for one in [None] if said is None else said:
                yield line, one
        for match in re.finditer(r"\breturn ([^;]*);", body) if name in GIVERS else ():
            for one in words(match[1]):
                if " " in one:
                    yield text.count("\n", 0, start + match.start()) + 1, GIVERS[name].format(one)


class Row:
    """A row of the table."""

    def __init__(self, line, protocol, begin):
        self.line, self.protocol, self.begin, self.used = line, protocol, begin, False
        self.form = re.compile(".*".join(re.escape(part) for part in begin.split("*")), re.S)

    def fits(self, said, protocol):
        """Whether the row is that of the words; of such as say ANY, perhaps."""
        if protocol and self.protocol and protocol != self.protocol:
            return False
        form = ".*".join(re.escape(part) for part in said.split(ANY))
        return bool(self.form.match(said) or (ANY in said and re.match(form, self.begin, re.S)))


def rows():
    """The rows of the table."""
    with open(TABLE, encoding="utf-8") as file:
        text = file.read()
    for match in re.finditer(rf"^\t\{{ ({STRING}), (NULL|{STRING}),", text, re.M):
        begin = match[1][1:-1].replace('\\"', '"').replace("\\\\", "\\")
        protocol = None if match[2] == "NULL" else match[2].strip('"')
        yield Row(text.count("\n", 0, match.start()) + 1, protocol, begin)


def protocol_of(path):
    """The protocol whose file it is; None where it is all protocols'."""
    name = re.match(r"[a-z0-9]+", os.path.basename(path))[0]
    return name if name in ("smtp", "pop3", "imap", "http", "ftp") else None


def main():
    table, faults = list(rows()), 0
    for path in sorted(glob.glob(os.path.join(ROOT, "src/protocol/*.c"))):
        if os.path.basename(path) in OTHERS:
            continue
        for line, said in problems(path):
            where = f"{os.path.relpath(path, ROOT)}:{line}"
            if said is None:
                print(f"{where}: where these words come from is not known: tell tests/reasons.py (GIVERS, HANDED_ON)")
                faults += 1
                continue
            fit = [row for row in table if row.fits(said, protocol_of(path))]
            for row in fit:
                row.used = True
            if "--list" in sys.argv:
                print(f"{where}: {said.replace(ANY, '*')}")
            if not fit:
                print(f"{where}: no row in src/script/check_reasons_table.c: {said.replace(ANY, '*')}")
                faults += 1
    for row in table:
        if not row.used:
            print(f"src/script/check_reasons_table.c:{row.line}: no problem begins so: {row.begin}")
            faults += 1
    return 1 if faults else 0


sys.exit(main())
