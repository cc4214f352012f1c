"""`check --jsonl` beside the time that msgspec alone takes for the same rows, and the start of `check` beside a bare click program.

``python -m bench.bench_check [ROWS]`` prints a Markdown table: ratios of processor time, which a busy machine changes less than
seconds. Pairs run in turn; a ratio is the median of the pairs', with the least and the largest of them.
"""

from __future__ import annotations

import random
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from flycatcher.core.interpreters import builtin

PAIRS, STARTS = 5, 15
"""Pairs of runs: of streams, and of starts."""
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


def processor(command: list[str]) -> float:
    """Return the processor time of one run of a command: what a busy machine changes least."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def pairs(ours: list[str], theirs: list[str], count: int = PAIRS) -> str:
    """Run both in turn; return the median of the pairs' ratios, and their range."""
    processor(ours), processor(theirs)
    ratios = sorted(processor(ours) / processor(theirs) for _ in range(count))
    return f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"


def written(folder: str, count: int) -> dict[str, str]:
    """Write the rows and the programs that flycatcher is compared with; return their paths."""
    texts = {"bare.py": _BARE, "click_only.py": _CLICK, "family.py": _FAMILY}
    for name, text in texts.items():
        Path(folder, name).write_text(text)
    Path(folder, "rows.jsonl").write_bytes(b"\n".join(rows(count)) + b"\n")
    return {name: str(Path(folder, name)) for name in (*texts, "rows.jsonl")}


def main() -> None:
    """Measure and print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40_000
    check, python = [sys.executable, "-m", "flycatcher", "check"], [sys.executable]
    print("| what | compared with | processor time, times | goal |\n|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = written(folder, count)
        file, family = path["rows.jsonl"], [*python, path["family.py"], path["rows.jsonl"]]
        found = pairs([*check, "--no-risk", "--jsonl", file], [*python, path["bare.py"], file])
        what = f"`check --jsonl --no-risk`, {count:,} rows"
        print(f"| {what} | msgspec decodes and encodes them | {found} | 3 |", flush=True)
        found = pairs([*family, ""], [*family, ",".join(SEVEN)])
        what = f"answers to the same rows with all {len(builtin())} interpreters"
        print(f"| {what} | with the first seven alone | {found} | 1.1 |", flush=True)
        click = [*python, path["click_only.py"]]
        for words, goal in ((["gcc", "-c", "x.c"], "1.75"), (["python3", "-Sc", "print(1)"], "1.75")):
            found = pairs([*check, "--", *words], [*click, "--", *words], STARTS)
            print(f"| `check -- {shlex.join(words)}` | a bare click program | {found} | {goal} |", flush=True)


if __name__ == "__main__":
    main()
