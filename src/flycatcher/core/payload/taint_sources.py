"""Where results come from: what a call, a name or a command brings in, by the tables of names."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from flycatcher.core.payload.conditions import OPEN_FILE
from flycatcher.core.payload.evaluator.values import NO_TAINT, Taint
from flycatcher.core.payload.names import COMMANDS_FROM_NETWORK, NAME_SOURCES, SOURCES
from flycatcher.core.payload.secrets import SECRET, is_secret
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.evaluator.values import Value

_SECRET: Taint = frozenset({SECRET})
_PRINT_ALL = frozenset({"env", "printenv", "export", "declare", "typeset", "set"})
"""Commands that print every variable where they are given none."""
_TEMPORARY = lazy(OPEN_FILE)


@cache
def _sources(language: str) -> dict[str, Taint]:
    table: dict[str, Taint] = {}
    for kind, names in SOURCES.get(language, {}).items():
        for name in names.split():
            table[name] = table.get(name, NO_TAINT) | {kind}
    return table


def of_call(language: str, name: str, method: str, args: Sequence[Value]) -> Taint:
    """Return where the result of calling ``name`` comes from."""
    table = _sources(language)
    taint = table.get(name, NO_TAINT) | table.get(method, NO_TAINT)
    if "file-or-url" in taint:
        text = args[0].text if args and args[0].exact else None
        kinds = {"file", "network"} if text is None else {"network" if "://" in text[:12] else "file"}
        taint = taint - {"file-or-url"} | kinds
    if language == "powershell" and args and (args[0].text or "").lower() in ("env:", "env:*"):
        taint |= {"all-environment"}
    if "environment" in taint and args and is_secret(args[0].text or ""):
        taint |= {SECRET}
    if name == "getenv" and language == "php" and not args:
        taint = taint - {"environment"} | {"all-environment"}
    if "file" in taint and args and _TEMPORARY.match(args[0].text or ""):
        taint |= {"temporary-file"}
    return taint


def of_name(language: str, name: str) -> Taint:
    """Return what reading a name brings in."""
    if language == "powershell" and name.lower().startswith("$env:"):
        name, language = name[5:], "shell"
    if language == "shell":
        return _SECRET if is_secret(name) else NO_TAINT
    return NAME_SOURCES.get(language, {}).get(name, NO_TAINT)


def of_command(words: Sequence[str]) -> Taint:
    """Return where a command's output comes from."""
    if words and words[0].rpartition("/")[2] in _PRINT_ALL and all(word.startswith("-") for word in words[1:]):
        return frozenset({"all-environment"})
    if words and words[0].rpartition("/")[2] in COMMANDS_FROM_NETWORK:
        return frozenset({"network"})
    from flycatcher.core.shell.provenance import decodes  # noqa: PLC0415 - only shell text has commands

    return frozenset({"decoded"}) if words and decodes(words[0].rpartition("/")[2], words) else NO_TAINT
