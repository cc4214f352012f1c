"""Shell profiles. ATT&CK T1546.004."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="persistence.profile",
    technique="T1546.004",
    points=40,
    sentence="touches the files that every shell reads at its start",
    hints=".bash .profile .zsh .zprofile .kshrc fish /etc/profile bash.bashrc zshrc bashrc",
    values=(
        r"(?:^|[/~\s])\.(?:bashrc|bash_profile|bash_login|profile|zshrc|zshenv|zprofile|kshrc|"
        r"bash_logout|config/fish/config\.fish)$|/etc/(?:profile|bash\.bashrc|zsh/zshrc|bashrc)$"
    ),
)
