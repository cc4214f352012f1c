"""Workflows that could not be read, so that no other check says anything of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.commands.doctor.audit.workflows import workflows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = "unreadable-workflow"
WHY = "what it starts, and with which rights, was not looked at"
REFERENCES = ("M1047", "CICD-SEC-10")


def check(root: Path) -> Iterator[tuple[str, str, str, int]]:
    """Name each file that is no mapping with jobs, with the first thing that is wrong in it."""
    for workflow in workflows(root):
        if workflow.jobs:
            continue
        problem = next(iter(workflow.document.problems), None)
        evidence = f"not checked: {problem.message}" if problem is not None else "not checked: it has no jobs"
        line = problem.line if problem is not None else 1
        yield workflow.path, evidence, "mend the file, or remove it", line
