"""GIMP: batch commands in Script-Fu (Scheme) or Python-Fu.

Source: app/main.c (GOptionEntry) and app/core/gimp-batch.c. Checked with marker code against GIMP 2.10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Options, each
from flycatcher.core.interpreters.identity.markers import Markers

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading


class Gimp(Interpreter):
    """gimp runs each text of -b by the procedure that --batch-interpreter names; ``-b -`` is a console on stdin."""

    id = "gimp"
    language = "scheme"
    kind = "embedded"
    names = (r"gimp(?:-console)?(?:-?\d[\d.]*)?",)
    install = "apt: gimp"
    verified = ("2.10",)
    markers = (Markers(strings=(b"\0batch-interpreter\0", b"batch command experienced an execution error")),)
    options = Options(
        parser="goption",
        short={"b": CODE, "g": VALUE, **each("naidfsc", FLAG), **each("hv", EXIT)},
        long={
            "--batch": CODE,
            **each(("--batch-interpreter", "--session", "--gimprc", "--pdb-compat-mode", "--stack-trace-mode"), VALUE),
            **each(("--gegl-swap", "--gegl-cache-size", "--gegl-threads", "--display", "--class", "--name"), VALUE),
            **each(("--new-instance", "--as-new", "--no-interface", "--no-data", "--no-fonts", "--no-splash"), FLAG),
            **each(("--verbose", "--no-shm", "--no-cpu-accel", "--console-messages", "--quit"), FLAG),
            **each(("--help", "--help-all", "--version", "--license"), EXIT),
        },
        permute=True,
        posixly=False,
        unknown="skip",
    )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the batch commands."""
        named = [given.value or "" for given in command.given if given.name == "--batch-interpreter"]
        language = "python" if named and named[-1].startswith("python-fu") else self.language
        for given in command.given:
            if given.option.role != "code":
                continue
            if given.value == "-":
                reading.stdin(explicit=True, index=given.at, option=given.name)
            else:
                reading.code(given, language=language)
        return reading.finish("nothing")
