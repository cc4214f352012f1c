"""The setuid bit and file capabilities. ATT&CK T1548.001."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.payload.conditions import setuid_mode
from flycatcher.core.payload.rules import Calls, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


def _marks(words: Sequence[str]) -> bool:
    """``chmod u+s``, ``chmod 4755``, ``setcap``."""
    name = words[0].rpartition("/")[2]
    if name == "setcap":
        return len(words) > 1
    return name == "chmod" and any(_SET.match(word) for word in words[1:])


_SET = re.compile(r"[ugoa]*\+[rwxXt]*s|0?[2467][0-7]{3}$")

RULE = Rule(
    id="privilege.setuid-bit",
    technique="T1548.001",
    points=50,
    sentence="marks a program to run with its owner's rights",
    calls={
        "python": (Calls("os.chmod", setuid_mode(1)),),
        "perl": (Calls("chmod", setuid_mode(0)),),
        "ruby": (Calls("File.chmod", setuid_mode(0)),),
        "php": (Calls("chmod", setuid_mode(1)),),
        "javascript": (Calls("fs.chmodSync fs.chmod", setuid_mode(1)),),
    },
    uses={"python": "stat.S_ISUID stat.S_ISGID"},
    commands=_marks,
    covers=frozenset({"file.executable"}),
)
