"""QuickJS, MuJS and Duktape: small JavaScript engines with a command line.

Source: qjs.c (main) of QuickJS 2024-01; main.c of MuJS 1.3; examples/cmdline/duk_cmdline.c of Duktape 2.7. None of the three can
start a command; MuJS 1.3 and Duktape 2.7 were checked by what marker code prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.identity.markers import Markers

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading

_SESSION = Option(role="interactive")


class QuickJs(Interpreter):
    """qjs: the last -e, else the file, else a session."""

    id = "quickjs"
    language = "javascript"
    technique = "T1059.007"
    names = (r"qjs(?:-?ng)?|qjsbn|quickjs",)
    install = "github.com/bellard/quickjs"
    codes = "last"
    console = "asked"
    options = Options(
        parser="own",
        short={"e": CODE, "i": _SESSION, "I": Option("value", "load"), "h": EXIT, "q": EXIT, **each("mTd", FLAG)},
        long={
            "--eval": CODE, "--interactive": _SESSION, "--include": Option("value", "load"), "--help": EXIT, "--quit": EXIT,
            **each(("--module", "--script", "--std", "--bignum", "--trace", "--dump", "--unhandled-rejection"), FLAG),
            **each(("--memory-limit", "--stack-size"), VALUE),
        },
        equals=False,
    )  # fmt: skip
    markers = (Markers(strings=(b"evaluate EXPR\n", b"QuickJS")),)


class MuJs(Interpreter):
    """mujs: the script, else what stdin holds."""

    id = "mujs"
    language = "javascript"
    technique = "T1059.007"
    names = (r"mujs(?:-?\d[\d.]*)?",)
    install = "apt: mujs"
    stdin_names = ()
    console = "asked"
    verified = ("1.3",)
    options = Options(parser="getopt", short={"i": _SESSION, "s": FLAG})
    markers = (Markers(strings=(b"Welcome to MuJS %d.%d.%d.", b"Check strictness")),)

    def read_file(self, reading: Reading, index: int, *, option: str = "", offset: int = 0) -> None:
        """Read a file, in which mujs looks for the end first: a pipe has none."""
        if reading.flows(reading.execution.argv[index]):
            reading.refuse("cannot seek in file")
        else:
            super().read_file(reading, index, option=option, offset=offset)


class Duktape(Interpreter):
    """duk: files and texts of -e in their order, options wherever they stand; without either a session."""

    id = "duktape"
    language = "javascript"
    technique = "T1059.007"
    names = (r"duk|duktape",)
    install = "apt: duktape"
    verified = ("2.7",)
    in_order = True
    beside = True
    operand = "all"
    stdin_names = ()
    console = "asked"
    options = Options(
        parser="own",
        short={"e": CODE, "c": VALUE, "i": _SESSION, "b": FLAG, "h": EXIT},
        long={
            "--run-stdin": Option(role="stdin"), "--help": EXIT,
            **each(("--verbose", "--restrict-memory", "--alloc-default", "--recreate-heap", "--no-heap-destroy"), FLAG),
            **each(("--no-auto-complete",), FLAG),
        },
        permute=True, posixly=False, double_dash=False, glued=False, dash="error",
    )  # fmt: skip
    markers = (Markers(strings=(b"evaluate code\n", b"--run-stdin")),)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read texts and files, then stdin where it is asked for; a session follows where one is, or where there is nothing."""
        super().accepted(reading, command)
        if command.first("stdin") is not None and not reading.uses_stdin():
            reading.stdin(explicit=True)
        return reading
