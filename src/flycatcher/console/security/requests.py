"""Where a request comes from and where it was meant to go: no other site, no name that was bound to this address, no stranger.

Sources: Fetch Metadata Request Headers (W3C), RFC 6454 (Origin), RFC 9110 section 7.4 (421).
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from flycatcher.console.settings import Settings

SAFE = frozenset({"GET", "HEAD"})


class Refusal(NamedTuple):
    """Why a request is not answered."""

    status: int
    reason: str


def refusal(request: HTTPConnection, method: str, settings: Settings) -> Refusal | None:
    """Return why a request is refused before anything is looked at, None where it may go on."""
    host = request.headers.get("host", "")
    if _name(host) not in settings.hosts:
        return Refusal(421, "This console is not reached by that name: start it with --host NAME.")
    site, origin = request.headers.get("sec-fetch-site", ""), request.headers.get("origin", "")
    if method in SAFE:
        opened = (
            request.headers.get("sec-fetch-mode") == "navigate" and request.headers.get("sec-fetch-dest") == "document"
        )
        return None if site in {"", "same-origin", "none"} or opened else Refusal(403, "Another site asked for this.")
    if (
        site not in {"", "same-origin"}
        or origin.partition("://")[2] != host
        or not origin.startswith(_schemes(settings))
    ):
        return Refusal(403, "This did not come from a page of the console.")
    return None


def _schemes(settings: Settings) -> tuple[str, ...]:
    return ("https://",) if settings.secure else ("https://", "http://")


def _name(host: str) -> str:
    """Return a Host header without its port, in small letters."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].rstrip(".").lower()


def is_proxy(address: str, settings: Settings) -> bool:
    """Whether the headers that a peer sends count."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in settings.proxies if network.version == found.version)


def address_of(request: HTTPConnection, settings: Settings) -> str:
    """Return the client's address: the peer's, or behind a proxy that counts, the last one that is no such proxy."""
    peer = request.client.host if request.client else ""
    if not is_proxy(peer, settings):
        return peer
    passed = [each.strip() for each in request.headers.get("x-forwarded-for", "").split(",") if each.strip()]
    return next((each for each in reversed(passed) if not is_proxy(each, settings)), peer)[:64]


def named_by_proxy(request: HTTPConnection, settings: Settings) -> str:
    """Return the user whom a proxy that counts names, empty where there is none."""
    peer = request.client.host if request.client else ""
    if not settings.user_header or not is_proxy(peer, settings):
        return ""
    named = request.headers.getlist(settings.user_header)
    return named[0].strip() if len(named) == 1 else ""
