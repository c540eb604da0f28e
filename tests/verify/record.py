"""What a server and its client said, as a record: a transcript that anybody's client may have written."""
import re

from script import HOLE
from server import CLOSE, SILENCE, Await


def text(script, tape):
    """The tape as a transcript, the client's lines being those of the script; it ends where the server does."""
    lines = [f"Protocol: {script.protocol}", ""]
    spoken = [step for step in script.steps if hasattr(step, "text")]
    for step in tape:
        if isinstance(step, Await):
            while spoken[0].text.split(" ")[0].encode() != step.tag:
                spoken.pop(0)  # a step that did not take place
            lines.append(client_line(script, spoken.pop(0)))
        elif isinstance(step, bytes):
            lines += [server_line(octets) for octets in re.findall(rb"[^\n]*\n|[^\n]+", step)]
        elif step == CLOSE:
            lines.append("<server hangs up>")
            break
        elif step == SILENCE:
            break
    return "\n".join(lines) + "\n"


def client_line(script, line):
    exact = "" if line.octets.endswith(b"\r\n") or script.protocol == "udp" else "\\"
    return f"C{exact}: {HOLE.sub(script.fill, line.text)}"


def server_line(octets):
    if octets.endswith(b"\r\n"):
        return "S: " + octets[:-2].decode().replace("{{", "{{{{")
    said = octets.decode().replace("\\", "\\\\").replace("{{", "{{{{").replace("\r", "\\r").replace("\n", "\\n")
    return "S\\: " + said
