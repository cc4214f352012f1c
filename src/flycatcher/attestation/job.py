"""Which job this is (monitoredProcess): the platform, the kind of build, and what tells this run from all others."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING
from urllib.parse import quote

from flycatcher.sources.context.ci import ci_context

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVERS = {"github": "GITHUB_SERVER_URL", "gitlab": "CI_SERVER_URL", "jenkins": "JENKINS_URL"}
"""The variables in which runners give their platform's address."""
BUILD_TYPES = {"github": "https://actions.github.io/buildtypes/workflow/v1"}
"""SLSA build types that platforms have published."""
COMMAND = "urn:flycatcher:run:command:v1"
"""monitoredProcess.type where the platform has none: a command under ``flycatcher run``."""


def monitored_process(environment: Mapping[str, str]) -> dict[str, str]:
    """Return hostID, type and event."""
    facts = ci_context(environment)
    system = facts.get("ci.system", "")
    host = environment.get(SERVERS.get(system, ""), "").rstrip("/")
    if not host:
        host = (
            f"urn:flycatcher:{quote(system, safe='')}"
            if system
            else f"urn:flycatcher:host:{quote(socket.gethostname())}"
        )
    return {"hostID": host, "type": BUILD_TYPES.get(system, COMMAND), "event": _event(host, system, facts, environment)}


def _event(host: str, system: str, facts: Mapping[str, str], environment: Mapping[str, str]) -> str:
    """Return what tells this job from all others."""
    if system == "github" and "ci.run" in facts:
        attempt = environment.get("GITHUB_RUN_ATTEMPT", "1")
        return f"{host}/{facts.get('ci.repository', '')}/actions/runs/{facts['ci.run']}/attempts/{attempt}"
    if "ci.run" in facts:
        return "/".join(facts[name] for name in ("ci.repository", "ci.run", "ci.job") if name in facts)
    return f"{_boot()}/{os.getpid()}"


def _boot() -> str:
    """Return the id of this boot (proc_sys_kernel(5), random/boot_id); empty where there is none."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:  # noqa: PTH123 - one line of procfs
            return file.read().strip()
    except OSError:
        return ""
