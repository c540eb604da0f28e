#!/usr/bin/env python3
"""A TLS session cut at many places, or with a bit flipped there: it must never succeed, hang, crash or be told badly.

    sweep.py PORT HOW SIDE PLACES [OPTION...]

PORT is a server's that speaks TLS from the first octet (hostile.py secure); HOW and SIDE are relay.py's. PLACES is how many
are tried, spread evenly over the handshake and the session up to the goodbye; `all` tries each. Each time $PARLANCE says
NOOP and QUIT through a relay, with the options. Prints what went wrong, a line each, and `tried N of M`; exit 1 where
something did.
"""

import os
import re
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from relay import Relay, listen

LIMIT = 20  # seconds after which a run hangs


def speak(port, options):
    """Exit status, stdout, stderr, seconds. The status is None where it hung."""
    begun = time.monotonic()
    command = [os.environ["PARLANCE"], "--plain", "--notes", "off", "-P", "smtp", "--tls", "--connect-timeout", "1",
               "-w", "1", "--max-time", "5", *options, f"127.0.0.1:{port}"]
    try:
        done = subprocess.run(command, input=b"NOOP\r\nQUIT\r\n", capture_output=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired as hung:
        return None, hung.stdout or b"", hung.stderr or b"", LIMIT
    return done.returncode, done.stdout, done.stderr, time.monotonic() - begun


def through(server, how, side, n, options):
    """One run through a relay of its own: what speak returns, and the relay."""
    relay = Relay(server, how, side, n, keep=True)
    with listen() as listener:
        def serve():
            try:
                relay.run(listener.accept()[0])
            except OSError:
                pass
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        said = speak(listener.getsockname()[1], options)
        if not relay.stalled:
            thread.join(2)
        # Whoever never connected leaves the thread in accept.
        listener.shutdown(socket.SHUT_RDWR)
    return said, relay


def faults(said, how):
    """What is wrong with how it ended."""
    status, out, err, seconds = said
    err = err.decode("utf-8", "replace")
    lines = err.splitlines()
    if status is None:
        return ["hung"]
    found = []
    if status < 0 or status not in (3, 4, 5):
        found.append(f"exit {status}")
    if how == "stall" and status not in (4, 5):
        found.append(f"exit {status} where nothing more came")
    errors = [line for line in lines if line.startswith("parlance: ")]
    if len(errors) != 1 or len(lines) != 1:
        found.append(f"{len(lines)} lines on stderr: {err!r}")
    if re.search(r"[^ -~\u2026\n]|error:0|SSL routines|\bssl3_|\btls1?_", err):
        found.append(f"no words for people: {err!r}")
    if b"S: 221" in out:
        found.append("the goodbye's reply is shown, though it never came whole")
    if seconds > LIMIT / 2:
        found.append(f"took {seconds:.1f} s")
    return found


def unprotected(told):
    """The places in what a side said that no handshake protects: the version in the header of a record in the clear, which is to
    be ignored (RFC 8446 5.1)."""
    places, i = set(), 0
    while i + 5 <= len(told):
        length = int.from_bytes(told[i + 3:i + 5], "big")
        if told[i] in (20, 21, 22):
            places |= {i + 1, i + 2}
        i += 5 + length
    return places


def goodbye(relay, side):
    """Where the last record that matters ends: what follows is the close."""
    told, i, ends = relay.told[side], 0, [0]
    while i + 5 <= len(told):
        i += 5 + int.from_bytes(told[i + 3:i + 5], "big")
        ends.append(i)
    return ends[-2] if len(ends) > 1 else 0


def places(total, wanted):
    if wanted == "all" or int(wanted) >= total:
        return list(range(total))
    wanted = int(wanted)
    return sorted({i * (total - 1) // (wanted - 1) for i in range(wanted)})


def main():
    server, how, side, wanted, *options = sys.argv[1:]
    server = int(server)
    said, relay = through(server, "whole", "S", 0, options)
    if said[0] != 0:
        sys.exit(f"sweep: even whole it ends with {said[0]}: {said[2].decode('utf-8', 'replace')}")
    # Signatures differ in length by an octet or two, from one connection to the next.
    total = goodbye(relay, side) - 6
    ignored = unprotected(relay.told[side]) if how == "flip" else set()
    tried = [n for n in places(total, wanted) if n not in ignored]
    wrong = 0

    def one(n):
        return n, faults(through(server, how, side, n, options)[0], how)

    with ThreadPoolExecutor(int(os.environ.get("JOBS", "4"))) as pool:
        for n, found in pool.map(one, tried):
            for fault in found:
                wrong += 1
                print(f"{how} {side} {n} of {total}: {fault}", flush=True)
    print(f"tried {len(tried)} of {total}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
