"""The columns of a detection in Arrow, derived from the records themselves (:class:`~flycatcher.core.detection.Detection`).

The order of the columns, their names and their types are those of :data:`VERSION`, which changes when one of them goes or becomes
another; a new column does not change it. Needs the extra ``hunt``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa  # type: ignore[import-not-found,import-untyped,unused-ignore]
from msgspec import NODEFAULT, Struct, inspect

from flycatcher.core.detection import Detection
from flycatcher.sources.logs.engine.clock import seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flycatcher.sinks import Record

    Turn = Callable[[Any], Any]

VERSION = "flycatcher.detections/1"
"""Of the columns; in the schema's metadata under ``flycatcher.schema``."""
_MOST = (1 << 63) - 1
_SAME_IN_ALL = ("schema", "code_on_the_fly", "recipe", "analyses")
"""Fields of a detection that are no column: the same in each, or told by :class:`Layer`."""


class Layer(Struct, frozen=True, kw_only=True):
    """One text that would run: a snippet's own, or one that a layer above decodes or passes to another interpreter."""

    snippet: int
    """Index of the snippet."""
    index: int
    """Of the layer among those of its snippet; 0 is the snippet's own text."""
    text: str
    language: str
    made: tuple[str, ...] = ()
    """The steps that made it out of the parent's constants, outermost last; empty for a plain string."""
    parent: int | None = None
    """Index of the layer that gives this text."""
    handed: bool = False
    """It is passed to another interpreter, rather than decoded or run by the same one."""
    parse: str = "parsed"
    """``parsed``, ``partial`` or ``not parsed``."""


class FirstColumns(Struct, frozen=True, kw_only=True):
    """The columns that searches ask for first; they repeat what stands deeper in the row, in one type."""

    time: str
    """When it was started, from ``fidelity.time``; null where the log has no time."""
    host: str | None
    """``host.name`` of the execution's context."""
    user: str | None
    """``user.name`` of the execution's context, or the number of the process's user."""
    login: str | None
    """``user.login`` of the execution's context."""


def _fields() -> list[tuple[str, inspect.Field, type[Struct]]]:
    """Return the columns behind those of :class:`FirstColumns`: name, field, and the record whose field it is."""
    from flycatcher.core.execution import Execution  # noqa: PLC0415 - named once, here

    found: list[tuple[str, inspect.Field, type[Struct]]] = [
        (field.name, field, Detection) for field in _info(Detection).fields if field.name not in _SAME_IN_ALL
    ]
    at = next(number for number, (name, _, _) in enumerate(found) if name == "execution") + 1
    fidelity = next(field for field in _info(Execution).fields if field.name == "fidelity")
    return [*found[:at], ("fidelity", fidelity, Execution), *found[at:]]


def _info(kind: type[Struct]) -> inspect.StructType:
    """Return what msgspec knows of a record."""
    told = inspect.type_info(kind)
    assert isinstance(told, inspect.StructType)  # noqa: S101 - for the type checker
    return told


def _inner(of: inspect.Type) -> inspect.Type:
    """Return a type without ``None``, which every column may hold."""
    if isinstance(of, inspect.UnionType):
        (of,) = (each for each in of.types if not isinstance(each, inspect.NoneType))
    return of


def arrow_type(of: inspect.Type) -> Any:  # noqa: ANN401 - pyarrow's own
    """Return the Arrow type of a field. Raises TypeError for one that no record has so far."""
    of = _inner(of)
    plain = {inspect.BoolType: pa.bool_(), inspect.IntType: pa.int64(), inspect.FloatType: pa.float64()}
    if type(of) in plain:
        return plain[type(of)]
    if isinstance(of, inspect.StrType | inspect.LiteralType):
        return pa.string()
    if isinstance(of, inspect.VarTupleType | inspect.ListType):
        return pa.list_(arrow_type(of.item_type))
    if isinstance(of, inspect.TupleType):
        return pa.list_(arrow_type(of.item_types[0]))
    if isinstance(of, inspect.DictType):
        return pa.map_(pa.string(), arrow_type(of.value_type))
    if isinstance(of, inspect.StructType):
        return pa.struct([(field.name, arrow_type(field.type)) for field in struct_fields(of)])
    raise TypeError(f"no column holds {of}")


def struct_fields(of: inspect.StructType) -> list[inspect.Field]:
    """Return the fields of a record that stand in its column; an execution's fidelity has a column of its own."""
    return [field for field in of.fields if (of.cls.__name__, field.name) != ("Execution", "fidelity")]


def _schema() -> Any:  # noqa: ANN401 - pyarrow's own
    """Return the schema."""
    first = [
        (name, pa.timestamp("us", tz="UTC") if name == "time" else pa.string())
        for name in FirstColumns.__struct_fields__
    ]
    columns = [*first]
    for name, field, _ in _fields():
        columns.append((name, arrow_type(field.type)))
        if name == "texts":
            columns.append(("layers", pa.list_(arrow_type(_info(Layer)))))
    return pa.schema(columns, metadata={"flycatcher.schema": VERSION})


SCHEMA = _schema()
"""The columns of a detection."""


def turn(of: inspect.Type) -> Turn:
    """Return what makes a column's value of a record's: fields that were left out have their defaults, texts are UTF-8."""
    of = _inner(of)
    if isinstance(of, inspect.StrType | inspect.LiteralType):
        return _valid
    if isinstance(of, inspect.IntType):
        return lambda value: value if value is None else min(value, _MOST)
    if isinstance(of, inspect.VarTupleType | inspect.ListType | inspect.TupleType):
        item = turn(of.item_types[0] if isinstance(of, inspect.TupleType) else of.item_type)
        return lambda value: None if value is None else [item(each) for each in value]
    if isinstance(of, inspect.DictType):
        held = turn(of.value_type)
        return lambda value: None if value is None else [(_valid(name), held(each)) for name, each in value.items()]
    if isinstance(of, inspect.StructType):
        return _turn_struct(of)
    return lambda value: value


def _turn_struct(of: inspect.StructType) -> Turn:
    """Return what makes a struct of a record."""
    fields = [(field.encode_name, turn(field.type), _default(field)) for field in struct_fields(of)]

    def turned(value: Any) -> Any:  # noqa: ANN401 - a JSON tree
        return None if value is None else {name: held(value.get(name, default)) for name, held, default in fields}

    return turned


def _default(field: inspect.Field) -> Any:  # noqa: ANN401 - a JSON tree
    """Return what a field holds that a record leaves out."""
    if field.default is not NODEFAULT:
        return msgspec.to_builtins(field.default)
    return field.default_factory() if field.default_factory is not NODEFAULT else None


def _valid(value: Any) -> Any:  # noqa: ANN401 - a text, or None
    """Return text as UTF-8 can hold it: a byte that is none becomes the escape that it is in JSON."""
    return value if value is None or value.isascii() else value.encode("utf-8", "backslashreplace").decode()


_TURNS = [(name, turn(field.type), _default(field), kind is Detection) for name, field, kind in _fields()]
_LAYER = _turn_struct(_info(Layer))


def batch_of(records: Sequence[Record]) -> Any:  # noqa: ANN401 - pyarrow's own
    """Return records as one batch."""
    return pa.RecordBatch.from_pylist([_row(record) for record in records], schema=SCHEMA)


def _row(record: Record) -> dict[str, Any]:
    """Return a record's columns."""
    execution = record["execution"]
    row = {name: held((record if own else execution).get(name, default)) for name, held, default, own in _TURNS}
    return row | _place(execution) | {"layers": _layers(record)}


def _place(execution: Record) -> dict[str, Any]:
    """Return the columns of :class:`FirstColumns`."""
    context, uid = execution.get("context") or {}, (execution.get("process") or {}).get("uid")
    return {
        "time": round(seconds((execution.get("fidelity") or {}).get("time", "")) * 1e6) or None,
        "host": _valid(context.get("host.name")),
        "user": _valid(context.get("user.name")) or (None if uid is None else str(uid)),
        "login": _valid(context.get("user.login")),
    }


def _layers(record: Record) -> list[Any]:
    """Return the layers of all snippets."""
    return [
        _LAYER({**layer, "snippet": snippet, "index": index})
        for snippet, analysis in enumerate(record.get("analyses") or ())
        for index, layer in enumerate(analysis.get("layers") or ())
    ]
