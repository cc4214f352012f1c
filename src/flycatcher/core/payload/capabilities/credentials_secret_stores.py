"""Command line tools that hand out secrets. ATT&CK T1555."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import base
from flycatcher.core.payload.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


def _asks(words: Sequence[str]) -> bool:
    """A tool that hands out secrets, asked for one."""
    return _begins(words, _TOOLS) or base(words[0]) in _SEARCHERS


def prints_secrets(words: Sequence[str]) -> bool:
    """Whether a command prints what a store of secrets holds."""
    return _begins(words, TOOLS) or (
        _begins(words, (("npm", "config", "get"),)) and any("_auth" in word for word in words[3:])
    )


def _begins(words: Sequence[str], starts: Sequence[tuple[str, ...]]) -> bool:
    command = (base(words[0]), *words[1:]) if words else ()
    return any(command[: len(start)] == start for start in starts)


_TOOLS = (
    ("gh", "auth", "token"),
    ("gcloud", "auth", "print-access-token"),
    ("aws", "secretsmanager"),
    ("aws", "ssm", "get-parameters-by-path"),
    ("az", "account", "get-access-token"),
    ("vault", "kv"),
    ("security", "find-generic-password"),
    ("security", "dump-keychain"),
    ("secret-tool", "lookup"),
    ("kubectl", "get", "secrets"),
    ("npm", "token"),
)
"""Words that a command begins with which prints secrets."""
_TOOLS_OF_STEPS = (
    ("kubectl", "get", "secret"),
    ("gcloud", "auth", "print-identity-token"),
    ("gcloud", "auth", "application-default", "print-access-token"),
    ("gcloud", "secrets", "versions", "access"),
    ("az", "keyvault", "secret", "show"),
    ("aws", "ssm", "get-parameter"),
    ("aws", "sts", "get-session-token"),
    ("aws", "sts", "assume-role"),
    ("git", "credential", "fill"),
    ("op", "read"),
    ("pass", "show"),
    ("heroku", "auth:token"),
    ("glab", "auth", "token"),
)
"""The same, of commands that every deployment uses: asking is nothing by itself, sending what they print is."""
TOOLS = _TOOLS + _TOOLS_OF_STEPS
"""Both."""
_SEARCHERS = frozenset({"trufflehog", "gitleaks"})
"""Programs that look for secrets in files."""

RULE = Rule(
    id="credentials.secret-stores",
    technique="T1555",
    points=35,
    sentence="asks a secret store",
    commands=_asks,
)
