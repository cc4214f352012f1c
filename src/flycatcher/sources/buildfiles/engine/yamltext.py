"""YAML with places: a tree of maps, lists and scalars, every scalar a located text (YAML 1.2, chapters 7 and 8)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine.filetype import Document
from flycatcher.sources.buildfiles.engine.located import Builder, Located, Segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.buildfiles.engine.filetype import Problem

MAX_DEPTH = 100
MAX_NODES = 100_000
DEEP = 500
"""Collections in each other, as far as they are read."""
MAX_REPAIRS = 20
_ESCAPES = {"x": 2, "u": 4, "U": 8}
_SINGLE = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip


class Scalar(Struct, frozen=True):
    """A leaf: its text with places, whether it was quoted or a block."""

    text: Located
    start: int
    end: int
    plain: bool = False

    @property
    def value(self) -> str:
        """The text alone."""
        return self.text.text


class Map(Struct, frozen=True):
    """A mapping, in the file's order; of keys that stand twice, the last."""

    items: dict[str, Scalar | Map | List] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    """Where each key is written."""
    start: int = 0
    tag: str = ""

    def get(self, *path: str) -> Scalar | Map | List | None:
        """Follow keys down; None where there is no such way."""
        node: Scalar | Map | List | None = self
        for key in path:
            node = node.items.get(key) if isinstance(node, Map) else None
        return node

    def map(self, *path: str) -> Map:
        """Return the mapping at a way of keys, an empty one where there is none."""
        node = self.get(*path)
        return node if isinstance(node, Map) else Map()

    def text(self, *path: str) -> str:
        """Return the scalar's value at a way of keys, empty where there is none."""
        node = self.get(*path)
        return node.value if isinstance(node, Scalar) else ""


class List(Struct, frozen=True):
    """A sequence."""

    items: tuple[Scalar | Map | List, ...] = ()
    start: int = 0


Tree = Scalar | Map | List


def documents(document: Document) -> list[Tree]:
    """Return the documents of a YAML file, as far as they can be read; problems are noted in the document.

    A line that does not parse (a template's ``{% if %}``) is blanked, and the rest is read. Several types may look at the same file.
    """
    found, problems = _of(document.text)
    document.problems.extend(problems)
    return list(found)


@lru_cache(maxsize=2)
def _of(text: str) -> tuple[tuple[Tree, ...], tuple[Problem, ...]]:
    """Return the documents of a text, and its problems."""
    document = Document("", text)
    return tuple(_documents(document)), tuple(document.problems)


def _documents(document: Document) -> list[Tree]:
    """Return the documents of a YAML file; problems are noted in the document."""
    import yaml  # noqa: PLC0415 - only for YAML files

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text, shift = _input(document)
    if _too_deep(text, loader):
        document.problem(0, "not YAML: nested too deeply", stops=True)
        return []
    out: list[Tree] = []
    for repairs in range(MAX_REPAIRS):
        out = []
        try:
            _compose(document, text, shift, loader, out)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            if mark is None:
                return out
            repaired = _blanked(text, mark.index) if repairs < MAX_REPAIRS - 1 else None
            document.problem(
                mark.index + shift, f"not YAML: {error.problem or error.context}", stops=repaired is None, blanked=True
            )
            if repaired is None:
                return out
            text = repaired
            continue
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            document.problem(0, f"not YAML: {type(error).__name__}", stops=True)
        return out
    return out


def _input(document: Document) -> tuple[str, int]:
    """Return a file's text as YAML takes it, and by how much its positions are behind those in the file."""
    text = document.text.replace("\0", " ")
    # libyaml does not count a byte order mark as a character of its input
    shift = 1 if text.startswith("\ufeff") else 0
    if text.isascii() and not _CONTROL.search(text):
        return text, shift
    return "".join(c if _printable(c) else "?" for c in text[shift:]), shift


def _compose(document: Document, text: str, shift: int, loader: Any, out: list[Tree]) -> None:  # noqa: ANN401 - no types
    """Add the trees of all documents in a text to ``out``. Raises yaml.YAMLError, with those before the error added."""
    import yaml  # noqa: PLC0415

    for node in yaml.compose_all(text, Loader=loader):
        if node:
            maker = _Maker(text, shift)
            out.append(maker.tree(node, 0))
            if maker.count > maker.most:
                where, said = maker.stopped or node.start_mark.index, f"more than {maker.most} nodes"
                document.problem(where + shift, f"{said}: the rest was not read", stops=True)


def _too_deep(text: str, loader: Any) -> bool:  # noqa: ANN401 - PyYAML has no types
    """Whether collections stand in each other so deeply that libyaml's own recursion would end the process."""
    import yaml  # noqa: PLC0415

    if text.count("[") + text.count("{") < DEEP and not _NESTED.search(text):
        return False
    depth = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEP:
                return True
    except yaml.YAMLError:
        # what is behind is not read either; the beginning may be deep already
        return depth > DEEP // 2
    return False


_NESTED = lazy(r"(?:[-?:] ){50}| {500}|(?:[-?:]\t){50}")
_QUOTES = ("'", '"')
_BLOCKS = ("|", ">")
_PROPERTIES = lazy(r"(?:[!&]\S*[ \t]+)+")
_CONTROL = lazy(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _printable(character: str) -> bool:
    """Whether YAML allows a character (5.1)."""
    code = ord(character)
    return (
        code in (9, 10, 13, 0x85)
        or 0x20 <= code <= 0x7E
        or 0xA0 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or code > 0xFFFF
    )


def _blanked(text: str, index: int) -> str | None:
    """Return the text with the line at ``index``, or the next one above it that is not blank, turned into a comment."""
    end = min(index, len(text) - 1)
    while end >= 0:
        start = text.rfind("\n", 0, end) + 1
        stop = text.find("\n", start)
        stop = len(text) if stop < 0 else stop
        line = text[start:stop]
        if line.strip() and not line.lstrip().startswith("#"):
            return (
                text[:start]
                + "#"
                + " " * (len(line.rstrip("\r")) - 1)
                + ("\r" if line.endswith("\r") else "")
                + text[stop:]
            )
        end = start - 1
    return None


class _Maker:
    """Turns PyYAML's nodes into the tree; an alias to a node above itself ends there."""

    def __init__(self, text: str, shift: int) -> None:
        """Keep the text that the marks count in."""
        self.text = text
        self.shift = shift
        self.count = 0
        self.most = MAX_NODES + len(text) // 2
        """Every node has a character of its own and one that parts it from the next: only aliases lead to more."""
        self.stopped = 0
        """Where the first node stands that was left out."""
        self.open: set[int] = set()

    def tree(self, node: Any, depth: int) -> Tree:  # noqa: ANN401 - PyYAML's nodes have no types
        """Return one node and what is in it."""
        self.count += 1
        start = node.start_mark.index + self.shift
        if node.id == "scalar":
            return self._scalar(node, start)
        if self.count > self.most and not self.stopped:
            self.stopped = node.start_mark.index
        if depth > MAX_DEPTH or self.count > self.most or id(node) in self.open:
            return Map(start=start)
        self.open.add(id(node))
        try:
            if node.id == "sequence" and node.tag == "!reference":
                return List((), start)  # GitLab's: the keys that lead to what is read where it stands
            if node.id == "sequence":
                return List(tuple(self.tree(each, depth + 1) for each in node.value), start)
            return self._map(node, start, depth)
        finally:
            self.open.discard(id(node))

    def _map(self, node: Any, start: int, depth: int) -> Map:  # noqa: ANN401
        """Return a mapping; ``<<`` brings in what it does not have itself (YAML 1.1 merge keys)."""
        items: dict[str, Tree] = {}
        keys: dict[str, int] = {}
        merged: list[Tree] = []
        for key, value in node.value:
            name = key.value if key.id == "scalar" else ""
            made = self.tree(value, depth + 1)
            if name == "<<" and not key.style:
                merged.extend(made.items if isinstance(made, List) else (made,))
                continue
            items[name] = made
            keys[name] = key.start_mark.index + self.shift
        for each in merged:
            if isinstance(each, Map):
                items = {**each.items, **items}
                keys = {**each.keys, **keys}
        return Map(items, keys, start, str(node.tag or ""))

    def _scalar(self, node: Any, start: int) -> Scalar:  # noqa: ANN401
        """Return a leaf with its places."""
        low, high = node.start_mark.index, node.end_mark.index
        # a tag or an anchor belongs to the node, and stands before the text
        properties = _PROPERTIES.match(self.text, low, high)
        low = properties.end() if properties else low
        source, start = self.text[low:high], low + self.shift
        located = align(source, str(node.value), node.style or None, start)
        return Scalar(located, start, high + self.shift, plain=not node.style)


def align(source: str, value: str, style: str | None, start: int) -> Located:
    """Return ``value`` with the places of its characters in ``source``, which begins at file offset ``start``.

    ``style`` is PyYAML's: ``|``, ``>``, ``'``, ``"`` or None. Where the two do not fit, every character gets the whole span.
    """
    verbatim = 1 if style in _QUOTES else 0
    if value and source[verbatim : len(source) - verbatim] == value and style not in _BLOCKS:
        start += verbatim
        return Located(value, [Segment(0, len(value), start, start + len(value))])
    builder = Builder()
    if style in _QUOTES:
        _quoted(source, start, builder, single=style == "'")
    else:
        _by_lines(_contents(source, value, block=style is not None), value, start, builder, len(source))
    located = builder.done()
    if located.text == value:
        return located
    return Located(value, [Segment(0, len(value), start, start + len(source))] if value else [])


def _contents(source: str, value: str, *, block: bool) -> list[tuple[int, str]]:
    """Return the lines' contents: in a block scalar what stands behind its indentation, else all but the white space around."""
    out: list[tuple[int, str]] = []
    at = source.find("\n") + 1 if block else 0
    indent = -1
    inner = value.lstrip("\n")
    margin = len(inner) - len(inner.lstrip(" "))
    for line in source[at:].split("\n"):
        text = line.removesuffix("\r")
        content = text.strip(" \t")
        if content and block:
            if indent < 0:
                indent = max(0, len(text) - len(text.lstrip(" ")) - margin)
            content = text[indent:]
        elif block:
            content = text[indent:] if indent >= 0 else ""
        if content:
            out.append((at + text.find(content, max(indent, 0) if block else 0), content))
        at += len(line) + 1
    return out


def _by_lines(lines: list[tuple[int, str]], value: str, start: int, builder: Builder, size: int) -> None:
    """Put the contents where the value has them; what lies between stands for the line ends and folds."""
    done = behind = 0
    for at, content in lines:
        found = done
        while not value.startswith(content, found) and value[found : found + 1] in (" ", "\n"):
            found += 1
        if not value.startswith(content, found):
            break
        builder.put(value[done:found], start + behind, start + at)
        builder.put(content, start + at, start + at + len(content))
        done, behind = found + len(content), at + len(content)
    builder.put(value[done:], start + behind, start + max(size, behind))


def _quoted(source: str, start: int, builder: Builder, *, single: bool) -> None:
    """Read a quoted scalar as YAML does: escapes, doubled quotes, folded lines."""
    at, end = 1, len(source) - 1
    while at < end:
        stop = at
        while stop < end and source[stop] not in "\\\n'\" \t\r":
            stop += 1
        if stop > at:
            builder.put(source[at:stop], start + at, start + stop)
            at = stop
            continue
        char = source[at]
        if char in " \t\r\n":
            at = _fold(source, at, end, start, builder)
        elif char == "\\" and not single:
            at = _escape(source, at, start, builder)
        else:
            width = 2 if single and char == "'" else 1
            builder.put(char, start + at, start + at + width)
            at += width


def _fold(source: str, at: int, end: int, start: int, builder: Builder) -> int:
    """Read white space: with a line end in it, it folds to a blank or to the empty lines in it."""
    stop = at
    while stop < end and source[stop] in " \t\r\n":
        stop += 1
    lines = source.count("\n", at, stop)
    if not lines:
        builder.put(source[at:stop], start + at, start + stop)
    else:
        builder.put(" " if lines == 1 else "\n" * (lines - 1), start + at, start + stop)
    return stop


def _escape(source: str, at: int, start: int, builder: Builder) -> int:
    """Read one escape of a double-quoted scalar (YAML 1.2, 5.7)."""
    letter = source[at + 1 : at + 2]
    if letter in ("\n", "\r"):
        stop = source.find("\n", at) + 1
        while source[stop : stop + 1] in (" ", "\t"):
            stop += 1
        return stop
    width = 2 + _ESCAPES.get(letter, 0)
    if letter in _ESCAPES:
        try:
            text = chr(int(source[at + 2 : at + width], 16))
        except (ValueError, OverflowError):
            text = "?"
    else:
        text = _SINGLE.get(letter, letter)
    builder.put(text, start + at, start + at + width)
    return at + width


def leaves(tree: Tree, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Scalar]]:
    """Yield every scalar with the keys and indexes that lead to it."""
    if isinstance(tree, Scalar):
        yield path, tree
    elif isinstance(tree, Map):
        for key, value in tree.items.items():
            yield from leaves(value, (*path, key))
    else:
        for number, value in enumerate(tree.items):
            yield from leaves(value, (*path, str(number)))
