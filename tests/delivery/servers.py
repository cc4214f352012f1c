"""Servers that tests start on loopback, and can kill and start again: PostgreSQL and nats-server."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

NOBODY = 65534


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


class Server:
    """A program that says on stderr when it is ready."""

    ready = ""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def words(self) -> list[str]:
        raise NotImplementedError

    def start(self) -> None:
        for _ in range(50):  # the rest of a server that was killed may still hold its port or its files
            made = subprocess.Popen(self.words(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/")
            assert made.stderr is not None
            if any(self.ready in line for line in made.stderr):
                self._reader = threading.Thread(target=made.stderr.read, daemon=True)
                self._reader.start()
                self._process = made
                return
            made.communicate()
            time.sleep(0.1)
        raise RuntimeError(self.ready)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._reader.join()
            assert self._process.stderr is not None
            self._process.stderr.close()
            self._process = None


class Postgresql(Server):
    """A cluster of its own in a folder; a server that refuses to run as root runs as nobody."""

    ready = "ready to accept connections"

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="flycatcher-"))  # pytest's own folders are closed to nobody
        self._data = self._folder / "data"
        self._data.mkdir()
        if os.geteuid() == 0:
            os.chown(self._folder, NOBODY, NOBODY)
            os.chown(self._data, NOBODY, NOBODY)
        words = [
            f"{self.programs()}/initdb",
            "-D",
            str(self._data),
            "-A",
            "trust",
            "-U",
            "fly",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C",
        ]
        subprocess.run(self._as_user(words), check=True, capture_output=True, cwd="/")

    def remove(self) -> None:
        """Stop it for good."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @staticmethod
    def programs() -> Path | None:
        """Return the folder of the server's programs, which Debian keeps out of PATH; None where there is none."""
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        plain = shutil.which("initdb")
        return found[-1].parent if found else Path(plain).parent if plain else None

    @property
    def address(self) -> str:
        return f"postgresql://fly@127.0.0.1:{self.port}/postgres"

    @staticmethod
    def _as_user(words: list[str]) -> list[str]:
        return (
            ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *words]
            if os.geteuid() == 0
            else words
        )

    def words(self) -> list[str]:
        settings = ["-c", f"unix_socket_directories={self._folder}", "-c", "listen_addresses=127.0.0.1"]
        return self._as_user([f"{self.programs()}/postgres", "-D", str(self._data), "-p", str(self.port), *settings])


class NatsServer(Server):
    """A nats-server with JetStream in a folder."""

    ready = "Server is ready"

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder, self.port = folder, free_port()

    @staticmethod
    def program() -> str | None:
        return shutil.which("nats-server", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")

    @property
    def address(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def words(self) -> list[str]:
        return [str(self.program()), "-js", "-sd", str(self._folder), "-a", "127.0.0.1", "-p", str(self.port)]
