#!/usr/bin/env python3
"""Compares what `parlance annotate --json` says of short conversations with what the RFCs say of them.

    judge.py FILE.golden...          TAP; the binary is $PARLANCE

A .golden file holds sessions; each is a transcript (FORMATS section 1), and under each line, after `=>`, the events
that it gives:

    === a recipient is refused | RFC 5321 4.2.2
    Protocol: smtp

    S: 220 foo.com ESMTP
       => reply 220 connected final
    C: EHLO bar.com
       => command connected
    S: 250 foo.com
       => reply 250 ready final answers=EHLO

A row reads `=> KIND [CODE] STATE KEY…`; a reply has its code, and `?` stands for what nobody has to know.
`=> nothing` says that the line gives no event. A line without a row expects what the row before it says. Then:

    final            this event completes a reply (without the word: `final` is false on replies, and on data of a
                     server that speaks POP3, IMAP, HTTP or FTP, and absent elsewhere)
    answers=RCPT.2   answers the second RCPT of the session; answers=RCPT: the last one so far; IMAP: the tag does too
    rest             IMAP: the rest of the line that a literal has interrupted: verb and tag are those of its beginning
    field            HTTP: keyword is the field's name
    key=value        that key has that value (JSON escapes are read)
    key~pattern      that key matches the regular expression
    key              that key is there
    !key             that key is absent
    ?key             that key may be anything

Keys of SURPRISES are absent unless a row names them. Side, text, octets, n, class, protocol and verb, IMAP's tag and
keyword are known from the transcript and always compared; a reply has verb and phase of the command that it answers;
commands, final replies and keyword lines have note and ref. No raw control octet may stand in the output. Where one
line gives several events, each has a row: text and octets are the rows' to say, verb, tag and keyword are known of the
first.

Lines of a session before its transcript: `Options:` for annotate; `Never:` words that may not be in the output;
`Using: NAME`: begin as the block `+++ NAME` of the same file, which is no session of its own.
`@{x*16384}` stands for that many x.
"""
import json
import os
import re
import shlex
import subprocess
import sys

KINDS = {"command", "reply", "data", "stage", "junk"}
PHASES = {"greet", "identify", "encrypt", "authenticate", "ask", "transfer", "goodbye"}
STATES = {
    "smtp": "greeting connected ready mail rcpt data auth closed".split(),
    "pop3": "greeting authorization transaction update closed".split(),
    "imap": "greeting not-authenticated authenticated selected logout closed".split(),
    "http": "idle request response body tunnel closed".split(),
    "ftp": "greeting connected user ready transfer closed".split(),
    "tcp": ["open", "closed"],
}
STATES["lmtp"], STATES["udp"] = STATES["smtp"], STATES["tcp"]
NUMBERED = {"smtp", "lmtp", "ftp"}
# Where data of the server's belongs to a reply, and says whether it completes it.
DATA_OF_REPLIES = {"pop3", "imap", "http", "ftp"}
EXPLAINED = {"smtp", "lmtp"} | DATA_OF_REPLIES
CLASSES = {"1": "info", "2": "success", "3": "continue", "4": "transient", "5": "failure", "6": "success"}
HTTP_CLASSES = {"1": "info", "2": "success", "3": "redirect", "4": "failure", "5": "failure"}
STATUS_WORDS = {"OK", "NO", "BAD", "BYE", "PREAUTH"}
SURPRISES = "problem more masked decoded secure enhanced keyword answers tag lossy t".split()
PHASE_OF = {
    "smtp": {
        "STARTTLS": "encrypt", "AUTH": "authenticate", "QUIT": "goodbye", "VRFY": "ask", "EXPN": "ask", "HELP": "ask",
        "DATA": "transfer", "BDAT": "transfer",
    },
    "pop3": {
        "STLS": "encrypt", "AUTH": "authenticate", "APOP": "authenticate", "PASS": "authenticate", "QUIT": "goodbye",
        "RETR": "transfer", "STAT": "ask",
    },
    "imap": {
        "STARTTLS": "encrypt", "AUTHENTICATE": "authenticate", "LOGIN": "authenticate", "LOGOUT": "goodbye",
        "FETCH": "transfer", "UID FETCH": "transfer", "APPEND": "transfer", "SEARCH": "ask", "LIST": "ask",
        "STATUS": "ask",
    },
    "ftp": {
        "AUTH": "encrypt", "PASS": "authenticate", "QUIT": "goodbye", "RETR": "transfer", "STOR": "transfer",
        "PWD": "ask",
    },
    "http": {},
}
PHASE_OF["lmtp"] = PHASE_OF["smtp"]
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
BODY = re.compile(r"^([CS])([?*!]?)(\\?):(.*)$", re.S)
ABSENT = object()


class Line:
    """A line of a session's transcript, with the rows of what is expected of it."""

    def __init__(self, number, text):
        self.number, self.text, self.rows = number, text, []

    def wire(self):
        """The side, and the octets that go over the wire; None where the line says nothing."""
        m = BODY.match(self.text)
        if not m:
            return None
        side, _, exact, text = m.groups()
        text = text[1:] if text.startswith(" ") else text
        octets = text.replace("{{{{", "{{").encode()
        return side, unescape(octets) if exact else octets, bool(exact)


    def sayer(self):
        """The side that the line, or the stage direction, belongs to; None where there is none."""
        said = self.wire()
        m = re.match(r"<(client|server) (?:sends|starts|hangs|connects)", self.text)
        return said[0] if said else m[1][0].upper() if m else None


def unescape(octets):
    names = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"\\": b"\\"}
    return re.sub(rb"\\(?:x([0-9A-Fa-f]{2})|([rnt0\\]))",
                  lambda m: bytes([int(m[1], 16)]) if m[1] else names[m[2]], octets)


class Session:
    def __init__(self, file, number, title):
        self.file, self.number, self.title = file, number, title
        self.options, self.never, self.protocol, self.lines, self.tls = [], [], None, [], False


def read(path):
    """The sessions of a .golden file."""
    sessions, blocks = [], {}
    with open(path, encoding="utf-8", newline="\n") as file:
        for number, text in enumerate(file.read().split("\n"), 1):
            text = re.sub(r"@\{(.)\*(\d+)\}", lambda m: m[1] * int(m[2]), text)
            if text.startswith("=== "):
                sessions.append(Session(path, number, text[4:].strip()))
                continue
            if text.startswith("+++ "):
                sessions.append(Session(path, number, text))
                blocks[text[4:].strip()] = sessions[-1]
                continue
            if not sessions:
                if text.strip() and not text.startswith("#"):
                    sys.exit(f"{path}:{number}: not in a session")
                continue
            session = sessions[-1]
            if text.startswith("Options: "):
                session.options = shlex.split(text[9:])
            elif text.startswith("Using: "):
                block = blocks[text[7:].strip()]
                session.protocol, session.tls = block.protocol, block.tls
                session.lines = list(block.lines)
            elif text.startswith("Never: "):
                session.never += shlex.split(text[7:])
            elif text.lstrip().startswith("=> "):
                session.lines[-1].rows.append((number, text.lstrip()[3:]))
            else:
                if text.startswith("Protocol: "):
                    session.protocol = text[10:].strip()
                session.tls |= text == "TLS: implicit"
                session.lines.append(Line(number, text))
    return [session for session in sessions if session not in blocks.values()]


def expected(session):
    """(number of the row, the row, its line, which of the line's rows, of how many), in the order of the events."""
    row = None
    for line in session.lines:
        said = line.wire() is not None or re.match(r"<.*>$", line.text)
        if line.rows:
            row = line.rows[-1]
            if not line.rows[0][1].startswith("nothing"):
                yield from ((*r, line, i, len(line.rows)) for i, r in enumerate(line.rows))
        elif said:
            if row is None:
                sys.exit(f"{session.file}:{line.number}: the first line has no row")
            yield (*row, line, 0, 1)


def class_of(protocol, code, words, text):
    """What class the code has (FORMATS 4); None where the code alone does not tell."""
    if protocol in NUMBERED:
        return CLASSES.get(code[0])
    if protocol == "http":
        return HTTP_CLASSES.get(code[0])
    if protocol == "pop3":
        brief = re.match(r"-ERR \[(SYS/TEMP|IN-USE|LOGIN-DELAY)[\]/]", text, re.I)
        return {"+OK": "success", "+": "continue", "-ERR": "transient" if brief else "failure"}.get(code)
    if protocol == "imap":
        if code == "+":
            return "continue"
        if code == "*" or (text.startswith("* ") and "final" not in words):
            return "info"
        brief = re.match(r"\S+ NO \[(UNAVAILABLE|INUSE)\]", text, re.I)
        return "success" if code in ("OK", "PREAUTH") else "transient" if brief else "failure"
    return None


def verb_of(protocol, text):
    """What a client's line asks for."""
    words = text.split(" ")
    if protocol == "http":
        return words[0]
    if protocol != "imap":
        return words[0].upper()
    words = [word.upper() for word in words[1:3]]
    return " ".join(words if words[:1] == ["UID"] else words[:1])


def imap_keys(text):
    """Tag and keyword of a server's line: the response's name, or its response code."""
    m = re.match(r"(\S+)(?: (?:\d+ )?([^\s\[\]]+))?(?: \[([^\s\[\]]+))?", text)
    if not m or m[1] == "+":
        return {}
    word, code = (m[2] or "").upper(), m[3]
    keys = {} if m[1] == "*" else {"tag": m[1]}
    if word in STATUS_WORDS:
        if code or m[1] != "*":
            keys["keyword"] = code.upper() if code else ABSENT
        else:
            keys["keyword"] = None
    elif m[1] == "*":
        keys["keyword"] = word
    return keys


class Judge:
    """Compares the events of one session; `wrong` holds what is to be said about it."""

    def __init__(self, session):
        self.session, self.wrong, self.commands, self.unended = session, [], [], False

    def say(self, number, event, what):
        self.wrong.append(f"{self.session.file}:{number}: {what}\n    event: {json.dumps(event)[:700]}")

    def run(self):
        s = self.session
        text = "\n".join(line.text for line in s.lines) + "\n"
        binary = os.environ.get("PARLANCE", "./parlance")
        done = subprocess.run([binary, "annotate", "--json", *s.options, "-"], input=text.encode(),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
        if done.returncode != 0:
            self.wrong.append(f"{s.file}:{s.number}: exit {done.returncode}: {done.stderr.decode()[:600]}")
            return
        output = done.stdout.decode()
        if UNSAFE.search(output):
            self.wrong.append(f"{s.file}:{s.number}: a raw control stands in the output")
        self.wrong += [f"{s.file}:{s.number}: {word} stands in the output" for word in s.never if word in output]
        events = [json.loads(one) for one in output.split("\n") if one]
        rows = list(expected(s))
        for i, row in enumerate(rows):
            if i == len(events):
                self.say(row[0], None, f"no event; expected: {row[1]}")
                return
            if not self.judge(row, events[i], i + 1):
                return
        if len(events) > len(rows):
            self.say(s.lines[-1].number, events[len(rows)], f"{len(events)} events, {len(rows)} expected")
        self.replies(rows, events)

    def judge(self, row, event, n):
        """Compares one event; False where it is quite another one, and what follows would tell nothing."""
        number, row, line, place, together = row
        words = shlex.split(row)
        rest = "rest" in words
        want = self.known(words, line, place, together)
        want["n"] = n
        for word in words:
            if word not in ("rest", "field"):
                self.word(word, want, number)
        for key in sorted(want):
            have = event.get(key, ABSENT)
            wish, how = want[key] if isinstance(want[key], tuple) else (want[key], "=")
            if not holds(have, wish, how):
                shown = "absent" if have is ABSENT else json.dumps(have)
                wish = "absent" if wish is ABSENT else "there" if how == "+" else how + json.dumps(wish)
                self.say(number, event, f"{key} is {shown[:200]}, expected {wish[:200]}")
        self.house(number, event, rest)
        if event["kind"] == "command":
            if not rest and not self.unended:
                self.commands.append(event)
            self.unended = event.get("more", False)
        return all(want.get(key, event[key]) == event[key] for key in ("kind", "side"))

    def known(self, words, line, place, together):
        """What a row says by its first words, and what the transcript says."""
        kind = words.pop(0)
        if kind not in KINDS | {"?"}:
            sys.exit(f"{self.session.file}:{line.number}: no such kind: {kind}")
        want = {key: ABSENT for key in SURPRISES}
        if kind != "?":
            want["kind"] = kind
        protocol = self.session.protocol
        if protocol:
            want["protocol"] = protocol
        else:
            protocol = next((word[9:] for word in words if word.startswith("protocol=")), None)
        if self.session.tls:
            want["secure"] = True
        if line.sayer():
            want["side"] = line.sayer()
        said = line.wire()
        if said and together == 1:
            _, octets, exact = said
            ended = octets.rstrip(b"\n").removesuffix(b"\r") if octets.endswith(b"\n") else octets
            want["octets"] = len(octets) + (0 if exact or protocol == "udp" else 2)
            try:
                want["text"] = ended.decode()
            except UnicodeDecodeError:
                want["lossy"] = True
        text = said[1].decode(errors="replace").split("\n")[0].removesuffix("\r") if said and place == 0 else ""
        code = None
        if kind == "reply":
            code = words.pop(0)
            if code != "?":
                want["code"] = code
                if class_of(protocol, code, words, text):
                    want["class"] = class_of(protocol, code, words, text)
        of_reply = protocol in DATA_OF_REPLIES and kind == "data" and line.sayer() == "S"
        want["final"] = False if kind == "reply" or of_reply else ABSENT
        state = words.pop(0)
        if state != "?":
            if protocol and state not in STATES[protocol]:
                sys.exit(f"{self.session.file}:{line.number}: no such state: {state}")
            want["state"] = state
        self.names(want, words, kind, protocol, text)
        return want

    def names(self, want, words, kind, protocol, text):
        """Verb, tag and keyword, as far as a line's text says them."""
        if "rest" in words:
            want.pop("keyword")
            if kind == "command":
                want["verb"], want["tag"] = self.commands[-1].get("verb"), self.commands[-1].get("tag", ABSENT)
        elif kind == "command" and protocol in EXPLAINED:
            want["verb"] = verb_of(protocol, text)
            if protocol == "imap":
                want["tag"] = text.split(" ")[0]
        elif kind == "reply" and protocol == "imap":
            want.update(imap_keys(text))
            if want["keyword"] is None:
                want.pop("keyword")
        if "field" in words:
            want["keyword"] = text.split(":")[0].lower()

    def word(self, word, want, number):
        m = re.match(r"([!?]?)([a-z]+)(?:([=~])(.*))?$", word, re.S)
        if not m:
            sys.exit(f"{self.session.file}:{number}: cannot read {word}")
        mark, key, how, value = m.groups()
        if mark == "?":
            want.pop(key, None)
        elif mark == "!":
            want[key] = ABSENT
        elif key == "answers":
            verb, _, i = value.partition(".")
            asked = [c for c in self.commands if verb in (c.get("verb"), c.get("tag"))]
            want[key] = asked[int(i) - 1 if i else -1]["n"] if len(asked) >= int(i or 1) else f"no {value}"
        elif how == "~":
            want[key] = (value, "~")
        elif how == "=":
            value = json.loads(f'"{value}"')
            want[key] = int(value) if key == "octets" else value
        elif key in ("final", "more", "masked", "secure", "lossy"):
            want[key] = True
        else:
            want[key] = (None, "+")
        if key == "masked" and not mark:
            want["octets"] = ABSENT
            want.pop("text", None)

    def house(self, number, event, rest):
        """What holds for every event."""
        for key in ("n", "side", "kind", "text", "protocol", "state"):
            if key not in event:
                self.say(number, event, f"{key} is missing")
        if event.get("phase", "ask") not in PHASES:
            self.say(number, event, "no such phase")
        protocol, kind = event.get("protocol"), event["kind"]
        if protocol in EXPLAINED and telling(event) and not rest and not (event.get("note") and event.get("ref")):
            self.say(number, event, "note or ref is missing")
        phase = PHASE_OF.get(protocol, {}).get(event.get("verb"))
        if kind == "command" and phase and event.get("phase") != phase:
            self.say(number, event, f"phase is {event.get('phase')}, expected {phase}")
        if kind == "junk" and "problem" not in event:
            self.say(number, event, "junk without a problem")

    def replies(self, rows, events):
        """Each line of a reply has verb and phase of the command that the reply answers. Of IMAP that is the tagged
        line and the continuation: whose the untagged data are, nobody has to know."""
        waiting = []
        for (number, *_), event in zip(rows, events):
            if event["kind"] == "reply":
                # A reply that was never ended gives way to one of another code.
                begun = waiting and waiting[-1][1]["code"] == event["code"]
                waiting = waiting if begun and event.get("protocol") != "imap" else []
                waiting.append((number, event))
            if not event.get("final"):
                continue
            command = events[event["answers"] - 1] if "answers" in event else {}
            for line, one in waiting:
                for key in ("verb", "phase"):
                    if command and one.get(key) != command.get(key):
                        self.say(line, one, f"{key} is not that of the command answered: {command.get(key)}")
            waiting = []


def telling(event):
    """Whether an event must have a note and a ref: a command, a reply's final line, a line with a keyword."""
    if event.get("more"):
        return False
    line = event["kind"] == "reply" or (event["kind"] == "data" and event.get("protocol") == "pop3")
    status = event["kind"] == "reply" and event.get("protocol") == "http"
    return event["kind"] == "command" or (line and event.get("final")) or status or "keyword" in event


def holds(have, wish, how):
    if how == "+":
        return have is not ABSENT
    if how == "~":
        return isinstance(have, str) and re.search(wish, have) is not None
    return have is ABSENT if wish is ABSENT else have is not ABSENT and type(have) is type(wish) and have == wish


def main():
    failed = count = 0
    for path in sys.argv[1:]:
        for session in read(path):
            judge = Judge(session)
            judge.run()
            count += 1
            failed += bool(judge.wrong)
            name = f"{os.path.basename(path)}:{session.number} {session.title}"
            print("not ok" if judge.wrong else "ok", count, "-", name.replace("#", "\\#"))
            for wrong in judge.wrong:
                print("\n".join("# " + part for part in wrong.split("\n")))
    print(f"1..{count}")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
