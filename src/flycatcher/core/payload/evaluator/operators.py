"""Operators over constants, bounded in size; shared by all languages, which differ only where a flag says so."""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING

from flycatcher.core.payload.decode import octets
from flycatcher.core.payload.evaluator.values import (
    NOT_CONSTANT,
    UnfoldableError,
    Value,
    merge_made,
    merge_taint,
    plain,
)
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flycatcher.core.payload.evaluator.values import Constant

MAX_INT_BITS = 4096
MAX_LIST = 65_536

_NUMERIC: dict[str, Callable[[Constant, Constant], Constant]] = {
    "-": operator.sub,
    "/": operator.truediv,
    "//": operator.floordiv,
    "^": operator.xor,
    "|": operator.or_,
    "&": operator.and_,
    ">>": operator.rshift,
}
_COMPARE: dict[str, Callable[[Constant, Constant], Constant]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def concat(values: Sequence[Value], limit: int) -> Value:
    """Join texts; parts that are not known become holes."""
    parts: list[str] = []
    exact, size, octets = True, 0, True
    for value in values:
        data = value.data
        if (
            isinstance(data, bool)
            or data is None
            or data is NOT_CONSTANT
            or not isinstance(data, (str, bytes, int, float))
        ):
            parts.append(UNKNOWN)
            exact = octets = False
            continue
        octets = octets and isinstance(data, bytes)
        piece = value.text
        piece = str(data) if piece is None else piece
        exact = exact and value.exact
        size += len(piece)
        if size > limit:
            return Value(taint=merge_taint(values))
        parts.append(piece)
    joined: str | bytes = "".join(parts)
    if octets:
        joined = b"".join(value.data for value in values)
    return Value(joined, exact=exact, made=merge_made(values), taint=merge_taint(values))


def repeat(text: Value, count: Value, limit: int) -> Value:
    """Return ``text`` times ``count``."""
    data, times = text.data, plain(count)
    if isinstance(times, str) and times.isdecimal():
        times = int(times[:9])
    if not isinstance(times, int) or not isinstance(data, (str, bytes, list)):
        raise UnfoldableError
    if len(data) * max(times, 0) > (MAX_LIST if isinstance(data, list) else limit):
        raise UnfoldableError
    return Value(data * max(times, 0), exact=text.exact, made=text.made, taint=text.taint)


def number(data: Constant) -> Constant:
    """Return a number as weakly typed languages read a string; raise UnfoldableError otherwise."""
    if isinstance(data, (int, float)):
        return data
    if isinstance(data, str) and len(data) < 40:
        try:
            return int(data)
        except ValueError:
            return _float(data)
    raise UnfoldableError


def _float(data: str) -> float:
    try:
        return float(data)
    except ValueError:
        raise UnfoldableError from None


def binary(op: str, left: Value, right: Value, *, limit: int, weak: bool) -> Value:
    """Fold one operator over two constants; raise UnfoldableError where it cannot be done within bounds."""
    if op in ("+", ".", "..", "~") or (op == "<<" and isinstance(left.data, str)):  # Ruby's text grows
        return add(op, left, right, limit=limit, weak=weak)
    if op in ("*", "x"):
        if isinstance(right.data, (str, bytes, list)) and op == "*" and not weak:
            return repeat(right, left, limit)
        if op == "x" or (isinstance(left.data, (str, bytes, list)) and not weak):
            return repeat(left, right, limit)
    a, b = plain(left), plain(right)
    made, taint = merge_made((left, right)), merge_taint((left, right))
    if op in _COMPARE:
        return Value(_compare(op, a, b, weak=weak), made=made, taint=taint)
    if op == "%" and isinstance(a, (str, bytes)):
        return Value(percent(a, b), made=made, taint=taint)
    if op == "^" and weak and isinstance(a, str) and isinstance(b, str):
        return Value(xor_text(a, b), made=(*made, "xor"), taint=taint)
    result = _calculate(op, number(a) if weak else a, number(b) if weak else b)
    return Value(result, made=(*made, "xor") if op == "^" and "xor" not in made else made, taint=taint)


def add(op: str, left: Value, right: Value, *, limit: int, weak: bool) -> Value:
    """``+`` adds or joins, the other operators join."""
    a, b = left.data, right.data
    if op == "+" and isinstance(a, list) and isinstance(b, list):
        if len(a) + len(b) > MAX_LIST:
            raise UnfoldableError
        return Value(a + b, made=merge_made((left, right)), taint=merge_taint((left, right)))
    if op == "+" and isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return Value(_bounded(a + b), made=merge_made((left, right)))
    if op == "+" and not weak and (isinstance(a, str) != isinstance(b, str)) and left.known and right.known:
        raise UnfoldableError
    return concat((left, right), limit)


def _compare(op: str, a: Constant, b: Constant, *, weak: bool) -> bool:
    if weak and isinstance(a, (int, float)) != isinstance(b, (int, float)):
        a, b = number(a), number(b)
    try:
        return bool(_COMPARE[op](a, b))
    except TypeError:
        raise UnfoldableError from None


def _calculate(op: str, a: Constant, b: Constant) -> Constant:
    if not isinstance(a, (int, float)) or not isinstance(b, (int, float)):
        raise UnfoldableError
    try:
        if op == "*":
            return _bounded(a * b)
        if op == "%":
            return a % b
        if op in ("**", "<<"):
            return _grow(op, a, b)
        return _bounded(_NUMERIC[op](a, b))
    except (KeyError, TypeError, ArithmeticError, ValueError):
        raise UnfoldableError from None


def _grow(op: str, a: Constant, b: Constant) -> Constant:
    if not isinstance(a, int) or not isinstance(b, int) or b < 0 or max(a.bit_length(), 1) * b > MAX_INT_BITS:
        raise UnfoldableError
    return a**b if op == "**" else a << b


def _bounded(value: Constant) -> Constant:
    if isinstance(value, int) and value.bit_length() > MAX_INT_BITS:
        raise UnfoldableError
    return value


def xor_text(a: str, b: str) -> str:
    """Return the string XOR of PHP (as long as the shorter) and Perl."""
    return "".join(chr(ord(x) ^ ord(y)) for x, y in zip(a, b, strict=False))


def percent(template: Constant, arguments: Constant) -> Constant:
    """Return printf-style formatting with widths up to 999."""
    text = template if isinstance(template, str) else template.decode("latin-1")
    if "*" in text or any(len(run) > 3 for run in _digit_runs(text)):
        raise UnfoldableError
    try:
        return template % (tuple(arguments) if isinstance(arguments, list) else arguments)
    except (TypeError, ValueError, KeyError, OverflowError):
        raise UnfoldableError from None


def _digit_runs(text: str) -> list[str]:
    return "".join(c if c.isdecimal() else " " for c in text).split()


def unary(op: str, operand: Value) -> Value:
    """Fold one operator over one constant."""
    data = plain(operand)
    if op in ("not", "!"):
        return Value(not data, made=operand.made, taint=operand.taint)
    if op == "~" and isinstance(data, str) and data:
        return Value(_inverted(data), made=merge_made((operand, Value(made=("inverted",)))), taint=operand.taint)
    if not isinstance(data, (int, float)):
        raise UnfoldableError
    if op == "-":
        return Value(-data, made=operand.made)
    if op == "+":
        return operand
    if op == "~" and isinstance(data, int):
        return Value(~data, made=operand.made)
    raise UnfoldableError


def _inverted(text: str) -> str:
    """Return a string of bytes with every bit turned, as PHP and Perl do it: ``~"\\x8c"``."""
    data = text.encode("utf-8", "surrogateescape") if re.search("[\udc80-\udcff]", text) else octets(text)
    return bytes(byte ^ 0xFF for byte in data).decode("utf-8", "surrogateescape")
