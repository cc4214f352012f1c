"""The container runtime's socket, the host's namespaces. ATT&CK T1611."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


def _escapes(words: Sequence[str]) -> bool:
    """``nsenter`` into process 1, a privileged container."""
    name = words[0].rpartition("/")[2]
    return (name == "nsenter" and ("-t" in words or "--target" in words)) or (
        name == "docker" and "--privileged" in words
    )


RULE = Rule(
    id="privilege.container-escape",
    technique="T1611",
    points=55,
    sentence="reaches out of its container",
    hints="docker.sock containerd.sock release_agent /proc/1/root core_pattern",
    values=(
        r"/var/run/docker\.sock|/run/containerd/containerd\.sock|release_agent|/proc/1/root|"
        r"/proc/sys/kernel/core_pattern"
    ),
    commands=_escapes,
)
