"""PHP's debugger.

Source: sapi/phpdbg/phpdbg.c and its own help, checked with marker code against 8.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.paths import descriptor_of, is_special
from flycatcher.core.interpreters.php.common import Configuration, PhpBase, last, letters_of, options

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading

DEBUGGER = options(
    (
        *(
            ("c", "1", ""),
            ("d", "1", ""),
            ("n", "0", ""),
            ("z", "1", ""),
            ("q", "0", ""),
            ("v", "0", ""),
            ("b", "0", ""),
        ),
        *(
            ("i", "1", ""),
            ("I", "0", ""),
            ("O", "1", ""),
            ("r", "0", "run"),
            ("e", "0", ""),
            ("E", "0", ""),
            ("s", "1", ""),
        ),
        *(("S", "1", "sapi-name"), ("x", "0", ""), ("p", "?", ""), ("h", "0", "help"), ("V", "0", "version")),
    ),
    unknown="skip",
    exits="hV",
)


class PhpDbg(PhpBase):
    """The debugger: its commands (``ev CODE``, ``sh CODE``) come from an init file and from stdin."""

    id = "phpdbg"
    names = (r"phpdbg[\d.]*",)
    options = DEBUGGER
    install = "apt: php-phpdbg"

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; a mistake is passed over."""
        command = super().parse(execution)
        command.error = ""
        return command

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read an execution as phpdbg.c does."""
        execution, letters = reading.execution, letters_of(command)
        Configuration(reading, command)
        init = last(command, "i")
        if init is not None and init.value:
            reading.load(init.value, vector="argument", index=init.at, option=init.name)
        if "p" in letters:
            return reading.finish("prints")
        runs = sum(given.option.detail == "r" for given in command.given)
        delimiter = last(command, "s")
        if delimiter is not None and not delimiter.value and runs < 2:
            return reading.refuse("a delimiter for stdin is needed without -rr")
        if delimiter is not None:
            reading.stdin(explicit=True, index=delimiter.at, option=delimiter.name)
        elif command.operands:
            _run_operand(reading, command.operands[0], runs)
        if runs < 2 and not any(
            s.vector == "stdin" or (s.descriptor == 0 and execution.stdin != "file") for s in reading.snippets
        ):
            _session(reading, command)
        return reading.finish("script" if command.operands else "nothing")


def _run_operand(reading: Reading, index: int, runs: int) -> None:
    """Record the program's descriptor; without ``-r`` it is compiled, and run where a command says so."""
    number = descriptor_of(reading.execution.argv[index], reading.execution)
    if not is_special(reading.execution.argv[index], reading.execution) or (
        number == 0 and reading.execution.stdin in ("pipe", "socket")
    ):
        reading.finish("script")  # a pipe's real path cannot be opened
    elif runs or (number != 0 and reading.execution.stdin != "null"):
        reading.descriptor(reading.execution.argv[index], index=index)


def _session(reading: Reading, command: CommandLine) -> None:
    """Record the commands on stdin; a program that came from a terminal has left none."""
    execution = reading.execution
    program = execution.argv[command.operands[0]] if command.operands else ""
    if descriptor_of(program, execution) != 0 or execution.stdin in ("file", "pipe", "socket"):
        reading.stdin(explicit=False)
