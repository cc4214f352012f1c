"""What somebody allowed: suppressions and rules of the configuration, and the baseline with its changes."""

from __future__ import annotations

import datetime as dt
import shlex
from collections import Counter
from typing import TYPE_CHECKING, get_args

from flycatcher.baselines import SIZE_LIMIT, read
from flycatcher.commands.report.audit.ask import listed
from flycatcher.commands.report.audit.parts import Column, Query, Section, Table
from flycatcher.config.load import load
from flycatcher.config.search import repository
from flycatcher.core.baseline.compare import changes
from flycatcher.core.baseline.document import parsed
from flycatcher.core.baseline.entry import Baseline, Entry, State
from flycatcher.core.errors import FlycatcherError
from flycatcher.core.policy.rule import WARNED_DAYS
from flycatcher.git import blobs
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from flycatcher.commands.report.audit.ask import Asker
    from flycatcher.config.model import Config
    from flycatcher.core.policy.rule import Rule

ACCEPTED_TITLE, BASELINE_TITLE = "Suppressions and rules", "Baseline"
_RULE = tuple(Column(name) for name in ("name", "action", "owner", "reason", "until", "state"))
_ROWS = (
    '((.suppress[]? | [.fingerprint, "allow", .owner, .reason, .until]),'
    " (.rule[]? | [.name, .action, .owner, .reason, .until])) | @tsv"
)
_SIGHTINGS = """
    SELECT fingerprint, COUNT(*) AS sightings, MAX(time) AS last_sighting
    FROM executions WHERE fingerprint IN (%s) AND {WITHIN} GROUP BY fingerprint ORDER BY fingerprint
"""


def accepted(path: Path | None, ask: Asker) -> Section:
    """Return suppressions and rules with owners and ends, and how often what is suppressed was seen. Raises FlycatcherError."""
    if path is None:
        missing = "--config FILE (flycatcher.toml), which has the suppressions and rules."
        return Section(id="accepted", title=ACCEPTED_TITLE, missing=missing)
    config = load(path).config
    today = dt.datetime.fromtimestamp(ask.span.made, dt.UTC).date()
    rows = tuple(_row(rule, today) for rule in _rules(config))
    command = f"flycatcher config show {shlex.quote(str(path))} | jq -r {shlex.quote(_ROWS)}"
    query = Query("command", command, "all but the state, which follows from the day")
    rules = Table(title="Suppressions and rules by name", columns=_RULE, rows=rows, queries=(query,))
    return Section(
        id="accepted",
        title=ACCEPTED_TITLE,
        tables=(rules, *_seen(config, ask)),
        remarks=(
            f"From {path}, as it is on {today}. {_ended(rows)}",
            "How often a rule decided is in the figures that end each run's report, and not in a store.",
        ),
    )


def _rules(config: Config) -> Iterator[Rule]:
    yield from (each.rule() for each in config.suppress)
    yield from config.rule


def _row(rule: Rule, today: dt.date) -> tuple[str, ...]:
    left = rule.left(today)
    state = "holds" if left is None or left >= 0 else "ended"
    if left is not None and 0 <= left <= WARNED_DAYS:
        state = f"ends in {counted(left, 'day')}" if left else "ends today"
    return rule.name, rule.action, rule.owner, rule.reason, str(rule.until or ""), state


def _ended(rows: Iterable[tuple[str, ...]]) -> str:
    ended = sum(row[-1] == "ended" for row in rows)
    return f"{counted(ended, 'has', 'have')} ended, and no effect any more." if ended else "None has ended."


def _seen(config: Config, ask: Asker) -> Iterator[Table]:
    names = tuple(sorted({each.fingerprint for each in config.suppress}))
    if names:
        columns = (Column("fingerprint"), Column("sightings", "count"), Column("last_sighting", "time"))
        note = "A suppressed detection is in a store only where its sink was asked to take suppressed ones, too."
        yield ask.table("Sightings of what is suppressed", _SIGHTINGS % listed(names), columns, note=note)


def baseline(path: Path | None, base: str) -> Section:
    """Return what a baseline knows, who accepted what, and how it differs from that of a commit. Raises FlycatcherError."""
    if path is None:
        return Section(id="baseline", title=BASELINE_TITLE, missing="--baseline FILE (flycatcher.baseline.toml).")
    found = read(path)
    said = (
        (f"From {path}.",)
        if base
        else (f"From {path}. Its changes: not given (--base REF, a commit to compare with).",)
    )
    tables = (_states(found, path), _taken(found, path), *(_changes(found, path, base) if base else ()))
    return Section(id="baseline", title=BASELINE_TITLE, tables=tables, remarks=said)


def _states(found: Baseline, path: Path) -> Table:
    counts = Counter(entry.state for entry in found.entries)
    rows = tuple((state, counts[state]) for state in sorted(get_args(State)))
    query = Query("command", f"flycatcher baseline status --file {shlex.quote(str(path))}")
    note = (
        "candidate: seen in one run; stable: in two or more, or accepted; unstable: in some and not in others; "
        "pending: waits for somebody to accept it."
    )
    columns = (Column("state"), Column("entries", "count"))
    return Table(title="Entries by state", columns=columns, rows=rows, queries=(query,), note=note)


def _taken(found: Baseline, path: Path) -> Table:
    names = ("id", "level", "owner", "accept", "text")
    rows = tuple(tuple(str(getattr(entry, name)) for name in names) for entry in found.entries if entry.accept)
    query = Query("command", f"grep -c '^accept = ' {shlex.quote(str(path))}", "how many", len(rows))
    columns = tuple(Column("reason" if name == "accept" else name) for name in names)
    return Table(title="Entries that somebody accepted", columns=columns, rows=rows, queries=(query,))


def _changes(found: Baseline, path: Path, base: str) -> Iterator[Table]:
    """Yield what is new and what is gone since a commit."""
    root, name, old = _committed(path, base)
    change = changes(old, found)
    git = f"git -C {shlex.quote(str(root))} show {shlex.quote(f'{base}:{name}')}"
    query = Query("command", f"{git} | flycatcher baseline diff /dev/stdin {shlex.quote(str(path))}")
    columns = tuple(
        Column(each) for each in ("id", "level", "interpreter", "text", "started_by", "owner", "difference")
    )
    added = tuple((*_told(entry), str(difference)) for entry, difference in change.new)
    yield Table(title=f"New since the commit: {len(added)}", columns=columns, rows=added, queries=(query,))
    gone = tuple(_told(entry) for entry in change.gone)
    yield Table(title=f"Gone since the commit: {len(gone)}", columns=columns[:-1], rows=gone, queries=(query,))


def _told(entry: Entry) -> tuple[str, ...]:
    return entry.id, entry.level, entry.interpreter, entry.text, str(entry.started_by), entry.owner


def _committed(path: Path, base: str) -> tuple[Path, str, Baseline]:
    """Return the repository, the file's name in it, and what a commit holds of it; nothing where it holds none."""
    root = repository(path.parent)
    if root is None:
        raise FlycatcherError(f"{path} is in no git repository", hint="--base needs one", code=2)
    name = (path.parent.resolve() / path.name).relative_to(root).as_posix()
    held = blobs(str(root), [f"{base}^{{commit}}", f"{base}:{name}"])
    if held is None or held[0] is None:
        raise FlycatcherError(
            f"--base {base}: no commit of {root}", hint="a branch, a tag or a hash that git log shows", code=2
        )
    if held[1] is None:
        raise FlycatcherError(f"--base {base}: {name} is not in this commit", hint="name a commit that has it", code=3)
    text = held[1].content[: SIZE_LIMIT + 1].decode(errors="replace")
    return root, name, parsed(text, f"{base}:{name}")
