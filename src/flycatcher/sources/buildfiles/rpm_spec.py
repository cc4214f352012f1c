"""RPM spec files (RPM documentation, spec syntax and macros): build and install scriptlets, ``%(...)`` expansions."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.names import bourne_grammar_of, words_in_variables
from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region, Start
from flycatcher.sources.buildfiles.engine.yaml import joined, punched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.buildfiles.engine.located import Located

_SECTION = lazy(
    r"%(prep|build|install|check|clean|conf|generate_buildrequires|pre|post|preun|postun|pretrans|posttrans|verifyscript|"
    r"triggerprein|triggerin|triggerun|triggerpostun|filetriggerin|filetriggerun|transfiletriggerin|transfiletriggerun)\b(.*)"
)
_OTHER = lazy(r"%(description|package|files|changelog|sourcelist|patchlist)\b")
_PROGRAMS = rf"\{{?_*(?:{'|'.join(map(re.escape, words_in_variables()))})[0-9.]*\}}?(?![\w:])"
_MACRO = re.compile(rf"%(?!{_PROGRAMS})(?:\{{[^{{}}]*\}}|[A-Za-z_]\w*)")
"""What is not known of the text: macros, but for those that are named after an interpreter."""
_CONDITION = lazy(r"%(?:if|else|endif|elif|ifarch|ifnarch|ifos|ifnos|global|define|undefine|include)\b")
_PROGRAM = lazy(r"-p[ \t]*(<\w+>|\S+)")
_EXPANSION = lazy(r"%(?:\(|\{(lua):)")
MAX_EXPANSIONS = 500
MAX_LENGTH = 20_000
"""Characters of one expansion."""


class RpmSpec(FileType):
    """Scriptlets are sh's, or those of the program that ``-p`` names; macros are not known."""

    id = "rpm-spec"
    rank = 20
    names: ClassVar[tuple[str, ...]] = (
        "*.spec",
        "*.spec.in",
        "macros.*",
        "*.macros",
        ".rpmmacros",
        "macros.d/*",
        "rpm/macros*",
    )

    def accepts(self, document: Document) -> bool:
        """Test suites call their files *.spec too."""
        return (
            re.search(
                r"(?m)^(?:(?:Name|%define|%global|%prep|%build|Version|Summary)\b|%\w+(?:\([^)\n]*\))?[ \t])",
                document.text,
            )
            is not None
        )

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Go through the sections."""
        name, options = "", ""
        body: list[Located] = []
        for line in document.located.lines():
            section = _SECTION.match(line.text)
            if section or _OTHER.match(line.text):
                yield from _scriptlet(name, options, body)
                name, options = (section[1], section[2]) if section else ("", "")
                body = []
            elif name and not _CONDITION.match(line.text):
                body.append(line)
        yield from _scriptlet(name, options, body)
        yield from _expansions(document.located)


def _scriptlet(name: str, options: str, body: list[Located]) -> Iterator[Region | Start]:
    """Read one section's text."""
    if not name or not any(line.text.strip() for line in body):
        return
    text = punched(joined(body), _MACRO)
    program = _PROGRAM.search(options)
    symbol = ("%" + name + options.rstrip(),)
    if program is None or bourne_grammar_of(program[1]):
        yield Region(text=text, dialect="bash", symbol=symbol)
        return
    span = (text.start(0), text.end(len(text.text)))
    argv = (program[1].strip("<>"), "/dev/fd/3")
    yield Start(argv=argv, span=span, payload=span, descriptors={3: text.text}, symbol=symbol)


def _expansions(text: Located) -> Iterator[Region | Start]:
    """Yield ``%(...)`` and ``%{lua:...}``: rpm runs them, in a shell and by itself, while it reads the file."""
    sections = [(match.start(), "%" + match[1]) for match in re.finditer(f"(?m)^{_SECTION.pattern}", text.text)]
    for match in islice(_EXPANSION.finditer(text.text), MAX_EXPANSIONS):
        where = next((name for at, name in reversed(sections) if at < match.start()), "preamble")
        opening, closing = ("(", ")") if match[1] is None else ("{", "}")
        end = _closing(text.text, match.start() + 1, opening, closing)
        if end < 0 or text.text[max(0, match.start() - 1) : match.start()] == "%":
            continue
        inner = text.part(match.end(), end)
        if match[1] is None:
            yield Region(text=punched(inner, _MACRO), dialect="sh", symbol=(where, "%()"))
        else:
            span = (inner.start(0), inner.end(len(inner.text)))
            yield Start(argv=("lua", "-e", inner.text), span=span, payload=span, symbol=(where, "%{lua:}"))


def _closing(text: str, at: int, opening: str, closing: str) -> int:
    """Return the offset of the bracket that closes the one at an offset, -1 for none."""
    depth = 0
    for index in range(at, min(len(text), at + MAX_LENGTH)):
        depth += (text[index] == opening) - (text[index] == closing)
        if not depth:
            return index
    return -1
