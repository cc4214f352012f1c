"""Looks for a word of an interpreter in what was not read: a file of an unknown type, or the end of one.

A name alone proves nothing (every language's documentation says ``python``), so it counts where a command can stand: with an
option that takes text, behind a pipe, in front of a here-document, as the value of ``command``, ``shell`` and their
like. The names are the registry's. Bytes are searched, not text: what could not be decoded is searched too.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.core.interpreters.engine import catalog
from flycatcher.core.interpreters.names import words_in_variables
from flycatcher.core.regex import needles

if TYPE_CHECKING:
    from collections.abc import Iterator

CUT = 1 << 20
"""Bytes of a text from which on it may be a part of one."""
OVERLAP = 256
"""Bytes of a chunk that the next one is searched with."""
_FAMILIES = frozenset({"python", "perl", "ruby", "php", "javascript", "jvm", "shells", "lisp", "languages"})
"""Families that live to run text; ``git``, ``sed`` and ``make`` with ``-c`` or ``-e`` are in every file."""
_SEPARATOR = rb"(?:[\s'\",\[\]()\\]|-\s){1,24}"
_LETTERS = rb"(?:[A-Za-z]{0,6}[ceErpP]|eval|command|print|exec|execute|run|[A-Za-z]{0,3}i)(?![\w-])"
_OPTION = rb"-{1,2}" + _LETTERS
_LONG = rb"-{1,2}[\w.=-]{1,40}" + _SEPARATOR
_TAG = rb"\s*</[\w.]{1,40}>\s*<[\w.]{1,40}(?:\s[^<>\n]{0,80})?>\s*"
_KEYS = (
    rb"command|commands|commandline|cmd|shell|interpreter|executable|entrypoint|exec|program|procedure|filename|"
    rb"script-interpreter|find_program|execstart"
)


@lru_cache(maxsize=1)
def word(data: bytes) -> str:
    """Return the first word of an interpreter that stands where a command can, empty where there is none.

    Searching for a hundred and eighty names is slow, and what must stand beside one is rare: each form is looked for around that.
    """
    found = [match for match in (_first(form, data) for form in _forms()) if match is not None]
    if not found:
        return ""
    match = min(found, key=lambda each: each.start())
    return match[1].decode("utf-8", "replace").strip("'\"()${}@% \t")


def word_in(chunks: Iterator[bytes]) -> str:
    """Return the first such word in a stream of bytes."""
    rest = b""
    for chunk in chunks:
        if found := word(rest + chunk):
            return found
        rest = chunk[-OVERLAP:]
    return ""


def names() -> tuple[str, ...]:
    """Return the names of the interpreters that are looked for."""
    found = {
        literal
        for entry in catalog.entries()
        if entry.module.partition(".")[0] in _FAMILIES
        for literal in entry.literals
        if entry.fits(literal) and len(literal) > 1
    }
    return tuple(sorted(found, key=lambda each: (-len(each), each)))


class _Form(NamedTuple):
    """One way to name an interpreter: the expression, and what it cannot be without."""

    whole: re.Pattern[bytes]
    """Its group is the word."""
    anchor: re.Pattern[bytes]
    lowered: bool = False
    """Whether the anchor is looked for in lower case."""
    needed: tuple[bytes, ...] = (b"",)
    """One of these stands in every text of this form, in lower case where the anchor is looked for so."""
    before: int = 0
    """Bytes in front of the anchor that the whole may take up."""
    behind: int = 0


def _first(form: _Form, data: bytes) -> re.Match[bytes] | None:
    """Return the first match of a form."""
    searched = data.lower() if form.lowered else data
    if not any(map(searched.__contains__, form.needed)):
        return None
    for low, high in _windows(form, searched):
        match = form.whole.search(data, low, high)
        if match and (match.re.groups == 1 or _ends(data, match)):
            return match
    return None


def _ends(data: bytes, match: re.Match[bytes]) -> bool:
    """Whether a here-document has an end, which ``x << n`` of other languages has not; cut text may end first."""
    end = re.compile(rb"^[ \t]*%b[ \t]*[)'\"]?\r?$" % re.escape(match[2]), re.MULTILINE)
    return end.search(data, match.end()) is not None or len(data) >= CUT


def _windows(form: _Form, data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the spans in which a form can stand, those that overlap as one: no byte is searched twice."""
    low = high = -1
    for match in form.anchor.finditer(data):
        start, end = max(0, match.start() - form.before), match.end() + form.behind
        if high >= start:
            high = end
            continue
        if high >= 0:
            yield low, high
        low, high = start, end
    if high >= 0:
        yield low, high


@cache
def _forms() -> tuple[_Form, ...]:
    """Return the forms that a word is found in."""
    known = "|".join(map(re.escape, names())).encode()
    stems = "|".join(words_in_variables()).encode()
    name = rb"(?:%b)(?:-?\d[\d.]*)?(?:\.exe)?" % known
    variable = rb"[$%%@{][({]{0,2}[?!]?\w*(?i:%b|shell)\w*[)}@%%]*" % stems
    begin = rb"(?<![\w.-])"
    either = rb"%b(%b|%b)['\"]?" % (begin, variable, name)
    option = re.compile(either + rb"(?:%b|%b)(?:%b){0,3}%b" % (_SEPARATOR, _TAG, _LONG, _OPTION))
    piped = re.compile(rb"\|[ \t]*(?:sudo[ \t]+)?(?:/[\w./-]*/)?(%b)(?=[ \t]*(?:[\n;'\"`)&|]|-|$))" % name)
    heredoc = re.compile(begin + rb"(%b)[^\n<]{0,60}<<-?[ \t]*['\"\\]?([A-Za-z_]\w*)" % name)
    value = re.compile(
        rb"(?<![\w-])(?i:%b)['\"]?[ \t]*[:=(>,][\s'\"\[:=(>-]{0,24}(?:/[\w./-]*/)?(%b)(?![\w./:-])" % (_KEYS, name)
    )
    own = re.compile(rb"(sys\.executable|process\.execPath|RbConfig\.ruby|Gem\.ruby|PHP_BINARY|\$\^X)")
    return (
        _Form(option, re.compile(rb"-(?<=[\s'\",\[\]()\\>-]-)-?(?=[A-Za-z])%b" % _LETTERS), before=1000),
        _Form(piped, re.compile(rb"\|[ \t]*[\w/]"), behind=200),
        _Form(heredoc, re.compile(rb"<<-?[ \t]*['\"\\]?[A-Za-z_]\w*"), before=100),
        _Form(
            value,
            re.compile(rb"(?:%b)['\"]?[ \t]*[:=(>,]" % _KEYS),
            lowered=True,
            needed=_bytes(_KEYS),
            before=20,
            behind=400,
        ),
        _Form(own, own, needed=_bytes(own.pattern)),
    )


def _bytes(pattern: bytes) -> tuple[bytes, ...]:
    """Return what every match of a pattern holds one of."""
    return tuple(text.encode("latin-1") for text in needles(pattern))
