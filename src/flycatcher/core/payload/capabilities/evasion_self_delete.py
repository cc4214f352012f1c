"""Removes its own traces. ATT&CK T1070.004."""

from __future__ import annotations

from flycatcher.core.payload.conditions import any_tainted
from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="evasion.self-delete",
    technique="T1070.004",
    points=20,
    sentence="deletes its own file",
    calls={
        "python": (Calls("os.remove os.unlink", any_tainted("self")),),
        "javascript": (Calls("fs.unlinkSync fs.unlink fs.rmSync", any_tainted("self")),),
        "ruby": (Calls("File.delete File.unlink", any_tainted("self")),),
        "perl": (Calls("unlink", any_tainted("self")),),
    },
)
