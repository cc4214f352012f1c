"""How much one detection should worry its reader: 0 to 100, a level, and the reasons that add up to it.

Additive and monotone: every capability, every fact of the context and every doubt only adds points, so more evil never
scores less, and what cannot be read never scores less than what can. Deterministic: no clock, no randomness, no learning.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from flycatcher.core.interpreters.carriers import INHERITED
from flycatcher.core.interpreters.identity.markers import PREFIX
from flycatcher.core.interpreters.names import entry_of
from flycatcher.core.levels import Level, level_of
from flycatcher.core.payload.commands import writable_program
from flycatcher.core.payload.model import CRASHED, MENTIONED, Evidence
from flycatcher.core.recipe import surroundings
from flycatcher.core.regex import lazy
from flycatcher.core.snippet import EARLIER_RELEASES, NOTHING_TO_READ

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.payload.model import Analysis
    from flycatcher.core.snippet import Snippet

VERSION = "5"
"""Changes whenever the same detection may score otherwise."""

BASE = 5
"""Code that no file holds, whatever it does."""
UNASKED = 20
"""A task that opening a folder starts, where something that it does has :data:`WEIGHTY` points by itself."""
WEIGHTY = 15
FED = 15
"""Program text over a pipe from a parent that runs the same interpreter: what workers of execnet and of test runners begin with.
That parent could run the text itself."""
PROBABLY = 0.3
"""Confidence where the program is only probably an interpreter."""
INHERITS = 0.5
"""Confidence where a variable brings text in and the program is not the one that reads it: what it starts may be."""
_IN_PLACE = frozenset({"perl", "ruby"})
_INPLACE_OPTION = lazy(r"-[aclnpswWTtUuvS0-7]*i")
UNREVIEWED = "the code is in no file that anybody could have reviewed"


class Reason(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Why the score is as high as it is."""

    points: int
    text: str
    capability: str = ""
    snippet: int | None = None
    """Index of the snippet that ``evidence`` speaks of."""
    evidence: tuple[Evidence, ...] = ()


class Risk(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The verdict."""

    score: int = 0
    level: Level = "none"
    reasons: tuple[Reason, ...] = ()
    confidence: float = 1.0
    """0 to 1: how much of what runs was seen and understood."""
    version: str = VERSION


def assess(analysed: Sequence[tuple[Snippet, Analysis]], execution: Execution | None = None) -> Risk:
    """Return the risk of running these snippets in this execution's context."""
    if not analysed:
        return Risk()
    reasons = [*_from_capabilities(analysed, execution), *_from_doubts(analysed), *_from_vectors(analysed)]
    harmless = not any(reason.points for reason in reasons) and all(analysis.shape for _snippet, analysis in analysed)
    if harmless and execution is not None and _edits_in_place(execution):
        harmless = False
    if execution is not None:
        context = [*_from_context(execution), *_from_origin(execution, analysed)]
        if harmless:
            context = []  # where harmless code runs does not make it less harmless
        reasons.extend(context)
        if execution.context.get("hook") == "open" and any(reason.points >= WEIGHTY for reason in reasons):
            reasons.append(
                Reason(points=UNASKED, text="it runs as soon as the folder is opened: nobody decides to run it")
            )
    if harmless:
        reasons = []
    else:
        reasons.append(Reason(points=BASE, text=UNREVIEWED))
    reasons.sort(key=lambda reason: (-reason.points, reason.text))
    score = min(100, sum(reason.points for reason in reasons))
    return Risk(score=score, level=level_of(score), reasons=tuple(reasons), confidence=_confidence(analysed, execution))


def _edits_in_place(execution: Execution) -> bool:
    """Whether Perl or Ruby writes what a text prints over the files that it reads (``-i``; perlrun(1), ruby(1))."""
    entry = entry_of(execution.argv[0]) if execution.argv else None
    return (
        entry is not None and entry.id in _IN_PLACE and any(_INPLACE_OPTION.match(word) for word in execution.argv[1:])
    )


def reviewed(risk: Risk, where: str) -> Risk:
    """Return the risk of code that stands in a file: it is the same code, but somebody could have reviewed it."""
    kept = [reason for reason in risk.reasons if reason.text != UNREVIEWED]
    if len(kept) == len(risk.reasons):
        return risk
    score = min(100, sum(reason.points for reason in kept))
    reasons = (*kept, Reason(points=0, text=f"the code stands in {where}"))
    return replace(risk, score=score, level=level_of(score), reasons=reasons)


def _from_capabilities(analysed: Sequence[tuple[Snippet, Analysis]], execution: Execution | None) -> Iterable[Reason]:
    """One reason per capability, whichever snippets show it."""
    if not any(analysis.capabilities for _snippet, analysis in analysed):
        return []
    from flycatcher.core.recipe import places  # noqa: PLC0415 - harmless text has none

    cwd = execution.cwd if execution is not None else ""
    seen: dict[str, Reason] = {}
    for number, (_snippet, analysis) in enumerate(analysed):
        for found in analysis.capabilities:
            weighed = places.weigh(found, cwd)
            if found.id == "eval.from-input" and surroundings.fed_by_its_own_kind(execution):
                weighed = places.Weighed(FED, f"{found.sentence}, by a pipe from a parent of its own kind")
            known = seen.get(found.id)
            if known is None or known.points < weighed.points:
                text = f"{weighed.text} ({found.technique})"
                seen[found.id] = Reason(
                    points=weighed.points, text=text, capability=found.id, snippet=number, evidence=found.evidence
                )
    covered = {
        inner
        for _snippet, analysis in analysed
        for found in analysis.capabilities
        for inner in found.covers
        if inner in seen
    }
    return [reason if reason.capability not in covered else replace(reason, points=0) for reason in seen.values()]


def _from_doubts(analysed: Sequence[tuple[Snippet, Analysis]]) -> Iterable[Reason]:
    """Yield what was not seen, not parsed, or hidden on purpose."""
    states = {analysis.parse for snippet, analysis in analysed if snippet.text is not None}
    if "not parsed" in states:
        yield Reason(points=10, text="a text could not be parsed")
    elif "partial" in states:
        yield Reason(points=8, text="a text was parsed in part only")
    if any(CRASHED in analysis.notes for _snippet, analysis in analysed):
        yield Reason(points=25, text="its text makes a parser crash or run without end")
    if any(snippet.text is None for snippet, _analysis in analysed):
        yield Reason(points=5, text="a text was not seen")
    if any(snippet.path and _is_open(snippet.path) for snippet, _analysis in analysed):
        yield Reason(points=30, text="it loads code from a file that anybody may write to (T1574)")
    measures = [analysis.measures for _snippet, analysis in analysed]
    if any(measure.decoded_layers >= 2 for measure in measures):
        yield Reason(points=15, text="layers of encoding hide what runs (T1027)")
    if any(measure.folded_names for measure in measures):
        yield Reason(points=15, text="names of functions or modules are put together out of strings (T1027)")
    if any(measure.hidden_by_width for measure in measures):
        yield Reason(points=15, text="code stands behind a run of blanks, out of a reader's sight (T1027)")


_VECTOR_POINTS: Mapping[str, tuple[int, str]] = {
    "environment": (15, "an environment variable brings the code in, where the command line shows nothing (T1574)"),
    "memory": (45, "the code lies in memory or in an unlinked file only (T1620)"),
    "url": (20, "a URL is the program (T1105)"),
    "descriptor": (5, "the code comes through a descriptor"),
    "planted": (20, "it is put where somebody or something runs it later (T1053, T1546)"),
    "module-option": (3, "the code hides in an option that loads modules"),
}


OWN_MODULE = 5
_SEARCH_PATHS = frozenset({"PYTHONPATH", "PERL5LIB", "RUBYLIB", "NODE_PATH"})
_ACTS = ("process.", "network.", "shell.", "eval.", "library.")
"""Beginnings of the capabilities that no setting in an environment variable needs."""
_SITES = frozenset({"python", "perl"})
"""Languages that have files of a site, which every start of theirs runs; what an editor's or a session's do is its user's."""
_STARTUP = frozenset({"BASH_ENV", "ENV"})
"""Variables that name a file: a command in one of them is there to be run."""


def _from_vectors(analysed: Sequence[tuple[Snippet, Analysis]]) -> Iterable[Reason]:
    """How the text got in."""
    brought = [(snippet, analysis) for snippet, analysis in analysed if snippet.variable]
    if any(found.id.startswith(_ACTS) for _snippet, analysis in brought for found in analysis.capabilities):
        yield Reason(
            points=20, text="what an environment variable brings in starts programs, or uses the network (T1574)"
        )
    if any(starts_with_each(snippet, analysis) for snippet, analysis in analysed):
        yield Reason(
            points=20, text="what every start of an interpreter runs starts programs, or uses the network (T1546)"
        )
    if any(snippet.variable in _STARTUP and snippet.text for snippet, _analysis in brought):
        yield Reason(points=10, text="a variable that names a file holds commands (T1574)")
    if any((snippet.url or "").startswith(_REMOTE) and snippet.option == "-d" for snippet, _analysis in analysed):
        yield Reason(points=25, text="a setting of the interpreter makes it run a file of another host (T1105)")
    for vector in sorted({snippet.vector for snippet, _analysis in analysed}):
        if vector in _VECTOR_POINTS:
            points, text = _VECTOR_POINTS[vector]
            if vector == "environment" and all(_is_own_module(snippet) for snippet, _ in analysed if snippet.variable):
                points, text = (
                    OWN_MODULE,
                    "an environment variable adds a folder of somebody's own, from which code is loaded",
                )
            yield Reason(points=points, text=text)


def starts_with_each(snippet: Snippet, analysis: Analysis) -> bool:
    """Whether text is put where every start of a scripting interpreter runs it, and acts: a .pth file that starts a program."""
    planted = snippet.vector == "planted" and snippet.language in _SITES and snippet.note.startswith("every ")
    return planted and any(found.id.startswith(_ACTS) for found in analysis.capabilities)


def _is_own_module(snippet: Snippet) -> bool:
    """Whether a module is found by a search path, in a temporary folder of somebody's own: build isolation works that way."""
    return snippet.variable in _SEARCH_PATHS and snippet.path is not None and not writable_program(snippet.path)


_REMOTE = ("http://", "https://", "ftp://", "ftps://")


def _is_open(path: str) -> bool:
    """Whether a file lies where anybody may put one."""
    from flycatcher.core.payload.conditions import OPEN_FILE  # noqa: PLC0415 - few texts come from a file

    return re.match(OPEN_FILE, path) is not None


def _from_origin(execution: Execution, analysed: Sequence[tuple[Snippet, Analysis]]) -> Iterable[Reason]:
    """Where the text itself comes from, if a reader of shell text knows the command that writes it."""
    if not any(name.endswith((".fetched", ".decoded", ".from")) for name in execution.context):
        return
    from flycatcher.core.recipe import origin  # noqa: PLC0415 - only shell text tells it

    for points, text in origin.points(execution, analysed):
        yield Reason(points=points, text=text)


def _from_context(execution: Execution) -> Iterable[Reason]:
    """Where it happens."""
    for points, text in surroundings.points(execution):
        yield Reason(points=points, text=text)


def _only_unknown(analysis: Analysis) -> bool:
    """Whether a text was read without finding anything, in names of which not all are known to be harmless."""
    return bool(analysis.layers) and not analysis.capabilities and not analysis.shape


def _confidence(analysed: Sequence[tuple[Snippet, Analysis]], execution: Execution | None) -> float:
    """Return how much of what runs was understood: the worst snippet decides."""
    worth = {"parsed": 1.0, "partial": 0.7, "not parsed": 0.4}
    least = min(
        0.3 if snippet.text is None or snippet.note in (NOTHING_TO_READ, EARLIER_RELEASES) else worth[analysis.parse]
        for snippet, analysis in analysed
    )
    if any(MENTIONED in analysis.notes for _snippet, analysis in analysed):
        least = min(least, 0.8)
    if any(_only_unknown(analysis) for _snippet, analysis in analysed):
        least = min(least, 0.9)
    if execution is not None and execution.fidelity is not None and execution.fidelity.truncated:
        least = min(least, 0.6)
    if any(snippet.interpreter.startswith(PREFIX) for snippet, _analysis in analysed):
        least = min(least, PROBABLY)
    if execution is not None and INHERITED in execution.context:
        least = min(least, INHERITS)
    return least
