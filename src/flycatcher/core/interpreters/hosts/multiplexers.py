"""tmux and screen: files of commands that they are told to read, of which some start programs.

Source: tmux(1) (``-f``, ``source-file``), tmate; screen(1) (``-c``, ``source``; SCREENRC, SYSSCREENRC), screen.c; tried with
marker code on tmux 3.3.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Option, Options, each, parse
from flycatcher.core.interpreters.engine.paths import descriptor_of, is_special
from flycatcher.core.interpreters.hosts.schedulers import Scheduler, Supervisord

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading

_FILE = Option("value", "file")
_SOURCE = Options(parser="getopt", short={**each("FnqvN", FLAG), "t": VALUE}, unknown="skip")
_SHORTEST = 2
"""Letters of ``source-file`` that tell it from tmux's other commands."""


class Tmux(Scheduler):
    """tmux and tmate: the configuration, and the files that a command sources."""

    id = "tmux"
    names = (r"tmux|tmate",)
    place = ".tmux.conf"
    install = "apt: tmux"
    hint = re.compile(r"\n(?:-\w*f|so)")
    options = Options(parser="getopt", short={**each("2CDlNuv", FLAG), "V": EXIT, "f": _FILE, **each("cLST", VALUE)})

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read descriptors and FIFOs among the files."""
        for index, offset in (*_options(command), *_sourced(reading.execution.argv, command.operands)):
            if reading.execution.argv[index] == "-":
                self.take(reading, index=index)
            else:
                self.take_file(reading, index, offset=offset)
        return reading.finish("nothing")


class Screen(Scheduler):
    """screen: the configuration, by an option or a variable, and the files that a command sources."""

    id = "screen"
    names = (r"screen(?:-\d[\d.]*)?",)
    place = ".screenrc"
    install = "apt: screen"
    hint = re.compile(r"\n(?:-\w*c|source)")
    variables = ("SCREENRC", "SYSSCREENRC")
    options = Options(
        parser="getopt", permute=True, unknown="skip",
        short={"c": _FILE, **each("eEhpsStTX", VALUE), **each("dDrRxmALUOqQai", FLAG), "v": EXIT},
    )  # fmt: skip

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read descriptors and FIFOs among the files, and what variables name."""
        if not command.has("-r", "-x", "-X"):
            self.configured(reading)
        words = reading.execution.argv
        sourced = [(at, 0) for at in command.operands if words[at - 1] == "source"]
        for index, offset in (*_options(command), *sourced):
            self.take_file(reading, index, offset=offset)
        return reading.finish("nothing")

    def configured(self, reading: Reading) -> None:
        """Record the files that variables name: those that anyone may write to count."""
        for variable in self.variables:
            path = reading.execution.env.get(variable, "")
            if is_special(path, reading.execution):
                number = descriptor_of(path, reading.execution)
                reading.add("planted", None, descriptor=number, path=self.place, variable=variable)
            elif path:
                reading.load(path, variable=variable)


_PROGRAMS: dict[str, Scheduler] = {"tmux": Tmux(), "tmate": Tmux(), "screen": Screen(), "supervisord": Supervisord()}


def configurations(name: str, argv: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the files that one of these programs is told to read, with the place that such a text belongs to."""
    program = _PROGRAMS.get(name)
    if program is None:
        return
    command = parse(program.options, argv)
    for index, offset in (*_options(command), *_sourced(argv, command.operands)):
        yield program.place, argv[index][offset:]


def _options(command: CommandLine) -> list[tuple[int, int]]:
    """Return the words that hold files behind options, and where in them these begin."""
    return [(given.at, given.offset) for given in command.given if given.option.role == "file"]


def _sourced(words: Sequence[str], operands: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the words of tmux's command ``source-file`` that are files."""
    starts = [at for at in operands if _is_source(words[at]) and (at == operands[0] or words[at - 1].endswith(";"))]
    for start in starts:
        end = next((at for at in range(start, len(words)) if words[at].endswith(";")), len(words))
        yield from ((at, 0) for at in parse(_SOURCE, words[:end], start + 1).operands)


def _is_source(word: str) -> bool:
    """Whether a word is ``source-file``, or its beginning."""
    return len(word) >= _SHORTEST and "source-file".startswith(word)
