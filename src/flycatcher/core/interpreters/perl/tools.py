"""Perl's own programs that run text: prove, json_pp and xsubpp.

prove starts what its operands hold, ``json_pp -f eval`` evaluates its input, xsubpp runs the commands in an XS file.
Source: App/Prove.pm, json_pp, ExtUtils/ParseXS.pm (INCLUDE_COMMAND); checked with marker code against those of perl 5.36. The
kernel sees perl with the program's script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Options, each
from flycatcher.core.interpreters.engine.paths import descriptor_of, is_special
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.names import base

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.options import CommandLine


class JsonPp(Interpreter):
    """json_pp: with ``-f eval``, stdin is Perl."""

    id = "json_pp"
    language = "perl"
    kind = "embedded"
    names = (r"json_pp(?:[-5][\d.]*)?",)
    runs_on = ("perl",)
    install = "apt: perl"
    verified = ("4.07",)
    options = Options(
        parser="getopt::long",
        short={**each("ft", VALUE), "v": EXIT},
        long={"--json_opt": VALUE},
        permute=True,
    )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the format of the input; the last word on it holds."""
        formats = [given for given in command.given if given.name == "-f"]
        if formats and formats[-1].value == "eval":
            reading.stdin(explicit=True, index=formats[-1].at, option="-f")
        return reading.finish("nothing")


class Prove(Interpreter):
    """prove: each operand is a test that perl runs; it must be a file, because it is looked into first."""

    id = "prove"
    language = "perl"
    kind = "embedded"
    names = (r"prove(?:5[\d.]*)?",)
    runs_on = ("perl",)
    install = "apt: perl"
    verified = ("3.44",)
    options = Options(
        short={**each("aIPMej", VALUE), **each("bcdflmopqQrsTtUvwW", FLAG), **each("hHVD?", EXIT)},
        long={
            **each(("--rc", "--exec", "--harness", "--formatter", "--source", "--archive", "--jobs", "--state"), VALUE),
            **each(("--statefile", "--rules", "--ext", "--perl-option", "--tapversion"), VALUE),
            **each(("--verbose", "--failures", "--comments", "--lib", "--blib", "--shuffle", "--color", "--colour"), FLAG),
            **each(("--no-color", "--no-colour", "--no-count", "--ignore-exit", "--recurse", "--reverse", "--parse"), FLAG),
            "--norc": FLAG, **each(("--count", "--quiet", "--QUIET", "--merge", "--directives"), FLAG),
            **each(("--timer", "--normalize", "--trap"), FLAG),
            **each(("--help", "--man", "--version", "--dry"), EXIT),
        },
        permute=True,
        parser="getopt::long bundling",
        cased=True,
        unknown="skip",
    )  # fmt: skip

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; an option that lacks its value is left among the operands (Getopt::Long's pass_through)."""
        command = super().parse(execution)
        if command.error.endswith("needs a value"):
            command.error = ""
        return command

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Record the operands that are descriptors, unless ``--exec`` gives them to another program."""
        execution = reading.execution
        if not command.has("-e", "--exec"):
            for index in command.operands:
                number = descriptor_of(execution.argv[index], execution)
                if number is not None and (number or execution.stdin not in ("pipe", "socket")):
                    reading.descriptor(execution.argv[index], index=index)
        return reading.finish("script")


def _opened(word: str, execution: Execution) -> str:
    """Return the path that xsubpp opens for an operand, where no file of a disk lies there; else an empty text."""
    return next((path for path in (word, base(word)) if is_special(path, execution)), "")


class Xsubpp(Interpreter):
    """xsubpp: the file that it translates may hold commands to include the output of."""

    id = "xsubpp"
    language = "perl"
    kind = "embedded"
    names = (r"xsubpp(?:5[\d.]*)?",)
    runs_on = ("perl",)
    install = "apt: perl"
    verified = ("3.45",)
    options = Options(parser="getopt::long")

    def read(self, execution: Execution) -> Reading:
        """Record an operand that is a descriptor: the first such word, as options may stand behind it.

        xsubpp changes to the operand's folder, stays where it is if there is none, and opens the last name of the path.
        """
        reading = Reading(self, execution)
        for at, word in enumerate(execution.argv[1:], 1):
            if word[:1] not in ("-", "+") and (opened := _opened(word, execution)):
                reading.descriptor(opened, index=at)
                break
        return reading.finish("script")
