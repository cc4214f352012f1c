"""Logs of CI jobs: what a step's text was, and what ``set -x`` printed. It is written text: what is printed is not always what ran.

Sources: actions/runner (``##[group]Run``), GitLab Runner (``section_start:``), Jenkins' sh step, Azure Pipelines' agent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.names import bourne_grammar_of
from flycatcher.sources.logs.engine.clock import seconds
from flycatcher.sources.logs.engine.jsonrows import JsonFormat, Seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.logs.engine.format import Shared
    from flycatcher.sources.logs.engine.recorded import Lost, Recorded

_STYLE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_TIME = re.compile(r"\ufeff?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)(?: \d\d[OE]\+? ?| )?")
_SHELL = re.compile(r"shell: (\S+)(.*)")
_NOTE = "printed by the job's log: written text, which may have been shortened or never run"
_LINES = 20_000
"""Lines of a step's text."""
_TRACE = re.compile(r"\++ (?=\S)")


class CiLog(JsonFormat):
    """What the logs of all CI systems have in common: times and colours in front of the text."""

    words = "text"
    system: ClassVar[str] = ""

    def __init__(self, shared: Shared, log: str = "") -> None:
        """Start outside of a step."""
        super().__init__(shared, log)
        self._text: list[str] | None = None
        self._place = (0, 0)
        self._when = 0.0

    def line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Read one line."""
        plain = _STYLE.sub("", line.decode("utf-8", "surrogateescape").rstrip("\r"))
        if "\r" in plain:
            plain = plain.rpartition("\r")[2]
        found = _TIME.match(plain)
        if found is not None:
            self._when = seconds(found[1])
            plain = plain[found.end() :]
        for seen, place in self.step(plain, (number, offset)):
            yield from self.placed(seen, *place)

    def step(self, line: str, place: tuple[int, int]) -> Iterator[tuple[Seen, tuple[int, int]]]:
        """Yield the texts that end with a line."""
        raise NotImplementedError

    def seen(self, text: str) -> Seen:
        """Return a text that the log printed."""
        return Seen(
            text=text, kind="shell", time=self._when, happened="", notes=(_NOTE,), context={"ci.system": self.system}
        )

    def traced(self, line: str, place: tuple[int, int]) -> Iterator[tuple[Seen, tuple[int, int]]]:
        """Yield a command that ``set -x`` printed."""
        found = _TRACE.match(line)
        if found is not None:
            yield self.seen(line[found.end() :]), place


class GitHubLog(CiLog):
    """GitHub Actions: the text in the group of each ``Run``, up to its ``shell:`` line; also in the downloaded zip."""

    name = "github-log"
    title = "GitHub Actions log"
    system = "github"
    rank = 40

    @classmethod
    def takes(cls, line: bytes) -> bool:
        """Whether a line begins a step."""
        return b"##[group]Run " in line or (b"shell: " in line and b" {0}" in line)

    def step(self, line: str, place: tuple[int, int]) -> Iterator[tuple[Seen, tuple[int, int]]]:
        """Yield a step's text where its shell is named."""
        if line.startswith("##[group]Run "):
            self._text, self._place = [line[13:]], place
        elif self._text is None:
            yield from self.traced(line, place)
        elif line.startswith(("##[endgroup]", "with:", "env:")):
            self._text = None
        elif (found := _SHELL.match(line)) is not None:
            # the first line of the group repeats the text's first line
            text = self._text[1:] if len(self._text) > 1 else self._text
            self._text = None
            if bourne_grammar_of(found[1]):
                yield self.seen("\n".join(text)), self._place
        elif len(self._text) < _LINES:
            self._text.append(line)


class GitLabLog(CiLog):
    """GitLab: each command of the script, behind a dollar sign."""

    name = "gitlab-log"
    title = "GitLab job log"
    system = "gitlab"
    rank = 40

    @classmethod
    def takes(cls, line: bytes) -> bool:
        """Whether a line belongs to a job's log."""
        return (
            b"section_start:" in line
            or b"section_end:" in line
            or line.startswith((b"\x1b[32;1m$ ", b"Running with gitlab-runner"))
        )

    def step(self, line: str, place: tuple[int, int]) -> Iterator[tuple[Seen, tuple[int, int]]]:
        """Yield a command."""
        line = re.sub(r"section_(?:start|end):\d+:\S*", "", line).lstrip()
        if line.startswith("$ "):
            yield self.seen(line[2:]), place
        else:
            yield from self.traced(line, place)


class JenkinsLog(CiLog):
    """Jenkins: what the sh step's ``set -x`` prints."""

    name = "jenkins-log"
    title = "Jenkins console"
    system = "jenkins"
    rank = 30

    @classmethod
    def takes(cls, line: bytes) -> bool:
        """Whether a line is the console's own."""
        return b"[Pipeline] " in line or line.startswith((b"Started by ", b"Building in workspace", b"Running on "))

    def step(self, line: str, place: tuple[int, int]) -> Iterator[tuple[Seen, tuple[int, int]]]:
        """Yield a command."""
        yield from self.traced(re.sub(r"^\[[^\]]*\] (?=\+ )", "", line), place)


class AzureLog(CiLog):
    """Azure Pipelines: ``##[command]``, and the script's text above its output."""

    name = "azure-log"
    title = "Azure Pipelines log"
    system = "azure"
    rank = 39

    @classmethod
    def takes(cls, line: bytes) -> bool:
        """Whether a line is the agent's own."""
        return b"##[section]" in line or b"##[command]" in line

    def step(self, line: str, place: tuple[int, int]) -> Iterator[tuple[Seen, tuple[int, int]]]:
        """Yield a command, or a script's text."""
        if line.startswith("##[command]"):
            yield self.seen(line[11:]), place
        elif line.startswith("Script contents:"):
            self._text, self._place = [], place
            if rest := line[16:].strip():
                self._text.append(rest)
        elif self._text is not None and line.startswith("====="):
            text, self._text = self._text, None
            yield self.seen("\n".join(text)), self._place
        elif self._text is not None and len(self._text) < _LINES:
            self._text.append(line)
        else:
            yield from self.traced(line, place)
