"""From an execution to a detection: the composition, short enough to read aloud, and the record that leaves through every sink."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from flycatcher.core import interpreters
from flycatcher.core.execution import Execution
from flycatcher.core.fingerprint import of_reading
from flycatcher.core.interpreters.carriers import carried, inherited
from flycatcher.core.launchers.setters import variables_set
from flycatcher.core.levels import STARTS
from flycatcher.core.payload import analyse
from flycatcher.core.payload.model import Analysis
from flycatcher.core.planting import as_planted, planted_reading
from flycatcher.core.recipe.risk import Risk, assess, reviewed, starts_with_each
from flycatcher.core.shape import shape
from flycatcher.core.snippet import InterpreterClass, Load, Snippet

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.core.interpreters import Reading
    from flycatcher.core.told import Told

WORTH_A_LOOK = STARTS["medium"]
"""The score from which on the text of ``sh -c`` counts by itself: the level medium."""

SCHEMA = "flycatcher.detection/1"

Action = Literal["observed", "denied", "killed", "would kill", "suppressed"]


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
    rule: str = ""
    """The configuration's rule that decided."""
    capture: bool = False
    """A rule asks for evidence of it to be captured, or ``watch --on`` has begun to."""


class Text(Struct, frozen=True, kw_only=True):
    """The hash and the length in bytes of one snippet's text as it was seen, before any redaction."""

    sha256: str
    bytes: int


class Detection(Struct, frozen=True, kw_only=True):
    """Code on the fly in one execution, and all that is known of it."""

    schema: str = SCHEMA
    id: str
    """16 hex digits: the same for the same texts, options and sources (:mod:`.fingerprint`), on any day, process and host."""
    shape: str = ""
    """16 hex digits: the same where only what is in the text's holes differs (:mod:`.shape`).

    Those are temporary names, the checkout's folder, ports of this host and, where no code is made of them, numbers and digests.
    """
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
    analyses: tuple[Analysis, ...] = ()
    """Beside each snippet: its decoded layers, and what they would do."""
    capabilities: tuple[str, ...] = ()
    """Ids of all capabilities."""
    risk: Risk = Risk()
    observations: tuple[Load, ...] = ()
    policy: Policy = Policy()
    guidance: str
    """The command that says what is at stake and what to do next where it happened."""


def read(
    execution: Execution, *, told: Told | None = None, analyser: Callable[..., Analysis] | None = None
) -> Reading | None:
    """Say what an interpreter makes of the execution: its program, or one that inherits its variables; None for neither.

    ``told``: what is known of the tree's variables; what has been told is left out.
    """
    return whole_reading(interpreters.read(execution), execution, told=told, analyser=analyser)


def whole_reading(
    reading: Reading | None,
    execution: Execution,
    *,
    told: Told | None = None,
    analyser: Callable[..., Analysis] | None = None,
) -> Reading | None:
    """Add to what a program makes of its start what it plants, and what its variables would make others run."""
    planted = planted_reading(execution)
    if reading is not None and (planted is None or reading.snippets):
        as_planted(reading).snippets += [] if planted is None else planted.snippets
        planted = reading
    return with_carriers(planted, execution, told=told, analyser=analyser)


def with_carriers(
    reading: Reading | None,
    execution: Execution,
    *,
    told: Told | None = None,
    analyser: Callable[..., Analysis] | None = None,
) -> Reading | None:
    """Add to a reading what the variables that its program does not read itself would make others run."""
    given = variables_set(execution.argv, execution.stdin_text)
    env = {**execution.env, **given} if given else execution.env
    if not env:
        return reading
    if told is not None and reading is not None:
        for snippet in reading.snippets:
            if snippet.variable:
                told.first(execution, snippet)
    for found in carried(env, cwd=execution.cwd, apart=None if reading is None else reading.interpreter):
        worth = [
            snippet
            for snippet in found.snippets
            if (told is None or told.first(execution, snippet))
            and (found.interpreter.kind == "scripting" or acts(snippet, analyser or analyse_here))
        ]
        if worth and (reading is None or not reading.snippets):
            reading = inherited(found.interpreter, execution, worth)
        elif worth and reading is not None:
            reading.snippets += worth
    return reading


def acts(snippet: Snippet, analyser: Callable[..., Analysis]) -> bool:
    """Whether text that waits for somebody counts: a shell's only where it starts an inline interpreter, or carries risk.

    ``PAGER='less -R'`` and ``GIT_SSH_COMMAND='ssh -i key'`` are everywhere.
    """
    if snippet.language != "shell":
        return True
    return does_something(replace(snippet, vector="argument", variable=None), analyser(snippet, follow=True))


def does_something(snippet: Snippet, analysis: Analysis) -> bool:
    """Whether a text starts an inline interpreter that is no shell, or carries risk by itself."""
    if any(not _is_shell(inner.interpreter) for inner in analysis.nested):
        return True
    return assess([(snippet, analysis)]).score >= WORTH_A_LOOK


def nested(execution: Execution) -> list[Snippet]:
    """Return the snippets of an execution that a payload would start."""
    reading = read(execution)
    return [] if reading is None else list(reading.snippets)


def counts(reading: Reading, *, shells: bool = False) -> bool:
    """Tell, by the command line alone, whether a reading is code on the fly.

    ``sh -c TEXT`` is everywhere: such text counts where ``shells`` asks for it. What reaches a shell by any other way counts,
    a file from where anyone may write that its words tell it to load first (``--rcfile``) among it.
    """
    if reading.interpreter.kind != "shell" or shells:
        return any(snippet.vector != "planted" for snippet in reading.snippets)
    return any(
        snippet.vector not in ("argument", "planted") or (snippet.path is not None and snippet.vector == "argument")
        for snippet in reading.snippets
    )


class Judgement(Struct, frozen=True):
    """What the snippets of one reading would do."""

    analyses: tuple[Analysis, ...]
    risk: Risk
    counts: bool


def analyse_here(snippet: Snippet, *, follow: bool = True) -> Analysis:
    """Analyse in this process; sensors may hand a text to a helper instead (``isolation.worker.AnalysisWorker.analyse``)."""
    return analyse(snippet, nested=nested, follow=follow)


def judge(
    reading: Reading, *, shells: bool = False, live: bool = False, analyser: Callable[..., Analysis] = analyse_here
) -> Judgement:
    """Analyse what a reading found, and decide whether it counts.

    The text of ``sh -c`` counts as well when it starts an inline interpreter, or when what it does carries risk. ``live``
    says that what it starts is seen as executions of their own: then only its own risk makes it count.
    """
    if live and not shells and (judgement := _unremarkable(reading)) is not None:
        return judgement
    follow = not (live and reading.interpreter.kind == "shell")
    analyses = tuple(analyser(snippet, follow=follow or snippet.vector == "planted") for snippet in reading.snippets)
    risk = assess(list(zip(reading.snippets, analyses, strict=True)), reading.execution)
    on_the_fly = counts(reading, shells=shells)
    if not on_the_fly and analyses:
        on_the_fly = any(
            _counts_by_itself(snippet, analysis, live=live)
            for snippet, analysis in zip(reading.snippets, analyses, strict=True)
        ) or (risk.score >= WORTH_A_LOOK and any(snippet.vector != "planted" for snippet in reading.snippets))
    return Judgement(analyses, risk, on_the_fly)


def _counts_by_itself(snippet: Snippet, analysis: Analysis, *, live: bool) -> bool:
    """Whether a shell's text, or a planted one, counts by what it starts or does."""
    if snippet.vector == "planted":
        if snippet.variable is not None and snippet.language != "shell":
            return True
        if starts_with_each(snippet, analysis) or (snippet.text is None and snippet.descriptor != 0):
            return True  # a table through a FIFO: nobody has seen its text
        return snippet.text is not None and does_something(replace(snippet, vector="argument"), analysis)
    inner = [each for each in analysis.nested if each.vector == "planted" or not live]
    return any(not _is_shell(each.interpreter) or each.vector not in ("argument", "planted") for each in inner) or any(
        each.vector == "planted" and acts(each, analyse_here) for each in inner
    )


def plain_shell(reading: Reading) -> bool:
    """Tell whether all that a shell is given to run is plain text, of which no rule speaks, in no way that counts by itself."""
    if reading.interpreter.kind != "shell" or counts(reading):
        return False
    from flycatcher.core.payload.prefilter import plain  # noqa: PLC0415 - needed for shells alone

    return all(
        s.language == "shell" and s.text and plain(s.text) for s in reading.snippets
    )  # csh, fish and rc have rules of their own


def _unremarkable(reading: Reading) -> Judgement | None:
    """Judge a shell's plain text without parsing it; None where it is not, or where the place alone makes it count."""
    if not plain_shell(reading):
        return None
    nothing = tuple(Analysis(layers=()) for _ in reading.snippets)
    risk = assess(list(zip(reading.snippets, nothing, strict=True)), reading.execution)
    return Judgement(nothing, risk, counts=False) if risk.score < WORTH_A_LOOK else None


def detect(
    execution: Execution,
    *,
    shells: bool = False,
    live: bool = False,
    analyser: Callable[..., Analysis] = analyse_here,
    told: Told | None = None,
) -> Detection | None:
    """Return the detection in an execution, None where there is no code on the fly."""
    reading = read(execution, told=told, analyser=analyser)
    if reading is None or not reading.snippets:
        return None
    judgement = judge(reading, shells=shells, live=live, analyser=analyser)
    return detection_of(reading, judgement) if judgement.counts else None


def detection_of(reading: Reading, judgement: Judgement) -> Detection:
    """Put the record together."""
    interpreter, snippets = reading.interpreter, tuple(reading.snippets)
    found = {c.id: c.technique for analysis in judgement.analyses for c in analysis.capabilities}
    return Detection(
        id=of_reading(reading, found),
        shape=shape(reading, found, judgement.analyses, whole=_is_whole(reading.execution)),
        techniques=tuple(dict.fromkeys((interpreter.technique, *found.values()))),
        interpreter=interpreter.id,
        interpreter_class=interpreter.kind,
        execution=_told(reading.execution),
        snippets=snippets,
        texts=tuple(Text(sha256=snippet.sha256, bytes=len(snippet.data)) for snippet in snippets),
        analyses=judgement.analyses,
        capabilities=tuple(found),
        risk=judgement.risk,
        observations=tuple(reading.loads),
        guidance=_guidance(reading.execution),
    )


def elsewhere(detection: Detection, execution: Execution) -> Detection:
    """Return the same detection in another execution of the same words, of which the same is known."""
    return replace(detection, execution=_told(execution), guidance=_guidance(execution))


def _guidance(execution: Execution) -> str:
    """Return the command that says what to do where it happened."""
    return f"flycatcher guide {execution.context.get('environment', '')}".rstrip()


def reviewable(detection: Detection, where: str) -> Detection:
    """Return a detection whose text stands in a file: ``where`` is ``PATH:LINE``, the fact ``text.written`` of the context."""
    execution = detection.execution
    told = replace(execution, context={**execution.context, "text.written": where})
    return replace(detection, execution=told, risk=reviewed(detection.risk, where))


def _is_whole(execution: Execution) -> bool:
    """Whether all that there was on standard input was seen."""
    return execution.fidelity is None or execution.fidelity.stdin not in {"partial", "not captured"}


def _told(execution: Execution) -> Execution:
    """Add to the context who started it."""
    from flycatcher.core.recipe import starters  # noqa: PLC0415 - only what counts is put on record

    facts = starters.facts(starters.starters(execution))
    return replace(execution, context={**execution.context, **facts}) if facts else execution


def _is_shell(name: str) -> bool:
    """Tell whether an id is a shell's."""
    interpreter = interpreters.by_id(name)
    return interpreter is not None and interpreter.kind == "shell"
