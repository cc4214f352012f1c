"""Composer: composer.json (Composer documentation, scripts): text for a shell, ``@php``, class methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine import jsontext
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region
from flycatcher.sources.buildfiles.engine.located import Builder
from flycatcher.sources.buildfiles.engine.yaml import scalars
from flycatcher.sources.buildfiles.engine.yamltext import Map

if TYPE_CHECKING:
    from collections.abc import Iterator

_METHOD = lazy(r"[\w\\]+::\w+")
_INSTALL = lazy(r"(?:pre|post)-(?:install|update|autoload-dump|root-package-install|create-project|package-install)")


class Composer(FileType):
    """Scripts and events; those of an installation run by themselves."""

    id = "composer.json"
    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("composer.json",)

    def read(self, document: Document) -> Iterator[Region]:
        """Yield every script."""
        root = jsontext.tree(document)
        for name, value in root.map("scripts").items.items() if isinstance(root, Map) else ():
            for text in scalars(value):
                if _METHOD.fullmatch(text.value):
                    continue
                located = text.text
                if text.value.startswith("@"):
                    word = text.value[1:].partition(" ")[0]
                    if word not in ("php", "putenv"):
                        continue
                    builder = Builder()
                    builder.take(located, 1)
                    located = builder.done()
                context = {"hook": "install"} if _INSTALL.match(name) else {}
                yield Region(text=located, symbol=("scripts", name), context=context)
