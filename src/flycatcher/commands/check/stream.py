"""The JSON Lines contract: one execution a line in, one answer a line out, in order, at any length."""

from __future__ import annotations

import codecs
import json
from typing import IO, TYPE_CHECKING, Any

import msgspec

from flycatcher.commands.check.settings import CheckSettings
from flycatcher.core import interpreters
from flycatcher.core.answer import Answer, Row, Started
from flycatcher.core.detection import Judgement, counts, detection_of, judge, read
from flycatcher.core.execution import Execution
from flycatcher.core.interpreters.carriers import QuietEnvironments
from flycatcher.core.interpreters.names import base
from flycatcher.core.launchers.setters import SETTERS
from flycatcher.core.levels import at_least
from flycatcher.core.planting import as_planted
from flycatcher.core.planting.commands import PLANTERS, may_plant
from flycatcher.core.recipe.risk import Risk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flycatcher.core.interpreters import Interpreter, Reading
    from flycatcher.core.interpreters.engine.interpreter import Hint, Unset

    Known = tuple[Interpreter | None, Hint | None, Unset | None, bool, bool]
    """The interpreter, its prefilter, and whether the program sets variables elsewhere, and plants text."""

_KNOWN_LIMIT = 50_000
"""Pairs of file and name whose interpreter is remembered."""


_row = msgspec.json.Decoder(Row)
_encode = msgspec.json.Encoder().encode


def _shown(risk: Risk) -> dict[str, Any]:
    """Return a risk with all its fields: consumers look them up without asking whether they are there."""
    return {
        "score": risk.score,
        "level": risk.level,
        "reasons": [reason.text for reason in risk.reasons],
        "confidence": risk.confidence,
    }


_NO_RISK = _shown(Risk())


def _nothing() -> Answer:
    """Return the answer for an execution that starts no interpreter."""
    return Answer(code_on_the_fly=False, snippets=[], risk=_NO_RISK, capabilities=[], observations=[])


_CLEAN = _encode(_nothing()) + b"\n"


def answers(
    lines: Iterable[bytes],
    *,
    shells: bool = False,
    risk: bool = True,
    first: int = 1,
    settings: CheckSettings | None = None,
) -> Iterator[bytes]:
    """Yield one answer (with its newline) for each line. A row that cannot be read gives an error row.

    ``settings`` stand for ``shells`` and ``risk``.
    """
    settings = settings or CheckSettings(shells=shells, risk=risk)
    known: dict[tuple[str, str], Known] = {}
    decode, clean, quiet = _row.decode, _CLEAN, QuietEnvironments().holds
    for number, line in enumerate(lines, first):
        try:
            row = decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            yield _slowly(line, number, str(error), settings)
            continue
        argv = row.argv
        if not argv:
            yield _without_argv(row, number, settings)
            continue
        key = (row.exe, argv[0])
        try:
            interpreter, hint, unset, sets, plants = known[key]
        except KeyError:
            if len(known) >= _KNOWN_LIMIT:
                known.clear()
            interpreter, hint, unset, sets, plants = known[key] = _known(argv[0], row.exe)
        if sets or (plants and may_plant(argv)) or (row.env and not quiet(row.env, row.cwd, interpreter)):
            reading = read(_execution(row))
            yield _line(_labelled(_nothing() if reading is None else _answer(reading, settings), row))
            continue
        # Interpreter.skips, written out: half of a build's lines are a host's, and a call takes as long as the search
        if interpreter is None or (
            hint is not None and not row.files and hint("\n".join(argv)) is None and (unset is None or unset(row.env))
        ):
            yield (
                clean if row.id is None and row.host is None and row.time is None else _line(_labelled(_nothing(), row))
            )
        else:
            yield _line(
                _labelled(_answer(as_planted(interpreters.read_as(interpreter, _execution(row))), settings), row)
            )


def _known(name: str, exe: str) -> Known:
    """Return what a program's name and file say before its words are looked at."""
    interpreter = interpreters.interpreter_of(Execution(argv=(name,), exe=exe))
    hint, unset = (interpreter.prefilter() if interpreter is not None else None) or (None, None)
    return interpreter, hint, unset, base(name) in SETTERS, base(name) in PLANTERS


class Tally(msgspec.Struct):
    """How a stream went."""

    rows: int = 0
    errors: int = 0
    """Rows that could not be read."""
    detections: int = 0
    """Answers at or above the level of ``--fail-on``; 0 without it."""


def answer_all(read: Callable[[], bytes], out: IO[bytes], settings: CheckSettings) -> Tally:
    """Answer the lines of each block as it comes, out before the next is read; return how it went."""
    tally = Tally()
    for lines in chunks(read):
        written = list(answers(lines, settings=settings, first=tally.rows + 1))
        tally.errors += sum(answer.startswith(b'{"error"') for answer in written)
        if settings.fail_on:
            tally.detections += sum(_fails(answer, settings.fail_on) for answer in written)
        tally.rows += len(lines)
        out.write(b"".join(written))
        out.flush()
    return tally


def _fails(answer: bytes, level: str) -> bool:
    """Whether an answer is a detection at or above a level."""
    if not answer.startswith((b'{"code_on_the_fly":true', b'{"code_on_the_fly": true')):
        return False
    said = json.loads(answer)
    return said.get("policy", {}).get("action") != "suppressed" and at_least(said["risk"]["level"], level)


def _labelled(answer: Answer, row: Row) -> Answer:
    """Return the answer with what the row calls itself."""
    answer.id, answer.host, answer.time = row.id, row.host, row.time
    return answer


def _execution(row: Row) -> Execution:
    """Return the execution that a row describes."""
    return Execution(
        argv=tuple(row.argv or ()),
        exe=row.exe,
        env=row.env,
        stdin=row.stdin,
        cwd=row.cwd,
        stdin_text=row.stdin_text,
        files=row.files,
    )


def _answer(reading: Reading, settings: CheckSettings) -> Answer:
    """Answer one execution."""
    if not (settings.risk and reading.snippets):  # nothing to judge
        return Answer(
            code_on_the_fly=bool(reading.snippets) and counts(reading, shells=settings.shells),
            snippets=reading.snippets,
            risk=_NO_RISK,
            capabilities=[],
            observations=reading.loads,
            outcome=reading.outcome,
            interpreter=reading.interpreter.id,
            refusal=reading.error,
        )
    judgement = _judge(reading, settings)
    policy = None
    if settings.policies is not None and judgement.counts:
        policy = settings.policies.outcome(detection_of(reading, judgement))
    return Answer(
        policy=policy,
        code_on_the_fly=judgement.counts,
        snippets=reading.snippets,
        risk=_shown(judgement.risk) if judgement.counts else _NO_RISK,
        capabilities=_capabilities([judgement]),
        observations=reading.loads,
        outcome=reading.outcome,
        interpreter=reading.interpreter.id,
        refusal=reading.error,
    )


def _judge(reading: Reading, settings: CheckSettings, *, live: bool = False) -> Judgement:
    """Judge one reading, or only count it where no risk is asked for."""
    if settings.risk and reading.snippets:
        return judge(reading, shells=settings.shells, live=live)
    return Judgement((), Risk(), counts(reading, shells=settings.shells))


def _capabilities(judgements: Iterable[Judgement]) -> list[str]:
    """Return the ids of what the code that counts would do."""
    found = (c.id for j in judgements if j.counts for analysis in j.analyses for c in analysis.capabilities)
    return list(dict.fromkeys(found))


def shell_answer(text: str, settings: CheckSettings) -> Answer:
    """Answer shell text: one answer for every execution that it leads to."""
    from flycatcher.core.loud import loud  # noqa: PLC0415 - only rows of shell text need these
    from flycatcher.core.shell_text import read_written  # noqa: PLC0415

    result, readings = read_written(text)
    # what a shell's own text starts stands in the list by itself, as it would live
    judged = [(n, reading, _judge(reading, settings, live=True)) for n, reading in readings]
    worst = max((j.risk for _, _, j in judged if j.counts), key=lambda risk: risk.score, default=Risk())
    snippets = [msgspec.structs.replace(s, execution=n) for n, reading, _ in judged for s in reading.snippets]
    judgements = [j for _, _, j in judged]
    own = loud(text, started=result.executions) if settings.risk else None
    if own is not None and own.judgement.risk.score > worst.score:
        worst, snippets = own.judgement.risk, [*snippets, *own.reading.snippets]
        judgements.append(own.judgement)
    return Answer(
        code_on_the_fly=any(j.counts for j in judgements),
        snippets=snippets,
        risk=_shown(worst),
        capabilities=_capabilities(judgements),
        observations=[load for _, reading, _ in judged for load in reading.loads],
        executions=[_started(execution) for execution in result.executions],
        notes=[*(f"line {e.line}: {e.message}" for e in result.errors), *result.truncated],
    )


def _started(execution: Execution) -> Started:
    """Return an execution as an answer lists it."""
    place = execution.place
    line, column = (place.line, place.column) if place is not None else (0, 0)
    return Started(argv=execution.argv, line=line, column=column, via=execution.via)


def _line(answer: Answer) -> bytes:
    """Encode an answer; bytes that are not UTF-8 leave as the escapes that they came in as."""
    try:
        return _encode(answer) + b"\n"
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(answer)).encode() + b"\n"


def _without_argv(row: Row, number: int, settings: CheckSettings) -> bytes:
    """Answer a row of shell text, or report that argv is missing."""
    if row.argv is None and row.shell is not None:
        return _line(_labelled(shell_answer(row.shell, settings), row))
    if row.argv is None:
        return error_row("argv is missing: a row needs argv, or shell", number, row)
    return error_row("argv is empty: it needs at least the program's name", number, row)


def _slowly(line: bytes, number: int, reason: str, settings: CheckSettings) -> bytes:
    """Read a row that the fast decoder refuses: lone surrogates, bytes that are not UTF-8, or an error to be reported."""
    if not line.strip():
        return error_row("the line is empty: each line holds one row", number)
    if number == 1:
        line = line.removeprefix(codecs.BOM_UTF8)
    try:
        loaded: Any = json.loads(line.decode("utf-8", "surrogateescape"))
        row = msgspec.convert(loaded, Row)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        named = error if isinstance(error, msgspec.ValidationError) else reason
        return error_row(str(named), number)
    if not row.argv:
        return _without_argv(row, number, settings)
    reading = read(_execution(row))
    return _line(_labelled(_nothing() if reading is None else _answer(reading, settings), row))


def error_row(message: str, number: int, row: Row | None = None) -> bytes:
    """Return the answer for a row that cannot be read, or that asks nothing."""
    own = {name: value for name in ("id", "host", "time") if (value := getattr(row, name, None)) is not None}
    return json.dumps({"error": message, "line": number} | own).encode() + b"\n"


def chunks(read: Callable[[], bytes]) -> Iterator[list[bytes]]:
    """Yield the complete lines of each block that ``read`` returns, until that is empty.

    A caller who waits for an answer gets it at once.
    """
    parts: list[bytes] = []
    while block := read():
        if b"\n" not in block:
            parts.append(block)  # joined once, when the line ends: a long line costs no more than its length
            continue
        lines = b"".join((*parts, block)).split(b"\n")
        parts = [rest] if (rest := lines.pop()) else []
        yield lines
    if parts:
        yield [b"".join(parts)]
