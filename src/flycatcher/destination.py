"""Where events are to be delivered: one ``[[sink]]`` of the configuration, or one ``--sink`` of the command line."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zlib import crc32

import msgspec
from msgspec import Meta, Struct

from flycatcher.core.errors import FlycatcherError
from flycatcher.core.levels import Level

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal[
    "detection",
    "suppressed",
    "started",
    "stopped",
    "loss",
    "gap",
    "reloaded",
    "limit",
    "killed",
    "refused",
    "captured",
    "summary",
]
"""What an event tells of: a detection, one that the configuration accepts, a notice of the sensor, or the figures at the end."""
Name = Annotated[str, Meta(pattern="^[a-z][a-z0-9_-]{0,40}$")]
_PARTS = re.compile(r",(?=[a-z_]+=)")
_LISTS = frozenset({"events", "interpreters", "vectors", "capabilities", "environments"})


class Destination(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One receiver: its address, the format of what it gets, and which events those are."""

    name: Name
    to: Annotated[str, Meta(min_length=1)]
    """An address, whose scheme names the transport: ``https://host/path``, ``syslog+tls://host``, ``file:/path``."""
    format: str = ""
    """Empty: what the transport is mostly used with."""
    events: tuple[Kind, ...] = ()
    """Empty: all."""
    level: Level = "none"
    """Detections below this risk are left out."""
    interpreters: tuple[str, ...] = ()
    """Patterns such as ``node`` or ``py*``; empty: all. The same for the three that follow."""
    vectors: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    """One of a detection's capabilities matches."""
    environments: tuple[str, ...] = ()
    template: str = ""
    """A Jinja template, which takes the place of the format's own text."""
    group: Annotated[int, Meta(ge=0, le=86400)] = 0
    """Seconds within which the same detection from the same place is one alert with a count; 0: each is sent."""
    rate: Annotated[int, Meta(ge=0)] = 0
    """Messages a minute at most, the rest waits; 0: any number."""
    batch: Annotated[int, Meta(ge=1, le=10_000)] = 100
    """Messages in one request at most, where the transport can carry several."""
    timeout: Annotated[float, Meta(gt=0, le=300)] = 10.0
    """Seconds until a request has failed."""
    user: str = ""
    token_env: str = ""
    """The variable that holds the token or password."""
    token_file: str = ""
    """The file that holds the token or password."""
    headers: dict[str, str] = {}
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    options: dict[str, str | int | float | bool] = {}
    """What this transport alone knows (docs/reference/sinks.md)."""

    @property
    def scheme(self) -> str:
        """The address's scheme in lower case."""
        return self.to.partition(":")[0].lower()

    @property
    def shown(self) -> str:
        """The address without a user, a password, a query and a fragment, which may be secrets: a chat's hook is one itself."""
        from urllib.parse import urlsplit  # noqa: PLC0415 - a run without sinks goes without it

        parts = urlsplit(self.to)
        if parts.netloc and parts.scheme.rpartition("+")[2] in {"http", "https"}:
            return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/…"
        return self.to.partition("?")[0] if "@" not in self.to else f"{parts.scheme}:…{self.to.rpartition('@')[2]}"


class SpoolSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where events wait until every sink has them."""

    path: str = ""
    """Empty: a file of this configuration's own below the state folder (docs/reference/sinks.md)."""
    size: Annotated[int, Meta(ge=1 << 16)] = 256 << 20
    """Bytes of events that may wait; beyond it the oldest of the lowest level goes first."""
    wait: Annotated[float, Meta(ge=0, le=3600)] = 10.0
    """Seconds that a command waits at its end for the sinks to take the rest."""

    def file(self, config: Path | None) -> str:
        """Return the spool's file: what is configured, or one for each configuration in the state folder.

        One spool for each, so that what one project reports never goes to the sinks of another. The state folder is
        ``/var/lib/flycatcher`` for root, else ``$XDG_STATE_HOME/flycatcher`` (XDG Base Directory Specification 0.8).
        """
        if self.path:
            return self.path
        home = os.environ.get("XDG_STATE_HOME", "")
        folder = Path(home) if home.startswith("/") else Path.home() / ".local" / "state"
        place = Path("/var/lib/flycatcher") if os.geteuid() == 0 else folder / "flycatcher"
        name = "options" if config is None else f"{crc32(os.fsencode(config.resolve())):08x}"
        return str(place / f"spool-{name}.db")


def from_option(text: str, known: Iterable[Destination] = ()) -> Destination:
    """Return the sink that ``--sink`` means: a configured one's name, or ``ADDRESS[,FIELD=VALUE...]``.

    Lists take ``+`` between their values; fields that are not those of :class:`Destination` are the transport's options.
    Raises FlycatcherError.
    """
    for destination in known:
        if destination.name == text:
            return destination
    address, *parts = _PARTS.split(text)
    if ":" not in address:
        raise FlycatcherError(
            f"--sink {text}: no sink of this name is configured, and this is no address",
            hint="write an address such as https://host/path, or a [[sink]] into the configuration",
            code=2,
        )
    fields: dict[str, object] = {"to": address, "name": _name_of(address)}
    options: dict[str, object] = {}
    for part in parts:
        key, _, value = part.partition("=")
        if key in _LISTS:
            fields[key] = tuple(value.split("+"))
        else:
            (fields if key in Destination.__struct_fields__ else options)[key] = value
    try:
        return msgspec.convert(fields | {"options": options}, Destination, strict=False)
    except msgspec.ValidationError as error:
        raise FlycatcherError(
            f"--sink {Destination(name='x', to=address).shown}: {error}",
            hint="fields and their values: flycatcher config schema",
            code=2,
        ) from error


def _name_of(address: str) -> str:
    """Return a name for an address that was given none: the host or the scheme, and a checksum of the whole."""
    from urllib.parse import urlsplit  # noqa: PLC0415 - as above

    parts = urlsplit(address)
    try:
        host = parts.hostname or ""
    except ValueError:
        host = ""
    word = re.sub(r"[^a-z0-9]+", "-", (host or parts.scheme).lower()).strip("-")[:24]
    word = word if word[:1].isalpha() else f"sink-{word}".rstrip("-")
    return f"{word}-{crc32(address.encode()):08x}"
