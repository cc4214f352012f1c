"""Janet and Fennel.

Source: src/boot/boot.janet (cli-main) of Janet 1.41; src/launcher.fnl of Fennel 1.7. Checked with marker code against both, Janet
built from its sources and Fennel on Lua 5.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter, StartFile
from flycatcher.core.interpreters.engine.options import (
    CODE,
    EXIT,
    FLAG,
    UNKNOWN,
    VALUE,
    CommandLine,
    Given,
    Option,
    Options,
    each,
)
from flycatcher.core.interpreters.identity.markers import Markers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_SESSION = Option(role="interactive")
_LOAD = Option("value", "load")
_CHECK = Option(role="check")
_EXPRESSION = Option("value", "code", last=True)
_TOOL = Option("value", "module", last=True)
_SOURCE = Option("value", "file", detail="output")
"""A source is run, and a second word names what is made of it."""


class Janet(Interpreter):
    """janet: texts of -e and -E as they are met; without any the script, else a session; -s and -r ask for one."""

    id = "janet"
    language = "lisp"
    names = (r"janet",)
    install = "github.com/janet-lang/janet, built with make"
    verified = ("1.41",)
    console = "asked"
    eager = True
    beside = True
    stdin_names = ()
    variables = ("JANET_PROFILE",)
    start_files = (StartFile("JANET_PROFILE", unless=("-R", "--noprofile")),)
    options = Options(
        parser="own",
        long={
            **each(("-e", "--eval"), CODE), **each(("-E", "--expression"), _EXPRESSION), **each(("-l", "--library"), _LOAD),
            **each(("-t", "--tool"), _TOOL), **each(("-s", "--stdin", "-r", "--repl"), _SESSION),
            **each(("-k", "--flycheck"), _CHECK), **each(("-c", "--compile"), _SOURCE),
            **each(("-m", "--syspath", "-w", "--lint-warn", "-x", "--lint-error", "-b", "--install"), VALUE),
            **each(("-B", "--reinstall", "-u", "--uninstall"), VALUE),
            **each(("-d", "--debug", "-p", "--persistent", "-q", "--quiet", "-i", "--image"), FLAG),
            **each(("-n", "--nocolor", "-N", "--color"), FLAG),
            **each(("-R", "--noprofile", "-U", "--update-all", "-P", "--prune", "-L", "--list"), FLAG),
            **each(("-h", "--help", "-v", "--version"), EXIT),
        },
    )  # fmt: skip
    markers = (Markers(exports=("janet_dostring", "janet_init")), Markers(strings=(b"janet_dobytes", b"boot.janet")))

    def parse(self, execution: Execution) -> CommandLine:
        """Read whole words, each by its own handler; what is wrong with one has no effect on those in front of it."""
        line, words, at = CommandLine([], []), execution.argv, 1
        while at < len(words) and words[at][:1] == "-":
            name, at = words[at], at + 1
            if name == "--":
                break
            option = self.options.long.get(name)
            if option is None or (option.takes == "value" and at >= len(words)):
                line.error = f"{UNKNOWN} {name}"
                break
            valued = option.takes == "value"
            line.given.append(Given(option, name, words[at] if valued else None, at - 1, at if valued else at - 1, 0))
            at += valued + (option.detail == "output")
            if option.last:
                break
        line.operands.extend(range(at, len(words)))
        return line

    def early(self, reading: Reading, command: CommandLine) -> None:
        """Read what is run before the word that is wrong, or prints: texts, and sources that are compiled."""
        super().early(reading, command)
        ended = next((at for at, given in enumerate(command.given) if given.option.role == "exit"), len(command.given))
        if command.error or ended < len(command.given):
            for given in command.given[:ended]:
                if given.option.role == "file":
                    self.read_file(reading, given.at, option=given.name)


class Fennel(Interpreter):
    """fennel: the text of -e, else the file, else a session; a script of Lua's."""

    id = "fennel"
    language = "lisp"
    names = (r"fennel(?:-?\d[\d.]*)?",)
    install = "github.com/bakpakin/Fennel"
    verified = ("1.7",)
    runs_on = ("lua", "luajit")
    options = Options(
        parser="own",
        long={
            **each(("-e", "--eval"), CODE), **each(("-c", "--compile", "--compile-binary"), _CHECK),
            **each(("-l", "--load", "--plugin"), _LOAD), "--repl": _SESSION,
            **each(("--add-fennel-path", "--add-package-path", "--add-package-cpath", "--add-macro-path", "--indent"), VALUE),
            **each(("--globals", "--globals-only", "--skip-include", "--keywords"), VALUE),
            **each(("--require-as-include", "--correlate", "--metadata", "--no-metadata", "--no-compiler-sandbox"), FLAG),
            **each(("--no-searcher", "--no-fennelrc", "--to-be-closed", "--assert-as-repl", "--lambda-as-fn"), FLAG),
            **each(("--use-bit-lib", "--raw-errors"), FLAG), **each(("-h", "--help", "-v", "--version"), EXIT),
        },
    )  # fmt: skip

    def parse(self, execution: Execution) -> CommandLine:
        """Read the options that stand in front of the command or right behind it; the first other word ends them."""
        line, words = CommandLine([], []), execution.argv
        taken = {place for at in _started(words) for place in (at, at + 1)}
        places = [at for at in range(1, len(words)) if at not in taken]
        commands: list[int] = []
        while places:
            at = places[0]
            option = self.options.long.get(words[at])
            if words[at] == "-" or (option is not None and option in _COMMANDS):
                commands.append(places.pop(0))
            elif option is None:
                break
            elif option.takes == "value" and len(places) == 1:
                line.error = f"option {words[at]} needs a value"
                return line
            else:
                value = places[1] if option.takes == "value" else at
                line.given.append(Given(option, words[at], words[value] if value != at else None, at, value, 0))
                del places[: 1 + (value != at)]
        self._command(line, words, [*commands, *places])
        return line

    def _command(self, line: CommandLine, words: Sequence[str], rest: Sequence[int]) -> None:
        """Read what is left of the words: a command, or the file and its arguments."""
        command = self.options.long.get(words[rest[0]]) if rest else None
        if command not in _COMMANDS or command is None:
            line.operands.extend(rest)
        elif command.takes != "value":
            line.given.append(Given(command, words[rest[0]], None, rest[0], rest[0], 0))
        elif len(rest) > 1:
            line.given.append(Given(command, words[rest[0]], words[rest[1]], rest[0], rest[1], 0))
        else:
            line.error = f"{words[rest[0]]} needs a text"

    def early(self, reading: Reading, command: CommandLine) -> None:
        """Read ``--lua``, which is looked for first: its value begins a shell's text, behind which the other words are quoted."""
        del command
        words = reading.execution.argv
        for at in _started(words):
            reading.add("argument", words[at + 1], index=at + 1, option="--lua", language="shell")

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read ``-e -`` as stdin."""
        code = command.first("code")
        if code is not None and code.value == "-":
            self.read_loads(reading, command)
            reading.stdin(explicit=True, index=code.at, option=code.name)
            return reading
        return super().accepted(reading, command)


_COMMANDS = (CODE, _SESSION, EXIT, _CHECK)


def _started(words: Sequence[str]) -> list[int]:
    """Return where ``--lua`` stands with a value behind it."""
    return [at for at in range(1, len(words) - 1) if words[at] == "--lua"]
