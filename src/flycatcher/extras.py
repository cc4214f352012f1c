"""What is not installed with Flycatcher itself: packages that only some commands and sinks need."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from collections.abc import Iterator

DISTRIBUTION = "flycatcher-detect"


@contextmanager
def needed(package: str, extra: str, *, by: str = "") -> Iterator[None]:
    """Import within: raises FlycatcherError, which says how to install the ``extra``, where a package is missing.

    ``by``: what needs it (a sink, a file). A module of our own that is missing is an error of ours, and stays what it is.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "flycatcher":
            raise
        who = f"{by}: " if by else ""
        raise FlycatcherError(
            f"{who}{package} is not installed", hint=f"pip install '{DISTRIBUTION}[{extra}]'"
        ) from error
