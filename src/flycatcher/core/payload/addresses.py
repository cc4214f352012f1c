"""Which host a call's arguments name: another one, or the host itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.payload import rules
from flycatcher.core.payload.conditions import texts
from flycatcher.core.payload.evaluator.values import NOT_CONSTANT, Value
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SELF = lazy(
    r"(?i)(?:/dev/(?:tcp|udp)/|/inet[46]?/(?:tcp|udp)/\d+/|\w+://|tcp:|udp:)?"
    r"(?:localhost|127(?:\.\d{1,3}){1,3}|\[?::1\]?|0:0:0:0:0:0:0:1)(?:[:/,].*)?"
)
"""An address of the host itself (RFC 1122 3.2.1.3, RFC 4291 2.5.3)."""
_HOST = lazy(r"[\w-]+(?:\.[\w-]+)+|\w+://|^/dev/(?:tcp|udp)/|^/inet|[\da-f]*:[\da-f:]+", re.IGNORECASE)
"""What may name a host."""
_OWN = lazy(r"Local(?:Addr|Host|Port)|local_?(?:addr|address|Address|port|Port)")
"""Names of the parameters of a connection's own end."""


def nearby(rule: rules.Rule, args: Sequence[Value], kwargs: Mapping[str, Value]) -> rules.Rule:
    """Return the rule, or the one that it is where the address that it connects to is the host's own."""
    found = rules.named(rule.nearby) if rule.nearby and is_loopback(args, kwargs) else None
    return rule if found is None else found


def is_loopback(args: Sequence[Value], kwargs: Mapping[str, Value]) -> bool:
    """Whether every host that the arguments name is this one; there must be one, and nothing that could be another."""
    named = False
    skip = False
    for value in (*args, *(value for key, value in kwargs.items() if not _OWN.match(key))):
        if skip or _OWN.fullmatch(value.text or ""):
            skip = not skip
            continue
        for text in texts(value):
            if names_self(text):
                named = True
            elif _HOST.search(text):
                return False
        if _may_name(value) and not named:
            return False
    return named


def names_self(text: str) -> bool:
    """Whether a text is an address of the host itself."""
    return _SELF.fullmatch(text) is not None


def _may_name(value: Value) -> bool:
    """Whether a value that is not known may be a host's name."""
    return (value.data is NOT_CONSTANT and not value.name.endswith("()")) or (
        value.text is not None and not value.exact
    )
