"""osascript of macOS: AppleScript, or JavaScript with ``-l``.

Source: osascript(1) of macOS. Unverified: it exists on macOS only; build files and attack collections name it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, FLAG, VALUE, Options, each

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading


class Osascript(Interpreter):
    """Each -e is a line of the script; without any, a file, ``-`` or stdin."""

    id = "osascript"
    language = "applescript"
    technique = "T1059.002"
    names = (r"osascript",)
    install = "macOS"
    options = Options(short={"e": CODE, **each("ls", VALUE), **each("i", FLAG)})

    def read(self, execution: Execution) -> Reading:
        """Read an execution; ``-l JavaScript`` names another language."""
        reading = super().read(execution)
        given = next((g for g in reading.command.given if g.name == "-l"), None) if reading.command else None
        if given is not None and (given.value or "").lower() == "javascript":
            snippets, reading.snippets = reading.snippets, []
            for one in snippets:
                reading.add(
                    one.vector, one.text, index=one.argv_index, offset=one.offset, option=one.option,
                    descriptor=one.descriptor, language="javascript",
                )  # fmt: skip
        return reading
