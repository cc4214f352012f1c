"""The judges: what each sensor says of the techniques that were run."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from flycatcher.commands.simulate.catalogue import Technique
    from flycatcher.commands.simulate.stage import Stage

LIVE = ("run", "watch", "audit", "hunt")
"""``hunt`` without a log: over what the kernel logs meanwhile."""
LOGS = ("hunt", "falco", "tetragon")
_FLYCATCHER = [sys.executable, "-m", "flycatcher"]
_START = 30.0
"""Seconds that a sensor may take until it watches."""
NEEDS = {
    "argument": "every argument of execve, uncut",
    "stdin": "what standard input is, or its text: no argument shows it",
    "descriptor": "the file behind a descriptor, a FIFO or a link: its name shows nothing",
    "environment": "the environment of execve",
    "url": "every argument of execve, uncut",
    "runner": "every argument of execve, and a reader of the module's own options",
    "module-option": "every argument of execve, and a reader of the interpreter's options",
    "memory": "what a descriptor refers to (a memfd has no path)",
    "planted": "the text of the shell that writes the file",
}
"""What a sensor needs to see a vector."""
_NO_FILE = "an audit log does not say what kind of file a word names"
CANNOT = {
    "audit": {
        "environment": "no environment in an audit log, nor in /proc when the process has ended",
        "stdin": "no standard input in an audit log, nor in /proc when the process has ended",
    },
    "hunt": {
        "environment": "no environment in an audit log",
        "stdin": "no standard input in an audit log",
        "renamed": "a copy's name alone in an audit log, and its file is gone",
        "fifo": _NO_FILE,
        "symlink": _NO_FILE,
    },
}
"""What a sensor cannot be given by its source, by carrier or vector."""


class Seen(Struct, frozen=True):
    """What one sensor said of one technique."""

    level: str
    vector: str
    latency: float | None
    """Seconds from the technique's start to the record's arrival; None where a log was read afterwards."""


def live(sensor: str, stage: Stage, *, audit_rule: bool = False) -> list[tuple[float | None, dict[str, Any]]]:
    """Run the plan under a sensor of Flycatcher, and return its records with the times at which they arrived."""
    if sensor == "hunt":
        return _hunted(stage, audit_rule=audit_rule)
    report = stage.root / f"{sensor}.jsonl"
    words = ["--shells", "--quiet", "--report", str(report)]
    if sensor == "run":
        child = subprocess.Popen([*_FLYCATCHER, "run", *words, "--", *stage.command()], **_quiet())
        return _followed(child, report)
    kind = ["--sensor", "audit", *(["--audit-rule"] if audit_rule else [])] if sensor == "audit" else []
    with subprocess.Popen([*_FLYCATCHER, "watch", *kind, *words], **_quiet()) as watcher:
        try:
            _await_start(watcher, report, sensor)
            rows = _followed(subprocess.Popen(stage.command(), **_quiet()), report)
        finally:
            watcher.send_signal(signal.SIGINT)
            watcher.wait()
        return rows + [(time.time(), row) for row in _rows(report)[len(rows) :]]


def _hunted(stage: Stage, *, audit_rule: bool) -> list[tuple[float | None, dict[str, Any]]]:
    """Run the plan, and return what ``hunt`` finds in what the kernel logged of it."""
    from flycatcher.commands.simulate.kernel_log import KernelLog  # noqa: PLC0415 - only where it is asked for

    log = stage.root / "audit.log"
    with KernelLog(log, add_rules=audit_rule):
        subprocess.run(stage.command(), check=True, **_quiet())
    return recorded("hunt", str(log))


def _quiet() -> dict[str, Any]:
    return {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def _await_start(watcher: subprocess.Popen[bytes], report: Path, sensor: str) -> None:
    end = time.monotonic() + _START
    while not any(row.get("kind") == "started" for row in _rows(report)):
        if watcher.poll() is not None or time.monotonic() > end:
            raise FlycatcherError(f"{sensor}: the sensor does not start here", hint="flycatcher doctor says why")
        time.sleep(0.05)


def _followed(child: subprocess.Popen[bytes], report: Path) -> list[tuple[float | None, dict[str, Any]]]:
    """Wait for a child, and return the report's records with the times at which they were there."""
    found: list[tuple[float | None, dict[str, Any]]] = []
    while True:
        ended = child.poll() is not None
        now = time.time()
        found += [(now, row) for row in _rows(report)[len(found) :]]
        if ended:
            return found
        time.sleep(0.02)


def recorded(kind: str, path: str) -> list[tuple[float | None, dict[str, Any]]]:
    """Return the records of a file, or what ``hunt`` finds in a log."""
    if kind == "jsonl":
        from pathlib import Path  # noqa: PLC0415 - annotations alone need it above

        if not Path(path).is_file():
            raise FlycatcherError(f"{path}: no such file", code=2)
        return [(None, row) for row in _rows(Path(path))]
    form = [] if kind == "hunt" else ["--from", kind]
    done = subprocess.run(
        [*_FLYCATCHER, "hunt", "--shells", *form, "--format", "jsonl", path], capture_output=True, check=False
    )
    if done.returncode not in (0, 10):
        raise FlycatcherError(f"{kind}:{path}: {done.stderr.decode('utf-8', 'replace').strip()[:300]}")
    return [(None, row) for row in _parsed(done.stdout.split(b"\n"))]


def judged(
    techniques: Iterable[Technique],
    stage: Stage,
    rows: list[tuple[float | None, dict[str, Any]]],
    *,
    posted: bool = False,
) -> dict[str, Seen]:
    """Return what was seen, by technique: a record counts if it holds the marker and names the interpreter.

    ``posted``: the records are what a sink has made of them, of which those without texts count by their marker alone.
    """
    wanted = _is_finding if posted else _has_texts
    texts = [(arrived, row, json.dumps(row)) for arrived, row in rows if wanted(row)]
    done = stage.done()
    found: dict[str, Seen] = {}
    for technique in techniques:
        marker, began = stage.markers[technique.id], done.get(technique.id, {}).get("began")
        for arrived, row, text in texts:
            said = _said(technique, row) if marker in text else None
            if said is not None:
                late = round(arrived - began, 3) if arrived and isinstance(began, float) else None
                found[technique.id] = Seen(*said, late)
                break
    return found


def _said(technique: Technique, row: dict[str, Any]) -> tuple[str, str] | None:
    """Return level and vector that a record with the marker gives; None where it names another interpreter."""
    if not _has_texts(row):
        return str(row.get("severity", row.get("level", ""))).lower().replace("informational", "none"), ""
    names = (technique.interpreter, *technique.also)
    vectors = [each["vector"] for each in row["snippets"] if each.get("interpreter") in names]
    return (row.get("risk", {}).get("level", "none"), vectors[0]) if vectors else None


def _has_texts(row: dict[str, Any]) -> bool:
    return bool(row.get("snippets"))


def _is_finding(row: dict[str, Any]) -> bool:
    """Whether what was posted is a detection, and not a notice: of an own record or OCSF (category 6) that can be told."""
    if "event" in row and "execution" in row:
        return _has_texts(row)
    return row.get("class_uid", 0) not in {6002, 6008}


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        return _parsed(path.read_bytes().split(b"\n")[:-1])
    except FileNotFoundError:
        return []


def _parsed(lines: Iterable[bytes]) -> list[dict[str, Any]]:
    try:
        rows = [json.loads(line) for line in lines if line.strip()]
    except ValueError as error:
        raise FlycatcherError(
            f"a record is no JSON: {error}", hint="jsonl:FILE is a report in JSON Lines", code=2
        ) from error
    return [row for row in rows if isinstance(row, dict)]
