"""``flycatcher doctor --audit``: read-only checks of a machine, each one a module of :mod:`.checks`.

Such a module has ``ID``, ``WHY`` and ``check(root)``.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.commands.doctor.audit import checks

if TYPE_CHECKING:
    from collections.abc import Iterator


class Problem(Struct, frozen=True):
    """Something that a check found."""

    check: str
    place: str
    """The file, as it is named on the machine."""
    evidence: str
    why: str
    fix: str
    """A command, or what to write where."""


def audit(root: Path) -> Iterator[Problem]:
    """Yield what all checks find below a root (``/``); what cannot be read is a problem of its own."""
    for module in sorted(pkgutil.iter_modules(checks.__path__), key=lambda each: each.name):
        found = importlib.import_module(f"{checks.__name__}.{module.name}")
        try:
            for place, evidence, fix in found.check(root):
                yield Problem(found.ID, place, evidence, found.WHY, fix)
        except OSError as error:
            shown = named(Path(error.filename or root), root)
            yield Problem(
                found.ID, shown, f"not checked: {error.strerror}", found.WHY, "sudo flycatcher doctor --audit"
            )


def named(path: Path, root: Path) -> str:
    """Return a path as the machine below the root names it."""
    return f"/{path.relative_to(root)}" if path.is_relative_to(root) else str(path)
