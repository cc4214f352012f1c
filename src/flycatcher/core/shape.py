"""A detection's shape: what stays of it where only passing things differ from one run to the next.

A text is cut into what is fixed and into holes. A hole holds one class of thing: the folder of the checkout, the name of a
temporary file, a port of this host, and, in programs that cannot make code of it, a number, a time, a digest. What a hole may hold
is checked, so that no address, command or code is ever in one: addresses are kept as they are, ports but for those of this host,
lists of numbers and escapes too, as they spell texts. A program that evaluates, decodes, or talks to others keeps its numbers.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from flycatcher.core.fingerprint import framed, is_evaluating, is_seen, sources, words
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters import Reading
    from flycatcher.core.payload.model import Analysis
    from flycatcher.core.snippet import Snippet

_FORM = b"flycatcher.shape/2"
LIMIT = 1 << 18
"""Characters up to which a text has holes."""
QUIET = frozenset({
    "discovery.system", "file.archive", "file.delete", "file.read", "file.write", "network.loopback", "process.kill",
    "process.spawn", "process.spawn-file", "shell.spawn",
})  # fmt: skip
"""Capabilities of programs whose numbers and digests may differ: what makes code of data, or leads elsewhere, is not among them."""
_DECODES = lazy(r"(?i)hex|pack|chr|charcode|b64|base64|base32|xxd|\bod\b|decode|codepoint|\bprintf\b.{0,8}%[bc]")
"""Words by which a text may turn numbers and digests into other text."""
_KNOWN_FOLDERS = {
    "checkout": ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "WORKSPACE", "BUILD_SOURCESDIRECTORY", "BITBUCKET_CLONE_DIR", "INIT_CWD"),
    "home": ("HOME",),
}  # fmt: skip
"""What stands for a folder that one of these variables names."""
_FOLDER = lazy(r"/(?!(?:usr|bin|sbin|lib\w*|etc|dev|proc|sys|boot)(?:/|\Z))[\w.@%+,=~-]+(?:/[\w.@%+,=~-]+)*\Z")
"""A path that may stand in a hole: no character of a shell's, and no folder in which the system's programs lie."""
_AROUND = r"(?<![\w.:@%+~/-]){}(?=[/\s'\"`:;,)\]}}&|<>]|\Z)"
_SCAN = r"""
  (?P<local>(?:(?:https?|wss?|tcp|redis|postgres(?:ql)?|mysql|amqp|mongodb)://)?
     (?<![\w.@-])(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):)(?P<port>\d{2,5})(?=[/\s'"`),\]}]|\Z)
| (?P<address>\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s'"`]*
     | (?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/[^\s'"`]* | \b\d{1,3}(?:\.\d{1,3}){3}(?!\w))
| (?P<mode>\b(?:chmod|umask)(?:\s+-\w+)*\s+\d{3,5})
| (?<![\w.:@%+~-])(?P<temporary>
     (?:(?:/private)?/(?:var/)?tmp|/dev/shm|/run/user/\d{1,10}|/var/folders/\w\w/[\w+]{10,40}/[TCX0])/[\w.+@%=,~-]{1,160}
   | \b(?=tmp[a-z_]*\d)tmp[a-z0-9_]{8}\b(?!\s*[(=.:\[]))
| (?P<stamp>(?<=[a-z_])20\d{6}-\d{1,7}-[0-9a-z]{5,8}(?=[./'"\s,;:)\]]|\Z))
| (?P<time>(?<![\w.-])\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\w-]))
| (?P<list>(?<!\d)\d{1,4}(?:[^\w]{1,4}\d{1,4}){3,})
| (?P<uuid>(?i:(?<![\w\\-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-])))
| (?P<digest>(?<![\w\\$\#%&@^.])(?=[0-9]*[a-f])(?=[a-f]*[0-9])
     (?:[0-9a-f]{12}|[0-9a-f]{16}|[0-9a-f]{24}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})(?!\w))
| (?P<number>(?<![\w.\\$\#%&@^])[1-9]\d{2,19}(?!\w)(?!\.\d))
"""
"""What is looked at in a text; ``address``, ``mode`` and ``list`` are kept as they are, and what lies in them is not looked at."""
_PASSING = lazy(
    r"(?i:tmp|temp)[\w.]{6,}|(?:.*[-._])?(?=[A-Za-z_]*\d)[A-Za-z0-9_]{6,}(?:[-._].*)?|(?:.*[-._])?\d{3,}(?:[-._].*)?"
    r"|(?:.*[-._])?(?=[A-Z0-9]*[a-z])(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{6,}(?:[-._].*)?"
    r"|(?:pip|npm|uv|yarn|go-build|cargo|rustc|ansible|node-gyp|ccache)[\w.-]*[a-z0-9_]{6,}"
)
"""Names of temporary files that differ from run to run, by how they look."""
_PLACE = lazy(r"(?<!\d)\d{1,3}(?:\.\d{1,3}){3}(?!\d)|(?i:0x[0-9a-f]{8}(?![0-9a-f]))")
"""What could be another host's address: no name of a temporary file that differs from run to run."""
_PRINTABLE = 0.8
"""Of the bytes that hex digits stand for: from here on they are a text."""
_LETTERS = 8
"""Digits from which on a decimal number may be a text in hex digits, too."""

Piece = tuple[str, str]
"""The class of a hole and an empty text, or an empty class and what is fixed."""


def is_strict(capabilities: Collection[str], analyses: Iterable[Analysis]) -> bool:
    """Whether a program's numbers, times and digests are fixed: it can make code of them, or go elsewhere by them."""
    return not QUIET.issuperset(capabilities) or any(layer.made for each in analyses for layer in each.layers)


def shape(
    reading: Reading, capabilities: Collection[str], analyses: Iterable[Analysis] = (), *, whole: bool = True
) -> str:
    """Return 16 hex digits that stay the same where only what is in holes differs.

    ``capabilities``: ids, of all of the reading's texts; ``analyses``: of each of them. Without ``whole``, what came by standard
    input is left out, as another part of it is seen each time: then nothing can be accepted by its shape.
    """
    import hashlib  # noqa: PLC0415 - a single command line is explained without it

    execution = reading.execution
    strict = is_strict(capabilities, analyses)
    known = folders(execution)
    digest = hashlib.sha256(_FORM)
    for group in _groups(reading, known, strict=strict, whole=whole, evaluates=is_evaluating(capabilities)):
        digest.update(b"%d(" % len(group) + b"".join(map(framed, group)))
    return digest.hexdigest()[:16]


def _groups(
    reading: Reading, known: tuple[Piece, ...], *, strict: bool, whole: bool, evaluates: bool
) -> Iterator[tuple[str | None, ...]]:
    """Yield what is hashed: each text with how it got there, the options, what is loaded, and where unseen text comes from."""
    yield (reading.interpreter.id,)
    context = reading.execution.context
    unseen = not all(map(is_seen, reading.snippets))
    for each in reading.snippets:
        yield each.interpreter, each.vector, each.option, each.variable
        if whole or each.vector != "stdin":
            yield from _text(each, known, strict=strict)
        if not is_seen(each):
            yield from (tuple(_flat(source or "", known)) for source in sources(each, context))
    for word in words(reading, whole=evaluates or unseen):
        yield ("word", *_flat(word, known))
    for load in reading.loads:
        yield "load", load.interpreter, load.variable, load.option, *_flat(load.path, known)


def _text(snippet: Snippet, known: tuple[Piece, ...], *, strict: bool) -> Iterator[tuple[str | None, ...]]:
    """Yield a snippet's text, or where that lies, in pieces."""
    text = snippet.text if snippet.text is not None else snippet.path or snippet.url
    if text is not None:
        yield from pieces(text, known, strict=strict)


def _flat(text: str, known: tuple[Piece, ...]) -> Iterator[str]:
    for kind, fixed in pieces(text, known, strict=True):
        yield kind
        yield fixed


def folders(execution: Execution) -> tuple[Piece, ...]:
    """Return the classes of an execution's own folders with their paths, the longest first."""
    found = {execution.cwd: "folder"}
    for name, variables in _KNOWN_FOLDERS.items():
        for variable in variables:
            found.setdefault(execution.env.get(variable, "").rstrip("/"), name)
    safe = ((name, path) for path, name in found.items() if _FOLDER.match(path) and not _climbs(path))
    return tuple(sorted(safe, key=lambda each: (-len(each[1]), each[1])))


def _climbs(path: str) -> bool:
    """Whether a path goes up."""
    return ".." in path.split("/")


def pieces(text: str, known: tuple[Piece, ...] = (), *, strict: bool = False) -> list[Piece]:
    """Return a text in pieces, holes and what is fixed between them; ``strict``: without numbers, times and digests."""
    if len(text) > LIMIT:
        return [("", text)]
    strict = strict or _DECODES.search(text) is not None
    found: list[Piece] = []
    at = 0
    for match in _pattern(tuple(path for _, path in known if path in text)).finditer(text):
        kind, start = _hole(match, known)
        if not kind or (strict and kind in _LOOSE):
            continue
        found += [("", text[at:start]), (kind, "")]
        at = match.end()
    return [*found, ("", text[at:])]


_LOOSE = frozenset({"number", "digest", "time"})
"""Classes of holes that only programs have which cannot make code of what is in them."""


def _hole(match: re.Match[str], known: tuple[Piece, ...]) -> tuple[str, int]:
    """Return the class of the hole that a match is, empty for none, and where it begins."""
    kind = match.lastgroup or ""
    if kind == "port":
        return kind, match.start("port")
    if kind == "own":
        return next(name for name, path in known if path == match["own"]), match.start()
    if kind in {"temporary", "stamp"}:  # a stamp of Ruby's Tempfile: the day, the process and a random number
        name = match[0].rpartition("/")[2]
        passes = kind == "stamp" or (_PASSING.fullmatch(name) and not _PLACE.search(name))
        return ("temporary" if passes else ""), match.start()
    if kind in {"digest", "uuid"}:
        return ("" if _spells(match[0].replace("-", "")) else "digest"), match.start()
    if kind == "number" and len(match[0]) >= _LETTERS and not len(match[0]) % 2 and _spells(match[0]):
        return "", match.start()
    return (kind if kind in _LOOSE else ""), match.start()


def _spells(digits: str) -> bool:
    """Whether hex digits are the bytes of a text."""
    data = bytes.fromhex(digits)
    share = sum(0x20 <= byte < 0x7F or byte in b"\t\r\n" for byte in data) / len(data)
    return share == 1 if len(data) <= 8 else share >= _PRINTABLE


@lru_cache(64)
def _pattern(own: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern that finds what may be a hole; ``own``: paths of folders, the longest first."""
    paths = "|".join(map(re.escape, own))
    before = "(?P<own>" + _AROUND.format(f"(?:{paths})") + ") |" if own else ""
    return re.compile(before + _SCAN, re.VERBOSE)


def shown(text: str, known: tuple[Piece, ...] = (), *, strict: bool = False) -> str:
    """Return a text with the names of its holes in their place."""
    return "".join(fixed or (f"<{kind}>" if kind else "") for kind, fixed in pieces(text, known, strict=strict))
