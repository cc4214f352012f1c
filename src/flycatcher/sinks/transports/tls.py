"""TLS towards a receiver: its certificate is always checked, against the system's authorities or those of ``ca_file``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.sinks.message import Unavailable

if TYPE_CHECKING:
    import ssl

    from flycatcher.destination import Destination


def tls_context(destination: Destination) -> ssl.SSLContext:
    """Return the context for a sink, with its client certificate if it has one. Raises Unavailable for a file that is wrong."""
    import ssl  # noqa: PLC0415 - takes a while, and most transports go without

    try:
        context = ssl.create_default_context(cafile=destination.ca_file or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if destination.cert_file:
            context.load_cert_chain(destination.cert_file, destination.key_file or None)
    except (OSError, ssl.SSLError) as error:
        raise Unavailable(f"ca_file, cert_file or key_file: {error}") from error
    return context
