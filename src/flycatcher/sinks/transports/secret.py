"""Tokens and passwords: from the environment or from a file, never from the configuration, never shown."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from flycatcher.sinks.message import Unavailable

if TYPE_CHECKING:
    from flycatcher.destination import Destination

LIMIT = 64 << 10


def secret_of(destination: Destination) -> str:
    """Return the token of a sink, read anew at each call, so that a token that is renewed is used; empty where none is wanted.

    Raises Unavailable where it is wanted and not there.
    """
    if destination.token_file:
        try:
            with Path(destination.token_file).open("rb") as file:
                return file.read(LIMIT).decode().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Unavailable(f"token_file {destination.token_file}: {getattr(error, 'strerror', error)}") from error
    if destination.token_env:
        value = os.environ.get(destination.token_env, "")
        if not value:
            raise Unavailable(f"token_env: the variable {destination.token_env} is not set")
        return value
    return ""
