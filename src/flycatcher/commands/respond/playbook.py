"""``respond show``: the steps for one detection, in order, as Markdown for a ticket."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

from flycatcher.core.errors import FlycatcherError
from flycatcher.core.recipe.guidance import PRODUCTION, Guidance, Step, guidance
from flycatcher.saved import Record, records
from flycatcher.sinks.formats.tree import verdict
from flycatcher.terminal import markdown, visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MISSHAPEN = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What a record of another shape than the product's raises."""
BY_CAPABILITY = {
    "credentials": Step("Replace the secrets that it could read; their names are in the record's environment."),
    "network": Step("Look for the addresses in its reasons in the logs of proxies, DNS and firewalls."),
    "persistence": Step(
        "Find and remove what it left behind to be started again: cron tables, units, profiles, hooks."
    ),
    "evasion": Step("Do not rely on this host's own logs: compare with what was sent elsewhere."),
}
"""What a reason's kind asks for beyond the guidance of the environment."""


def playbook(identity: str, report: Path) -> Iterator[str]:
    """Yield the playbook's lines; raises FlycatcherError where no record has that id, or it is misshapen."""
    wanted = identity.lower()
    found = next((each for each in records(report) if wanted and str(each.get("id", "")).startswith(wanted)), None)
    if found is None:
        hint = f"flycatcher explain --brief {report} lists them"
        raise FlycatcherError(f"{report}: no record with the id {identity}", hint=hint, code=3)
    try:
        lines = list(_lines(found, str(report)))
    except MISSHAPEN as error:
        raise FlycatcherError(f"{report}: the record is not shaped like a detection: {error}") from error
    yield from lines


def _lines(record: Record, report: str) -> Iterator[str]:
    entry, execution = _guidance(record), record.get("execution") or {}
    process = execution.get("process") or {}
    yield f"# Respond to {markdown(str(record['id']))}: {markdown(verdict(record))}"
    yield ""
    facts = {
        "command": shlex.join(map(str, execution.get("argv") or ())),
        "process": str(process.get("pid", "")),
        "where": str((execution.get("context") or {}).get("host.name", "")),
        "when": str((execution.get("fidelity") or {}).get("time", "")),
        "techniques": " ".join(map(str, record.get("techniques") or ())),
        "environment": entry.title,
    }
    yield from (f"- {name}: {_code(text)}" for name, text in facts.items() if text)
    for head, steps in (("Now", _steps(record, report, entry)), ("From now on", entry.next)):
        yield from ("", f"## {head}", "")
        yield from (_numbered(number, step) for number, step in enumerate(steps, 1))


def _guidance(record: Record) -> Guidance:
    """Return the guidance of where it happened: what the record says, else production's."""
    context = (record.get("execution") or {}).get("context") or {}
    words = str(record.get("guidance", "")).split()
    named = [str(context.get("environment", "")), *words[2:3]]
    return next((found for name in named if (found := guidance(name))), PRODUCTION)


def _steps(record: Record, report: str, entry: Guidance) -> Iterator[Step]:
    """Yield what to do now: evidence that goes first, then reading, then what the environment and the reasons ask for."""
    name, identity = shlex.quote(report), shlex.quote(str(record["id"]))
    pid = ((record.get("execution") or {}).get("process") or {}).get("pid")
    if isinstance(pid, int) and pid > 1:
        start = int(record["execution"]["process"].get("start", 0))
        shown = f"sed 's/.*) //' /proc/{pid}/stat | cut -d ' ' -f 20"
        yield Step(f"See whether it still runs: this prints {start} if it is the same process", shown)
        keep = f"sudo flycatcher respond capture {pid} --keep-frozen"
        yield Step("If it does, keep its evidence, and leave it stopped", keep)
    for parent in ((record.get("execution") or {}).get("ancestry") or ())[:1]:
        if isinstance(parent.get("pid"), int) and parent["pid"] > 1:
            keep = f"sudo flycatcher respond capture {parent['pid']} --no-freeze"
            yield Step("If it has ended, what started it may still run: read that without stopping it", keep)
    yield Step("Keep the report, and write its digest down", f"sha256sum {name}")
    yield Step("Read what ran and what it would do, without running it", f"flycatcher explain --id {identity} {name}")
    if isinstance(pid, int) and pid > 1:
        stop = f"sudo flycatcher respond contain {pid} --freeze --for 1h"
        yield Step("If it must stop before you have decided, print how to freeze it; --enforce does it", stop)
    # reading the report is said above, for this very record
    yield from (step for step in entry.now if not step.command.startswith("flycatcher explain"))
    yield from (step for kind, step in BY_CAPABILITY.items() if kind in _kinds(record))


def _kinds(record: Record) -> set[str]:
    """Return the families of capabilities among the reasons: ``network``, ``credentials``, ..."""
    reasons: list[Any] = (record.get("risk") or {}).get("reasons") or []
    named = [str(reason.get("capability", "")) for reason in reasons if isinstance(reason, dict)]
    named += [str(each) for each in record.get("capabilities") or ()]
    return {name.partition(".")[0] for name in named}


def _numbered(number: int, step: Step) -> str:
    """Return a step of the list."""
    return f"{number}. {step.text.rstrip('.')}: {_code(step.command)}" if step.command else f"{number}. {step.text}"


def _code(text: str) -> str:
    """Return a text in code marks, more of them than it has in a row (CommonMark, 6.1)."""
    shown = visible(text)
    longest = max(map(len, re.findall("`+", shown)), default=0)
    marks, edge = "`" * (longest + 1), " " if longest else ""
    return f"{marks}{edge}{shown}{edge}{marks}"
