"""``flycatcher doctor --audit``: read-only checks of a machine (:mod:`.checks`) or a repository (:mod:`.repository`).

Each is a module with ``ID``, ``WHY``, ``REFERENCES`` (ids of ATT&CK, CIS Controls 8, OWASP CICD-SEC) and ``check(root)``.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from flycatcher.commands.doctor.audit import checks, repository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


class Problem(Struct, frozen=True):
    """Something that a check found."""

    check: str
    place: str
    """The file, as it is named on the machine or in the repository."""
    evidence: str
    why: str
    fix: str
    """A command, or what to write where."""
    line: int = 0
    """Of the file, from 1; 0: none in particular."""
    references: tuple[str, ...] = ()


def modules(of: ModuleType) -> list[Any]:
    """Return the checks of a package, by name."""
    names = sorted(each.name for each in pkgutil.iter_modules(of.__path__))
    return [importlib.import_module(f"{of.__name__}.{name}") for name in names]


def audit(root: Path, *, is_repository: bool = False) -> Iterator[Problem]:
    """Yield what all checks find below a root (``/``, or a repository); what cannot be read is a problem of its own."""
    for found in modules(repository if is_repository else checks):
        try:
            for place, evidence, fix, *line in found.check(root):
                number = line[0] if line else 0
                yield Problem(found.ID, place, evidence, found.WHY, fix, number, found.REFERENCES)
        except OSError as error:
            path = Path(error.filename or root)
            shown = str(path.relative_to(root)) if is_repository and path.is_relative_to(root) else named(path, root)
            fix = "sudo flycatcher doctor --audit"
            yield Problem(
                found.ID, shown, f"not checked: {error.strerror}", found.WHY, fix, references=found.REFERENCES
            )


def named(path: Path, root: Path) -> str:
    """Return a path as the machine below the root names it."""
    return f"/{path.relative_to(root)}" if path.is_relative_to(root) else str(path)
