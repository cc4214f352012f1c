"""NATS JetStream: published with ``Nats-Msg-Id``, by which the server drops copies, and acknowledged by the stream.

``nats://host:4222/SUBJECT`` (``tls://`` beside it); a stream that takes the subject must be there. A window of messages is on
its way at once, and all of it is waited for.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from msgspec import Struct

from flycatcher.core.errors import FlycatcherError
from flycatcher.extras import needed
from flycatcher.sinks.message import Unavailable
from flycatcher.sinks.transports.address import host_and_port
from flycatcher.sinks.transports.secret import secret_of
from flycatcher.sinks.transports.tls import tls_context

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping, Sequence

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Message


class Nats:
    """``to = "nats://host:4222/flycatcher.events"``."""

    schemes: ClassVar = ("nats", "nats+tls")
    format: ClassVar = "flycatcher"
    most: ClassVar = 500
    carries: ClassVar[tuple[str, ...]] = ()

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """What only this transport knows."""

        credentials: str = ""
        """A file with a user's JWT and seed."""

    def __init__(self, destination: Destination, options: Options) -> None:
        """Read the address. Raises FlycatcherError."""
        with needed("nats-py", "sinks", by=f"sink {destination.name}"):
            import nats  # noqa: PLC0415 - only this transport needs it
        host_and_port(destination)
        parts = urlsplit(destination.to)
        self._subject = parts.path.strip("/").replace("/", ".")
        if not self._subject:
            raise FlycatcherError(f"sink {destination.name}: no subject", hint="nats://host:4222/SUBJECT", code=2)
        self._server = f"{'tls' if parts.scheme == 'nats+tls' else 'nats'}://{parts.netloc}"
        self._nats, self._destination, self._options = nats, destination, options
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connection: Any = None

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Publish all, and wait for the stream's acknowledgements."""
        import asyncio  # noqa: PLC0415 - takes a while, and other transports go without

        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        timeout = self._destination.timeout
        try:
            self._loop.run_until_complete(asyncio.wait_for(self._publish(messages), timeout + 1))
        except (self._nats.errors.Error, OSError, TimeoutError) as error:
            self._drop()
            raise Unavailable(f"{type(error).__name__}: {error}") from error
        return {}

    async def _publish(self, messages: Sequence[Message]) -> None:
        import asyncio  # noqa: PLC0415 - as above

        if self._connection is None or not self._connection.is_connected:
            await self._connect()
        stream = self._connection.jetstream(timeout=self._destination.timeout)
        waiting = []
        for message in messages:
            headers = {"Nats-Msg-Id": message.event.uid, "Flycatcher-Kind": message.event.kind}
            waiting.append(await stream.publish_async(self._subject, message.body, headers=headers))
        for found in await asyncio.gather(*waiting, return_exceptions=True):
            if isinstance(found, BaseException):
                raise found

    async def _connect(self) -> None:
        token = secret_of(self._destination)
        login: dict[str, Any] = {"user": self._destination.user, "password": token} if self._destination.user else {}
        login = login or ({"token": token} if token else {})
        if self._options.credentials:
            login["user_credentials"] = self._options.credentials
        if self._server.startswith("tls:"):
            login["tls"] = tls_context(self._destination)

        async def ignore(_: object) -> None:
            """Errors are seen where a message is sent."""

        self._connection = await self._nats.connect(
            self._server,
            connect_timeout=self._destination.timeout,
            allow_reconnect=False,
            max_reconnect_attempts=0,
            error_cb=ignore,
            **login,
        )

    def _drop(self) -> None:
        import asyncio  # noqa: PLC0415 - as above

        if self._connection is not None and self._loop is not None:
            with suppress(Exception):
                self._loop.run_until_complete(asyncio.wait_for(self._connection.close(), 1))
        self._connection = None

    def close(self) -> None:
        """Close the connection."""
        self._drop()
        if self._loop is not None:
            self._loop.close()
        self._loop = None


TRANSPORT = Nats
