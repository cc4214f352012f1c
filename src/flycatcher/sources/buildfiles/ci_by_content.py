"""Pipelines under other names than their own: starter workflows, orbs, templates. Told by what only such a file says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.sources.buildfiles.ci_systems import Bitbucket, Buildkite, CircleCi, Drone, Travis
from flycatcher.sources.buildfiles.github import GitHubWorkflow

if TYPE_CHECKING:
    from flycatcher.sources.buildfiles.engine.filetype import Document

_YAML = ("*.yml", "*.yaml")


def _marked(*patterns: str) -> tuple[re.Pattern[str], ...]:
    """Return expressions that look at whole lines."""
    return tuple(re.compile(pattern, re.MULTILINE) for pattern in patterns)


class GitHubElsewhere(GitHubWorkflow):
    """A workflow or an action that lies elsewhere: a starter workflow, one that others call, a template."""

    id = "github-workflow-elsewhere"
    rank = 71
    names: ClassVar[tuple[str, ...]] = _YAML
    workflow = _marked(r"^(?:on|\"on\"|'on'|true):", r"^jobs:", r"^[ \t]+(?:runs-on|steps|uses):")
    action = _marked(r"^runs:[ \t]*(?:\n[ \t]+\w[^\n]*)*?\n[ \t]+using:[ \t]*['\"]?composite", r"^[ \t]+steps:")

    def accepts(self, document: Document) -> bool:
        """Events and jobs, or the steps of a composite action."""
        text = document.text
        return any(all(mark.search(text) for mark in marks) for marks in (self.workflow, self.action))


class CircleCiElsewhere(CircleCi):
    """An orb's source, or a configuration that another one continues with."""

    id = "circleci-elsewhere"
    rank = 72
    names: ClassVar[tuple[str, ...]] = _YAML
    marks = _marked(
        r"^[ \t]*-[ \t]+run:",
        r"^(?:version:[ \t]*['\"]?2|orbs:|executors:|steps:|description:|commands:|usage:)|^[ \t]+(?:docker|machine|executor):",
    )

    def accepts(self, document: Document) -> bool:
        """``run`` steps, beside keys of an orb or a pipeline."""
        return all(mark.search(document.text) for mark in self.marks)


class BitbucketElsewhere(Bitbucket):
    """Bitbucket's pipelines that a repository shares with others."""

    id = "bitbucket-elsewhere"
    rank = 73
    names: ClassVar[tuple[str, ...]] = _YAML
    marks = _marked(r"^(?:pipelines|definitions):", r"^[ \t]*-?[ \t]*step:", r"^[ \t]+(?:after-)?script:")

    def accepts(self, document: Document) -> bool:
        """Steps of a pipeline, with scripts."""
        return all(mark.search(document.text) for mark in self.marks)


class BuildkiteElsewhere(Buildkite):
    """Steps that are uploaded by a script, from any file."""

    id = "buildkite-elsewhere"
    rank = 73
    names: ClassVar[tuple[str, ...]] = _YAML
    marks = _marked(
        r"^steps:",
        r"^[ \t]*-?[ \t]*commands?:",
        r"^[ \t]*-[ \t]+(?:label|wait|block|command|commands|group)\b|^[ \t]+agents:",
    )

    def accepts(self, document: Document) -> bool:
        """Steps at the top of the file, with labels or agents."""
        return all(mark.search(document.text) for mark in self.marks)


class DroneElsewhere(Drone):
    """A pipeline of Drone or Woodpecker."""

    id = "drone-elsewhere"
    rank = 73
    names: ClassVar[tuple[str, ...]] = _YAML
    marks = _marked(r"^kind:[ \t]*pipeline\b|^when:|^clone:|^workspace:", r"^steps:", r"^[ \t]+commands:")

    def accepts(self, document: Document) -> bool:
        """Steps with commands, in a pipeline."""
        return all(mark.search(document.text) for mark in self.marks)


class TravisElsewhere(Travis):
    """A build configuration that others import."""

    id = "travis-elsewhere"
    rank = 76
    names: ClassVar[tuple[str, ...]] = ("travis*.yml", "*.travis.yml", ".travis/*.yml")

    def accepts(self, document: Document) -> bool:
        """The name is Travis's."""
        return (
            re.search(r"^(?:script|install|before_\w+|after_\w+|language|jobs):", document.text, re.MULTILINE)
            is not None
        )
