#!/usr/bin/env python3
"""Looks up each RFC section that the files name in tests/rfc-sections.txt; says FILE:LINE for one that is not there.

    references.py [FILE...]        without files: lessons, transcripts, README, the manual and the sources

What counts as a reference: "RFC 5321 4.1.1.2", "RFC 3501, section 6.3.11", "RFC 5321 D.1", "RFC 959, appendix II",
each also broken over two lines of prose or of a comment; and the further sections of an enumeration, "RFC 5321
4.1.1.2, 4.1.1.3 and 4.5.2". A bare "RFC 5321" asks only that the RFC is in the list. Client and server lines of a
transcript are what the source said, right or wrong: they are passed over.
"""

import glob
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
LIST = os.path.join(HERE, "rfc-sections.txt")
FILES = ["README.md", "lessons/*.md", "transcripts/*", "src/*.1", "src/**/*.[ch]", "src/**/*.def"]

# White space, and what stands at the front of a continued line in a comment or a quote.
GAP = r"(?:[ \t]+|[ \t]*\n[ \t]*(?:(?:\*|//|#|>)[ \t]*)?)"
NUMBER = r"(?:[A-Z]|[0-9]{1,2})(?:\.[0-9]{1,3})+"  # 4.1, D.1
TOP = r"[0-9]{1,2}(?![0-9.]*[0-9A-Za-z-])"  # 4
WORD = r"(?:[Ss]ections?|[Aa]ppendix|[Aa]ppendices)"
SECTION = rf"(?:(?:,?{GAP}{WORD})?{GAP}({NUMBER}|{TOP})|,?{GAP}[Aa]ppendix{GAP}([A-Z]|[IVX]+)\b|{GAP}([A-Z])(?=[,.;:)\"]))"
RFC = re.compile(rf"\bRFC{GAP}([0-9]{{1,5}})\b(?:{SECTION})?")
MORE = re.compile(rf"(?:,|,?{GAP}(?:and|or|to)){GAP}({NUMBER})")


def known():
    """The sections of each RFC, as {"5321": {"-", "1", "1.1", ...}}; "-" is the RFC itself."""
    sections = {}
    with open(LIST, encoding="utf-8") as rows:
        for row in rows:
            if row[0] != "#":
                rfc, section, _ = row.split(" ", 2)
                sections.setdefault(rfc, set()).add(section)
    return sections


def text_of(path):
    """The file, with the lines of a conversation emptied, so that line numbers stay."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if path.endswith(".c") or path.endswith(".h") or path.endswith(".def"):
        return text
    return re.sub(r"^[ >]*[CS][?*!\\]?: .*$", "", text, flags=re.M)


def references(text):
    """Each (offset, RFC, section); the section is "-" where none is named."""
    for match in RFC.finditer(text):
        rfc = match[1]
        yield match.start(), rfc, match[2] or match[3] or match[4] or "-"
        more = MORE.match(text, match.end())
        while match[2] and more:
            yield more.start(1), rfc, more[1]
            more = MORE.match(text, more.end())


def main(paths):
    sections = known()
    faults = 0
    for path in paths:
        text = text_of(path)
        for offset, rfc, section in references(text):
            if section in sections.get(rfc, ()):
                continue
            line = text.count("\n", 0, offset) + 1
            if rfc not in sections:
                why = f"RFC {rfc} is not in tests/rfc-sections.txt: add its sections there"
            else:
                why = f"RFC {rfc} has no section {section}: look it up, or mend tests/rfc-sections.txt"
            print(f"{os.path.relpath(path, ROOT) if path.startswith(ROOT) else path}:{line}: {why}")
            faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    given = sys.argv[1:]
    if not given:
        given = sorted(path for name in FILES for path in glob.glob(os.path.join(ROOT, name), recursive=True))
    sys.exit(main(given))
