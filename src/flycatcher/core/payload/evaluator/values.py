"""What the evaluator knows of an expression: a constant, a text with holes, a name, or only where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

Constant = Any
"""What a literal of some language holds. Folding tries: what an operand cannot do raises, and the value is unknown."""


Taint = frozenset[str]
NO_TAINT: Taint = frozenset()


class _Unknown:
    """The data of a value of which nothing is known."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NOT_CONSTANT"


NOT_CONSTANT = _Unknown()


class Value:
    """``data`` is a str, bytes, int, float, bool, None, list of values, dict of values, Closure, or NOT_CONSTANT.

    ``exact`` is False for a str with holes. ``name`` is the dotted name of a function, module or result
    (``socket.socket()``). ``made`` are the decoding steps on the way to the data. ``taint`` says where unknown
    parts come from: ``network``, ``file``, ``credential``, ``environment``, ``input``.
    """

    __slots__ = ("data", "exact", "made", "name", "taint")

    def __init__(
        self,
        data: Constant = NOT_CONSTANT,
        *,
        exact: bool = True,
        name: str = "",
        made: tuple[str, ...] = (),
        taint: Taint = NO_TAINT,
    ) -> None:
        """Keep the parts."""
        self.data = data
        self.exact = exact
        self.name = name
        self.made = made
        self.taint = taint

    @property
    def known(self) -> bool:
        """Whether the data is a constant without holes."""
        return self.data is not NOT_CONSTANT and self.exact

    @property
    def text(self) -> str | None:
        """The data as text, holes included; None if it is no text at all."""
        if isinstance(self.data, str):
            return self.data
        if isinstance(self.data, bytes):
            return decode_text(self.data)
        return None

    def with_taint(self, taint: Taint) -> Value:
        """Return the same value, from ``taint`` too."""
        if taint <= self.taint:
            return self
        return Value(self.data, exact=self.exact, name=self.name, made=self.made, taint=self.taint | taint)


class Closure:
    """A function of the program itself: parameters, body (an ir.Node) and the scope it was made in."""

    __slots__ = ("body", "defaults", "name", "params", "rest", "scope")

    def __init__(self, name: str, params: tuple[str, ...], body: Constant, scope: dict[str, Value]) -> None:
        """Keep the parts."""
        self.name = name
        self.params = params
        self.body = body
        self.scope = scope
        self.defaults: dict[str, Value] = {}
        self.rest = ""


def decode_text(data: bytes) -> str:
    """Return bytes as text that encodes back to the same bytes."""
    return data.decode("utf-8", "surrogateescape")


def merge_made(values: Iterable[Value]) -> tuple[str, ...]:
    """Return the steps of all ``values``, each once, in order, at most 12."""
    seen: dict[str, None] = {}
    for value in values:
        for step in value.made:
            seen.setdefault(step)
    return tuple(seen)[:12]


def merge_taint(values: Iterable[Value]) -> Taint:
    """Return where any of ``values`` comes from."""
    taint: Taint = NO_TAINT
    for value in values:
        if value.taint:
            taint |= value.taint
    return taint


class UnfoldableError(Exception):
    """An operand is not a constant, or the result would be too large."""


def plain(value: Value, budget: int = 65_536) -> Constant:
    """Return a constant as Python data (lists of constants as lists); raise UnfoldableError for anything else."""
    if not value.known:
        raise UnfoldableError
    data = value.data
    if isinstance(data, list):
        if len(data) > budget:
            raise UnfoldableError
        return [plain(item, budget // 4) for item in data]
    if isinstance(data, (dict, Closure)):
        raise UnfoldableError
    return data


def wrap(data: Constant, made: tuple[str, ...] = (), taint: Taint = NO_TAINT) -> Value:
    """Return Python data as a value."""
    if isinstance(data, Value):
        return data
    if isinstance(data, (list, tuple)):
        data = [wrap(item, made, taint) for item in data]
    elif isinstance(data, bytearray):
        data = bytes(data)
    return Value(data, made=made, taint=taint)


def concat_text(values: Iterable[Value], glue: str = " ") -> Value:
    """Join words with blanks; what is not known becomes holes."""
    parts = list(values)
    texts = [UNKNOWN if value.text is None else value.text for value in parts]
    exact = all(value.text is not None and value.exact for value in parts)
    return Value(glue.join(texts), exact=exact, made=merge_made(parts), taint=merge_taint(parts))
