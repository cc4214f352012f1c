"""Payload analysis in a process of its own: a grammar that crashes or never ends takes a worker down, not the sensor.

The worker is this module run as a program. Requests and answers are frames on its stdin and stdout: four bytes of length
(big endian), then msgpack. It may use MEMORY bytes of address space, has no capabilities, and is started again after a crash.
It takes nothing from the folder that it is started in, nor from variables that tell Python what to load.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections import OrderedDict
from typing import IO, TYPE_CHECKING, NoReturn, Self

import msgspec

from flycatcher.collector import spare_collections
from flycatcher.core.payload import Analysis, analyse, origins
from flycatcher.core.payload.model import CRASHED
from flycatcher.core.snippet import Snippet

if TYPE_CHECKING:
    from types import TracebackType

SECONDS = 5.0
"""Processor time that one analysis may take before the worker is ended."""
LOOKS = 6
"""Times ``SECONDS`` that an answer is waited for by the clock: on a busy machine a worker that works comes late."""
MEMORY = 384 << 20
"""Bytes of address space that the worker may use: about 30 MiB of it are memory, 64 MiB more an xz stream may take."""
FRAME_LIMIT = 64 << 20
_SHORTEST = 0.01
KEPT = 256
"""Analyses that are remembered by the text's hash: a text is asked about once, one that ended the worker never again."""
_KEPT_TEXT = 64 * 1024
_HEADER = 4
_PR_SET_PDEATHSIG = 1


class AnalysisWorker:
    """A worker process, started at its first use."""

    def __init__(self, *, seconds: float = SECONDS, forks: bool = False) -> None:
        """Prepare; ``seconds`` is the processor time that one analysis may take; ``forks``: it is a copy of this process."""
        self.seconds = seconds
        self.crashes = 0
        """How often the worker had to be started again."""
        self._process: subprocess.Popen[bytes] | Forked | None = None
        self._forks = forks
        self._known: OrderedDict[tuple[str, str, bool], Analysis] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def analyse(self, snippet: Snippet, *, follow: bool = True) -> Analysis:
        """Return what the snippet would do; where the worker ends over it, what a search without parsers finds.

        ``follow`` says whether the snippets that it hands to other interpreters are looked for, too.
        """
        if snippet.text is None:
            return analyse(snippet)
        key = (snippet.language, snippet.sha256, follow)
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            return known
        crashes = self.crashes
        found = self._analyse(snippet, follow=follow)
        if len(snippet.text) <= _KEPT_TEXT or self.crashes > crashes:
            self._known[key] = found
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        return found

    def _analyse(self, snippet: Snippet, *, follow: bool) -> Analysis:
        """Ask the worker."""
        request = msgspec.msgpack.encode((snippet.interpreter, snippet.language, snippet.data, follow))
        answer = self._ask(request)
        if answer is None:
            self.crashes += 1
            self.close()
            found = analyse(msgspec.structs.replace(snippet, language=""))
            return msgspec.structs.replace(found, notes=(*found.notes, CRASHED))
        return msgspec.msgpack.decode(answer, type=Analysis)

    def ready(self) -> None:
        """Start the worker, where there is none, without waiting until it can answer."""
        with contextlib.suppress(OSError):
            if self._process is None:
                self._start()

    @property
    def alive(self) -> int:
        """How many processes of its own are running: one, or none."""
        return int(self._process is not None)

    def close(self) -> None:
        """End the worker."""
        worker, self._process = self._process, None
        if worker is not None:
            worker.kill()
            worker.wait()
            for pipe in (worker.stdin, worker.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()

    def _ask(self, request: bytes) -> bytes | None:
        """Send a frame and wait for its answer; None where the worker ended or was too slow."""
        try:
            worker = self._process or self._start()
            out, into = worker.stdout, worker.stdin
            if out is None or into is None:
                return None
            patience = Patience(worker.pid, self.seconds)
            into.write(len(request).to_bytes(_HEADER, "big") + request)
            return _timed_frame(out, patience)
        except (OSError, ValueError):
            return None

    def _start(self) -> subprocess.Popen[bytes] | Forked:
        """Start the worker, outside the folder and the terminal of the watched build."""
        if self._forks:
            self._process = Forked()
            return self._process
        # what the sensor itself was loaded from, and nothing relative: the build's folder must have no say
        where = os.pathsep.join(path for path in sys.path if path.startswith("/"))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "flycatcher.isolation.worker", *origins.accepted()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd="/",
            env={"PYTHONPATH": where, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
            start_new_session=True,
        )
        return self._process


class Patience:
    """How much longer a process may take: its own processor time counts, and the clock only in the end."""

    def __init__(self, pid: int, seconds: float) -> None:
        """Begin to count. Raises OSError where there is no such process."""
        self._clock = _processor_clock(pid)
        self._spent = time.clock_gettime(self._clock) + seconds
        self._until = time.monotonic() + seconds * LOOKS

    def left(self) -> float:
        """Return the seconds until it is worth another look, 0 or less where it had its time."""
        return min(self._spent - time.clock_gettime(self._clock), self._until - time.monotonic())


def _processor_clock(pid: int) -> int:
    """Return the clock of a process's processor time, see clock_getcpuclockid(3)."""
    clock = ctypes.c_int()
    error = ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock))
    if error:
        raise OSError(error, os.strerror(error))
    return clock.value


def _timed_frame(pipe: IO[bytes], patience: Patience) -> bytes | None:
    """Read one frame while there is patience."""
    data = b""
    wanted = _HEADER
    while len(data) < wanted:
        left = patience.left()
        if left <= 0:
            return None
        if not select.select([pipe], [], [], max(left, _SHORTEST))[0]:
            continue
        block = os.read(pipe.fileno(), 1 << 16)
        if not block:
            return None
        data += block
        if len(data) >= _HEADER:
            wanted = _HEADER + int.from_bytes(data[:_HEADER], "big")
            if wanted > FRAME_LIMIT:
                return None
    return data[_HEADER:]


class Forked:
    """A worker that is a copy of this process, and as closed to others of the same user as this one is (PR_SET_DUMPABLE).

    A program that is started is open to them at first: who traces it then could answer in its place. It has the five members of
    subprocess.Popen that are used here.
    """

    def __init__(self) -> None:
        """Fork; raises OSError."""
        requests, into = os.pipe()
        out, answers = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _become_worker(requests, answers)
        self._handle = os.pidfd_open(self.pid)
        os.close(requests)
        os.close(answers)
        self.stdin: IO[bytes] | None = os.fdopen(into, "wb", buffering=0)
        self.stdout: IO[bytes] | None = os.fdopen(out, "rb", buffering=0)

    def kill(self) -> None:
        """End it; its number may be another process's by now, its descriptor never is."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        os.close(self._handle)

    def wait(self) -> None:
        """Collect it; a sensor may have done so already."""
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def _become_worker(requests: int, answers: int) -> NoReturn:
    """Keep nothing of the parent's but its memory; serve, and never return."""
    try:
        signal.set_wakeup_fd(-1)
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor, kept in ((requests, 0), (answers, 1), (null, 2)):
            os.dup2(descriptor, kept)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        os.chdir("/")
        with os.fdopen(0, "rb", closefd=False) as source, os.fdopen(1, "wb", closefd=False) as sink:
            serve(source, sink)
    finally:
        os._exit(0)


def main() -> None:
    """Answer frames until stdin ends."""
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer frames until the source ends."""
    from flycatcher.core.detection import nested  # noqa: PLC0415 - the worker's side only

    origins.accept(sys.argv[1:])
    _lock_down()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    spare_collections()
    while len(header := source.read(_HEADER)) == _HEADER:
        interpreter, language, data, follow = msgspec.msgpack.decode(
            source.read(int.from_bytes(header, "big")), type=tuple[str, str, bytes, bool]
        )
        snippet = Snippet(interpreter=interpreter, language=language, vector="argument", text=os.fsdecode(data))
        answer = _encoded(analyse(snippet, nested=nested, follow=follow))
        sink.write(len(answer).to_bytes(_HEADER, "big") + answer)
        sink.flush()


def _lock_down() -> None:
    """End with whoever started it, take no signal of a terminal, keep no capability."""
    from flycatcher.core.errors import FlycatcherError  # noqa: PLC0415
    from flycatcher.isolation.privileges import drop_to  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    with contextlib.suppress(FlycatcherError):
        drop_to(())


def _encoded(analysis: Analysis) -> bytes:
    """Encode an analysis; texts that are no UTF-8 lose the bytes that msgpack cannot hold."""
    try:
        return msgspec.msgpack.encode(analysis)
    except UnicodeEncodeError:
        return msgspec.msgpack.encode(_clean(msgspec.to_builtins(analysis)))


def _clean(value: object) -> object:
    """Replace lone surrogates in every text."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, (list, tuple)) else value


if __name__ == "__main__":
    main()
