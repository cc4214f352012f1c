"""What a shell's own command line makes it read: a text, a file, or standard input; ``$0`` and the positional parameters.

The shells' tables say it. Written text may leave a word open; an option that it leaves open counts as one without a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from flycatcher.core.interpreters import by_id
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.names import entry_of, is_shell
from flycatcher.core.interpreters.shells.shell import Shell, source_of
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters import Interpreter

_ANY_FLAG = "-e"
"""An option that every shell of the family has, without a value."""


class ShellRun(Struct, frozen=True):
    """Where a shell's commands come from, ``$0`` and the positional parameters."""

    mode: Literal["text", "stdin", "file", "none"]
    """``none``: it prints and exits, only checks, refuses the line, or lacks the text that it asks for."""
    text: str = ""
    """The text itself, or the file's name."""
    name: str = ""
    args: list[str] = []


def shell_run(execution: Execution) -> ShellRun:
    """Return what a shell's command line makes it read; ``none`` for a program that is no shell."""
    entry = entry_of(execution.exe or execution.argv[0])
    shell = by_id(entry.id) if entry is not None else None
    if shell is None:  # Windows' cmd has no table; without arguments it takes commands
        return ShellRun("stdin" if len(execution.argv) == 1 and is_shell(execution.argv[0]) else "none")
    return _of_table(shell, execution) if isinstance(shell, Shell) and shell.grammar else _of_reading(shell, execution)


def loaded_first(execution: Execution) -> list[str]:
    """Return the paths of the files that a shell reads before its commands: of ``BASH_ENV``, ``ENV``, ``--rcfile``."""
    entry = entry_of(execution.exe or execution.argv[0])
    shell = by_id(entry.id) if entry is not None else None
    return [] if shell is None else [load.path for load in shell.read(_known(execution)).loads]


def _known(execution: Execution) -> Execution:
    """Return the execution without what is not known of its options."""
    if not any(UNKNOWN in word for word in execution.argv):
        return execution
    return replace(execution, argv=tuple(map(_known_part, execution.argv)))


def _known_part(word: str) -> str:
    """Return an option without what is not known of it; other words as they are."""
    if UNKNOWN not in word or word[0] not in "-+":
        return word
    known = word.replace(UNKNOWN, "")
    return known if known.strip("-+") else _ANY_FLAG


def _of_table(shell: Shell, execution: Execution) -> ShellRun:
    """Ask a shell of the Bourne family for its options alone."""
    argv = execution.argv
    command = shell.parse(_known(execution))
    settings = shell.settings(Reading(shell, execution, command), command)
    if command.error or command.first("exit") is not None or "n" in settings or "prints" in settings:
        return ShellRun("none")
    source, operands = source_of(command, settings), [argv[at] for at in command.operands]
    if source == "stdin":
        return ShellRun("stdin", "", argv[0], operands)
    if not operands:
        return ShellRun("none")
    if source == "file":
        return ShellRun("file", operands[0], operands[0], operands[1:])
    return ShellRun("text", operands[0], operands[1] if len(operands) > 1 else argv[0], operands[2:])


def _of_reading(shell: Interpreter, execution: Execution) -> ShellRun:
    """Ask another shell what it would run."""
    reading = shell.read(replace(_known(execution), stdin="pipe", stdin_text=None))
    argv = execution.argv
    for snippet in reading.snippets:
        if snippet.vector == "argument" and snippet.text is not None and snippet.argv_index is not None:
            rest = list(argv[snippet.argv_index + 1 :])
            return ShellRun("text", snippet.text, rest[0] if rest else argv[0], rest[1:])
    if any(snippet.vector == "stdin" for snippet in reading.snippets):
        return ShellRun("stdin", "", argv[0])
    if reading.script is not None:
        name = argv[reading.script]
        return ShellRun("file", name, name, list(argv[reading.script + 1 :]))
    return ShellRun("none")
