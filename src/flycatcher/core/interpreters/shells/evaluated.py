"""What a shell's command brings into the same process as further program text: ``. /dev/stdin``, ``eval "$1"``, ``eval "$NAME"``.

Source: POSIX XCU 2.14 (dot, eval) and ``sh -c`` on the positional parameters; checked with marker code against bash 5.2, dash
0.5.12, zsh 5.9, ksh 93u+m and mksh R59.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 1 << 16
"""Characters of a command that are searched."""
_STARTS = r"(?:^|[;&|({\n]|(?:^|[\s;])(?:then|do|else|if|while|until|!|command|builtin))\s*"
_DOT = re.compile(
    _STARTS + r"(?:\.|source)\s+[\"']?(/dev/stdin|/dev/fd/\d{1,9}|/proc/(?:self|thread-self)/fd/\d{1,9})(?![\w/])"
)
_EVAL = re.compile(
    _STARTS + r"eval\s+(?:--\s+)?((?:\"(?:[^\"\\]|\\.){0,4096}\"|'[^']{0,4096}'|[^;&|\n\"']){1,256})", re.DOTALL
)
_SINGLE = re.compile(r"(\"(?:[^\"\\]|\\.)*\")|'[^']*'", re.DOTALL)
_PARAMETER = re.compile(r"\$(?:\{([A-Za-z_]\w*|[1-9]\d{0,3}|[@*])\}|([A-Za-z_]\w*|[1-9@*]))")
_CAT = re.compile(r"[\"']?(?:\$\(|`)\s*(?:cat(?:\s+(?:-|/dev/stdin))?|<\s*/dev/stdin|cat\s*<&0)\s*(?:\)|`)")
_WORD = re.compile(r"\w{1,64}")
_READ = re.compile(_STARTS + r"(?:IFS=\S*\s+)?read\s+(?:-\w+\s+)*([A-Za-z_]\w*)")


def sourced(text: str) -> Iterator[str]:
    """Yield the descriptors' paths that a command sources."""
    if "/fd/" in text or "/stdin" in text:
        for match in _DOT.finditer(text[:_LONGEST]):
            yield match[1]


def evaluated(text: str) -> Iterator[str]:
    """Yield the parameters that a command evaluates: names, numbers, ``@`` and ``*``; ``-`` where it is what stdin holds."""
    if "eval" not in text:
        return
    text = text[:_LONGEST]
    seen: dict[str, None] = {}
    read = {match[1] for match in _READ.finditer(text)}
    for match in _EVAL.finditer(text):
        words = _SINGLE.sub(r"\1", match[1])
        if _CAT.match(words):
            seen["-"] = None
        for name in _PARAMETER.finditer(words):
            found = name[1] or name[2]
            seen["-" if found in read else found] = None
    yield from seen


def is_part_of_a_word(text: str, name: str, value: str) -> bool:
    """Whether a variable's value only ever is a piece of a word, or an operand, of what is evaluated: it brings no command in.

    That holds for a value of letters and digits that never stands where a command begins (``eval 'test "x$line'$as_run'" = 1'``).
    """
    if _WORD.fullmatch(value) is None:
        return False
    parameter = re.compile(rf"\$(?:\{{{name}\}}|{name}(?!\w))")
    return not any(
        match[1][: found.start()].rstrip("\"' \t")[-1:] in {*";&|({`\n!", ""}
        for match in _EVAL.finditer(text[:_LONGEST])
        for found in parameter.finditer(match[1])
    )
