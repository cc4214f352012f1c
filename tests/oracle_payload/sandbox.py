"""Runs one text for real, with nothing to lose: a folder of its own, no home, no network but a listener on loopback."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DECOY = "AKIADECOY0DECOY0DECOY"
"""What the decoy's credentials hold; whoever prints it has read them."""
SECONDS = 10
_LIMITS = (
    (resource.RLIMIT_CPU, 5),
    (resource.RLIMIT_FSIZE, 1 << 20),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_NOFILE, 256),
)
_CURL = "#!/bin/sh\necho 'echo>ran'\n"
FOLDER = Path(os.environ.get("FLYCATCHER_ORACLE_FOLDER", Path.home() / ".cache" / "flycatcher-oracle"))
"""Where texts run."""


class Listener:
    """A listener on loopback that counts who comes, and says nothing to anybody."""

    def __init__(self) -> None:
        """Listen on a free port."""
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._socket.getsockname()[1]
        self._came = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                peer = self._socket.accept()[0]
                self._came += 1
                peer.close()

    def came(self) -> bool:
        """Whether somebody has connected since the last question."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)) as last:
            last.recv(1)  # whoever came before this one has been counted
        came, self._came = self._came > 1, 0
        return came

    def close(self) -> None:
        """Stop listening."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


class Sandbox:
    """The folder, the decoy's home, the harmless ``curl``, and the listener; one run at a time."""

    def __init__(self, folder: Path) -> None:
        """Prepare below ``folder``, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix="payload-", dir=folder))
        self.listener = Listener()
        self._lock = threading.Lock()
        programs = self.folder / "bin"
        programs.mkdir()
        for name in ("curl", "wget"):
            (programs / name).write_text(_CURL)
            (programs / name).chmod(0o755)
        home = self.folder / "home" / ".aws"
        home.mkdir(parents=True)
        (home / "credentials").write_text(f"[default]\naws_access_key_id = {DECOY}\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.listener.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ran(self, argv: Sequence[str], more: Mapping[str, str], kind: str) -> bool:
        """Run a command line in an empty folder; return whether the sink of that kind did what it does."""
        with self._lock:
            work = self.folder / "work"
            work.mkdir()
            try:
                printed = self._run(argv, more, work)
                if kind == "connect":
                    return self.listener.came()
                return DECOY in printed if kind == "credentials" else (work / "ran").exists()
            finally:
                self.listener.came()
                shutil.rmtree(work, ignore_errors=True)

    def _run(self, argv: Sequence[str], more: Mapping[str, str], work: Path) -> str:
        env = {
            "PATH": f"{self.folder / 'bin'}:/usr/bin:/bin",
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(work),
            "LC_ALL": "C.UTF-8",
            **more,
        }
        process = subprocess.Popen(
            argv, env=env, cwd=work, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )  # fmt: skip
        with contextlib.suppress(ProcessLookupError):
            for limit, value in _LIMITS:
                resource.prlimit(process.pid, limit, (value, value))
        try:
            printed = process.communicate(timeout=SECONDS)[0]
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            self._sweep()
            printed = process.communicate()[0]
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        return printed.decode(errors="replace")

    def _sweep(self) -> None:
        """Kill what a text left behind in sessions of its own: stopped first, as it may start itself again and again."""
        mark = f"HOME={self.folder / 'home'}\0".encode()
        stopped: set[int] = set()
        while new := {pid for pid in _pids() if pid not in stopped and mark in environment(pid)}:
            for pid in new:
                _signal(pid, signal.SIGSTOP)
            stopped |= new
        for pid in stopped:
            _signal(pid, signal.SIGKILL)


def _pids() -> list[int]:
    """Return the processes that there are."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def environment(pid: int) -> bytes:
    """Return the environment that a process was started with; empty where it is gone or somebody else's."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def _signal(pid: int, number: int) -> None:
    """Send a signal to a process that may be gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
