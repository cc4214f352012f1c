"""The JSON Lines contract: one execution a line in, one answer a line out, in order, at any length."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from flycatcher import interpreters
from flycatcher.detection import counts
from flycatcher.execution import Execution, StdinKind
from flycatcher.snippet import Load, Snippet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Row(msgspec.Struct, gc=False):
    """One line of input. Only ``argv`` is required; unknown keys are ignored."""

    argv: list[str]
    exe: str = ""
    env: dict[str, str] = {}
    stdin: StdinKind = "unknown"
    cwd: str = ""
    stdin_text: str | None = None


class Risk(msgspec.Struct, frozen=True, gc=False):
    """How much a detection should worry its reader."""

    score: int = 0
    level: str = "none"
    reasons: tuple[str, ...] = ()


class Answer(msgspec.Struct, gc=False):
    """One line of output."""

    code_on_the_fly: bool
    snippets: list[Snippet]
    risk: Risk
    capabilities: list[str]
    observations: list[Load]
    outcome: str
    interpreter: str = ""
    error: str = ""


_row = msgspec.json.Decoder(Row)
_encode = msgspec.json.Encoder().encode
_CLEAN = _encode(Answer(False, [], Risk(), [], [], "not an interpreter")) + b"\n"


def answers(lines: Iterator[bytes], *, shells: bool = False, first: int = 1) -> Iterator[bytes]:
    """Yield one answer (with its newline) for each line. A row that cannot be read gives an error row."""
    known: dict[tuple[str, str], interpreters.Interpreter | None] = {}
    for number, line in enumerate(lines, first):
        try:
            row = _row.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            yield _slowly(line, number, str(error), shells=shells)
            continue
        argv = row.argv
        if not argv:
            yield error_row("argv is empty: it needs at least the program's name", number)
            continue
        key = (row.exe, argv[0])
        try:
            interpreter = known[key]
        except KeyError:
            if len(known) > 50_000:
                known.clear()
            interpreter = known[key] = interpreters.interpreter_of(Execution(argv=(argv[0],), exe=row.exe))
        if interpreter is None:
            yield _CLEAN
            continue
        yield _answer(interpreter, row, shells=shells)


def _answer(interpreter: interpreters.Interpreter, row: Row, *, shells: bool) -> bytes:
    """Answer one row that starts an interpreter."""
    execution = Execution(
        argv=tuple(row.argv), exe=row.exe, env=row.env, stdin=row.stdin, cwd=row.cwd, stdin_text=row.stdin_text
    )
    reading = interpreter.read(execution)
    answer = Answer(
        counts(reading, shells=shells),
        reading.snippets,
        Risk(),
        [],
        reading.loads,
        reading.outcome,
        interpreter.id,
        reading.error,
    )
    return _line(answer)


def _line(answer: Answer) -> bytes:
    """Encode an answer; bytes that are no UTF-8 go out as the escapes that they came in as."""
    try:
        return _encode(answer) + b"\n"
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(answer)).encode() + b"\n"


def _slowly(line: bytes, number: int, reason: str, *, shells: bool) -> bytes:
    """Read a row that the fast decoder refuses: lone surrogates and bytes that are no UTF-8, or a mistake to be named."""
    try:
        loaded: Any = json.loads(line.decode("utf-8", "surrogateescape"))
        row = msgspec.convert(loaded, Row)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        named = error if isinstance(error, msgspec.ValidationError) else reason
        return error_row(str(named), number)
    if not row.argv:
        return error_row("argv is empty: it needs at least the program's name", number)
    interpreter = interpreters.interpreter_of(Execution(argv=(row.argv[0],), exe=row.exe))
    return _CLEAN if interpreter is None else _answer(interpreter, row, shells=shells)


def error_row(message: str, number: int) -> bytes:
    """Return the answer for a row that cannot be read."""
    return json.dumps({"error": message, "line": number}).encode() + b"\n"


def chunks(read: Callable[[int], bytes], size: int = 1 << 16) -> Iterator[list[bytes]]:
    """Yield the complete lines of each read, so that a caller who waits for an answer gets it at once."""
    rest = b""
    while block := read(size):
        if b"\n" not in block:
            rest += block
            continue
        lines = (rest + block).split(b"\n")
        rest = lines.pop()
        yield lines
    if rest:
        yield [rest]
