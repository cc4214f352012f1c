"""osascript of macOS: AppleScript, or JavaScript with ``-l``.

Source: osascript(1) of macOS. Unverified: it exists on macOS only; build files and attack collections name it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, FLAG, VALUE, CommandLine, Options, each

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.reading import Reading


class Osascript(Interpreter):
    """Each -e is a line of the script; without any, a file, ``-`` or stdin."""

    id = "osascript"
    language = "applescript"
    technique = "T1059.002"
    names = (r"osascript",)
    install = "macOS"
    options = Options(parser="getopt", short={"e": CODE, **each("ls", VALUE), **each("i", FLAG)})

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the script; ``-l JavaScript`` names another language."""
        named = next((given.value or "" for given in command.given if given.name == "-l"), "")
        if named.lower() == "javascript":
            reading.language = "javascript"
        return super().accepted(reading, command)
