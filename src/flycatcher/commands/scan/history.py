"""Who changed a finding's lines last, how often they changed, and what a range of commits adds."""

from __future__ import annotations

import datetime as dt
import os
import re
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from flycatcher.commands.scan.walk import STORES, shown
from flycatcher.core.errors import FlycatcherError
from flycatcher.core.regex import lazy
from flycatcher.git import git, top
from flycatcher.scanning.finding import Change, Finding, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_AGE = lazy(r"(\d{1,6})([hdwmy])")
_HOURS = {"h": 1, "d": 24, "w": 168, "m": 720, "y": 8760}
_HUNK = lazy(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_HEADER = lazy(r"[0-9a-f]{40,64} \d+ (\d+)")
_TRAILER = lazy(
    r"^(?:Reviewed|Acked|Tested|Approved|Co-authored|Signed-off|Helped|Reported)-by:\s*(.*)$",
    re.MULTILINE | re.IGNORECASE,
)
MAX_COMMITS = 1000
"""Commits of one file that are counted."""
MAX_MERGES = 300
"""Commits whose way into the branch is looked up."""
UNCOMMITTED = "0" * 40


def age(text: str) -> dt.timedelta:
    """Read ``30d``, ``12h``, ``2w``, ``6m``, ``1y``."""
    match = _AGE.fullmatch(text.strip())
    if match is None:
        raise FlycatcherError(f"--new-within {text}: not an age", hint="for example 12h, 30d, 2w, 6m, 1y", code=2)
    return dt.timedelta(hours=int(match[1]) * _HOURS[match[2]])


def within(change: Change, limit: dt.timedelta) -> bool:
    """Whether a change is at most so old."""
    if change.uncommitted:
        return True
    return dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(change.time) <= limit


class Blamed(Struct):
    """What git blame reports about one line."""

    commit: str
    author: str
    email: str
    time: int
    committer_email: str
    summary: str


class Person(Struct, frozen=True):
    """Who made a commit, who put it where it is, and who else is named in its message."""

    author: str
    committer: str
    others: frozenset[str]


class Repositories:
    """The working trees that the scanned files lie in, and what was already asked."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._tops: dict[str, str] = {}
        self._people: dict[tuple[str, str], Person | None] = {}
        self._mergers: dict[tuple[str, str], str | None] = {}
        self._mainlines: dict[str, frozenset[str]] = {}
        self._lookups = 0

    def top(self, path: str) -> str:
        """Return the root of the working tree that a file lies in, empty for none."""
        folder = path if os.path.isdir(path) else os.path.dirname(path) or "."
        if folder not in self._tops:
            self._tops[folder] = top(folder)
        return self._tops[folder]

    def tracked_ignored(self, path: str) -> frozenset[str]:
        """Return shown paths that git tracks although .gitignore names them: ``git add -f`` hides nothing from a scan."""
        if not self.top(path):
            return frozenset()
        folder = path if os.path.isdir(path) else os.path.dirname(path) or "."
        said = git(folder, "ls-files", "-z", "--cached", "--ignored", "--exclude-standard") or b""
        stores = (f":(glob)**/{name}/**" for name in STORES)
        said += git(folder, "ls-files", "-z", "--cached", "--", *stores) or b""
        return frozenset(shown(os.path.join(folder, os.fsdecode(name))) for name in said.split(b"\0") if name)

    def with_history(self, findings: list[Finding]) -> list[Finding]:
        """Return one file's findings, each with its last change; one blame and one log for the file."""
        path = findings[0].path
        root = self.top(path)
        if not root:
            return findings
        ranges = [_lines(finding) for finding in findings]
        folder, name = os.path.dirname(path) or ".", os.path.basename(path)
        lines = blame(folder, name, ranges)
        if not lines:
            return findings
        counts = count_changes(folder, name, ranges)
        return [
            structs.replace(finding, change=change) if (change := self._change(root, lines, span, count)) else finding
            for finding, span, count in zip(findings, ranges, counts, strict=True)
        ]

    def _change(self, root: str, lines: dict[int, Blamed], span: tuple[int, int], count: int) -> Change | None:
        """Return the newest change among a finding's lines."""
        among = [lines[number] for number in range(span[0], span[1] + 1) if number in lines]
        if not among:
            return None
        last = max(among, key=lambda line: (line.commit == UNCOMMITTED, line.time))
        if last.commit == UNCOMMITTED:
            return Change(commit="", author="", uncommitted=True, changes=count)
        time = dt.datetime.fromtimestamp(last.time, dt.UTC)
        return Change(
            commit=last.commit, author=last.author, email=last.email, time=time.isoformat().replace("+00:00", "Z"),
            age_days=max(0, (dt.datetime.now(dt.UTC) - time).days), summary=last.summary[:200], changes=max(count, 1),
            single_person=self._alone(root, last),
        )  # fmt: skip

    def _alone(self, root: str, line: Blamed) -> bool:
        """Whether the history names nobody but the author of a change."""
        if line.email != line.committer_email:
            return False
        person = self._person(root, line.commit)
        if person is None or any(line.email not in other for other in person.others):
            return False
        merger = self._merger(root, line.commit)
        return merger is not None and merger in ("", line.email)

    def _person(self, root: str, commit: str) -> Person | None:
        """Return who is named in a commit."""
        key = (root, commit)
        if key not in self._people:
            said = git(root, "log", "--no-walk", "--format=%ae%n%ce%n%B", commit)
            parts = said.decode("utf-8", "replace").split("\n", 2) if said else []
            others = frozenset(_TRAILER.findall(parts[2])) if len(parts) == 3 else frozenset()
            self._people[key] = Person(parts[0], parts[1], others) if len(parts) == 3 else None
        return self._people[key]

    def _merger(self, root: str, commit: str) -> str | None:
        """Return the author of the merge that brought a commit in, empty where none did, None where that is not known."""
        key = (root, commit)
        if key in self._mergers:
            return self._mergers[key]
        if root not in self._mainlines:
            known = git(root, "rev-list", "--first-parent", "-n", "100000", "HEAD") or b""
            self._mainlines[root] = frozenset(known.decode("ascii", "replace").split())
        found: str | None = ""
        if commit not in self._mainlines[root]:
            found = None
            self._lookups += 1
            if self._lookups <= MAX_MERGES:
                said = git(
                    root,
                    "log",
                    "--first-parent",
                    "--merges",
                    "--ancestry-path",
                    "--reverse",
                    "--format=%ae",
                    f"{commit}..HEAD",
                    timeout=10,
                )
                found = said.decode("utf-8", "replace").partition("\n")[0] or None if said else None
        self._mergers[key] = found
        return found


def _lines(finding: Finding) -> tuple[int, int]:
    """Return the lines of a finding: those of the command and of the program text."""
    spans: list[Span] = [finding.span, *([finding.payload] if finding.payload else [])]
    return min(span.line for span in spans), max(
        span.end_line - (span.end_column == 1 and span.end_line > span.line) for span in spans
    )


def blame(folder: str, name: str, ranges: Sequence[tuple[int, int]]) -> dict[int, Blamed]:
    """Return what git blame says about these lines, in one pass.

    An empty --ignore-revs-file takes back what a configuration's blame.ignoreRevsFile names; an empty setting does not (git 2.39).
    """
    wanted = [word for first, last in ranges[:500] for word in ("-L", f"{first},{last}")]
    said = git(
        folder, "blame", "--porcelain", "--no-progress", "--no-textconv", "--ignore-revs-file=", *wanted, "--", name
    )
    return dict(_porcelain(said.decode("utf-8", "replace"))) if said else {}


def _porcelain(text: str) -> Iterator[tuple[int, Blamed]]:
    """Read ``git blame --porcelain``: a commit's fields come only with its first line."""
    known: dict[str, dict[str, str]] = {}
    commit, number = "", 0
    for row in text.split("\n"):
        header = _HEADER.match(row)
        if row.startswith("\t"):
            fields = known.get(commit, {})
            yield number, Blamed(
                commit, fields.get("author", ""), fields.get("author-mail", "").strip("<>"), int(fields.get("committer-time", "0")),
                fields.get("committer-mail", "").strip("<>"), fields.get("summary", ""),
            )  # fmt: skip
        elif header:
            commit, number = row.partition(" ")[0], int(header[1])
            known.setdefault(commit, {})
        elif commit:
            key, _, value = row.partition(" ")
            known[commit].setdefault(key, value)


def count_changes(folder: str, name: str, ranges: Sequence[tuple[int, int]]) -> list[int]:
    """Return for each range of lines how many commits changed it, following it back through one log of the file."""
    said = git(
        folder, "log", "--follow", "-n", str(MAX_COMMITS), "-p", "-U0", "--no-ext-diff", "--no-textconv", "--no-color",
        "--format=%x00%H", "--", name,
    )  # fmt: skip
    counts = [0] * len(ranges)
    if not said:
        return counts
    spans: list[tuple[int, int] | None] = list(ranges)
    for commit in said.split(b"\0")[1:]:
        hunks = [
            (int(m[1]), int(m[2] or 1), int(m[3]), int(m[4] or 1))
            for m in map(_HUNK.match, commit.split(b"\n"))
            if m is not None
        ]
        for index, span in enumerate(spans):
            if span is not None:
                touched, spans[index] = _back(span, hunks)
                counts[index] += touched
    return counts


def _back(span: tuple[int, int], hunks: Iterable[tuple[int, int, int, int]]) -> tuple[bool, tuple[int, int] | None]:
    """Take lines of the new side of a diff to its old side: whether they were touched, and where they were (None: nowhere)."""
    first, last = span
    low, high = first, last
    touched = False
    for old, old_count, new, new_count in hunks:
        # with a count of 0 the lines stand behind the line that is named
        new_first = new if new_count else new + 1
        shift = old_count - new_count
        if new_count and new_first <= last and new_first + new_count > first:
            touched = True
            old_first = old if old_count else old + 1
            low = min(low, old_first) if new_first > first else old_first
            high = max(old_first + old_count - 1, low - 1) + max(0, last - (new_first + new_count - 1))
        elif new_first + new_count <= first:
            low, high = low + shift, high + shift
        elif new_first <= last:
            touched, high = True, high + shift
    return touched, (low, high) if low <= high and low > 0 else None


class Changes:
    """The lines that a range of commits, and what is not committed, adds or touches: by shown path."""

    def __init__(self, lines: dict[str, list[tuple[int, int]] | None]) -> None:
        """``None`` for a path: all of the file is new."""
        self._lines = lines

    def __contains__(self, path: str) -> bool:
        """Whether a file changed at all."""
        return path in self._lines

    def touches(self, finding: Finding) -> bool:
        """Whether a finding has one of the lines."""
        if finding.path not in self._lines:
            return False
        ranges = self._lines[finding.path]
        first, last = _lines(finding)
        return ranges is None or any(low <= last and high >= first for low, high in ranges)


def changes(revision: str, paths: Sequence[str], repositories: Repositories) -> Changes:
    """Return what changed since the point where HEAD left ``revision``; renamed files count by what changed in them."""
    found: dict[str, list[tuple[int, int]] | None] = {}
    for path in paths:
        folder = path if os.path.isdir(path) else os.path.dirname(path) or "."
        root = repositories.top(path)
        if not root:
            raise FlycatcherError(
                f"{path}: not in a git repository", hint="--since needs a history; leave it out", code=2
            )
        if (
            revision.startswith("-")
            or git(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}") is None
        ):
            raise FlycatcherError(
                f"--since {revision}: no such commit", hint="in CI, fetch the history (fetch-depth: 0)", code=2
            )
        base = (git(folder, "merge-base", revision, "HEAD") or revision.encode()).decode().strip()
        said = git(
            root,
            "diff",
            "-M",
            "-U0",
            "--no-ext-diff",
            "--no-textconv",
            "--no-color",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            base,
        )
        if said is None:
            raise FlycatcherError(f"--since {revision}: git diff failed", hint="run `git diff` to see the reason")
        found.update(_added(said, root))
        others = git(root, "ls-files", "-z", "--others", "--exclude-standard") or b""
        found.update({shown(os.path.join(root, os.fsdecode(name))): None for name in others.split(b"\0") if name})
    return Changes(found)


def _added(diff: bytes, root: str) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Yield each file of a diff with the lines it has now; a removal counts for the lines on both its sides."""
    ranges: list[tuple[int, int]] = []
    for row in diff.split(b"\n"):
        if row.startswith(b"+++ "):
            name = os.fsdecode(row[4:].rstrip(b"\t"))
            ranges = []
            if name.startswith('"'):
                name = _unquoted(name)
            if name.startswith("b/"):
                yield shown(os.path.join(root, name[2:])), ranges
        elif match := _HUNK.match(row):
            start, count = int(match[3]), int(match[4] or 1)
            ranges.append((start, start + count - 1) if count else (start, start + 1))


def _unquoted(name: str) -> str:
    """Undo git's C-style quoting of a path."""
    raw = re.sub(rb"\\([0-7]{3}|.)", _unescaped, os.fsencode(name[1:-1]))
    return os.fsdecode(raw)


def _unescaped(match: re.Match[bytes]) -> bytes:
    """Return one escaped byte."""
    text = match[1]
    return bytes([int(text, 8) & 255]) if len(text) == 3 else {b"n": b"\n", b"t": b"\t", b"r": b"\r"}.get(text, text)
