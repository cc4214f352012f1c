"""busybox and toybox: many programs in one file, chosen by ``argv[0]`` or by the first word.

Source: libbb/appletlib.c (run_applet_and_exit, busybox_main) and shell/ash.c (procargs, options); checked with marker code
against busybox 1.35.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.interpreters.base import Reading
from flycatcher.interpreters.handoff import multicall_handoff
from flycatcher.interpreters.options import FLAG, CommandLine, Given
from flycatcher.interpreters.shells import Letters, Settings, Shell

if TYPE_CHECKING:
    from flycatcher.execution import Execution
    from flycatcher.interpreters.base import Interpreter

_SHELLS = frozenset(("ash", "sh", "bash", "hush", "lash", "msh"))
_ELSEWHERE = frozenset(("awk", "gawk", "mawk"))
"""Applets that are interpreters of their own; their tables read them."""


class Ash(Shell):
    """The shell in busybox. It is no interpreter by itself: :class:`Busybox` reads through it."""

    traces_last = False
    letters = Letters(
        flags="efIimnxvVECabulp",
        known=frozenset(
            (
                "errexit",
                "noglob",
                "ignoreeof",
                "monitor",
                "noexec",
                "xtrace",
                "verbose",
                "noclobber",
                "allexport",
                "notify",
                "nounset",
                "vi",
                "pipefail",
                "errtrace",
            )
        ),
        optional=True,
        plus_stdin=True,
        long={"--login": FLAG},
        settings=True,
    )

    def settings(self, reading: Reading, command: CommandLine) -> Settings:
        """Take ``+i`` for ``-i``."""
        settings = super().settings(reading, command)
        if command.has("+i"):
            settings.on.add("i")
        return settings

    def goes_on(self, text: str) -> bool:
        """Take an empty command for none."""
        return not text


class Busybox(Shell):
    """Busybox: reads the applet's own command line."""

    id = "busybox"
    names = (r"busybox(?:[-_.][\w.]*)?", r"toybox(?:[-_.][\w.]*)?")
    install = "apt: busybox"
    verified = ("1.35",)
    letters = Ash.letters

    def read(self, execution: Execution) -> Reading:
        """Find the applet, read its words, and count the places from the start of the real argv."""
        handoff = multicall_handoff(execution.argv)
        reading = Reading(self, execution)
        if handoff is None:
            return reading.end("prints")
        applet = handoff.argv[0].rpartition("/")[2].removeprefix("-")
        inner: Interpreter | None = _ASH if applet in _SHELLS else None
        if applet in _ELSEWHERE:
            from flycatcher.interpreters import by_name  # noqa: PLC0415 - the package imports this file

            inner = by_name(applet)
        if inner is None or handoff.argv[1:] == ("--help",):
            return reading.end("prints" if inner is not None else "nothing")
        found = inner.read(structs.replace(execution, argv=handoff.argv, exe=""))
        found.snippets = [structs.replace(s, interpreter=self.id) if not s.interpreter else s for s in found.snippets]
        return _shifted(found, execution, handoff.index)


_ASH = Ash()


def _shifted(reading: Reading, execution: Execution, by: int) -> Reading:
    """Count all places from ``by`` words further on."""
    reading.execution = execution
    reading.snippets = [
        snippet if snippet.argv_index is None else structs.replace(snippet, argv_index=snippet.argv_index + by)
        for snippet in reading.snippets
    ]
    reading.loads = [
        load if load.argv_index is None else structs.replace(load, argv_index=load.argv_index + by)
        for load in reading.loads
    ]
    if reading.command is not None:
        command = reading.command
        given = [
            Given(one.option, one.name, one.value, one.index + by, one.at + by, one.offset) for one in command.given
        ]
        reading.command = CommandLine(given, [index + by for index in command.operands], command.error)
    return reading
