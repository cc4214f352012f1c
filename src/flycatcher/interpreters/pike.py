"""Pike.

Source: lib/master.pike.in (_main); checked with marker code against Pike 8.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading
from flycatcher.interpreters.options import EXIT, VALUE, Option, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution

_CODE = Option("value", "code", last=True)
_GLUED = Option("attached")


class Pike(Interpreter):
    """pike: -e, a script, or a session on stdin."""

    id = "pike"
    language = "pike"
    names = (r"pike(?:-?\d[\d.]*)?",)
    install = "apt: pike8.0"
    verified = ("8.0",)
    options = Options(
        short={"e": _CODE, "x": Option("optional", "module", last=True), **each("MIPDm", VALUE), **each("dtarwq", _GLUED),
               **each("vh", EXIT)},
        long={
            "--execute": _CODE,
            **each(("--module-path", "--include-path", "--program-path", "--define", "--master"), VALUE),
            **each(("--help", "--version", "--dumpversion", "--features", "--info", "--show-paths"), EXIT),
        },
        unknown="skip",
    )  # fmt: skip

    def read(self, execution: Execution) -> Reading:
        """Read the words, and the file that stands in for Pike's own master program."""
        reading = super().read(execution)
        master = execution.env.get("PIKE_MASTER")
        if master and reading.outcome != "refuses":
            reading.load(master, variable="PIKE_MASTER")
        return reading
