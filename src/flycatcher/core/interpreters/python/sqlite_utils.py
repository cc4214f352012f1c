"""sqlite-utils: Python text that converts columns and rows, or defines SQL functions.

Source: sqlite_utils/cli.py, checked with marker code against sqlite-utils 4.2.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, CommandLine, Options, each
from flycatcher.core.interpreters.engine.parsers import parse_line
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_CONVERT = Options(
    parser="click",
    short={"s": FLAG, "h": EXIT, "p": VALUE},
    long={
        **each(("--import", "--where", "--output", "--output-type", "--param"), VALUE),
        **each(("--dry-run", "--multi", "--drop", "--silent", "--pdb", "--no-skip-false"), FLAG),
        "--help": EXIT,
    },
    permute=True,
    posixly=False,
)


class SqliteUtils(Host):
    """convert takes text as its last operand; insert, upsert, query and others take it by options."""

    id = "sqlite_utils"
    language = "python"
    technique = "T1059.006"
    names = ("sqlite-utils",)
    runs_on = ("python",)
    verified = ("4.2.1",)
    install = "pip: sqlite-utils"
    hint = re.compile(r"\n(?:convert\n|--(?:functions|convert|code))")
    options = Options(
        parser="click",
        short={"h": EXIT},
        long={**each(("--functions", "--convert", "--code"), CODE), "--help": EXIT},
        permute=True,
        posixly=False,
        unknown="skip",
    )

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; ``convert`` has options of its own."""
        if execution.argv[1:2] != ("convert",):
            return super().parse(execution)
        return _params(parse_line(_CONVERT, execution.argv, 2), execution)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the text of ``convert``, or those of options."""
        if reading.execution.argv[1:2] == ("convert",):
            return self._convert(reading, command)
        for given in command.given:
            if given.option.role == "code" and not _names_file(given.name, given.value or ""):
                reading.code(given)
        return reading.finish("nothing")

    @staticmethod
    def _convert(reading: Reading, command: CommandLine) -> Reading:
        """Read ``convert DATABASE TABLE COLUMN... CODE``; ``-`` is stdin."""
        execution = reading.execution
        if len(command.operands) < 4:
            return reading.refuse("convert takes four operands or more")
        index = command.operands[-1]
        if execution.argv[index] == "-":
            reading.stdin(explicit=True, index=index)
        else:
            reading.add("argument", execution.argv[index], index=index)
        return reading


def _params(line: CommandLine, execution: Execution) -> CommandLine:
    """Take the second value of -p and --param from the operands."""
    for given in line.given:
        if given.name in ("-p", "--param") and given.at + 1 < len(execution.argv):
            line.operands = [index for index in line.operands if index != given.at + 1]
    return line


def _names_file(option: str, text: str) -> bool:
    """Whether a value is a file's path."""
    return option != "--convert" and "\n" not in text and text.endswith(".py")
