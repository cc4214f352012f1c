"""gdb: commands on the command line, among them ``shell``, ``python`` and ``guile``.

Source: gdb/main.c (captured_main_1, getopt_long_only) and gdb/cli; checked with marker code against gdb 13.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.hosts.host import Host, classify

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.reading import Reading

_CODE = Option("value", "code")
_LOAD = Option("value", "load")
_NAMES = {
    **each(("ex", "eval-command", "iex", "init-eval-command", "eix", "early-init-eval-command"), _CODE),
    **each(("x", "command", "ix", "init-command", "eiex", "early-init-command"), _LOAD),
    **each(
        ("core", "c", "exec", "e", "symbols", "s", "se", "pid", "p", "directory", "d", "cd", "data-directory", "D"),
        VALUE,
    ),
    **each(("tty", "t", "baud", "b", "l", "interpreter", "i", "ui", "u"), VALUE),
    **each(("version", "v", "help", "h", "configuration"), EXIT),
    **each(
        ("batch", "batch-silent", "nx", "n", "nh", "quiet", "q", "silent", "nw", "w", "tui", "write", "readnow", "r"),
        FLAG,
    ),
    "args": Option(last=True, role="file"),
}
_AT_HOME = (("HOME", ".gdbinit"), ("XDG_CONFIG_HOME", "gdb/gdbinit"), ("HOME", ".config/gdb/gdbinit"))
_CALL = re.compile(
    r"(?=.*(?:\b(?:call|print|p|inspect|output|printf|eval|set|compile|expression)\b.*\(|\$_shell))", re.DOTALL
)
_COMMANDS = (
    ("shell", re.compile(r"\s*(?:(?:she|shel|shell)\b|!)\s*")),
    ("shell", re.compile(r"\s*(?=mak(?:e)?\b)")),
    ("shell", re.compile(r"\s*(?:pipe\b.*?|\|.*?)\|\s*", re.DOTALL)),
    ("python", re.compile(r"\s*(?:py|pyth\w*|pi|python-interactive)\b\s*")),
    ("scheme", re.compile(r"\s*(?:gu|guile|gr|guile-repl)\b\s*")),
    ("gdb", _CALL),
)  # fmt: skip


class Gdb(Host):
    """The GNU debugger."""

    id = "gdb"
    language = "gdb"
    names = (r"(?:[a-z0-9_]+-linux-gnu[a-z0-9]*-)?gdb(?:-multiarch|-minimal)?", r"gdbtui")
    variables = ("HOME", "XDG_CONFIG_HOME")
    install = "apt: gdb"
    verified = ("13",)
    options = Options(long={f"--{name}": option for name, option in _NAMES.items()}, parser="getopt_long_only")

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read commands in their order, files of commands, and a session on stdin."""
        for variable, name in _AT_HOME if not command.has("--n", "--nx", "--nh") else ():
            if folder := reading.execution.env.get(variable, "").rstrip("/"):
                reading.load_seen(variable, f"{folder}/{name}")
        for given in command.given:
            if given.option.role == "load":
                reading.load_given(given)
            found = classify(_COMMANDS, given.value or "") if given.option.role == "code" else None
            if found is not None:
                text = (given.value or "")[found[1] :]
                reading.add(
                    "argument", text, index=given.at, offset=given.offset + found[1], option=given.name, language=found[0]
                )  # fmt: skip
        if not command.has("--batch", "--batch-silent"):
            reading.stdin(explicit=False)
        return reading.finish("nothing")
