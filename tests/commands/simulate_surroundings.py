"""Run ``flycatcher simulate`` and print, as JSON, what the machine is like before and after. ``python FILE HOME TMPDIR WORD...``.

To be started in a network namespace of its own, so that what others do in theirs is not counted. What the simulation leaves
running becomes a child of this process (PR_SET_CHILD_SUBREAPER, prctl(2)); it is named and ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import grp
import json
import os
import pwd
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PLACES = (
    "/etc", "/var/spool/cron", "/var/spool/at", "/usr/lib/systemd", "/run/systemd/system", "/usr/local/bin", "/usr/local/sbin",
)  # fmt: skip
"""Accounts, schedules, units, start-up files, keys and programs of the machine."""
_SUBREAPER, _SET_FLAGS, _UP = 36, 0x8914, 1  # SIOCSIFFLAGS, IFF_UP
_LISTENS = "0A"


def surroundings(home: Path) -> dict[str, Any]:
    """Return files with all that lstat(2) tells of a change, accounts, and the network's tables."""
    mine = Path(pwd.getpwuid(os.getuid()).pw_dir)
    dots = [path for path in mine.glob(".*") if path.is_file() or path.name in {".ssh", ".config", ".gnupg"}]
    return {
        "files": {str(path): _state(path) for place in (*map(Path, PLACES), home, *dots) for path in _below(place)},
        "accounts": [list(each) for each in pwd.getpwall()],
        "groups": [list(each) for each in grp.getgrall()],
        "network": _network(),
    }


def _below(place: Path) -> list[Path]:
    return [place, *(Path(at, name) for at, folders, files in os.walk(place) for name in (*folders, *files))]


def _state(path: Path) -> list[Any]:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return []
    target = str(path.readlink()) if path.is_symlink() else ""
    return [found.st_mode, found.st_uid, found.st_gid, found.st_size, found.st_mtime_ns, found.st_ctime_ns, target]


def _network() -> dict[str, list[str]]:
    """Return interfaces, routes, neighbours, packet filter and all sockets that take what comes, each without its counters."""
    rules = (
        subprocess.run(["nft", "list", "ruleset"], capture_output=True, text=True, check=False) if _has_nft() else None
    )
    return {
        "interfaces": [line.split(":")[0].strip() for line in _lines("dev")],
        "addresses": _lines("if_inet6"),
        "routes": [*_lines("route"), *(" ".join(line.split()[:6]) for line in _lines("ipv6_route"))],
        "neighbours": _lines("arp"),
        "filter": rules.stdout.splitlines() if rules else [],
        "tcp": [row[1] for name in ("tcp", "tcp6") for row in map(str.split, _lines(name)) if row[3] == _LISTENS],
        "others": [line.split()[1] for name in ("udp", "udp6", "raw", "raw6") for line in _lines(name)[1:]],
        "unix": [" ".join(line.split()[7:]) for line in _lines("unix")[1:] if int(line.split()[3], 16) & 1 << 16],
    }


def _has_nft() -> bool:
    return any(Path(folder, "nft").exists() for folder in os.environ.get("PATH", os.defpath).split(":"))


def _lines(name: str) -> list[str]:
    path = Path("/proc/self/net", name)
    return path.read_text().splitlines() if path.exists() else []


def _await_end(seconds: float) -> None:
    """Wait until nothing that was started runs any more: ending may take a while."""
    end = time.monotonic() + seconds
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < end:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.02)


def _ended() -> list[str]:
    """Return the command lines of what still runs, and end it."""
    running = _descendants(os.getpid())
    found = [Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip() for pid in running]
    for pid in running:
        os.kill(pid, signal.SIGKILL)
    return found


def _descendants(pid: int) -> list[int]:
    children = [int(word) for path in Path(f"/proc/{pid}/task").glob("*/children") for word in path.read_text().split()]
    return [each for child in children for each in (child, *_descendants(child))]


def _loopback_up() -> None:
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sH14x", b"lo", _UP))


def main(home: Path, temporary: Path, words: list[str], patience: float) -> None:
    """Print ``before``, ``after``, ``left`` (processes), ``temporary`` (names), ``output``."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    _loopback_up()
    before = surroundings(home)
    env = os.environ | {"HOME": str(home), "TMPDIR": str(temporary)}
    command = [sys.executable, "-m", "flycatcher", "simulate", "run", *words]
    done = subprocess.run(command, env=env, cwd=temporary, capture_output=True, text=True, check=False)
    _await_end(patience)
    answer = {"before": before, "after": surroundings(home), "left": _ended(), "temporary": os.listdir(temporary)}
    print(json.dumps(answer | {"output": done.stdout, "errors": done.stderr}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[4:], float(sys.argv[3]))
