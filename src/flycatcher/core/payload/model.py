"""The words in which an analysis is told: layers, capabilities, limits."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from flycatcher.core.snippet import Snippet

Span = tuple[int, int]
"""Characters [start, end) of a layer's text."""

Parse = Literal["parsed", "partial", "not parsed"]


CRASHED = "the parser crashed or did not end in time"
"""The note of an analysis whose text ended the helper that parsed it."""


MENTIONED = "functions that are named, and literals that may be run, count like calls"
"""The note of an analysis that holds more than what is seen to be called."""


class Limits(Struct, frozen=True, kw_only=True):
    """Bounds of one analysis. Counted in steps, not seconds, so that the same text always gives the same answer."""

    text_bytes: int = 256 * 1024
    """Bytes of one layer that are parsed; what lies beyond is only searched by cheap means."""
    nodes: int = 30_000
    """Syntax-tree nodes of one analysis that are read."""
    parsing: int = 40_000
    """Work of the grammars' parsers in one analysis: see :class:`~flycatcher.core.payload.frontends.tree_sitter.Feed`."""
    steps: int = 60_000
    """Expressions of one analysis that are folded."""
    layers: int = 24
    """Layers of one analysis, the outermost included."""
    depth: int = 6
    """Layers below each other."""
    decoded_bytes: int = 2 * 1024 * 1024
    """Bytes of any folded value: a larger one is unknown."""


class Layer(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One text that would run: the snippet's own (index 0), or one that a layer above decodes or passes to another interpreter."""

    text: str
    language: str
    made: tuple[str, ...] = ()
    """The steps that made it out of the parent's constants, outermost last: ``("base64", "zlib")``; empty for a plain string."""
    parent: int | None = None
    handed: bool = False
    """It is passed to another interpreter, rather than decoded or run by the same one."""
    span: Span = (0, 0)
    """The expression in the parent's text that gives this text."""
    parse: Parse = "parsed"


class Evidence(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Where something was seen: a span of a layer's text, quoted (at most 160 characters)."""

    layer: int
    span: Span
    quote: str


class Capability(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One thing that the code would do."""

    id: str
    technique: str
    """MITRE ATT&CK technique id."""
    sentence: str
    points: int
    covers: tuple[str, ...] = ()
    """Capabilities that are part of this one: they add nothing to the risk beside it."""
    evidence: tuple[Evidence, ...]
    paths: tuple[str, ...] = ()
    """The files that it deletes, writes or marks, where that matters: see :mod:`~flycatcher.core.payload.touched`."""


class Measures(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How far the text goes to hide what it says."""

    decoded_layers: int = 0
    folded_names: int = 0
    """Names of functions and modules that are put together out of strings."""
    longest_literal: int = 0
    entropy: float = 0.0
    """Bits a character of the outermost text (0 to 8)."""
    hidden_by_width: bool = False
    """A line pushes its code behind 200 blanks or more."""


class Analysis(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What one snippet would do."""

    layers: tuple[Layer, ...]
    capabilities: tuple[Capability, ...] = ()
    nested: tuple[Snippet, ...] = ()
    """Snippets that the code passes to other interpreters."""
    parse: Parse = "parsed"
    shape: str = ""
    """Name of the harmless shape that the whole payload has, by structure; empty if it has none."""
    measures: Measures = Measures()
    notes: tuple[str, ...] = ()
