"""just (the manual's grammar): recipes line by line, recipes with a ``#!`` line, backticks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.names import BOURNE
from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region, Start
from flycatcher.sources.buildfiles.engine.located import Builder, Located, between
from flycatcher.sources.buildfiles.engine.shells import grammar_of_line
from flycatcher.sources.buildfiles.engine.stands import filled
from flycatcher.sources.buildfiles.engine.yaml import BRACES, joined, script, snippet

if TYPE_CHECKING:
    from collections.abc import Iterator

_RECIPE = lazy(
    r"@?([A-Za-z_][\w-]*)(?:[ \t]+[$*+]*[A-Za-z_][\w-]*(?:=(?:'[^'\n]*'|\"(?:\\.|[^\"\\\n])*\"|`[^`\n]*`|\((?:[^()\n]|\([^()\n]*\))*\)|"
    r"[A-Za-z_][\w-]*(?:\([^()\n]*\))?))?)*[ \t]*:(?!=)"
)
"""A recipe's name and its parameters, each with its default value."""
_ATTRIBUTE = lazy(r"\[[^\n]*\bscript\b(?:\(([^)\n]*)\))?[^\n]*\]")
_INTERPRETER = lazy(r"set[ \t]+script-interpreter[ \t]*:=[ \t]*\[(.*?)\]")
_CALL = lazy(r"\bshell\([ \t]*(?:'([^'\n]*)'|\"((?:\\.|[^\"\\\n])*)\")")
_SHELL = lazy(r"set[ \t]+shell[ \t]*:=[ \t]*\[(.*?)\]")
_STRING = lazy(r"'([^']*)'|\"((?:\\.|[^\"\\])*)\"")
_LONG = lazy(r"^[^\s#][^`\n]*:=[^`\n]*```((?:(?!```).)*\n(?:(?!```).)*)```", re.DOTALL | re.MULTILINE)
"""Backticks over several lines."""
_BACKTICK = lazy(r"```(.*?)```|`([^`\n]*)`", re.DOTALL)


class Justfile(FileType):
    """Each line of a recipe is a shell's; a recipe with a ``#!`` line is written to a temporary file and run."""

    id = "justfile"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("justfile", "Justfile", ".justfile", "*.just", "JUSTFILE")
    shebangs: ClassVar[tuple[str, ...]] = ("just",)

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Go through the file by indentation."""
        shell: tuple[str, ...] = ("sh", "-cu")
        interpreter: tuple[str, ...] = ("sh", "-eu")
        for tick in _LONG.finditer(document.text):
            yield from _command(between(document.text, *tick.span(1)), ("expression",), shell)
        opened = False
        program, recipe, body = tuple[str, ...](), "", list[Located]()
        for line in [*document.located.lines(), None]:
            text = line.text if line is not None else ""
            if line is not None and not recipe and opened:
                opened = "```" not in text
                body = []
                continue
            opened = line is not None and not text.startswith((" ", "\t")) and text.count("```") == 1
            if line is not None and (not text.strip() or (recipe and text[:1] in " \t")):
                body.append(line)
                continue
            yield from _recipe(recipe, body, shell, program)
            program, body = program if not recipe else (), []
            recipe = ""
            if line is None or text.startswith("#"):
                continue
            match = _SHELL.match(text)
            if match:
                shell = _strings(match[1]) or shell
            if match := _INTERPRETER.match(text):
                interpreter = _strings(match[1]) or interpreter
            if match := _ATTRIBUTE.match(text):
                program = _strings(match[1] or "") or interpreter
            head = _RECIPE.match(text)
            recipe = head[1] if head else ""
            yield from _expressions(line, shell)


def _expressions(line: Located, shell: tuple[str, ...]) -> Iterator[Region | Start]:
    """Yield the commands in a line's expressions: calls of ``shell``, backticks."""
    for pattern in (_CALL, _BACKTICK):
        for match in pattern.finditer(line.text):
            group = 1 if match[1] is not None else 2
            yield from _command(line.part(match.start(group), match.end(group)), ("expression",), shell)


def _strings(text: str) -> tuple[str, ...]:
    """Return what the strings of a list say."""
    return tuple(match[1] if match[1] is not None else match[2] for match in _STRING.finditer(text))


def _recipe(
    name: str, body: list[Located], shell: tuple[str, ...], program: tuple[str, ...] = ()
) -> Iterator[Region | Start]:
    """Read one recipe's body."""
    while body and not body[-1].text.strip():
        body.pop()
    if not name or not body:
        return
    indent = min((len(line.text) - len(line.text.lstrip()) for line in body if line.text.strip()), default=0)
    lines = [filled(line.part(min(indent, len(line.text)), len(line.text)), BRACES) for line in body]
    symbol = ("recipe " + name,)
    if program:
        yield from _run_by(joined(lines), program, symbol)
        return
    if lines[0].text.startswith("#!"):
        yield from script(joined(lines), symbol, {}, dialect="sh")
        return
    group: list[Located] = []
    for line in lines:
        group.append(line)
        if line.text.endswith("\\"):
            continue
        text = joined(group)
        group = []
        start = len(text.text) - len(text.text.lstrip("@- "))
        yield from _command(text.part(start, len(text.text)), symbol, shell)


def _run_by(text: Located, program: tuple[str, ...], symbol: tuple[str, ...]) -> Iterator[Region | Start]:
    """Hand a recipe's whole text, in a temporary file, to the program of its ``[script]`` attribute."""
    if program == ("uv", "run", "--script"):
        program = ("python3",)  # uv starts the Python that the text asks for
    grammar = grammar_of_line(" ".join(program))
    if grammar in BOURNE:
        yield Region(text=text, dialect=grammar, symbol=symbol)
        return
    span = (text.start(0), text.end(len(text.text)))
    yield Start(
        argv=(*program, "/dev/fd/3"), span=span, payload=span, descriptors={3: text.text}, symbol=symbol,
        context={"script": "temporary file"},
    )  # fmt: skip


def _command(text: Located, symbol: tuple[str, ...], shell: tuple[str, ...]) -> Iterator[Region | Start]:
    """Hand one line to the shell that is set."""
    if not text.text.strip() or text.text.startswith("#"):
        return
    grammar = grammar_of_line(" ".join(shell))
    if grammar in BOURNE:
        yield Region(text=text, dialect=grammar, symbol=symbol)
    elif grammar:
        yield Region(text=text, dialect="pwsh", symbol=symbol, confidence="low")
    else:
        builder = Builder()
        builder.take(text)
        yield snippet(builder.done(), shell, symbol, {})
