"""A package manager installs from a bare address: nobody vouches for what comes from there. ATT&CK T1195.002."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import base
from flycatcher.core.payload.rules import Rule
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

_INSTALLERS = frozenset(
    {
        "pip",
        "pip3",
        "pipx",
        "uv",
        "npm",
        "npx",
        "pnpm",
        "yarn",
        "gem",
        "cargo",
        "go",
        "easy_install",
        "cpan",
        "cpanm",
        "luarocks",
    }
)
_INSTALLS = frozenset({"install", "i", "add", "download", "exec", "run", "dlx"})
_BARE = lazy(
    r"(?:^|=|@|\+)(?:https?|git|ftp)://(?!127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|0\.0\.0\.0)\d{1,3}(?:\.\d{1,3}){3}(?:[:/]|$)"
)
"""An address of another network than one's own (RFC 1918)."""


def _installs(words: Sequence[str]) -> bool:
    """``pip install -i http://ADDRESS/simple x``, ``npm install http://ADDRESS/x.tgz``."""
    installs = base(words[0]) in ("npx", "easy_install", "cpanm") or not _INSTALLS.isdisjoint(words[1:3])
    return base(words[0]) in _INSTALLERS and installs and any(map(_BARE.search, words[1:]))


RULE = Rule(
    id="network.install-unverified",
    technique="T1195.002",
    points=45,
    sentence="installs a package from a bare address",
    commands=_installs,
)
