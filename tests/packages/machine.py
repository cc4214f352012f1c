"""A bare Debian 12 to install things on: a debootstrap tree with mounts of its own, this machine's kernel, processes and registries.

A mount namespace with a root of its own, and not chroot(2): the sensors tell a file's path from its mount, as the kernel does.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

FOLDER = Path(os.environ.get("FLYCATCHER_MACHINES", "~/.cache/flycatcher-machines")).expanduser()
BARE = FOLDER / "bookworm"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_ENTER = r"""
set -e
root=$1; shift
mount --rbind "$root" "$root"
cd "$root"
mkdir -p .outside
for folder in proc sys dev $LOCAL; do mkdir -p "./$folder"; mount --rbind "/$folder" "./$folder"; done
pivot_root . .outside
cd /
umount -l /.outside
exec env -i PATH="$INSIDE" TERM=dumb LANG=C.UTF-8 "$@"
"""


class Machine:
    """One tree; whatever is installed there stays there."""

    def __init__(self, root: Path) -> None:
        """Take a tree that is there."""
        self.root = root

    def run(self, *command: str, user: str = "root", check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command as a user; its output is one text, and in the error where it fails."""
        home = "/root" if user == "root" else f"/home/{user}"
        words = [
            "setpriv",
            f"--reuid={user}",
            f"--regid={user}",
            "--init-groups",
            "env",
            f"--chdir={home}",
            f"HOME={home}",
            *command,
        ]
        done = subprocess.run(
            ["unshare", "--mount", "--propagation=private", "bash", "-c", _ENTER, "enter", str(self.root), *words],
            env={**os.environ, "LOCAL": " ".join(local_folders()), "INSIDE": PATH},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert not check or done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}"
        return done

    def install(self, *packages: str) -> None:
        """Install Debian packages, or a .deb by its path."""
        self.run(
            "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "--no-install-recommends", *packages
        )

    def add_user(self, name: str) -> None:
        """Add a user who may do everything through sudo."""
        self.run("useradd", "--create-home", "--shell=/bin/bash", name)
        (self.root / "etc/sudoers.d" / name).write_text(f"{name} ALL=(ALL) NOPASSWD: ALL\n")

    def has(self, path: str) -> bool:
        """Tell whether a file or a link is there."""
        return os.path.lexists(self.root / path.lstrip("/"))


def bare() -> Path:
    """Return the tree of a bare Debian 12, made once: what debootstrap calls minbase, and nothing else."""
    if not BARE.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        partial = BARE.with_suffix(f".{os.getpid()}")
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", partial], check=True, capture_output=True)
        _like_this_machine(partial)
        Machine(partial).run("apt-get", "update")
        partial.rename(BARE)
    return BARE


def on_top(name: str, below: Path) -> Machine:
    """Return a machine that begins as another's tree, which it leaves as it is."""
    folder = FOLDER / name
    removed(folder / "root")
    for part in ("root", "written", "work"):
        (folder / part).mkdir(parents=True)
    layers = f"lowerdir={below},upperdir={folder / 'written'},workdir={folder / 'work'}"
    subprocess.run(["mount", "-t", "overlay", "-o", layers, "flycatcher", folder / "root"], check=True)
    return Machine(folder / "root")


def removed(root: Path) -> None:
    """Unmount a machine and remove what it has written."""
    if root.is_mount():
        subprocess.run(["umount", root], check=True)
    if root.parent.exists():
        subprocess.run(["rm", "-rf", "--one-file-system", root.parent], check=True)


def _like_this_machine(root: Path) -> None:
    """Give a tree the registries of this machine: its resolver, certificates, and what apt and pip are told of addresses."""
    for file in ("/etc/resolv.conf", "/etc/hosts", "/etc/apt/sources.list.d/debian.sources", "/etc/npmrc"):
        if Path(file).exists():
            shutil.copy(file, root / file[1:])
    if (root / "etc/apt/sources.list.d/debian.sources").exists():
        (root / "etc/apt/sources.list").write_text("")
    dates = re.findall(r"^Acquire::Check-.*;$", _printed("apt-config", "dump"), re.MULTILINE)
    (root / "etc/apt/apt.conf.d/99dates").write_text("".join(f"{line}\n" for line in dates))
    settings = _pip_settings()
    if "cert" in settings:
        (root / "etc/ssl/certs").mkdir(parents=True, exist_ok=True)
        shutil.copy(settings["cert"], root / "etc/ssl/machine.pem")
        settings["cert"] = "/etc/ssl/machine.pem"
    (root / "etc/pip.conf").write_text(
        "[global]\n" + "".join(f"{name} = {value}\n" for name, value in settings.items())
    )


@cache
def _pip_settings() -> dict[str, str]:
    """Return what this machine tells pip of where packages come from."""
    lines = re.findall(r"^(?::env:|global)\.(\S+)='(.*)'$", _printed("pip", "config", "list"), re.MULTILINE)
    return {name: value for name, value in lines if name in {"cert", "index-url", "extra-index-url", "find-links"}}


def local_folders() -> list[str]:
    """Return the folders of this machine, without their first slash, that pip's settings name (an index has its files beside it)."""
    words = " ".join(_pip_settings().values()).replace("file://", "").removesuffix("/").split()
    folders = {Path(word).parent if Path(word).name == "simple" else Path(word) for word in words if word[0] == "/"}
    return sorted(str(folder)[1:] for folder in folders if folder.is_dir())


def _printed(*command: str) -> str:
    """Return what a program prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
