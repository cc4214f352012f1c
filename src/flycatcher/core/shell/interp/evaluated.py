"""What bash evaluates though it looks like data: subscripts in arithmetic, names of variables, prompts, commands of completion.

``x='a[$(cmd)]'; ((x))`` runs cmd: the value of a variable in an arithmetic expression is an expression itself, and a subscript in it
is expanded (bash manual, 6.5 Shell Arithmetic and 6.7 Arrays). The same for every name that a builtin takes: ``test -v``,
``printf -v``, ``read``, ``unset``, ``declare``.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import EXTENDED
from flycatcher.core.interpreters.shells.expansion import decoded_prompt
from flycatcher.core.regex import lazy
from flycatcher.core.shell.syntax.nodes import Source
from flycatcher.core.unknown import UNKNOWN, strip_marks

if TYPE_CHECKING:
    from flycatcher.core.shell.interp.process import ShellProcess

_SUBSCRIPT = lazy(r"[A-Za-z_]\w*\[[^\n]*(?:\$\(|`)")
_NAME = lazy(r"[A-Za-z_]\w*")
DEPTH = 4
"""Variables in the value of a variable."""
_COMPARES = frozenset({"-eq", "-ne", "-lt", "-le", "-gt", "-ge"})
"""Beside them ``[[`` evaluates; ``[`` of bash takes numbers alone."""
_OF_OPTION = {"printf": "-v", "wait": "-p"}
"""Builtins that take one name, behind this option."""
_VALUED = {
    "printf": "v",
    "read": "aptuidnN",
    "unset": "",
    "declare": "",
    "typeset": "",
    "local": "",
    "test": "",
    "[": "",
    "let": "",
    "wait": "",
}
"""Builtins that take names or numbers, with their options whose value is a word of its own."""


def expression(machine: ShellProcess, text: str, depth: int = 0) -> None:
    """Run what stands in the subscripts of an arithmetic expression, of a name, and of the values that it names."""
    text = strip_marks(text)
    if machine.state.dialect not in EXTENDED or depth > DEPTH:
        return
    if _SUBSCRIPT.search(text):
        prompt(machine, text, "subscript")
        return
    for name in set(_NAME.findall(text)):
        value = machine.state.scalar(name)
        if value and value != text and ("[" in value or _NAME.fullmatch(strip_marks(value))):
            expression(machine, value, depth + 1)


def prompt(machine: ShellProcess, text: str, via: str) -> None:
    """Run the substitutions in a text that bash expands: a subscript, ``${x@P}``."""
    text = strip_marks(text)
    if via == "@P":
        text = decoded_prompt(text)
    if "$(" in text or "`" in text:
        machine.read_text(': "' + text.replace('"', '\\"') + '"', via)


def expanded(machine: ShellProcess, text: str) -> str:
    """Return a text expanded once more, as if it stood in double quotes; what it substitutes runs."""
    text = strip_marks(text)
    if "$" not in text and "`" not in text:
        return text
    if not machine.collector.enter(machine.frame, text):
        return UNKNOWN
    outer = machine.frame
    machine.frame = outer.inner("(e)")
    word = machine.collector.parse_quoted(Source(text, fixed=machine.span()), machine.state.dialect)
    found = machine.expander.text(word)
    machine.frame = outer
    return found


def operands(machine: ShellProcess, name: str, args: list[str]) -> None:
    """Read the words of a builtin that are names, or numbers."""
    if name not in _VALUED:
        return
    if name != "let" and not any("[" in arg or arg.isidentifier() or "-" in arg for arg in args):
        return
    words = [strip_marks(arg) for arg in args]
    if name in ("test", "["):
        for at, word in enumerate(words):
            if word in ("-v", "-R") and at + 1 < len(words):
                expression(machine, words[at + 1])
            elif word in _COMPARES and machine.state.dialect != "bash":
                for side in words[max(at - 1, 0) : at + 2 : 2]:
                    expression(machine, side)
        return
    if name in _OF_OPTION:
        words = [value for option, value in itertools.pairwise(words) if option == _OF_OPTION[name]][:1]
    for word in words:
        key, sign, value = word.partition("=")
        if _SUBSCRIPT.search(key if sign and not _SUBSCRIPT.match(word) else word):
            prompt(machine, word, "subscript")
        elif name == "let":
            expression(machine, value if sign else word)
