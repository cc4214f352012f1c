"""How a console is run."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network
from typing import Literal, get_args

from msgspec import Struct

Role = Literal["viewer", "analyst", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
"""From the least: who looks, who judges, who manages users and reads the audit."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
Network = IPv4Network | IPv6Network


class Settings(Struct, frozen=True, kw_only=True):
    """What the options of ``flycatcher console`` say."""

    store: str
    """The store's address."""
    hosts: frozenset[str] = LOOPBACK
    """Names that a request may be sent to, without a port."""
    secure: bool = False
    """Whether browsers reach it by TLS alone."""
    spool: str = ""
    """The spool whose sinks are shown; empty: none."""
    proxies: tuple[Network, ...] = ()
    """Addresses whose headers count."""
    user_header: str = ""
    """The header in which a proxy names the user; empty: users log in here."""
    header_role: Role | None = None
    """The role of a user whom the proxy names and nobody has added; None: such a user may do nothing."""
    idle: float = 8 * 3600
    """Seconds without a request after which a session ends."""
    longest: float = 24 * 3600
    """Seconds after which a session ends in any case."""
    clock: Callable[[], float] = time.time
    """Seconds since 1970."""


def may(role: str, needed: str) -> bool:
    """Whether a role includes another one."""
    return role in ROLES and ROLES.index(role) >= ROLES.index(needed)
