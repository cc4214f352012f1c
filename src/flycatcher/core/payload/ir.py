"""One small tree for all languages: what folding and capabilities need to know of a program, and no more.

Every front end lowers its own syntax tree into these nodes. ``start`` and ``end`` are byte offsets into the layer's
UTF-8 text. Depth is bounded by the front end (:data:`MAX_DEPTH`), so recursion over this tree is safe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_DEPTH = 90
"""Levels of one tree. What lies deeper is lowered as a tree of its own, so that depth hides nothing."""
SPREAD = "..."
"""The operator before a list, or a table, whose items stand where it does."""


class Node(Struct):
    """Anything: a node of no interest of its own keeps its ``items``."""

    start: int
    end: int


class Group(Node):
    """Statements, or anything whose parts are only read one after the other."""

    items: Sequence[Node] = ()


class Const(Node):
    """A literal."""

    value: object = None


class Name(Node):
    """A variable, function or module by name; Perl's and PHP's variables keep their sigil."""

    id: str = ""


class Member(Node):
    """``obj.name``, ``obj->name``, ``obj::name``, ``obj:name``."""

    obj: Node = None  # type: ignore[assignment]
    name: str = ""


class Index(Node):
    """``obj[key]``; ``stop`` and ``step`` for slices (``key`` is the start then, and may be None)."""

    obj: Node = None  # type: ignore[assignment]
    key: Node | None = None
    stop: Node | None = None
    step: Node | None = None
    slice: bool = False


class Invoke(Node):
    """A call; ``new X(...)`` is one too. ``block`` is a Ruby block or a trailing closure."""

    func: Node = None  # type: ignore[assignment]
    args: Sequence[Node] = ()
    kwargs: Sequence[tuple[str, Node]] = ()
    block: Node | None = None


class Operate(Node):
    """An operator over two or more operands (a chain of one operator is flat), or one."""

    op: str = ""
    items: Sequence[Node] = ()


class Items(Node):
    """A list, tuple, array or set."""

    items: Sequence[Node] = ()


class Pairs(Node):
    """A dictionary, hash, object or table with keys."""

    items: Sequence[tuple[Node, Node]] = ()


class Template(Node):
    """A string with expressions in it."""

    parts: Sequence[Node] = ()


class Command(Node):
    """Text that the language itself hands to a shell: backticks, ``%x()``."""

    parts: Sequence[Node] = ()


class Choice(Node):
    """``test ? yes : no``, and if/else as statements."""

    test: Node = None  # type: ignore[assignment]
    yes: Node = None  # type: ignore[assignment]
    no: Node | None = None


class Function(Node):
    """A function, method or closure; ``name`` is empty for closures."""

    name: str = ""
    params: Sequence[str] = ()
    body: Node = None  # type: ignore[assignment]
    defaults: Sequence[tuple[str, Node]] = ()
    """Values of parameters that a call leaves out."""
    rest: str = ""
    """The parameter that takes keyword arguments without one of their own (``**k``)."""


class Comprehend(Node):
    """``element for target in source if conditions``."""

    element: Node = None  # type: ignore[assignment]
    target: Node = None  # type: ignore[assignment]
    source: Node = None  # type: ignore[assignment]
    conditions: Sequence[Node] = ()


class Assign(Node):
    """``target op= value``."""

    target: Node = None  # type: ignore[assignment]
    value: Node = None  # type: ignore[assignment]
    op: str = ""


class Loop(Node):
    """``for target in source`` (then ``source``), or ``init; while test; step`` (then ``test``)."""

    body: Node = None  # type: ignore[assignment]
    target: Node | None = None
    source: Node | None = None
    init: Node | None = None
    test: Node | None = None
    step: Node | None = None


class Return(Node):
    """The value that a function gives back."""

    value: Node | None = None


class Import(Node):
    """``bindings``: (local name, dotted name); a local name ``*`` takes all."""

    bindings: Sequence[tuple[str, str]] = ()


class Redirect(Node):
    """A shell's redirection of a command: ``op`` as written, and the word after it."""

    op: str = ""
    target: Node = None  # type: ignore[assignment]


class Pipeline(Node):
    """A shell's ``a | b | c``."""

    items: Sequence[Node] = ()


class Program(Struct):
    """A lowered layer."""

    body: Node
    complete: bool = True
    """The parser read all of the text without an error."""
    deferred: list[Node] = []
    """Trees that were too deep to stand in ``body``."""
    notes: list[str] = []
    read: int = 0
    """Nodes of the syntax tree that were read."""
