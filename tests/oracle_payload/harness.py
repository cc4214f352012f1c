"""Runs cases for real and asks the analysis about the same text."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flycatcher.core import interpreters
from flycatcher.core.payload import analyse
from flycatcher.core.recipe.risk import assess
from flycatcher.core.snippet import Snippet
from tests.oracle.cage import confine
from tests.oracle_payload.grammar import DOUBTS, TELLS, Case, Grammar, cases
from tests.oracle_payload.sandbox import FOLDER, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.core.execution import Execution


@dataclass(frozen=True)
class Outcome:
    """One case: whether its sink ran, what the analysis says, and how much it and the plain call score."""

    case: Case
    text: str
    ran: bool
    told: frozenset[str]
    score: int
    plain: int

    @property
    def missed(self) -> bool:
        """Whether the sink ran and nothing says so."""
        return self.ran and not self.told & (TELLS[self.case.sink.kind] | DOUBTS)

    @property
    def weaker(self) -> bool:
        """Whether the sink ran and the text scores less than half of the plain call."""
        return self.ran and not self.missed and self.score * 2 < self.plain

    def __str__(self) -> str:
        """One line: line ends are written as ``\\n``."""
        text = self.text.replace("\n", "\\n")
        told = " ".join(sorted(self.told)) or "nothing"
        return f"{self.case.grammar.id} {self.case.sink.kind} {self.score}/{self.plain} told {told}: {text}"


def _nested(execution: Execution) -> list[Snippet]:
    reading = interpreters.read(execution)
    return [] if reading is None else list(reading.snippets)


def said(language: str, text: str) -> tuple[frozenset[str], int]:
    """Return the capabilities that the analysis tells of a text, and its score."""
    name = "sh" if language == "shell" else language
    snippet = Snippet(interpreter=name, language=language, vector="argument", text=text)
    analysis = analyse(snippet, nested=_nested)
    return frozenset(found.id for found in analysis.capabilities), assess([(snippet, analysis)]).score


def outcome(case: Case, sandbox: Sandbox) -> Outcome:
    """Run a case and ask about it."""
    port = sandbox.listener.port
    text = case.text(port)
    ran = sandbox.ran([*case.grammar.program, text], case.grammar.options, case.sink.kind)
    told, score = said(case.grammar.language or case.grammar.id, text)
    return Outcome(
        case, text, ran, told, score, said(case.grammar.language or case.grammar.id, case.plain().text(port))[1]
    )


def simplest(found: Outcome, sandbox: Sandbox) -> Outcome:
    """Return the plainest case of a miss's construct that is missed, too."""
    for case in found.case.simpler():
        other = outcome(case, sandbox)
        if other.missed and len(other.text) < len(found.text):
            return other
    return found


def outcomes(grammar: Grammar, number: int, seed: int) -> Iterator[Outcome]:
    """Yield the outcomes of ``number`` cases; a missed one as its simplest form."""
    with Sandbox(FOLDER) as sandbox, ThreadPoolExecutor(1, initializer=confine, initargs=(sandbox.folder,)) as pool:
        for case in cases(grammar, number, seed):
            found = pool.submit(outcome, case, sandbox).result()
            yield pool.submit(simplest, found, sandbox).result() if found.missed else found
