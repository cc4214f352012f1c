"""`check --jsonl` beside the time that msgspec alone takes for the same rows, and the start of `check` beside a bare click program.

``python -m bench.bench_check [ROWS]`` prints a Markdown table. Pairs run in turn; medians are of the pairs.
"""

from __future__ import annotations

import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from flycatcher.core.interpreters import builtin

if TYPE_CHECKING:
    from collections.abc import Callable

PAIRS = 7
_BARE = """
import sys, msgspec
from flycatcher.commands.check.stream import Row, chunks
import os
decode, encode = msgspec.json.Decoder(Row).decode, msgspec.json.Encoder().encode
fd = os.open(sys.argv[1], os.O_RDONLY)
out = sys.stdout.buffer
for lines in chunks(lambda: os.read(fd, 1 << 18)):
    out.write(b"".join([encode(decode(line)) + b"\\n" for line in lines]))
"""
_FAMILY = """
import os, sys
from flycatcher.commands.check.stream import answers, chunks
from flycatcher.core import interpreters
from flycatcher.core.interpreters.engine import catalog
keep = set(filter(None, sys.argv[2].split(",")))
if keep:
    kept = tuple(entry for entry in catalog.entries() if entry.id in keep)
    catalog.entries = interpreters.entries = lambda: kept
fd = os.open(sys.argv[1], os.O_RDONLY)
for lines in chunks(lambda: os.read(fd, 1 << 18)):
    sys.stdout.buffer.write(b"".join(answers(iter(lines), risk=False)))
"""
SEVEN = ("python", "perl", "ruby", "node", "php", "sh", "bash")
"""The interpreters of the first version, beside which all of them are timed."""
_CLICK = """
import click
@click.command()
@click.argument("words", nargs=-1)
def main(words):
    click.echo(" ".join(words))
main()
"""
_ORDINARY = (
    ("/usr/bin/gcc", ["gcc", "-O2", "-Wall", "-Iinclude", "-c", "src/{n}.c", "-o", "build/{n}.o"]),
    ("/usr/bin/make", ["make", "-C", "lib/{n}", "all"]),
    ("/usr/bin/git", ["git", "rev-parse", "--verify", "HEAD~{n}"]),
    ("/usr/bin/rm", ["rm", "-f", "build/{n}.o.tmp"]),
    ("/usr/bin/sed", ["sed", "-e", "s/@N@/{n}/", "config.h.in"]),
    ("/usr/bin/cat", ["cat", "VERSION.{n}"]),
)
_INTERPRETERS = (
    ("/usr/bin/python3.11", ["python3", "-Sc", "print({n})"]),
    ("/usr/bin/python3.11", ["python3", "tools/gen_{n}.py", "--out", "x.c"]),
    ("/usr/bin/perl", ["perl", "-ne", "print if /{n}/"]),
    ("/usr/bin/node", ["node", "--no-warnings", "-p", "{n}"]),
    ("/usr/bin/bash", ["bash", "-euo", "pipefail", "-c", "echo {n}"]),
)


def rows(count: int, seed: int = 1) -> list[bytes]:
    """Make the mix: nine ordinary executions to one interpreter, each with a small environment."""
    rng = random.Random(seed)
    made = []
    for n in range(count):
        exe, argv = rng.choice(_INTERPRETERS if n % 10 == 0 else _ORDINARY)
        made.append(
            msgspec.json.encode(
                {
                    "argv": [word.replace("{n}", str(n)) for word in argv],
                    "exe": exe,
                    "env": {
                        "PATH": "/usr/local/bin:/usr/bin:/bin",
                        "HOME": "/home/build",
                        "LANG": "C.UTF-8",
                        "CI": "true",
                    },
                    "stdin": "null",
                    "cwd": "/home/build/project",
                }
            )
        )
    return made


def seconds(command: list[str]) -> float:
    """Return the wall time of one run of a command, its output thrown away."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def processor(command: list[str]) -> float:
    """Return the processor time of one run of a command: what a busy machine changes least."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def pairs(
    ours: list[str], theirs: list[str], count: int = PAIRS, measure: Callable[[list[str]], float] = seconds
) -> tuple[float, float, float]:
    """Run both in turn; return the median times and the median of the pairs' ratios."""
    measure(ours), measure(theirs)
    measured = [(measure(ours), measure(theirs)) for _ in range(count)]
    return (
        statistics.median(a for a, _ in measured),
        statistics.median(b for _, b in measured),
        statistics.median(a / b for a, b in measured),
    )


def main() -> None:
    """Measure both and print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    command = [sys.executable, "-m", "flycatcher", "check"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "rows.jsonl")
        file.write_bytes(b"\n".join(rows(count)) + b"\n")
        bare = Path(folder, "bare.py")
        bare.write_text(_BARE)
        click = Path(folder, "click_only.py")
        click.write_text(_CLICK)
        family = Path(folder, "family.py")
        family.write_text(_FAMILY)
        everyone = pairs(
            [sys.executable, str(family), str(file), ""], [sys.executable, str(family), str(file), ",".join(SEVEN)]
        )
        stream = pairs([*command, "--no-risk", "--jsonl", str(file)], [sys.executable, str(bare), str(file)])
        one = [*command, "--", "python3", "-Sc", "print(1)"], [sys.executable, str(click), "python3", "print(1)"]
        start, used = pairs(*one, 15), pairs(*one, 15, processor)
    print("| what | flycatcher | beside | ratio | goal |\n|---|---|---|---|---|")
    what = f"`check --jsonl --no-risk`, {count} rows; beside: msgspec decodes and encodes them"
    print(f"| {what} | {stream[0]:.2f} s | {stream[1]:.2f} s | {stream[2]:.2f} | 3 |")
    what = f"answers to the same rows with all {len(builtin())} interpreters; beside: with the first seven alone"
    print(f"| {what} | {everyone[0]:.2f} s | {everyone[1]:.2f} s | {everyone[2]:.2f} | 1.1 |")
    what = "`check -- python3 -Sc 'print(1)'`; beside: a bare click program"
    for name, (ours, theirs, ratio) in (("wall time", start), ("processor time", used)):
        print(f"| {what}, {name} | {ours * 1000:.0f} ms | {theirs * 1000:.0f} ms | {ratio:.2f} | 2 |")


if __name__ == "__main__":
    main()
