"""npm, yarn, pnpm and bun: package.json (npm docs, `scripts`: each runs in `sh -c`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flycatcher.sources.buildfiles.engine import guess, jsontext
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region, Start
from flycatcher.sources.buildfiles.engine.yaml import scalars
from flycatcher.sources.buildfiles.engine.yamltext import Map, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSTALL = (
    "preinstall",
    "install",
    "postinstall",
    "prepublish",
    "preprepare",
    "prepare",
    "postprepare",
    "dependencies",
)
"""Scripts that installing the package, or what depends on it, runs by itself."""


_READ = frozenset(
    {
        "scripts",
        "simple-git-hooks",
        "pre-commit",
        "lint-staged",
        "dependencies",
        "devDependencies",
        "exports",
        "contributes",
    }
)


class PackageJson(FileType):
    """Scripts, those that an installation runs first; husky and lint-staged tables."""

    id = "package.json"
    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("package.json",)

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Yield every script."""
        root = jsontext.tree(document)
        if not isinstance(root, Map):
            return
        scripts = root.map("scripts").items
        for name in sorted(scripts, key=lambda name: name not in _INSTALL):
            script = scripts[name]
            if isinstance(script, Scalar) and not script.plain:
                context = {"hook": "install"} if name in _INSTALL else {}
                yield Region(text=script.text, symbol=("scripts", name), context=context)
        yield from _tables(root)
        for key, value in root.items.items():
            if key not in _READ:
                yield from guess.at_key((key,), value)
                yield from guess.in_tree(value, (key,))


def _tables(root: Map) -> Iterator[Region]:
    """Yield the commands of git's hooks that tools keep in tables of their own."""
    for way in (("husky", "hooks"), ("simple-git-hooks",), ("pre-commit",)):
        for name, script in root.map(*way).items.items():
            if isinstance(script, Scalar):
                yield Region(text=script.text, symbol=(*way, name), context={"hook": "git"})
    # lint-staged starts its commands without a shell
    for pattern, commands in root.map("lint-staged").items.items():
        for each in scalars(commands):
            yield Region(text=each.text, symbol=("lint-staged", pattern), context={"hook": "git"}, confidence="medium")
