"""What the options of ``flycatcher lsp`` ask for."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct


class LspSettings(Struct, frozen=True, kw_only=True):
    """The options by their names."""

    delay: int = 300
    """Milliseconds without a change before a document is scanned."""
    docs: bool = False
    """Read documents for people as well."""
    shells: bool = False
    no_ignores: bool = False
    no_redact: bool = False
    config_path: Path | None = None
