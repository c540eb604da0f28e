"""The table of mutations: what is made in a correct server, and at which levels of comparison verify must see it.

A mutation is a generator: of a script and one of its replies it makes mutants, none where it does not apply. A mutant dies
(verify must fail, at that reply) or lives (verify must pass) at each level that it names; what the contract leaves open is
at neither.
"""
import re
from dataclasses import dataclass, field

from script import HOLE, Reply
from server import CLOSE, SILENCE, Await, joined

LEVELS = ("status", "class", "text")
ALL, BELOW_TEXT, TEXT, NONE = LEVELS, ("status", "class"), ("text",), ()

MUTATIONS = {}  # name: generator

# Replies that are none, or too many, or out of turn: a record does not say when each came, and so not which it is.
OUT_OF_TURN = {
    "no code that there is",
    "another tag",
    "a doubled reply, in one write",
    "a doubled reply, 2 ms later",
    "a reply before its command",
}
# What a record of HTTP cannot show: a Content-Length in a transcript is made to fit the text (FORMATS section 1).
UNRECORDED = {"hanging up in the middle of the reply", "half a reply, and no more"}


@dataclass
class Mutant:
    mutation: str
    reply: int  # index of the reply that is changed
    said: dict  # what is said and done for a reply, by its index; the others are said as they are
    dies: tuple  # levels
    lives: tuple
    at: range  # the first `not ok` is at one of these replies
    dropped: set = field(default_factory=set)  # steps of the script that do not take place
    split: bool = False  # each octet is written by itself
    note: str = ""  # which of several

    def tape(self, script):
        tape = []
        for number, step in enumerate(script.steps):
            if number in self.dropped:
                continue
            if isinstance(step, Reply):
                tape += self.said.get(step.index, [step.octets])
            else:
                tape.append(Await(step.text, len(step.octets) if not step.octets.endswith(b"\r\n") else 0))
        if closes(script):
            tape.append(CLOSE)
        return tape if script.protocol == "udp" else joined(tape)


def closes(script):
    """Whether a correct server hangs up at the end, as written or as the protocol has it."""
    last = [step for step in script.steps if not isinstance(step, Reply)][-1]
    return script.hangs_up or re.search(r"^(\S+ )?(QUIT|LOGOUT)$", last.text, re.IGNORECASE) is not None


def mutation(name):
    """Registers a generator, which yields `dict`s of a Mutant's fields besides those that are the same in all."""

    def register(function):
        def mutants(script, reply):
            for made in function(script, reply):
                fields = {"dies": NONE, "lives": NONE, "at": range(reply.index, reply.index + 1)} | made
                if isinstance(fields["said"], list):
                    fields["said"] = {reply.index: fields["said"]}
                yield Mutant(mutation=name, reply=reply.index, **fields)

        MUTATIONS[name] = mutants
        return function

    return register


# ---- what stands where in a reply ----


def kinds(script, reply):
    """What each said line is: `status` (it has the code), `line`, `untagged`, `header`, `end` (which only ends), `text` (a
    message's, a body's, a literal's) or `rest` (behind a literal)."""
    lines = reply.said
    if script.protocol == "imap":
        return imap_kinds(reply)
    if script.protocol == "http":
        empty = next(i for i, line in enumerate(lines) if line.octets == b"\r\n")
        return ["status"] + ["header"] * (empty - 1) + ["end"] + ["text"] * (len(lines) - empty - 1)
    if script.protocol == "pop3":
        return ["status"] + ["text"] * (len(lines) - 2) + ["end"] * (len(lines) > 1)
    if script.protocol in ("tcp", "udp"):
        return ["line"]
    return ["status" if re.match(rb"\d{3}[ -]", line.octets) else "line" for line in lines]


def imap_kinds(reply):
    result, n = [], 0
    for line in reply.said:
        if n > 0:
            n -= len(line.octets)
            result.append("text")
            continue
        counts = re.search(rb"\{(\d+)\}\r\n$", line.octets)
        if result and result[-1] == "text":
            result.append("rest")
        else:
            result.append("untagged" if line.octets.startswith(b"* ") and reply.index > 0 else "status")
        n = int(counts[1]) if counts else 0
    return result


def items(script, reply):
    """The said lines that belong together, as ranges: untagged data with its literal; else each line by itself."""
    result = []
    for i, kind in enumerate(kinds(script, reply)):
        if script.protocol == "imap" and kind in ("text", "rest"):
            result[-1] = range(result[-1].start, i + 1)
        else:
            result.append(range(i, i + 1))
    return result


# Where the free words of a line begin, by protocol and kind.
WORDS = {
    ("imap", "status"): r"(\S+ (OK|NO|BAD|PREAUTH|BYE) |\+ ?)(\[[^\]]*\] )?",
    ("imap", "untagged"): r"\* (\d+ \S+|(OK|NO|BYE) (\[[^\]]*\])?|\S+) ?",
    ("pop3", "status"): r"(\+OK|-ERR) ?(\[[^\]]*\] )?",
    ("http", "status"): r"\S+ \d{3} ?",
    ("smtp", "status"): r"\d{3}[ -](\d\.\d\.\d )?",
    ("lmtp", "status"): r"\d{3}[ -](\d\.\d\.\d )?",
    ("ftp", "status"): r"\d{3}[ -]",
}


def framing(line):
    """Whether the line says how the reply goes on: its words are not free."""
    return re.match(r"(content-length|transfer-encoding|connection):", line.text, re.IGNORECASE) or line.octets in (
        b"\r\n",
        b".\r\n",
    )


def last_word(script, line, kind):
    """Where the last word of the line's text stands that is no variable, as a slice of it; None: it has none."""
    if line.free or framing(line):
        return None
    head = re.match(WORDS.get((script.protocol, kind), ""), line.text)
    start = head.end() if head else 0
    free = HOLE.sub(lambda hole: "\0" * len(hole[0]), line.text)
    words = [word for word in re.finditer(r"[A-Za-z]{2,}", free) if word.start() >= start]
    return slice(*words[-1].span()) if words else None


def rendered(script, text, like):
    """The octets of a line with that text in the place of `like`'s."""
    return HOLE.sub(script.fill, text).encode() + (b"\r\n" if like.octets.endswith(b"\r\n") else b"")


def parts(reply):
    return [line.octets for line in reply.said]


def replaced(reply, i, *octets):
    """What is said where the line at `i` is these instead."""
    lines = parts(reply)
    lines[i : i + 1] = octets
    return [b"".join(lines)]


def recounted(script, reply, lines):
    """The lines with their literal's count or Content-Length made to fit their text again."""
    sort = kinds(script, reply)
    lines = list(lines)
    if script.protocol == "http" and "text" in sort:
        n = sum(len(line) for line, kind in zip(lines, sort) if kind == "text")
        lines = [re.sub(rb"(?i)^(content-length: ).*", rb"\g<1>%d\r" % n, line) for line in lines]
    if script.protocol == "imap":
        for i, kind in enumerate(sort):
            if kind in ("untagged", "status") and lines[i].endswith(b"}\r\n"):
                n, j = 0, i + 1
                while sort[j] == "text":
                    n += len(lines[j])
                    j += 1
                lines[i] = re.sub(rb"\{\d+\}", b"{%d}" % n, lines[i])
    return lines


def block_end(script, reply):
    """The index of the last reply that comes without the client saying something."""
    here = script.steps.index(reply)
    end = reply.index
    for step in script.steps[here + 1 :]:
        if not isinstance(step, Reply):
            break
        end = step.index
    return end


def later(script, reply):
    return range(reply.index, len(script.replies))


# ---- the code ----

SAME_CLASS = {
    "smtp": {"250": "251", "251": "250", "252": "250", "550": "553", "221": "250", "452": "450"},
    "ftp": {"230": "232", "215": "200", "211": "212", "257": "250", "550": "553", "200": "250", "213": "200", "500": "502",
            "220": "200", "331": "332", "221": "226"},
    "http": {"200": "203", "404": "410", "301": "308", "403": "451"},
    "imap": {"NO": "BAD", "BAD": "NO", "PREAUTH": "OK"},
}  # fmt: skip
SAME_CLASS["lmtp"] = SAME_CLASS["smtp"]
# With these in their place the conversation would go another way, though the class is the same.
TURNS = {("ftp", "331"), ("ftp", "220"), ("smtp", "221"), ("lmtp", "221"), ("ftp", "221")}

OTHER_CLASS = {
    "smtp": {"1": ["250"], "2": ["550", "450"], "3": ["554"], "4": ["250", "550"], "5": ["250", "450"]},
    "http": {"2": ["500", "404"], "3": ["200"], "4": ["200", "301"]},
    "pop3": {"+OK": ["-ERR"], "-ERR": ["+OK"]},
    "imap": {"OK": ["NO", "BAD"], "NO": ["OK"], "BAD": ["OK"], "PREAUTH": ["BYE"]},
}
OTHER_CLASS["lmtp"] = OTHER_CLASS["ftp"] = OTHER_CLASS["smtp"]

CODE = {
    "smtp": rb"(?m)^()(\d{3})(?=[ -])",
    "lmtp": rb"(?m)^()(\d{3})(?=[ -])",
    "ftp": rb"(?m)^()(\d{3})(?=[ -])",
    "http": rb"^(HTTP/1\.\d )(\d{3})",
    "pop3": rb"^()(\+OK|-ERR)",
}


def code_of(script, reply):
    if script.protocol == "imap":
        status = reply.said[-1].octets if reply.index else reply.octets
        found = re.match(rb"(\S+ )(OK|NO|BAD|PREAUTH|BYE)\b", status)
    elif script.protocol in CODE:
        found = re.search(CODE[script.protocol], reply.octets)
    else:
        found = None
    return found and found[2].decode()


def with_code(script, reply, code):
    if script.protocol == "imap":
        lines = parts(reply)
        lines[-1] = re.sub(rb"^(\S+ )\w+", rb"\g<1>" + code.encode(), lines[-1])
        return b"".join(lines)
    octets = re.sub(CODE[script.protocol], rb"\g<1>" + code.encode(), reply.octets)
    if script.protocol == "pop3" and code == "-ERR":
        return octets.split(b"\r\n")[0] + b"\r\n"  # no list and no text
    return octets


def varies(reply):
    """Whether the line with the code has a variable: it must match at every level."""
    return any(line.names for line in (reply.said[0], reply.said[-1]))


@mutation("another code of the same class")
def same_class(script, reply):
    code = code_of(script, reply)
    other = SAME_CLASS.get(script.protocol, {}).get(code)
    if not other or (script.protocol == "smtp" and reply.index == 0):
        return
    lives = () if (script.protocol, code) in TURNS else ("class",)
    if any(line.names and re.match(r"\d{3}", line.text) for line in reply.lines) or varies(reply):
        yield {"said": [with_code(script, reply, other)], "dies": ALL}
    else:
        yield {"said": [with_code(script, reply, other)], "dies": ("status", "text"), "lives": lives}


@mutation("a code of another class")
def other_class(script, reply):
    code = code_of(script, reply)
    if not code:
        return
    row = OTHER_CLASS[script.protocol]
    for other in row.get(code, row.get(code[0], [])):
        dropped = refused(script, reply) if code[0] == "3" and script.protocol != "http" else set()
        said = [with_code(script, reply, other)] + [CLOSE] * (other == "BYE")
        yield {"said": said, "dies": ALL, "dropped": dropped, "note": other}


def refused(script, reply):
    """The steps that do not take place where a server does not ask for the text: the text, and what answers it."""
    if not reply.octets.startswith((b"354", b"+")):
        return set()
    here = script.steps.index(reply)
    steps, n = set(), here + 1
    while n < len(script.steps) and not isinstance(script.steps[n], Reply):
        steps.add(n)
        n += 1
        if script.steps[n - 1].octets == b".\r\n":
            break
    answers = [step for step in script.steps[n:] if isinstance(step, Reply)]
    for step in answers[: 2 if script.protocol == "lmtp" else 1]:
        steps.add(script.steps.index(step))
    return steps


@mutation("the literal is refused")
def literal_refused(script, reply):
    if script.protocol != "imap" or not reply.octets.startswith(b"+"):
        return
    command = script.steps[script.steps.index(reply) - 1]
    tag = command.text.split(" ")[0].encode()
    yield {"said": [tag + b" NO not so long\r\n"], "dies": ALL, "dropped": refused(script, reply)}


@mutation("refused for now instead of for good")
def transient(script, reply):
    code = code_of(script, reply)
    if (script.protocol, code) == ("pop3", "-ERR"):
        said = [b"-ERR [SYS/TEMP] come back later\r\n"]
    elif (script.protocol, code) == ("imap", "NO"):
        said = [re.sub(rb" NO (\[[^\]]*\] )?", b" NO [UNAVAILABLE] ", reply.octets)]
    else:
        return
    yield {"said": said, "dies": ("class", "text"), "lives": ("status",)}


@mutation("no code that there is")
def no_code(script, reply):
    code = code_of(script, reply)
    if not code:
        return
    # RFC 9110 15: a client takes a status code that is none for 500.
    dies = ("status", "text") if script.protocol == "http" and code[0] in "45" else ALL
    # What is no reply is not counted as one: those behind it may be taken for it.
    made = {"dies": dies, "at": range(reply.index, block_end(script, reply) + 1)}
    if script.protocol != "pop3":  # RFC 1939 does not say what must stand behind +OK
        yield made | {"said": [with_code(script, reply, code + "0")], "note": "longer"}
    if script.protocol != "imap" or reply.index:
        yield made | {"said": [with_code(script, reply, code[1:])], "note": "shorter"}


@mutation("another tag")
def other_tag(script, reply):
    if script.protocol == "imap" and reply.index and not reply.octets.startswith(b"+"):
        lines = parts(reply)
        lines[-1] = b"x" + lines[-1]
        # Where commands went out together, it is one reply too many behind the one before it.
        together = isinstance(script.steps[script.steps.index(reply) - 1], Reply)
        yield {"said": [b"".join(lines)], "dies": ALL, "at": range(reply.index - together, reply.index + 1)}


# ---- whole replies ----


@mutation("no answer any more")
def silence(_script, reply):
    yield {"said": [SILENCE], "dies": ALL}


@mutation("a missing reply")
def missing(script, reply):
    end = block_end(script, reply)
    if end > reply.index:  # else it is silence
        exact = script.protocol == "imap"
        yield {"said": [], "dies": ALL, "at": range(reply.index, reply.index + 1 if exact else end + 1)}


def doubled_is_none(script, reply):
    """Whether it is no second reply: an untagged greeting is untagged data then, and a datagram may come twice."""
    if script.protocol == "tcp" and not reply.octets.endswith(b"\n"):
        return True  # it ends where nothing more comes
    return script.protocol == "udp" or (script.protocol == "imap" and reply.index == 0)


@mutation("a doubled reply, in one write")
def doubled(script, reply):
    if not doubled_is_none(script, reply):
        end = reply.index + 1 if script.protocol == "imap" else block_end(script, reply) + 1
        if script.protocol == "http" and b"Content-Length" in reply.octets and "text" not in kinds(script, reply):
            end += 1  # an answer to HEAD that nobody asked for announces a body
        yield {"said": [reply.octets, reply.octets], "dies": ALL, "at": range(reply.index, end)}


@mutation("a doubled reply, 2 ms later")
def doubled_late(script, reply):
    last = reply.index == len(script.replies) - 1
    if not doubled_is_none(script, reply) and (not last or closes(script)):
        yield {"said": [reply.octets, 0.002, reply.octets], "dies": ALL, "at": later(script, reply)}


@mutation("a reply before its command")
def early(script, reply):
    if block_end(script, reply) > reply.index or reply.index + 1 == len(script.replies) or script.protocol == "udp":
        return
    behind = script.replies[reply.index + 1]
    yield {
        "said": {reply.index: [reply.octets, behind.octets], behind.index: []},
        "dies": ALL,
        "at": range(reply.index, reply.index + 2),
    }


@mutation("two replies in each other's place")
def replies_swapped(script, reply):
    if block_end(script, reply) == reply.index:
        return
    behind = script.replies[reply.index + 1]
    made = {"said": {reply.index: [behind.octets], behind.index: [reply.octets]}}
    one, two = code_of(script, reply), code_of(script, behind)
    if script.protocol == "imap":
        yield made | {"lives": ALL}  # tags say what answers what
    elif one and two and one[0] != two[0]:
        yield made | {"dies": ALL}
    elif one != two:
        lives = () if "221" in (one, two) else ("class",)  # after a 221 there is no more
        yield made | {"dies": ("status", "text"), "lives": lives}
    elif not reply.said[0].names and not behind.said[0].names:
        yield made | {"dies": TEXT, "lives": BELOW_TEXT}


@mutation("half a reply, and no more")
def half(script, reply):
    octets = reply.octets
    if script.protocol not in ("tcp", "udp"):  # there it is a reply after half a second
        yield {"said": [octets[: len(octets) // 2], SILENCE], "dies": ALL}


@mutation("hanging up before the reply")
def close_before(script, reply):
    if script.protocol != "udp":
        yield {"said": [CLOSE], "dies": ALL}


@mutation("hanging up in the middle of the reply")
def close_inside(script, reply):
    if script.protocol == "udp":
        return
    octets = reply.octets
    if script.protocol == "tcp":  # the close ends a line that has no end
        dies = TEXT if reply.said[0].plain else NONE
        yield {"said": [octets[: len(octets) // 2], CLOSE], "dies": dies, "note": "half"}
    else:
        yield {"said": [octets[: len(octets) // 2], CLOSE], "dies": ALL, "note": "half"}
        yield {"said": [octets[:-1], CLOSE], "dies": ALL, "note": "the last octet"}


@mutation("hanging up after the reply")
def close_after(script, reply):
    if script.protocol != "udp" and reply.index + 1 < len(script.replies):
        at = range(reply.index + 1, reply.index + 2)
        yield {"said": [reply.octets, CLOSE], "dies": ALL, "at": at}


# ---- lines ----


def is_last(reply, i):
    return i == len(reply.said) - 1


def may_go(script, reply, i):
    """Whether a reply without that line is still a reply."""
    sort = kinds(script, reply)
    if sort[i] == "end" or framing(reply.said[i]) and sort[i] == "header":
        return False
    if script.protocol in ("smtp", "lmtp", "ftp"):
        # FTP's lines in the middle need no code; the first and the last do.
        return not is_last(reply, i) and (script.protocol != "ftp" or i > 0)
    return sort[i] not in ("status", "line")


@mutation("a missing line")
def missing_line(script, reply):
    for i, line in enumerate(reply.said):
        if line.plain and may_go(script, reply, i) and script.protocol != "imap":
            lines = parts(reply)
            lines[i] = b""
            yield {"said": [b"".join(recounted(script, reply, lines))], "dies": TEXT, "lives": BELOW_TEXT, "note": line.text}


@mutation("lost untagged data")
def lost_untagged(script, reply):
    sort = kinds(script, reply)
    for item in items(script, reply):
        first = reply.said[item.start]
        if sort[item.start] == "untagged" and not first.mark:
            lines = [octets for i, octets in enumerate(parts(reply)) if i not in item]
            # Of the class alone no data speaks, unless a variable stands in it.
            varied = any(reply.said[i].names for i in item)
            yield {"said": [b"".join(lines)], "dies": ALL if varied else ("status", "text"), "note": first.text}


@mutation("other untagged data")
def other_untagged(script, reply):
    for i, (line, kind) in enumerate(zip(reply.said, kinds(script, reply))):
        if kind == "untagged" and line.plain and not line.octets.endswith(b"}\r\n"):
            octets = re.sub(rb"^\* (\d+ )?\[?\w+.*", rb"* X-OTHER 1\r", line.octets)
            yield {"said": replaced(reply, i, octets), "dies": ("status", "text"), "note": line.text}


@mutation("a missing line with a variable")
def missing_variable(script, reply):
    for i, line in enumerate(reply.said):
        if line.names and not line.mark and may_go(script, reply, i) and script.protocol != "imap":
            yield {"said": replaced(reply, i), "dies": ALL, "note": line.text}


@mutation("a line that may be missing, is missing")
def missing_marked(script, reply):
    for i, line in enumerate(reply.said):
        if line.mark in ("?", "*"):
            yield {"said": replaced(reply, i), "lives": ALL, "note": line.text}


@mutation("a line that may be repeated, comes three times")
def repeated(script, reply):
    for i, line in enumerate(reply.said):
        if line.mark == "*":
            yield {"said": replaced(reply, i, *[line.octets] * 3), "lives": ALL, "note": line.text}


@mutation("a line that may come once, comes twice")
def optional_twice(script, reply):
    for i, line in enumerate(reply.said):
        if line.mark == "?":
            lives = BELOW_TEXT
            yield {"said": replaced(reply, i, line.octets, line.octets), "lives": lives, "dies": TEXT, "note": line.text}


@mutation("a line that must not come")
def never(script, reply):
    for i, line in enumerate(reply.lines):
        if line.mark == "!":
            said = [other.octets for other in reply.lines if other.mark != "!" or other is line]
            yield {"said": [b"".join(said)], "dies": ALL, "note": line.text}


def extra(script, reply):
    """A line too many, and where it goes; None: the reply cannot have one."""
    sort, first = kinds(script, reply), reply.octets[:3]
    if script.protocol in ("smtp", "lmtp", "ftp"):
        return len(parts(reply)) - 1, first + b"-MORE of it\r\n"
    if any(line.free for line in reply.said):
        return None  # any payload is as good
    if script.protocol == "pop3" and len(sort) > 1:
        return len(sort) - 1, b"more of it\r\n"
    if script.protocol == "http":
        return sort.index("end"), b"X-More: of it\r\n"
    if script.protocol == "imap" and reply.index > 0 and not reply.octets.startswith(b"+"):
        return 0, b"* 9 RECENT\r\n"
    return None


@mutation("a line too many")
def extra_line(script, reply):
    found = extra(script, reply)
    if found:
        lines = parts(reply)
        lines.insert(*found)
        yield {"said": [b"".join(lines)], "dies": TEXT, "lives": BELOW_TEXT}


@mutation("lines in another order")
def swapped(script, reply):
    sort = kinds(script, reply)
    for i in range(len(sort) - 1):
        one, two = reply.said[i], reply.said[i + 1]
        if not (one.plain and two.plain) or one.octets == two.octets or framing(one) or framing(two):
            continue
        if sort[i] != sort[i + 1] or sort[i] not in ("status", "line", "header", "text") or is_last(reply, i + 1):
            continue
        if script.protocol in ("imap", "ftp") and sort[i] == "status":
            continue
        lines = parts(reply)
        lines[i : i + 2] = [lines[i + 1], lines[i]]
        yield {"said": [b"".join(lines)], "dies": TEXT, "lives": BELOW_TEXT, "note": one.text}


@mutation("lines with variables in another order")
def variables_swapped(script, reply):
    found = [i for i, line in enumerate(reply.said) if line.names and not line.mark and may_go(script, reply, i)]
    if script.protocol == "imap" or len(found) < 2:
        return
    lines = parts(reply)
    lines[found[0]], lines[found[1]] = lines[found[1]], lines[found[0]]
    yield {"said": [b"".join(lines)], "dies": ALL}


@mutation("untagged data in another order")
def untagged_order(script, reply):
    if script.protocol != "imap":
        return
    groups = [b"".join(parts(reply)[i] for i in item) for item in items(script, reply)]
    if len(groups) > 2:
        yield {"said": [b"".join(groups[-2::-1] + groups[-1:])], "lives": ALL, "note": "the last first"}
        yield {"said": [b"".join(groups[1:-1] + groups[:1] + groups[-1:])], "lives": ALL, "note": "the first last"}


# ---- words ----


def worded(script, reply, wanted, change):
    """Mutants with one word changed in each line whose kind is `wanted`."""
    sort = kinds(script, reply)
    for i, line in enumerate(reply.said):
        where = last_word(script, line, sort[i])
        if where is None or line.mark or sort[i] not in wanted:
            continue
        text = line.text[: where.start] + change(line.text[where]) + line.text[where.stop :]
        said = replaced(reply, i, rendered(script, text, line))
        if line.names:
            yield {"said": said, "dies": ALL, "note": line.text}, True
        else:
            yield {"said": said, "dies": TEXT, "lives": BELOW_TEXT, "note": line.text}, False


def other_letter(word):
    return word[:-1] + ("b" if word[-1] != "b" else "c")


@mutation("another word")
def other_word(script, reply):
    for made, variable in worded(script, reply, ("status", "line", "header", "untagged"), other_letter):
        if not variable:
            yield made


@mutation("letter case")
def letter_case(script, reply):
    for made, variable in worded(script, reply, ("status", "line", "untagged"), str.swapcase):
        if not variable:
            yield made


@mutation("a keyword's letter case")
def keyword_case(script, reply):
    """EHLO's keywords and IMAP's words mean the same in any letters; at level text they are not the same."""
    for i, line in enumerate(reply.said):
        found = re.match(rb"\* (\d+ )?(OK \[)?([A-Z]+)", line.octets) if script.protocol == "imap" and reply.index else None
        if found and line.plain:
            octets = line.octets[: found.start(3)] + found[3].lower() + line.octets[found.end(3) :]
            yield {"said": replaced(reply, i, octets), "dies": TEXT, "lives": BELOW_TEXT, "note": line.text}


@mutation("an octet of the text")
def text_octet(script, reply):
    for made, variable in worded(script, reply, ("text",), other_letter):
        if not variable:
            yield made


@mutation("a line with a variable that does not match")
def not_matching(script, reply):
    for made, variable in worded(script, reply, ("status", "line", "header", "untagged", "text"), other_letter):
        if variable:
            yield made


@mutation("another value than was captured")
def other_value(script, reply):
    known = given(script, reply)
    for i, line in enumerate(reply.said):
        for name in line.names:
            if name in known - {"*"} and not line.mark:
                text = line.text.replace("{{%s}}" % name, "9" + script.values[name])
                yield {"said": replaced(reply, i, rendered(script, text, line)), "dies": ALL, "note": line.text}


def given(script, reply):
    """The names that have a value when the reply comes."""
    known = set(script.lets)
    for earlier in script.replies[: reply.index]:
        for line in earlier.lines:
            known.update(line.names)
    return known


@mutation("another value to capture")
def other_capture(script, reply):
    known = given(script, reply)
    later_names = {name for other in script.replies[reply.index + 1 :] for line in other.lines for name in line.names}
    for i, line in enumerate(reply.said):
        for name in line.names:
            if name != "*" and name not in known and name not in later_names:
                text = line.text.replace("{{%s}}" % name, "8" + script.values[name])
                yield {"said": replaced(reply, i, rendered(script, text, line)), "lives": ALL, "note": line.text}


@mutation("a space at the end of a line")
def trailing_space(script, reply):
    for i, (line, kind) in enumerate(zip(reply.said, kinds(script, reply))):
        if line.plain and kind in ("status", "line", "untagged") and not line.octets.endswith(b"}\r\n"):
            octets = line.octets.removesuffix(b"\r\n") + b" \r\n"
            if script.protocol == "imap" and line.text == "+":
                yield {"said": replaced(reply, i, octets), "lives": ALL, "note": line.text}
            elif script.protocol == "udp" or octets.endswith(b"\r\n"):
                yield {"said": replaced(reply, i, octets), "dies": TEXT, "lives": BELOW_TEXT, "note": line.text}


@mutation("text of another length, counted anew")
def other_length(script, reply):
    for i, (line, kind) in enumerate(zip(reply.said, kinds(script, reply))):
        if kind == "text" and line.plain:
            lines = parts(reply)
            lines[i] = b"more of " + lines[i]
            yield {"said": [b"".join(recounted(script, reply, lines))], "dies": TEXT, "lives": BELOW_TEXT, "note": line.text}


@mutation("other words behind +")
def other_plus(script, reply):
    if script.protocol == "imap" and reply.octets.startswith(b"+"):
        yield {"said": [b"+ Go ahead then\r\n"], "dies": TEXT, "lives": BELOW_TEXT}


@mutation("the body in chunks")
def chunked(script, reply):
    if script.protocol != "http" or "text" not in kinds(script, reply):
        return
    lines, sort = parts(reply), kinds(script, reply)
    head = [re.sub(rb"(?i)^content-length: .*", b"Transfer-Encoding: chunked\r", line) for line in lines[: sort.index("text")]]
    chunks = [b"%x\r\n%s\r\n" % (len(line), line) for line in lines[sort.index("text") :]]
    yield {"said": [b"".join(head + chunks) + b"0\r\n\r\n"], "dies": TEXT, "lives": BELOW_TEXT}


# ---- how it comes ----


@mutation("in two pieces, 3 ms apart")
def two_pieces(script, reply):
    if script.protocol != "udp" and len(reply.octets) > 1:
        cut = len(reply.octets) // 2
        yield {"said": [reply.octets[:cut], 0.003, reply.octets[cut:]], "lives": ALL, "note": "half"}
        yield {"said": [reply.octets[:-1], 0.003, reply.octets[-1:]], "lives": ALL, "note": "the last octet"}


@mutation("late, but in time")
def late(_script, reply):
    yield {"said": [0.05, reply.octets], "lives": ALL}


@mutation("as it is, octet by octet")
def octets_alone(script, reply):
    if reply.index == 0 and script.protocol != "udp":
        yield {"said": {}, "lives": ALL, "split": True}


@mutation("as it is")
def correct(_script, reply):
    if reply.index == 0:
        yield {"said": {}, "lives": ALL}
