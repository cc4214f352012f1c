"""Pure functions of each language, by the names its programs call them: constant folding and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.evaluator.values import NO_TAINT, Value, merge_made, merge_taint, plain, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flycatcher.core.payload.evaluator.values import Constant

    Fold = Callable[[Sequence[Value], dict[str, Value]], Value]

MAX_TEXT = 2 * 1024 * 1024
MAX_LIST = 65_536
"""Items of a list: functions take no longer ones (:func:`~flycatcher.core.payload.evaluator.values.plain`)."""


class TooLargeError(ValueError):
    """A result that is not worth its memory."""


_STEPS: dict[Fold, tuple[str, ...]] = {}


def steps_of(fold: Fold) -> tuple[str, ...]:
    """Return what a function does to its operands, as decoding steps; empty for one that only computes."""
    return _STEPS.get(fold, ())


def pure(function: Callable[..., Constant], *made: str) -> Fold:
    """Return ``function`` over values: operands must be constants; ``made`` is added to what the operands went through."""

    def fold(args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
        operands = [plain(value) for value in args]
        named = {key: plain(value) for key, value in kwargs.items()}
        steps = merge_made([*args, *kwargs.values()])
        steps += tuple(step for step in made if step not in steps)
        result = function(*operands, **named)
        if isinstance(result, (str, bytes, list)) and len(result) > (
            MAX_LIST if isinstance(result, list) else MAX_TEXT
        ):
            raise TooLargeError
        return wrap(result, steps, merge_taint(args) if args else NO_TAINT)

    _STEPS[fold] = made
    return fold


def first(function: Callable[[Constant], Constant], *made: str) -> Fold:
    """As :func:`pure`, for functions that only look at their first argument."""
    inner = pure(function, *made)

    def fold(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value:
        return inner(args[:1], {})

    _STEPS[fold] = made
    return fold


def text_of(data: Constant) -> str:
    """Return what a string conversion gives."""
    if isinstance(data, bytes):
        return data.decode("utf-8", "surrogateescape")
    if isinstance(data, (list, dict)):
        raise TypeError
    return str(data)


def replace(text: Constant, old: Constant, new: Constant, *_rest: Constant) -> Constant:
    """Replace all, bounded."""
    if len(text) + text.count(old) * len(new) > MAX_TEXT:
        raise TooLargeError
    return text.replace(old, new)


def join(glue: Constant, parts: list[Constant]) -> Constant:
    """Join a list of texts."""
    if sum(len(part) for part in parts) + len(glue) * len(parts) > MAX_TEXT:
        raise TooLargeError
    return glue.join(parts)


def byte_values(items: list[int]) -> bytes:
    """A list of numbers as bytes."""
    return bytes(item & 0xFF for item in items)


def characters(*codes: Constant) -> str:
    """Character codes as text."""
    return "".join(chr(int(code) & 0x1FFFFF) for code in codes)
