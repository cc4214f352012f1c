"""GNU CLISP.

Source: src/spvw.d (parse_options); checked with marker code against clisp 2.49.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.identity.markers import Markers

_LOAD = Option("value", "load")


class Clisp(Interpreter):
    """clisp runs the texts of -x, a file, or stdin; behind ``--`` words are left to the session."""

    id = "clisp"
    language = "lisp"
    names = (r"clisp|lisp\.run",)
    install = "apt: clisp"
    markers = (
        Markers(strings=(b"\0lispinit.mem\0", b"\0lisp.run\0")),  # the small program that starts the other one
        Markers(strings=(b"\0CLISP_LANGUAGE\0", b"GNU CLISP"), program="lisp.run"),
    )
    verified = ("2.49",)
    options = Options(
        parser="own",
        long={
            "-x": CODE,
            "-i": Option("optional", "load"),
            "-lp": Option("optional"),
            **each(("-o", "-on-error"), VALUE),
            "-c": Option(role="check"),
            **each(("-q", "--quiet", "--silent", "-v", "--verbose", "-w", "-I", "-disable-readline", "-l"), FLAG),
            **each(("-ansi", "-traditional", "-modern", "-C", "-norc"), FLAG),
            "--": Option(role="arguments", last=True),
            "-repl": Option(role="interactive"),
            **each(("-h", "--help", "--version", "--license", "-help-image"), EXIT),
        },
        short={"E": Option("attached"), **each("BDKLMNmp", VALUE)},
        equals=False,
        double_dash=False,
    )

    stdin_names = ("-", "")
    console = "asked"
