"""java: the launcher of what runs on the JVM.

The kernel sees ``java`` where Groovy, Clojure, Jython, Rhino or Kotlin runs: the main class, or the jar's name, tells which, and
the words behind it are read as that one's. A source file (JDK 11 and later) may be a descriptor; where it is a pipe, JDK 17
refuses it and JDK 25 runs it. Source: libjli's java.c and com.sun.tools.javac.launcher.Main; checked with marker code against
JDK 17 and 25.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.engine.paths import is_special
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.hosts.handoff import java_handoff
from flycatcher.core.interpreters.jvm import options as _jvm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution

_STARTERS = {
    "org.codehaus.groovy.tools.GroovyStarter": ("--main", "--conf", "--classpath"),
    "org.apache.groovy.tools.GroovyStarter": ("--main", "--conf", "--classpath"),
    "jline.ConsoleRunner": (),
    "jline.console.internal.ConsoleRunner": (),
    "org.jetbrains.kotlin.preloading.Preloader": ("-cp", "-classpath"),
}
"""Main classes that start another one: their options, each with a value. ``--main`` names it, else it is the first operand."""


@cache
def _classes() -> dict[str, Interpreter]:
    """Return the interpreters by their main classes."""
    from flycatcher.core.interpreters import builtin  # noqa: PLC0415 - it loads this file

    return {name: interpreter for interpreter in builtin().values() for name in interpreter.main_classes}


@cache
def _jars() -> tuple[tuple[re.Pattern[str], Interpreter], ...]:
    """Return the interpreters by the names of the jars whose main class they are."""
    from flycatcher.core.interpreters import builtin  # noqa: PLC0415 - it loads this file

    return tuple((re.compile(name), each) for each in builtin().values() for name in each.jars)


class Java(Interpreter):
    """java starts a main class, a jar, a module, or a source file."""

    id = "java"
    language = "java"
    names = (r"java",)
    variables = _jvm.LAUNCHED
    install = "apt: openjdk-17-jdk-headless"
    verified = ("17", "25")
    reads_stdin = False
    options = Options(parser="own")

    def read(self, execution: Execution) -> Reading:
        """Read the machine's options, then the main class's own words, or the source file that is a descriptor."""
        reading = Reading(self, execution)
        found = java_handoff(execution.argv)
        if found is None:
            return reading.finish("prints")
        options = execution.argv[1 : found.index]
        _jvm.read_variables(reading, _jvm.LAUNCHED)
        for index, word in enumerate(options, 1):
            _jvm.read_option(reading, word, index=index)
        if is_special(found.argv[0], execution) and self._is_source(execution, options):
            reading.descriptor(found.argv[0], index=found.index)
            return reading
        name, start = _main(execution.argv, found.index)
        inner = _jar(name) if options[-1:] == ("-jar",) else _classes().get(name.rpartition("/")[2])
        if inner is None:
            return reading.finish("script")
        return self._inner(reading, inner, start)

    @staticmethod
    def _is_source(execution: Execution, options: Sequence[str]) -> bool:
        """Whether the launcher is told that it gets a source file: a descriptor's name has no suffix that would."""
        words = (*options, *_jvm.words(execution.env.get(_jvm.LAUNCHER, "")))
        return any(word == "--source" or word.startswith("--source=") for word in words)

    @staticmethod
    def _inner(reading: Reading, inner: Interpreter, start: int) -> Reading:
        """Read the words behind the main class as its own, behind what the machine itself reads."""
        execution = reading.execution
        argv = execution.argv[start:]
        found = inner.read(replace(execution, argv=argv, exe="", interpreter=inner.id)).shift(execution, start)
        found.snippets[:0], found.loads[:0] = reading.snippets, reading.loads
        if reading.snippets:
            found.outcome = "inline"
        return found


def _jar(path: str) -> Interpreter | None:
    """Return the interpreter whose jar has this name."""
    name = path.rpartition("/")[2]
    return next((interpreter for pattern, interpreter in _jars() if pattern.fullmatch(name)), None)


def _main(words: Sequence[str], index: int) -> tuple[str, int]:
    """Return the main class, and the index of the word before its own words, through classes that start another."""
    name = words[index]
    while name in _STARTERS:
        options, named = _STARTERS[name], ""
        while index + 2 < len(words) and words[index + 1] in options:
            named = words[index + 2] if words[index + 1] == "--main" else named
            index += 2
        if named:
            return named, index
        if index + 1 >= len(words):
            break
        index += 1
        name = words[index]
    return name, index
