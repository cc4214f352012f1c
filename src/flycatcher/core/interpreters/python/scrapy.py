"""Scrapy: ``scrapy shell -c`` evaluates an expression; without it the shell is a session.

Source: scrapy/cmdline.py, scrapy/commands/shell.py and scrapy/shell.py, checked with marker code against Scrapy 2.19.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.argparse import ArgparseProgram, parse_argparse
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Options, each
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


class Scrapy(ArgparseProgram):
    """The first word without a dash is the subcommand; the others run no text."""

    id = "scrapy"
    names = ("scrapy",)
    verified = ("2.19.0",)
    install = "pip: scrapy"
    options = Options(
        short={"c": CODE, "s": VALUE, "L": VALUE, "h": EXIT},
        long={
            **each(("--spider", "--set", "--logfile", "--loglevel", "--profile", "--pidfile"), VALUE),
            **each(("--no-redirect", "--nolog", "--pdb"), FLAG),
            "--help": EXIT,
        },
        permute=True,
        abbreviations=True,
    )

    def read(self, execution: Execution) -> Reading:
        """Read ``shell``: the last -c, else a session on stdin."""
        words = execution.argv
        at = next((index for index in range(1, len(words)) if not words[index].startswith("-")), 0)
        if not at or words[at] != "shell":
            return Reading(self, execution).finish("nothing")
        # the words in front of the subcommand are read with those behind it; its own place stays empty
        command = parse_argparse(self.options, (*words[:at], "--nolog", *words[at + 1 :]))
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit"):
            return reading.finish("prints")
        codes = [given for given in command.given if given.option.role == "code"]
        if codes and codes[-1].value:
            reading.code(codes[-1])
        else:
            reading.stdin(explicit=False)
        return reading
