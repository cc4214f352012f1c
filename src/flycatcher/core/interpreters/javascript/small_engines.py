"""QuickJS, MuJS and Duktape: small JavaScript engines with a command line.

Source: qjs.c (main) of QuickJS 2025-09-13; main.c of MuJS 1.3; examples/cmdline/duk_cmdline.c of Duktape 2.7. Checked by what
marker code prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
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


class _Seeking(Interpreter):
    """It looks for the end of a file before it reads it: a pipe has none."""

    def read_file(self, reading: Reading, index: int, *, option: str = "", offset: int = 0) -> None:
        """Read a file, unless it is a pipe."""
        if reading.flows(reading.execution.argv[index]):
            reading.refuse("cannot seek in file")
        else:
            super().read_file(reading, index, option=option, offset=offset)


class QuickJs(_Seeking):
    """qjs: the last -e, else the file, else a session."""

    id = "quickjs"
    language = "javascript"
    technique = "T1059.007"
    names = (r"qjs(?:-?ng)?|qjsbn|quickjs",)
    install = "github.com/bellard/quickjs, built with make"
    verified = ("2025-09-13",)
    codes = "last"
    console = "asked"
    stdin_names = ()
    options = Options(
        parser="own",
        short={"e": CODE, "i": _SESSION, "I": Option("value", "load"), "q": EXIT, **each("h?", EXIT), **each("mTds", FLAG)},
        long={
            "--eval": CODE, "--interactive": _SESSION, "--include": Option("value", "load"), **each(("--help", "--quit"), EXIT),
            **each(("--module", "--script", "--strict", "--std", "--bignum", "--trace", "--dump", "--strip-source"), FLAG),
            **each(("--unhandled-rejection", "--no-unhandled-rejection"), FLAG), **each(("--memory-limit", "--stack-size"), VALUE),
        },
        equals=False,
    )  # fmt: skip
    markers = (Markers(strings=(b"evaluate EXPR\n", b"QuickJS")),)

    def parse(self, execution: Execution) -> CommandLine:
        """Read clusters as qjs does: a text may be glued to -e alone, and behind -I in a cluster the letters go on."""
        line, words, at = CommandLine([], []), execution.argv, 1
        while at < len(words) and not line.error and words[at][:1] == "-" and words[at] != "-":
            index, at = at, at + 1
            if words[index] == "--":
                break
            at = self._word(line, words, index)
        line.operands.extend(range(at, len(words)))
        return line

    def _word(self, line: CommandLine, words: Sequence[str], index: int) -> int:
        """Read one word of options; return the index of the next word to read."""
        word, at = words[index], index + 1
        names = [word] if word.startswith("--") else [f"-{letter}" for letter in word[1:]]
        for place, name in enumerate(names, 2):
            option = self.options.long.get(name) if len(name) > 2 else self.options.short.get(name[1])
            if option is None:
                line.error = f"{UNKNOWN} {name}"
                break
            if name == "-e" and word[place:]:
                line.given.append(Given(option, name, word[place:], index, index, place))
                break
            if option.takes != "value":
                line.given.append(Given(option, name, None, index, index, 0))
            elif at < len(words):
                line.given.append(Given(option, name, words[at], index, at, 0))
                at += 1
            else:
                line.error = f"option {name} needs a value"
            if option.role == "code":
                break
        return at


class MuJs(_Seeking):
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
