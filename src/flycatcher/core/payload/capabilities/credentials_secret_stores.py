"""Command line tools that hand out secrets. ATT&CK T1555."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


def _asks(words: Sequence[str]) -> bool:
    """A tool that hands out secrets, asked for one."""
    command = (words[0].rpartition("/")[2], *words[1:])
    return any(command[: len(start)] == start for start in _TOOLS)


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
    ("trufflehog",),
    ("gitleaks",),
)

RULE = Rule(
    id="credentials.secret-stores",
    technique="T1555",
    points=35,
    sentence="asks a secret store",
    commands=_asks,
)
