"""Which paths a command or a call deletes, writes or marks executable: relative ones as seen from where the text begins.

An unknown path is :data:`~flycatcher.core.unknown.UNKNOWN`, in whole or in part. Sources: the operands of rm(1), mv(1), cp(1),
install(1), tee(1), dd(1), chmod(1), as POSIX and GNU coreutils read them.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import base
from flycatcher.core.regex import lazy
from flycatcher.core.unknown import UNKNOWN, strip_marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flycatcher.core.payload.evaluator.values import Value

PLACED = frozenset({"file.delete", "file.read", "file.write", "file.executable", "process.spawn-file"})
"""Capabilities whose weight depends on where the files lie."""
LIMIT = 64
"""Paths of one capability that are kept; behind the last one stands :data:`MORE`."""
MORE = "/..."
MOVES = frozenset({"cd", "pushd", "os.chdir", "chdir", "Dir.chdir", "process.chdir", "Deno.chdir"})
"""Commands and functions that change the working folder."""
_BOTH = lazy(r"(?:^|[.:])(?:re)?(?:name|move|mv|cp|copy\w*)$|renameSync$|copyFileSync$")
"""Functions that take a source and a target."""
_ALL = lazy(r"(?:^|[.:])(?:unlink|rm\w*|rmtree|remove_tree|delete|remove)$")
_LAST = frozenset({"perl", "r", "awk"})
_LISTS = frozenset({"perl", "ruby"})
"""Languages whose functions take several files to delete."""
_WHERE = lazy(r"\s*\+?[<>|]*\s*")


def of_words(words: Sequence[str]) -> list[str]:
    """Return the paths that a command touches; empty for a command that is not known to."""
    name, operands = base(words[0]), list(_operands(words[1:]))
    if name == "dd":
        return [word[3:] for word in words[1:] if word.startswith("of=")]
    if name == "chmod":
        return operands[1:]
    if name in {"cp", "install"} and not _makes_folders(name, words):
        return _given_folder(words) or operands[-1:]
    return operands


def of_call(language: str, name: str, args: Sequence[Value]) -> list[str]:
    """Return the paths that a function touches; a method of something unknown touches an unknown one."""
    if not args or "()." in name or name.startswith("*"):
        return [UNKNOWN]
    if _ALL.search(name) and language in _LISTS:
        chosen = list(args)
    elif _BOTH.search(name):
        chosen = list(args[:2])
    elif language in _LAST and not _ALL.search(name):
        chosen = [args[-1]]
    else:
        chosen = [args[0]]
    return [_path(value) for value in chosen]


def joined(folder: str, path: str) -> str:
    """Return a path as seen from where the text began, after the text has changed the folder."""
    path = strip_marks(path) if path else UNKNOWN
    if not folder or path.startswith(("/", "~", UNKNOWN)):
        return path
    return posixpath.normpath(f"{folder}/{path}")


def _path(value: Value) -> str:
    if value.text is None:
        return UNKNOWN
    return value.text[_WHERE.match(value.text).end() :] if value.text else UNKNOWN  # type: ignore[union-attr]


def _operands(words: Sequence[str]) -> Iterator[str]:
    """Yield the words that are no options."""
    only = False
    for word in words:
        if word == "--" and not only:
            only = True
        elif only or not word.startswith("-") or word == "-":
            yield word


def _makes_folders(name: str, words: Sequence[str]) -> bool:
    return name == "install" and any(re.match(r"-[a-zA-Z]*d|--directory$", word) for word in words[1:])


def _given_folder(words: Sequence[str]) -> list[str]:
    """Return the folder of ``-t FOLDER``, which then is the target."""
    for at, word in enumerate(words):
        if word == "-t":
            return list(words[at + 1 : at + 2])
        if word.startswith("--target-directory="):
            return [word.partition("=")[2]]
    return []
