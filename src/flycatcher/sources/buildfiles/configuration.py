"""Configuration of tools that no table knows: YAML, JSON and TOML in which a command's key, or a list of words, starts an interpreter."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.names import entry_of
from flycatcher.core.shell.prefilter import may_start
from flycatcher.core.unread import word
from flycatcher.sources.buildfiles.engine import guess
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region, Searcher
from flycatcher.sources.buildfiles.engine.stands import READERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.buildfiles.engine.filetype import Start


class _Named:
    """Looks for an interpreter where a command can stand."""

    def search(self, data: bytes, /) -> object | None:
        """Return something true where there is one."""
        return word(data) or None


class Configuration(FileType):
    """Read last, and with low confidence: the names of keys are all that tells."""

    id = "configuration"
    comments: ClassVar[tuple[str, ...]] = ("#", "//")
    rank = 99
    words: ClassVar[tuple[Searcher, ...]] = (_Named(),)
    names: ClassVar[tuple[str, ...]] = ("*.yml", "*.yaml", "*.json", "*.jsonc", "*.json5", "*.toml", ".*rc", "Pipfile")

    def accepts(self, document: Document) -> bool:
        """Whether anything in it may start an interpreter; else it is a file of an unknown type."""
        trial = Document(document.path, document.text)
        return any(
            may_start(item.text.text, item.env) if isinstance(item, Region) else entry_of(item.argv[0]) is not None
            for item in self.read(trial)
        )

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Go through the tree."""
        kind = document.name.rpartition(".")[2].removesuffix("c").removesuffix("5")
        braces = document.text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")
        for root in READERS["toml" if kind in ("toml", "Pipfile") else "json" if braces else "yaml"](document):
            yield from guess.in_tree(root, ())
