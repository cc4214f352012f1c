"""rake: Ruby's make.

Source: lib/rake/application.rb (standard_rake_options, OptionParser); checked with marker code against rake 13.0.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Given, Option, Options, each, parse
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.snippet import Vector

_LAST = Option("value", "code", detail="exits")
_CODE = Option("value", "code")
_MAYBE = Option("optional", pattern=r"(?!-.)")
"""Ruby's OptionParser takes no word with a dash for a value that may be missing."""
_VARIABLE = "RAKEOPT"


class Rake(Interpreter):
    """rake runs the texts of -e, -p (and exits behind the first) and -E while it reads its options."""

    id = "rake"
    language = "ruby"
    kind = "embedded"
    names = (r"rake(?:-?\d[\d.]*)?",)
    runs_on = ("ruby",)
    reads_stdin = False
    install = "apt: rake"
    verified = ("13.0",)
    options = Options(
        short={
            **each("ep", _LAST), "E": _CODE, "f": Option("optional", "file", pattern=r"(?!-.)"), **each("CDTWj", _MAYBE),
            **each("IRr", VALUE), **each("ABGgmnNPqstvX", FLAG), **each("VhH", EXIT),
        },
        long={
            **each(("--execute", "--execute-print"), _LAST),
            "--execute-continue": _CODE,
            **each(("--rakefile",), Option("optional", "file", pattern=r"(?!-.)")),
            **each(("--directory", "--describe", "--tasks", "--where", "--jobs", "--job-stats"), _MAYBE),
            **each(("--libdir", "--require", "--rakelibdir", "--rakelib", "--suppress-backtrace"), VALUE),
            **each(("--backtrace", "--trace"), Option("attached")),
            **each(("--comments", "--rules", "--all", "--build-all", "--no-system", "--nosystem", "--system"), FLAG),
            **each(("--multitask", "--dry-run", "--no-search", "--nosearch", "--prereqs", "--quiet", "--silent"), FLAG),
            **each(("--verbose", "--no-deprecation-warnings"), FLAG),
            **each(("--version", "--help"), EXIT),
        },
        permute=True,
        abbreviations=True,
    )  # fmt: skip

    def _variable(self, execution: Execution) -> list[tuple[Given, str]]:
        """Return the options of RAKEOPT, which are read before those of the line."""
        try:
            words = shlex.split(execution.env.get(_VARIABLE, ""))
        except ValueError:  # an open quote: rake ends with an error
            return []
        return [(given, _VARIABLE) for given in parse(self.options, ("rake", *words)).given]

    def read(self, execution: Execution) -> Reading:
        """Read the texts in their order, up to the first after which rake exits."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        for given, variable in (*self._variable(execution), *((given, None) for given in command.given)):
            if given.option.role == "exit":
                return reading.finish("prints")
            if given.option.role == "code":
                index, offset = (None, 0) if variable else (given.at, given.offset)
                vector: Vector = "environment" if variable else "argument"
                reading.add(vector, given.value, index=index, offset=offset, option=given.name, variable=variable)
                if given.option.detail:
                    return reading
        if command.error and not reading.snippets:
            return reading.refuse()
        for given in command.given:
            if given.option.role == "file" and given.value:
                reading.program(given.at, option=given.name, offset=given.offset, dash=False)
        return reading.finish("script")
