"""Flycatcher's own records: what ``run``, ``watch``, ``scan`` and ``hunt`` have reported, asked again with newer tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from flycatcher.core.execution import Execution, Fidelity
from flycatcher.sources.logs.engine.clock import seconds
from flycatcher.sources.logs.engine.jsonrows import JsonFormat
from flycatcher.sources.logs.engine.recorded import Lost, Recorded
from flycatcher.sources.logs.engine.rows import Row, row_of, text

if TYPE_CHECKING:
    from collections.abc import Iterator

_REDACTED = "[redacted:"


class Own(JsonFormat):
    """Reports of Flycatcher as JSON Lines, and the rows of ``check --jsonl``."""

    name = "flycatcher"
    title = "Flycatcher"
    rank = 80
    marks = (b'"flycatcher.', b'"argv"', b'"shell"')

    @classmethod
    def takes_row(cls, row: Row) -> bool:
        """Whether a row is a record, or asks about a command line."""
        return text(row, "schema").startswith("flycatcher.") or isinstance(row.get("argv"), list) or _is_text(row)

    def line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Read one record, row or notice."""
        if not self._may_matter(line) or (row := row_of(line)) is None:
            return
        if text(row, "schema").startswith("flycatcher.notice"):
            if text(row, "kind") in ("loss", "gap"):
                yield Lost(
                    text=text(row, "text"), place=text(row, "place"), time=seconds(row.get("time")), since=seconds(row.get("since")),
                    line=number,
                )  # fmt: skip
        elif (execution := _execution(row)) is not None:
            self.shared.count("starts")
            yield _recorded(row, execution, self.log, number, offset)


def _is_text(row: Row) -> bool:
    """Whether a row of ``check`` asks about shell text."""
    return isinstance(row.get("shell"), str) and "snippets" not in row


def _execution(row: Row) -> Execution | None:
    """Return the execution of a record or a row; None where it holds none."""
    if _is_text(row):
        return Execution(argv=())
    about = row.get("execution") if isinstance(row.get("execution"), dict) else row
    try:
        execution = msgspec.convert(about, Execution)
    except (msgspec.ValidationError, ValueError):
        return None
    return execution if execution.argv else None


def _recorded(row: Row, execution: Execution, log: str, number: int, offset: int) -> Recorded:
    """Return what a record or a row tells of, with its place."""
    before = execution.fidelity or Fidelity(sensor="flycatcher", time=text(row, "time"))
    notes = before.notes
    if any(_REDACTED in word for word in execution.argv):
        notes = (*notes, "secrets were taken out of the record: the words are not all that ran")
    fidelity = replace(before, log=log, line=number, byte=offset, certainty="", readings=(), notes=notes)
    host = execution.context.get("host.name", "") or text(row, "host")
    return Recorded(
        execution=replace(execution, fidelity=fidelity),
        kind="shell" if _is_text(row) else "argv",
        text=text(row, "shell") if _is_text(row) else "",
        time=seconds(before.time),
        host=host,
        user=execution.context.get("user.name", ""),
    )
