"""jjs: JavaScript on the JVM (JDK 8 to 14).

Source: jdk.nashorn.tools.Shell and Options.properties. Unverified: no package here brings it.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, Option, Options, each


class Jjs(Interpreter):
    """jjs runs its files in their order, ``-`` for stdin, which is a session where there is no file."""

    id = "jjs"
    language = "javascript"
    technique = "T1059.007"
    names = (r"jjs",)
    install = "JDK 8 to 14"

    options = Options(
        parser="own",
        long={
            **each(("-cp", "-classpath", "--class-path", "--module-path", "--add-modules", "--upgrade-module-path"),
                   Option("optional")),
            **each(("-h", "-help", "--help", "-version", "-v", "-fv", "-fullversion", "-xhelp"), EXIT),
            "-i": Option(role="interactive"),
            "--": Option(role="arguments", last=True),
        },
        equals=False,
        double_dash=False,
        permute=True,
        posixly=False,
        unknown="skip",
    )  # fmt: skip
    operand = "all"
    console = "asked"
