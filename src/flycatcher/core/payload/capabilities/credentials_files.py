"""Credential files: cloud, registries, ssh, git. ATT&CK T1552.001, T1552.004."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import base
from flycatcher.core.payload.rules import Rule
from flycatcher.core.regex import lazy
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

_FOLDER = lazy(r"(?:^|/)\.(?:aws|ssh|gnupg|kube|docker|azure|config/gcloud)/?$")
_COPIES = frozenset({"cp", "rsync", "scp"})


def _folder(words: Sequence[str]) -> bool:
    """Whether a command reads all that lies in a folder of credentials: ``grep -r``, ``tar c``, ``zip``, ``cp -r``; the last path of a copy is its target."""
    name, operands = base(words[0]), words[1:]
    if name == "tar":
        operands = operands if re.match(r"-?[a-zA-Z]*c|--create", " ".join(words[1:2])) else ()
    elif name == "grep":
        operands = (
            operands if any(re.match(r"-[a-zA-Z]*[rR]|--(?:dereference-)?recursive", word) for word in operands) else ()
        )
    elif name in _COPIES:
        operands = operands[:-1]
    elif name == "find":
        operands = () if {"chmod", "chown", "rm", "-delete"} & set(operands) else operands
    elif name != "zip":
        return False
    return any(_FOLDER.search(word) for word in operands)


RULE = Rule(
    id="credentials.files",
    technique="T1552.001",
    points=35,
    sentence="reads files that hold credentials",
    commands=_folder,
    hints=(
        "credentials .ssh/ .npmrc .pypirc .netrc .docker .kube gcloud .azure .vault-token "
        "*/ ?/ .aws/ gh/hosts .gnupg .electrum wallet.dat etc/shadow .pgpass .my.cnf .bash_history"
    ),
    values=(
        rf"(?:~|HOME\}}?|{UNKNOWN})/\.\w{{1,6}}[*?]\S{{0,16}}/|(?:^|[/~\s=:@'{{(])(?:\.aws/(?:cred|[*%{{$]|{UNKNOWN})|"
        r"\.ssh/(?:(?:id_[a-z0-9]+|identity)\b(?!\.pub)|id_\*)|"
        r"\.npmrc\b|\.pypirc\b|\.netrc\b|\.git-credentials\b|\.docker/config\.json|\.kube/config|"
        r"\.gem/credentials|\.cargo/credentials|\.config/gcloud|\.azure/(?:accessTokens|msal)|"
        r"\.vault-token|\.config/gh/hosts|\.gnupg/|\.electrum|wallet\.dat|etc/shadow\b|\.pgpass|"
        r"\.my\.cnf|\.bash_history)"
    ),
)
