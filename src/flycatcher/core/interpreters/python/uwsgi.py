"""uWSGI: --eval runs Python; the --exec-* options, the daemons and the hooks run commands.

Source: core/uwsgi.c (the option table) and core/hooks.c, checked with marker code against uWSGI 2.0.30.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.hosts.host import Host, shellish

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.reading import Reading

_COMMAND = Option("value", "command")
_HOOK = Option("value", "command", detail="hook")
_PHASES = ("asap", "pre-jail", "post-jail", "in-jail", "as-root", "as-user", "pre-app", "post-app", "as-user-atexit")
_EXEC = re.compile(r"exec:\s*")


class Uwsgi(Host):
    """A server whose options may be text."""

    id = "uwsgi"
    names = (r"uwsgi(?:-core)?|pyuwsgi",)
    verified = ("2.0.30",)
    install = "pip: pyuwsgi"
    hint = re.compile(r"\n--(?:eval|exec-|hook-|attach-|smart-|worker-e|touch-e)")
    options = Options(
        parser="getopt_long",
        short={**each("sHCMpLtRzlbBQhw", VALUE), "h": EXIT},
        long={
            "--eval": CODE,
            **each((f"--exec-{phase}" for phase in _PHASES), _COMMAND),
            **each((f"--hook-{phase}" for phase in _PHASES), _HOOK),
            **each(("--attach-daemon", "--attach-control-daemon", "--worker-exec", "--worker-exec2"), _COMMAND),
            **each(
                (
                    "--socket",
                    "--http",
                    "--ini",
                    "--module",
                    "--wsgi-file",
                    "--pyrun",
                    "--chdir",
                    "--unshare",
                    "--chroot",
                ),
                VALUE,
            ),
            **each(
                ("--processes", "--threads", "--uid", "--gid", "--pidfile", "--logto", "--file", "--callable"), VALUE
            ),
            **each(("--master", "--need-app", "--no-site", "--die-on-term", "--vacuum", "--enable-threads"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        unknown="skip",
    )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the texts."""
        jailed = command.has("--unshare")  # without, nothing is behind the jail
        for given in command.given:
            text = given.value or ""
            if given.name.endswith("-post-jail") and not jailed:
                continue
            if given.option.role == "code":
                reading.code(given, language="python")
            elif given.option.role == "command":
                hook = _EXEC.match(text) if given.option.detail == "hook" else None
                skip = hook.end() if hook is not None else 0
                if (hook is not None or not given.option.detail) and shellish(text[skip:]):
                    reading.add("argument", text[skip:], index=given.at, offset=given.offset + skip, option=given.name)
        return reading.finish("nothing")
