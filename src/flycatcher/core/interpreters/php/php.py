"""PHP's command line.

Source: sapi/cli/php_cli.c (main, do_cli), checked with marker code against 8.2. Options that older versions had (5.x to
8.1) are in the table where no newer one means something else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from flycatcher.core.interpreters.php.common import SHARED, Configuration, PhpBase, letters_of, options, run_program
from flycatcher.core.snippet import EARLIER_RELEASES, NOTHING_TO_READ

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.options import CommandLine, Given
    from flycatcher.core.interpreters.engine.reading import Reading

_VERSION = re.compile(r"(\d)\.?(\d)?")
CLI = options(
    (
        *SHARED,
        *(
            ("B", "1", "process-begin"),
            ("E", "1", "process-end"),
            ("F", "1", "process-file"),
            ("R", "1", "process-code"),
        ),
        *(
            ("H", "0", "hide-args"),
            ("r", "1", "run"),
            ("S", "1", "server"),
            ("t", "1", "docroot"),
            ("g", "1", "global"),
        ),
        *(
            ("rf", "1", "rf rfunction"),
            ("rc", "1", "rc rclass"),
            ("re", "1", "re rextension"),
            ("ri", "1", "ri rextinfo"),
        ),
        *(("rz", "1", "rz rzendextension"), ("ini", "0", "ini"), ("repeat", "1", "repeat")),
    ),
    exits="h?ivm",
)


_Mode = Literal["standard", "direct", "lines", "lint", "show", "reflect"]
_CONFLICT = "either execute direct code, process stdin or use a file"


class _Plan:
    """What do_cli decides from the options, one by one in their order."""

    def __init__(self, version: tuple[int, int]) -> None:
        """Start as ``php FILE`` does. Old versions ran ``-r`` beside ``-a``, so only those known to refuse do."""
        self.mode: _Mode = "standard"
        self.strict = version >= (8, 2)
        self.known = version > (0, 0)
        self.note = ""
        self.shell = False
        self.file: Given | None = None
        self.codes: dict[str, Given] = {}
        self.error = ""

    def take(self, given: Given) -> None:
        """Take one option; ``error`` is what PHP would refuse the line with."""
        letter = given.option.detail
        if letter in ("rf", "rc", "re", "rz", "ri", "ini"):
            self.mode = "reflect"
        elif letter == "l":
            self.mode = "lint" if self.mode == "standard" else self.mode
        elif letter in "sw":
            self._unless(self.mode in ("direct", "lines"))
            self.mode = "show"
        elif letter == "f":
            self._unless(self.mode in ("direct", "lines") or self.file is not None)
            self.file = given
        elif letter == "a":
            self._later(self.mode != "standard")
            self.shell = True
        elif letter == "r":
            self._unless(self.mode != "standard")
            self._later(self.shell)
            self.mode = "direct"
            self.codes[letter] = given
        elif letter in "RBEF":
            self._line(letter, given)

    def _unless(self, conflict: bool) -> None:
        """Refuse the line in a conflict."""
        if conflict:
            self.error = _CONFLICT

    def _later(self, conflict: bool) -> None:
        """Refuse the line in a conflict of later releases; note it where the release is not known."""
        self._unless(conflict and self.strict)
        if conflict and not self.known:
            self.note = EARLIER_RELEASES

    def _line(self, letter: str, given: Given) -> None:
        """Take one of -B, -R, -F and -E."""
        if self.mode == "lines":
            twice = letter in self.codes or (letter in "RF" and ("R" in self.codes or self.file is not None))
            self._unless(twice)
        else:
            self._unless(self.mode != "standard")
            self._later(self.shell and letter in "BE")
        self.mode = "lines"
        if letter == "F":
            self.file = given
        else:
            self.codes[letter] = given


class Php(PhpBase):
    """The command line interpreter."""

    id = "php"
    in_variables = True
    names = (r"php[\d.]*(?:-cli)?", r"lsphp[\d.]*")
    options = CLI
    install = "apt: php-cli"

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read an execution as main() and do_cli() do."""
        execution, letters = reading.execution, letters_of(command)
        plan = _Plan(_version(execution))
        for given in command.given:
            plan.take(given)
        if plan.error and "S" not in letters:
            return reading.refuse(plan.error)
        if "H" in letters:
            plan.codes.clear()  # -H blanks the words of argv before they are run
        configuration = Configuration(reading, command)
        operand = _operand(command, execution)
        if "S" in letters:
            configuration.run("auto_prepend_file")
            configuration.run("auto_append_file")
            if operand is not None:
                reading.program(operand, dash=False)
            return reading.finish("script")
        _run_plan(reading, configuration, plan, operand)
        configuration.mails()
        return reading


def _version(execution: Execution) -> tuple[int, int]:
    """Return the version that the file's name tells (``php8.2``, ``php74``), (0, 0) where it tells none."""
    for path in (execution.exe, execution.argv[0]):
        match = _VERSION.search(path.rpartition("/")[2])
        if match is not None:
            return int(match[1]), int(match[2] or 0)
    return 0, 0


def _operand(command: CommandLine, execution: Execution) -> int | None:
    """Return the index of the program's file: not where the word before it is ``--``."""
    if not command.operands or execution.argv[command.operands[0] - 1] == "--":
        return None
    return command.operands[0]


def _run_plan(reading: Reading, configuration: Configuration, plan: _Plan, operand: int | None) -> None:
    """Record what runs in the mode that the options chose."""
    if plan.mode == "direct":
        for given in plan.codes.values():
            reading.code(given, note=plan.note)
        reading.finish("nothing")
    elif plan.mode == "lines":
        _run_lines(reading, configuration, plan)
    elif plan.mode == "standard" and plan.shell:
        if configuration.run("auto_prepend_file"):
            reading.stdin(explicit=True, option="-a")
    elif plan.mode == "standard":
        if not configuration.run("auto_prepend_file"):
            reading.finish("refuses")
        elif run_program(reading, plan.file, operand):
            configuration.run("auto_append_file")
    else:
        reading.finish("checks" if plan.mode == "lint" else "prints")


def _run_lines(reading: Reading, configuration: Configuration, plan: _Plan) -> None:
    """Record -B, then -R or -F for each line of stdin (none for /dev/null), then -E."""
    if "B" in plan.codes:
        reading.code(plan.codes["B"])
    empty = reading.execution.stdin == "null"
    if "R" in plan.codes:
        reading.code(plan.codes["R"], note=NOTHING_TO_READ if empty else "")
    elif not empty and plan.file is not None and configuration.run("auto_prepend_file"):
        reading.program(plan.file.at, dash=False, option=plan.file.name, offset=plan.file.offset)
        configuration.run("auto_append_file")
    if "E" in plan.codes:
        reading.code(plan.codes["E"])
    reading.finish("script")
