"""Another kernel to try programs on: qemu boots it with this Python, the libraries and the packages that it needs, and no disk."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.installed import packages, tree

LIBBPF = Path("/usr/lib/x86_64-linux-gnu/libbpf.so.1")
BEGIN, END = "--- begin", "--- end"
_SITE = "/site"
_INIT = f"""#!{Path(sys.executable).resolve()} -I
import ctypes, os, subprocess, sys
libc = ctypes.CDLL(None)
for kind, folder in (("proc", "/proc"), ("sysfs", "/sys"), ("devtmpfs", "/dev"), ("tmpfs", "/tmp"), ("cgroup2", "/sys/fs/cgroup")):
    os.makedirs(folder, exist_ok=True)
    libc.mount(kind.encode(), folder.encode(), kind.encode(), 0, None)
where = {{"PATH": "/usr/bin:/bin", "HOME": "/", "LANG": "C.UTF-8", "PYTHONPATH": "{_SITE}", "PYTHONDONTWRITEBYTECODE": "1"}}
print("{BEGIN}", flush=True)
done = subprocess.run(["/usr/bin/python3", "/asked.py"], env=where, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT)
print("{END}", done.returncode, flush=True)
os.sync()
libc.reboot(0x4321FEDC)
"""


def run(kernel: Path, initrd: Path, *, megabytes: int = 1024, seconds: int = 900) -> str:
    """Boot, and return what the script in the initrd has printed; AssertionError where it fails.

    The console is in a file beside the initrd. qemu translates: where KVM is nested it may hang.
    """
    command = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-m", str(megabytes), "-nographic", "-no-reboot"]
    command += [
        "-kernel",
        str(kernel),
        "-initrd",
        str(initrd),
        "-append",
        "console=ttyS0 quiet panic=-1 mitigations=off init=/init",
    ]
    console = initrd.with_suffix(".console")
    with console.open("wb") as written:
        subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=written, stderr=subprocess.STDOUT, timeout=seconds, check=False
        )
    said = console.read_text(errors="replace").replace("\r\n", "\n")
    found = re.search(rf"{BEGIN}\n(.*)^{END} (\d+)$", said, re.DOTALL | re.MULTILINE)
    assert found, f"the kernel did not get to the end:\n{said[-4000:]}"
    assert found[2] == "0", f"the script ended with {found[2]}:\n{found[1]}"
    return found[1]


def initrd(target: Path, script: Path) -> Path:
    """Write an archive (cpio, newc) with what runs a Python script that can import flycatcher."""
    python = Path(sys.executable).resolve()
    files: dict[str, bytes | Path] = {"/init": _INIT.encode(), "/asked.py": script}
    files |= {"/usr/bin/python3": python, str(python): python}
    files |= {"/bin/sh": Path("/bin/sh"), str(LIBBPF): LIBBPF}
    files |= {str(path): path for path in tree(Path(sysconfig.get_path("stdlib")))}
    for root, inside in packages():
        files |= {f"{_SITE}/{path.relative_to(root)}": path for path in inside}
    files |= {str(path): path for path in _libraries([path for path in files.values() if isinstance(path, Path)])}
    with target.open("wb") as archive:
        for folder in sorted({str(parent) for name in files for parent in Path(name).parents} - {"/"}):
            archive.write(_member(folder, stat.S_IFDIR | 0o755, b""))
        for name, held in files.items():
            archive.write(_member(name, stat.S_IFREG | 0o755, held if isinstance(held, bytes) else held.read_bytes()))
        archive.write(_member("TRAILER!!!", 0, b""))
    return target


LEFT_OUT = ("usr/share/doc", "usr/share/man", "usr/share/locale", "var/lib/apt", "var/cache", "proc", "sys", "dev")
"""Folders of a system that it starts without."""


def system(target: Path, root: Path) -> Path:
    """Write an archive with a whole system, whose /sbin/init is the first program."""
    with target.open("wb") as archive:
        for folder, folders, names in os.walk(root):
            inside = Path(folder).relative_to(root)
            folders[:] = sorted(name for name in folders if str(inside / name) not in LEFT_OUT)
            for name in sorted((*folders, *names)):
                path = Path(folder, name)
                found = path.lstat()
                if stat.S_ISLNK(found.st_mode):
                    held = os.fsencode(path.readlink())
                else:
                    held = path.read_bytes() if stat.S_ISREG(found.st_mode) else b""
                archive.write(_member(str(inside / name), found.st_mode, held))
        for name in ("proc", "sys", "dev"):
            archive.write(_member(name, stat.S_IFDIR | 0o755, b""))
        archive.write(_member("init", stat.S_IFLNK | 0o777, b"/sbin/init"))
        archive.write(_member("TRAILER!!!", 0, b""))
    return target


def _member(name: str, mode: int, data: bytes) -> bytes:
    """Return one member; the numbers' order is that of Linux's Documentation/driver-api/early-userspace/buffer-format.rst."""
    encoded = name.lstrip("/").encode() + b"\0"
    numbers = (0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(encoded), 0)
    head = b"070701" + b"".join(b"%08x" % number for number in numbers) + encoded
    return head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4)


def _libraries(programs: list[Path]) -> set[Path]:
    """Return the shared libraries that programs and libraries ask for, and the loader."""
    elf = [str(path) for path in programs if path.suffix not in (".py", ".txt") and path.read_bytes()[:4] == b"\x7fELF"]
    done = subprocess.run(["ldd", *elf], capture_output=True, text=True, check=False)
    return {Path(found) for found in re.findall(r"(/\S+) \(0x", done.stdout)}
