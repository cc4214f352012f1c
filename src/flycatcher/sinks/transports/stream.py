"""Standard output as a transport, unbuffered: data in Python's own buffer could not be discarded when a write fails."""

from __future__ import annotations

import os
from typing import IO

from flycatcher.sinks.transports.files import check_room, write_all


class Stdout:
    """Descriptor 1, which stays open for others."""

    path = "stdout"

    def __init__(self) -> None:
        """Nothing is opened yet."""
        self._handle: IO[bytes] | None = None

    def open(self) -> None:
        """Take a copy of the descriptor."""
        if self._handle is None:
            self._handle = os.fdopen(os.dup(1), "wb", buffering=0)
        check_room(self._handle)

    def write(self, data: bytes) -> None:
        """Write everything."""
        if self._handle is not None:
            write_all(self._handle, data)

    def close(self) -> None:
        """Close the copy."""
        if self._handle is not None:
            self._handle.close()
