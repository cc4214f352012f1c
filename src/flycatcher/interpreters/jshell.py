"""jshell, Java's console.

Source: jdk.jshell (JShellTool.OptionParserCommandLine) and jshell --help; checked with marker code against JDK 17.
"""

from __future__ import annotations

from flycatcher.interpreters.base import Interpreter
from flycatcher.interpreters.options import EXIT, FLAG, VALUE, Option, Options, each


class JShell(Interpreter):
    """jshell loads files, ``-`` among them, and then reads stdin."""

    id = "jshell"
    language = "java"
    names = (r"jshell(?:-?\d+)?",)
    verified = ("17",)
    install = "apt: openjdk-17-jdk-headless"
    options = Options(
        short={**each("qsv", FLAG), **each("JRC", Option("attached")), **each("hX?", EXIT)},
        long={
            "--startup": Option("value", "load"),
            **each(
                ("--class-path", "--module-path", "--add-modules", "--feedback", "--execution", "--add-exports"), VALUE
            ),
            **each(("--no-startup", "--enable-preview", "--show-version"), FLAG),
            **each(("--version", "--help", "--help-extra"), EXIT),
        },
        permute=True,
        posixly=False,
        abbreviations=True,
    )
