"""pyproject.toml: the tables of tools that run commands (poe, taskipy, hatch, pdm, cibuildwheel, tox)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from flycatcher.core.interpreters.names import grammar_of
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine import guess, toml
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region, Start
from flycatcher.sources.buildfiles.engine.yaml import punched, run_by
from flycatcher.sources.buildfiles.engine.yamltext import Map, Scalar
from flycatcher.sources.buildfiles.ini import commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.buildfiles.engine.located import Located
    from flycatcher.sources.buildfiles.engine.yamltext import Tree

_BRACES = re.compile(r"\{[^{}]*\}")
_SHELL_TABLES = (
    ("poe", "tasks"), ("taskipy", "tasks"), ("pdm", "scripts"), ("hatch", "envs"), ("cibuildwheel",), ("rye", "scripts"),
    ("briefcase",), ("semantic_release",), ("pixi", "tasks"),
)  # fmt: skip
_NO_COMMANDS = frozenset(
    {
        "help",
        "args",
        "cwd",
        "deps",
        "envfile",
        "dependencies",
        "features",
        "python",
        "extra-dependencies",
        "build",
        "skip",
    }
)


class PyProject(FileType):
    """Commands in ``[tool.*]`` tables."""

    id = "pyproject"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("pyproject.toml", "pixi.toml", "hatch.toml")

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Take the values from TOML's own reader, and their places from the text."""
        root: dict[str, Any] = toml.values(document)
        tool = root.get("tool", {})
        strings = toml.Strings(document.text)
        for way in _SHELL_TABLES:
            table: Any = tool if way[0] in tool else root if document.name == f"{way[0]}.toml" else {}
            for key in way if table is tool else way[1:]:
                table = table.get(key, {}) if isinstance(table, dict) else {}
            for path, words in _words(table, way):
                yield _started(words, path, strings)
            for path, text in _leaves(table, way):
                yield Region(
                    text=punched(strings.find(text), _BRACES), dialect="sh", symbol=("tool", *path), confidence="medium"
                )
        if document.name == "pixi.toml":
            for key in ("feature", "target", "environments"):
                table = toml.tree(document)
                yield from guess.in_tree(table.map(key) if isinstance(table, Map) else Map(), (key,))
        known = {way[0] for way in _SHELL_TABLES if way[0] != "cibuildwheel"}
        whole = toml.tree(document)
        rest = whole.map("tool") if isinstance(whole, Map) else Map()
        for name, node in rest.items.items():
            if name not in ("cibuildwheel", "tox"):
                yield from (
                    guess.in_tree(node, ("tool", name)) if name not in known else _interpreted(node, ("tool", name))
                )
        yield from _tox(tool.get("tox"), strings)
        ini = tool.get("tox", {}).get("legacy_tox_ini") if isinstance(tool.get("tox"), dict) else None
        if isinstance(ini, str):
            yield from _legacy(strings.find(ini))


def _interpreted(node: Tree, symbol: tuple[str, ...]) -> Iterator[Start]:
    """Yield the texts that poe gives to another interpreter than a shell."""
    for key, value in node.items.items() if isinstance(node, Map) else ():
        text, program = (value.get("shell"), value.text("interpreter")) if isinstance(value, Map) else (None, "")
        if isinstance(text, Scalar) and program and not grammar_of(program):
            yield run_by(text.text, program, (*symbol, key), {})
        yield from _interpreted(value, (*symbol, key))


def _words(value: object, path: tuple[str, ...], depth: int = 0) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Yield the commands of a table that are lists of words (pixi's ``cmd``)."""
    for key, inner in value.items() if isinstance(value, dict) and depth < 20 else ():
        if key == "cmd" and isinstance(inner, list) and inner and all(isinstance(word, str) for word in inner):
            yield (*path, key), inner
        else:
            yield from _words(inner, (*path, key), depth + 1)


def _started(words: list[str], path: tuple[str, ...], strings: toml.Strings) -> Start:
    """Return the start of a list of words, which stand one behind the other."""
    placed = [strings.find(word) for word in words]
    span = (placed[0].start(0), placed[-1].end(len(placed[-1].text)))
    argv = tuple(_BRACES.sub(UNKNOWN, word) for word in words)
    return Start(argv=argv, span=span, symbol=("tool", *path))


def _tox(table: object, strings: toml.Strings, depth: int = 0) -> Iterator[Start]:
    """Read tox's native format: ``commands`` is a list of lists of words, in any environment's table."""
    for key, value in table.items() if isinstance(table, dict) and depth < 4 else ():
        if key in ("commands", "commands_pre", "commands_post") and isinstance(value, list):
            for words in value:
                if isinstance(words, list) and words and all(isinstance(word, str) for word in words):
                    yield _started(words, ("tox", key), strings)
        else:
            yield from _tox(value, strings, depth + 1)


def _legacy(text: Located) -> Iterator[Start]:
    """Read tox's own format inside a string."""
    group: list[Located] = []
    reading = False
    for line in [*text.lines(), None]:
        if line is not None and reading and (line.text[:1] in (" ", "\t") or not line.text.strip()):
            group.append(line)
            continue
        if reading:
            yield from commands(group, ("tool", "tox"))
        head = re.match(r"commands(?:_pre|_post)?[ \t]*=[ \t]*", line.text) if line is not None else None
        reading = head is not None
        group = [line.part(head.end(), len(line.text))] if head and line is not None else []


def _leaves(value: object, path: tuple[str, ...], depth: int = 0) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the texts of a table that may be commands."""
    if isinstance(value, str):
        yield path, value
    elif depth < 20 and isinstance(value, dict):
        for key, inner in value.items():
            if key not in _NO_COMMANDS:
                yield from _leaves(inner, (*path, key), depth + 1)
    elif depth < 20 and isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, path, depth + 1)
