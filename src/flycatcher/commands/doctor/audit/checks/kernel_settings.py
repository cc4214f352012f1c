"""Settings of the kernel that let programs reach into others, or at more of the kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = "kernel-setting"
WHY = "a program that was started on the fly gets at other processes of the user, or at more of the kernel"
REFERENCES = ("M1042", "M1028", "CIS 4.1")
_WEAK = {
    "kernel.yama.ptrace_scope": ("0", "1"),
    "kernel.unprivileged_bpf_disabled": ("0", "2"),
    "kernel.unprivileged_userns_clone": ("1", "0"),
}
"""Each setting with its weak and its better value (kernel: LSM/Yama.rst and sysctl/kernel.rst; Debian's own)."""
_CLONE = "kernel.unprivileged_userns_clone"
_RESTRICTED = "kernel.apparmor_restrict_unprivileged_userns"
_MOST = "user.max_user_namespaces"


def check(root: Path) -> Iterator[tuple[str, str, str]]:
    """Compare; a setting that this kernel does not have is no problem."""
    for name, (weak, better) in _WEAK.items():
        if _value(root, name) == weak:
            yield _place(name), f"{name} = {weak}", f"sysctl -w {name}={better}"
    # without Debian's setting and AppArmor's, only their number limits user namespaces (user_namespaces(7), namespaces(7))
    most = _value(root, _MOST)
    if _value(root, _CLONE) == "" and _value(root, _RESTRICTED) != "1" and most not in {"", "0"}:
        fix = f"sysctl -w {_MOST}=0 (containers without root and the sandboxes of browsers need them)"
        yield _place(_MOST), f"every user may make {most} user namespaces", fix


def _value(root: Path, name: str) -> str:
    file = root / _place(name)[1:]
    return file.read_text().strip() if file.is_file() else ""


def _place(name: str) -> str:
    return f"/proc/sys/{name.replace('.', '/')}"
