"""What ``doctor`` asks each sensor: whether it works on this machine, and if not, why and what would help."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator


class Probe(Struct, frozen=True, kw_only=True):
    """One sensor's answer."""

    sensor: str
    command: str
    """The command that uses it."""
    works: bool
    why: str
    """What was found, in a sentence; where it does not work, the kernel's or the system's own reason."""
    hint: str = ""
    """How to get it, or how to get more of it."""
    limits: tuple[str, ...] = ()
    """What it cannot see for certain."""


def probes() -> Iterator[Probe]:
    """Ask every sensor: each module or package here that has a function ``probe``."""
    package = importlib.import_module("flycatcher.sources.sensors")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name == "probe":
            continue
        ask = getattr(importlib.import_module(f"flycatcher.sources.sensors.{module.name}"), "probe", None)
        if ask is not None:
            yield ask()
