"""jrunscript of the JDK.

Source: com.sun.tools.script.shell.Main; checked with marker code against JDK 17 with Jython as its engine.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, VALUE, Option, Options, each


class Jrunscript(Interpreter):
    """jrunscript: texts of -e and files of -f in their order; then the first operand, or a session on stdin."""

    id = "jrunscript"
    language = "javascript"
    technique = "T1059.007"
    names = (r"jrunscript",)
    main_classes = ("com.sun.tools.script.shell.Main",)
    install = "apt: openjdk-17-jdk-headless, librhino-java"
    verified = ("17",)

    options = Options(
        parser="own",
        short=each("DJ", Option("attached")),
        long={
            "-e": CODE,
            "-f": Option("value", "file"),
            **each(("-classpath", "-cp", "-l", "-encoding"), VALUE),
            **each(("-?", "-h", "--help", "-help", "-q"), EXIT),
        },
        equals=False,
        double_dash=False,
    )
    in_order = True
