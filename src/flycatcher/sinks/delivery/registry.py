"""Formats and transports by name: each is one module, found by its folder."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.formats import messages as formats
from flycatcher.sinks.transports import messages as transports

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Format, MessageTransport


@cache
def format_classes() -> dict[str, Any]:
    """Return all formats by the name that ``format =`` takes."""
    return {name.replace("_", "-"): module.FORMAT for name, module in _modules(formats) if hasattr(module, "FORMAT")}


@cache
def transport_classes() -> dict[str, Any]:
    """Return all transports by the schemes of their addresses."""
    found = [module.TRANSPORT for _, module in _modules(transports) if hasattr(module, "TRANSPORT")]
    return {scheme: kind for kind in found for scheme in kind.schemes}


def _modules(package: ModuleType) -> list[tuple[str, ModuleType]]:
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return [(name, importlib.import_module(f"{package.__name__}.{name}")) for name in names]


def transport_class(destination: Destination) -> Any:  # noqa: ANN401 - a class that makes a MessageTransport
    """Return the transport that an address asks for. Raises FlycatcherError."""
    known = transport_classes()
    if destination.scheme not in known:
        raise FlycatcherError(
            f"sink {destination.name}: no transport for {destination.scheme}:",
            hint=f"addresses begin with {', '.join(sorted(known))}",
            code=2,
        )
    return known[destination.scheme]


LATE = (
    "asyncio", "base64", "email.message", "email.utils", "encodings.idna", "gzip", "shlex", "smtplib", "sqlite3", "ssl",
    "subprocess",
)  # fmt: skip
"""The standard library's modules that transports load when they need them."""


def load_late(destinations: Iterable[Destination]) -> None:
    """Load what delivering would load later: a build that runs by then could have written it."""
    for name in LATE:
        importlib.import_module(name)
    for destination in destinations:
        for name in getattr(transport_class(destination), "late", ()):
            importlib.import_module(name)
        getattr(transport_for(destination), "prepare", lambda: None)()


def format_for(destination: Destination) -> Format:
    """Return the format that a sink asks for, or that its transport is mostly used with. Raises FlycatcherError."""
    transport, known = transport_class(destination), format_classes()
    name = destination.format or transport.format
    if name not in known:
        raise FlycatcherError(
            f"sink {destination.name}: no format {name!r}", hint=f"formats: {', '.join(sorted(known))}", code=2
        )
    kind = known[name]
    if transport.carries and name not in transport.carries:
        raise FlycatcherError(
            f"sink {destination.name}: {destination.scheme}: cannot carry {name}",
            hint=f"formats for it: {', '.join(transport.carries)}",
            code=2,
        )
    plain: Format = kind()
    if not destination.template:
        return plain
    if len(transport.carries) == 1:
        raise FlycatcherError(
            f"sink {destination.name}: template: what {destination.scheme}: takes has a form of its own",
            hint="a webhook (https:) carries any text",
            code=2,
        )
    from flycatcher.sinks.formats.template import Templated  # noqa: PLC0415 - only a template needs Jinja

    made: Format = Templated(destination.template, plain.content_type)
    return made


def transport_for(destination: Destination) -> MessageTransport:
    """Return the transport of a sink, its options checked. Raises FlycatcherError."""
    kind = transport_class(destination)
    try:
        options = msgspec.convert(destination.options, kind.Options, strict=False)
    except msgspec.ValidationError as error:
        raise FlycatcherError(
            f"sink {destination.name}: options: {error}",
            hint=f"options of {destination.scheme}: are {', '.join(kind.Options.__struct_fields__) or 'none'}",
            code=2,
        ) from error
    made: MessageTransport = kind(destination, options)
    return made
