"""fzf: the command of ``--preview``, and those that a key or an event is bound to.

Source: options.go and the man page of fzf; each line of the tests was tried with fzf 0.38 at a terminal. Commands run as
``$SHELL -c``. FZF_DEFAULT_COMMAND, which any program may hand on, is read with the other variables of that kind.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Option, Options, each, parse
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.options import CommandLine, Given
    from flycatcher.core.interpreters.engine.reading import Reading

_ACTION = re.compile(
    r"(?:^|[:+,])(?:execute(?:-silent|-multi)?|become|reload(?:-sync)?|preview|(?:bg-)?transform(?:-[a-z-]+)?|change-preview)"
    r"(?=[(\[{<~!@#$%^&*;/|:])"
)
_CLOSERS = {"(": ")", "[": "]", "{": "}", "<": ">"}
_VARIABLES = ("FZF_DEFAULT_OPTS", "FZF_CTRL_T_OPTS", "FZF_CTRL_R_OPTS", "FZF_ALT_C_OPTS", "FZF_COMPLETION_OPTS")
_BIND = Option("value", "code", detail="bind")


def bound(binding: str) -> Iterator[tuple[str, int]]:
    """Yield the commands in a value of ``--bind``, and where each begins: ``enter:execute(COMMAND)+abort``, ``a:reload:X``."""
    at = 0
    while match := _ACTION.search(binding, at):
        opener, start = binding[match.end()], match.end() + 1
        end = len(binding)
        if opener != ":":
            closer = re.compile(re.escape(_CLOSERS.get(opener, opener)) + r"(?=[+,]|$)").search(binding, start)
            end = closer.start() if closer else binding.rfind(_CLOSERS.get(opener, opener))
        if end > start:
            yield binding[start:end], start
        at = max(end, start)


class Fzf(Host):
    """fzf; with ``--filter`` it shows nothing, and runs nothing."""

    id = "fzf"
    names = (r"fzf",)
    install = "apt: fzf"
    verified = ("0.38",)
    variables = _VARIABLES
    wakes = ((),)
    hint = re.compile(r"\n--(?:preview|bind)")
    options = Options(
        parser="own",
        short={**each("ndqf", VALUE), **each("xe+i1sm0h", FLAG)},
        long={
            "--preview": CODE, "--bind": _BIND, "--no-preview": Option(detail="off"), "--filter": Option("value", "check"),
            **each(("--scheme", "--nth", "--with-nth", "--delimiter", "--tiebreak", "--scroll-off", "--hscroll-off"), VALUE),
            **each(("--jump-labels", "--height", "--min-height", "--layout", "--border-label", "--border-label-pos"), VALUE),
            **each(("--margin", "--padding", "--info", "--separator", "--prompt", "--pointer", "--marker", "--header"), VALUE),
            **each(("--header-lines", "--ellipsis", "--tabstop", "--color", "--history", "--history-size", "--toggle-sort"), VALUE),
            **each(("--preview-window", "--preview-label", "--preview-label-pos", "--query", "--expect", "--listen"), VALUE),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        posixly=False,
        unknown="skip",
    )  # fmt: skip

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; ``--`` is passed over, and ``-f`` filters."""
        words = [word if word != "--" else "+i" for word in execution.argv]
        return parse(self.options, words)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the last preview, of the line or else of FZF_DEFAULT_OPTS, and what is bound."""
        if command.first("check") or command.has("-f"):
            return reading.finish("nothing")
        previews = self._take(reading, command.given, "")
        for name in _VARIABLES:
            value = reading.execution.env.get(name, "")
            try:
                words = shlex.split(value)
            except ValueError:
                words = value.split()
            if words:
                self._take(reading, parse(self.options, ("fzf", *words)).given, name, previews=previews)
        return reading.finish("nothing")

    @staticmethod
    def _take(reading: Reading, given: list[Given], variable: str, *, previews: bool = False) -> bool:
        """Record what options start; return whether one of them says what the preview is."""
        says = [one for one in given if one.name in ("--preview", "--no-preview")]
        if says and says[-1].value and not previews:
            _record(reading, says[-1], says[-1].value, 0, variable)
        for one in given:
            for command, at in bound(one.value or "") if one.option.detail == "bind" else ():
                _record(reading, one, command, at, variable)
        return bool(says)


def _record(reading: Reading, given: Given, text: str, at: int, variable: str) -> None:
    """Record a command of the line or of a variable."""
    if variable:
        reading.add("environment", text, variable=variable, option=given.name)
    else:
        reading.add("argument", text, index=given.at, offset=given.offset + at, option=given.name)
