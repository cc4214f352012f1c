"""Where the text of a program comes from, as the shell reader tells it in the context: fetched, decoded, verified."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.core.payload.download_doubts import doubts
from flycatcher.core.regex import lazy
from flycatcher.core.snippet import place
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.snippet import Snippet

_PROGRAM = lazy(rf"\A\s*{UNKNOWN}|^[ \t]*{UNKNOWN}[ \t]*$", re.MULTILINE)
"""Text whose beginning, or a whole line of which, is what was fetched: a value within a line is no program."""
_FETCHED = lazy(r"(?:curl|wget|fetch|aria2c|lwp-request|GET)\b")
_DATA = frozenset({"psql", "mysql", "sqlite3"})
"""Interpreters whose compressed texts are dumps of tables."""
_ROOT = frozenset({"sudo", "doas", "su", "pkexec", "run0"})
ON_ITS_WAY = "it was decoded on its way"


class Origin(NamedTuple):
    """Where one snippet's text comes from."""

    command: str
    """The command that fetches it, empty where it is not fetched."""
    decoded: bool
    verified: bool
    """It is held against a checksum or a signature before it runs, or comes from an accepted installer."""
    seen: bool
    layered: bool = False
    """It was decoded more than once."""


def origin_of(context: Mapping[str, str], snippet: Snippet) -> Origin:
    """Return where a snippet's text comes from, as the context says it."""
    at = place(snippet)
    command = context.get(f"{at}.fetched", "")
    piped = context.get("stdin.from", "")
    if not command and snippet.vector == "stdin" and snippet.text is None and _FETCHED.match(piped):
        command = piped
    unseen = snippet.text is None or _PROGRAM.search(snippet.text) is not None
    decoded = f"{at}.decoded" in context and not (unseen and snippet.interpreter in _DATA)
    return Origin(
        command=command if unseen else "",
        decoded=decoded and (unseen or UNKNOWN not in (snippet.text or "")),
        verified=f"{at}.verified" in context or is_accepted(command),
        seen=not unseen,
        layered=context.get(f"{at}.decoded") == "twice",
    )


def accept(beginnings: Sequence[str]) -> None:
    """Accept installers that somebody has looked at, by the beginnings of their addresses, in the place of those before."""
    _accepted[:] = beginnings


def accepted() -> tuple[str, ...]:
    """Return what is accepted now."""
    return tuple(_accepted)


def is_accepted(command: str) -> bool:
    """Whether everything that a command fetches comes from accepted installers, over TLS."""
    urls = _URL.findall(command)
    return bool(urls) and not doubts(command) and all(url.startswith(tuple(_accepted)) for url in urls)


_accepted: list[str] = []
_URL = lazy(r"[a-zA-Z][\w+.-]*://[^\s'\"]+")


def worse(execution: Execution, fetched: Sequence[Origin]) -> list[str]:
    """Return what makes what these fetch worse than a named host over TLS."""
    as_root = any(word in _ROOT for word in execution.via)
    found = [text for origin in fetched for text in doubts(origin.command, as_root=as_root)]
    if any(origin.decoded for origin in fetched):
        found.append(ON_ITS_WAY)
    return list(dict.fromkeys(found))
