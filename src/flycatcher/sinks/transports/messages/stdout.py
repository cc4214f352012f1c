"""Standard output: a message a line, for a program behind a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from flycatcher.sinks.transports.stream import Stdout as Stream

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Message


class Stdout:
    """``to = "stdout:"``."""

    schemes: ClassVar = ("stdout",)
    format: ClassVar = "flycatcher"
    most: ClassVar = 100
    carries: ClassVar[tuple[str, ...]] = ()

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """There are none."""

    def __init__(self, destination: Destination, options: Options) -> None:
        """Nothing is opened yet."""
        del destination, options
        self._stream = Stream()

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Write all. Raises OSError where nobody reads."""
        self._stream.open()
        self._stream.write(b"".join(message.body.rstrip(b"\n") + b"\n" for message in messages))
        return {}

    def close(self) -> None:
        """Close our copy."""
        self._stream.close()


TRANSPORT = Stdout
