"""chmod +x. ATT&CK T1222.002."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.payload.conditions import executable_mode
from flycatcher.core.payload.rules import Calls, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


def _marks(words: Sequence[str]) -> bool:
    """``chmod +x``, ``chmod 755``."""
    return words[0].rpartition("/")[2] == "chmod" and any(_EXECUTE.match(word) for word in words[1:])


_EXECUTE = re.compile(r"[ugoa]*\+[rwst]*x|0?[0-7]*[1357][0-7]{0,2}$")

RULE = Rule(
    id="file.executable",
    technique="T1222.002",
    points=15,
    sentence="makes a file executable",
    calls={
        "python": (
            Calls("os.chmod os.fchmod", executable_mode(1)),
            Calls("*.chmod", executable_mode(0)),
        ),
        "perl": (Calls("chmod", executable_mode(0)),),
        "ruby": (Calls("File.chmod FileUtils.chmod", executable_mode(0)),),
        "javascript": (Calls("fs.chmodSync fs.chmod Deno.chmod Deno.chmodSync", executable_mode(1)),),
        "php": (Calls("chmod", executable_mode(1)),),
    },
    commands=_marks,
)
