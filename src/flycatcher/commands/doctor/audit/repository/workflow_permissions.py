"""Workflows whose token may do more than they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.commands.doctor.audit.workflows import workflows
from flycatcher.sources.buildfiles.engine.yamltext import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = "workflow-permissions"
WHY = "code that gets into a job has the rights of its token: to push, to release, to change issues"
REFERENCES = ("CICD-SEC-5", "CICD-SEC-2", "M1026")
_FIX = "write `permissions: contents: read` at the top of the file, and what a job needs more in that job"


def check(root: Path) -> Iterator[tuple[str, str, str, int]]:
    """Look whether a workflow says what its token may; if not, the repository's default holds, which may be everything."""
    for workflow in workflows(root):
        bare = [name for name, job in workflow.jobs.items() if "permissions" not in job.items]
        if "permissions" not in workflow.tree.items and bare:
            evidence = f"no permissions: for the job {bare[0]}" + (f" and {len(bare) - 1} more" if bare[1:] else "")
            yield workflow.path, evidence, _FIX, workflow.at("jobs", bare[0])
        for path in ((), *(("jobs", name) for name in workflow.jobs)):
            found = workflow.tree.map(*path).get("permissions") if path else workflow.tree.get("permissions")
            if isinstance(found, Scalar) and found.value == "write-all":
                yield workflow.path, "permissions: write-all", _FIX, workflow.line(found.start)
