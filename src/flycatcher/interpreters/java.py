"""java: the launcher of what runs on the JVM.

The kernel sees ``java`` where Groovy, Clojure, Jython, Rhino or Kotlin runs: the main class tells which, and the words behind
it are read as that one's. A source file (JDK 11 and later) may be a descriptor. Source: libjli's java.c and
com.sun.tools.javac.launcher.Main; checked with marker code against JDK 17.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.interpreters.base import Interpreter, Reading, descriptor_of
from flycatcher.interpreters.handoff import java_handoff

if TYPE_CHECKING:
    from flycatcher.execution import Execution

_GROOVY = "org.codehaus.groovy.tools.GroovyStarter"


@cache
def _classes() -> dict[str, Interpreter]:
    """Return the interpreters by their main classes."""
    from flycatcher.interpreters import builtin  # noqa: PLC0415 - it loads this file

    return {name: interpreter for interpreter in builtin().values() for name in interpreter.main_classes}


class Java(Interpreter):
    """java starts a main class, a jar, a module, or a source file."""

    id = "java"
    language = "java"
    names = (r"java",)
    install = "apt: openjdk-17-jdk-headless"
    reads_stdin = False

    def read(self, execution: Execution) -> Reading:
        """Read the main class's own words, or the source file that is a descriptor."""
        reading = Reading(self, execution)
        found = java_handoff(execution.argv)
        if found is None:
            return reading.end("prints")
        words = found.argv
        if descriptor_of(words[0], execution.cwd) is not None and "--source" in execution.argv[: found.index]:
            reading.descriptor(words[0], index=found.index)
            return reading
        name, start = self._main(execution.argv, found.index)
        inner = _classes().get(name)
        if inner is None:
            return reading.end("script")
        argv = (name, *execution.argv[start + 1 :])
        return inner.read(replace(execution, argv=argv, exe="", interpreter=inner.id)).behind(execution, start)

    @staticmethod
    def _main(words: tuple[str, ...], index: int) -> tuple[str, int]:
        """Return the main class, and the index of the word before its own words; Groovy's starter names another class."""
        name = words[index]
        if name != _GROOVY:
            return name, index
        while index + 2 < len(words) and words[index + 1] in ("--main", "--conf", "--classpath"):
            name = words[index + 2] if words[index + 1] == "--main" else name
            index += 2
        return name, index
