"""From what a log has recorded to detections: the core is asked, and what it has answered once is not asked again."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec.structs import replace

from flycatcher.core import interpreters
from flycatcher.core.detection import (
    Detection,
    analyse_here,
    detection_of,
    does_something,
    elsewhere,
    judge,
    read,
)
from flycatcher.core.loud import loud
from flycatcher.core.recipe import starters
from flycatcher.core.shell.prefilter import may_start
from flycatcher.core.shell_text import read_written
from flycatcher.hunt.readings import Answer, Readings

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters import Reading
    from flycatcher.core.payload.model import Analysis
    from flycatcher.core.snippet import Snippet
    from flycatcher.sources.logs.engine.format import Shared
    from flycatcher.sources.logs.engine.recorded import Recorded

_STARTS, _TEXTS = 1 << 15, 1 << 12
"""Answers about starts, and about texts, that are remembered."""
_REMEMBERED = 1 << 16
"""Characters of a start or a text up to which its answer is remembered."""
_SHELL_TEXT = 1 << 20
"""Characters of shell text that are read."""
_ANYBODYS = "/tmp"  # noqa: S108 - as data
"""A folder in which anybody may write: relative paths weigh more there."""
Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """The answers of late, up to a number of them."""

    def __init__(self, limit: int) -> None:
        """Start with none."""
        self._limit = limit
        self._known: OrderedDict[Hashable, Value] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._known

    def __getitem__(self, key: Hashable) -> Value:
        return self._known[key]

    def keep(self, key: Hashable, value: Value) -> Value:
        """Remember an answer."""
        self._known[key] = value
        if len(self._known) > self._limit:
            self._known.popitem(last=False)
        return value


class Ask:
    """Turns records into detections. A log may hold only a part of what ran: a shell's text counts by all that it starts."""

    def __init__(self, shared: Shared, *, shells: bool = False) -> None:
        """``shells``: count the text of every shell."""
        self._shared = shared
        self._shells = shells
        self._starts: Remembered[Detection | None] = Remembered(_STARTS)
        self._quiet: Remembered[None] = Remembered(_STARTS)
        self._texts: Remembered[tuple[Detection, ...]] = Remembered(_TEXTS)
        self._answers: Remembered[Answer | None] = Remembered(_STARTS)
        self._analyses: Remembered[Analysis] = Remembered(_TEXTS)
        self._readings = Readings()

    def forget(self) -> None:
        """Forget what the starts of one log were found to be: the next log is answered as if it were the only one.

        What was made of a text is kept: it is the same wherever the text stands.
        """
        self._starts = Remembered(_STARTS)
        self._quiet = Remembered(_STARTS)
        self._texts = Remembered(_TEXTS)

    def detections(self, recorded: Recorded) -> Iterator[Detection]:
        """Yield the detections in one record."""
        if recorded.kind == "argv":
            found = self._start(recorded.execution, recorded)
            if found is not None:
                yield found
        elif recorded.kind == "string":
            found = self._string(recorded)
            if found is not None:
                yield found
        elif recorded.kind == "shell":
            yield from self._shell(recorded)
        else:
            yield from self._console(recorded)

    def _start(self, execution: Execution, recorded: Recorded) -> Detection | None:
        """Return the detection in a start whose words are known."""
        key = _key(execution)
        if key is not None and key in self._quiet:
            return None
        if recorded.parent is not None and not execution.ancestry:
            # asked for where it matters alone: most starts of interpreters run no program text
            lineage = self._shared.lineage
            if key is None or (key, None) not in self._starts:
                if not self._speaks(execution, key, recorded.memo):
                    return None
                self._starts.keep((key, None), None)
            execution = replace(execution, ancestry=lineage.of(recorded.parent))
        whole = (key, _kinds(execution))
        if key is not None and whole in self._starts:
            known = self._starts[whole]
            return known and elsewhere(known, execution)
        reading = read(execution, analyser=self._analysis)
        found = self._judged(reading) if reading is not None and reading.snippets else None
        if reading is None or not reading.snippets:
            self._silent(execution, key, recorded.memo)
        elif found is None and recorded.memo and not whole[1]:
            self._calm(execution, recorded.memo)
        return self._starts.keep(whole, found) if key is not None else found

    def _speaks(self, execution: Execution, key: Hashable, memo: Hashable) -> bool:
        """Whether an interpreter reads program text in a start, whoever started it."""
        reading = read(execution, analyser=self._analysis)
        if reading is not None and reading.snippets:
            return True
        self._silent(execution, key, memo)
        return False

    def _silent(self, execution: Execution, key: Hashable | None, memo: Hashable) -> None:
        """Remember that a start runs no program text; for the reader of the log, where that is so in every folder."""
        if key is not None:
            self._quiet.keep(key, None)
        if memo and len(self._shared.nothing) < _REMEMBERED:
            elsewhere_too = read(replace(execution, cwd=_ANYBODYS), analyser=self._analysis)
            if elsewhere_too is None or not elsewhere_too.snippets:
                self._shared.nothing.add(memo)

    def _calm(self, execution: Execution, memo: Hashable) -> None:
        """Remember that the text of a start does not count, where that is so in every folder."""
        reading = read(replace(execution, cwd=_ANYBODYS), analyser=self._analysis)
        if reading is not None and self._judged(reading) is None and len(self._shared.calm) < _REMEMBERED:
            self._shared.calm.add(memo)

    def _judged(self, reading: Reading, *, live: bool = False) -> Detection | None:
        """Return the detection in a reading, None where it does not count."""
        judgement = judge(reading, shells=self._shells, live=live, analyser=self._analysis)
        return detection_of(reading, judgement) if judgement.counts else None

    def _analysis(self, snippet: Snippet, *, follow: bool = True) -> Analysis:
        """Analyse a text, or remember what was made of it."""
        if snippet.text is None or len(snippet.text) > _REMEMBERED:
            return analyse_here(snippet, follow=follow)
        key = (snippet, follow)
        if key in self._analyses:
            return self._analyses[key]
        return self._analyses.keep(key, analyse_here(snippet, follow=follow))

    def _string(self, recorded: Recorded) -> Detection | None:
        """Return the detection in a start whose words are joined: certain, or possible by some of its readings."""
        execution = recorded.execution
        key = (execution.exe, recorded.text, recorded.quoting)
        if key in self._answers:
            answer = self._answers[key]
        else:
            answer = self._readings.answer(execution, recorded.text, quoting=recorded.quoting)
            if len(recorded.text) <= _REMEMBERED:
                self._answers.keep(key, answer)
        if answer is None:
            return None
        return self._start(replace(execution, argv=answer.argv, fidelity=answer.fidelity(execution)), recorded)

    def _shell(self, recorded: Recorded) -> Iterator[Detection]:
        """Yield what shell text starts inline, and itself where it is loud."""
        text = recorded.text[:_SHELL_TEXT]
        key = ("shell", text, recorded.dialect)
        if key not in self._texts:
            self._texts.keep(key, tuple(self._in_shell_text(text, recorded.dialect)))
        for each in self._texts[key]:
            yield elsewhere(each, _told_of(each.execution, recorded.execution))

    def _in_shell_text(self, text: str, dialect: str) -> Iterator[Detection]:
        """Yield the detections in shell text."""
        if may_start(text, {}):
            for _, reading in read_written(text, dialect=dialect)[1]:
                found = self._judged(reading, live=True) if reading.snippets else None
                if found is not None:
                    yield found
        own = loud(text, dialect=dialect)
        if own is not None:
            yield detection_of(own.reading, own.judgement)

    def _console(self, recorded: Recorded) -> Iterator[Detection]:
        """Yield what was typed into an interpreter's console, where it does more than compute."""
        execution = replace(recorded.execution, stdin="tty", stdin_text=recorded.text[:_SHELL_TEXT])
        reading = interpreters.read(execution)
        if reading is None or not any(
            does_something(replace(snippet, vector="argument"), self._analysis(snippet)) for snippet in reading.snippets
        ):
            return
        found = self._judged(reading)
        if found is not None:
            yield found


def _key(execution: Execution) -> Hashable | None:
    """Return what decides the answer about a start; None where that is too much to be remembered."""
    if sum(map(len, execution.argv)) > _REMEMBERED or execution.stdin_text is not None or execution.files:
        return None
    env = (
        tuple(sorted((k, v) for k, v in execution.env.items() if interpreters.reads_variable(k)))
        if execution.env
        else ()
    )
    cwd = execution.cwd if execution.cwd.startswith(("/tmp", "/var/tmp", "/dev", "/proc", "/run")) else ""  # noqa: S108 - as data
    return execution.argv, execution.exe, cwd, execution.stdin, env


def _kinds(execution: Execution) -> Any:  # noqa: ANN401 - a key
    """Return what the ancestors add to the risk."""
    return tuple(starters.points(starters.starters(execution))) if execution.ancestry or execution.env else ()


def _told_of(started: Execution, recorded: Execution) -> Execution:
    """Return what shell text starts, with what the log knows of the text."""
    return replace(
        started,
        process=recorded.process,
        ancestry=recorded.ancestry,
        fidelity=recorded.fidelity,
        place=None,
        cwd=started.cwd or recorded.cwd,
        context={**recorded.context, **started.context},
    )
