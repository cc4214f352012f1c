"""Actions and reusable workflows that are taken by a name which others can move."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from flycatcher.commands.doctor.audit.workflows import Workflow, steps, workflows
from flycatcher.sources.buildfiles.engine.yamltext import Map, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = "unpinned-action"
WHY = "whoever can move the tag or branch runs other code in this pipeline, with its secrets"
REFERENCES = ("T1195.002", "CICD-SEC-3", "CICD-SEC-8", "CICD-SEC-9")
_PINNED = re.compile(r"@(?:[0-9a-f]{40}|[0-9a-f]{64}|sha256:[0-9a-f]{64})\Z")


def check(root: Path) -> Iterator[tuple[str, str, str, int]]:
    """Look at ``uses:`` of steps and jobs; a path in this repository moves with it."""
    for workflow in workflows(root):
        for scalar in _uses(workflow):
            name = scalar.value.strip()
            if name and not name.startswith(("./", "../")) and not _PINNED.search(name):
                yield workflow.path, f"uses: {name}", _fix(name), workflow.line(scalar.start)


def _uses(workflow: Workflow) -> Iterator[Scalar]:
    for job in workflow.jobs.values():
        for node in (job, *steps(job)):
            found = node.get("uses") if isinstance(node, Map) else None
            if isinstance(found, Scalar):
                yield found


def _fix(name: str) -> str:
    action, _, version = name.partition("@")
    if name.startswith("docker://"):
        return f"uses: {action}@sha256:DIGEST"
    address = shlex.quote("https://github.com/" + "/".join(action.split("/")[:2]))
    reference = shlex.quote(version or "HEAD")
    return f"git ls-remote {address} {reference}, then uses: {action}@COMMIT # {version or 'HEAD'}"
