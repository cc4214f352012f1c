"""Commands whose words alone put text where it will be run later: ``sed -i``, ``git config``, ``npm config set``, ``npm pkg set``.

Sources: sed(1), git-config(1), npm-config(1), npm-pkg(1).
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import base
from flycatcher.core.planted_places import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_IN_PLACE = re.compile(r"-[nEsruz]*i|--in-place")
PLANTERS = frozenset({"sed", "gsed", "git", "npm", "pnpm", "yarn", "node", "nodejs"})
"""The programs that :func:`by_command` reads."""
_VALUED = frozenset({"-f", "--file", "--blob", "-t", "--type", "--default", "--comment", "--value", "--url"})
"""Options of ``git config`` whose value is a word of its own."""
_MARKS = frozenset({"config", "pkg"})
_PACKAGERS = ("npm", "pnpm", "yarn")


def may_plant(argv: Sequence[str]) -> bool:
    """Whether the words of one of :data:`PLANTERS` may plant something: a subcommand that sets, or an option that edits."""
    return not _MARKS.isdisjoint(argv) or any(map(_IN_PLACE.match, argv))


def by_command(argv: Sequence[str], cwd: str = "") -> Iterator[tuple[str, str]]:
    """Yield the files, with their text, that a command plants by its words alone."""
    name = base(argv[0]) if argv else ""
    if name not in PLANTERS or not may_plant(argv):
        return
    if name in ("node", "nodejs") and len(argv) > 1:  # the kernel sees ``node /usr/bin/npm``
        argv, name = argv[1:], base(argv[1]).removesuffix(".js").removesuffix("-cli")
    words = list(argv[1:])
    if name in ("sed", "gsed") and any(map(_IN_PLACE.match, words)):
        yield from _sed(words, cwd)
    elif name == "git" and "config" in words:
        yield from _git_setting(words[words.index("config") + 1 :])
    elif name in _PACKAGERS and words[:2] == ["config", "set"]:
        first = words[2] if len(words) > 2 else ""
        yield ".npmrc", "\n".join(words[2:]) if "=" in first else " = ".join(words[2:4])
    elif name == "npm" and words[:2] == ["pkg", "set"]:
        for word in words[2:]:
            key, _, value = word.partition("=")
            yield (
                "package.json",
                f'{{"scripts": {{"x": {_quoted(value)}}}}}' if key.startswith("scripts.") else "",
            )


def _sed(words: list[str], cwd: str) -> Iterator[tuple[str, str]]:
    """Yield what ``sed -i`` puts into each file that is such a place."""
    from flycatcher.core.planting.readers import inserted_by_sed  # noqa: PLC0415 - few commands edit such files

    paths = {word: posixpath.join(cwd, word) for word in words}
    files = [word for word, path in paths.items() if place_of(path) is not None]
    if files:
        text = inserted_by_sed("\n".join(word for word in words if word not in files))
        yield from ((paths[word], text) for word in files)


def _git_setting(words: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the setting that ``git config [set] KEY VALUE`` writes."""
    valued = [at for at, word in enumerate(words[:-1]) if word in _VALUED]
    file = next((words[at + 1] for at in valued if words[at] in ("-f", "--file")), "")
    file = next((word.partition("=")[2] for word in words if word.startswith("--file=")), file)
    values = {at + 1 for at in valued}
    plain = [
        word
        for at, word in enumerate(words)
        if at not in values and not word.startswith("-") and word not in ("set", "unset")
    ]
    if (
        len(plain) > 1
        and "." in plain[0]
        and not any(word.startswith(("--get", "--unset", "-l", "--list")) for word in words)
    ):
        section, _, key = plain[0].rpartition(".")
        first, _, rest = section.partition(".")
        yield (
            file if place_of(file) else ".git/config",
            f"[{first}{f' {_quoted(rest)}' if rest else ''}]\n{key} = {plain[1]}\n",
        )


def _quoted(text: str) -> str:
    """Return a text as JSON, and git's configuration, write it between quotes."""
    import json  # noqa: PLC0415 - few commands plant a text

    return json.dumps(text)
