"""What the name of a program or of a variable says: which interpreter is meant, and in which grammar a shell's text is read.

All of it is derived from the index of interpreters; no table is imported for it.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine import catalog

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.core.interpreters.engine.catalog import Entry

BOURNE = ("sh", "bash", "zsh", "ksh")
"""The grammars that the shell reader knows; ``sh`` is POSIX's, as dash has it."""
EXTENDED = frozenset(BOURNE[1:])
"""Those with arrays, ``[[``, ``$'...'`` and process substitution."""
WINDOWS = ("pwsh", "cmd")
"""Grammars of Windows' shells, which are not read as shell text."""
_VERSION = re.compile(r"[-.]?[0-9.]+(?:-static)?$|-static$")
_AROUND = frozenset({
    "bin", "path", "exe", "cmd", "command", "executable", "binary", "prog", "program", "interpreter", "host",
    "build", "target", "system", "default", "my", "the", "for", "with", "use", "run", "mini", "cpanminus", "test",
})  # fmt: skip
"""Words beside an interpreter's name in a variable that holds its path."""
_SPELLED = {"miniperl": "perl", "epython": "python"}
"""What Perl's own build and Gentoo's ebuilds call theirs."""


def base(program: str) -> str:
    """Return a path's last component."""
    return program.rstrip("/").rsplit("/", 1)[-1] if "/" in program else program


@lru_cache(maxsize=1 << 14)
def entry_of(program: str) -> Entry | None:
    """Return the interpreter that a path or a name stands for, a login shell's leading dash apart; None for none."""
    name = base(program).removeprefix("-")
    return catalog.named(name) or (catalog.named(_VERSION.sub("", name)) if _VERSION.search(name) else None)


def is_shell(program: str) -> bool:
    """Whether a program, or an interpreter's id, is a shell's; those of Windows count."""
    entry = entry_of(program)
    return (entry is not None and (entry.kind == "shell" or bool(entry.grammar))) or _is_cmd(program)


def grammar_of(program: str) -> str:
    """Return the grammar in which a shell reads its text: one of ``BOURNE`` or ``WINDOWS``; empty for every other program."""
    entry = entry_of(program.replace("\\", "/"))
    if entry is not None and entry.language in ("shell", "powershell"):
        return entry.grammar
    return "cmd" if _is_cmd(program) else ""


def bourne_grammar_of(program: str) -> str:
    """Return the grammar of a shell of the Bourne family; empty for every other program."""
    grammar = grammar_of(program)
    return grammar if grammar in BOURNE else ""


def close_grammar_of(program: str) -> str:
    """Return the grammar in which the plain commands of a shell with a language of its own (fish, csh) read; empty for none."""
    entry = entry_of(program)
    return entry.grammar if entry is not None and entry.grammar in BOURNE and entry.language != "shell" else ""


def _is_cmd(program: str) -> bool:
    """Whether a program is Windows' cmd, which has no table: its text is no code that is read."""
    return base(program.replace("\\", "/")).lower().removesuffix(".exe") == "cmd"


def kept_in_variables(program: str) -> bool:
    """Whether a program is an interpreter whose path is kept in variables of its name."""
    entry = entry_of(program)
    return entry is not None and entry.in_variables


@cache
def words_in_variables() -> tuple[str, ...]:
    """Return the words by which variables and macros name an interpreter: ``python``, ``perl``, ..."""
    return tuple(
        dict.fromkeys(text for entry in catalog.entries() if entry.in_variables for text in entry.literals if text)
    )


def interpreter_by_name(variable: str) -> str:
    """Return the interpreter that a variable is named after: ``PYTHON3`` -> ``python3``, ``PERL_PATH`` -> ``perl``."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{2,40}", variable):
        return ""
    found = ""
    for word in variable.lower().split("_"):
        if word in _SPELLED:
            found = found or _SPELLED[word]
        elif word and kept_in_variables(word):
            found = found or word
        elif word not in _AROUND:
            return ""
    return found


def may_name(word: str) -> bool:
    """Whether a plain word may name an interpreter, or a variable after one: a quick look, never wrong about one that does."""
    grams, short, short_within = _quick()
    lowered = word.lower()
    for at in range(len(lowered) - catalog.GRAM + 1):
        found = grams.get(lowered[at : at + catalog.GRAM])
        if found is not None and any(lowered.startswith(text, at) for text in found):
            return True
    if short(word) or (lowered != word and short(lowered)) or ("_" in word and short_within(lowered)):
        return True
    return lowered.startswith("cmd") and _is_cmd(word)


@cache
def _quick() -> tuple[dict[str, tuple[str, ...]], Callable[[str], object], Callable[[str], object]]:
    """Return what names hold, by its first letters; of those that hold too little, what matches them alone, and behind ``_``."""
    grams: dict[str, list[str]] = {}
    names: list[str] = []
    for entry in catalog.entries():
        if any(len(text) < catalog.GRAM for text in entry.literals):
            names += entry.names
            continue
        for text in entry.literals:
            grams.setdefault(text.lower()[: catalog.GRAM], []).append(text.lower())
    versioned = rf"(?:{'|'.join(names)})(?:{_VERSION.pattern.replace('$', '')})?"
    return (
        {gram: tuple(dict.fromkeys(texts)) for gram, texts in grams.items()},
        re.compile(f"{versioned}$").match,
        re.compile(f"_{versioned}(?=_|$)").search,
    )
