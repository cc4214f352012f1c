"""Settings of the kernel that let programs reach into others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = "kernel-setting"
WHY = (
    "a program that was started on the fly gets at other processes of the user, or at more of the kernel (ATT&CK M1042)"
)
_WEAK = {
    "kernel.yama.ptrace_scope": ("0", "1"),
    "kernel.unprivileged_bpf_disabled": ("0", "2"),
    "kernel.unprivileged_userns_clone": ("1", "0"),
}
"""Each setting with its weak and its better value (kernel: LSM/Yama.rst and sysctl/kernel.rst; Debian's own)."""


def check(root: Path) -> Iterator[tuple[str, str, str]]:
    """Compare; a setting that this kernel does not have is no problem."""
    for name, (weak, better) in _WEAK.items():
        file = root / "proc/sys" / name.replace(".", "/")
        if file.is_file() and file.read_text().strip() == weak:
            yield f"/proc/sys/{name.replace('.', '/')}", f"{name} = {weak}", f"sysctl -w {name}={better}"
