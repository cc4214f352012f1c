"""Text of shells with a language of their own, spelt as zsh would have it where one form stands for the other.

Lists that are set and expanded, exports, substitutions: what plain commands in fish, csh, rc and elvish need. Source: the manuals
of fish 3.6 ("set", "psub"), csh(1), rc(1) and elvish 0.18; checked with the programs. Lines stay what they are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Callable

DIALECT = "zsh"
"""In which lists expand item by item, and ``$x:t`` has modifiers."""
_START = r"((?:^|[;&|{\n]|\b(?:and|or|begin|else|do)\s)[ \t]*)"
_PLAIN = r"(?:'[^'\n]*'|\"[^\"\n]*\"|[^'\"\n;|&(){}])*"
_FISH_SET = lazy(_START + r"set((?:[ \t]+-{1,2}[\w-]+)*)[ \t]+([A-Za-z_]\w*)[ \t]+(" + _PLAIN + r")", re.MULTILINE)
_EXPORTS = lazy(r"[ \t]-(?:\w*x|-export)")
_CSH_ALIAS = lazy(r"\balias[ \t]+(\w+)[ \t]+(" + _PLAIN + r")")


def _fish_set(found: re.Match[str]) -> str:
    """``set [-x] NAME WORDS``."""
    words = found[4].strip()
    return f"{found[1]}export {found[3]}={words}" if _EXPORTS.search(found[2]) else f"{found[1]}{found[3]}=({words})"


def _csh_alias(found: re.Match[str]) -> str:
    """``alias NAME WORDS``."""
    words = found[2].strip()
    return f"alias {found[1]}={words}" if words[:1] in ("'", '"') else f"alias {found[1]}='{words}'"


_CHANGES: dict[str, tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]] = {
    "fish": (
        (_FISH_SET, _fish_set),
        (lazy(r"\|[ \t]*source\b(?![ \t]+[\w./~$-])"), "| . /dev/stdin"),
        (lazy(r"\(((?:'[^'\n]*'|\"[^\"\n]*\"|[^()'\"\n])*)\|[ \t]*psub[^()\n]*\)"), r"<(\1)"),
    ),
    "csh": (
        (lazy(_START + r"set[ \t]+([A-Za-z_]\w*)[ \t]*=[ \t]*", re.MULTILINE), r"\1\2="),
        (lazy(_START + r"setenv[ \t]+(\w+)[ \t]+", re.MULTILINE), r"\1export \2="),
        (_CSH_ALIAS, _csh_alias),
    ),
    "rc": (
        (lazy(r"<\{((?:'[^'\n]*'|[^{}'\n])*)\}"), r"<(\1)"),
        (lazy(r"`\{((?:'[^'\n]*'|[^{}'\n])*)\}"), r"$(\1)"),
    ),
    "elvish": (
        (lazy(r"(?<![\w$])e:(?=[\w-])"), ""),
        (lazy(r"\(external[ \t]+([$\w'./-]+)\)"), r"\1"),
        (lazy(_START + r"(?:var|set)[ \t]+([A-Za-z_]\w*)[ \t]*=[ \t]*", re.MULTILINE), r"\1\2="),
    ),
}  # fmt: skip
LANGUAGES = frozenset(_CHANGES)


def respelled(text: str, language: str) -> str:
    """Return the text of a shell's language as zsh would read it, as far as it is known here."""
    for pattern, change in _CHANGES.get(language, ()):
        text = pattern.sub(change, text)
    return text
