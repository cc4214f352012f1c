"""SBCL.

Source: runtime.c (parse_argv) and toplevel.lisp (process-command-line, process-eval/load-options); checked with marker code
against SBCL 2.2.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Option, Options, each


class Sbcl(Interpreter):
    """--eval and --load run in their order; ``--script`` without a file, and the prompt that follows, read stdin.

    What it does not know begins the words of the user.
    """

    id = "sbcl"
    language = "lisp"
    names = (r"sbcl",)
    verified = ("2.2.9",)
    install = "apt: sbcl"
    options = Options(
        parser="own",
        long={
            "--eval": CODE,
            "--load": Option("value", "file"),
            "--script": Option("optional", "file", last=True),
            **each(("--core", "--dynamic-space-size", "--control-stack-size", "--tls-limit"), VALUE),
            **each(("--sysinit", "--userinit"), Option("value", "load")),
            **each(("--no-sysinit", "--no-userinit", "--disable-debugger", "--noprint"), FLAG),
            **each(("--noinform", "--disable-ldb", "--lose-on-corruption", "--merge-core-pages"), FLAG),
            **each(("--no-merge-core-pages", "--debug-environment"), FLAG),
            "--end-runtime-options": FLAG,
            "--end-toplevel-options": Option(role="arguments", last=True),
            **each(("--quit", "--non-interactive"), Option(role="quits")),
            **each(("--help", "--version"), EXIT),
        },
        equals=False,
        double_dash=False,
        unknown="operand",
    )

    exit_first = True
    in_order = True
    operand = "none"
    reads_stdin = False
    stdin_names = ()
    console = "always"
