"""tox.ini and setup.cfg: commands that tox starts without a shell (tox configuration reference), aliases of setup.py."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Searcher, Start
from flycatcher.sources.buildfiles.engine.located import Builder
from flycatcher.sources.buildfiles.engine.yaml import joined, punched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.buildfiles.engine.located import Located

_SECTION = lazy(r"\[([^\]]+)\]")
_KEY = lazy(r"([A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*")
_COMMANDS = frozenset(
    {"commands", "commands_pre", "commands_post", "list_dependencies_command", "install_command", "package_command"}
)
_SUBSTITUTION = re.compile(r"(?<!\\)\{[^{}]*\}")
_ENVPYTHON = lazy(r"\{(?:envpython|env_python)\}|\{env:PYTHON(?::[^{}]*)?\}")
_FACTORS = lazy(r"!?[\w.{},-]+(?:[-,]!?[\w.{},]+)*:[ \t]+")


class Tox(FileType):
    """Commands by environment; ``{...}`` is tox's own and not known."""

    id = "tox"
    comments: ClassVar[tuple[str, ...]] = ("#", ";")
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("tox.ini", "setup.cfg")
    words: ClassVar[tuple[Searcher, ...]] = (*FileType.words, re.compile(rb"\{env_?python\}"))

    def read(self, document: Document) -> Iterator[Start]:
        """Yield each command of each key that holds some."""
        section, key = "", ""
        lines: list[Located] = []
        for line in [*document.located.lines(), None]:
            text = line.text if line is not None else "["
            if line is not None and (text[:1] in " \t" or not text.strip() or text.lstrip()[:1] in "#;"):
                lines.append(line)
                continue
            if key in _COMMANDS:
                yield from commands(lines, (section, key))
            lines, key = [], ""
            head, entry = _SECTION.match(text), _KEY.match(text)
            if head:
                section = head[1]
            elif entry and line is not None:
                key = entry[1]
                lines = [line.part(entry.end(), len(text))]


def commands(lines: list[Located], symbol: tuple[str, ...]) -> Iterator[Start]:
    """Yield the commands of a value: one a line, a backslash at the end goes on."""
    group: list[Located] = []
    for line in lines:
        text = line.text.strip()
        if not group and (not text or text[0] in "#;"):
            continue
        group.append(line.strip())
        if text.endswith("\\"):
            continue
        yield from _command(joined(group), symbol)
        group = []
    if group:
        yield from _command(joined(group), symbol)


def _interpreters(text: Located) -> Located:
    """Return the text with tox's own names of the environment's Python as that."""
    builder, at = Builder(), 0
    for match in _ENVPYTHON.finditer(text.text):
        builder.take(text, at, match.start())
        builder.replace(text, match.start(), match.end(), "python")
        at = match.end()
    builder.take(text, at)
    return builder.done()


def _command(text: Located, symbol: tuple[str, ...]) -> Iterator[Start]:
    """Yield one command: words as a shell splits them, none of its expansions."""
    factors = _FACTORS.match(text.text)
    body = text.part(factors.end() if factors else 0, len(text.text))
    source = (
        punched(_interpreters(body), _SUBSTITUTION).text.replace("\\\n", " ").replace("\\{", "{").replace("\\}", "}")
    )
    try:
        argv = tuple(shlex.split(source.lstrip("-! "), comments=True))
    except ValueError:
        return
    if argv and argv[0] != UNKNOWN:
        span = (body.start(0), body.end(len(body.text)))
        yield Start(argv=argv, span=span, symbol=symbol)
