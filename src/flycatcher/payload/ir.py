"""One small tree for all languages: what folding and capabilities need to know of a program, and no more.

Every front end lowers its own syntax tree into these nodes. ``start`` and ``end`` are byte offsets into the layer's
UTF-8 text. Depth is bounded by the front end (:data:`MAX_DEPTH`), so recursion over this tree is safe.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_DEPTH = 90
"""Levels of one tree. What lies deeper is lowered as a tree of its own, so that depth hides nothing."""


@dataclass(slots=True)
class Node:
    """Anything: a node of no interest of its own keeps its ``items``."""

    start: int
    end: int


@dataclass(slots=True)
class Group(Node):
    """Statements, or anything whose parts are only read one after the other."""

    items: Sequence[Node] = ()


@dataclass(slots=True)
class Const(Node):
    """A literal."""

    value: object = None


@dataclass(slots=True)
class Name(Node):
    """A variable, function or module by name; Perl's and PHP's variables keep their sigil."""

    id: str = ""


@dataclass(slots=True)
class Member(Node):
    """``obj.name``, ``obj->name``, ``obj::name``, ``obj:name``."""

    obj: Node = None  # type: ignore[assignment]
    name: str = ""


@dataclass(slots=True)
class Index(Node):
    """``obj[key]``; ``stop`` and ``step`` for slices (``key`` is the start then, and may be None)."""

    obj: Node = None  # type: ignore[assignment]
    key: Node | None = None
    stop: Node | None = None
    step: Node | None = None
    slice: bool = False


@dataclass(slots=True)
class Invoke(Node):
    """A call; ``new X(...)`` is one too. ``block`` is a Ruby block or a trailing closure."""

    func: Node = None  # type: ignore[assignment]
    args: Sequence[Node] = ()
    kwargs: Sequence[tuple[str, Node]] = ()
    block: Node | None = None


@dataclass(slots=True)
class Operate(Node):
    """An operator over two or more operands (a chain of one operator is flat), or one."""

    op: str = ""
    items: Sequence[Node] = ()


@dataclass(slots=True)
class Items(Node):
    """A list, tuple, array or set."""

    items: Sequence[Node] = ()


@dataclass(slots=True)
class Pairs(Node):
    """A dictionary, hash, object or table with keys."""

    items: Sequence[tuple[Node, Node]] = ()


@dataclass(slots=True)
class Template(Node):
    """A string with expressions in it."""

    parts: Sequence[Node] = ()


@dataclass(slots=True)
class Command(Node):
    """Text that the language itself hands to a shell: backticks, ``%x()``."""

    parts: Sequence[Node] = ()


@dataclass(slots=True)
class Choice(Node):
    """``test ? yes : no``, and if/else as statements."""

    test: Node = None  # type: ignore[assignment]
    yes: Node = None  # type: ignore[assignment]
    no: Node | None = None


@dataclass(slots=True)
class Function(Node):
    """A function, method or closure; ``name`` is empty for closures."""

    name: str = ""
    params: Sequence[str] = ()
    body: Node = None  # type: ignore[assignment]


@dataclass(slots=True)
class Comprehend(Node):
    """``element for target in source if conditions``."""

    element: Node = None  # type: ignore[assignment]
    target: Node = None  # type: ignore[assignment]
    source: Node = None  # type: ignore[assignment]
    conditions: Sequence[Node] = ()


@dataclass(slots=True)
class Assign(Node):
    """``target op= value``."""

    target: Node = None  # type: ignore[assignment]
    value: Node = None  # type: ignore[assignment]
    op: str = ""


@dataclass(slots=True)
class Loop(Node):
    """``for target in source`` (then ``source``), or ``init; while test; step`` (then ``test``)."""

    body: Node = None  # type: ignore[assignment]
    target: Node | None = None
    source: Node | None = None
    init: Node | None = None
    test: Node | None = None
    step: Node | None = None


@dataclass(slots=True)
class Return(Node):
    """The value that a function gives back."""

    value: Node | None = None


@dataclass(slots=True)
class Import(Node):
    """``bindings``: (local name, dotted name); a local name ``*`` takes all."""

    bindings: Sequence[tuple[str, str]] = ()


@dataclass(slots=True)
class Redirect(Node):
    """A shell's redirection of a command: ``op`` as written, and the word after it."""

    op: str = ""
    target: Node = None  # type: ignore[assignment]


@dataclass(slots=True)
class Pipeline(Node):
    """A shell's ``a | b | c``."""

    items: Sequence[Node] = ()


@dataclass(slots=True)
class Program:
    """A lowered layer."""

    body: Node
    complete: bool = True
    """The parser read all of the text without an error."""
    deferred: list[Node] = field(default_factory=list)
    """Trees that were too deep to stand in ``body``."""
    notes: list[str] = field(default_factory=list)
    read: int = 0
    """Nodes of the syntax tree that were read."""
