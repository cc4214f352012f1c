"""Saved records, whatever form they were saved in: reports of ``run``, ``watch``, ``scan`` and ``check``, and SARIF.

Every form becomes a sequence of mappings: a record as the sinks take it, or ``{"sarif": result}``. What a form left out
(``check``'s answers hold no analyses) is worked out again from the texts in it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from flycatcher.core.detection import analyse_here, detect
from flycatcher.core.errors import FlycatcherError
from flycatcher.core.execution import Execution
from flycatcher.core.recipe.risk import assess
from flycatcher.core.snippet import Snippet
from flycatcher.sinks.formats.shared import Filler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sinks import Record

_HINT = "give a report of run, watch, scan (json, jsonl, sarif) or the answers of check --jsonl"


def records(data: bytes, name: str) -> Iterator[Record]:
    """Yield the records in a file's contents; raise FlycatcherError where it holds none. Notices and figures are left out."""
    found = False
    for value, line in _values(data, name):
        for record in _unpacked(value):
            known = _record(record, name, line)
            if known is not None:
                found = True
                yield known
    if not found:
        raise FlycatcherError(f"{name}: no detection in it", hint=_HINT, code=3)


def again(record: Record) -> Record:
    """Return a record with what this version makes of its texts: analyses and risk."""
    snippets = _snippets(record)
    if not snippets:
        return record
    analyses = [analyse_here(snippet) for snippet in snippets]
    risk = assess(list(zip(snippets, analyses, strict=True)), _execution(record))
    return {**record, "analyses": msgspec.to_builtins(analyses), "risk": msgspec.to_builtins(risk)}


def _values(data: bytes, name: str) -> Iterator[tuple[Any, int]]:
    """Yield a JSON document, or each line of JSON Lines, with the line it begins on."""
    if not data.strip():
        raise FlycatcherError(f"{name}: empty", hint=_HINT, code=3)
    try:
        whole = json.loads(data.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError) as error:
        problem = error
    else:
        yield whole, 1
        return
    lines = [(line, number) for number, line in enumerate(data.split(b"\n"), 1) if line.strip()]
    if len(lines) == 1 or not lines[0][0].lstrip().startswith(b"{"):
        raise FlycatcherError(f"{name}: not JSON: {problem}", hint=_HINT)
    filler = Filler()
    for line, number in lines:
        try:
            value = filler.whole(json.loads(line.decode("utf-8", "surrogateescape")))
        except (ValueError, RecursionError) as error:
            raise FlycatcherError(f"{name}, line {number}: not JSON: {error}", hint=_HINT) from None
        if value is not None:
            yield value, number


def _unpacked(value: Any) -> Iterator[Any]:  # noqa: ANN401 - a JSON tree
    """Yield the records of a document: its ``detections`` or ``findings``, the results of SARIF runs, a list, itself."""
    if isinstance(value, list):
        yield from value
        return
    if not isinstance(value, dict):
        yield value
        return
    for key in ("detections", "findings", "results"):
        if isinstance(value.get(key), list):
            yield from value[key]
            return
    if isinstance(value.get("runs"), list):
        for run in value["runs"]:
            results = run.get("results") if isinstance(run, dict) else None
            yield from ({"sarif": result} for result in (results if isinstance(results, list) else ()))
        return
    yield value


def _record(value: Any, name: str, line: int) -> Record | None:  # noqa: ANN401 - a JSON tree
    """Return one record, None for a notice, a summary, an error row or an answer without code on the fly."""
    if not isinstance(value, dict):
        raise FlycatcherError(f"{name}, line {line}: {type(value).__name__} where a record should be", hint=_HINT)
    if isinstance(value.get("sarif"), dict) or "analyses" in value:
        return value
    if "argv" in value and "snippets" not in value:
        return _asked(value, name, line)
    if not value.get("code_on_the_fly") or not value.get("snippets"):
        return None
    return again(value)


def _asked(value: Record, name: str, line: int) -> Record | None:
    """Return the record of an execution (a row of ``check --jsonl``), None where it is clean."""
    try:
        execution = msgspec.convert(value, Execution)
    except (msgspec.ValidationError, ValueError) as error:
        raise FlycatcherError(f"{name}, line {line}: {error}", hint=_HINT) from None
    found = detect(execution, shells=True)
    return None if found is None else dict(msgspec.to_builtins(found))


def _snippets(record: Record) -> list[Snippet]:
    """Return the snippets in a record that can be read."""
    found = []
    for each in record.get("snippets") or ():
        try:
            found.append(msgspec.convert(each, Snippet))
        except (msgspec.ValidationError, ValueError):
            continue
    return found


def _execution(record: Record) -> Execution | None:
    """Return a record's execution, None where it holds none."""
    try:
        return msgspec.convert(record.get("execution"), Execution)
    except (msgspec.ValidationError, ValueError):
        return None
