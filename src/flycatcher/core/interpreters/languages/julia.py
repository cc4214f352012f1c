"""Julia.

Source: src/jloptions.c (jl_parse_opts) and base/client.jl (exec_options). Unverified: no package registry here has it.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Option, Options, each

_REST = Option("attached")


class Julia(Interpreter):
    """julia: -e and -E take expressions, -L a file; stdin is read if there is no operand."""

    id = "julia"
    language = "julia"
    names = (r"julia(?:-?\d[\d.]*)?(?:-debug)?",)
    install = "https: julialang.org"
    options = Options(
        short={
            **each("eE", CODE),
            "L": Option("value", "load"),
            **each("JHCpt", VALUE),
            **each("gO", _REST),
            "q": FLAG,
            "i": Option(role="interactive"),
            **each("vh", EXIT),
            "m": Option("value", "module", last=True),
        },
        long={
            **each(("--eval", "--print"), CODE),
            "--load": Option("value", "load"),
            **each(
                ("--home", "--sysimage", "--cpu-target", "--procs", "--threads", "--machine-file", "--startup-file"),
                VALUE,
            ),
            **each(
                ("--project", "--code-coverage", "--track-allocation", "--optimize", "--min-optlevel", "--compile"),
                _REST,
            ),
            **each(("--color", "--history-file", "--depwarn", "--warn-overwrite", "--check-bounds", "--inline"), _REST),
            **each(
                ("--handle-signals", "--sysimage-native-code", "--compiled-modules", "--pkgimages", "--banner"), _REST
            ),
            **each(("--output-o", "--output-ji", "--math-mode", "--heap-size-hint", "--worker", "--bind-to"), _REST),
            **each(("--quiet", "--lisp", "--experimental", "--rr-detach", "--strip-metadata", "--strip-ir"), FLAG),
            **each(("--version", "--help", "--help-hidden"), EXIT),
        },
        parser="getopt_long",
    )
