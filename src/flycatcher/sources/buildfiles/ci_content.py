"""CI files that no path gives away: what a GitLab pipeline includes, templates of Azure Pipelines. Told by their content."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.ci_systems import Azure, GitLab

if TYPE_CHECKING:
    from flycatcher.sources.buildfiles.engine.filetype import Document

_RESOURCE = lazy(r"^apiVersion:", re.MULTILINE)
_SCRIPT = lazy(r"^ {2,8}(?:before_|after_)?script:", re.MULTILINE)
_JOB = lazy(
    r"^(?:stages:|[\w.\"'][^\n#:]*:[ \t]*\n(?: [^\n]*\n)*? {2,8}(?:stage|extends|needs|artifacts|only|rules|tags):)",
    re.MULTILINE,
)
_STEP = lazy(r"^[ \t]*-[ \t]+(?:script|bash|pwsh|powershell|task):", re.MULTILINE)
_PIPELINE = lazy(
    r"^(?:steps|jobs|stages|pool|trigger|parameters|variables):|^[ \t]+(?:displayName|vmImage|targetType):",
    re.MULTILINE,
)


class GitLabInclude(GitLab):
    """A file that ``include: local`` names: jobs with ``script``, in a folder of the project's choice."""

    id = "gitlab-ci-include"
    rank = 77
    names: ClassVar[tuple[str, ...]] = ("*.yml", "*.yaml")

    def accepts(self, document: Document) -> bool:
        """Jobs are maps at the top with a script, and something else that only a job has."""
        text = document.text
        return bool(_SCRIPT.search(text) and _JOB.search(text)) and not _RESOURCE.search(text)


class AzureTemplate(Azure):
    """A template that a pipeline uses: steps, jobs or stages, with the parameters that it takes."""

    id = "azure-template"
    rank = 78
    names: ClassVar[tuple[str, ...]] = ("*.yml", "*.yaml")

    def accepts(self, document: Document) -> bool:
        """Steps that only Azure has, in a list of a pipeline."""
        return bool(_STEP.search(document.text) and _PIPELINE.search(document.text))
