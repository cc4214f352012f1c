"""What a scan finds: a detection with its exact place, its frame of source lines and its history."""

from __future__ import annotations

import hashlib
from typing import Literal

from msgspec import Struct

from flycatcher.core.detection import Detection
from flycatcher.sinks.summary import Skipped

Confidence = Literal["high", "medium", "low"]
Kind = Literal["code-on-the-fly", "expression-injection"]
SuppressionNoticeKind = Literal["unused-suppression", "expired-suppression", "faulty-suppression"]


class Span(Struct, frozen=True):
    """1-based lines and columns in characters; the end column is the one after the last character."""

    line: int
    column: int
    end_line: int
    end_column: int

    def meets(self, other: Span) -> bool:
        """Whether two spans have a character in common."""
        begins, ends = (self.line, self.column), (self.end_line, self.end_column)
        return begins < (other.end_line, other.end_column) and (other.line, other.column) < ends


class Change(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Who changed a finding's lines last, by git blame."""

    commit: str
    author: str
    email: str = ""
    time: str = ""
    """RFC 3339."""
    age_days: int = 0
    summary: str = ""
    changes: int = 0
    """How many commits touched the finding's file lines that blame knows of, over the lines of the finding."""
    single_person: bool = False
    """Author and committer are one, no trailer names a reviewer, and it came in without a merge by another person."""
    uncommitted: bool = False


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One place where an interpreter is made to run inline text."""

    kind: Kind = "code-on-the-fly"
    path: str
    file_type: str
    span: Span
    """The command."""
    within: Span | None = None
    """The outer command, where the command stands on a line of its own in the text that the outer one is given."""
    payload: Span | None = None
    """The program text, where it is written in the file as it is run."""
    symbol: tuple[str, ...] = ()
    confidence: Confidence = "high"
    frame: tuple[str, ...] = ()
    """The source lines from ``frame_line`` on, each cut at 400 characters."""
    frame_line: int = 0
    vendored: bool = False
    new: bool = False
    """``--since`` or ``--new-within``: the change adds or touches it."""
    occurrence: int = 0
    """0 for the first finding of this text in the file, 1 for the second: moved lines keep it."""
    variants: int = 0
    """How many other texts the same command is run with (a loop, a function called several times)."""
    change: Change | None = None
    detection: Detection

    @property
    def fingerprint(self) -> str:
        """32 hex digits that stay when lines move: the text, the file, and which of several it is."""
        key = f"{self.detection.id}\0{self.path}\0{self.kind}\0{self.occurrence}"
        return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:32]


class SuppressionNotice(Struct, frozen=True, kw_only=True):
    """Something about the suppressions themselves."""

    kind: SuppressionNoticeKind
    path: str
    line: int
    column: int = 1
    message: str


class FileResult(Struct, kw_only=True):
    """What one file gave."""

    path: str
    file_type: str = ""
    findings: list[Finding] = []
    suppressed: list[Finding] = []
    notices: list[SuppressionNotice] = []
    skipped: list[Skipped] = []
    typed: bool = False
    """It may be a build file, by its name or its first line."""
    parsed: bool = False
    """It was read; a text without any word that starts an interpreter is not."""
