"""The JSON Lines contract of ``check``: a row that is asked, and its answer; ``schema`` prints both."""

from __future__ import annotations

from typing import Any

import msgspec

from flycatcher.core.detection import Policy
from flycatcher.core.execution import FileFact, StdinKind
from flycatcher.core.snippet import Load, Snippet


class Row(msgspec.Struct, gc=False):
    """One line of input: an execution (``argv``), or shell text (``shell``) to be read into executions."""

    argv: list[str] | None = None
    exe: str = ""
    env: dict[str, str] = {}
    stdin: StdinKind = "unknown"
    cwd: str = ""
    stdin_text: str | None = None
    files: dict[str, FileFact] = {}
    shell: str | None = None
    id: Any = None
    """The row's own name, any JSON; the answer carries it, as it does ``host`` and ``time``."""
    host: Any = None
    time: Any = None


class Started(msgspec.Struct, gc=False, omit_defaults=True):
    """One execution that shell text leads to."""

    argv: tuple[str, ...]
    line: int = 0
    column: int = 0
    via: tuple[str, ...] = ()


class Answer(msgspec.Struct, gc=False, omit_defaults=True):
    """One line of output. ``outcome`` and ``interpreter`` are those of an execution; ``executions`` those of shell text."""

    code_on_the_fly: bool
    snippets: list[Snippet]
    risk: dict[str, Any]
    """``score`` (0 to 100), ``level``, ``reasons``, ``confidence``."""
    capabilities: list[str]
    observations: list[Load]
    outcome: str = ""
    interpreter: str = ""
    refusal: str = ""
    """Why the interpreter's own parser would refuse the line."""
    policy: Policy | None = None
    """What the rules of ``--config`` make of an execution; rows of shell text have none."""
    executions: list[Started] = []
    notes: list[str] = []
    id: Any = None
    """The row's own, where it had one; so are ``host`` and ``time``."""
    host: Any = None
    time: Any = None
