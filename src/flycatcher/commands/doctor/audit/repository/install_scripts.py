"""A repository's own settings of package managers that run program text of packages when they install them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.commands.doctor.audit.checks.install_scripts import REFERENCES, WHY, no_scripts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = "repository-install-scripts"
__all__ = ["ID", "REFERENCES", "WHY", "check"]


def check(root: Path) -> Iterator[tuple[str, str, str, int]]:
    """Look for an .npmrc beside package.json that forbids install scripts: it holds on every machine that builds it."""
    if (root / "package.json").is_file() and not no_scripts(root / ".npmrc"):
        evidence = "npm runs the install scripts of all dependencies (no ignore-scripts=true in .npmrc)"
        yield "package.json", evidence, "echo ignore-scripts=true >> .npmrc", 1
