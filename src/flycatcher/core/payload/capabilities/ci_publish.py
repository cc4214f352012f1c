"""Package publication. ATT&CK T1195.002."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


def _publishes(words: Sequence[str]) -> bool:
    """``npm publish``, ``twine upload``, ``gem push``, ``cargo publish``, ``docker push``."""
    command = (words[0].rpartition("/")[2], words[1] if len(words) > 1 else "")
    return command in _PUBLISH


_PUBLISH = frozenset(
    {
        ("npm", "publish"),
        ("yarn", "publish"),
        ("pnpm", "publish"),
        ("twine", "upload"),
        ("gem", "push"),
        ("cargo", "publish"),
        ("poetry", "publish"),
        ("uv", "publish"),
    }
)

RULE = Rule(
    id="ci.publish",
    technique="T1195.002",
    points=40,
    sentence="publishes a package",
    commands=_publishes,
)
