"""dash, and what stands behind the name ``sh`` where its file is not known.

Source: dash's src/options.c (procargs, options, minus_o), main.c and input.c; checked with marker code against dash 0.5.12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.shells.bash import Bash
from flycatcher.core.interpreters.shells.expansion import Dialect
from flycatcher.core.interpreters.shells.shell import Letters, Settings, Shell, at_home, is_login, walk

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading


class Sh(Shell):
    """Dash: letters alone, ``-cs`` goes on with stdin."""

    id = "sh"
    grammar = "sh"
    names = (r"(?:da|a|hu)?sh(?:\.exe)?", r"dash-static")
    letters = Letters(flags="efIimnxvVECabulp", optional=True)
    install = "apt: dash"
    verified = ("0.5.12",)
    stdin_after_command = True
    traces_last = False
    prompts_in_files = True
    dialect = Dialect(evaluates=False, functional=False)
    options = Options(parser="own")

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words as dash does; a plain ``sh`` may be bash, so what only bash takes is read as bash does."""
        line = walk(self.letters, execution.argv)
        name = (execution.exe or execution.argv[0]).rpartition("/")[2]
        if line.error and name.removeprefix("-") == "sh":
            other = Bash().parse(execution)
            return line if other.error else other
        return line

    def settings(self, reading: Reading, command: CommandLine) -> Settings:
        """Take ``+l`` for ``-l``."""
        settings = super().settings(reading, command)
        if command.has("+l"):
            settings.on.add("l")
        return settings

    def before(self, reading: Reading, settings: Settings, *, session: bool) -> None:
        """Read ``ENV``: on Linux, privileged or not (main.c)."""
        if session:
            self.startup(reading, "ENV")
        if is_login(reading, settings):
            at_home(reading, ".profile")
