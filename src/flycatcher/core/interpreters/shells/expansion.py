"""What a shell's expansion of a variable's value starts: prompts, ``ENV`` and ``BASH_ENV`` are expanded as in double quotes.

Source: POSIX XCU 2.6, bash's subst.c (parameter_brace_expand, expand_arith_string) and parse.y (decode_prompt_string), dash's
expand.c; checked with marker code against bash 5.2, dash 0.5.12 and busybox 1.35.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 1 << 16
"""Characters of a value that are read closely; in a longer one every ``$`` and backquote counts as a command."""
_DEEPEST = 32
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SUBSTITUTION = re.compile(r"\$\(|`|\$\{[ |]")
_OCTAL = re.compile(r"\\(?:([0-7]{1,3})|([$\\])|.)", re.DOTALL)


class Dialect(Struct, frozen=True):
    """How one shell expands."""

    evaluates: bool = True
    """Arithmetic evaluates the values of its variables, and command substitutions in their subscripts; so does ``${!NAME}``."""
    transforms: bool = False
    """``${NAME@P}`` expands NAME's value as a prompt (bash)."""
    functional: bool = True
    """``${ COMMAND; }`` runs a command."""


class Expansion:
    """One value's expansion: does it run commands, in which other variables, and which text comes out."""

    def __init__(self, value: str, env: Mapping[str, str], dialect: Dialect) -> None:
        """Expand ``value`` with what is known of the environment; a variable that is not in it may be set or not."""
        self.env = env
        self.dialect = dialect
        self.runs = False
        self.names: dict[str, None] = {}
        """Variables whose values hold the commands that run."""
        self.parts: list[str] = []
        self.known = True
        """Whether the text that comes out is known."""
        if len(value) > _LONGEST:
            self.runs, self.known = "$" in value or "`" in value, False
        else:
            self.quoted(value, 0)

    @property
    def text(self) -> str:
        """The text that comes out; empty where commands make it."""
        return "".join(self.parts) if self.known and not self.runs and not self.names else ""

    def quoted(self, text: str, depth: int) -> None:
        """Read a text as within double quotes."""
        at = 0
        while at < len(text):
            char = text[at]
            if char == "\\" and text[at + 1 : at + 2] in ("$", "`", '"', "\\"):
                self.parts.append(text[at + 1])
                at += 2
            elif char == "`":
                end = text.find("`", at + 1)
                self.runs = self.runs or end != at + 1
                at = len(text) if end < 0 else end + 1
            elif char == "$":
                at = self.dollar(text, at + 1, depth)
            else:
                self.parts.append(char)
                at += 1

    def dollar(self, text: str, at: int, depth: int) -> int:
        """Read what follows a ``$``; return where the text goes on."""
        opener = text[at : at + 1]
        if opener not in ("(", "{", "["):
            name = _NAME.match(text, at)
            if name is not None:
                self.parts.append(self.env.get(name[0], ""))
                return name.end()
            self.parts.append("$")
            return at
        if depth >= _DEEPEST:
            self.runs = True
            return len(text)
        end = _closing(text, at)
        inner = text[at + 1 : end]
        if opener == "{":
            self.braces(inner, depth)
        elif opener == "[" or (inner[:1] == "(" and inner[-1:] == ")"):
            self.arithmetic(inner, depth)
        else:
            self.runs = self.runs or bool(inner.strip())
        return end + 1

    def arithmetic(self, inner: str, depth: int) -> None:
        """Read an arithmetic expression: it is expanded, and the variables in it are evaluated."""
        self.known = False
        self.quoted(inner, depth + 1)
        if self.dialect.evaluates:
            self.follow(inner, depth)

    def follow(self, expression: str, depth: int) -> None:
        """Note the variables that an expression names and whose values hold commands, through other variables too."""
        for name in _NAME.findall(expression):
            value = self.env.get(name, "")
            if name in self.names or not value or depth >= _DEEPEST:
                continue
            if _SUBSTITUTION.search(value):
                self.names[name] = None
            elif value != expression:
                self.follow(value[:_LONGEST], depth + 1)

    def braces(self, inner: str, depth: int) -> None:
        """Read what stands in ``${...}``."""
        if inner[:1] in (" ", "\t", "\n", "|"):
            self.runs = self.runs or self.dialect.functional
            return
        name = _NAME.match(inner.removeprefix("!"))
        if name is None:
            self.known = False
            self.quoted(inner, depth + 1)
            return
        rest = inner.removeprefix("!")[name.end() :]
        value = self.env.get(name[0])
        indirect = inner[0] == "!" and self.dialect.evaluates
        if indirect:
            self.known = False
            self.follow(name[0], depth)
        elif rest == "@P" and self.dialect.transforms:
            self.follow(name[0], depth)
            self.parts.append(Expansion(decoded_prompt(value or ""), {}, self.dialect).text)
        elif rest[:1] == "[" or (rest[:1] == ":" and rest[1:2] not in ("-", "=", "?", "+")):
            self.arithmetic(rest[1:], depth)
        else:
            self.choose(value, rest, depth)

    def choose(self, value: str | None, rest: str, depth: int) -> None:
        """Read ``${NAME-WORD}`` and its relatives: the word is expanded only where it is taken."""
        colon = rest[:1] == ":"
        operator, word = rest[colon : colon + 1], rest[colon + 1 :]
        there = value is not None and (value != "" or not colon)
        if not rest:
            self.parts.append(value or "")
        elif operator in ("-", "=", "?"):
            if there:
                self.parts.append(value or "")
            else:
                self.quoted(word, depth + 1)
        elif operator == "+":
            if there or value is None:  # one that is not known may be set
                self.quoted(word, depth + 1)
        else:
            self.known = False
            self.quoted(word, depth + 1)


def _closing(text: str, at: int) -> int:
    """Return the index of the bracket that closes the one at ``at``, the text's length where there is none."""
    opener = text[at]
    closer = {"(": ")", "{": "}", "[": "]"}[opener]
    depth = 0
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 1
        elif char == opener:
            depth += 1
        elif char == closer:
            depth -= 1
            if depth == 0:
                return at
        at += 1
    return len(text)


def decoded_prompt(value: str) -> str:
    """Return a prompt as bash expands it: octal escapes stand for characters, an escaped dollar sign begins nothing."""

    def plain(match: re.Match[str]) -> str:
        if match[1]:
            return chr(int(match[1], 8) & 0xFF)
        return {"$": "\\$", "\\": "\\"}.get(match[2] or "", "")

    return _OCTAL.sub(plain, value)
