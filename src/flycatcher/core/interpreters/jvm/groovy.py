"""Groovy: groovy and groovysh.

Source: groovy.ui.GroovyMain, commons-cli's PosixParser and the script startGroovy; checked with marker code against Groovy 2.4.
``groovy`` is a shell script: the kernel sees java with the main class GroovyStarter and the same words behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import (
    CODE,
    EXIT,
    FLAG,
    VALUE,
    CommandLine,
    Given,
    Option,
    Options,
    each,
)
from flycatcher.core.interpreters.engine.paths import descriptor_of
from flycatcher.core.interpreters.hosts.host import shellish
from flycatcher.core.interpreters.jvm import options as _jvm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_PERHAPS = Option("value", detail="optional")
_PATHS = ("-cp", "-classpath", "--classpath")
_SHORT = {"e": CODE, **each("ail", _PERHAPS), **each("npd", FLAG), **each("cDb", VALUE), **each("hv", EXIT)}
_LONG = {
    **each(("classpath", "cp", "encoding", "define", "basescript", "disableopt"), VALUE),
    "configscript": Option("value", "load"),
    "autosplit": _PERHAPS,
    **each(("debug", "indy", "parameters", "pa", "enable-preview", "pr"), FLAG),
    **each(("help", "version"), EXIT),
}


class _Started(Interpreter):
    """What both have: a start script that evaluates variables, and files that may be URLs."""

    language = "groovy"
    runs_on: ClassVar[tuple[str, ...]] = ("sh", "bash")
    codes = "first"
    stdin_names = ()
    urls = True
    variables = (*_jvm.LAUNCHED, "JAVA_OPTS", "PROFILER")

    def early(self, reading: Reading, command: CommandLine) -> None:
        """Record what the script's ``eval`` of JAVA_OPTS would start, and the file that it sources as a profiler."""
        del command
        env = reading.execution.env
        if reading.execution.argv[0].startswith(("groovy.", "org.")):
            return
        if shellish(env.get("JAVA_OPTS", "")):
            reading.add("environment", env["JAVA_OPTS"], variable="JAVA_OPTS", language="shell")
        if env.get("PROFILER"):
            reading.load(env["PROFILER"], variable="PROFILER")


class Groovy(_Started):
    """groovy runs the text of -e, or a file, which may be a URL; it reads no program from stdin."""

    id = "groovy"
    names = (r"groovy(?:client)?(?:-?\d[\d.]*)?",)
    main_classes = ("groovy.ui.GroovyMain",)
    jars = (r"groovy(?:-all)?(?:-[\w.]+)?\.jar",)
    reads_stdin = False
    verified = ("2.4.21",)
    install = "apt: groovy"
    options = Options(parser="commons-cli")

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words up to the first operand."""
        words, line = execution.argv, CommandLine([], [])
        index = 3 if words[1:2] and words[1] in _PATHS else 1
        while index < len(words) and not line.error:
            word = words[index]
            if word in ("-", "--"):
                index += 1
                break
            if not word.startswith("-"):
                break
            found = _known(word)
            index = _long(words, index, found, line) if found else _burst(words, index, line)
        line.operands = list(range(index, len(words)))
        return line

    def read_operand(self, reading: Reading, operands: Sequence[int]) -> None:
        """Read the first operand as a file, which is opened twice, or a URL."""
        word = reading.execution.argv[operands[0]] if operands else ""
        if word and reading.execution.stdin == "pipe" and descriptor_of(word, reading.execution) == 0:
            reading.finish("nothing")  # of a pipe nothing is left for the second time
        else:
            super().read_operand(reading, operands)


def _known(word: str) -> str:
    """Return the long name that a word is or begins, with one dash or two; empty if it is none, or several."""
    name = word.lstrip("-").partition("=")[0]
    if word in ("-cp", "-classpath"):
        return name
    if len(word) == 2 or (word[1:2] != "-" and word[1:] in _SHORT):
        return ""
    fits = [known for known in _LONG if known.startswith(name) and known not in ("cp", "pa", "pr")]
    return name if name in _LONG else fits[0] if len(fits) == 1 else ""


def _long(words: Sequence[str], index: int, name: str, line: CommandLine) -> int:
    """Read a long option; return the index of the next word."""
    option, word = _LONG[name], words[index]
    _, sign, value = word.partition("=")
    spelling = f"--{name}"
    if sign:
        line.given.append(Given(option, spelling, value, index, index, len(word) - len(value)))
        return index + 1
    return _value(words, index, option, spelling, line)


def _burst(words: Sequence[str], index: int, line: CommandLine) -> int:
    """Read a cluster of letters; return the index of the next word."""
    word = words[index]
    if word.startswith("--"):
        line.error = f"unknown option {word}"
        return index
    for position in range(1, len(word)):
        option = _SHORT.get(word[position])
        if option is None:
            line.error = f"unknown option {word}"
            return index
        name = f"-{word[position]}"
        if option.takes == "nothing":
            line.given.append(Given(option, name, None, index, index, 0))
        elif position + 1 < len(word):
            line.given.append(Given(option, name, word[position + 1 :], index, index, position + 1))
            return index + 1
        else:
            return _value(words, index, option, name, line)
    return index + 1


def _value(words: Sequence[str], index: int, option: Option, name: str, line: CommandLine) -> int:
    """Read a value in the next word, unless that is an option itself."""
    if option.takes == "nothing":
        line.given.append(Given(option, name, None, index, index, 0))
        return index + 1
    following = words[index + 1] if index + 1 < len(words) else None
    if following is None or _is_option(following):
        if option.detail != "optional":
            line.error = f"option {name} needs a value"
        line.given.append(Given(option, name, None, index, index, 0))
        return index + 1
    line.given.append(Given(option, name, following, index, index + 1, 0))
    return index + 2


def _is_option(word: str) -> bool:
    """Whether a word begins with an option: clusters are taken apart before values are looked for."""
    return word.startswith("-") and (word[1:2] in _SHORT or bool(_known(word)))


class GroovyShell(_Started):
    """groovysh: the text of -e, a file, then a console that reads stdin."""

    id = "groovysh"
    names = (r"groovysh(?:-?\d[\d.]*)?",)
    beside = True
    console = "always"
    main_classes = ("org.codehaus.groovy.tools.shell.Main", "org.apache.groovy.groovysh.Main")
    install = "apt: groovy"
    verified = ("2.4.21",)
    options = Options(
        short={"e": CODE, "C": Option("attached"), **each("TD", VALUE), **each("dqv", FLAG), **each("hV", EXIT)},
        long={"--evaluate": CODE, "--color": Option("attached"), **each(("--define", "--terminal"), VALUE),
              **each(("-cp", "-classpath", "--classpath"), VALUE), **each(("--debug", "--quiet", "--verbose"), FLAG),
              **each(("--help", "--version"), EXIT)},
        parser="commons-cli",
        permute=True,
        posixly=False,
    )  # fmt: skip
