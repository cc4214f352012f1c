"""Measure detection and risk on a corpus of labelled command lines, through ``flycatcher check --jsonl`` and nothing else.

    python tools/corpus.py DIR [--list LEVEL]

DIR holds attacks.jsonl and benign.jsonl: one row a line with ``text`` (shell text), ``in_scope`` ("true": an interpreter runs
text that is in no script file; "false"; "unclear"), ``interpreter``, ``source``, and for attacks ``technique``. Rows are only
read, never run. ``--list`` prints the rows that miss a goal, for reading.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, TextIO

Row = dict[str, Any]
RISKY = ("high", "critical")
KINDS = (
    "shell", "command", "reverse-shell", "non-interactive-reverse-shell", "bind-shell", "non-interactive-bind-shell", "download",
    "file-download", "upload", "file-upload", "library-load", "sudo", "suid", "limited-suid", "capabilities",
)  # fmt: skip
"""Techniques whose in-scope attacks should be high: reading or writing an unnamed file may stay lower."""
DOWNLOADS = ("its program comes straight from the network", "hands what a command fetches to an interpreter")
"""How the reasons of unverified code from the network begin."""
PREFIXES = ("T1053", "T1543", "T1546", "T1548", "Perl", "PHP", "Python3", "Ruby", "Lua", "PowerShell")
"""The same by ATT&CK id (persistence, privilege), and reverse shells that a collection names by language."""


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure detection and risk on a labelled corpus.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--list", action="store_true", help="print the rows that miss a goal")
    options = parser.parse_args()
    attacks, benign = (judged(options.directory / name) for name in ("attacks.jsonl", "benign.jsonl"))
    detection("attacks", attacks)
    detection("benign", benign)
    risk(attacks, benign)
    speed(attacks + benign)
    if options.list:
        misses(attacks, benign)
    return 0


def judged(path: Path) -> list[Row]:
    """Return a file's rows, each with flycatcher's ``answer`` and the ``milliseconds`` that it took."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    command = [sys.executable, "-m", "flycatcher", "check", "--jsonl", "-"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise OSError("no pipes to flycatcher")
        ask(process.stdin, process.stdout, "true")  # parsers and rules are loaded before the clock runs
        for row in rows:
            began = time.perf_counter()
            row["answer"] = ask(process.stdin, process.stdout, row["text"])
            row["milliseconds"] = (time.perf_counter() - began) * 1000
        process.stdin.close()
    return rows


def ask(into: TextIO, out: TextIO, text: str) -> Row:
    """Send one row and wait for its answer."""
    into.write(json.dumps({"shell": text}) + "\n")
    into.flush()
    answer: Row = json.loads(out.readline())
    return answer


def detected(row: Row) -> bool:
    """Whether the answer says code on the fly."""
    return bool(row["answer"].get("code_on_the_fly"))


def level(row: Row) -> str:
    """Return the answer's risk level."""
    return str(row["answer"].get("risk", {}).get("level", "none"))


def share(part: int, whole: int) -> str:
    """Return a share as text."""
    return f"{part}/{whole} ({100 * part / whole:.1f} %)" if whole else "-"


def detection(name: str, rows: list[Row]) -> None:
    """Print rows in scope that are detected and rows out of scope that are, by interpreter and by source."""
    print(f"\n{name}: {len(rows)} rows")
    for key in ("interpreter", "source"):
        groups: defaultdict[str, list[Row]] = defaultdict(list)
        for row in rows:
            groups[str(row.get(key) or "-")].append(row)
        print(f"  {key:<40} {'in scope, detected':<22} out of scope, detected")
        for group, members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))[:24]:
            print(f"  {group[:40]:<40} {hits(members, 'true'):<22} {hits(members, 'false')}")
    print(f"  {'all':<40} {hits(rows, 'true'):<22} {hits(rows, 'false')}")


def hits(rows: list[Row], scope: str) -> str:
    """Return how many rows of a scope are detected."""
    members = [row for row in rows if row["in_scope"] == scope]
    return share(sum(map(detected, members)), len(members))


def counted(row: Row) -> bool:
    """Whether a row is an in-scope attack that should be high."""
    technique = str(row.get("technique", ""))
    return row["in_scope"] == "true" and (technique in KINDS or technique.startswith(PREFIXES))


def downloads(row: Row) -> bool:
    """Whether a row hands unverified code from the network to an interpreter: what builds do, and nobody can answer for."""
    reasons = row["answer"].get("risk", {}).get("reasons", ())
    return any(reason.startswith(DOWNLOADS) for reason in reasons)


def risk(attacks: list[Row], benign: list[Row]) -> None:
    """Print the goals of the risk."""
    print("\nrisk")
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in attacks:
        if row["in_scope"] == "true":
            kinds[str(row.get("technique") or row["interpreter"])][level(row) if detected(row) else "not detected"] += 1
    for kind, levels in sorted(kinds.items()):
        print(f"  {kind:<40} {', '.join(f'{name} {count}' for name, count in levels.most_common())}")
    wanted = [row for row in attacks if counted(row)]
    seen = [row for row in wanted if detected(row)]
    every = [row for row in benign if row["in_scope"] == "true"]
    scope = [row for row in every if not downloads(row)]
    apart = Counter(level(row) for row in every if downloads(row))
    high = sum(level(row) in RISKY for row in wanted)
    print(f"  attacks of those kinds at high or above           {share(high, len(wanted))}   goal: 97 %")
    print(f"  the same, of those that are detected              {share(high, len(seen))}")
    print(
        f"  benign at high or above                           {share(sum(level(r) in RISKY for r in scope), len(scope))}   goal: < 0.5 %"
    )
    medium = sum(level(r) in ("medium", *RISKY) for r in scope)
    print(f"  benign at medium or above                         {share(medium, len(scope))}   goal: < 5 %")
    print(
        f"  unverified code from the network, counted apart   {', '.join(f'{name} {n}' for name, n in apart.most_common())}"
    )


def speed(rows: list[Row]) -> None:
    """Print decoded layers, texts that did not parse, and the time per row (shell reading and the pipe included)."""
    reasons = Counter(reason for row in rows for reason in set(row["answer"].get("risk", {}).get("reasons", ())))
    decoded = sum("eval.decoded" in row["answer"].get("capabilities", ()) for row in rows)
    times = sorted(row["milliseconds"] for row in rows)
    print("\nanalysis")
    print(f"  rows that run decoded text                        {decoded}")
    print(f"  rows with a text that was parsed in part only     {reasons['a text was parsed in part only']}")
    print(f"  rows with a text that could not be parsed         {reasons['a text could not be parsed']}")
    print(
        f"  milliseconds a row: median {times[len(times) // 2]:.2f},"
        f" 99 % {times[int(len(times) * 0.99)]:.2f}, longest {times[-1]:.2f}"
    )


def misses(attacks: list[Row], benign: list[Row]) -> None:
    """Print the rows that miss a goal."""
    for row in (
        *(r for r in attacks if counted(r) and level(r) not in RISKY),
        *(r for r in benign if level(r) in RISKY and not downloads(r)),
    ):
        told = level(row) if detected(row) else "not detected"
        print(f"\n{told} {row['interpreter']} {row.get('technique', '')} {row['id']}\n{row['text'][:600]!r}")


if __name__ == "__main__":
    sys.exit(main())
