"""Programs that evaluate an expression on their command line: lldb, Blender, SageMath, Swift, resty, exim.

Source: lldb(1), the manuals of Blender ("Command Line Arguments"), SageMath (sage -advanced), swift(1) and resty(1), exim(8).
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, ClassVar, Literal

from msgspec.structs import replace

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, UNKNOWN, VALUE, Option, Options, each

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading

_COMMANDS = frozenset(
    (
        "-o", "-O", "-s", "-S", "-f", "-c", "-n", "-p", "-r", "--one-line", "--one-line-before-file", "--source",
        "--source-before-file", "--file", "--core", "--attach-name", "--attach-pid", "--repl",
    )
)  # fmt: skip
"""Options of lldb that are commands, or become such."""
_CODE, _LOAD, _BATCH = Option("value", "code"), Option("value", "load"), Option(role="quits")
_EXPANDS = Option(detail="expands")


class _Evaluator(Interpreter):
    """What its options do not name is left to the program."""

    kind = "embedded"
    reads_stdin = False
    operand: ClassVar[Literal["first", "none"]] = "none"


class Lldb(_Evaluator):
    """lldb: -o and -O commands of its own, which start shells and Python (``script``, ``platform shell``), then those on stdin."""

    id = "lldb"
    language = "gdb"
    names = (r"lldb(?:-?\d[\d.]*)?",)
    install = "apt: lldb"
    verified = ("14",)
    reads_stdin = True
    console = "always"
    options = Options(
        parser="own",
        short={
            **each("oOk", _CODE), **each("sS", _LOAD), **each("KfcnpalR", VALUE), **each("deQwxXPr", FLAG), "b": _BATCH,
            **each("hv", EXIT),
        },
        long={
            **each(("--one-line", "--one-line-before-file", "--one-line-on-crash"), _CODE),
            **each(("--source", "--source-before-file"), _LOAD), "--batch": _BATCH,
            **each(("--file", "--core", "--arch", "--attach-name", "--attach-pid", "--source-on-crash"), VALUE),
            **each(("--capture-path", "--repl-language", "--script-language"), VALUE), **each(("--help", "--version"), EXIT),
        },
        unknown="skip", permute=True, posixly=False,
    )  # fmt: skip

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words: ``--batch`` spares the session on stdin where any command is run, a file's loading included."""
        line = super().parse(execution)
        if not line.operands and not any(given.name in _COMMANDS for given in line.given):
            line.given = [given for given in line.given if given.option is not _BATCH]
        return line

    def read_operand(self, reading: Reading, operands: Sequence[int]) -> None:
        """Read the session on stdin."""
        if reading.command is None or reading.command.first("quits") is None:
            super().read_operand(reading, operands)


class Blender(_Evaluator):
    """blender: --python-expr."""

    id = "blender"
    language = "python"
    technique = "T1059.006"
    names = (r"blender(?:-?\d[\d.]*)?",)
    install = "apt: blender"
    verified = ("3.4",)
    options = Options(
        parser="own",
        long={"--python-expr": _CODE, **each(("--python", "-P"), _LOAD), **each(("--help", "-h", "--version", "-v"), EXIT)},
        unknown="skip", permute=True, equals=False,
    )  # fmt: skip


class Sage(_Evaluator):
    """sage: -c, in front of everything else."""

    id = "sage"
    language = "python"
    technique = "T1059.006"
    names = (r"sage",)
    install = "apt: sagemath"
    options = Options(parser="own", long={"-c": Option("value", "code", last=True)}, unknown="skip", equals=False)


class Swift(_Evaluator):
    """swift: -e runs text (from 5.8 on)."""

    id = "swift"
    language = "swift"
    names = (r"swift",)
    install = "swift.org"
    options = Options(parser="own", long={"-e": _CODE}, unknown="skip", equals=False)


class Resty(_Evaluator):
    """resty of OpenResty: -e runs Lua in nginx, and the configuration that it is given may hold Lua, too."""

    id = "resty"
    language = "lua"
    technique = "T1059.011"
    names = (r"resty",)
    runs_on = ("perl",)
    install = "github.com/openresty/resty-cli, with apt: libnginx-mod-http-lua"
    verified = ("0.29",)
    operand = "first"
    beside = True
    stdin_names = ()
    options = Options(
        parser="own",
        short={"e": _CODE, **each("cIlj", VALUE), **each("hvV", EXIT)},
        long={
            **each(("--http-conf", "--main-conf", "--stream-conf"), Option("value", "define")), "--help": EXIT,
            **each(("--http-include", "--main-include", "--load-module"), _LOAD),
            **each(("--ns", "--shdict", "--errlog-level", "--nginx", "--user-runner"), VALUE),
            **each(("--valgrind-opts", "--stap-opts", "--gdb-opts"), VALUE),
            **each(("--resolve-ipv6", "--stap", "--gdb", "--valgrind", "--no-stream", "--rr", "--dump-nginx-conf"), FLAG),
        },
        dash="error",
    )  # fmt: skip

    def parse(self, execution: Execution) -> CommandLine:
        """Read letters, whose glued value may have ``=`` in front of it; there are no clusters."""
        line = super().parse(execution)
        for at, given in enumerate(line.given):
            glued = given.at == given.index and given.value is not None and len(given.name) == 2
            if glued and (given.value or "").startswith("="):
                line.given[at] = replace(given, value=(given.value or "")[1:], offset=given.offset + 1)
            elif given.value is None and len(given.name) == 2 and len(execution.argv[given.index]) > 2:
                line.error = f"{UNKNOWN} {execution.argv[given.index]}"
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the configuration's Lua, then texts, then the file."""
        for given in command.every("define"):
            if "by_lua" in (given.value or ""):
                reading.code(given)
        return super().accepted(reading, command)


class Ninja(_Evaluator):
    """ninja: the commands of the build file, which may come through a descriptor."""

    id = "ninja"
    language = "ninja"
    names = (r"ninja(?:-build)?|samu",)
    install = "apt: ninja-build"
    verified = ("1.11",)
    stdin_names = ()
    options = Options(
        parser="getopt_long",
        short={"f": Option("value", "file"), **each("Cjkldtw", VALUE), **each("nv", FLAG), "h": EXIT},
        long={**each(("--verbose", "--quiet"), FLAG), **each(("--help", "--version"), EXIT)},
        permute=True,
    )  # fmt: skip

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words: of several files, the last one counts."""
        line = super().parse(execution)
        files = line.every("file")
        line.given = [given for given in line.given if given not in files[:-1]]
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the file, which is build.ninja where none is named."""
        if command.first("file") is None:
            folders = [given.value or "" for given in command.given if given.name == "-C"]
            reading.looked_for([posixpath.join(*folders, "build.ninja")])
        return super().accepted(reading, command)


class Exim(_Evaluator):
    """exim: -be and -bem expand each operand, or each line of stdin; ``${run`` and others start programs."""

    id = "exim"
    language = "shell"
    names = (r"exim4?",)
    install = "apt: exim4"
    verified = ("4.96",)
    options = Options(
        parser="own",
        long={
            "-be": _EXPANDS, "-bem": Option("value", detail="expands"), **each(("-C", "-f", "-F", "-r", "-bf", "-bF"), VALUE),
            **each((f"-oM{letter}" for letter in ("a", "aa", "ai", "as", "i", "m", "r", "s", "t")), VALUE),
        },
        unknown="skip", equals=False,
    )  # fmt: skip

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read what is expanded."""
        if not any(given.option.detail for given in command.given):
            return reading.finish("nothing")
        words = reading.execution.argv
        for index in command.operands:
            if "${" in words[index]:
                reading.add("argument", words[index], index=index, option="-be")
        if not command.operands:
            reading.stdin(explicit=True)
        return reading.finish("nothing")
