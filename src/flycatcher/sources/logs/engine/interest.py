"""Which recorded starts can hold program text at all: most cannot, and cost one look-up.

Which programs are interpreters, and what their command lines must hold to run text, is the core's to say
(:func:`~flycatcher.core.interpreters.interpreter_of`, :meth:`~flycatcher.core.interpreters.Interpreter.prefilter`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core import interpreters
from flycatcher.core.execution import Execution
from flycatcher.core.interpreters.names import base
from flycatcher.core.launchers.setters import SETTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_LIMIT = 1 << 16
"""Pairs of file and name that are remembered."""


def _always(text: str) -> bool:
    """Whether a line may hold program text, where only a full reading can say."""
    del text
    return True


class Interest:
    """Remembers for each pair of executable and ``argv[0]`` what could make a line of theirs worth a question."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._known: dict[tuple[str, str], Callable[[str], object] | None] = {}

    def of(self, exe: str, word: str) -> Callable[[str], object] | None:
        """Return what finds program text in the words, one a line; None where none of such a program's lines can hold any."""
        key = (exe, word)
        try:
            return self._known[key]
        except KeyError:
            if len(self._known) >= _LIMIT:
                self._known.clear()
            self._known[key] = found = self._ask(exe, word)
            return found

    @staticmethod
    def _ask(exe: str, word: str) -> Callable[[str], object] | None:
        """Ask the core."""
        interpreter = interpreters.interpreter_of(Execution(argv=(word,), exe=exe))
        if interpreter is None:
            return _always if base(word) in SETTERS else None
        hint = (interpreter.prefilter() or (None, None))[0]
        return hint if hint is not None else _always

    def holds(self, exe: str, argv: Sequence[str], env: Mapping[str, str] | None = None) -> bool:
        """Whether a start may run program text."""
        if env and any(map(interpreters.reads_variable, env)):
            return True
        hint = self.of(exe, argv[0] if argv else "")
        return hint is not None and hint("\n".join(argv)) is not None

    def holds_string(self, exe: str, text: str) -> bool:
        """Whether a start whose words are joined may run program text."""
        hint = self.of(exe, text.partition(" ")[0])
        return hint is not None and hint(text.replace(" ", "\n")) is not None
