"""SWI-Prolog.

Source: pl-init.c (parseCommandLineOptions) and boot/init.pl; compared with swipl 9.0 on marker code: one
line in 200 was missed (letters in a cluster), so it counts as unverified.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Option, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution

_LOAD = Option("value", "load")
_ATOM = re.compile(r"[a-z]\w*")
_HALT = re.compile(r"\bhalt\b")


class Swipl(Interpreter):
    """swipl runs the goals of -g and the toplevel of -t; its own toplevel reads stdin where neither ends it."""

    id = "swipl"
    language = "prolog"
    names = (r"swipl(?:-?\d[\d.]*)?(?:-ld)?|prolog",)
    install = "apt: swi-prolog-nox"
    options = Options(
        short={"g": CODE, "t": Option("value", "code", detail="toplevel"), **each("flsx", _LOAD), **each("Fpo", VALUE),
               "c": Option(role="check"), **each("Oq", FLAG)},
        long={
            **each(("--on-error", "--on-warning", "--stack-limit", "--table-space", "--shared-table-space"), VALUE),
            **each(("--quiet", "--no-tty", "--nosignals", "--no-signals", "--traditional", "--no-packs"), FLAG),
            **each(("--help", "--version", "--abi-version", "--arch", "--dump-runtime-variables"), EXIT),
        },
        unknown="skip",
    )  # fmt: skip

    def read(self, execution: Execution) -> Reading:
        """Read goals, the file, then the toplevel."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit"):
            return reading.end("prints")
        if command.first("check"):
            return reading.end("checks")
        goals = [given for given in command.given if given.option.role == "code"]
        for given in command.given:
            if given.option.role == "load" and given.value:
                reading.load(given.value, vector="argument", index=given.at, option=given.name)
        for given in goals:
            if not _ATOM.fullmatch(given.value or ""):
                reading.code(given)  # an atom alone names a predicate of a file
        if command.operands:
            reading.program(command.operands[0], dash=False)
        if any(given.option.detail for given in goals) or any(_HALT.search(given.value or "") for given in goals):
            return reading
        reading.stdin(explicit=False)
        return reading
