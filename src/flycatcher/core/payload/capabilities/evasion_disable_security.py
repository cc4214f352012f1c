"""Security tools. ATT&CK T1562.001."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.rules import Calls, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


def _disables(words: Sequence[str]) -> bool:
    """Stops, kills or unconfigures what watches the machine."""
    name = words[0].rpartition("/")[2]
    if name in ("setenforce", "ufw", "iptables", "auditctl") and any(
        w in ("0", "disable", "-F", "-D") for w in words[1:]
    ):
        return True
    return name in ("systemctl", "service", "pkill", "killall", "kill") and any(
        tool in word for word in words[1:] for tool in _TOOLS
    )


_TOOLS = (
    "auditd",
    "falco",
    "tetragon",
    "falcon-sensor",
    "osqueryd",
    "clamd",
    "apparmor",
    "firewalld",
    "rsyslog",
    "tracee",
)

RULE = Rule(
    id="evasion.disable-security",
    technique="T1562.001",
    points=45,
    sentence="switches security software off",
    calls={"powershell": (Calls("Set-MpPreference Add-MpPreference Disable-WindowsOptionalFeature"),)},
    hints="amsi",
    values=r"(?i)\bAmsiUtils\b|amsiInitFailed|AmsiScanBuffer",
    commands=_disables,
)
