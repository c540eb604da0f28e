#!/usr/bin/env python3
"""Mutation tests for `parlance verify`: correct servers with one fault each.

    mutant.py [options] [PROTOCOL | SCRIPT]...

For every script (tests/verify/scripts, and shipped transcripts), every reply in it, every mutation of mutations.py and
every level of comparison a server plays the script with that fault, and `parlance verify` is held against it. A mutant that
must die is killed where verify ends with status 1 and `not ok` at the line of the reply that was changed, all replies
before it being `ok`. One that must live is let through where verify ends with 0 and nothing is `not ok`. What verify prints
must be TAP 14.

    --recorded       no server: what it and the client say is written down, and `verify --recorded` held against it
    --table          prints level × mutation × protocol: how many were killed, or rightly passed
    --list           prints the mutants and runs none
    --only TEXT      only mutants whose name holds it; `--show` prints for each what the server says and what verify prints
    MUTANTS=N        at most N of each level, mutation and protocol (2); `all`: all of them
    MUTANTS_SEED=N   which of them (1)

PARLANCE is the binary. Exit 1 where a mutant survives, or a correct server does not pass.
"""
import asyncio
import os
import random
import re
import shlex
import socket
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import tap
import record
from mutations import LEVELS, MUTATIONS, OUT_OF_TURN, UNRECORDED, Mutant
from script import Script
from server import Datagrams, Player

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PARLANCE = os.environ.get("PARLANCE", str(ROOT / "parlance"))
SHIPPED = """ewing-smtp ch2-smtp-corrected ewing-pop3-corrected inst346-pop3-corrected ewing-imap-corrected
    cs2911-imap-append-corrected cs2911-imap-expunge-corrected clug-imap-corrected
    clug-http11-corrected clug-http11-close-corrected clug-http10-corrected inst346-tcp inst346-udp""".split()

AT_ONCE = 12
PATIENCE, HASTE = "20", "1.5"  # seconds that verify waits for a reply: of a server that answers, and of a mutant
LIMIT = 60  # seconds that one run may take


@dataclass
class Case:
    script: Script
    mutant: Mutant
    level: str

    @property
    def dies(self):
        return self.level in self.mutant.dies

    @property
    def name(self):
        line = self.script.replies[self.mutant.reply].number
        note = f" ({self.mutant.note})" if self.mutant.note else ""
        return f"{self.level}: {os.path.basename(self.script.name)}:{line}: {self.mutant.mutation}{note}"

    @property
    def cell(self):
        return self.level, self.mutant.mutation, self.script.protocol


def all_cases(scripts):
    for script in scripts:
        for mutants in MUTATIONS.values():
            for reply in script.replies:
                for mutant in mutants(script, reply):
                    for level in LEVELS:
                        if level in mutant.dies + mutant.lives:
                            yield Case(script, mutant, level)


def sample(cases):
    """At most so many of each cell, those of a seed."""
    most = os.environ.get("MUTANTS", "2")
    if most == "all":
        return cases
    cells = defaultdict(list)
    for case in cases:
        cells[case.cell].append(case)
    chance = random.Random(int(os.environ.get("MUTANTS_SEED", "1")))
    return [case for cell in cells.values() for case in chance.sample(cell, min(int(most), len(cell)))]


# ---- one of them ----


class Run:
    def __init__(self, case, recorded):
        self.case, self.recorded = case, recorded
        self.status, self.out, self.err = None, "", ""
        self.command = []

    async def run(self):
        case = self.case
        tape = case.mutant.tape(case.script)
        if self.recorded:
            with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
                file.write(record.text(case.script, tape))
                file.flush()
                await self.verify(["--recorded", file.name])
        elif case.script.protocol == "udp":
            ears = socket.socket(type=socket.SOCK_DGRAM)
            ears.bind(("127.0.0.1", 0))
            loop = asyncio.get_running_loop()
            transport, _ = await loop.create_datagram_endpoint(lambda: Datagrams(tape), sock=ears)
            try:
                await self.verify(self.target(ears))
            finally:
                transport.close()
        else:
            server = await asyncio.start_server(Player(tape, case.mutant.split), "127.0.0.1", 0)
            async with server:
                await self.verify(self.target(server.sockets[0]))

    def target(self, ears):
        url = f"{self.case.script.protocol}://127.0.0.1:{ears.getsockname()[1]}"
        return ["--timeout", HASTE if self.case.dies else PATIENCE, "--to", url]

    async def verify(self, words):
        self.command = [PARLANCE, "verify", "--match", self.case.level, self.case.script.name, *words]
        process = await asyncio.create_subprocess_exec(
            *self.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(), LIMIT)
        except asyncio.TimeoutError:
            process.kill()
            out, err = await process.communicate()
            err += b"(killed: took too long)"
        self.status, self.out, self.err = process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")

    def judged(self):
        """What is wrong with the verdict; None: nothing."""
        try:
            test = tap.read(self.out)
        except tap.TapError as error:
            return f"no TAP: {error}"
        if len(test.points) != 1 or test.points[0].points is None:
            return "not one subtest"
        return self.judged_status(test.points[0]) or self.judged_points(test.points[0].points)

    def judged_status(self, whole):
        due = 1 if self.case.dies else 0
        if self.status != due:
            return f"status {self.status} where {due} is due"
        if whole.ok == self.case.dies:
            return "the transcript's own point says otherwise"
        return None

    def judged_points(self, points):
        case, replies = self.case, self.case.script.replies
        if len(points) != len(replies):
            return f"{len(points)} points for {len(replies)} replies"
        for point, reply in zip(points, replies):
            if not point.name.startswith(f"{case.script.name}:{reply.number} "):
                return f"point {point.number} is called {point.name!r}: it is the reply at line {reply.number}"
        first = next((i for i, point in enumerate(points) if not point.ok), None)
        if not case.dies:
            skipped = next((point for point in points if point.skip is not None), None)
            return skipped and f"point {skipped.number} was skipped: {skipped.skip}"
        if first is None:
            return "nothing is `not ok`"
        at = case.mutant.at
        if self.recorded and case.mutant.mutation in OUT_OF_TURN:
            at = range(max(at.start - 1, 0), len(replies))
        if first not in at:
            lines = " or ".join(str(replies[i].number) for i in at)
            return f"`not ok` first at line {replies[first].number} where line {lines} is due"
        if any(point.skip is not None for point in points[:first]):
            return "a reply before it was skipped"
        if not points[first].yaml or not {"expected", "received", "note"} <= set(points[first].yaml):
            return f"its YAML block has {sorted(points[first].yaml or {})}: not expected, received and note"
        return None

    def shown(self):
        """For people: how it went, and how to try it again."""
        tape = "".join(f"    {step if not hasattr(step, 'tag') else 'awaits ' + step.tag.decode()}\n"
                       for step in self.case.mutant.tape(self.case.script))  # fmt: skip
        script = os.path.relpath(self.case.script.path, ROOT)
        how = " --recorded" * self.recorded
        again = f"MUTANTS=all tests/verify/mutant.py --show{how} --only {shlex.quote(self.case.name)} {script}"
        if self.recorded:
            tape = indented(record.text(self.case.script, self.case.mutant.tape(self.case.script)))
        said = f"  {shlex.join(self.command)}\n{indented(self.out)}{indented(self.err)}"
        return f"  {'record' if self.recorded else 'server'}:\n{tape}{said}  again: {again}\n"


def indented(text):
    return "".join(f"    {line}\n" for line in text.splitlines())


async def run_all(cases, recorded):
    """Runs them, several at once; yields each as (Run, what is wrong)."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(case):
        async with slots:
            run = Run(case, recorded)
            await run.run()
            return run, run.judged()

    for done in asyncio.as_completed([asyncio.ensure_future(one(case)) for case in cases]):
        yield await done


# ---- what is asked for ----


def find_scripts(words):
    paths = sorted((HERE / "scripts").glob("*.txt")) + [ROOT / "transcripts" / f"{name}.txt" for name in SHIPPED]
    scripts = [Script(str(path)) for path in paths]
    if words:
        scripts = [script for script in scripts if {script.protocol, Path(script.path).stem} & set(words)]
        scripts += [Script(word) for word in words if os.path.exists(word)]
    if not scripts:
        sys.exit(f"mutant: no script: {' '.join(words)}")
    return scripts


def print_table(rows):
    """rows: cell → [right, all, whether they die]."""
    protocols = sorted({protocol for _, _, protocol in rows})
    width = max(len(name) for name in MUTATIONS)
    for level in LEVELS:
        print(f"\n{level:{width}}  " + "".join(f"{protocol:>9}" for protocol in protocols))
        for name in MUTATIONS:
            cells = [rows.get((level, name, protocol)) for protocol in protocols]
            if any(cells):
                print(f"{name:{width}}  " + "".join(f"{cell_text(cell):>9}" for cell in cells))
    print("\nk: killed, p: rightly passed; k 3/4: one survived, p 3/4: one was wrongly found fault with")


def cell_text(cell):
    if not cell:
        return "."
    words = []
    for letter, (right, total) in zip("kp", cell):
        if total:
            words.append(f"{letter} {total}" if right == total else f"{letter} {right}/{total}")
    return " ".join(words)


def options(words):
    flags = {word for word in words if word in ("--table", "--list", "--show", "--recorded")}
    only = words[words.index("--only") + 1] if "--only" in words else ""
    names = [word for i, word in enumerate(words) if not word.startswith("--") and (i == 0 or words[i - 1] != "--only")]
    return flags, only, names


async def main():
    flags, only, names = options(sys.argv[1:])
    cases = [case for case in all_cases(find_scripts(names)) if only in case.name]
    if "--recorded" in flags:
        cases = [case for case in cases if case.script.protocol != "http" or case.mutant.mutation not in UNRECORDED]
    cases = sample(cases)
    if "--list" in flags:
        print("\n".join(case.name for case in cases))
        return
    if not cases:
        sys.exit("mutant: nothing to run")
    table = defaultdict(lambda: [[0, 0], [0, 0]])
    wrong = 0
    async for run, fault in run_all(cases, "--recorded" in flags):
        count = table[run.case.cell][0 if run.case.dies else 1]
        count[1] += 1
        count[0] += fault is None
        if fault:
            wrong += 1
            print(f"{'SURVIVED' if run.case.dies else 'REFUSED '} {run.case.name}: {fault}")
        if fault and wrong <= 5 or "--show" in flags:
            print(run.shown())
    if "--table" in flags:
        print_table(table)
    died = sum(case.dies for case in cases)
    print(f"{len(cases)} mutants: {died} to be killed, {len(cases) - died} to be let through; {wrong} went wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    asyncio.run(main())
