"""File times. ATT&CK T1070.006."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.rules import Calls, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.core.payload.evaluator.values import Value


def _stamps(words: Sequence[str]) -> bool:
    """``touch -t``, ``touch -r``."""
    return words[0].rpartition("/")[2] == "touch" and any(w in ("-r", "-t", "-d") for w in words[1:])


def _given(args: Sequence[Value], _kwargs: Mapping[str, Value]) -> bool:
    """``utime undef, undef`` sets the time that it is, as ``touch`` does."""
    return not (args and (args[0].data is None or args[0].name.startswith("undef")))


RULE = Rule(
    id="evasion.timestomp",
    technique="T1070.006",
    points=20,
    sentence="sets the times of files",
    calls={
        "python": (Calls("os.utime"),),
        "perl": (Calls("utime", _given),),
        "ruby": (Calls("File.utime"),),
        "javascript": (Calls("fs.utimesSync fs.utimes"),),
    },
    commands=_stamps,
)
