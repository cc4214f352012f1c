"""cpan, the shell of CPAN.pm: ``!`` evaluates Perl.

Source: CPAN/Shell.pm and App/Cpan.pm; tried by hand against cpan of Perl 5.36. The kernel sees perl with the script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading

if TYPE_CHECKING:
    from flycatcher.execution import Execution


class Cpan(Interpreter):
    """cpan without words is a session; the rest of a line behind ``!`` is Perl."""

    id = "cpan"
    language = "perl"
    kind = "embedded"
    names = (r"cpan(?:5[\d.]*)?",)
    runs_on = ("perl",)
    install = "apt: perl"

    def read(self, execution: Execution) -> Reading:
        """Read the lines of the session that hold Perl."""
        reading = Reading(self, execution)
        if len(execution.argv) > 1:
            return reading.end("nothing")
        for line in (execution.stdin_text or "").splitlines():
            if line.lstrip().startswith("!"):
                reading.add("stdin", line.lstrip()[1:].strip())
        return reading.end("interactive")
