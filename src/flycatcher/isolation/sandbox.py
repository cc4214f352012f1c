"""A sandbox that is thrown away, made by bubblewrap: the host read-only, a copy of the working folder, a home of its own.

bubblewrap 0.8, which Debian 12 has, knows no overlay: the working folder is copied, within :data:`LIMIT_BYTES` and
:data:`LIMIT_FILES`. Source: bwrap(1).
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Network = Literal["none", "loopback", "host"]
LIMIT_BYTES = 1 << 30
LIMIT_FILES = 200_000
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TERM", "USER", "LOGNAME")
"""Environment variables that the command keeps; what else is set may be a secret."""
_HIDDEN = ("/home", "/root", "/run", "/var/tmp", "/tmp")  # noqa: S108 - places of the sandbox, where it has its own
"""Folders of the host that the sandbox does not show: other homes, sockets, what others left."""
_KERNEL = ("acpi", "bus", "fs", "irq", "mtrr", "pressure", "scsi", "sys", "sysrq-trigger")
"""What of /proc sets the whole machine, and root's user may write without a capability; bwrap 0.8 leaves some of it writable."""
_ALONE = ("--unshare-all", "--unshare-user", "--disable-userns")
"""All namespaces are new, and the command can make no further ones."""
_LOOK = 'found=$(command -v -- "$1"); case $found in */*) [ -f "$found" ] && [ -x "$found" ] || exit 126 ;; *) exit 127 ;; esac'
"""A program of sh that looks for one."""
_PREFIX = ("lib", "lib64", "libexec")
"""What a program may need beside its ``bin`` folder."""


class Sandbox(Struct, frozen=True, kw_only=True):
    """Where the sandbox's two writable folders are on the host, and which folders they stand for."""

    project: Path
    home: Path
    project_copy: Path
    home_copy: Path
    network: Network = "none"
    resolver: Path | None = None
    """A file that stands for /etc/resolv.conf."""

    def command(self, words: tuple[str, ...], gate: Sequence[int] = ()) -> list[str]:
        """Return the command line that runs ``words`` in the sandbox. Raises FlycatcherError where there is no bubblewrap.

        ``gate``: a descriptor to which the sandbox's process is told, and one that is waited for before the command runs.
        """
        return [
            bubblewrap(),
            *_ALONE,
            *("--new-session", "--die-with-parent", "--cap-drop", "ALL"),
            *(("--share-net",) if self.network == "host" else ()),
            *(
                word
                for name, each in zip(("--info-fd", "--block-fd"), gate, strict=False)
                for word in (name, str(each))
            ),
            *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
            *(word for name in _KERNEL for word in ("--ro-bind-try", f"/proc/{name}", f"/proc/{name}")),
            *(word for place in _HIDDEN if _is_folder(place) for word in ("--tmpfs", place)),
            *("--bind", str(self.home_copy), str(self.home)),
            *(word for place in self.tools() for word in ("--ro-bind", place, place)),
            *(("--ro-bind", str(self.resolver), os.path.realpath("/etc/resolv.conf")) if self.resolver else ()),
            *("--bind", str(self.project_copy), str(self.project), "--chdir", str(self.project)),
            *("--", *words),
        ]

    def missing(self, words: tuple[str, ...], env: Mapping[str, str]) -> int:
        """Return a shell's code for no such program (127), or one that may not run (126); 0 where there is one."""
        asked = subprocess.run(self.command(("/bin/sh", "-c", _LOOK, "sh", words[0])), env=dict(env), check=False)
        return asked.returncode if asked.returncode in {126, 127} else 0

    def tools(self) -> list[str]:
        """Return the folders of PATH, and the libraries beside them, that lie where the sandbox shows nothing of the host."""
        found = {
            str(place)
            for folder in os.environ.get("PATH", "").split(":")
            if folder.startswith("/")
            for place in _program_folders(Path(folder))
            if _is_hidden(place, self.home) and not place.is_relative_to(self.project)
        }
        return sorted(found)

    def prepare(self) -> list[str]:
        """Copy the working folder, and make the places in both copies where others are mounted. Raises FlycatcherError.

        Returns what could not be read, and so is not in the copy.
        """
        left_out = copy_tree(self.project, self.project_copy)
        self.home_copy.mkdir(mode=0o700, exist_ok=True)
        for place in (*self.tools(), str(self.project)):
            if Path(place).is_relative_to(self.home):
                (self.home_copy / Path(place).relative_to(self.home)).mkdir(parents=True, exist_ok=True)
        return left_out


def bubblewrap() -> str:
    """Return the path of bwrap. Raises FlycatcherError where it is not installed."""
    path = shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin:" + os.environ.get("PATH", ""))
    if path is None:
        raise FlycatcherError(
            "the sandbox needs bubblewrap (bwrap)", hint="install the package bubblewrap, as in: apt install bubblewrap"
        )
    return path


def refusal() -> str:
    """Return why bubblewrap cannot make a sandbox here; empty where it can. Raises FlycatcherError as :func:`bubblewrap`."""
    words = [bubblewrap(), *_ALONE, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "true"]
    tried = subprocess.run(words, capture_output=True, text=True, check=False, errors="replace")
    return (tried.stderr.strip() or f"exit code {tried.returncode}") if tried.returncode else ""


def check_folder(project: Path, home: Path) -> None:
    """Raise FlycatcherError for a working folder that cannot be replaced by a copy: one that holds the home or the system."""
    if home.is_relative_to(project) or len(project.parts) < 3 or project.is_relative_to("/proc"):
        raise FlycatcherError(f"{project} is too much to copy", hint="start in the folder of one project", code=2)


def copy_tree(source: Path, target: Path) -> list[str]:
    """Copy a folder with its links as they are, without pipes, sockets and devices; return the paths that could not be read.

    Raises FlycatcherError over the limits.
    """
    left_out: list[str] = []
    size = count = 0
    for folder, folders, files in os.walk(source, onerror=lambda error: left_out.append(str(error.filename))):
        inside = target / Path(folder).relative_to(source)
        inside.mkdir(mode=0o700, exist_ok=True)
        for name in (*files, *folders):
            path = Path(folder, name)
            state = path.lstat()
            size, count = size + state.st_size, count + 1
            if size > LIMIT_BYTES or count > LIMIT_FILES:
                raise FlycatcherError(
                    f"{source} is too large to copy: over {LIMIT_BYTES >> 20} MiB or {LIMIT_FILES} files",
                    hint="start in a smaller folder",
                )
            if stat.S_ISREG(state.st_mode) or stat.S_ISLNK(state.st_mode):
                try:
                    shutil.copy2(path, inside / name, follow_symlinks=False)
                except (PermissionError, FileNotFoundError):
                    left_out.append(str(path))
    return left_out


def _program_folders(folder: Path) -> Iterator[Path]:
    """Yield a folder of programs and those beside it that it may need."""
    real = folder.resolve()
    siblings = (real.parent / name for name in _PREFIX) if real.name == "bin" else ()
    yield from (place for place in (folder, real, *siblings) if place.is_dir())


def _is_hidden(place: Path, home: Path) -> bool:
    """Whether the sandbox shows nothing of the host at this place; the home itself is never shown."""
    return any(place.is_relative_to(hidden) for hidden in (*_HIDDEN, home)) and not home.is_relative_to(place)


def _is_folder(place: str) -> bool:
    return Path(place).is_dir() and not Path(place).is_symlink()


def environment(given: Mapping[str, str], home: Path, tokens: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the command: what is kept of the given one, and the decoy tokens."""
    return {name: given[name] for name in KEPT if name in given} | {"HOME": str(home)} | dict(tokens)
