"""Services and launch agents. ATT&CK T1543."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


def _enables(words: Sequence[str]) -> bool:
    """``systemctl enable`` and its kin."""
    name = words[0].rpartition("/")[2]
    return name in ("systemctl", "launchctl", "update-rc.d", "chkconfig") and any(
        w in ("enable", "load", "bootstrap", "defaults", "on") for w in words[1:]
    )


RULE = Rule(
    id="persistence.service",
    technique="T1543.002",
    points=45,
    sentence="arranges to be started again by the system",
    hints="systemd init.d rc.local rc.common autostart launchagents launchdaemons ld.so.preload profile.d",
    values=(
        r"/systemd/(?:system|user)/|/etc/init\.d/|/etc/rc\.(?:local|common)|/etc/xdg/autostart|"
        r"\.config/autostart|Library/Launch(?:Agents|Daemons)|/etc/ld\.so\.preload|/etc/profile\.d/"
    ),
    commands=_enables,
)
