"""zsh's parameter expansion: what flags, subscripts and modifiers make of a value.

Source: zshexpn(1), "Rules", whose order is kept, and zshparam(1), Array Subscripts; checked with zsh 5.9.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy
from flycatcher.core.shell.expand import patterns
from flycatcher.core.shell.expand.escapes import echo_escapes
from flycatcher.core.shell.expand.parameters import Words, bounds_of, conditional, operate, when_unset
from flycatcher.core.shell.interp.state import is_index
from flycatcher.core.shell.syntax.nodes import Form, Lit, Param, Word
from flycatcher.core.unknown import LIKELY, UNKNOWN, strip_marks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value = str | list[str] | None
_WORD = lazy(r"(?:'[^']*'|\"(?:\\.|[^\"\\])*\"|\\.|[^\s;|&<>()'\"\\])+|[;|&<>()]+", re.DOTALL)
_QUOTES = lazy(r"'([^']*)'|\"((?:\\.|[^\"\\])*)\"|\\(.)", re.DOTALL)
_PICKED = lazy(r"\((\w+)\)(.*)", re.DOTALL)
_MOST = 4096
"""Characters of a value that becomes an array of its characters."""


def shaped(expander: Words, part: Param) -> str | list[str]:
    """Return the value of a parameter as zsh writes it: a list for an array."""
    form = part.form or Form()
    flags = dict(form.flags)
    value = _named(expander, part, form, flags)
    if "P" in flags and isinstance(value, str):
        value = _plain(expander, Param(strip_marks(value)), flags)
    for word in form.subscripts if not _is_keyed(expander, part) else form.subscripts[1:]:
        value = _subscript(expander, value, word)
    if form.present:
        return UNKNOWN if value is None and expander.state.open else str(int(value is not None))
    value = _operated(expander, part, value)
    for modifier in form.modifiers:
        value = [_modified(each, modifier) for each in value] if isinstance(value, list) else _modified(value, modifier)
    if part.length:
        return UNKNOWN if UNKNOWN in value else str(len(value if isinstance(value, list) else strip_marks(value)))
    return _flagged(expander, value, flags)


def separate(part: Param) -> bool:
    """Whether the items of a value in double quotes stay apart."""
    form = part.form or Form()
    last = form.subscripts[-1].literal() if form.subscripts else ""
    return part.name == "@" or last == "@" or any(letter == "@" for letter, _given in form.flags)


def _named(expander: Words, part: Param, form: Form, flags: Mapping[str, tuple[str, ...]]) -> Value:
    """Return the value before any subscript; an associative array's item."""
    if form.inner is not None:
        inner = form.inner.parts[0] if len(form.inner.parts) == 1 else None
        if isinstance(inner, Param) and inner.form is not None:
            return shaped(expander, inner)
        return expander.text(form.inner)
    if not part.name:
        return None
    array = expander.state.array(part.name)
    if array is not None and _is_keyed(expander, part):
        key = strip_marks(expander.text(form.subscripts[0]))
        return list(array.values()) if key in ("@", "*") else array.get(key)
    return _plain(expander, part, flags)


def _plain(expander: Words, part: Param, flags: Mapping[str, tuple[str, ...]]) -> Value:
    """Return a parameter's value; None where it is unset, or not known whether it is."""
    state = expander.state
    if part.name in ("@", "*", "argv"):
        return None if state.positional is None else list(state.positional)
    array = state.array(part.name)
    if array is None:
        return state.scalar(part.name)
    if state.associative(part.name) and "k" in flags:
        return [each for pair in array.items() for each in pair] if "v" in flags else list(array)
    if state.associative(part.name) or not all(map(is_index, array)):
        return list(array.values())
    return [array.get(str(at), "") for at in range(min(max(map(int, array), default=-1) + 1, _MOST))]


def _is_keyed(expander: Words, part: Param) -> bool:
    """Whether the first subscript is a key."""
    return part.form is not None and bool(part.form.subscripts) and expander.state.associative(part.name)


def _subscript(expander: Words, value: Value, word: Word) -> Value:
    """Return an item, a range of them, or of a text's characters; ``(w)N`` counts words, ``(r)PATTERN`` looks for one."""
    text = strip_marks(expander.text(word))
    if value is None or text in ("@", "*"):
        return value
    if picked := _PICKED.fullmatch(text):
        text = picked[2]
        if "w" in picked[1] and isinstance(value, str):
            value = value.split()
        if {"r", "R"} & set(picked[1]) and isinstance(value, list):
            return next((each for each in value if patterns.matches(text, each)), "")
    first, comma, last = text.partition(",")
    low, high = (expander.arithmetic(Word([Lit(each)])) for each in (first, last if comma else first))
    if UNKNOWN in (low, high) or UNKNOWN in value:
        return UNKNOWN
    at, size = _place(int(low), len(value)), len(value)
    if comma:
        return value[at : _place(int(high), size) + 1]
    return value[at] if 0 <= at < size else ""


def _place(number: int, size: int) -> int:
    """Return the place of an item that is counted from 1, or from the end."""
    return max(number + size, 0) if number < 0 else number - 1 if number else 0


def _operated(expander: Words, part: Param, value: Value) -> str | list[str]:
    """Apply the operator of ``${name OP word}``."""
    if part.op == "::=":
        value = expander.text(part.args[0])
        expander.state.assign(part.name, value)
        return value
    if part.op and part.op.lstrip(":")[:1] in ("-", "=", "?", "+"):
        found = conditional(expander, part, value)
        return expander.text(found) if isinstance(found, Word) else found
    if value is None:
        plain = Param(part.name, op=part.op, args=part.args)
        return when_unset(expander, plain) if part.name else ""
    if part.op == ":#":
        pattern = strip_marks(expander.pattern(part.args[0]))
        if isinstance(value, str):
            return "" if patterns.matches(pattern, value) else value
        return [each for each in value if not patterns.matches(pattern, each)]
    if part.op == ":" and isinstance(value, list):
        bounds = bounds_of(expander, part)
        items = [expander.state.name, *value] if part.name in ("@", "*") else value
        return [UNKNOWN] if bounds is None else items[bounds[0] :][: bounds[1]]
    return _each(value, lambda text: operate(expander, part, text)) if part.op else value


def _each(value: str | list[str], change: Callable[[str], str]) -> str | list[str]:
    """Change a text, or each item."""
    return [change(each) for each in value] if isinstance(value, list) else change(value)


def _modified(text: str, by: str) -> str:
    """Apply one modifier of history expansion."""
    mark, text = (LIKELY if LIKELY in text else ""), strip_marks(text)
    letter = by.lstrip("g")[:1]
    if letter == "s":
        _, old, new = by.lstrip("g")[1:].split(by.lstrip("g")[1], 3)[:3] if len(by) > 2 else ("", "", "")
        return mark + (text.replace(old, new, -1 if by[0] == "g" else 1) if old else text)
    head, tail = posixpath.split(text)
    root, dot, extension = tail.rpartition(".")
    made = {
        "t": "/".join(text.split("/")[-int(by[1:] or 1) :]),
        "h": "/".join(text.split("/")[: int(by[1:] or 1) + 1]) if by[1:] else head or ".",
        "r": posixpath.join(head, root) if dot else text,
        "e": extension if dot else "",
        "l": text.lower(),
        "u": text.upper(),
        "Q": unquoted(text),
        "q": shlex.quote(text),
    }
    return mark + made.get(letter, text)


def unquoted(text: str) -> str:
    """Take one level of quotes away."""
    return _QUOTES.sub(lambda found: found[1] or found[3] or re.sub(r"\\(.)", r"\1", found[2] or ""), text)


def _flagged(expander: Words, value: str | list[str], flags: Mapping[str, tuple[str, ...]]) -> str | list[str]:
    """Apply the letters, in zsh's own order."""
    if "#" in flags:
        value = _each(value, lambda text: _character(expander, text))
    if isinstance(value, list) and ("j" in flags or "F" in flags):
        value = ("\n" if "F" in flags else flags["j"][0] if flags["j"] else " ").join(value)
    value = _split(value, flags)
    for letter in "LUCgqQ%zZuoOaelr":
        if letter in flags:
            value = _by_letter(expander, value, letter, flags)
    return value


def _character(expander: Words, text: str) -> str:
    """Return the character that a number stands for."""
    number = expander.arithmetic(Word([Lit(text)]))
    return chr(int(number)) if number.isdecimal() and int(number) < 0x110000 else UNKNOWN


def _split(value: str | list[str], flags: Mapping[str, tuple[str, ...]]) -> str | list[str]:
    """Split at what ``s``, ``f`` or ``0`` names."""
    between = "\n" if "f" in flags else "\0" if "0" in flags else flags["s"][0] if flags.get("s") else None
    if between is None:
        return value
    text = " ".join(value) if isinstance(value, list) else value
    if not between:
        return [text] if UNKNOWN in text or len(text) > _MOST else list(strip_marks(text))
    return text.split(between)


def _by_letter(
    expander: Words, value: str | list[str], letter: str, flags: Mapping[str, tuple[str, ...]]
) -> str | list[str]:
    """Apply one letter to a value, or to each item of it."""
    simple: dict[str, Callable[[str], str]] = {
        "L": str.lower, "U": str.upper, "C": str.title, "q": shlex.quote, "Q": unquoted, "e": expander.again,
        "g": lambda text: echo_escapes(text, dash=False)[0],
    }  # fmt: skip
    if letter == "%":
        return _each(value, expander.again) if "promptsubst" in expander.state.settings else value
    if letter in simple:
        return _each(value, simple[letter])
    if letter in "lr":
        width, fill = (*flags[letter], "", "")[:2]
        return _each(value, lambda text: _padded(text, width, fill or " ", left=letter == "l"))
    if letter in "zZ":
        return _WORD.findall(" ".join(value) if isinstance(value, list) else value)
    if not isinstance(value, list):
        return value
    if letter == "u":
        return list(dict.fromkeys(value))
    if letter == "a":
        return value[::-1] if "O" in flags else value
    return value if "a" in flags else sorted(value, reverse=letter == "O")


def _padded(text: str, width: str, fill: str, *, left: bool) -> str:
    """Return a text cut or filled to a width."""
    if not width.isdecimal() or int(width) > _MOST:
        return text
    size = int(width)
    return text.rjust(size, fill[0])[-size:] if left else text.ljust(size, fill[0])[:size]
