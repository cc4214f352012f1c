"""Where on disk the text of a detection stands.

A recipe of a Makefile, a script of package.json, a playbook's task, a workflow's step, a script that an ancestor runs: such text is
in a file that somebody could have reviewed.

Asked only for what is about to be reported. Nothing blocks: regular files only, at most :data:`FILES` of them, each up to
:data:`SIZE` bytes. Blanks, quotes and backslashes do not count, as each file type has its own; what make(1) puts in for variables
is left open, between the pieces that the recipe fixes.
"""

from __future__ import annotations

import os
import re
import stat
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from flycatcher.core.recipe.starters import identify

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flycatcher.core.execution import Execution, Process

FILES = 12
SIZE = 1 << 20
LEAST = 8
"""Characters, beside blanks and quotes, that a text must have to be looked for."""
SHARE = 0.3
"""Of a text that a recipe must fix."""
_ANCESTORS = 8
_NOTHING = re.compile(r"[\s\\'\"]+|\A[@+-]+")
_VARIABLE = re.compile(r"\$(?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\{[^{}]*\}|[@<^*?+%])")
_MAKEFILES = ("GNUmakefile", "makefile", "Makefile")


def written_in(execution: Execution, texts: Sequence[str | None]) -> str:
    """Return ``Makefile:12`` where every text stands in one of the files that may have started the execution; empty otherwise."""
    known = [text for text in texts if text is not None]
    if not known or len(known) < len(texts) or any(len(_bare(text)) < LEAST for text in known):
        return ""
    for number, path in enumerate(_candidates(execution)):
        if number >= FILES:
            break
        lines = [_line_of(path, text) for text in known]
        if all(lines):
            return f"{path}:{lines[0]}"
    return ""


def _candidates(execution: Execution) -> Iterator[str]:
    """Yield files that the execution may come from, the nearest starter's first."""
    seen: set[str] = set()
    for path in _all_candidates(execution):
        whole = os.path.normpath(path)
        if os.path.isabs(whole) and whole not in seen:
            seen.add(whole)
            yield whole


def _all_candidates(execution: Execution) -> Iterator[str]:
    env = execution.env
    yield from filter(None, (env.get("npm_package_json"),))
    for process in execution.ancestry[:_ANCESTORS]:
        yield from _files_of(process)
    folder = env.get("GITHUB_WORKSPACE") or env.get("CI_PROJECT_DIR")
    if folder and "GITHUB_ACTIONS" in env:
        yield from _workflows(f"{folder}/.github/workflows")
    if folder and "GITLAB_CI" in env:
        yield f"{folder}/.gitlab-ci.yml"


def _files_of(process: Process) -> Iterator[str]:
    """Yield the files that an ancestor takes its work from."""
    known = identify(process.exe, process.comm, process.argv)
    folder = process.cwd
    if known is not None and known[1] in {"make", "gmake"}:
        for at, word in enumerate(process.argv[1:-1], 1):
            if word == "-C":
                folder = os.path.join(folder, process.argv[at + 1])
            elif word in {"-f", "--file", "--makefile"}:
                yield os.path.join(folder, process.argv[at + 1])
        yield from (os.path.join(folder, name) for name in _MAKEFILES)
        return
    if known is not None and known[1] in {"npm", "npm-cli", "yarn", "pnpm"}:
        yield os.path.join(folder, "package.json")
    for word in process.argv[1:6]:  # a script, a playbook, a configuration
        if word and not word.startswith("-") and "\n" not in word and len(word) < 1024:
            yield os.path.join(folder, word)


def _workflows(folder: str) -> Iterator[str]:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    yield from (os.path.join(folder, name) for name in names if name.endswith((".yml", ".yaml")))


def _line_of(path: str, text: str) -> int:
    """Return the line at which a text begins in a file, 0 where it is not there."""
    content = _content(path)
    if not content:
        return 0
    wanted = _bare(text)
    for each in dict.fromkeys((wanted, wanted.replace("$", "$$"))):
        at = _joined(content).find(each)
        if at >= 0:
            return _line_at(content, at)
    return _recipe_line(content, wanted) if os.path.basename(path) in _MAKEFILES or path.endswith(".mk") else 0


def _recipe_line(content: str, wanted: str) -> int:
    """Return the line of the recipe that gives this text once make has put in its variables, 0 for none."""
    number = 1
    for line in re.split(r"(?<!\\)\n", content):
        if line.startswith("\t") and _gives(line, wanted):
            return number
        number += line.count("\n") + 1
    return 0


def _gives(recipe: str, wanted: str) -> bool:
    pieces = [_bare(piece.replace("$$", "$")) for piece in _VARIABLE.split(recipe.lstrip("\t @+-"))]
    if len(pieces) < 2 or sum(map(len, pieces)) < max(LEAST, SHARE * len(wanted)):
        return False
    if not wanted.startswith(pieces[0]) or not wanted.endswith(pieces[-1]):
        return False
    at = 0
    for piece in pieces:
        at = wanted.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return True


def _line_at(content: str, at: int) -> int:
    """Return the line in which the character that is ``at`` of those that count stands."""
    ends = _ends(content)
    before = bisect_right(ends, at)
    return before + 1 if before < len(ends) else 0


def _bare(text: str) -> str:
    return _NOTHING.sub("", text)


@lru_cache(maxsize=16)
def _joined(content: str) -> str:
    return "".join(map(_bare, content.split("\n")))


@lru_cache(maxsize=16)
def _ends(content: str) -> list[int]:
    """Return how many characters that count have come by the end of each line."""
    return list(accumulate(len(_bare(line)) for line in content.split("\n")))


def _content(path: str) -> str:
    """Return a regular file's text, up to the limit; empty where it cannot be read."""
    try:
        about = os.stat(path)
        if not stat.S_ISREG(about.st_mode) or about.st_size > SIZE:
            return ""
        return _read(path, about.st_mtime_ns, about.st_size)
    except (OSError, ValueError):
        return ""


@lru_cache(maxsize=16)
def _read(path: str, _changed: int, _size: int) -> str:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return ""
        return os.read(descriptor, SIZE).decode("utf-8", "surrogateescape")
    finally:
        os.close(descriptor)
