"""What a command that reports has to do for its sinks: find out which they are, and attach the spool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from flycatcher.core.errors import FlycatcherError
from flycatcher.destination import from_option

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from flycatcher.config import Config
    from flycatcher.destination import Destination
    from flycatcher.sinks.delivery.spooled import Spooled

NONE = "none"
"""``--sink none``: not even those of the configuration."""


class Wanted(NamedTuple):
    """What the options say about sinks."""

    sinks: Sequence[str] = ()
    """``--sink``: names or addresses; empty: all that are configured."""
    spool: str = ""


def destinations(wanted: Wanted, config: Config) -> list[Destination]:
    """Return the sinks that the options and the configuration ask for. Raises FlycatcherError."""
    if tuple(wanted.sinks) == (NONE,):
        return []
    found = [from_option(text, config.sink) for text in wanted.sinks] if wanted.sinks else list(config.sink)
    names = [destination.name for destination in found]
    for name in names:
        if names.count(name) > 1:
            raise FlycatcherError(f"sink {name}: two sinks have this name", hint="give each its own name", code=2)
    return found


def spool_file(wanted: Wanted, config: Config, path: Path | None) -> str:
    """Return the spool's file; ``path``: the configuration's."""
    return wanted.spool or config.spool.file(path)


def attached(
    wanted: Wanted, config: Config, path: Path | None, prepare: Callable[[], object] = lambda: None
) -> Spooled | None:
    """Return the sink that writes to the spool, None where nothing is to be delivered.

    ``prepare`` is called in the delivering process first. Raises FlycatcherError.
    """
    found = destinations(wanted, config)
    if not found:
        return None
    from flycatcher.sinks.delivery.spooled import Spooled  # noqa: PLC0415 - only where something is delivered

    return Spooled(spool_file(wanted, config, path), found, config.spool, prepare)


def asked_for(wanted: Wanted, config: Config, path: Path | None) -> Spooled | None:
    """Return the sink that writes to the spool, opened and delivering, where ``--sink`` asks for it; None elsewhere.

    For commands that read what others wrote, and deliver only where they are told to. Raises FlycatcherError.
    """
    found = attached(wanted, config, path) if wanted.sinks else None
    if found is not None:
        found.open()
        found.deliver()
    return found


def closed(spooled: Spooled | None, summary: Mapping[str, Any]) -> str:
    """Finish a spool's sink; return what has not been delivered yet, empty where all has."""
    if spooled is None:
        return ""
    try:
        spooled.close(summary)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def unused(config: Config) -> str:
    """Return what to say where a configuration that was only found names sinks, and its finder has more rights than its writer."""
    names = ", ".join(destination.name for destination in config.sink)
    return f"the sinks of this configuration ({names}) do not apply under sudo: name the file with --config"
