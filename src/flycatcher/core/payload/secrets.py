"""Secrets of the environment: variables whose names announce one, and commands and calls that send them away.

A secret in an address or in a request's body is sent to whoever answers there. In a header, or as a user's password, it is how a
client signs in, which builds do all day: that is not told.
"""

from __future__ import annotations

import shlex
from itertools import pairwise
from typing import TYPE_CHECKING

from flycatcher.core.payload import addresses
from flycatcher.core.payload.names import COMMANDS_FROM_NETWORK
from flycatcher.core.regex import lazy
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flycatcher.core.payload.conditions import When
    from flycatcher.core.payload.evaluator.values import Taint, Value

SECRET = "secret"  # noqa: S105 - the name of a taint
ANNOUNCED = (
    r"(?i:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|APIKEY|API_KEY|ACCESS_KEY|SECRET_KEY|PRIVATE_KEY|AUTH_KEY|CREDENTIALS?|PAT)"
    r"(?![a-zA-Z0-9])"
)
"""How the name of a variable announces a secret: a word of it, or its end."""
_NAME = lazy(rf"(?:^|_){ANNOUNCED}|(?i:ACCESSTOKEN)$")
CREDENTIAL = "credential"
"""The taint of what a file that holds credentials holds."""
_ONE, _ALL = "environment", "all-environment"
KINDS: Taint = frozenset({SECRET, CREDENTIAL, _ALL})
"""What a secret is in, as far as the text tells."""
_HEADERS = frozenset({"-H", "--header", "--proxy-header"})
_SIGNS_IN = frozenset(
    ["-u", "--user", "-U", "--proxy-user", "--oauth2-bearer", "-b", "--cookie", "-E", "--cert", "--key", "--pass", "--password", "--http-password"]
)  # fmt: skip
"""Options of curl and wget whose value signs in (curl(1), wget(1))."""
_IN_OPTION = lazy(r"-[uUbE].|--(?:user|proxy-user|oauth2-bearer|cookie|password|http-password|pass)=")
_IN_HEADER = lazy(r"-H.|--(?:proxy-)?header=")
_SIGNING_HEADER = lazy(
    rf"(?i)\s*(?:{UNKNOWN}|[\w-]*(?:auth|token|key|cookie|secret|pass|session|user|login|credential|cert)[\w-]*\s*:)"
)
"""A header that signs in, or one of which not even the name is known."""
_HTTPIE = frozenset({"http", "https", "xh", "xhs"})
"""Programs whose words are items of a request: ``name=value`` is of its body, ``Name:value`` a header (httpie(1))."""
_NAMED_HEADER = lazy(r"[\w-]+:(?![=/])")
_USER = lazy(rf"://(?:[^/?#]*@|api\.telegram\.org/(?:file/)?bot(?:{UNKNOWN}|\$)|hooks\.slack\.com/services/)")
"""An address with a user and a password, or with the token by which a service's own API knows its client."""
_BODIES = frozenset({"body", "data", "json", "params", "content", "files", "form", "query", "qs", "-body", "-uri"})
"""Parts of a request that are its address or its body."""


def is_secret(name: str) -> bool:
    """Whether a variable's name announces a secret."""
    return _NAME.search(name) is not None


def sent(taint: Taint) -> str:
    """Return the capability of sending this: all variables, a file of credentials, or one variable that holds a secret."""
    if _ALL in taint:
        return "network.send-environment"
    return "network.send-credentials" if CREDENTIAL in taint else "network.send-secret"


def of_variable(taint: Taint, name: str) -> Taint:
    """Return where one entry of a table comes from: one variable is not all of them."""
    if _ALL not in taint:
        return taint
    return taint - {_ALL} | ({_ONE, SECRET} if is_secret(name) else {_ONE})


def in_address_or_body(kind: str) -> When:
    """Whether a call's address, or what it sends, comes from a secret of this kind."""

    def holds(args: Sequence[Value], kwargs: Mapping[str, Value]) -> bool:
        return any(_sent(value, kind) for value in args) or any(
            _sent(value, kind) or kind in value.taint
            for key, value in kwargs.items()
            if key.lower() in _BODIES or key == "url"
        )

    return holds


def _sent(value: Value, kind: str) -> bool:
    """Whether an argument sends a secret: a text, or the body in a table of a request's parts."""
    if not isinstance(value.data, dict):
        return kind in value.taint
    return any(kind in part.taint for key, part in value.data.items() if str(key).lower() in _BODIES)


def text_sends(text: str) -> bool:
    """Whether a shell's text, in which what is not known is a secret, hands it to a program that sends it away."""
    try:
        words = shlex.split(text[:8192].replace("|", " | "), posix=True)
    except ValueError:
        words = text[:8192].split()
    return words_send(words, [UNKNOWN in word for word in words])


def words_send(words: Sequence[str], secret: Sequence[bool]) -> bool:
    """Whether a command sends those of its words that are secret."""
    if not any(word.rpartition("/")[2] in COMMANDS_FROM_NETWORK for word in words) or stays_here(words):
        return False
    return any(_given(words, secret))


def stays_here(words: Sequence[str]) -> bool:
    """Whether every address among a command's words is the host's own; there must be one."""
    named = [word for word in words[1:] if "://" in word or addresses.names_self(word)]
    return bool(named) and all(map(addresses.names_self, named))


def _given(words: Sequence[str], secret: Sequence[bool]) -> Iterable[bool]:
    """Say of each secret word whether it is sent: not where it signs in."""
    named = any(word.rpartition("/")[2] in _HTTPIE for word in words)
    for (before, word), hidden in zip(pairwise(("", *words)), secret, strict=True):
        yield hidden and not (_signs_in(before, word) or (named and _signs_in_by_name(before, word)))


def _signs_in_by_name(before: str, word: str) -> bool:
    """Whether a word of HTTPie is what it signs in with: ``-a``, or a header, which is ``Name:value`` there."""
    return before in {"-a", "--auth"} or (
        _NAMED_HEADER.match(word) is not None and _SIGNING_HEADER.match(word) is not None
    )


def _signs_in(before: str, word: str) -> bool:
    """Whether a word, behind another one, is what a client signs in with: a user, a cookie, a header for that."""
    if before in _SIGNS_IN or _IN_OPTION.match(word) or _USER.search(word):
        return True
    header = _IN_HEADER.match(word)
    if before not in _HEADERS and header is None:
        return False
    return _SIGNING_HEADER.match(word, header.end() - (word[1] == "H") if header is not None else 0) is not None
