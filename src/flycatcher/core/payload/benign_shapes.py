"""Benign shapes by structure: payloads that only compute and print.

A payload has a benign shape when *every* name that it calls or reads is on a list of pure or read-only names and nothing
else happens. Nothing that a payload adds can make it more benign: whatever is not on a list takes the shape away.
"""

from __future__ import annotations

import re
from functools import cache

from flycatcher.core.payload.names import BUILD_STEPS, IMPORTS, PRINTS, PURE_CALLS, PURE_ROOTS, READ_ONLY

_NUMBER = r"-?\d{1,18}(?:\.\d{1,18})?"
_SINGLE = r"'[^'\\]*'"
_DOUBLE = r'"(?:[^"\\$@#`%]|\\[nt"\\]|%[dsv])*"'
"""Without anything that is put in: no variables, no expressions, no other escapes."""
_BRACKETED = r"q\[[^\[\]\\]*\]|q\{[^{}\\]*\}|qq\[(?:[^\[\]\\$@]|\\n)*\]|qq\{(?:[^{}\\$@]|\\n)*\}"
"""Perl's other quotes."""
_JOINS = r"(?:(?:join|sort|reverse|uc|lc|length)[ \t]+)*"
_TINY_LIMIT = 1024


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


class ShapeObserver:
    """Watches one layer for anything that is not pure."""

    def __init__(self, language: str) -> None:
        """Start with nothing seen."""
        self.pure = PURE_CALLS.get(language, frozenset())
        self.roots = PURE_ROOTS.get(language, ())
        self.spoiled = language not in PURE_CALLS
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
