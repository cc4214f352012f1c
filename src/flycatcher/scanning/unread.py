"""Looks for a word of an interpreter in what was not read: a file of an unknown type, or the end of one.

A name alone proves nothing (every language's documentation says ``python``), so it counts where a command can stand: with an
option that takes text, behind a pipe, in front of a here-document, as the value of ``command``, ``shell`` and their
like. The names are the registry's. Bytes are searched, not text: what could not be decoded is searched too.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine import catalog
from flycatcher.core.interpreters.names import words_in_variables

if TYPE_CHECKING:
    from collections.abc import Iterator

OVERLAP = 256
"""Bytes of a chunk that the next one is searched with."""
_FAMILIES = frozenset({"python", "perl", "ruby", "php", "javascript", "jvm", "shells", "lisp", "languages"})
"""Families that live to run text; ``git``, ``sed`` and ``make`` with ``-c`` or ``-e`` are in every file."""
_SEPARATOR = rb"(?:[\s'\",\[\]()\\]|-\s){1,24}"
_OPTION = rb"-{1,2}(?:[A-Za-z]{0,6}[ceErpP]|eval|command|print|exec|execute|run|[A-Za-z]{0,3}i)(?![\w-])"
_LONG = rb"-{1,2}[\w.=-]{1,40}" + _SEPARATOR
_TAG = rb"\s*</[\w.]{1,40}>\s*<[\w.]{1,40}(?:\s[^<>\n]{0,80})?>\s*"
_KEYS = (
    rb"(?i:command|commands|commandline|cmd|shell|interpreter|executable|entrypoint|exec|program|procedure|fileName|"
    rb"script-interpreter|find_program|ExecStart)"
)


def word(data: bytes) -> str:
    """Return the first word of an interpreter that stands where a command can, empty where there is none."""
    match = _pattern().search(data)
    if match is None:
        return ""
    found = next((group for group in match.groups() if group), match[0])
    return found.decode("utf-8", "replace").strip("'\"()${}@% \t")


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


@cache
def _pattern() -> re.Pattern[bytes]:
    """Return the expression that finds a word, which is the group that matched."""
    known = "|".join(map(re.escape, names())).encode()
    stems = "|".join(words_in_variables()).encode()
    name = rb"(?:%b)(?:-?\d[\d.]*)?(?:\.exe)?" % known
    variable = rb"[$%%@{][({]{0,2}[?!]?\w*(?i:%b|shell)\w*[)}@%%]*" % stems
    begin = rb"(?<![\w.-])"
    either = rb"%b(%b|%b)['\"]?" % (begin, variable, name)
    return re.compile(
        b"|".join(
            (
                either + rb"(?:%b|%b)(?:%b){0,3}%b" % (_SEPARATOR, _TAG, _LONG, _OPTION),
                rb"\|[ \t]*(?:sudo[ \t]+)?(?:/[\w./-]*/)?(%b)(?=[ \t]*(?:[\n;'\"`)&|]|-|$))" % name,
                begin + rb"(%b)[^\n<]{0,60}<<-?[ \t]*['\"\\]?\w" % name,
                rb"(?<![\w-])%b['\"]?[ \t]*[:=(>,][\s'\"\[:=(>-]{0,24}(?:/[\w./-]*/)?(%b)(?![\w./:-])" % (_KEYS, name),
                rb"(sys\.executable|process\.execPath|RbConfig\.ruby|Gem\.ruby|PHP_BINARY|\$\^X)",
            )
        )
    )
