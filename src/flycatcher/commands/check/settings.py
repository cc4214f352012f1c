"""What the options of ``flycatcher check`` ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from flycatcher.policies import Policies  # noqa: TC004 - settings are never decoded, and rules take long to load


class CheckSettings(Struct, frozen=True, kw_only=True):
    """How an execution or a row is answered."""

    fail_on: str = ""
    """The level of risk from which on the exit code is 10; empty for none."""
    shells: bool = False
    """Also count the text of shells."""
    risk: bool = True
    """Analyse what the text would do."""
    depth: int = 0
    """1 shows each reason with its evidence, 2 also the decoded layers."""
    policies: Policies | None = None
    """The rules of a configuration, where one is given."""
