"""Whether somebody must agree to changes of the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.commands.doctor.audit.text import lines
from flycatcher.commands.doctor.audit.workflows import workflows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = "pipeline-owner"
WHY = "who changes a workflow changes what runs with the pipeline's secrets; owners and a protected branch make somebody read it"
REFERENCES = ("CICD-SEC-1", "CICD-SEC-4", "M1018")
_FILES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks, in that order; the first one counts."""
_COVER = ("*", "/.github/", ".github/", "/.github/**", "/.github/*", ".github/**")


def check(root: Path) -> Iterator[tuple[str, str, str]]:
    """Look for a pattern with an owner that covers the workflows; whether the branch is protected cannot be seen from here."""
    if not any(each.path.startswith(".github/") for each in workflows(root)):
        return
    name = next((name for name in _FILES if (root / name).is_file()), "")
    rows = [line.split() for _, line in lines(root / name)] if name else []
    owned = any(row[1:] and (row[0] in _COVER or ".github/workflows" in row[0]) for row in rows if row)
    if not owned:
        evidence = "nobody owns .github/workflows" + ("" if name else ": there is no CODEOWNERS")
        fix = "echo '/.github/ @ORGANIZATION/TEAM' >> .github/CODEOWNERS, and require reviews by owners on the branch"
        yield name or ".github", evidence, fix
