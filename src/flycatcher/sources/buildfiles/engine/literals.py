"""Where commands stand in a source: what comes before a literal says what the literal is.

``cmd = "..."`` of a Bazel rule, ``system "..."`` of a formula, ``installPhase = ''...''`` of a derivation: a table of openings for each
language, and how its literals are written. What is no literal is not known.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct, structs

from flycatcher.core.interpreters import by_name
from flycatcher.core.interpreters.names import grammar_of
from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine import guess
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region, Start
from flycatcher.sources.buildfiles.engine.lines import MAX_MATCHES, named, replaced
from flycatcher.sources.buildfiles.engine.located import Builder, Located, between
from flycatcher.sources.buildfiles.engine.words import split
from flycatcher.sources.buildfiles.engine.yaml import NEVER, script

if TYPE_CHECKING:
    from collections.abc import Iterator


class Literals(Struct, frozen=True):
    """How a language writes text."""

    pattern: re.Pattern[str]
    """One literal; group ``raw`` or ``raw2`` is a text without escapes, ``cooked`` or ``cooked2`` one with; whatever else matches
    (a name, a call) is not known."""
    holes: re.Pattern[str] = NEVER
    """What a cooked text interpolates."""
    escape: re.Pattern[str] = re.compile(r"\\(\n|.)", re.DOTALL)
    plus: str = "+"
    """What joins two literals; they are joined without it, too, where it is empty."""
    comment: str = r"#[^\n]*"


_SINGLE = {"n": "\n", "t": "\t", "r": "\r", "\n": "", "0": "\0", "b": "\b", "f": "\f", "a": "\a", "v": "\v"}
_OTHER = r"|(?P<other>[A-Za-z_@$%&][\w.:@$?!]*(?:\((?:[^()\n\"']|\"[^\"\n]*\"|'[^'\n]*')*\))?|[-\d.]+)"

PYTHON = Literals(
    re.compile(
        r"(?:[rR][fFbB]?|[fFbB][rR])(?:\"\"\"(?P<raw>.*?)\"\"\"|'''(?P<raw2>.*?)'''|\"(?P<raw3>[^\"\n]*)\"|'(?P<raw4>[^'\n]*)')|"
        r"[fFbBuU]?(?:\"\"\"(?P<cooked>(?:\\.|[^\\])*?)\"\"\"|'''(?P<cooked2>(?:\\.|[^\\])*?)'''|"
        r"\"(?P<cooked3>(?:\\.|[^\"\\\n])*)\"|'(?P<cooked4>(?:\\.|[^'\\\n])*)')" + _OTHER,
        re.DOTALL,
    ),
    plus="",
)
"""Python, Starlark: literals next to each other are one."""
CURLY = Literals(
    re.compile(
        r"\"\"\"(?P<raw>.*?)\"\"\"|[rsf]?\"(?P<cooked>(?:\\.|[^\"\\\n])*)\"|'(?P<cooked2>(?:\\.|[^'\\\n])*)'|"
        r"`(?P<cooked3>(?:\\.|[^`\\])*)`" + _OTHER,
        re.DOTALL,
    ),
    holes=re.compile(r"\$\{[^}]*\}|\$[A-Za-z_][\w.]*"),
    comment=r"//[^\n]*|/\*.*?\*/",
)
"""Kotlin, Scala, Swift, TypeScript."""
RUBY = Literals(
    re.compile(
        r"<<[~-]?(?P<q>['\"]?)(?P<word>[A-Z]\w*)(?P=q)[^\n]*\n(?P<cooked4>.*?)^[ \t]*(?P=word)[ \t]*$|"
        r"\"(?P<cooked>(?:\\.|[^\"\\])*)\"|'(?P<raw>(?:\\.|[^'\\])*)'|%[qQ]?\{(?P<cooked2>[^{}]*)\}|%[qQ]?\((?P<cooked3>[^()]*)\)"
        + _OTHER,
        re.DOTALL | re.MULTILINE,
    ),
    holes=re.compile(r"#\{[^}]*\}"),
)
NIX = Literals(
    re.compile(
        r"''(?P<cooked>(?:''['$\\]|(?!'').)*)''|\"(?P<cooked2>(?:\\.|[^\"\\])*)\"" + _OTHER,
        re.DOTALL,
    ),
    holes=re.compile(r"(?<!'')(?<!\$)\$\{[^}]*\}"),
    escape=re.compile(r"''(['$])|\\([nrt\"$\\])"),
)
"""Nix: ``''...''`` in which ``''$`` is a dollar sign (Nix manual, string literal)."""
LISP = Literals(re.compile(r"\"(?P<cooked>(?:\\.|[^\"\\])*)\"|(?P<other>[^\s()\"';]+)"), comment=r";[^\n]*")
WORDS = Literals(re.compile(r"\"(?P<cooked>(?:\\.|[^\"\\])*)\"|(?P<raw>[^\s()\"';]+)"), comment=r";[^\n]*")
"""S-expressions whose bare words are words."""
SINGLE_OR_DOUBLE = Literals(
    re.compile(r"\"(?P<cooked>(?:\\.|[^\"\\])*)\"|'(?P<raw>(?:\\.|[^'\\])*)'" + _OTHER, re.DOTALL),
    holes=re.compile(r"\$\{[^}]*\}|\$(?:::)?[A-Za-z_]\w*(?:::\w+)*"),
)
"""Puppet."""


_ARGS = lazy(r"\)?[ \t\n;]*args(?:[ \t]*[(=][ \t]*)(?:listOf)?")


class Opening(Struct, frozen=True):
    """What comes before a literal, and what the literal is."""

    pattern: re.Pattern[str]
    """Up to where the literal, or the bracket of a list of some, begins."""
    form: str = "text"
    """``text``: a shell's; ``each``: every literal is one; ``words``: a command line for no shell; ``list``: words, by themselves or in brackets; ``either``: one
    literal is text, several are words; ``tail``: words behind ones of its own, from the first interpreter on; ``beside``: a program,
    its words in the next call or assignment."""
    dialect: str = "sh"
    symbol: str = ""
    hook: str = ""
    confidence: str = "high"


def opening(  # noqa: PLR0913, PLR0917 - the fields
    pattern: str, form: str = "text", dialect: str = "sh", symbol: str = "", hook: str = "", confidence: str = "high"
) -> Opening:
    """Return an opening; ``^`` is a line's."""
    return Opening(re.compile(pattern, re.MULTILINE), form, dialect, symbol, hook, confidence)


class Sources(FileType):
    """A file type that is a table of openings."""

    literals: ClassVar[Literals] = PYTHON
    openings: ClassVar[tuple[Opening, ...]] = ()
    marks: ClassVar[tuple[re.Pattern[str], ...]] = ()
    """Where the name alone does not tell: all of these stand in such a file."""
    replaced: ClassVar[tuple[tuple[re.Pattern[str], str], ...]] = ()
    """What the build tool itself replaces in a text."""
    clean: ClassVar[re.Pattern[str]] = re.compile(r"^[ \t]*(?:#|//|;|\*).*$", re.MULTILINE)
    """Lines of comments."""

    def accepts(self, document: Document) -> bool:
        """Look for the marks."""
        return all(mark.search(document.text) for mark in self.marks)

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Yield what stands behind each opening."""
        comments = [match.span() for match in islice(self.clean.finditer(document.text), MAX_MATCHES)]
        spans = iter((*comments, (len(document.text), len(document.text))))
        for each in self.openings:
            spans, span = iter((*comments, (len(document.text), len(document.text)))), (0, 0)
            for match in islice(each.pattern.finditer(document.text), MAX_MATCHES):
                while span[1] <= match.start():
                    span = next(spans)
                if not span[0] <= match.start():
                    yield from self._found(document, each, match)
        for start in guess.in_source(document, Reader(document.text, self.literals), comments):
            yield structs.replace(start, argv=tuple(self._filled(word) for word in start.argv))

    def _filled(self, word: str) -> str:
        """Return what a word says to the build tool."""
        for pattern, by in self.replaced:
            word = pattern.sub(by, word)
        return word

    def _found(self, document: Document, each: Opening, match: re.Match[str]) -> Iterator[Region | Start]:
        """Yield one command."""
        reader = Reader(document.text, self.literals)
        found = reader.words(match.end(), many=each.form != "text")
        if (
            each.form == "beside"
            and found
            and (args := _ARGS.match(document.text, found[-1].end(len(found[-1].text)) + 1))
        ):
            found = [*found[:1], *reader.words(args.end(), many=True)]
        texts = [self.said(text) for text in found]
        symbol = tuple(filter(None, (each.symbol or match.groupdict().get("name") or "",)))
        context = {"hook": each.hook} if each.hook else {}
        if not texts:
            return
        span = (texts[0].start(0), texts[-1].end(len(texts[-1].text)))
        if each.form in ("text", "each") or (each.form == "either" and len(texts) == 1):
            for text in texts:
                yield from _text(text, each, symbol, context)
            return
        argv = split(texts[0].text) if each.form == "words" else tuple(text.text for text in texts)
        if argv and argv[0] == UNKNOWN:
            argv = (called(document.text[texts[0].start(0) : texts[0].end(1)]), *argv[1:])
        if each.form == "tail":
            at = next((i for i, word in enumerate(argv) if by_name(word) is not None or grammar_of(word)), len(argv))
            argv = argv[at:]
        if argv and argv[0] != UNKNOWN:
            yield Start(argv=argv, span=span, symbol=symbol, context=context, confidence=each.confidence)

    def said(self, text: Located) -> Located:
        """Return what a text says to the build tool."""
        for pattern, by in self.replaced:
            text = replaced(text, pattern, by)
        return text


def called(source: str) -> str:
    """Return the interpreter that a source looks up, or that its variable is named after: ``which("perl")``, ``python``."""
    looked_up = _LOOKED_UP.search(source)
    if looked_up and by_name(looked_up[1]) is not None:
        return looked_up[1]
    return named(source) or UNKNOWN


_LOOKED_UP = lazy(r"[\"']([\w./+-]+)[\"']\s*\)*\Z")


def _text(text: Located, each: Opening, symbol: tuple[str, ...], context: dict[str, str]) -> Iterator[Region | Start]:
    """Yield a text for a shell, or for an interpreter that gets it in a temporary file."""
    if not text.text.strip(UNKNOWN + " \t\n"):
        return
    if grammar := grammar_of(each.dialect):
        yield from script(text, symbol, {}, dialect=grammar, context=context, confidence=each.confidence)
    else:
        span = (text.start(0), text.end(len(text.text)))
        yield Start(
            argv=(each.dialect, "/dev/fd/3"), span=span, payload=span, descriptors={3: text.text}, symbol=symbol,
            context={**context, "script": "temporary file"}, confidence=each.confidence,
        )  # fmt: skip


_LINES = lazy(r"^[ \t]*(?://|\*).*$", re.MULTILINE)


def lines_of(text: str) -> list[tuple[int, int]]:
    """Return the spans of lines that are comments of a language with curly brackets."""
    return [match.span() for match in islice(_LINES.finditer(text), MAX_MATCHES)]


def constant(text: str, name: str, literals: Literals) -> Located | None:
    """Return the literal that a source gives a name to, if it does so once."""
    if not name.isidentifier():
        return None
    found = list(islice(re.finditer(rf"\b{name}\b[ \t]*(?::[^=\n]{{1,40}})?:?=[ \t\n]*(?=[\"'`r])", text), 2))
    words = Reader(text, literals).words(found[0].end(), many=False) if len(found) == 1 else []
    return words[0] if words and words[0].text.strip(UNKNOWN) else None


class Reader:
    """Reads literals, lists of literals, and what joins them."""

    def __init__(self, text: str, literals: Literals) -> None:
        """Keep the text and how its language writes literals."""
        self.text = text
        self.literals = literals
        plus = rf"[ \t]*{re.escape(literals.plus)}\s*" if literals.plus else r"[ \t]*(?:\+[ \t]*)?"
        self._joint = re.compile(plus)
        self._blank = re.compile(rf"(?:\s+|{literals.comment}|\\\n)*", re.DOTALL)

    def words(self, at: int, *, many: bool) -> list[Located]:
        """Return the literals from an offset on; with ``many``, up to the bracket that closes their list or the end of their line."""
        found: list[Located] = []
        depth = 0
        at = self._skip(at)
        for _ in range(MAX_MATCHES):
            char = self.text[at : at + 1]
            if char and char in "[({":
                depth += 1
                at = self._skip(at + 1)
                continue
            if not char or char in "])};":
                break
            said, end = self._joined(at, inside=depth > 0)
            if said is None:
                at += 1
                if not many or char not in ",.:*":
                    break
                at = self._skip(at)
                continue
            found.append(said)
            if not many:
                break
            following = self._skip(end)
            if not depth and self.text[following : following + 1] != "," and not self.literals.comment.startswith(";"):
                break
            at = self._skip(following + 1) if self.text[following : following + 1] == "," else following
        return found

    def _skip(self, at: int) -> int:
        """Return the offset of what comes after white space and comments."""
        match = self._blank.match(self.text, at)
        return match.end() if match else at

    def _joined(self, at: int, *, inside: bool) -> tuple[Located | None, int]:
        """Return a literal and those that are joined to it, as one text."""
        builder = Builder()
        first = True
        while match := self.literals.pattern.match(self.text, at):
            group = next((name for name, value in match.groupdict().items() if value is not None and _held(name)), "")
            if not group:
                builder.put(UNKNOWN, match.start(), match.end())
            else:
                builder.take(self._said(match, group))
            at, first = match.end(), False
            joint = self._joint.match(self.text, at)
            if joint is None or (self.literals.plus and not joint[0].strip()):
                break
            following = joint.end() if not inside or "+" in joint[0] else self._skip(joint.end())
            if not self.literals.plus and "+" not in joint[0]:
                quoted = self.literals.pattern.match(self.text, following)
                if quoted is None or quoted.groupdict().get("other") is not None:
                    break
            at = self._skip(following) if "+" in joint[0] else following
        return (None, at) if first else (builder.done(), at)

    def _said(self, match: re.Match[str], group: str) -> Located:
        """Return what one literal says."""
        located = between(self.text, *match.span(group))
        if group.startswith("raw"):
            return located
        builder, at = Builder(), 0
        pattern = re.compile(f"(?P<hole>{self.literals.holes.pattern})|{self.literals.escape.pattern}", re.DOTALL)
        for piece in pattern.finditer(located.text):
            builder.take(located, at, piece.start())
            letter = next((each for each in piece.groups()[1:] if each is not None), "")
            said = letter if "''" in piece[0] else _SINGLE.get(letter, letter)
            if piece["hole"] is not None:
                said = named(piece[0], located.text[piece.end() :]) or UNKNOWN
            builder.replace(located, piece.start(), piece.end(), said)
            at = piece.end()
        builder.take(located, at)
        return builder.done()


def _held(name: str) -> bool:
    """Whether a group holds a literal's text."""
    return name.startswith(("raw", "cooked"))
