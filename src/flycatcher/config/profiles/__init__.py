"""Configurations to begin with, one file each."""

from __future__ import annotations

from importlib.resources import files

NAMES = ("ci-observe", "ci-strict", "developer", "production-server")


def text_of(name: str) -> str:
    """Return a profile's text."""
    return files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
