"""Payload text on one line of bounded length, harmless for terminals and logs."""

from __future__ import annotations

from flycatcher.terminal import visible


def neutral(text: str, limit: int = 0) -> str:
    """Return one printable line; control, format and bidirectional characters show as escapes; cut at ``limit`` characters."""
    if 0 < limit < len(text):
        return visible(text[:limit]) + "…"
    return visible(text)
