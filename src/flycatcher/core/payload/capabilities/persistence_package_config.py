"""npm and pip configuration: every later install obeys it. ATT&CK T1546, T1195."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


def _configures(words: Sequence[str]) -> bool:
    """``npm config set``, ``pip config set``."""
    return (
        words[0].rpartition("/")[2] in ("npm", "yarn", "pnpm", "pip", "pip3")
        and "config" in words[1:3]
        and "set" in words[1:4]
    )


RULE = Rule(
    id="persistence.package-config",
    technique="T1546",
    points=35,
    sentence="changes a package manager's configuration",
    hints="pip.conf",
    values=r"\.config/pip/pip\.conf|/etc/pip\.conf|\.pip/pip\.conf",
    commands=_configures,
)
