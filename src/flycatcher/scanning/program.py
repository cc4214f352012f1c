"""Which program is meant where the text leaves it open: ``$SUDO python3 -c``, ``python$(VERSION) -c``, ``"$PYTHON" -c``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.core.interpreters import by_name
from flycatcher.core.interpreters.names import interpreter_by_name, is_shell
from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.scanning.place import Written

_VARIABLE = lazy(r"[\"'@+-]*\$[({]?([A-Za-z_]\w*)")
_PLACEHOLDER = lazy(
    r"(?:.*/)?(?:@(?P<at>\w+)@|%\{?[?!]*(?P<macro>\w+)\}?%?|\{\{-?\s*(?:[\w-]+\.)*(?P<braces>\w+)\s*-?\}\}|__(?P<under>[A-Za-z]+)__)"
)
"""What configure, rpm, templates and their like replace before the text is run."""
_SETS = lazy(r"[A-Za-z_]\w*=")
_LOWER = {"high": "medium", "medium": "low", "low": "low"}


def likely(written: Written) -> Written:
    """Return the start with the program that is most likely meant, its confidence lowered; unchanged where it is named."""
    argv = written.execution.argv
    if argv and (shift := _assignments(argv)):
        # behind an option of env that is not known, its NAME=value words are left
        return likely(_with(written, argv[shift:], shift=shift))
    if not argv or UNKNOWN not in argv[0]:
        return _placeholder(written) if argv else written
    base = argv[0].rpartition("/")[2]
    if base != UNKNOWN:
        name = base.replace(UNKNOWN, "")
        return written if by_name(base) or not by_name(name) else _with(written, (name, *argv[1:]))
    if argv[0] == UNKNOWN and written.text is not None:
        named = _VARIABLE.match(written.text.text, written.low)
        if named and (found := interpreter_by_name(named[1])):
            return _with(written, (found, *argv[1:]))
    if argv[0] == UNKNOWN and len(argv) > 2 and _program(argv[1]) and argv[2].startswith("-"):
        # what is not known is a wrapper: $SUDO, $(QEMU)
        return _with(written, argv[1:], shift=1)
    return written


def _program(word: str) -> bool:
    """Whether a word names an interpreter; one with a blank in front of any folder is text, for sed as a rule."""
    return by_name(word) is not None and " " not in word.partition("/")[0]


def _assignments(argv: tuple[str, ...]) -> int:
    """Return how many words in front of the program set a variable."""
    count = next((number for number, word in enumerate(argv) if not _SETS.match(word)), 0)
    return count if count < len(argv) else 0


def _placeholder(written: Written) -> Written:
    """Return the start with the program that ``@PERL_PATH@ -e`` names, or the one after an unknown wrapper."""
    words = written.execution.argv
    for shift, word in enumerate(words[:2]):
        match = _PLACEHOLDER.fullmatch(word) if len(word) < 100 else None
        if match is None:
            break
        if found := interpreter_by_name(
            (match["at"] or match["macro"] or match["braces"] or match["under"]).strip("_")
        ):
            return _with(written, (found, *words[shift + 1 :]), shift=shift)
    return written


def _with(written: Written, argv: tuple[str, ...], *, shift: int = 0) -> Written:
    """Return the start with other words."""
    holes = tuple(index - shift for index in written.execution.holes if index >= shift)
    execution = structs.replace(written.execution, argv=argv, holes=holes)
    return written._replace(execution=execution, confidence=_LOWER[written.confidence])


def stands_in(execution: Execution) -> bool:
    """Whether a shell stands for a test framework that evaluates the text itself: what the text starts is judged, not the shell."""
    via = execution.via
    return bool(via) and via[-1].startswith("test_") and bool(execution.argv) and is_shell(execution.argv[0])
