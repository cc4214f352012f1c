"""Shell arithmetic (POSIX XCU 2.6.4; bash manual 6.5): 64-bit integers, no side effects, bounded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Callable

_TOKEN = lazy(
    r"\s*(0[xX][0-9a-fA-F]+|[0-9]+#[0-9a-zA-Z@_]+|[0-9]+|[A-Za-z_][A-Za-z0-9_]*"
    r"|\*\*|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%<>&|^?:~!(),])"
)
_LEVELS = [
    ("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<", ">", "<=", ">="), ("<<", ">>"), ("+", "-"),
    ("*", "/", "%"),
]  # fmt: skip
MAX_TOKENS = 400
MAX_DEPTH = 16


class UnknownError(Exception):
    """The value cannot be told."""


def evaluate(text: str, lookup: Callable[[str], str | None]) -> int | None:
    """Return the value of an expression, None where it depends on something unknown or does not parse."""
    try:
        reader = _Reader(text, lookup, 0)
        value = reader.comma()
    except UnknownError:
        return None
    return None if reader.tokens else value


def _wrap(value: int) -> int:
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


class _Reader:
    """Precedence climbing over a token list."""

    def __init__(self, text: str, lookup: Callable[[str], str | None], depth: int) -> None:
        self.lookup = lookup
        self.depth = depth
        self.tokens: list[str] = []
        at, text = 0, text.strip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None or len(self.tokens) > MAX_TOKENS:
                raise UnknownError
            self.tokens.append(match[1])
            at = match.end()
        self.tokens.reverse()

    def _next(self) -> str:
        return self.tokens[-1] if self.tokens else ""

    def comma(self) -> int:
        value = self._ternary()
        while self._next() == ",":
            self.tokens.pop()
            value = self._ternary()
        return value

    def _ternary(self) -> int:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UnknownError
        value = self._binary(0)
        if self._next() == "?":
            self.tokens.pop()
            yes = self._ternary()
            self._take(":")
            no = self._ternary()
            value = yes if value else no
        self.depth -= 1
        return value

    def _take(self, token: str) -> None:
        if self._next() != token:
            raise UnknownError
        self.tokens.pop()

    def _binary(self, level: int) -> int:
        if level == len(_LEVELS):
            return self._power()
        value = self._binary(level + 1)
        while self._next() in _LEVELS[level]:
            operator = self.tokens.pop()
            value = _wrap(_apply(operator, value, self._binary(level + 1)))
        return value

    def _power(self) -> int:
        value = self._unary()
        if self._next() == "**":
            self.tokens.pop()
            exponent = self._power()
            if not 0 <= exponent < 64:
                raise UnknownError
            value = _wrap(value**exponent)
        return value

    def _unary(self) -> int:
        signs = []
        while self._next() in ("+", "-", "!", "~"):
            signs.append(self.tokens.pop())
        value = self._primary()
        for sign in reversed(signs):
            value = {"+": value, "-": -value, "!": int(not value), "~": ~value}[sign]
        return value

    def _primary(self) -> int:
        if not self.tokens:
            return 0
        word = self.tokens.pop()
        if word == "(":
            value = self.comma()
            self._take(")")
            return value
        if word[0].isdigit():
            return _number(word)
        if not (word[0].isalpha() or word[0] == "_"):
            raise UnknownError
        text = self.lookup(word)
        if text is None or self.depth > MAX_DEPTH:
            raise UnknownError
        if re.fullmatch(r"-?[0-9]+", text):
            return _number(text)
        return _Reader(text, self.lookup, self.depth + 1).comma()


def _number(token: str) -> int:
    try:
        if "#" in token:
            base, digits = token.split("#", 1)
            return _wrap(int(digits, int(base)))
        octal = re.fullmatch(r"-?0[0-7]+", token)
        return _wrap(int(token, 8) if octal else int(token, 0))
    except ValueError as error:
        raise UnknownError from error


def _apply(operator: str, left: int, right: int) -> int:
    if operator in ("/", "%"):
        if right == 0:
            raise UnknownError
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if operator == "/" else left - quotient * right
    simple: dict[str, Callable[[], int]] = {
        "||": lambda: int(bool(left or right)),
        "&&": lambda: int(bool(left and right)),
        "|": lambda: left | right,
        "^": lambda: left ^ right,
        "&": lambda: left & right,
        "==": lambda: int(left == right),
        "!=": lambda: int(left != right),
        "<": lambda: int(left < right),
        ">": lambda: int(left > right),
        "<=": lambda: int(left <= right),
        ">=": lambda: int(left >= right),
        "<<": lambda: left << (right & 63),
        ">>": lambda: left >> (right & 63),
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
    }
    return simple[operator]()
