"""Commands where no table of a file type says that some stand: words that begin with an interpreter, a text under a command's key."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import entry_of
from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine.filetype import Region, Start
from flycatcher.sources.buildfiles.engine.githooks import HOOKS
from flycatcher.sources.buildfiles.engine.yaml import NEVER, extent, punched, script, words
from flycatcher.sources.buildfiles.engine.yamltext import List, Map, Scalar, Tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flycatcher.sources.buildfiles.engine.filetype import Document
    from flycatcher.sources.buildfiles.engine.literals import Reader

_KEY = lazy(
    r"(?:\w+[-_.:])*(?:commands?|cmds?|run|scripts?|exec|execute|shell|hooks?|entrypoint|build|test|install|setup|init|start|check)\Z|"
    r"\w*(?:Commands?|Cmds?|Scripts?|Exec|Hooks?)\Z",
    re.ASCII,
)
"""What a key is called that holds a command."""
_LISTED = lazy(
    r"(?<![\w.\\$])(?:\[\][\w.]+\{\s*)?(?P<first>\"[\w./+~-]{2,80}\"|'[\w./+~-]{2,80}')\s*(?:,|::|<<)\s*"
    r"(?P<next>(?:&?[A-Za-z_]\w*[ \t]*(?:=>|[=:(!])\s*)?&?[\[({]?\s*(?:\w+(?::\s*|!?[\[(])[\[(]?)?\s*)(?=r?#*[\"'`]-{1,2}[A-Za-z])"
)
"""Two literals behind each other, by themselves or the second one as the first of a list: a program and its option."""
_HOLDER = lazy(
    r"(?:git|event|lifecycle)?[-_]?(?:hooks|scripts|tasks|commands|events)\Z|lint-?staged\Z|simple-git-hooks\Z|\w+Hooks\Z",
    re.IGNORECASE,
)
"""What a key is called under which every key is the name of a command."""
_OTHER = frozenset(
    {
        "name",
        "label",
        "title",
        "id",
        "description",
        "desc",
        "summary",
        "message",
        "help",
        "image",
        "path",
        "version",
        "type",
    }
)
"""Keys that never hold a command."""
MAX_DEPTH = 60
MAX_LISTS = 2000


def starts_one(argv: tuple[str, ...]) -> bool:
    """Whether words begin with an interpreter and an option."""
    return len(argv) > 2 and argv[1][:1] == "-" and entry_of(argv[0]) is not None


def in_tree(node: Tree, symbol: tuple[str, ...], depth: int = 0) -> Iterator[Region | Start]:
    """Yield what a node of a tree and those in it may run."""
    if isinstance(node, Map) and depth < MAX_DEPTH:
        for key, value in node.items.items():
            yield from at_key((*symbol, key), value)
            yield from in_tree(value, (*symbol, key), depth + 1)
    elif isinstance(node, List) and depth < MAX_DEPTH:
        yield from listed(node, symbol)
        for item in node.items:
            if not isinstance(item, Scalar):
                yield from in_tree(item, symbol, depth + 1)


def listed(node: Tree, symbol: tuple[str, ...]) -> Iterator[Start]:
    """Yield a list of words that begins with an interpreter and an option."""
    argv = words(node)
    if len(argv) > 1 and argv[0] == "CMD-SHELL" and isinstance(node, List) and isinstance(node.items[1], Scalar):
        # a health check as Docker writes it
        argv = ("/bin/sh", "-c", *argv[1:])
    if starts_one(argv):
        yield Start(argv=argv, span=extent(node), symbol=symbol, confidence="low")


def holds_command(symbol: tuple[str, ...]) -> bool:
    """Whether the keys that lead to a text say that it is a command: ``build/command``, ``hooks/pre-commit``, ``*.py``."""
    key = symbol[-1]
    if _KEY.match(key) or key.startswith("*.") or (key in HOOKS and key != "update"):
        return True
    return len(symbol) > 1 and key.lower() not in _OTHER and _HOLDER.match(symbol[-2]) is not None


def at_key(symbol: tuple[str, ...], node: Tree, holes: re.Pattern[str] = NEVER) -> Iterator[Region | Start]:
    """Yield the text under keys that are called like those of commands, or each text of a list of some."""
    if isinstance(node, Map) or not holds_command(symbol) or (isinstance(node, List) and starts_one(words(node))):
        return
    for item in node.items if isinstance(node, List) else (node,):
        if isinstance(item, Scalar) and not item.value.startswith(("-", "http")):
            yield from script(punched(item.text, holes), symbol, {}, dialect="sh", confidence="low")


def in_source(document: Document, reader: Reader, comments: Iterable[tuple[int, int]]) -> Iterator[Start]:
    """Yield lists of literals that begin with an interpreter and an option, outside of comments (their spans, in order)."""
    spans = iter((*comments, (len(document.text), len(document.text))))
    low, high = next(spans)
    for match in islice(_LISTED.finditer(document.text), MAX_LISTS):
        while high <= match.start():
            low, high = next(spans)
        if low <= match.start() or entry_of(match["first"][1:-1]) is None:
            continue
        first = reader.words(match.start("first"), many=False)
        found = [*first, *reader.words(match.end("next"), many=True)]
        argv = tuple(each.text for each in found)
        if starts_one(argv) and argv[-1] != UNKNOWN:
            last = found[-1]
            yield Start(
                argv=argv, span=(first[0].start(0), last.end(len(last.text))), symbol=("words",), confidence="low"
            )
