"""rake: Ruby's make.

Source: lib/rake/application.rb (standard_rake_options, OptionParser); checked with marker code against rake 13.0.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import FLAG, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.engine.parsers import parse_line

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_CODE = Option("value", "code")
_LAST = Option("value", "code", last=True)
"""rake ends when such a text has run: nothing behind it is read."""
_STOP = Option(role="exit", last=True)
_FILE = Option("optional", "file")
_MAYBE = Option("optional")
_VARIABLE = "RAKEOPT"
_DEFAULTS = ("rakefile", "Rakefile", "rakefile.rb", "Rakefile.rb")
"""The files that are looked for without -f, in this order (application.rb, DEFAULT_RAKEFILES)."""


class Rake(Interpreter):
    """rake runs the texts of -e and -p, either of which ends it, and of -E while it reads its options."""

    id = "rake"
    language = "ruby"
    kind = "embedded"
    names = (r"rake(?:-?\d[\d.]*)?",)
    variables = ("RAKEOPT",)
    runs_on = ("ruby",)
    reads_stdin = False
    eager = True
    install = "apt: rake"
    verified = ("13.0",)
    options = Options(
        short={
            **each("ep", _LAST), "E": _CODE, "f": _FILE, **each("CDTWj", _MAYBE),
            **each("IRr", VALUE), **each("ABGgmnNPqstvX", FLAG), **each("VhH", _STOP),
        },
        long={
            **each(("--execute", "--execute-print"), _LAST),
            "--execute-continue": _CODE,
            "--rakefile": _FILE,
            **each(("--directory", "--describe", "--tasks", "--where", "--jobs", "--job-stats"), _MAYBE),
            **each(("--libdir", "--require", "--rakelibdir", "--rakelib", "--suppress-backtrace"), VALUE),
            **each(("--backtrace", "--trace"), Option("attached")),
            **each(("--comments", "--rules", "--all", "--build-all", "--no-system", "--nosystem", "--system"), FLAG),
            **each(("--multitask", "--dry-run", "--no-search", "--nosearch", "--prereqs", "--quiet", "--silent"), FLAG),
            **each(("--verbose", "--no-deprecation-warnings"), FLAG),
            **each(("--version", "--help"), _STOP),
        },
        permute=True,
        parser="optionparser",
    )  # fmt: skip

    def parse(self, execution: Execution) -> CommandLine:
        """Read the options of RAKEOPT, then those of the line."""
        line = super().parse(execution)
        try:
            words = shlex.split(execution.env.get(_VARIABLE, ""))
        except ValueError:  # an open quote: rake ends with an error
            return line
        front = parse_line(self.options, ("rake", *words)).given
        before = [structs.replace(given, index=-1, at=-1, offset=0, variable=_VARIABLE) for given in front]
        if front and front[-1].option.last:
            return CommandLine(before, [])
        line.given[:0] = before
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the rakefiles, unless a text has ended rake."""
        files = [given for given in command.given if given.option.role == "file" and given.value and given.at >= 0]
        for given in files if not any(given.option is _LAST for given in command.given) else ():
            reading.program(given.at, option=given.name, offset=given.offset, dash=False)
        if not files and not any(given.option is _LAST for given in command.given):
            reading.looked_for(_DEFAULTS)
        return reading.finish("script")
