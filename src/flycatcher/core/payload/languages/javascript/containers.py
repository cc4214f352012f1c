"""JavaScript's ways to put values, functions among them, into a container and to take them out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.evaluator.values import NOT_CONSTANT, Closure, UnfoldableError, Value, merge_taint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flycatcher.core.payload.evaluator.folding import Fold

    Kwargs = dict[str, Value]
MOST = 4096
"""Items of a container that are followed."""


def _items(value: Value) -> list[Value]:
    """Return the items of a list; raise UnfoldableError for anything else."""
    if not isinstance(value.data, list):
        raise UnfoldableError
    return [item if isinstance(item, Value) else Value(item, made=value.made) for item in value.data[:MOST]]


def _entries(value: Value) -> dict[object, Value]:
    """Return the entries of a table; raise UnfoldableError for anything else."""
    if not isinstance(value.data, dict):
        raise UnfoldableError
    return value.data


def _listed(items: Sequence[Value]) -> Value:
    return Value(list(items), taint=merge_taint(items))


def _pair(item: Value) -> tuple[object, Value]:
    key, value = _items(item)[:2]
    if not isinstance(key.data, (str, int)):
        raise UnfoldableError
    return key.data, value


def _from_entries(args: Sequence[Value], _kwargs: Kwargs) -> Value:
    """``Object.fromEntries``, ``new Map``."""
    items = _items(args[0]) if args else []
    return Value(dict(map(_pair, items)), taint=merge_taint(items))


def _assign(args: Sequence[Value], _kwargs: Kwargs) -> Value:
    """``Object.assign``: the first object with the others' entries."""
    table = _entries(args[0])
    for more in args[1:]:
        table.update(_entries(more))
    return args[0].with_taint(merge_taint(args))


def _wrapped(args: Sequence[Value], _kwargs: Kwargs) -> Value:
    """``new Proxy(f, {})``, ``promisify(f)``: what calls it calls the function."""
    if not args or not (args[0].name or isinstance(args[0].data, Closure)):
        raise UnfoldableError
    return args[0]


def _given(args: Sequence[Value], _kwargs: Kwargs) -> Value:
    """``Promise.resolve``: what it holds."""
    if not args or (args[0].data is NOT_CONSTANT and not args[0].name):
        raise UnfoldableError
    return args[0]


def _taken(first: int) -> Fold:
    """One item of a list, by its place."""

    def fold(args: Sequence[Value], _kwargs: Kwargs) -> Value:
        items = _items(args[0])
        at = args[1].data if len(args) > 1 else first
        if not isinstance(at, int) or not -len(items) <= at < len(items):
            raise UnfoldableError
        return items[at]

    return fold


def _at(args: Sequence[Value], kwargs: Kwargs) -> Value:
    """``"abc".at(0)`` and ``[f].at(0)``."""
    text = args[0].data
    if isinstance(text, (str, bytes)) and len(args) > 1 and isinstance(args[1].data, int):
        return Value(text[args[1].data], made=args[0].made, taint=args[0].taint)
    return _taken(0)(args, kwargs)


def _got(args: Sequence[Value], _kwargs: Kwargs) -> Value:
    """``map.get(key)``."""
    found = _entries(args[0]).get(args[1].data) if len(args) > 1 and isinstance(args[1].data, (str, int)) else None
    if found is None:
        raise UnfoldableError
    return found


def _over(function: Callable[[dict[object, Value]], Sequence[Value]]) -> Fold:
    """A list made of a table's entries."""
    return lambda args, _kwargs: _listed(function(_entries(args[0])))


_VALUES = _over(lambda table: list(table.values()))
_PAIRS = _over(lambda table: [_listed([Value(key), value]) for key, value in table.items()])

CONTAINERS: dict[str, Fold] = {
    "Array.of": lambda args, _kwargs: _listed(args),
    "Object.values": _VALUES,
    "Object.entries": _PAIRS,
    "Object.assign": _assign,
    "Object.fromEntries": _from_entries,
    "Map": _from_entries,
    "Set": lambda args, _kwargs: _listed(_items(args[0]) if args else []),
    "Promise.resolve": _given,
    "Proxy": _wrapped,
    "util.promisify": _wrapped,
    "util.callbackify": _wrapped,
    "util.deprecate": _wrapped,
}

CONTAINER_METHODS: dict[str, Fold] = {
    "at": _at,
    "pop": _taken(-1),
    "shift": _taken(0),
    "get": _got,
    "values": lambda args, kwargs: args[0] if isinstance(args[0].data, list) else _VALUES(args, kwargs),
    "entries": _PAIRS,
}
