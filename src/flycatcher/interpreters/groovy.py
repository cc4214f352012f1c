"""Groovy: groovy and groovysh.

Source: groovy.ui.GroovyMain; checked with marker code against Groovy 2.4. ``groovy`` is a shell script: the kernel sees java with
the main class GroovyStarter and the same words behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, CommandLine, Option, Options, each, parse

if TYPE_CHECKING:
    from flycatcher.execution import Execution


class Groovy(Interpreter):
    """groovy runs the text of -e, or a file; it reads no program from stdin."""

    id = "groovy"
    language = "groovy"
    names = (r"groovy(?:client)?(?:-?\d[\d.]*)?",)
    runs_on = ("sh", "bash")
    main_classes = ("groovy.ui.GroovyMain",)
    reads_stdin = False
    verified = ("2.4.21",)
    install = "apt: groovy"
    options = Options(
        short={
            "e": CODE,
            **each("npd", FLAG),
            **each("ail", Option("attached")),
            **each("cDb", VALUE),
            **each("hv", EXIT),
        },
        long={
            **each(
                ("-cp", "-classpath", "--classpath", "--encoding", "--define", "--configscript", "--basescript"), VALUE
            ),
            **each(("--autosplit", "--listen"), Option("attached")),
            **each(("--debug", "--indy", "--parameters"), FLAG),
            **each(("--help", "--version", "-help", "-version"), EXIT),
        },
    )

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; of several -e the first one runs."""
        line = parse(self.options, execution.argv)
        first = line.first("code")
        line.given = [given for given in line.given if given is first or given.option.role != "code"]
        return line


class GroovyShell(Interpreter):
    """groovysh: a console, with text by -e, that reads stdin. Unverified."""

    id = "groovysh"
    language = "groovy"
    names = (r"groovysh",)
    runs_on = ("sh", "bash")
    main_classes = ("org.codehaus.groovy.tools.shell.Main",)
    install = "apt: groovy"
    options = Options(
        short={"e": CODE, **each("dqTC", Option("attached")), "D": VALUE, **each("hV", EXIT)},
        long={"--evaluate": CODE, **each(("-cp", "--classpath"), VALUE), **each(("--help", "--version"), EXIT)},
        unknown="skip",
    )
