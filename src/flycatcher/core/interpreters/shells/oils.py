"""osh and ysh of Oils, and Nushell.

Source: core/shell.py and frontend/flag_def.py of Oils 0.18 (osh --help); nu --help,
checked with marker code against Nushell 0.115.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.shells.shell import Letters, Shell

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.options import CommandLine, Given


class Oils(Shell):
    """osh, which reads what bash reads, and ysh."""

    id = "oils"
    grammar = "bash"
    names = (r"osh|ysh|oil|oils-for-unix",)
    install = "oils.pub"
    letters = Letters(flags="abefhilmnprtuvxCEN", named="oO", attached=True)
    options = Options(parser="own")


_COMMANDS, _EXECUTE = Option("value", "code", last=True), Option("value", "code", detail="execute")


class Nushell(Interpreter):
    """nu: the text of -c, which ends the options; else the script; else the last text of -e, and a session at a terminal."""

    id = "nushell"
    language = "nushell"
    grammar = "sh"
    kind = "shell"
    names = (r"nu|nushell",)
    install = "npm: nushell"
    verified = ("0.115",)
    reads_stdin = False
    stdin_names = ()
    options = Options(
        parser="own",
        glued=False,
        short={"c": _COMMANDS, "e": _EXECUTE, **each("mtI", VALUE), **each("ilng", FLAG), **each("hv", EXIT)},
        long={
            **each(("-c", "--commands"), _COMMANDS), **each(("-e", "--execute"), _EXECUTE),
            **each(("--config", "--env-config", "--plugin-config", "--log-level", "--log-target", "--threads"), VALUE),
            **each(("--table-mode", "--include-path", "--plugins", "--error-style", "--log-include", "--log-exclude"), VALUE),
            **each(("--mcp-transport", "--mcp-port"), VALUE),
            **each(("--interactive", "--login", "--no-config-file", "--no-history", "--no-std-lib", "--stdin"), FLAG),
            "--no-newline": FLAG,
            **each(("--help", "--version"), EXIT),
        },
    )  # fmt: skip

    def texts(self, command: CommandLine) -> list[Given]:
        """Return the text of -c, else the last one of -e where no script is named."""
        found = super().texts(command)
        first = next((given for given in found if not given.option.detail), None)
        return [first] if first is not None else [] if command.operands else found[-1:]
