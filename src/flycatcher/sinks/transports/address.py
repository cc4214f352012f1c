"""The host and the port that a sink's address names."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from flycatcher.destination import Destination


def host_and_port(destination: Destination) -> tuple[str, int]:
    """Return both, 0 for a port that is not named. Raises FlycatcherError for an address without a host, or with a wrong port."""
    said = "no host"
    try:
        parts = urlsplit(destination.to)
        host, port = parts.hostname or "", parts.port or 0
    except ValueError as error:
        host, port, said = "", 0, str(error)
    if not host:
        raise FlycatcherError(f"sink {destination.name}: {said}", hint=f"{destination.scheme}://HOST:PORT", code=2)
    return host, port


def web_address(destination: Destination) -> str:
    """Return an address without the transport's word before ``+``: ``hec+https://host`` is ``https://host``.

    Raises FlycatcherError for one that names no host.
    """
    host_and_port(destination)
    return destination.to.partition("+")[2] if "+" in destination.scheme else destination.to
