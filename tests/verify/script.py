"""Transcripts as these tests read them: on their own, so that what verify believes about a script is not asked of parlance.

Read is what FORMATS section 1 says, as far as the tests' scripts need it: prefixes, marks, `S\\:`, `{{…}}`, `<server sends
…>`. A script becomes steps in the order of the file: lines of the client, one by one, and whole replies of the server.
"""
import re
from dataclasses import dataclass, field

BODY = re.compile(r"\s*([CS])([?*!]?)(\\?):( ?)(.*)", re.DOTALL)
HOLE = re.compile(r"\{\{\{\{|\{\{(.*?)\}\}")
ANYTHING = "whatever this server says"
PAYLOAD_LINE = b"a line of made-up payload, fifty octets in all ..\r\n"


@dataclass
class Line:
    number: int  # in its file
    side: str
    mark: str  # "", "?", "*" or "!"
    text: str  # as written
    octets: bytes  # as a correct server says it, or as the client does where it has no variables
    free: bool = False  # `<server sends …>`: any payload
    names: list = field(default_factory=list)  # of its {{…}}

    @property
    def plain(self):
        """Compared by its words at level text, and by nothing else but its code below."""
        return not self.mark and not self.names and not self.free


@dataclass
class Reply:
    lines: list
    index: int = 0  # among the replies of its script

    @property
    def number(self):
        return self.lines[0].number

    @property
    def said(self):
        """The lines that a correct server says: not those with `S!`."""
        return [line for line in self.lines if line.mark != "!"]

    @property
    def octets(self):
        return b"".join(line.octets for line in self.said)


class Script:
    def __init__(self, path, name=None):
        self.path, self.name = path, name or path
        self.header = {}
        self.values = {}  # of the names in {{…}}, as a correct server has them
        self.lets = set()  # the names with a default
        self.steps = []  # Line (of the client's) and Reply
        self.hangs_up = False
        with open(path, encoding="utf-8", newline="\n") as file:
            self.read(file.read().split("\n"))
        self.protocol = self.header["Protocol"]
        self.group()
        self.replies = [step for step in self.steps if isinstance(step, Reply)]
        for index, reply in enumerate(self.replies):
            reply.index = index

    def read(self, lines):
        in_header = True
        for number, text in enumerate(lines, 1):
            text = text.removesuffix("\r")
            said = BODY.fullmatch(text)
            if in_header and not said and not text.startswith("<"):
                in_header = text != ""
                if in_header and not text.startswith("#"):
                    self.read_header(text)
                continue
            in_header = False
            if said:
                self.steps.append(self.read_line(number, *said.groups()))
            elif text.startswith("<"):
                self.read_direction(number, text)
            elif text.strip() and not text.startswith("#"):
                raise ValueError(f"{self.path}:{number}: these tests cannot read: {text}")

    def read_header(self, text):
        name, value = text.split(":", 1)
        if name == "Let":
            name, value = value.strip().split("=", 1)
            self.values[name] = value
            self.lets.add(name)
        else:
            self.header[name] = value.strip()

    def read_line(self, number, side, mark, exact, _space, text):
        names = [name for name in HOLE.findall(text) if name]
        octets = HOLE.sub(self.fill, text).encode()
        if exact:
            octets = octets.decode("unicode_escape").encode("latin-1")
        else:
            octets += b"\r\n"
        return Line(number, side, mark, text, octets, names=names)

    def fill(self, hole):
        name = hole[1]
        if name is None:
            return "{{"
        if name == "*":
            return ANYTHING
        return self.values.setdefault(name, str(4711 + len(self.values)))

    def read_direction(self, number, text):
        sends = re.match(r"<server sends (?:.*?(\d+) octets)?", text)
        if text.startswith("<server hangs up"):
            self.hangs_up = True
        elif sends:
            n = int(sends[1] or 3 * len(PAYLOAD_LINE))
            payload = PAYLOAD_LINE * (n // len(PAYLOAD_LINE) + 1)
            payload = payload[: n - 2] + b"\r\n"
            self.steps.append(Line(number, "S", "", text, payload, free=True))
        elif not re.match(r"<client (connects|hangs up)", text):
            raise ValueError(f"{self.path}:{number}: these tests cannot play: {text}")

    # ---- which lines are one reply ----

    def group(self):
        """Joins the server's lines into replies."""
        tags = {line.text.split(" ")[0] for line in self.steps if line.side == "C"}
        steps, reply = [], []
        for i, line in enumerate(self.steps):
            if line.side == "C":
                steps.append(line)
                continue
            reply.append(line)
            behind = self.steps[i + 1] if i + 1 < len(self.steps) else None
            block_ends = behind is None or behind.side == "C"
            if getattr(self, f"ends_{self.protocol}")(reply, tags, not steps, None if block_ends else behind):
                steps.append(Reply(reply))
                reply = []
        if reply:
            raise ValueError(f"{self.path}:{reply[0].number}: a reply that does not end")
        self.steps = steps

    @staticmethod
    def ends_smtp(reply, _tags, _greeting, _behind):
        return reply[-1].mark == "" and re.match(r"\d{3}( |$)", reply[-1].text)

    ends_lmtp = ends_smtp

    @staticmethod
    def ends_ftp(reply, _tags, _greeting, _behind):
        return reply[-1].mark == "" and re.match(re.escape(reply[0].text[:3]) + "( |$)", reply[-1].text)

    @staticmethod
    def ends_pop3(reply, _tags, _greeting, behind):
        """A list or a text goes on until its dot: what stands behind a status line and is none itself."""
        if len(reply) > 1:
            return reply[-1].octets == b".\r\n"
        return behind is None or re.match(r"\+OK|-ERR|\+ ", behind.text)

    @staticmethod
    def ends_imap(reply, tags, greeting, _behind):
        if greeting or reply[-1].text.startswith("+"):
            return True
        literal, n = 0, 0  # text of a literal is no line of its own
        for line in reply:
            if n > 0:
                n -= len(line.octets)
                literal = True
                continue
            literal = False
            counts = re.search(rb"\{(\d+)\}\r\n$", line.octets)
            n = int(counts[1]) if counts else 0
        return not literal and reply[-1].text.split(" ")[0] in tags

    @staticmethod
    def ends_http(_reply, _tags, _greeting, behind):
        return behind is None or behind.text.startswith("HTTP/1.")

    @staticmethod
    def ends_tcp(_reply, _tags, _greeting, _behind):
        return True

    ends_udp = ends_tcp
