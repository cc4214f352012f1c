"""What it is worth that a program's text comes from the network, or was decoded on its way: shell text tells it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.fingerprint import place
from flycatcher.core.interpreters.names import is_shell
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.payload.model import Analysis
    from flycatcher.core.snippet import Snippet

_PROGRAM = re.compile(rf"\A\s*{UNKNOWN}|^[ \t]*{UNKNOWN}[ \t]*$", re.MULTILINE)
"""Text whose beginning, or a whole line of which, is what was fetched: a value within a line is no program."""
_FETCHED = re.compile(r"(?:curl|wget|fetch|aria2c|lwp-request|GET)\b")
_UNVERIFIED = re.compile(r"(?i)\b(?:http|ftp)://(?!localhost\b|127\.)|https://\d{1,3}(?:\.\d{1,3}){3}\b")
_FORGE = re.compile(
    r"https://(?:raw\.githubusercontent\.com|raw\.github\.com|github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)/"
)
"""Hosts that serve files with their history, where somebody may review them."""

READ, INSTALLER, FORGE, PROGRAM, DECODED = 5, 10, 15, 45, 35
"""Points: builds pipe installers into shells all day (a descriptor has points of its own), and take some from forges;
nothing else has a good reason."""
FROM_NETWORK = "its program comes straight from the network (T1105)"
WAS_ENCODED = "its program was decoded on the way to it (T1140)"


def points(execution: Execution, analysed: Sequence[tuple[Snippet, Analysis]]) -> Iterable[tuple[int, str]]:
    """Yield points and their reason, at most once each."""
    context = execution.context
    sourced = execution.via[-1:] == ("source",)
    worth = max((_worth(context, snippet, sourced=sourced) for snippet, _analysis in analysed), default=0)
    if worth:
        yield worth, FROM_NETWORK
    if any(f"{place(snippet)}.decoded" in context for snippet, _analysis in analysed):
        yield DECODED, WAS_ENCODED


def _worth(context: dict[str, str], snippet: Snippet, *, sourced: bool) -> int:
    """Return the points of one snippet's origin. ``sourced``: the running shell reads it itself, settings mostly."""
    command = context.get(f"{place(snippet)}.fetched", "")
    origin = context.get("stdin.from", "")
    piped = snippet.vector == "stdin" and _FETCHED.match(origin) is not None
    if piped and snippet.text is None:
        return PROGRAM if _UNVERIFIED.search(origin) else INSTALLER
    if not command or not (snippet.text is None or _PROGRAM.search(snippet.text)):
        return 0
    unverified = _UNVERIFIED.search(command) is not None
    if is_shell(snippet.interpreter) and snippet.vector == "descriptor" and (sourced or not unverified):
        return READ
    if unverified:
        return PROGRAM
    if is_shell(snippet.interpreter) and snippet.vector == "stdin":
        return INSTALLER
    return FORGE if _FORGE.search(command) else PROGRAM
