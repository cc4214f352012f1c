"""From an execution to a detection: the composition, short enough to read aloud, and the record that leaves through every sink."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from flycatcher import interpreters
from flycatcher.execution import Execution
from flycatcher.snippet import InterpreterClass, Load, Snippet

if TYPE_CHECKING:
    from flycatcher.interpreters import Reading

SCHEMA = "flycatcher.detection/1"

Action = Literal["observed", "denied", "would deny", "killed", "would kill", "suppressed"]


class Recipe(Struct, frozen=True):
    """What the product detects; the same in every record. ``importance`` never changes: how much to worry is the risk."""

    id: str = "code_on_the_fly"
    description: str = "Code on the fly"
    category: str = "Execution"
    tactic: str = "TA0002"
    method: str = "Command and Scripting Interpreter"
    technique: str = "T1059"
    mechanism: str = "execution"
    importance: str = "critical"


class Policy(Struct, frozen=True, omit_defaults=True):
    """What was done about it, and why."""

    action: Action = "observed"
    reason: str = ""


class Text(Struct, frozen=True, kw_only=True):
    """The hash and the length in bytes of one snippet's text as it was seen, before any redaction."""

    sha256: str
    bytes: int


class Detection(Struct, frozen=True, kw_only=True):
    """Code on the fly in one execution, and all that is known of it."""

    schema: str = SCHEMA
    id: str
    """16 hex digits: the same for the same interpreter, vectors and texts, whatever process it was."""
    code_on_the_fly: bool = True
    recipe: Recipe = Recipe()
    techniques: tuple[str, ...]
    """ATT&CK ids: the interpreter's own first, then those of the capabilities."""
    interpreter: str
    interpreter_class: InterpreterClass
    execution: Execution
    snippets: tuple[Snippet, ...]
    texts: tuple[Text, ...]
    """Beside each snippet: what its text was."""
    observations: tuple[Load, ...] = ()
    policy: Policy = Policy()
    guidance: str
    """The command that says what is at stake and what to do next where it happened."""


def read(execution: Execution) -> Reading | None:
    """Say what an interpreter makes of the execution; None where it starts none."""
    return interpreters.read(execution)


def counts(reading: Reading, *, shells: bool = False) -> bool:
    """Tell whether a reading is code on the fly.

    A shell's own text counts where ``shells`` asks for it; what its text starts is seen as executions of their own.
    """
    return bool(reading.snippets) and (shells or reading.interpreter.kind != "shell")


def detect(execution: Execution, *, shells: bool = False) -> Detection | None:
    """Return the detection in an execution, None where there is no code on the fly."""
    reading = read(execution)
    if reading is None or not counts(reading, shells=shells):
        return None
    interpreter, snippets = reading.interpreter, tuple(reading.snippets)
    return Detection(
        id=fingerprint(interpreter.id, snippets),
        techniques=(interpreter.technique,),
        interpreter=interpreter.id,
        interpreter_class=interpreter.kind,
        execution=execution,
        snippets=snippets,
        texts=tuple(Text(sha256=snippet.sha256, bytes=len(snippet.data)) for snippet in snippets),
        observations=tuple(reading.loads),
        guidance=f"flycatcher guide {execution.context.get('environment', '')}".rstrip(),
    )


def fingerprint(interpreter: str, snippets: tuple[Snippet, ...]) -> str:
    """Return 16 hex digits that stand for what was run and how it got there."""
    digest = hashlib.sha256(interpreter.encode())
    for snippet in snippets:
        digest.update(
            b"\0" + snippet.vector.encode() + b"\0" + (snippet.variable or "").encode() + b"\0" + snippet.data
        )
    return digest.hexdigest()[:16]
