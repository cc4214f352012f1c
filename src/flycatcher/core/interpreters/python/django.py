"""Django: ``django-admin shell`` and ``manage.py shell`` run the text of -c, or what stdin holds.

Source: django/core/management/commands/shell.py and base.py, checked with marker code against Django 5.2.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Options, each
from flycatcher.core.interpreters.python.program import PythonProgram


class Django(PythonProgram):
    """The subcommand stands first; the others run no text."""

    id = "django"
    names = (r"django-admin(?:\.py)?|manage\.py",)
    verified = ("5.2.19",)
    install = "pip: django"
    subcommands = ("shell", "shell_plus")  # the latter is of django-extensions
    codes = "last"
    empty_is_none = True
    operand = "refused"
    options = Options(
        short={"c": CODE, "i": VALUE, "v": VALUE, "h": EXIT},
        long={
            "--command": CODE,
            **each(("--interface", "--verbosity", "--settings", "--pythonpath"), VALUE),
            **each(("--no-startup", "--no-imports", "--traceback", "--no-color", "--force-color", "--plain"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        parser="argparse",
    )
