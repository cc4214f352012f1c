"""The syntax tree of shell text. Offsets are characters into the source that the node was read from."""

from __future__ import annotations

from bisect import bisect_right

from msgspec import Struct


class Source:
    """A text and where it stands: a place of its own, or, for text made at run time, the place that made it."""

    __slots__ = ("_starts", "column", "fixed", "line", "text")

    def __init__(
        self, text: str, *, line: int = 1, column: int = 1, fixed: tuple[int, int, int, int] | None = None
    ) -> None:
        """Keep the text, the position of its first character, or the one span that all of it is said to stand at."""
        self.text = text
        self.line = line
        self.column = column
        self.fixed = fixed
        self._starts: list[int] | None = None

    def position(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column of a character."""
        if self._starts is None:
            starts, at = [0], self.text.find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = self.text.find("\n", at + 1)
            self._starts = starts
        row = bisect_right(self._starts, offset) - 1
        column = offset - self._starts[row]
        return self.line + row, column + (self.column if row == 0 else 1)

    def span(self, start: int, end: int) -> tuple[int, int, int, int]:
        """Return line, column, end line, end column (the end is exclusive)."""
        if self.fixed is not None:
            return self.fixed
        return (*self.position(start), *self.position(end))


class Lit(Struct):
    """Characters that stand for themselves."""

    text: str
    quoted: bool = False


class Form(Struct):
    """What zsh writes around a parameter: letters with their arguments, marks, subscripts and modifiers."""

    flags: tuple[tuple[str, tuple[str, ...]], ...] = ()
    inner: Word | None = None
    """Another expansion in the name's place."""
    split: bool = False
    """``=``: the value is split into words."""
    present: bool = False
    """``+``: whether it is set."""
    subscripts: tuple[Word, ...] = ()
    modifiers: tuple[str, ...] = ()


class Param(Struct):
    """``$name`` and every ``${...}``: ``op`` is the operator as written, ``args`` its words."""

    name: str
    op: str = ""
    args: tuple[Word, ...] = ()
    quoted: bool = False
    index: Word | None = None
    length: bool = False
    indirect: bool = False
    form: Form | None = None
    """zsh's own."""


class Sub(Struct):
    """Command substitution: ``$(...)`` or backticks."""

    body: Script
    quoted: bool = False
    raw: str = ""
    reply: bool = False
    """``${|...}`` of mksh and bash 5.3: what REPLY holds at the end, and not what is printed."""


class Arith(Struct):
    """``$((...))``: the expression after its own expansions."""

    word: Word
    quoted: bool = False


class Proc(Struct):
    """Process substitution ``<(...)`` or ``>(...)``."""

    mode: str
    body: Script
    raw: str = ""


Part = Lit | Param | Sub | Arith | Proc


class Word(Struct):
    """One word before expansion."""

    parts: list[Part]
    start: int = 0
    end: int = 0

    def literal(self) -> str | None:
        """Return the text of a word written without quotes or expansions (what may be a reserved word or an alias)."""
        if len(self.parts) != 1:
            return None
        part = self.parts[0]
        return part.text if isinstance(part, Lit) and not part.quoted else None


class Assign(Struct):
    """``name=value``, ``name+=value``, ``name[i]=value``, ``name=(words)``."""

    name: str
    value: Word | list[Word]
    append: bool = False
    index: Word | None = None
    members: list[Assign] = []
    """What ksh93's compound variable ``name=(member=value ...)`` holds."""


class Redirect(Struct):
    """``fd`` is None for the operator's own default; a here-document has its body in ``target``."""

    op: str
    target: Word
    fd: int | None = None
    variable: str = ""
    """Which variable takes the descriptor's number: ``{NAME}`` or ``{NAME[SUBSCRIPT]}`` in front of the operator."""


class Simple(Struct):
    """A simple command."""

    source: Source
    start: int
    end: int
    assigns: list[Assign]
    words: list[Word | Assign]
    redirects: list[Redirect]


class Pipeline(Struct):
    """Commands joined by ``|``."""

    commands: list[Command]
    negated: bool = False
    coprocess: str = ""
    """The name of the array that gets a coprocess's descriptors; empty for none."""


class AndOr(Struct):
    """Pipelines joined by ``&&`` and ``||``; the first operator is empty."""

    items: list[tuple[str, Pipeline]]
    background: bool = False


class Script(Struct):
    """A list of commands."""

    items: list[AndOr]


class Group(Struct):
    """``{ ...; }`` or, in a subshell, ``( ... )``."""

    body: Script
    subshell: bool = False
    namespace: str = ""
    """Of ksh93."""
    redirects: list[Redirect] = []


class If(Struct):
    """Conditions with their bodies, and what comes after ``else``."""

    branches: list[tuple[Script, Script]]
    otherwise: Script | None = None
    redirects: list[Redirect] = []


class While(Struct):
    """``while``, ``until`` and ``for ((...))``."""

    condition: Script
    body: Script
    redirects: list[Redirect] = []
    until: bool = False
    counter: Word | None = None
    """What stands in ``for ((...))``."""


class For(Struct):
    """``for name in words`` and ``select``; words is None for the positional parameters."""

    name: str
    words: list[Word] | None
    body: Script
    redirects: list[Redirect] = []
    more: tuple[str, ...] = ()
    """Further names, which take the next words of each turn (zsh)."""


class Case(Struct):
    """``case word in``: patterns, their bodies and what ends each (``;;``, ``;&``, ``;;&``)."""

    word: Word
    arms: list[tuple[list[Word], Script, str]]
    """Each arm's patterns, its body and how it ends: ``;;``, ``;&`` goes on with the next body, ``;;&`` (``;|`` in mksh and zsh) with the next pattern."""
    redirects: list[Redirect] = []


class Test(Struct):
    """``[[ ... ]]`` and ``(( ... ))``: only the substitutions inside them start programs."""

    words: list[Word]
    redirects: list[Redirect] = []


class Function(Struct):
    """A function definition; one without a name runs at once (zsh)."""

    name: str
    body: Script
    args: list[Word] = []
    """Of one without a name."""


Command = Simple | Group | If | While | For | Case | Test | Function
