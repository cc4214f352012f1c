"""busybox and toybox: many programs in one file, chosen by ``argv[0]`` or by the first word.

Source: libbb/appletlib.c (run_applet_and_exit, busybox_main) and shell/ash.c (procargs, options); checked with marker code
against busybox 1.35.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.core.interpreters.engine.options import Option, Options
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.hosts.handoff import multicall_handoff
from flycatcher.core.interpreters.hosts.schedulers import Scheduler
from flycatcher.core.interpreters.shells.expansion import Dialect
from flycatcher.core.interpreters.shells.shell import Letters, Settings, Shell

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.interpreter import Interpreter
    from flycatcher.core.interpreters.engine.options import CommandLine

_SHELLS = frozenset(("ash", "sh", "bash", "hush", "lash", "msh"))


class Ash(Shell):
    """The shell inside busybox. It has no id of its own: :class:`Busybox` reads with it."""

    traces_last = False
    prompts_in_files = True
    dialect = Dialect(evaluates=False, functional=False)
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
        dash={"login": Option(detail="login")},
    )

    def settings(self, reading: Reading, command: CommandLine) -> Settings:
        """Take ``+i`` for ``-i``, and ``+l`` for ``-l``."""
        settings = super().settings(reading, command)
        if command.has("+i"):
            settings.on.add("i")
        if command.has("--login", "-l", "+l"):
            settings.on.add("l")
        return settings

    def goes_on(self, text: str) -> bool:
        """Treat an empty command as no command: stdin is read."""
        return not text


class Busybox(Shell):
    """Busybox: reads the applet's own command line."""

    id = "busybox"
    names = (r"busybox(?:[-_.][\w.]*)?", r"toybox(?:[-_.][\w.]*)?")
    variables = (*Shell.variables, "AWKPATH")
    install = "apt: busybox"
    verified = ("1.35",)
    letters = Ash.letters
    options = Options(parser="getopt")

    def read(self, execution: Execution) -> Reading:
        """Find the applet, read its words, and count the places from the start of the real argv."""
        handoff = multicall_handoff(execution.argv)
        reading = Reading(self, execution)
        if handoff is None:
            return reading.finish("prints")
        applet = handoff.argv[0].rpartition("/")[2].removeprefix("-")
        inner: Interpreter | None = _ASH if applet in _SHELLS else None
        if applet == "awk":
            from flycatcher.core.interpreters.text_tools.awk import BusyboxAwk  # noqa: PLC0415 - most lines name another applet

            inner = BusyboxAwk()
        elif inner is None:
            from flycatcher.core.interpreters import by_name  # noqa: PLC0415 - the module above this one

            known = by_name(applet)
            inner = known if known is not None and isinstance(known, Scheduler) else None
        if inner is None or handoff.argv[1:] == ("--help",):
            return reading.finish("prints" if inner is not None else "nothing")
        name = execution.argv[0] if handoff.index == 0 else handoff.argv[0]  # a dash in front makes it a login shell
        found = inner.read(structs.replace(execution, argv=(name, *handoff.argv[1:]), exe=""))
        found.interpreter = self
        found.snippets = [structs.replace(s, interpreter=self.id) if not s.interpreter else s for s in found.snippets]
        return found.shift(execution, handoff.index)


_ASH = Ash()
