"""Texts that somebody could put into a payload, a path or a configuration to be obeyed by whoever shows them."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

PIECES = (
    "::stop-commands::x",
    "  ::error file=a::b",
    "##[error]x",
    "##vso[task.setvariable variable=a]b",
    "##teamcity[message text='x']",
    "\n",
    "\r\n",
    "\r",
    "\x1b[31m",
    "\x1b]0;title\x07",
    "\x9b31m",
    "\x00",
    "\u202e",
    "\u2066",
    "\u200b",
    "\ufeff",
    "\u2028",
    "\x85",
    "\udcff",
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "|",
    "`",
    "</code>",
    "[bold red]",
    "%0A::error::y",
    "a",
    " ",
)


def hostile_texts() -> st.SearchStrategy[str]:
    """Return texts made of such pieces."""
    return st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)


def commands_in(line: str) -> list[str]:
    """Return what CI runners would obey in one line of a log.

    Source: actions/runner, ActionCommand.cs (TryParseV2: ``::name ...::`` after white space; TryParse: ``##[name ...]``
    anywhere); Azure Pipelines' agent, Command.cs; TeamCity's documentation of service messages.
    """
    found = re.match(r"\s*::([^\s:]+)[^\n]*?::", line)
    inside = re.findall(r"##\[([A-Za-z][^\]]*)\]|##(vso\[[^\]]*\])|##(teamcity\[[^\]]*\])", line, re.IGNORECASE)
    return ([found[1]] if found else []) + ["".join(parts) for parts in inside]


def unprintable(text: str) -> str:
    """Return the characters of a text that do not show as themselves."""
    return "".join(character for character in text if not character.isprintable())


def poisoned(value: Any, text: str, *, keep: frozenset[str] = frozenset()) -> Any:
    """Return a JSON tree in which every string is the text, but for those under the names of ``keep``."""
    if isinstance(value, str):
        return text
    if isinstance(value, dict):
        return {key: item if key in keep else poisoned(item, text, keep=keep) for key, item in value.items()}
    return [poisoned(item, text, keep=keep) for item in value] if isinstance(value, list | tuple) else value
