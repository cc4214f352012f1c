"""What the options of ``flycatcher scan`` ask for."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct


class ScanSettings(Struct, frozen=True, kw_only=True):
    """The options by their names."""

    paths: tuple[str, ...] = ()
    """Files, folders, or ``-`` for a text on stdin."""
    outputs: tuple[tuple[str, str], ...] = (("text", "-"),)
    """Formats, each with the file that it goes to."""
    fail_on: str | None = None
    since: str | None = None
    new_within: str | None = None
    no_history: bool = False
    baseline: str | None = None
    no_ignores: bool = False
    no_gitignore: bool = False
    shells: bool = False
    no_redact: bool = False
    stdin_name: str = "stdin.sh"
    workers: int = 0
    config_path: Path | None = None
    sinks: tuple[str, ...] = ()
    spool: str = ""
    allow_empty: bool = False
    """Exit with 0 where no build file was read."""
    quiet: bool = False
    docs: bool = False
    """Read documents for people as well."""
    cache: str | None = None
    """File or folder that keeps the results of files that do not change."""
    allow_unread: bool = False
    """Exit as if what was not read held nothing."""
