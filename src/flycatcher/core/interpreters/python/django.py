"""Django: ``django-admin shell`` and ``manage.py shell`` run the text of -c, or what stdin holds.

Source: django/core/management/commands/shell.py and base.py, checked with marker code against Django 5.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.argparse import ArgparseProgram, parse_argparse
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Options, each
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

_SHELLS = ("shell", "shell_plus")
"""Django's own, and that of django-extensions."""


class Django(ArgparseProgram):
    """The subcommand stands first; the others run no text."""

    id = "django"
    names = (r"django-admin(?:\.py)?|manage\.py",)
    verified = ("5.2.19",)
    install = "pip: django"
    options = Options(
        short={"c": CODE, "i": VALUE, "v": VALUE, "h": EXIT},
        long={
            "--command": CODE,
            **each(("--interface", "--verbosity", "--settings", "--pythonpath"), VALUE),
            **each(("--no-startup", "--no-imports", "--traceback", "--no-color", "--force-color", "--plain"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        abbreviations=True,
    )

    def read(self, execution: Execution) -> Reading:
        """Read ``shell``: the last -c, else stdin."""
        if execution.argv[1:2] and execution.argv[1] not in _SHELLS:
            return Reading(self, execution).finish("nothing")
        command = parse_argparse(self.options, execution.argv, 2)
        reading = Reading(self, execution, command)
        if command.error or command.operands:
            return reading.refuse(command.error or "shell takes no operands")
        if command.first("exit") or len(execution.argv) < 2:
            return reading.finish("prints")
        codes = [given for given in command.given if given.option.role == "code"]
        if codes and codes[-1].value:
            reading.code(codes[-1])
        else:
            reading.stdin(explicit=False)
        return reading
