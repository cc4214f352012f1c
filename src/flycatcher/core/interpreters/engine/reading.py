"""What one interpreter makes of one execution: the reading that every interpreter's ``read`` returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from msgspec.structs import replace

from flycatcher.core.interpreters.engine.options import CommandLine, Given
from flycatcher.core.interpreters.engine.paths import (
    absolute,
    descriptor_of,
    fact_of,
    is_flowing,
    is_planted,
    is_special,
    is_volatile,
    names_process,
    special_kind,
    target_of,
)
from flycatcher.core.interpreters.engine.procfs import procfs_text
from flycatcher.core.snippet import NOTHING_TO_READ, InterpreterClass, Load, Snippet, Vector

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flycatcher.core.execution import Execution, FileKind

NOTES: dict[FileKind, str] = {
    "fifo": "read from a FIFO",
    "tty": "read from a terminal by its path",
    "device": "read from a device",
    "procfs": "read from procfs",
    "memfd": "read from memory",
    "deleted": "read from an unlinked file",
}
"""What a snippet says of a path that names no file of a disk."""

Outcome = Literal["inline", "script", "module", "interactive", "prints", "checks", "refuses", "nothing"]
"""What the interpreter does with the line: runs inline text, a script file, a module; talks to a terminal; prints and exits;
compiles only; refuses the line; runs nothing."""


class Identity:
    """Who an interpreter is: what a reading needs to know of it."""

    id: ClassVar[str] = ""
    language: ClassVar[str] = ""
    kind: ClassVar[InterpreterClass] = "scripting"
    technique: ClassVar[str] = "T1059"


class Reading:
    """What one interpreter makes of one execution: snippets, loads, and the outcome."""

    __slots__ = (
        "awaits_stdin",
        "command",
        "error",
        "execution",
        "interpreter",
        "language",
        "loads",
        "outcome",
        "script",
        "snippets",
    )

    def __init__(self, interpreter: Identity, execution: Execution, command: CommandLine | None = None) -> None:
        """Start with nothing found."""
        self.interpreter = interpreter
        self.language = interpreter.language
        """Of every text that is recorded without one of its own."""
        self.execution = execution
        self.command = command
        self.snippets: list[Snippet] = []
        self.loads: list[Load] = []
        self.outcome: Outcome = "nothing"
        self.script: int | None = None
        """Index of the word that names the file which runs, with or without inline text beside it; None where none does."""
        self.error = command.error if command is not None else ""
        self.awaits_stdin = False
        """What runs turns on the text on stdin, which no source has captured."""

    def refuse(self, error: str = "") -> Reading:
        """Say that the interpreter would run nothing of this line."""
        self.outcome = "refuses"
        self.error = error or self.error
        return self

    def prepend(self, before: Reading) -> Reading:
        """Put what another reading of the same execution found in front, without repeating anything."""
        self.snippets[:0] = [snippet for snippet in before.snippets if snippet not in self.snippets]
        self.loads[:0] = [load for load in before.loads if load not in self.loads]
        if before.snippets:
            self.outcome = "inline"
        self.awaits_stdin |= before.awaits_stdin
        return self

    def shift(self, execution: Execution, by: int) -> Reading:
        """Move every index ``by`` words further on: this reading was of a part of the argv of ``execution``."""
        self.execution = execution
        self.snippets = [
            snippet if snippet.argv_index is None else replace(snippet, argv_index=snippet.argv_index + by)
            for snippet in self.snippets
        ]
        self.loads = [
            load if load.argv_index is None else replace(load, argv_index=load.argv_index + by) for load in self.loads
        ]
        self.script = None if self.script is None else self.script + by
        self.command = None if self.command is None else self.command.shifted(by)
        return self

    def nothing_to_read(self) -> None:
        """Say of each text that was given that it is a loop over input, and that there is none."""
        self.snippets[:] = [replace(one, note=one.note or NOTHING_TO_READ) for one in self.snippets]

    def finish(self, outcome: Outcome) -> Reading:
        """Set the outcome, unless inline text was found."""
        if not self.snippets:
            self.outcome = outcome
        return self

    def add(  # noqa: PLR0913 - the fields of a snippet
        self,
        vector: Vector,
        text: str | None,
        *,
        index: int | None = None,
        offset: int = 0,
        option: str = "",
        variable: str | None = None,
        descriptor: int | None = None,
        path: str | None = None,
        url: str | None = None,
        language: str = "",
        note: str = "",
    ) -> None:
        """Record one snippet."""
        self.outcome = "inline"
        self.snippets.append(
            Snippet(
                interpreter=self.interpreter.id,
                language=language or self.language,
                vector=vector,
                argv_index=index,
                offset=offset,
                option=option,
                variable=variable,
                descriptor=descriptor,
                path=path,
                url=url,
                text=text,
                note=note,
            )
        )

    def code(self, given: Given, vector: Vector = "argument", language: str = "", note: str = "") -> None:
        """Record an option's value as program text."""
        if given.variable is not None:
            self.add(
                "environment", given.value, offset=given.offset, option=given.name, variable=given.variable,
                language=language, note=note,
            )  # fmt: skip
        else:
            self.add(
                vector,
                given.value,
                index=given.at,
                offset=given.offset,
                option=given.name,
                language=language,
                note=note,
            )

    def load_given(self, given: Given) -> None:
        """Record an option's value as a file that runs before the program, unless it is empty."""
        if given.value:
            self.load(given.value, vector="argument", index=given.at, option=given.name)

    def stdin(self, *, explicit: bool, index: int | None = None, option: str = "", note: str = "") -> bool:
        """Record that the program text comes from stdin; return whether it does.

        At a terminal it is an interactive session and from /dev/null it is empty: nothing is recorded. Where a source does
        not know what stdin is, only an explicit request for it (``-``, ``-s``) counts.
        """
        kind, text = self.execution.stdin, self.execution.stdin_text
        if text is None and (kind in ("tty", "null") or (kind == "unknown" and not explicit)):
            self.finish("nothing" if kind == "null" else "interactive")
            return False
        self.add("stdin", text, index=index, option=option, note=note)
        return True

    def stdin_text(self) -> str:
        """Return the text on stdin; where a source has not captured it, note that what runs turns on it."""
        text = self.execution.stdin_text
        self.awaits_stdin |= text is None and self.execution.stdin not in ("tty", "null")
        return text or ""

    def flows(self, path: str) -> bool:
        """Whether a path is a FIFO, or stdin and not a regular file: it cannot be read twice, and a check for a file fails."""
        return is_flowing(path, self.execution)

    def uses_stdin(self) -> bool:
        """Whether what runs comes from stdin: nothing is left of it for another reader."""
        return any(snippet.vector == "stdin" or snippet.descriptor == 0 for snippet in self.snippets)

    def program(self, index: int, *, dash: bool = True, option: str = "", offset: int = 0) -> bool:
        """Read the word that names the program's file; return whether its text comes from elsewhere than a file."""
        word = self.execution.argv[index][offset:]
        if word == "-" and dash:
            return self.stdin(explicit=True, index=index, option=option)
        if is_special(word, self.execution):
            return self.descriptor(word, index=index, option=option, offset=offset)
        self.script = index
        self.finish("script")
        return False

    def descriptor(  # noqa: PLR0913 - the fields of a snippet
        self,
        path: str,
        *,
        index: int | None = None,
        option: str = "",
        offset: int = 0,
        variable: str | None = None,
        opened: bool = True,
    ) -> bool:
        """Record a path that names no file (:func:`.paths.is_special`) as the place of program text; return whether it holds any.

        ``opened``: the path is given to open(2), which refuses sockets (ENXIO); else the descriptor itself is read.
        """
        number = descriptor_of(path, self.execution)
        kind = special_kind(path, self.execution) if number is None else None
        if kind is not None:
            return self._special(path, kind, index=index, option=option, offset=offset, variable=variable)
        own = not names_process(target_of(path, self.execution))  # /proc/PID/fd/0 may be another process's stdin
        if opened and own and number == 0 and self.execution.stdin == "socket":
            self.error = self.error or "a socket cannot be opened by its path"
            self.finish("refuses")
            return False
        text = self.execution.stdin_text if number == 0 else self.execution.descriptors.get(number or 0)
        if own and number == 0 and text is None and self.execution.stdin in ("tty", "null"):
            self.finish("interactive" if self.execution.stdin == "tty" else "nothing")
            return False
        self.add("descriptor", text, index=index, offset=offset, option=option, descriptor=number, variable=variable)
        return True

    def _special(  # noqa: PLR0913 - the fields of a snippet
        self, path: str, kind: FileKind, *, index: int | None, option: str, offset: int, variable: str | None
    ) -> bool:
        """Record a FIFO, a device, a file of procfs or one in memory as the place of program text."""
        if kind == "socket":
            self.error = self.error or "a socket cannot be opened by its path"
            self.finish("refuses")
            return False
        found = fact_of(path, self.execution)
        text = found.text if found is not None else None
        vector: Vector = "descriptor" if kind in ("fifo", "tty", "device") else "memory"
        if kind == "procfs":
            full = absolute(target_of(path, self.execution), self.execution.cwd)
            text = text if text is not None else procfs_text(full, self.execution)
            vector = "environment" if full.endswith("/environ") else "memory"
        note = NOTES[kind]
        self.add(vector, text, index=index, offset=offset, option=option, variable=variable, path=path, note=note)
        return True

    def load(
        self,
        path: str,
        *,
        vector: Vector = "environment",
        index: int | None = None,
        option: str = "",
        variable: str | None = None,
    ) -> None:
        """Record a file that runs before the program: an observation, or a snippet where anyone may have written it."""
        if is_special(path, self.execution):
            self.descriptor(path, index=index, option=option, variable=variable)
        elif is_volatile(path, self.execution):
            self.add(vector, None, index=index, option=option, variable=variable, path=path)
        else:
            self.loads.append(
                Load(interpreter=self.interpreter.id, path=path, argv_index=index, option=option, variable=variable)
            )

    def looked_for(self, paths: Iterable[str]) -> None:
        """Read the first of the files that a program looks for unasked, where that is no file: a link to a descriptor, a FIFO."""
        for path in paths:
            if is_special(path, self.execution):
                self.descriptor(path)
                return
            found = fact_of(path, self.execution)
            if found is not None and found.kind != "missing":
                return

    def load_seen(self, variable: str, path: str) -> bool:
        """Record a file that runs first, where a source has seen it and anyone may have written it; return whether it is.

        For files that a program looks for unasked below a folder like HOME, which builds have below /tmp all day.
        """
        found = is_planted("", path, self.execution)
        if found:
            self.load(path, variable=variable)
        return found


def parts(reading: Reading) -> list[str]:
    """Return what each word of argv is: ``program``, ``option``, ``value``, ``code``, ``script``, ``argument`` or ``separator``."""
    words = reading.execution.argv
    found = {0: "program"}
    command = reading.command or CommandLine([], [])
    for given in command.given:
        found.setdefault(given.index, "option")
        if given.at != given.index:
            found[given.at] = "value"
    for position, index in enumerate(command.operands):
        found.setdefault(index, "script" if position == 0 and reading.outcome == "script" else "argument")
    for snippet in reading.snippets:
        if snippet.argv_index is not None:
            found[snippet.argv_index] = "code"
    return [found.get(index, "separator") for index in range(len(words))]
