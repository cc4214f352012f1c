"""The process that scans: what a hostile document does to it costs that document's findings, and not the server.

``python -P -m flycatcher.commands.lsp.worker DESCRIPTOR``: requests come through a socket, answers go back. ``-P``: the
folder that an editor has begun in is never searched for modules.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from multiprocessing.connection import Connection, Pipe

from flycatcher.commands.lsp.analysis import Analyst, Answer, OtherConfigurationError, Request
from flycatcher.scanning.engine import BYTES_A_SECOND
from flycatcher.scanning.limit import SECONDS

GRACE = 20.0
"""Seconds beyond the engine's own bound, on a machine that is half as fast, until the process is ended."""
_MODULE = "flycatcher.commands.lsp.worker"
LOST = "not scanned: the process that reads it ended without an answer"


class Worker:
    """The server's end: starts the process when it is needed, and anew after one has died."""

    def __init__(self) -> None:
        """Begin without a process."""
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._ours: Connection | None = None
        self._stopped = False

    def scan(self, request: Request) -> Answer:
        """Return the answer, one request at a time; may take as long as the engine's bounds allow."""
        with self._lock:
            for _ in range(2):  # the first process may serve another configuration
                answer = self._asked(request)
                if answer is not None:
                    return answer
                self._end()
        return Answer(problem="" if self._stopped else f"{request.shown}: {LOST}")

    def _asked(self, request: Request) -> Answer | None:
        """Ask the process; None where it has ended or must be."""
        try:
            ours = self._connection()
            ours.send(request)
            if not ours.poll(2 * (SECONDS + len(request.text) / BYTES_A_SECOND) + GRACE):
                return None
            answer = ours.recv()
        except (EOFError, OSError):
            return None
        return answer if isinstance(answer, Answer) else None

    def _connection(self) -> Connection:
        """Return the connection to a process that lives."""
        if self._stopped:
            raise EOFError
        if self._ours is None:
            self._ours, theirs = Pipe()
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", _MODULE, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr.fileno(),
                pass_fds=(theirs.fileno(),),
            )
            theirs.close()
        return self._ours

    def _end(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._ours is not None:
            self._ours.close()
        self._process = self._ours = None

    def stop(self) -> None:
        """End for good; a scan that is under way ends without an answer."""
        self._stopped = True
        if self._process is not None:
            self._process.kill()


def work(connection: Connection) -> None:
    """Answer requests until the server is gone or has another configuration."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the keyboard's signal is the server's to answer
    analyst = Analyst()
    while True:
        try:
            connection.send(_answer(analyst, connection.recv()))
        except (EOFError, OSError, OtherConfigurationError):
            return


def _answer(analyst: Analyst, request: Request) -> Answer:
    """Return an answer, whatever the document does to the engine."""
    try:
        return analyst.answer(request)
    except OtherConfigurationError:
        raise
    except Exception as error:  # noqa: BLE001 - one document's error is not the next one's
        return Answer(problem=f"{request.shown}: not scanned: {type(error).__name__}")


if __name__ == "__main__":
    work(Connection(int(sys.argv[1])))
    os._exit(0)
