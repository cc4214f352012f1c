"""Servers of the oracle's own, each in a folder of its own, reached by a socket in it or on the loopback."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

_SECONDS = 60
"""How long a server may take to start."""


def _unprivileged(user: str) -> dict[str, Any]:
    """Return what makes a process run as a user: database servers refuse root."""
    return {"user": user, "group": user} if os.geteuid() == 0 else {}


def _folder(user: str) -> Path:
    """Make a folder that a user owns and that goes away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="oracle-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, user, user)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _start(command: list[str], folder: Path, ready: Path | int, **how: Any) -> None:
    """Start a server and wait until its socket (a path, or a port) is there; stop it at the end."""
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **how
    )
    atexit.register(process.wait)
    atexit.register(process.terminate)
    for _ in range(_SECONDS * 10):
        if process.poll() is not None:
            raise RuntimeError(f"{command[0]} ended with {process.returncode}")
        if ready.exists() if isinstance(ready, Path) else _listens(ready):
            return
        time.sleep(0.1)
    raise RuntimeError(f"{command[0]} does not listen")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@cache
def postgres() -> dict[str, str] | None:
    """Start PostgreSQL; return the variables by which its programs find it, None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        return None
    programs, user = found[-1].parent, "postgres"
    folder, as_user = _folder(user), _unprivileged(user)
    subprocess.run(
        [programs / "initdb", "-D", folder / "data", "-A", "trust", "-U", "postgres", "--no-sync"],
        check=True, capture_output=True, cwd=folder, **as_user,
    )  # fmt: skip
    _start(
        [str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder), "-h", "", "-F"],
        folder, folder / ".s.PGSQL.5432", **as_user,
    )  # fmt: skip
    time.sleep(1)
    return {"PGHOST": str(folder), "PGUSER": "postgres", "PGDATABASE": "postgres"}


@cache
def redis() -> int | None:
    """Start redis; return its port, None where it is not installed."""
    if (program := shutil.which("redis-server")) is None:
        return None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    folder = Path(tempfile.mkdtemp(prefix="oracle-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _start([program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)], folder, port)
    return port


@cache
def mariadb() -> str | None:
    """Start MariaDB; return its socket's path, None where it is not installed."""
    server, install = shutil.which("mariadbd") or shutil.which("/usr/sbin/mariadbd"), shutil.which("mariadb-install-db")
    if server is None or install is None:
        return None
    user = "nobody"
    folder = Path(tempfile.mkdtemp(prefix="oracle-", dir="/tmp"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    how = {"user": user} if os.geteuid() == 0 else {}
    if how:
        shutil.chown(folder, user)
    own = ["--no-defaults", f"--datadir={folder}/data", "--basedir=/usr"]
    subprocess.run(
        [install, *own, "--auth-root-authentication-method=normal"], check=True, capture_output=True, cwd=folder, **how
    )
    _start([server, *own, f"--socket={folder}/s", "--skip-networking", f"--pid-file={folder}/pid", "--innodb-flush-method=fsync"],
           folder, folder / "s", **how)  # fmt: skip
    return f"{folder}/s"
