"""cpan, the shell of CPAN.pm: ``!`` evaluates Perl.

Source: CPAN/Shell.pm and App/Cpan.pm; checked with marker code against cpan of Perl 5.36. The kernel sees perl with the script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import FLAG, VALUE, CommandLine, Options, each, parse

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading


_LETTERS = Options(parser="getopt", short={**each("hvVIgGCADOlLarpPJwxXTcfimstuF", FLAG), **each("Mj", VALUE)})
_FIRST = frozenset("hvVgGCADOlLarpxXJTcfim")
"""What is done before -s is looked at."""


class Cpan(Interpreter):
    """cpan without words, or with -s, is a session; the rest of a line behind ``!`` is Perl. -j names a file of Perl."""

    id = "cpan"
    language = "perl"
    kind = "embedded"
    names = (r"cpan(?:5[\d.]*)?",)
    variables = ("CPAN_OPTS",)
    runs_on = ("perl",)
    install = "apt: perl"
    verified = ("5.36",)
    options = Options(parser="getopt")

    def parse(self, execution: Execution) -> CommandLine:
        """Read the letters of the line and behind them those of a variable, which have no place in argv."""
        return parse(_LETTERS, _words(execution))

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the lines of the session that hold Perl."""
        execution, words = reading.execution, _words(reading.execution)
        letters = {given.name[1] for given in command.given}
        for given in command.given:
            if given.name == "-j" and given.value and "h" not in letters:
                index = given.at if given.at < len(execution.argv) else None
                reading.load(given.value, vector="argument", index=index, option="-j")
        if len(words) > 1 and ("s" not in letters or letters & _FIRST):
            return reading.finish("nothing")
        for line in reading.stdin_text().splitlines():
            if line.lstrip().startswith("!"):
                reading.add("stdin", line.lstrip()[1:].strip())
        return reading.finish("interactive")


def _words(execution: Execution) -> tuple[str, ...]:
    """Return the words of the line, and those of the variable behind them."""
    return (*execution.argv, *execution.env.get("CPAN_OPTS", "").split())
