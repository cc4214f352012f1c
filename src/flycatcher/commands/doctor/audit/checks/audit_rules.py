"""Whether the audit rules record starts of programs."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = "audit-rules"
WHY = "without a record of each start, hunt has nothing to read afterwards"
REFERENCES = ("PCI DSS 4 10.2", "CIS 8.8", "CICD-SEC-10", "M1047")


def check(root: Path) -> Iterator[tuple[str, str, str]]:
    """Read the rules as they are kept (auditctl(8), augenrules(8)); what is loaded at this moment only root can ask."""
    folder = root / "etc/audit"
    if not folder.is_dir():
        return
    files = [*sorted((folder / "rules.d").glob("*.rules")), folder / "audit.rules"]
    for file in files:
        if file.is_file() and any(map(_records_starts, file.read_text(errors="replace").splitlines())):
            return
    rule = "-a always,exit -F arch=b64 -S execve,execveat -k exec"
    yield "/etc/audit", "no rule records execve", f"echo '{rule}' >/etc/audit/rules.d/exec.rules && augenrules --load"


def _records_starts(line: str) -> bool:
    words = line.split()
    calls = [call for key, value in pairwise(words) if key == "-S" for call in value.split(",")]
    return words[:1] in (["-a"], ["-A"]) and "execve" in calls and any("always" in word for word in words[1:2])
