"""Accounts. ATT&CK T1136.001."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


def _accounts(words: Sequence[str]) -> bool:
    """Tools that create accounts or set passwords."""
    return words[0].rpartition("/")[2] in ("useradd", "adduser", "usermod", "chpasswd", "passwd", "gpasswd", "dscl")


RULE = Rule(
    id="persistence.account",
    technique="T1136.001",
    points=45,
    sentence="creates or changes accounts",
    commands=_accounts,
)
