"""File times. ATT&CK T1070.006."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.payload.rules import Calls, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


def _stamps(words: Sequence[str]) -> bool:
    """``touch -t``, ``touch -r``."""
    return words[0].rpartition("/")[2] == "touch" and any(w in ("-r", "-t", "-d") for w in words[1:])


RULE = Rule(
    id="evasion.timestomp",
    technique="T1070.006",
    points=20,
    sentence="sets the times of files",
    calls={
        "python": (Calls("os.utime"),),
        "perl": (Calls("utime"),),
        "ruby": (Calls("File.utime"),),
        "javascript": (Calls("fs.utimesSync fs.utimes"),),
    },
    commands=_stamps,
)
