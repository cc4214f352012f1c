"""Credential files: cloud, registries, ssh, git. ATT&CK T1552.001, T1552.004."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule
from flycatcher.core.unknown import UNKNOWN

RULE = Rule(
    id="credentials.files",
    technique="T1552.001",
    points=35,
    sentence="reads files that hold credentials",
    hints=(
        "credentials .ssh/ .npmrc .pypirc .netrc .docker .kube gcloud .azure .vault-token "
        "*/ ?/ .aws/ gh/hosts .gnupg .electrum wallet.dat etc/shadow .pgpass .my.cnf .bash_history"
    ),
    values=(
        rf"(?:~|HOME\}}?|{UNKNOWN})/\.\w{{1,6}}[*?]\S{{0,16}}/|(?:^|[/~\s=:@'{{(])(?:\.aws/(?:cred|[*{UNKNOWN}])|"
        r"\.ssh/(?:id_[a-z0-9]+|identity)\b(?!\.pub)|"
        r"\.npmrc\b|\.pypirc\b|\.netrc\b|\.git-credentials\b|\.docker/config\.json|\.kube/config|"
        r"\.gem/credentials|\.cargo/credentials|\.config/gcloud|\.azure/(?:accessTokens|msal)|"
        r"\.vault-token|\.config/gh/hosts|\.gnupg/|\.electrum|wallet\.dat|etc/shadow\b|\.pgpass|"
        r"\.my\.cnf|\.bash_history)"
    ),
)
