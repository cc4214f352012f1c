"""The class that every interpreter's file derives from, and how it reads an execution by its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.engine.options import CommandLine, Options, parse
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Mapping, Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.identity.markers import Markers
    from flycatcher.core.snippet import InterpreterClass

    Hint = Callable[[str], re.Match[str] | None]
    """A search in the words joined by newlines, which finds something wherever there may be program text."""
    Unset = Callable[[Mapping[str, str]], bool]
    """Tells that no variable of an environment can hold program text."""
    Glance = tuple[Hint, Unset | None]
    """None instead of the second: no variable can hold any."""


class Interpreter:
    """One interpreter: who it is, how its command line reads, and what of it is program text.

    A subclass is one file in this package. The attributes are the table; ``read`` is overridden only where the
    interpreter's own parser is odd.
    """

    id: ClassVar[str] = ""
    language: ClassVar[str] = ""
    names: ClassVar[tuple[str, ...]] = ()
    """Base names of its files, as regular expressions that must match whole."""
    kind: ClassVar[InterpreterClass] = "scripting"
    technique: ClassVar[str] = "T1059"
    options: ClassVar[Options] = Options()
    reads_stdin: ClassVar[bool] = True
    """Without an operand the program is read from stdin."""
    runs_on: ClassVar[tuple[str, ...]] = ()
    """Ids of the interpreters whose script it is: the kernel sees ``ruby /usr/bin/rake -e CODE``."""
    main_classes: ClassVar[tuple[str, ...]] = ()
    """Names of its main class, where the kernel sees ``java``."""
    jars: ClassVar[tuple[str, ...]] = ()
    """Base names of the jars that start it (``java -jar``), as regular expressions that must match whole."""
    verified: ClassVar[tuple[str, ...]] = ()
    """Versions against which the oracle ran without a miss; empty: unverified."""
    install: ClassVar[str] = ""
    """How to get it for the check: ``apt: ruby``, ``npm: node``, ``pip: xonsh``."""
    markers: ClassVar[tuple[Markers, ...]] = ()
    """What tells its program from others by content, any of them; empty: those of ``signatures.py``, if it has any."""

    def glance(self) -> Glance | None:
        """Return what tells lines without any program text before they are parsed; None where every line is parsed."""
        return None

    def idle(self, argv: Sequence[str], env: Mapping[str, str]) -> bool:
        """Tell at a glance, before anything is parsed, that this line holds no program text. False where it may."""
        hint, unset = self.glance() or (None, None)
        return hint is not None and hint("\n".join(argv)) is None and (unset is None or unset(env))

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words by the table."""
        return parse(self.options, execution.argv, env=execution.env)

    def read(self, execution: Execution) -> Reading:
        """Read an execution as this interpreter would."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit"):
            return reading.finish("prints")
        return self.accepted(reading, command)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read a line that is not refused and does more than print: the plain way, by roles alone."""
        if command.first("check"):
            return reading.finish("checks")
        for given in command.given:
            if given.option.role == "load" and given.value:
                reading.load(given.value, vector="argument", index=given.at, option=given.name)
        codes = [given for given in command.given if given.option.role == "code"]
        for given in codes:
            reading.code(given)
        file = command.first("file")
        if file is not None:
            reading.program(file.at, option=file.name, offset=file.offset)
        elif not codes:
            self.read_operand(reading, command.operands)
        return reading

    def read_operand(self, reading: Reading, operands: Sequence[int]) -> None:
        """Read the first operand as the program's file; without one, stdin."""
        if operands:
            reading.program(operands[0])
        elif self.reads_stdin:
            reading.stdin(explicit=reading.command is not None and reading.command.first("stdin") is not None)
