"""Parameter expansion: ``$x`` and every ``${x...}`` (POSIX XCU 2.6.2; bash manual 3.5.3)."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Protocol

from flycatcher.core.interpreters.names import interpreter_by_name
from flycatcher.core.shell.expand import patterns
from flycatcher.core.shell.expand.escapes import dollar_quote
from flycatcher.core.shell.interp.state import is_index
from flycatcher.core.shell.syntax.nodes import Lit, Param, Part, Word
from flycatcher.core.unknown import LIKELY, UNKNOWN, likely, strip_marks

if TYPE_CHECKING:
    from flycatcher.core.shell.interp.state import State

_PATHS = frozenset({"PATH", "HOME", "PWD", "OLDPWD", "SHELL", "MANPATH", "TMPDIR"})
"""Variables whose first character is a slash, which is what ``${PATH:0:1}`` is written for."""


class Words(Protocol):
    """What reading a parameter needs of the expander: the variables, and the words within the braces expanded."""

    supposed: int
    """How many words stand in for a variable that may be set, or not."""
    without: bool
    """Such a variable is taken to be unset."""

    @property
    def state(self) -> State:
        """The variables that hold now."""

    def text(self, word: Word) -> str:
        """Return a word's text without splitting."""

    def pattern(self, word: Word) -> str:
        """Return a word's text as a pattern: what is quoted matches itself."""

    def prompt(self, text: str) -> None:
        """Run the substitutions of a text that is expanded as a prompt is."""

    def arithmetic(self, word: Word) -> str:
        """Return the value of ``$((word))`` as text, UNKNOWN where it is not known."""

    def discipline(self, name: str) -> None:
        """Run ksh93's function that makes a variable's value when it is asked for."""

    def again(self, text: str) -> str:
        """Expand a text once more, as if it stood in double quotes."""


def parameter(expander: Words, part: Param) -> str | list[str] | Word:
    """Return a parameter's value, a list for ``$@`` and arrays, or the word that stands in for it (``${x:-word}``)."""
    value = _value(expander, part)
    if part.indirect and expander.state.dialect == "ksh":
        return expander.state.references.get(part.name, part.name)  # the name of the variable (ksh93)
    if part.indirect and part.op != "prefix":
        value = _indirect(expander, value)
    if part.length:
        if isinstance(value, list):
            return UNKNOWN if UNKNOWN in value else str(len(value))
        return UNKNOWN if value is not None and UNKNOWN in value else str(len(strip_marks(value or "")))
    if part.op and part.op.lstrip(":")[:1] in ("-", "=", "?", "+"):
        return conditional(expander, part, value)
    if value is None:
        return when_unset(expander, part)
    if not part.op:
        return value
    if part.op == ":" and isinstance(value, list):
        return _slice_list(expander, part, value)
    if isinstance(value, list):
        return [operate(expander, part, item) for item in value]
    return operate(expander, part, value)


def when_unset(expander: Words, part: Param) -> str | list[str]:
    """Return what an unset parameter gives: nothing where all variables are known, else a hole."""
    if part.name in ("@", "*") or (part.index is not None and part.index.literal() in ("@", "*")):
        if part.op == ":":
            bounds_of(expander, part)
        return [UNKNOWN] if expander.state.open else []
    if not expander.state.open:
        return ""
    if part.op == ":" and not part.name.islower():
        bounds_of(expander, part)
    if part.op == ":" and part.name in _PATHS and bounds_of(expander, part) == (0, 1):
        return "/"
    if not part.op and (name := interpreter_by_name(part.name)):
        return likely(name)
    return UNKNOWN


def _value(expander: Words, part: Param) -> str | list[str] | None:
    """Return the value before any operator; None where unset, or not known whether set."""
    state = expander.state
    if part.op == "prefix":
        return UNKNOWN
    if state.dialect == "ksh" and f"{part.name}.get" in state.functions:
        expander.discipline(part.name)
    if part.name in ("@", "*"):
        return None if state.positional is None else list(state.positional)
    if part.index is None:
        items = state.array(part.name) if state.dialect == "zsh" and not state.associative(part.name) else None
        return state.scalar(part.name) if items is None else list(items.values())  # zshparam(1), Array Parameters
    array = state.array(part.name)
    written = part.index.literal()
    if array is None and written != "0":
        index_key(expander, part.index, associative=state.associative(part.name))  # evaluated, be there an array or not
    if written in ("@", "*"):
        if array is None:
            single = state.scalar(part.name)
            return None if single is None else [single]
        if part.indirect:
            return list(array)
        return list(array.values())
    if array is None:
        return state.scalar(part.name)
    key = index_key(expander, part.index, associative=state.associative(part.name))
    if key is None:
        return UNKNOWN
    if key.startswith("-") and is_index(key[1:]) and len(array) >= int(key[1:]) > 0:
        return list(array.values())[int(key)]
    return array.get(key)


def index_key(expander: Words, word: Word, *, associative: bool) -> str | None:
    """Return an array subscript as the key it is stored under, None where unknown."""
    text = strip_marks(expander.text(word))
    if UNKNOWN in text:
        return None
    if associative:
        return text
    value = expander.arithmetic(word)
    return None if value == UNKNOWN else value


def keyed_item(word: Word) -> tuple[Word, Word] | None:
    """Return the subscript and the value of ``[subscript]=value`` in an array's list; None for another word."""
    first = word.parts[0] if word.parts else None
    if not isinstance(first, Lit) or first.quoted or first.text[:1] != "[":
        return None
    key: list[Part] = []
    for at, part in enumerate(word.parts):
        text = part.text if isinstance(part, Lit) else ""
        end = text.find("]=") if isinstance(part, Lit) and not part.quoted else -1
        if end >= 0:
            last = Lit(text[:end])
            rest = [Lit(text[end + 2 :]), *word.parts[at + 1 :]]
            key = [*key, last]
            key[0] = Lit(key[0].text[1:]) if isinstance(key[0], Lit) else key[0]
            return Word(key), Word(rest)
        key.append(part)
    return None


def _indirect(expander: Words, value: str | list[str] | None) -> str | list[str] | None:
    if isinstance(value, list) or value is None:
        return value
    name = strip_marks(value)
    if UNKNOWN in name:
        return UNKNOWN
    inner = Param(name)
    if "[" in name:
        expander.arithmetic(Word([Lit(name)]))  # the subscript is expanded
    if "[" in name and name.endswith("]"):
        base, index = name[:-1].split("[", 1)
        inner = Param(base, index=Word([Lit(index)]))
    return _value(expander, inner)


def conditional(expander: Words, part: Param, value: str | list[str] | None) -> str | list[str] | Word:
    """Read ``:-``, ``-``, ``:=``, ``=``, ``:?``, ``?``, ``:+``, ``+``."""
    kind = part.op.lstrip(":")[:1]
    word = part.args[0]
    empty = value is None or (part.op[0] == ":" and (not value or value == [""]))
    if kind == "+":
        if value is None and expander.state.open:
            expander.supposed += 1
            return "" if expander.without else likely(expander.text(word))
        return "" if empty else word
    if not empty:
        return value if value is not None else ""
    if kind == "?":
        return UNKNOWN if expander.state.open else ""
    if kind == "=":
        expander.state.assign(part.name, expander.text(word))
    return word


def bounds_of(expander: Words, part: Param) -> tuple[int, int | None] | None:
    """Return offset and length of ``${x:offset:length}``; None where unknown."""
    numbers: list[int] = []
    for word in part.args:
        value = expander.arithmetic(word)
        if value == UNKNOWN:
            return None
        numbers.append(int(value))
    if not numbers:
        return None
    return numbers[0], numbers[1] if len(numbers) > 1 else None


def _slice_list(expander: Words, part: Param, value: list[str]) -> str | list[str]:
    bounds = bounds_of(expander, part)
    if bounds is None or UNKNOWN in value:
        return [UNKNOWN]
    low, length = bounds
    array = expander.state.array(part.name)
    if part.name in ("@", "*"):
        items = [expander.state.name, *value]
    elif array is not None and not expander.state.associative(part.name):
        keys = [int(key) if is_index(key) else 0 for key in array]
        low = low + max(keys, default=-1) + 1 if low < 0 else low
        items, low = [item for key, item in zip(keys, value, strict=False) if key >= low], 0
    else:
        items = value
    low = max(low + len(items), 0) if low < 0 else low
    return items[low:] if length is None else items[low : low + max(length, 0)]


def operate(expander: Words, part: Param, value: str) -> str:
    """Apply an operator to one value."""
    mark, value = (LIKELY if LIKELY in value else ""), strip_marks(value)
    if part.op == ":":
        bounds = bounds_of(expander, part)
        result = UNKNOWN if bounds is None else _slice(value, *bounds)
    elif part.op[0] in "#%":
        pattern = expander.pattern(part.args[0])
        stripped = (
            None
            if UNKNOWN in pattern
            else patterns.strip(value, strip_marks(pattern), end=part.op[0] == "%", longest=len(part.op) == 2)
        )
        result = UNKNOWN if stripped is None else stripped
    elif part.op[0] == "/":
        result = _replace(expander, part, value)
    elif part.op[0] in "^,":
        result = _case(value, part.op) if not part.args else _case_where(expander, part, value)
    elif part.op[0] == "@":
        if part.op[1] == "P":
            expander.prompt(value)
        result = _transform(value, part.op[1])
    else:
        result = UNKNOWN
    return mark + result


def _slice(value: str, low: int, length: int | None) -> str:
    if low < 0:
        low += len(value)
        if low < 0:
            return ""
    if length is None:
        return value[low:]
    return value[low : low + length] if length >= 0 else value[low : max(low, len(value) + length)]


def _replace(expander: Words, part: Param, value: str) -> str:
    pattern = expander.pattern(part.args[0])
    new = strip_marks(expander.text(part.args[1])) if len(part.args) > 1 else ""
    if UNKNOWN in pattern:
        return UNKNOWN
    result = patterns.replace(value, strip_marks(pattern), new, kind=part.op)
    return UNKNOWN if result is None else result


def _case(value: str, operator: str) -> str:
    change = str.upper if operator[0] == "^" else str.lower
    return change(value) if len(operator) == 2 else change(value[:1]) + value[1:]


def _case_where(expander: Words, part: Param, value: str) -> str:
    """``${x^^[a-f]}``: only the characters that the pattern matches."""
    pattern = strip_marks(expander.pattern(part.args[0]))
    if UNKNOWN in pattern:
        return UNKNOWN
    if not pattern:
        return _case(value, part.op)
    last = len(value) if len(part.op) == 2 else 1
    change = str.upper if part.op[0] == "^" else str.lower
    return "".join(change(c) if at < last and patterns.matches(pattern, c) else c for at, c in enumerate(value))


def _transform(value: str, letter: str) -> str:
    if UNKNOWN in value:
        return value
    simple = {"U": str.upper, "L": str.lower, "E": dollar_quote, "Q": shlex.quote}
    if letter in simple:
        return simple[letter](value)
    return value[:1].upper() + value[1:] if letter == "u" else UNKNOWN
