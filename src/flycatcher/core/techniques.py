"""MITRE ATT&CK techniques that records name: their names and the tactic under which each is listed first (Enterprise, v17)."""

from __future__ import annotations

from typing import NamedTuple


class Technique(NamedTuple):
    """One technique or sub-technique."""

    name: str
    tactic: str


_BY_TACTIC: dict[str, dict[str, str]] = {
    "Initial Access": {"T1195.002": "Compromise Software Supply Chain"},
    "Execution": {
        "T1059": "Command and Scripting Interpreter", "T1059.001": "PowerShell", "T1059.002": "AppleScript", "T1059.004": "Unix Shell",
        "T1059.006": "Python", "T1059.007": "JavaScript", "T1059.011": "Lua", "T1129": "Shared Modules", "T1053.003": "Cron",
    },
    "Persistence": {
        "T1098.004": "SSH Authorized Keys", "T1136.001": "Local Account", "T1505.003": "Web Shell", "T1543.002": "Systemd Service",
        "T1546": "Event Triggered Execution", "T1546.004": "Unix Shell Configuration Modification", "T1546.018": "Python Startup Hooks",
        "T1574.006": "Dynamic Linker Hijacking",
    },
    "Privilege Escalation": {
        "T1055": "Process Injection", "T1548.001": "Setuid and Setgid", "T1548.003": "Sudo and Sudo Caching", "T1611": "Escape to Host",
    },
    "Defense Evasion": {
        "T1027": "Obfuscated Files or Information", "T1036.004": "Masquerade Task or Service", "T1070.002": "Clear Linux or Mac System Logs",
        "T1070.003": "Clear Command History", "T1070.004": "File Deletion", "T1070.006": "Timestomp",
        "T1140": "Deobfuscate/Decode Files or Information", "T1222.002": "Linux and Mac File and Directory Permissions Modification",
        "T1562.001": "Disable or Modify Tools", "T1564": "Hide Artifacts", "T1620": "Reflective Code Loading",
    },
    "Credential Access": {
        "T1003.007": "Proc Filesystem", "T1003.008": "/etc/passwd and /etc/shadow", "T1056.002": "GUI Input Capture",
        "T1528": "Steal Application Access Token", "T1552.001": "Credentials In Files", "T1552.005": "Cloud Instance Metadata API",
        "T1555": "Credentials from Password Stores", "T1555.003": "Credentials from Web Browsers", "T1557": "Adversary-in-the-Middle",
    },
    "Discovery": {"T1046": "Network Service Discovery", "T1082": "System Information Discovery"},
    "Collection": {"T1005": "Data from Local System", "T1074.001": "Local Data Staging", "T1560.002": "Archive via Library"},
    "Command and Control": {
        "T1071.001": "Web Protocols", "T1071.004": "DNS", "T1095": "Non-Application Layer Protocol", "T1105": "Ingress Tool Transfer",
        "T1571": "Non-Standard Port",
    },
    "Exfiltration": {
        "T1041": "Exfiltration Over C2 Channel", "T1048": "Exfiltration Over Alternative Protocol",
        "T1048.003": "Exfiltration Over Unencrypted Non-C2 Protocol",
    },
    "Impact": {
        "T1485": "Data Destruction", "T1486": "Data Encrypted for Impact", "T1489": "Service Stop", "T1496": "Resource Hijacking",
        "T1561.001": "Disk Content Wipe",
        "T1499.001": "OS Exhaustion Flood",
    },
}  # fmt: skip
TECHNIQUES = {uid: Technique(name, tactic) for tactic, some in _BY_TACTIC.items() for uid, name in some.items()}
"""By id."""


def named(uid: str) -> str:
    """Return a technique's name, empty for one that is not known here."""
    found = TECHNIQUES.get(uid)
    return found.name if found else ""
