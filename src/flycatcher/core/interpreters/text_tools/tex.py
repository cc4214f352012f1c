r"""TeX engines: ``\\directlua`` and ``\\write18`` on the command line.

Source: texlive's texmfmp.c (topenin: words that begin with a backslash are the first line) and LuaTeX's lualib; checked with
marker code against luatex 1.15 and pdftex 1.40.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.hosts.host import Host, closing

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.reading import Reading

_NAMES = {
    **each(
        (
            "fmt",
            "progname",
            "jobname",
            "output-directory",
            "output-comment",
            "output-format",
            "interaction",
            "lua",
            "mktex",
        ),
        VALUE,
    ),
    **each(("no-mktex", "kpathsea-debug", "src-specials", "translate-file", "default-translate-file"), VALUE),
    **each(("help", "version", "credits"), EXIT),
    "cnf-line": VALUE,
    "luaonly": Option(),
    **{
        name: Option(detail=name)
        for name in ("shell-escape", "enable-write18", "no-shell-escape", "disable-write18", "shell-restricted")
    },
}
_LUA = re.compile(r"\\(?:direct|late)lua\s*\d*\s*\{")
_SWITCHES = {
    "--shell-escape": True, "--enable-write18": True, "--no-shell-escape": False, "--disable-write18": False,
    "--shell-restricted": False,
}  # fmt: skip
_SETS = re.compile(r"\s*shell_escape\s*=\s*[t1y]")
_SHELL = re.compile(r"\\write\s*18|\\ShellEscape|\\input\s*\{?\s*\"?\|")

_INPUT = re.compile(r"\\ShellEscape|\\input\s*\{?\s*\"?\|")
"""LuaTeX has no write18."""


def _allowed(command: CommandLine) -> bool:
    """Whether commands may be started: the last option that says so counts, else a line of the configuration."""
    switches = [given.name for given in command.given if given.name in _SWITCHES]
    if switches:
        return _SWITCHES[switches[-1]]
    return any(given.name == "--cnf-line" and _SETS.match(given.value or "") for given in command.given)


class Tex(Host):
    """TeX, where its first line comes from the command line."""

    id = "tex"
    language = "tex"
    names = (r"(?:pdf|lua|xe|e|p|up|luahb|luajit|dvilua|dviluajit)?(?:la)?tex(?:-dev)?",)
    install = "apt: texlive-binaries"
    verified = ("luatex 1.15", "pdftex 1.40")
    options = Options(long={f"--{name}": option for name, option in _NAMES.items()}, parser="getopt_long_only")
    hint = re.compile(r"\\(?:direct|late)lua|\\write|\\Shell|\\input")

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the words from the first one that begins with a backslash; Lua runs always, commands where they are allowed."""
        execution = reading.execution
        lua = "lua" in (execution.exe or execution.argv[0]).rpartition("/")[2]
        if command.has("--luaonly"):
            return reading.finish("script")
        commands = _INPUT if lua else _SHELL
        for index in command.operands:
            if lua:
                self._embedded(reading, index)
            if _allowed(command) and commands.search(execution.argv[index]):
                reading.add("argument", execution.argv[index], index=index)
        return reading.finish("script")

    @staticmethod
    def _embedded(reading: Reading, index: int) -> None:
        """Record the Lua between the braces of each ``directlua``."""
        word, at = reading.execution.argv[index], 0
        while match := _LUA.search(word, at):
            at = closing(word, match.end())
            reading.add("argument", word[match.end() : at], index=index, offset=match.end(), language="lua")
