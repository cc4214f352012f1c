"""Calls that send what they are given to another host, by language; what of it is secret, a capability each says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.names import SENDERS
from flycatcher.core.payload.rules import Calls
from flycatcher.core.payload.secrets import in_address_or_body

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def sends(kind: str) -> Mapping[str, Sequence[Calls]]:
    """Return the calls that send a secret of a kind, by language."""
    when = in_address_or_body(kind)
    return {language: (Calls(names, when),) for language, names in SENDERS.items()}
