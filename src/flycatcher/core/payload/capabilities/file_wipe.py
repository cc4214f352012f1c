"""Wipes the whole system, or a whole disk. ATT&CK T1485, T1561."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import base
from flycatcher.core.payload.rules import Rule
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROOT = frozenset({"/", "/*", "/.", "/*/"})
_DISK = lazy(r"/dev/(?:sd[a-z?*]|nvme\d+n[\d?*]|vd[a-z?*]|hd[a-z?*]|xvd[a-z?*]|mmcblk\d)$")
_SOURCES = frozenset({"if=/dev/zero", "if=/dev/urandom", "if=/dev/random"})


def _wipes(words: Sequence[str]) -> bool:
    """``rm -rf /``, ``dd if=/dev/zero of=/dev/sda`` to its end, ``shred /dev/sda``, ``cat /dev/urandom > /dev/sda``."""
    name, rest = base(words[0]), words[1:]
    if name == "rm":
        forced = any(word.startswith("-") and "r" in word.lower() for word in rest)
        return forced and ("--no-preserve-root" in rest or not _ROOT.isdisjoint(rest))
    if name == "dd":
        disks = any(word.startswith("of=") and _DISK.match(word[3:]) for word in rest)
        return disks and not _SOURCES.isdisjoint(rest) and not any(word.startswith("count=") for word in rest)
    return name == "shred" and any(_DISK.match(word) for word in rest)


RULE = Rule(
    id="file.wipe",
    technique="T1561.001",
    points=60,
    sentence="wipes the whole system, or a whole disk",
    commands=_wipes,
    covers=frozenset({"file.destroy", "file.delete"}),
)
