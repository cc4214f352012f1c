"""zsh 5.

Source: Src/init.c (parseargs, parseopts, run_init_scripts) and Src/options.c; checked with marker code against zsh 5.9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, CommandLine, Given, Options, each
from flycatcher.core.interpreters.shells.shell import NAMES, Letters, Settings, Shell, at_home, is_login, walk

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading


_PRINTS = ("--help", "--version")


def _emulated(command: CommandLine, name: str) -> bool:
    """Whether zsh plays sh or ksh: by ``--emulate``, else by the first letter of its own name."""
    mode = next((given.value or "" for given in command.given if given.name == "--emulate"), "")
    return (mode or name.rpartition("/")[2].lstrip("-r"))[:1] in ("s", "k", "b")


class Zsh(Shell):
    """Zsh; as ``sh`` or ``ksh``, or with ``--emulate``, it expands the prompts and reads ENV as those do."""

    id = "zsh"
    grammar = "zsh"
    names = (r"r?zsh(?:[-_]?\d[\d.]*)?(?:-static)?(?:\.exe)?",)
    variables = (*Shell.variables, "ZDOTDIR")
    letters = Letters(
        flags="0123456789BCDEFGHIJKLMNOPQRSTUVWXYZabdefghiklmnprtuvwxyz",
        attached=True,
        lone_plus=False,
        stop="b",
        dash_ends=True,
        long=each(_PRINTS, EXIT),
        settings=True,
    )
    install = "apt: zsh"
    verified = ("5.9",)
    names_of = NAMES | {"exec": "exec", "shinstdin": "s", "rcs": "rcs"}
    options = Options(parser="own")

    def parse(self, execution: Execution) -> CommandLine:
        """Read ``--emulate MODE``, which must come first, then the letters."""
        words = execution.argv
        line = CommandLine([], [])
        start = 1
        if len(words) > 2 and words[1] == "--emulate":
            line.given.append(Given(FLAG, "--emulate", words[2], 1, 2, 0))
            start = 3
        table = structs.replace(self.letters, stop="") if _emulated(line, words[0]) else self.letters
        line = walk(table, words, start, line)
        if any(given.name == "--emulate" and given.index > 1 for given in line.given):
            line.error = "--emulate must come before other options"
        return line

    def settings(self, reading: Reading, command: CommandLine) -> Settings:
        """Add the emulation, and long options that are settings."""
        settings = Settings((), self.names_of)
        for given in command.given:
            if given.name.startswith("--") and given.name not in ("--", "--emulate"):
                settings.set(given.name[2:], on=True)
            else:
                settings.take(given)
        if _emulated(command, reading.execution.argv[0]):
            settings.on.add("sh")
        if "f" in settings:
            settings.set("norcs", on=True)
        return settings

    def before(self, reading: Reading, settings: Settings, *, session: bool) -> None:
        """Read ``$ZDOTDIR/.zshenv``, which every zsh runs first, and ENV in emulation."""
        if "sh" in settings:
            super().before(reading, settings, session=session)
        elif "f" in settings:
            return
        elif folder := reading.execution.env.get("ZDOTDIR", ""):
            reading.load(folder.rstrip("/") + "/.zshenv", variable="ZDOTDIR")
        else:
            login = (".zprofile", ".zlogin") if is_login(reading, settings) else ()
            at_home(reading, ".zshenv", *login, *((".zshrc",) if session else ()))

    def read_variables(self, reading: Reading, settings: Settings, *, session: bool) -> None:
        """Prompts hold commands only where they are expanded (PROMPT_SUBST: in emulation)."""
        if "sh" in settings or "promptsubst" in settings:
            super().read_variables(reading, settings, session=session)
