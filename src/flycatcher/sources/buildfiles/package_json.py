"""npm, yarn, pnpm and bun: package.json (npm docs, `scripts`: each runs in `sh -c`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flycatcher.sources.buildfiles.engine import jsontext
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region
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


class PackageJson(FileType):
    """Scripts, those that an installation runs first; husky and lint-staged tables."""

    id = "package.json"
    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("package.json",)

    def read(self, document: Document) -> Iterator[Region]:
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
        for way in (("husky", "hooks"), ("simple-git-hooks",), ("pre-commit",)):
            for name, script in root.map(*way).items.items():
                if isinstance(script, Scalar):
                    yield Region(text=script.text, symbol=(*way, name), context={"hook": "git"})
        # lint-staged starts its commands without a shell
        for pattern, commands in root.map("lint-staged").items.items():
            for each in scalars(commands):
                yield Region(
                    text=each.text, symbol=("lint-staged", pattern), context={"hook": "git"}, confidence="medium"
                )
