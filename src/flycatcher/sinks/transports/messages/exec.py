"""A program that is started for each message and reads it from stdin; exit code 0 is delivered, 65 (EX_DATAERR) refuses it.

``to = "exec:/usr/local/bin/notify --channel ops"``: words as a shell would split them, and no shell. The program's environment has
``FLYCATCHER_EVENT_ID``, ``_KIND`` and ``_LEVEL``, beside what every program needs; what it prints is not kept.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.message import Unavailable
from flycatcher.sinks.transports.secret import secret_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Message

_PASSED = ("PATH", "HOME", "LANG", "TZ", "TMPDIR")


class Exec:
    """``to = "exec:PROGRAM ARGUMENTS"``."""

    schemes: ClassVar = ("exec",)
    format: ClassVar = "flycatcher"
    most: ClassVar = 1
    carries: ClassVar[tuple[str, ...]] = ()

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """There are none."""

    def __init__(self, destination: Destination, options: Options) -> None:
        """Split the words. Raises FlycatcherError."""
        del options
        self._destination = destination
        try:
            self._words = shlex.split(destination.to.partition(":")[2])
        except ValueError as error:
            raise FlycatcherError(f"sink {destination.name}: {error}", hint="quote the words", code=2) from error
        if not self._words:
            raise FlycatcherError(f"sink {destination.name}: no program", hint="exec:PROGRAM ARGUMENTS", code=2)

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Run the program for each."""
        return {number: why for number, message in enumerate(messages) if (why := self._run(message))}

    def _run(self, message: Message) -> str:
        """Return why the program refuses a message, empty where it took it. Raises Unavailable."""
        event, timeout = message.event, self._destination.timeout
        environment = {name: os.environ[name] for name in _PASSED if name in os.environ}
        environment |= {
            "FLYCATCHER_EVENT_ID": event.uid,
            "FLYCATCHER_EVENT_KIND": event.kind,
            "FLYCATCHER_EVENT_LEVEL": event.level,
        }
        token = secret_of(self._destination)
        environment |= {"FLYCATCHER_TOKEN": token} if token else {}
        try:
            done = subprocess.run(
                self._words, input=message.body, env=environment, timeout=timeout, check=False,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise Unavailable(f"{self._words[0]} took longer than {timeout:.0f} seconds") from error
        except OSError as error:
            raise Unavailable(f"{self._words[0]}: {error.strerror}") from error
        if done.returncode in {0, os.EX_DATAERR}:
            return "" if done.returncode == 0 else f"{self._words[0]} ended with {done.returncode}"
        raise Unavailable(f"{self._words[0]} ended with {done.returncode}")

    def close(self) -> None:
        """Nothing is held."""


TRANSPORT = Exec
