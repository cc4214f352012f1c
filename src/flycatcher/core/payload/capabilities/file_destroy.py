"""Destruction. ATT&CK T1485."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.conditions import any_matches, matches
from flycatcher.core.payload.rules import Calls, Rule
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence


def _destroys(words: Sequence[str]) -> bool:
    """``rm -rf /``, ``dd of=/dev/sda``, ``mkfs``, ``wipefs``."""
    name = words[0].rpartition("/")[2]
    if name == "rm":
        return any(w.startswith("-") and "r" in w.lower() for w in words[1:]) and any(w in _ROOTS for w in words[1:])
    if name == "dd":
        return any(w.startswith(("of=/dev/sd", "of=/dev/nvme", "of=/dev/vd", "of=/dev/hd")) for w in words[1:])
    makes = name.startswith("mkfs") or name == "wipefs"
    return makes and any(word.startswith(("/dev/", "$", UNKNOWN)) for word in words[1:])


_ROOTS = frozenset(
    {"/", "/*", "~", "~/", "$HOME", "~/*", "/home", "/etc", "/var", "/usr", "/boot", "--no-preserve-root"}
)

_WHOLE = r"^(?:/|~/?|/(?:home|etc|var|usr|root|boot|opt|srv)/?)\*?$"
"""Directories whose loss ends a machine or a user."""

RULE = Rule(
    id="file.destroy",
    technique="T1485",
    points=45,
    sentence="deletes whole trees from the root or home directory, or overwrites devices",
    calls={
        "python": (Calls("shutil.rmtree", matches(0, _WHOLE)),),
        "ruby": (Calls("FileUtils.rm_rf FileUtils.rm_r FileUtils.remove_dir", any_matches(_WHOLE)),),
        "r": (Calls("unlink", matches(0, _WHOLE)),),
        "julia": (Calls("rm", matches(0, _WHOLE)),),
        "javascript": (
            Calls("fs.rmSync fs.rm fs.rmdirSync fs.promises.rm Deno.removeSync Deno.remove", matches(0, _WHOLE)),
        ),
        "perl": (Calls("rmtree remove_tree File::Path::rmtree File::Path::remove_tree glob", matches(0, _WHOLE)),),
    },
    commands=_destroys,
    covers=frozenset({"file.delete"}),
)
