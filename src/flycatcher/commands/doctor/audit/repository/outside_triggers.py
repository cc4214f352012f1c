"""Workflows that strangers start with the repository's own rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.commands.doctor.audit.workflows import Workflow, steps, workflows
from flycatcher.sources.buildfiles.engine.yamltext import Map

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = "pull-request-target"
WHY = "whoever opens a pull request starts it with write access and secrets; code of theirs that runs in it has both"
REFERENCES = ("CICD-SEC-4", "CICD-SEC-1", "T1195.002")
_EVENTS = ("pull_request_target", "workflow_run")
_HEADS = ("github.event.pull_request.head", "github.head_ref", "github.event.workflow_run.head", "refs/pull/")


def check(root: Path) -> Iterator[tuple[str, str, str, int]]:
    """Name each use of pull_request_target, and of workflow_run where the stranger's commit is checked out."""
    for workflow in workflows(root):
        for event in _EVENTS:
            if event not in workflow.events:
                continue
            takes = _checks_out(workflow)
            if event == "pull_request_target" or takes:
                evidence = f"on: {event}" + (", and it checks out the pull request's own code" if takes else "")
                fix = "use on: pull_request, and do what needs secrets in a workflow that runs none of its code"
                yield workflow.path, evidence, fix, workflow.line(workflow.events[event])


def _checks_out(workflow: Workflow) -> bool:
    """Whether a step takes the commit of the pull request."""
    for job in workflow.jobs.values():
        for step in steps(job):
            given = step.get("with")
            ref = given.text("ref") + given.text("repository") if isinstance(given, Map) else ""
            if any(head in f"{ref} {step.text('run')}" for head in _HEADS):
                return True
    return False
