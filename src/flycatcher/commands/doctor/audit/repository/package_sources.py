"""A repository's own settings of where packages come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.commands.doctor.audit.checks.package_sources import REFERENCES, WHY, gem, npm, pip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = "repository-package-source"
__all__ = ["ID", "REFERENCES", "WHY", "check"]
_FILES = ((".npmrc", npm), ("pip.conf", pip), (".pip/pip.conf", pip), (".gemrc", gem), ("Gemfile", gem))


def check(root: Path) -> Iterator[tuple[str, str, str, int]]:
    """Read what the repository brings along."""
    for name, read in _FILES:
        yield from ((name, evidence, fix, number) for number, evidence, fix in read(root / name))
