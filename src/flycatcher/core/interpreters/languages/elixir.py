"""Elixir: elixir and iex.

Source: bin/elixir and lib/elixir/lib/kernel/cli.ex (parse_argv); checked with marker code against Elixir 1.14. ``elixir`` is
a shell script: the kernel sees ``erl ... -extra`` with the same words behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.languages import erlang_flags as erl_flags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution

_SCRIPTS = {
    **each(("--erl",), Option("value", detail="erl")),
    **each(("--cookie", "--name", "--sname", "--logger-otp-reports", "--logger-sasl-reports", "--boot", "--erl-config"), VALUE),
    **each(("--vm-args",), VALUE),
    **each(("--boot-var", "--pipe-to"), Option("value", detail="pair")),
    **each(("--hidden", "--werl"), FLAG),
}  # fmt: skip
"""What the shell script takes out, up to the first word that it does not know."""
_SHARED = {
    **each(("-e", "--eval"), CODE),
    "--rpc-eval": Option("value", "code", detail="pair"),
    **each(("-r", "-pr"), Option("value", "file")),
    "-S": Option("value", "module", last=True),
    **each(("-pa", "-pz", "--app", "--remsh", "--dot-iex"), VALUE),
    **each(("--no-halt", "+iex", "+elixirc", "--no-pry"), FLAG),
    **each(("-h", "--help", "-v", "--version", "--short-version"), EXIT),
}


class Elixir(Interpreter):
    """-e may be given several times; without one, the first operand is the script; iex then reads stdin."""

    id = "elixir"
    language = "elixir"
    names = (r"elixir|iex",)
    variables = ("ELIXIR_ERL_OPTIONS", *erl_flags.VARIABLES)
    runs_on = ("sh", "bash")
    verified = ("1.14.0",)
    install = "apt: elixir"
    options = Options(parser="own", long={**_SCRIPTS, **_SHARED}, equals=False, unknown="skip")

    def read(self, execution: Execution) -> Reading:
        """Read an execution of ``elixir`` or ``iex`` itself: the flags of the emulator, then its own words."""
        reading = Reading(self, execution)
        self.read_after(reading, 0)
        if reading.outcome == "prints" or reading.command is None:
            return reading
        _read_emulator(reading, reading.command)
        return reading

    def read_after(self, reading: Reading, index: int) -> None:
        """Read the words after the one at ``index``."""
        words = reading.execution.argv
        console = "+iex" in words or words[0].rpartition("/")[2] == "iex"
        command = _words(words, index + 1, script=index == 0)
        reading.command = command if index == 0 else reading.command
        if command.error:
            reading.refuse(command.error)
            return
        if command.first("exit"):
            reading.finish("prints")
            return
        for given in command.given:
            if given.option.role == "code":
                reading.add("argument", given.value, index=given.at, option=given.name, language=self.language)
            elif given.option.role == "file":
                reading.program(given.at, option=given.name, dash=False)
        if command.operands and not _has_text(command) and not command.first("module"):
            reading.program(command.operands[0], dash=False)
        if console:
            reading.stdin(explicit=False)


def _words(words: Sequence[str], index: int, *, script: bool) -> CommandLine:
    """Read the words. An unknown word is skipped; behind a text it begins the program's own words."""
    line = CommandLine([], [])
    alone = index == len(words) - 1
    while index < len(words):
        word = words[index]
        option = (_SCRIPTS.get(word) if script else None) or _SHARED.get(word)
        count = 0 if option is None or option.takes == "nothing" else 2 if option.detail == "pair" else 1
        if option is None or index + count >= len(words):
            if word == "--" or not word.startswith("-") or _has_text(line):
                index = len(words) if word == "--" else index
                break
            script = False
            index += 1
            continue
        value = words[index + count] if count else None
        line.given.append(Given(option, word, value, index, index + count, 0))
        index += count + 1
        if option.role == "exit" and not alone:  # the emulator has started by then
            line.given.pop()
            line.error = f"{word} stands alone"
        if option.last:
            break
    line.operands = list(range(index, len(words)))
    return line


def _read_emulator(reading: Reading, command: CommandLine) -> None:
    """Record the texts among the flags of the emulator.

    Those behind the start of Elixir are not reached, since Elixir ends the emulator, unless an option prevents that.
    """
    env = reading.execution.env
    texts = [(name, erl_flags.words(env[name])) for name in erl_flags.front(env)]
    texts.append(("ELIXIR_ERL_OPTIONS", env.get("ELIXIR_ERL_OPTIONS", "").split()))
    stays = command.has("--no-halt", "+iex") or reading.execution.argv[0].rpartition("/")[2] == "iex"
    if stays:
        texts += [(name, erl_flags.words(env.get(name, ""))) for name in erl_flags.BEHIND]
    for variable, words in texts:
        for flag in erl_flags.flags(("", *words)):
            erl_flags.record(reading, flag, variable)
    for given in command.given:
        if stays and given.option.detail == "erl":
            for flag in erl_flags.flags(("", *(given.value or "").split())):
                placed = Given(flag.option, flag.name, flag.value, given.index, given.at, 0)
                erl_flags.record(reading, placed, None)


def _has_text(line: CommandLine) -> bool:
    """Whether a text runs here: with one, the first operand is not a script. The text of --rpc-eval runs on another node."""
    return line.has("-e", "--eval")
