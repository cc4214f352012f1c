"""systemd units: Exec lines (systemd.service(5), "Command lines"; systemd.syntax(7))."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine.environ import carried
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Start

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LINE = lazy(r"(?m)^(Exec\w+|Environment)[ \t]*=[ \t]*((?:[^\n\\]|\\.|\\\n)*)", re.DOTALL)
_SECTION = lazy(r"(?m)^\[(\w+)\]")
_WORD = lazy(r"\s*(\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|(?:\\.|[^\s\\])+)", re.DOTALL)
_ESCAPE = lazy(r"\\(x[0-9a-fA-F]{2}|[0-7]{3}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_SINGLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "s": " "}
_KNOWN = "@-:+!|"


class Systemd(FileType):
    """Services, sockets, timers and their drop-ins: words without a shell; a lone ``;`` separates commands."""

    id = "systemd"
    comments: ClassVar[tuple[str, ...]] = ("#", ";")
    rank = 20
    names: ClassVar[tuple[str, ...]] = (
        "*.service.d/*.conf",
        *(
            f"*.{kind}{end}"
            for kind in ("service", "socket", "mount", "swap", "scope", "timer")
            for end in ("", ".in", ".conf")
        ),
    )

    def accepts(self, document: Document) -> bool:
        """Look for a section."""
        return _SECTION.search(document.text) is not None

    def read(self, document: Document) -> Iterator[Start]:
        """Yield every command line."""
        env: dict[str, str] = {}
        for match in _LINE.finditer(document.text):
            text = match[2].rstrip()
            if match[1] == "Environment":
                for word in split(text):
                    name, sign, value = word.partition("=")
                    if sign:
                        env[name] = value
                        span = (match.start(2), match.start(2) + len(text))
                        yield from carried(name, value, span, ("Environment",))
                continue
            for argv in _commands(text, env):
                span = (match.start(2), match.start(2) + len(text))
                yield Start(argv=argv, span=span, env=dict(env), symbol=(match[1],))


def _commands(text: str, env: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """Yield the commands of a line."""
    argv: list[str] = []
    for word in [*split(re.sub(r"\\\n", " ", text)), ";"]:
        if word == ";":
            if argv:
                yield tuple(_expanded(argv, env))
            argv = []
        else:
            argv.append(word)


_PLACEHOLDER = lazy(r"@\w+@\S*")
"""What configure replaces before systemd sees it."""


def _expanded(argv: list[str], env: Mapping[str, str]) -> Iterator[str]:
    """Yield the words: the first without its prefixes, variables as far as the unit sets them, ``%%`` and ``$$`` as one character."""
    literal = ":" in argv[0][: len(argv[0]) - len(argv[0].lstrip(_KNOWN))]
    for number, each in enumerate(argv):
        word = each.lstrip(_KNOWN) if number == 0 and not _PLACEHOLDER.fullmatch(each) else each
        word = re.sub(r"%(.)", lambda m: "%" if m[1] == "%" else UNKNOWN, word)
        if not literal:
            word = re.sub(
                r"\$(\$|\{\w+\}|\w+)", lambda m: "$" if m[1] == "$" else env.get(m[1].strip("{}"), UNKNOWN), word
            )
        yield word


def split(text: str) -> list[str]:
    """Split a value into words: quotes only at a word's edges, C escapes in all of them."""
    out, at = [], 0
    while match := _WORD.match(text, at):
        word = match[1]
        if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'":
            word = word[1:-1]
        out.append(_ESCAPE.sub(_unescaped, word))
        at = match.end()
    return out


def _unescaped(match: re.Match[str]) -> str:
    """Return what an escape stands for."""
    text = match[1]
    if len(text) > 1:
        code = int(text[1:], 16) if text[0] in "xuU" else int(text, 8)
        return chr(code) if code < 0x110000 else "?"
    return _SINGLE.get(text, text)
