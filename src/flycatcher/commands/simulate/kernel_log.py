"""The kernel's audit log of a simulation, written as auditd writes it: the log that ``hunt`` is given where there is no auditd."""

from __future__ import annotations

import errno
import threading
from typing import TYPE_CHECKING, Self

from flycatcher.core.errors import FlycatcherError
from flycatcher.sources.sensors.audit.netlink import Control, Log
from flycatcher.sources.sensors.audit.own_rules import OwnRules

if TYPE_CHECKING:
    from pathlib import Path

NAMES = {
    1300: "SYSCALL", 1302: "PATH", 1305: "CONFIG_CHANGE", 1307: "CWD", 1309: "EXECVE", 1320: "EOE", 1327: "PROCTITLE",
}  # fmt: skip
"""Names of the records of a program start (linux/audit.h); others are written as ``UNKNOWN[1400]``, as auditd does."""


class KernelLog:
    """Writes every record that the kernel logs while it is open. Without ``add_rules`` those of other people's rules alone."""

    def __init__(self, path: Path, *, add_rules: bool) -> None:
        """Nothing is opened before ``with``."""
        self._path, self._add_rules = path, add_rules
        self._ended = threading.Event()
        self._lost = 0

    def __enter__(self) -> Self:
        self._log = Log()
        self._control = Control()
        self._rules = OwnRules(self._control)
        try:
            if self._add_rules:
                self._rules.add()
        except OSError as error:
            self._close()
            raise FlycatcherError(
                f"audit rules cannot be set: {error.strerror}", hint="auditctl -s shows whether they are locked"
            ) from error
        self._thread = threading.Thread(target=self._write, name="kernel log")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._rules.remove()
        self._ended.set()
        self._thread.join()
        self._close()
        if self._lost:
            raise FlycatcherError(
                f"the kernel's audit log came too fast: lost {self._lost} times",
                hint="run fewer techniques with --only",
            )

    def _close(self) -> None:
        self._rules.remove()
        self._log.close()
        self._control.close()

    def _write(self) -> None:
        """Write until the end was said and what was still on its way has come."""
        with self._path.open("wb") as out:
            while not self._ended.is_set() or self._log.waiting(0.1):
                try:
                    for kind, text in self._log.read(0.1):
                        out.write(f"type={NAMES.get(kind, f'UNKNOWN[{kind}]')} msg=".encode() + text + b"\n")
                except OSError as error:
                    if error.errno != errno.ENOBUFS:
                        raise
                    self._lost += 1
