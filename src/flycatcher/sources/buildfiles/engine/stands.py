"""Where commands stand in a tree: ``jobs/*/steps/run`` is a shell's text, ``services/*/command`` a list of words.

YAML, JSON, TOML and HCL give the same tree, so a file type that keeps its commands under keys is a table of ways to them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from flycatcher.core.interpreters.names import WINDOWS, grammar_of, interpreter_by_name, words_in_variables
from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine import guess, hcl, jsontext, toml, yamltext
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Injection, Region, Start
from flycatcher.sources.buildfiles.engine.located import Builder
from flycatcher.sources.buildfiles.engine.nested import inside, user_data
from flycatcher.sources.buildfiles.engine.shells import words_of
from flycatcher.sources.buildfiles.engine.words import split
from flycatcher.sources.buildfiles.engine.yaml import (
    NEVER,
    carriers,
    environment,
    extent,
    joined,
    run_by,
    scalars,
    script,
)
from flycatcher.sources.buildfiles.engine.yamltext import List, Map, Scalar, Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flycatcher.sources.buildfiles.engine.located import Located


class At(Struct, frozen=True):
    """A way to commands, and what they are."""

    way: str
    """Keys from the root with ``/`` between them: ``*`` is one key or a part of one, ``**`` any number of keys, ``a|b`` either.
    Lists are gone through without a word."""
    form: str = "text"
    """``text``: a shell's, a list of texts is one text; ``each``: every text has a shell of its own; ``argv``: words, a text is split
    into some; ``argvs``: every text or list is words; ``either``: a list is words, a text is a shell's; ``program``: a program, its
    words stand beside it."""
    dialect: str = "sh"
    """A shell, or the interpreter that gets the text in a temporary file; ``user-data`` and ``dockerfile`` are files of their own."""
    beside: str = ""
    """``program``: the key of the words; else that of the interpreter, where the file names another one (``|`` between several)."""
    hook: str = ""
    """What runs the command without being asked to: ``install``, ``open``, ``git``."""
    confidence: str = "high"


class Site(Struct, frozen=True):
    """A node that a way leads to, with what is known there."""

    document: Document
    node: Tree
    parent: Map
    symbol: tuple[str, ...]
    env: Mapping[str, str]


READERS: dict[str, Callable[[Document], list[Tree]]] = {
    "yaml": yamltext.documents,
    "json": lambda document: [jsontext.tree(document)],
    "toml": lambda document: [toml.tree(document)],
    "hcl": lambda document: [hcl.tree(document)],
}
MAX_DEPTH = 100


@cache
def compiled(way: str) -> re.Pattern[str]:
    """Return the expression that a path of keys, each with a ``/`` behind it, must match."""
    parts = []
    for part in way.split("/"):
        if part == "**":
            parts.append(r"(?:[^/]*/)*")
        else:
            body = re.escape(part).replace(r"\*", "[^/]*").replace(r"\|", "|")
            parts.append(f"(?:{body})/")
    return re.compile("".join(parts))


class _Named:
    """Looks for what a file may call the interpreter of a text that stands under another key."""

    def search(self, data: bytes, /) -> object | None:
        """Return something true where an interpreter is named, in any case."""
        return _names().search(data)


@cache
def _names() -> re.Pattern[bytes]:
    """Return the names, as the registry has them."""
    return re.compile("|".join(sorted({*words_in_variables(), "shell"})).encode(), re.IGNORECASE)


BY_NAME = _Named()


class Stands(FileType):
    """A file type that is a table of ways."""

    format: ClassVar[str] = "yaml"
    """One of READERS; empty: the suffix tells, else the first character."""
    formats: ClassVar[Mapping[str, str]] = {}
    """The format of files by name, where no suffix tells it."""
    at: ClassVar[tuple[At, ...]] = ()
    marks: ClassVar[tuple[re.Pattern[str], ...]] = ()
    """Where the name alone does not tell: all of these stand in such a file."""
    holes: ClassVar[re.Pattern[str]] = NEVER
    """Placeholders."""
    templates: ClassVar[bool] = False
    """Such files are templates of Jinja's."""
    env_keys: ClassVar[tuple[str, ...]] = ("env", "environment")
    naming: ClassVar[tuple[str, ...]] = ("name", "label", "id", "key", "displayName", "title")
    system: ClassVar[str] = ""
    """The CI system."""

    def accepts(self, document: Document) -> bool:
        """Look for the marks."""
        return all(mark.search(document.text) for mark in self.marks)

    def roots(self, document: Document) -> list[Tree]:
        """Return the trees of a file."""
        kind = self.formats.get(document.name, self.format)
        if not kind:
            suffix = document.name.rpartition(".")[2]
            braces = document.text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")
            kind = suffix if suffix in READERS else "json" if braces else "yaml"
        return READERS[kind](document)

    def read(self, document: Document) -> Iterator[Region | Start | Injection]:
        """Go through the trees."""
        inner = Document(document.path, without_templates(document.text)) if self.templates else document
        for root in self.roots(inner):
            yield from self._walk(Site(inner, root, Map(), (), {}), ())
        if inner is not document:
            document.problems.extend(inner.problems)

    def _walk(self, site: Site, path: tuple[str, ...]) -> Iterator[Region | Start | Injection]:
        """Yield what a node holds: by the first way that leads to it, else what is in it."""
        node, symbol, place = site.node, site.symbol, None
        if path:
            said = "".join(key.replace("/", "\u2044") + "/" for key in path)
            place = next((each for each in self.at if compiled(each.way).fullmatch(said)), None)
            if place and not (place.form == "text" and isinstance(node, Map)):
                held = list(self.held(place, site))
                yield from held
                if isinstance(node, Scalar) or (held and not _maps(node)):
                    return
                node = (
                    List(tuple(item for item in node.items if isinstance(item, Map)))
                    if isinstance(node, List) and held
                    else node
                )
        if path and place is None:
            yield from guess.at_key(path, node, self.holes)
            yield from guess.listed(node, symbol)
        if isinstance(node, List) and len(symbol) < MAX_DEPTH:
            for number, item in enumerate(node.items, 1):
                yield from self._walk(replace(site, node=item, symbol=(*symbol, *self._title(item, number))), path)
        elif isinstance(node, Map) and len(path) < MAX_DEPTH:
            yield from carriers(node, self.env_keys, symbol)
            known = {**site.env, **environment(node, self.env_keys)}
            for key, value in node.items.items():
                yield from self._walk(Site(site.document, value, node, (*symbol, key), known), (*path, key))

    def _title(self, item: Tree, number: int) -> tuple[str, ...]:
        """Return what a list's item is called, nothing for a text."""
        if isinstance(item, Scalar):
            return ()
        named = (item.text(key) for key in self.naming) if isinstance(item, Map) else ()
        return (next(filter(None, named), str(number)),)

    def context(self, place: At) -> dict[str, str]:
        """Return what is said about a command beside the command."""
        system = {"ci.system": self.system} if self.system else {}
        return {**system, **({"hook": place.hook} if place.hook else {})}

    def held(self, place: At, site: Site) -> Iterator[Region | Start | Injection]:
        """Yield the commands of one node."""
        if place.form == "program":
            yield from self._program(place, site)
        elif place.form in ("argv", "argvs") or (place.form == "either" and isinstance(site.node, List)):
            yield from self._words(place, site)
        else:
            texts = scalars(site.node)
            whole = place.form == "text"
            for group in [texts] if whole and texts else [[each] for each in texts]:
                yield from self.text(place, site, group)

    def text(self, place: At, site: Site, texts: list[Scalar]) -> Iterator[Region | Start | Injection]:
        """Yield a text for a shell or another interpreter."""
        located = joined([filled(each.text, self.holes) for each in texts])
        if place.dialect == "user-data":
            yield from user_data(site.document, located, site.symbol, site.env)
            return
        if place.dialect == "buildspec":
            from flycatcher.sources.buildfiles.ci_hosted import CodeBuild  # noqa: PLC0415 - only for inline ones

            yield from inside(site.document, located, CodeBuild())
            return
        if place.dialect == "dockerfile":
            from flycatcher.sources.buildfiles.dockerfile import Dockerfile  # noqa: PLC0415 - only for inline ones

            yield from inside(site.document, located, Dockerfile())
            return
        given = next((site.parent.text(key) for key in place.beside.split("|") if site.parent.text(key)), "")
        named = words_of(given.replace("{0}", "").lower()) if given[:1] != "@" else []
        program = named[0] if named else place.dialect
        grammar = grammar_of(program)
        if grammar or "{" in program:
            confidence = "low" if grammar in WINDOWS else place.confidence
            yield from script(
                located, site.symbol, site.env, dialect=grammar or "sh", context=self.context(place), confidence=confidence
            )  # fmt: skip
        else:
            yield run_by(located, program.rpartition("/")[2], site.symbol, site.env, self.context(place))

    def _words(self, place: At, site: Site) -> Iterator[Start]:
        """Yield a list of words, or each list in it; a text is split into words."""
        node = site.node
        if isinstance(node, List) and (place.form == "argvs" or any(isinstance(item, List) for item in node.items)):
            for item in node.items:
                yield from self._words(At(place.way, "argv"), replace(site, node=item))
            return
        argv = self._listed(node) if isinstance(node, List) else ()
        if isinstance(node, Scalar):
            argv = split(filled(node.text, self.holes).text)
        if argv:
            yield Start(
                argv=argv, span=extent(node), env=dict(site.env), symbol=site.symbol, context=self.context(place),
                confidence=place.confidence,
            )  # fmt: skip

    def _listed(self, node: Tree) -> tuple[str, ...]:
        """Return the words of a list of texts; none where something else is in it."""
        items = node.items if isinstance(node, List) else ()
        found = tuple(filled(item.text, self.holes).text for item in items if isinstance(item, Scalar))
        return found if len(found) == len(items) else ()

    def _program(self, place: At, site: Site) -> Iterator[Start]:
        """Yield a program with the words beside it."""
        given = [node for key in place.beside.split("|") if (node := site.parent.get(key)) is not None]
        argv = self._listed(site.node) if isinstance(site.node, List) else split(site.node.value) if (
            isinstance(site.node, Scalar)) else ()  # fmt: skip
        for node in given:
            argv += split(filled(node.text, self.holes).text) if isinstance(node, Scalar) else self._listed(node)
        if argv:
            spans = [extent(node) for node in (site.node, *given)]
            span = (min(low for low, _ in spans), max(high for _, high in spans))
            yield Start(
                argv=argv, span=span, env=dict(site.env), symbol=site.symbol, context=self.context(place),
                confidence=place.confidence,
            )  # fmt: skip


def _maps(node: Tree) -> bool:
    """Whether a list holds maps beside texts."""
    return isinstance(node, List) and any(isinstance(item, Map) for item in node.items)


def filled(text: Located, holes: re.Pattern[str]) -> Located:
    """Return the text with every placeholder as a hole, or as the interpreter that it is named after."""
    builder, at = Builder(), 0
    for match in holes.finditer(text.text):
        builder.take(text, at, match.start())
        name = _NAME.search(match[0])
        builder.replace(text, match.start(), match.end(), (interpreter_by_name(name[0]) if name else "") or UNKNOWN)
        at = match.end()
    if not at:
        return text
    builder.take(text, at)
    return builder.done()


def without_templates(text: str) -> str:
    """Return a template's text as YAML, every place kept: lines that only steer are comments."""
    if "{%" in text or "{#" in text:
        text = _STEERING.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    return _LEADING.sub(_leading, text) if "{{" in text else text


def _leading(match: re.Match[str]) -> str:
    """Return a value's beginning, which is no mapping of YAML's, as what it is named after, as long as it was."""
    name = _NAME.search(match[2])
    said = interpreter_by_name(name[0]) if name else ""
    return match[1] + (said.ljust(len(match[2])) if said else UNKNOWN * len(match[2]))


_NAME = lazy(r"[A-Za-z_]\w*(?=\W*$)")
_LEADING = lazy(r"(?m)(^[ \t]*(?:-[ \t]+|[\w.-]+:[ \t]+)+)(\{\{(?:(?!\}\}|\n).)*\}\})")
_STEERING = lazy(r"\{%(?:(?!%\}).)*%\}|\{#(?:(?!#\}).)*#\}", re.DOTALL)
