"""What file types written in YAML share: texts under known keys, lists of commands, placeholders that become holes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.names import base, bourne_grammar_of
from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine import yamltext
from flycatcher.sources.buildfiles.engine.environ import carried
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region, Start
from flycatcher.sources.buildfiles.engine.located import Builder, Located
from flycatcher.sources.buildfiles.engine.shells import words_of_shebang
from flycatcher.sources.buildfiles.engine.yamltext import List, Map, Scalar, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NEVER = re.compile(r"(?!)")
BRACES = lazy(r"\{\{(?:(?!\{\{|\}\}).){0,2000}\}\}", re.DOTALL)
EXPRESSIONS = lazy(r"\$\{\{(?:(?!\$\{\{|\}\}).){0,2000}\}\}", re.DOTALL)


def punched(text: Located, holes: re.Pattern[str]) -> Located:
    """Return the text with every placeholder as a hole."""
    builder, at = Builder(), 0
    for match in holes.finditer(text.text):
        builder.take(text, at, match.start())
        builder.replace(text, match.start(), match.end(), UNKNOWN)
        at = match.end()
    if not at:
        return text
    builder.take(text, at)
    return builder.done()


def joined(parts: Sequence[Located]) -> Located:
    """Return commands that one shell gets, each on a line of its own."""
    builder = Builder()
    for index, part in enumerate(parts):
        if index:
            last = parts[index - 1]
            end = last.end(len(last.text))
            builder.put("\n", end, end)
        builder.take(part)
    return builder.done()


def scalars(node: Tree | None) -> list[Scalar]:
    """Return a scalar, or the scalars of a list (and of lists in it), as a list."""
    if isinstance(node, Scalar):
        return [node]
    if isinstance(node, List):
        return [leaf for item in node.items for leaf in scalars(item)]
    return []


def words(node: Tree | None, holes: re.Pattern[str] = NEVER) -> tuple[str, ...]:
    """Return a list's scalars as the words of a command; none where something else is in it."""
    if not isinstance(node, List):
        return ()
    found = [holes.sub(UNKNOWN, item.value) for item in node.items if isinstance(item, Scalar)]
    return tuple(found) if len(found) == len(node.items) else ()


def extent(node: Tree) -> tuple[int, int]:
    """Return the offsets of a node, from its first character to the end of the last scalar in it."""
    ends = [leaf.end for _, leaf in yamltext.leaves(node)]
    return node.start, max([node.start + 1, *ends])


def script(  # noqa: PLR0913 - the fields of what is yielded
    text: Located,
    symbol: tuple[str, ...],
    env: Mapping[str, str],
    *,
    dialect: str = "bash",
    context: dict[str, str] | None = None,
    confidence: str = "high",
) -> Iterator[Region | Start]:
    """Yield a text that is written to a file and run by its ``#!`` line, or by a shell where it has none."""
    context = context or {}
    words = words_of_shebang(text.text, "/dev/fd/3")
    grammar = bourne_grammar_of(words[0]) if words else dialect
    if grammar:
        yield Region(
            text=text,
            dialect=grammar,
            symbol=symbol,
            env=dict(env),
            context=context,
            confidence=confidence,
        )
        return
    span = (text.start(0), text.end(len(text.text)))
    yield Start(
        argv=(base(words[0]), *words[1:]), span=span, payload=span, descriptors={3: text.text}, env=dict(env), symbol=symbol,
        context={**context, "script": "temporary file"}, confidence=confidence,
    )  # fmt: skip


def variables(node: Map, keys: Sequence[str]) -> Iterator[tuple[str, str, Scalar, str]]:
    """Yield what a node sets: key, name, the scalar that says so, and the value.

    As a map, whose values may be maps themselves (GitLab's ``value`` beside ``description``), as a list of ``NAME=value``, or as a
    list of maps with ``name`` and ``value``.
    """
    for key in keys:
        for name, value in node.map(key).items.items():
            said = value.get("value") if isinstance(value, Map) else value
            if isinstance(said, Scalar):
                yield key, name, said, said.value
        listed = node.get(key)
        for item in listed.items if isinstance(listed, List) else ():
            if isinstance(item, Scalar) and "=" in item.value:
                name, _, text = item.value.partition("=")
                yield key, name, item, text
            elif isinstance(item, Map) and isinstance(said := item.get("value"), Scalar):
                yield key, item.text("name"), said, said.value


def carriers(node: Map, keys: Sequence[str], symbol: tuple[str, ...]) -> Iterator[Start]:
    """Yield what the variables that a node sets make an interpreter run."""
    for key, name, place, value in variables(node, keys):
        yield from carried(name, EXPRESSIONS.sub(UNKNOWN, value), (place.start, place.end), (*symbol, key))


def environment(node: Map, keys: Sequence[str]) -> dict[str, str]:
    """Return what a node sets, UNKNOWN where it is more than plain text."""
    return {
        name: UNKNOWN if "$" in value or "{{" in value else value
        for _key, name, _place, value in variables(node, keys)
        if name.isidentifier()
    }


def snippet(text: Located, argv: tuple[str, ...], symbol: tuple[str, ...], env: Mapping[str, str]) -> Start:
    """Return a start of an interpreter that gets the text as its last word."""
    span = (text.start(0), text.end(len(text.text)))
    return Start(argv=(*argv, text.text), span=span, payload=span, env=dict(env), symbol=symbol)


class KeyedYaml(FileType):
    """Shell text under known keys, anywhere in the tree."""

    keys: ClassVar[Mapping[str, str]] = {}
    """Key to dialect; or to an interpreter, which gets the text in a temporary file."""
    env_keys: ClassVar[tuple[str, ...]] = ("variables", "environment", "env")
    holes: ClassVar[re.Pattern[str]] = NEVER
    naming: ClassVar[tuple[str, ...]] = ("name", "label", "displayName", "key", "id")
    system: ClassVar[str] = ""

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Walk every document of the file."""
        for root in yamltext.documents(document):
            yield from self.walk(root, (), {})

    def walk(self, node: Tree, path: tuple[str, ...], env: Mapping[str, str]) -> Iterator[Region | Start]:
        """Yield what is under a node."""
        from flycatcher.sources.buildfiles.engine import guess  # noqa: PLC0415 - uses this module

        if isinstance(node, List):
            for number, item in enumerate(node.items, 1):
                yield from self.walk(item, (*path, self.title(item, number)), env)
        elif isinstance(node, Map):
            known = {**env, **self.environment(node)}
            yield from carriers(node, self.env_keys, path)
            for key, value in node.items.items():
                if listed := list(guess.listed(value, (*path, key))):
                    yield from listed
                elif key in self.keys and (texts := scalars(value)):
                    yield from self.texts(key, texts, node, (*path, key), known)
                else:
                    yield from self.walk(value, (*path, key), known)
                    yield from guess.at_key((*path, key), value, self.holes)

    def texts(
        self, key: str, texts: list[Scalar], node: Map, symbol: tuple[str, ...], env: Mapping[str, str]
    ) -> Iterator[Region | Start]:
        """Yield the text under one key."""
        del node
        text = joined([punched(each.text, self.holes) for each in texts])
        context = {"ci.system": self.system} if self.system else {}
        dialect = self.keys[key]
        if dialect == "python":
            yield run_by(text, "python", symbol, env, context)
            return
        confidence = "low" if dialect in ("cmd", "pwsh") else "high"
        yield from script(text, symbol, env, dialect=dialect, context=context, confidence=confidence)

    def title(self, item: Tree, number: int) -> str:
        """Return what a list's item is called."""
        if isinstance(item, Map):
            for key in self.naming:
                if item.text(key):
                    return item.text(key)
        return str(number)

    def environment(self, node: Map) -> dict[str, str]:
        """Return what a node sets, as far as it is plain text."""
        return environment(node, self.env_keys)


def run_by(
    text: Located, program: str, symbol: tuple[str, ...], env: Mapping[str, str], context: dict[str, str] | None = None
) -> Start:
    """Return the start of the program that gets a text in a temporary file."""
    span = (text.start(0), text.end(len(text.text)))
    return Start(
        argv=(program, "/dev/fd/3"), span=span, payload=span, descriptors={3: text.text}, env=dict(env), symbol=symbol,
        context={**(context or {}), "script": "temporary file"},
    )  # fmt: skip
