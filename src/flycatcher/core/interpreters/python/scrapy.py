"""Scrapy: ``scrapy shell -c`` evaluates an expression; without it the shell is a session.

Source: scrapy/cmdline.py, scrapy/commands/shell.py and scrapy/shell.py, checked with marker code against Scrapy 2.19.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Options, each
from flycatcher.core.interpreters.python.program import PythonProgram


class Scrapy(PythonProgram):
    """The first word without a dash is the subcommand; the others run no text."""

    id = "scrapy"
    names = ("scrapy",)
    verified = ("2.19.0",)
    install = "pip: scrapy"
    subcommands = ("shell",)
    subcommand_first = False
    codes = "last"
    empty_is_none = True
    operand = "none"
    options = Options(
        short={"c": CODE, "s": VALUE, "L": VALUE, "h": EXIT},
        long={
            **each(("--spider", "--set", "--logfile", "--loglevel", "--profile", "--pidfile"), VALUE),
            **each(("--no-redirect", "--nolog", "--pdb"), FLAG),
            "--help": EXIT,
        },
        permute=True,
        parser="argparse",
    )
