"""S3 and what speaks its protocol (MinIO, R2, Ceph): one object of JSON Lines for each batch.

Objects lie below the address, path style or virtual-hosted style: ``s3+https://host/BUCKET/PREFIX`` or
``s3+https://BUCKET.host/PREFIX``, as ``PREFIX/DAY/HOST/TIME-DIGEST.jsonl.gz`` (UTC; the digest is of the messages' ids, so
that a batch that is sent again replaces itself). ``user`` is the access key's id, ``token_env`` or ``token_file`` its secret.
Source: Amazon S3 API Reference, PutObject; Authenticating Requests (AWS Signature Version 4), Signature Calculations for the
Authorization Header.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote, unquote, urlsplit

from msgspec import Struct, structs

from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.transports.address import web_address
from flycatcher.sinks.transports.http import Http
from flycatcher.sinks.transports.secret import secret_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Message

_PORTS = {"http": 80, "https": 443}
_KEPT = "-_.~"
"""Characters that a canonical path leaves as they are, beside letters and digits."""


class Key(Struct, frozen=True):
    """Who signs, and for where."""

    id: str
    secret: str
    region: str
    service: str = "s3"


class S3:
    """``to = "s3+https://s3.eu-central-1.amazonaws.com/BUCKET/PREFIX"``."""

    schemes: ClassVar = ("s3+https", "s3+http")
    format: ClassVar = "flycatcher"
    most: ClassVar = 1000
    carries: ClassVar = (
        "flycatcher", "ecs", "ocsf", "ocsf-activity", "otlp", "cloudevents", "jibril", "jibril-v1",
    )  # fmt: skip

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """What only this transport knows."""

        region: str = "us-east-1"
        gzip: bool = True
        session_token_env: str = ""
        """The variable that holds the token of temporary credentials."""
        session_token_file: str = ""

    def __init__(self, destination: Destination, options: Options) -> None:
        """Nothing is sent yet. Raises FlycatcherError."""
        if not destination.user or not (destination.token_env or destination.token_file):
            raise FlycatcherError(
                f"sink {destination.name}: no access key",
                hint="user = the key's id, token_env or token_file = its secret",
                code=2,
            )
        parts = urlsplit(web_address(destination))
        path = quote(unquote(parts.path), safe=f"/{_KEPT}").rstrip("/")
        self._url = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{path}"
        self._options, self._destination = options, destination
        self._http = Http(structs.replace(destination, user="", token_env="", token_file="", headers={}))
        self._session = structs.replace(
            destination, token_env=options.session_token_env, token_file=options.session_token_file
        )

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Put one object."""
        body = b"".join(message.body.replace(b"\n", b" ") + b"\n" for message in messages)
        if self._options.gzip:
            import gzip  # noqa: PLC0415 - see registry.LATE

            body = gzip.compress(body, mtime=0)
        url = f"{self._url}/{_name(messages)}.jsonl{'.gz' if self._options.gzip else ''}"
        answer = self._http.post(url, body, self._headers(url, body), method="PUT")
        return dict.fromkeys(range(len(messages)), answer.refusal) if answer.refusal else {}

    def _headers(self, url: str, body: bytes) -> dict[str, str]:
        """Return the headers of a request, signed."""
        destination = self._destination
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        headers = {
            **{name.lower(): value for name, value in destination.headers.items()},
            "content-type": "application/gzip" if self._options.gzip else "application/x-ndjson",
            "host": _host(url),
            "x-amz-content-sha256": hashlib.sha256(body).hexdigest(),
            "x-amz-date": stamp,
        }
        if token := secret_of(self._session):
            headers["x-amz-security-token"] = token
        key = Key(destination.user, secret_of(destination), self._options.region)
        return headers | {"authorization": authorization("PUT", urlsplit(url).path, headers, key)}

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def authorization(method: str, path: str, headers: Mapping[str, str], key: Key) -> str:
    """Return the value of ``Authorization`` for a request without a query; ``headers``: all that are signed, in lower case.

    ``path`` is encoded as it is sent. The headers hold ``x-amz-date`` and ``x-amz-content-sha256``.
    """
    stamp, names = headers["x-amz-date"], sorted(headers)
    lines = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in names)
    signed = ";".join(names)
    request = "\n".join((method, path or "/", "", lines, signed, headers["x-amz-content-sha256"]))
    scope = f"{stamp[:8]}/{key.region}/{key.service}/aws4_request"
    text = "\n".join(("AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()))
    secret = f"AWS4{key.secret}".encode()
    for part in (stamp[:8], key.region, key.service, "aws4_request"):
        secret = _mac(secret, part)
    return f"AWS4-HMAC-SHA256 Credential={key.id}/{scope}, SignedHeaders={signed}, Signature={_mac(secret, text).hex()}"


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _host(url: str) -> str:
    """Return the ``Host`` of a request: the port is left out where the scheme implies it (RFC 9110, 7.2)."""
    parts = urlsplit(url)
    return parts.netloc.lower().removesuffix(f":{_PORTS[parts.scheme]}")


def _name(messages: Sequence[Message]) -> str:
    """Return where below the address a batch is put, without its suffix, encoded."""
    first = messages[0].event
    digest = hashlib.sha256("\n".join(message.event.uid for message in messages).encode()).hexdigest()[:16]
    day, moment = (time.strftime(form, time.gmtime(first.time)) for form in ("%Y-%m-%d", "%H%M%SZ"))
    return "/".join(quote(part, safe=_KEPT) for part in (day, first.host or "unknown", f"{moment}-{digest}"))


TRANSPORT = S3
