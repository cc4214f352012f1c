"""GitHub Actions' workflows of a repository, read once for all checks (GitHub's reference of workflow syntax)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.commands.doctor.audit.text import content
from flycatcher.sources.buildfiles.engine import yamltext
from flycatcher.sources.buildfiles.engine.filetype import Document
from flycatcher.sources.buildfiles.engine.yamltext import List, Map, Scalar, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDERS = (".github/workflows", ".gitea/workflows", ".forgejo/workflows")
MOST = 1000


class Workflow(Struct, frozen=True):
    """One file."""

    path: str
    """In the repository."""
    document: Document
    tree: Map

    def line(self, offset: int) -> int:
        """Return the line of a place in the file."""
        return self.document.position(offset)[0]

    @property
    def events(self) -> dict[str, int]:
        """What starts it, and where that is written; ``on`` is true in YAML 1.1."""
        node = self.tree.get("on") or self.tree.get("true")
        if isinstance(node, Map):
            return dict(node.keys) if node.keys else dict.fromkeys(node.items, node.start)
        return {each.value: each.start for each in scalars(node)}

    @property
    def jobs(self) -> dict[str, Map]:
        """Its jobs by name."""
        return {name: job for name, job in self.tree.map("jobs").items.items() if isinstance(job, Map)}

    def at(self, *path: str) -> int:
        """Return the line of a key, 1 where that is not known."""
        node = self.tree.map(*path[:-1])
        return self.line(node.keys[path[-1]]) if path[-1] in node.keys else 1


def scalars(node: Tree | None) -> Iterator[Scalar]:
    """Yield a text, or the texts of a list."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, List):
        yield from (item for item in node.items if isinstance(item, Scalar))


def steps(job: Map) -> Iterator[Map]:
    """Yield a job's steps."""
    found = job.get("steps")
    yield from (step for step in (found.items if isinstance(found, List) else ()) if isinstance(step, Map))


@lru_cache(4)
def workflows(root: Path) -> tuple[Workflow, ...]:
    """Return a repository's workflows."""
    return tuple(_read(root))


def _read(root: Path) -> Iterator[Workflow]:
    for folder in FOLDERS:
        for file in sorted((root / folder).glob("*.y*ml"))[:MOST]:
            text = content(file)
            if text is None or file.is_symlink():
                continue
            path = f"{folder}/{file.name}"
            document = Document(path, text)
            trees = yamltext.documents(document)
            yield Workflow(path, document, trees[0] if trees and isinstance(trees[0], Map) else Map())
