"""A coding agent is told to look for secrets, and not to ask anybody. ATT&CK T1083, T1552.001; as the nx packages of August 2025 did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import base
from flycatcher.core.payload.rules import Rule
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

_AGENTS = frozenset(
    [
        "claude",
        "gemini",
        "q",
        "codex",
        "cursor-agent",
        "copilot",
        "aider",
        "opencode",
        "amp",
        "goose",
        "qwen",
        "crush",
        "llm",
    ]
)
_WITHOUT_ASKING = lazy(
    r"--(?:dangerously[\w-]*|yolo|trust-all-tools|no-interactive|allow-all-tools|full-auto|auto-approve|yes(?:-always)?|force)$"
    r"|-y$|--(?:approval-mode|permission-mode|sandbox)=?(?:yolo|bypass\w*|danger\S*)?$"
)
"""Options by which an agent acts without leave (the agents' own --help)."""
_SECRETS = lazy(
    r"(?i)\b(?:wallets?|keystores?|mnemonic|seed phrases?|id_rsa|id_ed25519|private[ _-]keys?|credentials?|api[ _-]?keys?|tokens?|passwords?|"
    r"secrets?|metamask|electrum|exodus|ledger)\b|\.env\b|\.npmrc\b|\.aws\b"
)
_SEARCH = lazy(
    r"(?i)\b(?:search|find|scan|look for|enumerate|inventory|recursively|list|collect|exfiltrat\w*|locate)\b"
)


def _asks(words: Sequence[str]) -> bool:
    """An agent, an option that lets it act alone, and a prompt that has it search for secrets."""
    if base(words[0]) not in _AGENTS or not any(map(_WITHOUT_ASKING.match, words[1:])):
        return False
    return any(_SEARCH.search(word) and _SECRETS.search(word) for word in words[1:] if " " in word)


RULE = Rule(
    id="credentials.asked-of-agent",
    technique="T1552.001",
    points=50,
    sentence="has a coding agent look for secrets without asking anybody",
    commands=_asks,
)
