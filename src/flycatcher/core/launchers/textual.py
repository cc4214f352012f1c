"""Which launchers may hand text to a shell: words of their line that a shell reads, or stdin that a shell reads for them."""

from __future__ import annotations

from flycatcher.core.launchers.table import TABLE

FED = frozenset({"at", "batch"})
"""Launchers that start a shell on stdin and on nothing else."""
SHELLED = frozenset({
    "su", "runuser", "sg", "script", "watch", "flock", "parallel", "tmux", "screen", "capsh", "start-stop-daemon",
    "chroot", "unshare", "nsenter", "setarch", "linux32", "linux64", "uname26", "fab", "ansible",
})  # fmt: skip
"""Launchers with a reader of their own that start a shell: with a text, or on stdin where they are given no command."""


def takes_text(name: str) -> bool:
    """Whether a launcher of this name may hand text to a shell."""
    wrapper = TABLE.get(name)
    return name in FED or name in SHELLED or (wrapper is not None and (wrapper.joined or bool(wrapper.text)))
