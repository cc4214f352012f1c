"""Runners of one's own that run what strangers send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.commands.doctor.audit.workflows import scalars, workflows
from flycatcher.sources.buildfiles.engine.yamltext import Map

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flycatcher.sources.buildfiles.engine.yamltext import Tree

ID = "self-hosted-runner"
WHY = "what a job leaves on the machine meets the next job, and the machine stands in your network"
REFERENCES = ("CICD-SEC-7", "CICD-SEC-4", "M1048")
_HOSTED = ("ubuntu-", "windows-", "macos-")
_OUTSIDE = ("pull_request", "pull_request_target", "issue_comment", "issues", "fork", "discussion")


def check(root: Path) -> Iterator[tuple[str, str, str, int]]:
    """Name each job on ``self-hosted``, and say whether strangers can start it."""
    for workflow in workflows(root):
        events = [event for event in _OUTSIDE if event in workflow.events]
        for name, job in workflow.jobs.items():
            labels = [each.value for each in scalars(_labels(job.get("runs-on")))]
            if "self-hosted" not in labels and not _is_group(job.get("runs-on")):
                continue
            evidence = f"job {name} runs on {', '.join(labels) or 'a group of runners'}"
            evidence += f", and {', '.join(events)} starts it" if events else ""
            fix = "let a new virtual machine or container run each job (ephemeral), without secrets of others"
            yield workflow.path, evidence, fix, workflow.at("jobs", name, "runs-on")


def _labels(node: Tree | None) -> Tree | None:
    return node.get("labels") if isinstance(node, Map) else node


def _is_group(node: Tree | None) -> bool:
    """Whether runners are chosen by their group, and no label says that they are GitHub's."""
    if not isinstance(node, Map) or not node.text("group"):
        return False
    return not any(each.value.startswith(_HOSTED) for each in scalars(node.get("labels")))
