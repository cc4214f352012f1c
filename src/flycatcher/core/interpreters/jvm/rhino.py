"""Rhino, JavaScript on the JVM.

Source: tools/shell/Main.java (processOptions, processSource); checked with marker code against Rhino 1.7.14.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.jvm import options as _jvm

_NUMBER = Option("value", pattern=r"[-+]?[0-9]+")


class Rhino(Interpreter):
    """Rhino's shell: texts of -e at once, then files of -f and the first operand; without any of them a session on stdin."""

    id = "rhino"
    language = "javascript"
    technique = "T1059.007"
    names = (r"rhino(?:-debugger)?",)
    variables = _jvm.LAUNCHED
    runs_on = ("sh", "bash")
    main_classes = ("org.mozilla.javascript.tools.shell.Main",)
    jars = (r"(?:js|rhino(?:-all)?)(?:-[\w.]+)?\.jar",)
    install = "apt: rhino"
    verified = ("1.7.14",)

    options = Options(
        parser="own",
        long={
            "-e": CODE,
            "-f": Option("value", "file"),
            **each(("-version", "-opt", "-O"), _NUMBER),
            **each(("-modules", "-encoding"), VALUE),
            **each(("-w", "-require", "-sandbox", "-debug", "-strict", "-fatal-warnings", "-sealedlib"), FLAG),
            **each(("-?", "-help"), Option(role="exit", last=True)),
        },
        equals=False,
        double_dash=False,
        dash="error",
    )
    eager = True
    in_order = True
    beside = True
    urls = True
