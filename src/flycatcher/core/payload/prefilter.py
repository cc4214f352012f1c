"""Shell text that is nothing but plain commands of which no rule speaks: what builds start by the thousand.

Such text needs no parser: it is words, quotes, ``;``, ``&&``, ``||`` and line ends, without expansions, redirections, pipes or
keywords. In doubt the answer is no, and the text is analysed as any other.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import base
from flycatcher.core.launchers.textual import takes_text
from flycatcher.core.payload import rules
from flycatcher.core.payload.commands import commands, is_shell, writable_program
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 8192
"""Characters of a text that is looked at."""
_TEXT = lazy(r"[\w./=+,:@%^* \t\n;&|'\"-]*", re.ASCII)
_TOKEN = lazy(r"(?P<word>(?:'[^\s;&|']*'|\"[^\s;&|\"]*\"|[^\s;&|'\"])+)|(?P<end>&&|\|\||[;\n])|[ \t]+")
_KEYWORDS = frozenset({
    "if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "select", "function", "time", "coproc",
    ".", "source", "eval", "exec", "trap", "alias", "unalias", "hash", "enable", "export", "readonly", "declare", "typeset", "local",
    "unset", "command", "builtin", "read", "mapfile", "readarray", "shopt", "bind",
})  # fmt: skip
"""Words of the shell that change what other words mean."""
_NAME = lazy(r"(?:/[\w./+-]*/|\.{0,2}/)?[A-Za-z_][\w+-]*[\d.]*", re.ASCII)
"""An argument that may name a program: no option, no assignment, no file with an ending."""
_PROGRAM = lazy(r"(?:/|\.{0,2}/)?[\w+-][\w./+-]*", re.ASCII)


@lru_cache(maxsize=256)
def plain(text: str) -> bool:
    """Tell whether analysing a shell text would find nothing: no capability, no doubt."""
    if len(text) > LIMIT or not _TEXT.fullmatch(text):
        return False
    commands = list(_commands(text))
    lowered = text.lower()
    if None in commands or any(hint in lowered for hints, _rule in rules.value_rules() for hint in hints):
        return False
    return all(map(_quiet, filter(None, commands)))


def _commands(text: str) -> Iterator[tuple[str, ...] | None]:
    """Yield each command's words; None where the text is more than commands."""
    words: list[str] = []
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            yield None
            return
        at = token.end()
        if token["word"]:
            words.append(token["word"].replace("'", "").replace('"', ""))
        elif token["end"]:
            yield tuple(words) if words or token["end"] == "\n" else None
            words.clear()
    if words or not text.rstrip().endswith(("&&", "||")):
        yield tuple(words)
    else:
        yield None


def _quiet(words: tuple[str, ...]) -> bool:
    """Tell whether a command is one that no rule looks at."""
    program = words[0]
    name = base(program)
    if (
        not _PROGRAM.fullmatch(program)
        or name in _KEYWORDS
        or takes_text(name)
        or any(map(writable_program, words))
        or [command.words for command in commands(words)] != [words]
    ):
        return False
    return not any(
        _spoken_of(words[number:]) for number, word in enumerate(words) if not number or _NAME.fullmatch(word)
    )


def _spoken_of(words: tuple[str, ...]) -> bool:
    """Tell whether a rule looks at a command, or at one that a program unknown to us may start with its arguments."""
    name = base(words[0])
    if is_shell(name) or rules.index("shell").calls(name):
        return True
    return any(rule.commands(words) for rule in rules.command_rules() if rule.commands is not None)
