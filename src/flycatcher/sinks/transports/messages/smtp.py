"""Mail: one message an event, by SMTP with STARTTLS (``smtp://``) or TLS from the start (``smtps://``).

``smtps://host:465/?to=ops@example.org&from=flycatcher@example.org``; ``Message-ID`` is the event's id: copies are seen as such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.message import Unavailable
from flycatcher.sinks.transports.address import host_and_port
from flycatcher.sinks.transports.secret import secret_of
from flycatcher.sinks.transports.tls import tls_context
from flycatcher.terminal import one_line

if TYPE_CHECKING:
    import smtplib
    from collections.abc import Mapping, Sequence
    from email.message import EmailMessage

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Message

_SUBJECT = 200


class Smtp:
    """``to = "smtp://host:587/?to=ops@example.org&from=flycatcher@example.org"``."""

    schemes: ClassVar = ("smtp", "smtps")
    format: ClassVar = "text"
    most: ClassVar = 1
    carries: ClassVar[tuple[str, ...]] = ()

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """What only this transport knows."""

        plaintext: bool = False
        """Send without TLS where the server offers none: on this host, or a network of your own."""

    def __init__(self, destination: Destination, options: Options) -> None:
        """Read the address. Raises FlycatcherError."""
        host_and_port(destination)
        parts = urlsplit(destination.to)
        query = parse_qs(parts.query)
        self._host, self._port = parts.hostname or "localhost", parts.port or (465 if parts.scheme == "smtps" else 587)
        self._to, self._from = query.get("to", []), query.get("from", [""])[0]
        if not self._to or not self._from:
            raise FlycatcherError(f"sink {destination.name}: no to= or from=", hint="smtp://host/?to=A&from=B", code=2)
        self._direct, self._destination, self._options = parts.scheme == "smtps", destination, options

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Send each."""
        import smtplib  # noqa: PLC0415 - takes a while, and other transports go without

        refused = {}
        try:
            with self._connected() as server:
                for number, message in enumerate(messages):
                    try:
                        server.send_message(self._mail(message), self._from, self._to)
                    except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
                        if error.smtp_code < 500:
                            raise
                        refused[number] = f"{error.smtp_code} {_said(error.smtp_error)}"
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable(one_line(f"{type(error).__name__}: {error}", 300)) from error
        return refused

    def _connected(self) -> smtplib.SMTP:
        import smtplib  # noqa: PLC0415 - as above

        timeout = self._destination.timeout
        if self._direct:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=timeout, context=tls_context(self._destination)
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=timeout)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=tls_context(self._destination))
            elif not self._options.plaintext:
                server.close()
                raise Unavailable("the server offers no STARTTLS; the option plaintext allows to go without")
        if self._destination.user:
            server.login(self._destination.user, secret_of(self._destination))
        return server

    def _mail(self, message: Message) -> EmailMessage:
        from email.message import EmailMessage  # noqa: PLC0415 - as above
        from email.utils import formatdate  # noqa: PLC0415

        event = message.event
        mail = EmailMessage()
        level = f"[{event.level}] " if event.level != "none" else ""
        what = "code on the fly" if event.is_detection else event.kind
        mail["Subject"] = one_line(f"{level}{what} on {event.host}", _SUBJECT)
        mail["From"], mail["To"] = self._from, ", ".join(self._to)
        mail["Date"] = formatdate(event.time)
        mail["Message-ID"] = f"<{event.uid}@flycatcher.invalid>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.body.decode())
        return mail

    def close(self) -> None:
        """Nothing is held."""


def _said(text: bytes | str) -> str:
    return one_line(text.decode(errors="replace") if isinstance(text, bytes) else text, 200)


TRANSPORT = Smtp
