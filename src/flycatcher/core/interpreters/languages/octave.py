"""GNU Octave.

Source: libinterp/octave.cc (cmdline_options, octave_main) and liboctave's getopt; checked with marker code against Octave 7.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


class Octave(Interpreter):
    """--eval, then the file; stdin where neither is given, or behind them with --persist and --traditional."""

    id = "octave"
    language = "octave"
    names = (r"octave(?:-cli|-gui)?(?:-\d[\d.]*)?",)
    verified = ("7.3.0",)
    install = "apt: octave"
    options = Options(
        short={**each("dxHWfqV", FLAG), "i": Option(role="interactive"), "p": VALUE, **each("hv", EXIT)},
        long={
            "--eval": CODE,
            **each(
                ("--built-in-docstrings-file", "--doc-cache-file", "--exec-path", "--image-path", "--info-file"), VALUE
            ),
            **each(("--info-program", "--path", "--texi-macros-file"), VALUE),
            **each(("--debug", "--echo-commands", "--experimental-terminal-widget", "--gui", "--line-editing"), FLAG),
            **each(
                ("--no-gui", "--no-history", "--no-init-file", "--no-init-path", "--no-line-editing", "--no-site-file"),
                FLAG,
            ),
            **each(("--no-window-system", "--norc", "--silent", "--quiet", "--verbose", "--server"), FLAG),
            **each(("--braindead", "--debug-jit", "--jit-compiler", "--force-gui", "--no-fork"), FLAG),
            **each(("--persist", "--traditional"), Option(role="define")),
            "--interactive": Option(role="interactive"),
            **each(("--help", "--version"), EXIT),
        },
        abbreviations=True,
    )

    def read(self, execution: Execution) -> Reading:
        """Read an execution in the order of octave_main."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.first("exit"):
            return reading.finish("prints")
        if command.error:
            return reading.refuse()
        _files(reading, command)
        codes = [given for given in command.given if given.option.role == "code" and given.value]
        for given in codes:
            reading.code(given)
        if command.operands and not codes:
            reading.program(command.operands[0], dash=False)
        if not (codes or command.operands) or command.first("define"):
            reading.stdin(explicit=False)
        return reading


_SITE = ("OCTAVE_SITE_INITFILE", "OCTAVE_VERSION_INITFILE")


def _files(reading: Reading, command: CommandLine) -> None:
    """Record the start-up files that variables name, unless an option leaves them out."""
    none = command.has("-f", "--norc")
    env = reading.execution.env
    for variable in (*_SITE, "OCTAVE_INITFILE"):
        left_out = none or command.has("--no-site-file" if variable in _SITE else "--no-init-file")
        if env.get(variable) and not left_out:
            reading.load(env[variable], variable=variable)
