"""HTTP requests to a receiver, and what its answers mean for what was sent.

| answer | meaning |
|---|---|
| 2xx | delivered |
| 408, 425, 429, 5xx | not now: tried again, after ``Retry-After`` where it is given (RFC 9110, 10.2.3) |
| 401, 403, 404, 407, 3xx | the address or the token is wrong, not the message: tried again until somebody has mended it |
| any other 4xx | this message is refused: a dead letter |
| what is no HTTP, no answer in time, no connection | not now |
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from flycatcher import __version__
from flycatcher.extras import needed
from flycatcher.sinks.message import Unavailable
from flycatcher.sinks.transports.secret import secret_of
from flycatcher.sinks.transports.tls import tls_context
from flycatcher.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.destination import Destination

_NOT_THE_MESSAGE = frozenset({401, 403, 404, 405, 407, 408, 425, 429})
ANSWER_LIMIT = 4 << 20
"""Bytes of an answer that are read: a bulk request's holds a line for each message."""


class Answer:
    """A receiver's answer that took the request as a whole, or refused it."""

    def __init__(self, status: int, body: bytes) -> None:
        """Keep both."""
        self.status, self.body = status, body

    @property
    def refusal(self) -> str:
        """Why the request was refused; empty where it was taken."""
        return f"HTTP {self.status}: {one_line(self.body[:300].decode(errors='replace'))}" if self.status >= 400 else ""


class Http:
    """Requests to one sink."""

    def __init__(self, destination: Destination, scheme: str = "Bearer") -> None:
        """``scheme``: how the token is presented; empty: not in ``Authorization``."""
        self._destination, self._scheme = destination, scheme
        self._client: Any = None
        with needed("httpx", "sinks", by=f"sink {destination.name}"):
            import certifi  # noqa: F401, PLC0415 - httpx loads these two with its first request
            import httpcore  # noqa: F401, PLC0415
            import httpx  # noqa: PLC0415 - only a sink that uses HTTP needs it
        self._httpx = httpx

    def post(self, url: str, content: bytes, headers: Mapping[str, str], *, method: str = "POST") -> Answer:
        """Send one request. Raises Unavailable where it is to be sent again."""
        try:
            with self._connected().stream(
                method, url, content=content, headers=self._headers() | dict(headers)
            ) as answer:
                return self._judged(answer)
        except self._httpx.HTTPError as error:
            self.close()
            raise Unavailable(f"{type(error).__name__}: {error}") from error
        except (self._httpx.InvalidURL, ValueError) as error:
            raise Unavailable(f"the address: {error}") from error

    def _connected(self) -> Any:  # noqa: ANN401 - httpx is imported late
        if self._client is None:
            timeout = self._destination.timeout
            self._client = self._httpx.Client(
                verify=tls_context(self._destination), timeout=timeout, follow_redirects=False
            )
        return self._client

    def _headers(self) -> dict[str, str]:
        found = {"User-Agent": f"flycatcher/{__version__}", **self._destination.headers}
        token = secret_of(self._destination)
        if token and self._destination.user:
            import base64  # noqa: PLC0415

            word = base64.b64encode(f"{self._destination.user}:{token}".encode()).decode()
            return found | {"Authorization": f"Basic {word}"}
        return found | ({"Authorization": f"{self._scheme} {token}"} if token and self._scheme else {})

    def _judged(self, answer: Any) -> Answer:  # noqa: ANN401
        body, end = b"", time.monotonic() + self._destination.timeout
        for part in answer.iter_bytes():
            body += part
            if len(body) > ANSWER_LIMIT or time.monotonic() > end:  # a receiver that trickles must not hold the lane
                break
        status = answer.status_code
        if 200 <= status < 300 or (400 <= status < 500 and status not in _NOT_THE_MESSAGE):
            return Answer(status, body)
        said = one_line(body[:200].decode(errors="replace"))
        after = retry_after(answer.headers.get("retry-after", ""))
        raise Unavailable(f"HTTP {status}{f': {said}' if said else ''}", after)

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            with suppress(Exception):
                self._client.close()
        self._client = None


def retry_after(text: str) -> float | None:
    """Return the seconds that ``Retry-After`` asks for, as a number or as a date; None where it asks for nothing."""
    if text.strip().isdigit():
        return float(text)
    import email.utils  # noqa: PLC0415 - takes a while, and is rarely needed

    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
