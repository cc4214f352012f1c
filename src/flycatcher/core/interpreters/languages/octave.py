"""GNU Octave.

Source: libinterp/octave.cc (cmdline_options, octave_main) and liboctave's getopt; checked with marker code against Octave 7.3.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter, StartFile
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Option, Options, each


class Octave(Interpreter):
    """--eval, then the file; stdin where neither is given, or behind them with --persist and --traditional."""

    id = "octave"
    language = "octave"
    names = (r"octave(?:-cli|-gui)?(?:-\d[\d.]*)?",)
    variables = ("HOME", "OCTAVE_INITFILE", "OCTAVE_SITE_INITFILE", "OCTAVE_VERSION_INITFILE")
    verified = ("7.3.0",)
    install = "apt: octave"
    options = Options(
        short={**each("dxHWfqV", FLAG), "i": FLAG, "p": VALUE, **each("hv", EXIT)},
        long={
            "--eval": CODE,
            **each(
                ("--built-in-docstrings-file", "--doc-cache-file", "--exec-path", "--image-path", "--info-file"), VALUE
            ),
            **each(("--info-program", "--path", "--texi-macros-file"), VALUE),
            **each(("--debug", "--echo-commands", "--experimental-terminal-widget", "--gui", "--line-editing"), FLAG),
            **each(
                ("--no-gui", "--no-history", "--no-init-file", "--no-init-path", "--no-line-editing", "--no-site-file"),
                FLAG,
            ),
            **each(("--no-window-system", "--norc", "--silent", "--quiet", "--verbose", "--server"), FLAG),
            **each(("--braindead", "--debug-jit", "--jit-compiler", "--force-gui", "--no-fork"), FLAG),
            **each(("--persist", "--traditional"), Option(role="interactive")),
            "--interactive": FLAG,
            **each(("--help", "--version"), EXIT),
        },
        parser="getopt_long",
    )

    exit_first = True
    empty_is_none = True
    stdin_names = ()
    console = "asked"
    start_files = (
        StartFile("HOME", "{}/.octaverc", unless=("-f", "--norc", "--no-init-file"), seen=True),
        StartFile("OCTAVE_SITE_INITFILE", unless=("-f", "--norc", "--no-site-file")),
        StartFile("OCTAVE_VERSION_INITFILE", unless=("-f", "--norc", "--no-site-file")),
        StartFile("OCTAVE_INITFILE", unless=("-f", "--norc", "--no-init-file")),
    )
