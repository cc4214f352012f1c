"""Benign shapes by structure: payloads that only compute and print.

A payload has a benign shape when *every* name that it calls or reads is on a list of pure or read-only names and nothing
else happens. Nothing that a payload adds can make it more benign: whatever is not on a list takes the shape away.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from flycatcher.core.payload.harmless_names import CALLS, GUARDS, ROOTS
from flycatcher.core.payload.names import BUILD_STEPS, IMPORTS, PRINTS, PURE_CALLS, PURE_ROOTS, READ_ONLY
from flycatcher.core.regex import lazy
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.evaluator.values import Value

_NUMBER = r"-?\d{1,18}(?:\.\d{1,18})?"
_SINGLE = r"'[^'\\]*'"
_DOUBLE = r'"(?:[^"\\$@#`%]|\\[nt"\\]|%[dsv])*"'
"""Without anything that is put in: no variables, no expressions, no other escapes."""
_BRACKETED = r"q\[[^\[\]\\]*\]|q\{[^{}\\]*\}|qq\[(?:[^\[\]\\$@]|\\n)*\]|qq\{(?:[^{}\\$@]|\\n)*\}"
"""Perl's other quotes."""
_JOINS = r"(?:(?:join|sort|reverse|uc|lc|length)[ \t]+)*"
_TINY_LIMIT = 1024
LONGEST = 4096
"""Characters of a text that may be of a shape, in languages other than Python."""
_SECRET = lazy(r"(?i)token|secret|passw|passphrase|api_?key|private_?key|credential")
"""Names of secrets: whoever prints one shows it to whoever reads the log."""
READS = "open to read"
_LOADS = {
    "javascript": lazy(r"(?:node:)?@?[A-Za-z][\w.-]*(?:/[\w.-]+)*|\.{1,2}/(?:[\w.-]+/)*[\w.-]+\.json"),
    "ruby": lazy(r"[A-Za-z][\w-]*(?:/[\w-]+)*"),
    "lua": lazy(r"[A-Za-z][\w.-]*"),
}
"""What ``require`` finds among installed modules, or Node reads as data."""


@cache
def _tiny(language: str) -> re.Pattern[str]:
    """Return the grammar of texts that only print constants, load modules or take steps of a build: every word of them is in it."""
    quoted = f"|{_BRACKETED}" if language == "perl" else ""
    atom = f"{_JOINS if language == 'perl' else ''}(?:{_NUMBER}|{_SINGLE}|{_DOUBLE}{quoted}|{READ_ONLY[language]})"
    if language in {"javascript", "lua"}:  # there, quotes of both kinds are the same
        atom = atom.replace(_SINGLE, r"'[^'\\]*'")
    terms = rf"{atom}(?:[ \t]*[-.,+*/][ \t]*{atom})*"
    given = rf"[ \t]*(?:\([ \t]*{terms}[ \t]*\)|{terms})"
    known = "".join(f"|{table[language]}" for table in (IMPORTS, BUILD_STEPS) if language in table)
    statement = rf"(?:{PRINTS[language]}{given}|{terms}|exit(?:[ \t]*\(?\d*\)?)?{known})"
    body = rf"\s*{statement}(?:\s*[;\n]\s*{statement}){{0,32}}\s*;?\s*"
    return re.compile(rf"\s*BEGIN\s*\{{{body}\}}\s*" if language == "awk" else body)


def tiny(language: str, text: str) -> str:
    """Return the name of the shape of a text that prints constants and nothing else, empty where it does more.

    For languages whose trees are not looked at: the whole text has to match a grammar without calls, variables and evaluation.
    """
    known = language in PRINTS and len(text) <= _TINY_LIMIT
    return "constants, modules and steps that are known" if known and _tiny(language).fullmatch(text) else ""


@cache
def harmless(language: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the calls of a language that do no harm, and the beginnings of their names; nothing for one whose calls are not listed."""
    if language in PURE_CALLS:
        return PURE_CALLS[language], PURE_ROOTS.get(language, ())
    return frozenset(CALLS.get(language, "").split()), ROOTS.get(language, ())


@cache
def _guard(language: str) -> re.Pattern[str]:
    return re.compile(GUARDS[language])


def _guarded(language: str, text: str) -> bool:
    """Whether a text holds anything by which its language may call what does not show."""
    if language not in GUARDS:
        return False
    return UNKNOWN in text or _guard(language).search(text) is not None or _SECRET.search(text) is not None


def known_call(language: str, name: str, args: Sequence[Value]) -> str:
    """Return the name under which a call is looked up: opening a file to read it, or a module by its name, is apart."""
    if language == "python" and name in {"open", "io.open"}:
        mode = args[1].text if len(args) > 1 else "r"
        return name if mode is None or not mode.startswith("r") or "+" in mode else READS
    if name == "require" and language in _LOADS:
        wanted = args[0].text if args and args[0].known else None
        return "import" if wanted is not None and _LOADS[language].fullmatch(wanted) else name
    return name


class ShapeObserver:
    """Watches one layer for anything that is not pure."""

    def __init__(self, language: str, text: str) -> None:
        """Start with nothing seen."""
        self.pure, self.roots = harmless(language)
        self.spoiled = not self.pure or len(text) > LONGEST or _guarded(language, text)
        self.imports = 0
        self.calls = 0

    def called(self, name: str) -> None:
        """Take a call."""
        if self.spoiled:
            return
        if name == "import":
            self.imports += 1
            return
        self.calls += 1
        tail = "*." + name.rpartition(".")[2]
        if name not in self.pure and tail not in self.pure and not name.startswith(self.roots or ("\0",)):
            self.spoiled = True

    def used(self, name: str) -> None:
        """Take a reading of a name: reading does no harm, and whatever is secret in it has a rule of its own."""

    def name(self) -> str:
        """Return the shape's name, empty for none."""
        if self.spoiled:
            return ""
        if self.calls:
            return "pure computation printed to stdout"
        return "import probe" if self.imports else "constant expression"
