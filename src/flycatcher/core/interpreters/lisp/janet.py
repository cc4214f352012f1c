"""Janet and Fennel.

Source: src/boot/boot.janet (cli-main) of Janet 1.3x; fennel.fnl and src/launcher.fnl of Fennel 1.3.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.identity.markers import Markers

_SESSION = Option(role="interactive")


class Janet(Interpreter):
    """janet: texts of -e and -E in their order; without any the script; -s reads stdin."""

    id = "janet"
    language = "lisp"
    names = (r"janet",)
    install = "github.com/janet-lang/janet"
    console = "asked"
    options = Options(
        parser="own",
        short={
            "e": CODE, "E": Option("value", "code", last=True), "l": Option("value", "load"), "r": _SESSION,
            "s": Option(role="stdin"), "k": Option(role="check"), **each("mcw", VALUE), "x": VALUE, **each("dpqnNRbi", FLAG),
            **each("hv", EXIT),
        },
        long={
            "--eval": CODE, "--expression": Option("value", "code", last=True), "--library": Option("value", "load"),
            "--repl": _SESSION, "--stdin": Option(role="stdin"), "--flycheck": Option(role="check"),
            **each(("--syspath", "--compile", "--lint-warn", "--lint-error"), VALUE),
            **each(("--debug", "--persistent", "--quiet", "--nocolor", "--color", "--image", "--noprofile", "--install"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        glued=False, equals=False,
    )  # fmt: skip
    markers = (Markers(exports=("janet_dostring", "janet_init")), Markers(strings=(b"janet_dobytes", b"boot.janet")))


class Fennel(Interpreter):
    """fennel: the text of -e, else files, else a session; a script of Lua's."""

    id = "fennel"
    language = "lisp"
    names = (r"fennel(?:-?\d[\d.]*)?",)
    install = "github.com/bakpakin/Fennel"
    runs_on = ("lua", "luajit")
    operand = "all"
    reads_stdin = False
    options = Options(
        parser="own",
        short={"e": CODE, "c": Option(role="check"), "l": Option("value", "load"), "m": VALUE, **each("hv", EXIT)},
        long={
            "--eval": CODE, "--compile": Option(role="check"), "--load": Option("value", "load"), "--repl": FLAG,
            **each(("--add-fennel-path", "--add-package-path", "--add-macro-path"), VALUE),
            **each(("--globals", "--globals-only", "--plugin"), VALUE),
            **each(("--require-as-include", "--correlate", "--metadata", "--no-metadata", "--no-compiler-sandbox"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        glued=False, equals=False,
    )  # fmt: skip
