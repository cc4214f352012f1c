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
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_SESSION = Option(role="interactive")
_LOAD = Option("value", "load")
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
            **each(("-k", "--flycheck"), Option(role="check")), **each(("-c", "--compile"), _SOURCE),
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
            **each(("-e", "--eval"), CODE), **each(("-c", "--compile", "--compile-binary"), Option(role="check")),
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
        line, words, at = CommandLine([], []), execution.argv, 1
        commands: list[int] = []
        while at < len(words):
            option = self.options.long.get(words[at])
            if option in (CODE, _SESSION, EXIT) or (option is not None and option.role == "check") or words[at] == "-":
                commands.append(at)
                at += 1
                continue
            if option is None:
                break
            valued = option.takes == "value" and at + 1 < len(words)
            line.given.append(Given(option, words[at], words[at + 1] if valued else None, at, at + valued, 0))
            at += 1 + valued
        rest = [*commands, *range(at, len(words))]
        command = self.options.long.get(words[rest[0]]) if commands and commands[0] == rest[0] else None
        if command is not None:
            value = words[rest[1]] if command is CODE and len(rest) > 1 else None
            if command is CODE and value is None:
                line.error = "-e needs a text"
            line.given.append(
                Given(command, words[rest[0]], value, rest[0], rest[1] if value is not None else rest[0], 0)
            )
        elif rest:
            line.operands.extend(rest)
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read ``-e -`` as stdin; what ``--lua`` is given, wherever it stands, begins a shell's text."""
        words = reading.execution.argv
        started = next((at for at in range(len(words) - 2, 0, -1) if words[at] == "--lua"), 0)
        if started:
            reading.add("argument", words[started + 1], index=started + 1, option="--lua", language="shell")
            return reading
        code = command.first("code")
        if code is not None and code.value == "-":
            self.read_loads(reading, command)
            reading.stdin(explicit=True, index=code.at, option=code.name)
            return reading
        return super().accepted(reading, command)
