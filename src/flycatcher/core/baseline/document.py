"""The file of a baseline: TOML that is made to be read in a diff, the same bytes for the same entries.

Comments stay: those at the top, and those of each entry, which stand above it. A paragraph of comments ends at a bare ``#``; where
two files are merged, each paragraph is kept once.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct, structs

from flycatcher.core.baseline.entry import Baseline, Entry, StartedBy, State, merged
from flycatcher.core.errors import FlycatcherError
from flycatcher.core.levels import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAME = "flycatcher.baseline.toml"
VERSION = 1
_OWN = (
    "What this build normally runs. Written by flycatcher; read a change to it as you read code.",
    "Comments, owner and accept are yours and stay. See docs/reference/baseline.md.",
)
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\']|\'(?!\'\'))*\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\''
    r"|(?P<comment>\#[^\n]*)|(?P<entry>^[ \t]*\[\[[ \t]*entry[ \t]*\]\])|(?P<key>^[ \t]*[\w.\"-]+[ \t]*=)",
    re.MULTILINE | re.DOTALL,
)


class _Row(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An entry as it is written."""

    id: str = ""
    """Follows from the rest; not read."""
    interpreter: Annotated[str, Meta(min_length=1)]
    vector: Annotated[str, Meta(min_length=1)]
    text: str
    started_by: StartedBy = StartedBy()
    written: str = ""
    capabilities: tuple[str, ...] = ()
    level: Level = "none"
    state: State = "candidate"
    """Follows from ``run``, ``missed``, ``level`` and ``accept``; not read."""
    run: str = ""
    missed: bool = False
    first: Annotated[str, Meta(pattern="^([0-9a-f]{12})?$")] = ""
    owner: str = ""
    accept: str = ""
    shape: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]


class _Document(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    version: int
    entry: tuple[_Row, ...] = ()


_KEPT = tuple(name for name in _Row.__struct_fields__ if name not in {"id", "state"})


def parsed(text: str, name: str = NAME) -> Baseline:
    """Return what a file holds. Raises FlycatcherError, with the file's name, where it is no baseline."""
    try:
        document = msgspec.convert(tomllib.loads(text), _Document)
    except (ValueError, RecursionError) as error:
        raise FlycatcherError(
            f"{name}: no baseline: {error}", hint="see docs/reference/baseline.md for its fields"
        ) from error
    if document.version != VERSION:
        raise FlycatcherError(
            f"{name}: version {document.version} is not known here", hint=f"this release reads version {VERSION}"
        )
    header, comments = _comments(text, len(document.entry))
    entries = (
        Entry(**{field: getattr(row, field) for field in _KEPT}, comment=comment)
        for row, comment in zip(document.entry, comments, strict=True)
    )
    return merged([Baseline(entries=tuple(entries), header=header)])


def _comments(text: str, count: int) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the paragraphs of comments at the top, and those of each entry: above it, or within it."""
    top: list[str] = []
    found: list[list[str]] = [[] for _ in range(count)]
    waiting: list[str] = []
    at, begun = -1, False
    for match in _TOKEN.finditer(text):
        if match["comment"] is not None:
            waiting.append(match["comment"][1:].strip())
        elif match["entry"] is not None:
            at, begun = min(at + 1, count - 1), True
            found[at] += waiting
            waiting = []
        elif match["key"] is not None:
            (found[at] if begun else top).extend(waiting)
            waiting = []
    (found[at] if begun else top).extend(waiting)
    header = tuple(_paragraphs(line for line in top if line not in _OWN))
    return header, [tuple(_paragraphs(lines)) for lines in found]


def _paragraphs(lines: Iterable[str]) -> Iterator[str]:
    """Yield paragraphs of lines, which bare comments part."""
    for paragraph in "\n".join(lines).split("\n\n"):
        if paragraph.strip("\n"):
            yield paragraph.strip("\n")


def rendered(baseline: Baseline) -> str:
    """Return a baseline as its file."""
    baseline = merged([baseline])
    top = "\n#\n".join(map(_commented, ("\n".join(_OWN), *baseline.header)))
    return "\n".join([top, f"version = {VERSION}", *("\n" + _entry(entry) for entry in baseline.entries)]) + "\n"


def _commented(paragraph: str) -> str:
    """Return a paragraph as lines of comments."""
    return "\n".join(f"# {_plain(line)}" for line in paragraph.split("\n"))


def _plain(line: str) -> str:
    """Return a line that TOML takes as a comment."""
    return "".join(char if char == "\t" or char.isprintable() else " " for char in line).strip()


def _entry(entry: Entry) -> str:
    """Return one entry as its lines."""
    lines = ["\n#\n".join(map(_commented, entry.comment))] if entry.comment else []
    started = structs.asdict(entry.started_by)
    told = ", ".join(f"{name} = {_quoted(value)}" for name, value in started.items() if value)
    values: dict[str, Any] = {name: getattr(entry, name) for name in _Row.__struct_fields__}
    always = {"id", "interpreter", "vector", "text", "capabilities", "level", "state", "shape"}
    lines.append("[[entry]]")
    for name, value in values.items():
        if name == "started_by":
            lines += [f"started_by = {{ {told} }}"] if told else []
        elif value is True:
            lines.append(f"{name} = true")
        elif isinstance(value, tuple):
            lines.append(f"{name} = [{', '.join(map(_quoted, value))}]")
        elif value or name in always:
            lines.append(f"{name} = {_quoted(value)}")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """Return a basic string of TOML; what does not show is escaped, so that a diff hides nothing."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in {'"', "\\"}:
        return "\\" + char
    if char.isprintable():
        return char
    code = ord(char)
    if 0xD800 <= code <= 0xDFFF:
        return "\N{REPLACEMENT CHARACTER}"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
