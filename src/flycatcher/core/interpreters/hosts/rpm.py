"""rpm: macros that run shell commands and Lua.

Source: lib/poptALL.c and rpmio/macro.c; checked with marker code against rpm 4.18.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Given, Option, Options, each
from flycatcher.core.interpreters.hosts.host import Host, closing

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.reading import Reading

_MACRO = Option("value", "code", detail="macro")
_ACTIVE = re.compile(r"%\(|%\{\s*(?:lua|uncompress|load|\?[^:}]*:%\()")
_LUA = re.compile(r"%\{\s*lua:")


class Rpm(Host):
    """Rpm and its kin, where a macro on the command line runs something."""

    id = "rpm"
    language = "rpm"
    names = (r"rpm(?:build|spec|sign|keys|query|verify)?",)
    install = "apt: rpm"
    verified = ("4.18",)
    hint = re.compile(r"%\(|%\{|--pipe|--load")
    options = Options(
        parser="popt",
        short={**each("ED", _MACRO), **each("qaiUeFVvhlcdpgtb", FLAG), **each("fr", VALUE)},
        long={
            **each(("--eval", "--define"), _MACRO),
            "--pipe": Option("value", "code"),
            "--load": Option("value", "load"),
            **each(
                ("--root", "--dbpath", "--rcfile", "--queryformat", "--qf", "--undefine", "--macros", "--target"), VALUE
            ),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        unknown="skip",
    )

    def early(self, reading: Reading, command: CommandLine) -> None:
        """Read macros that hold a command or Lua, which run while the options are read, whatever else is asked for.

        A definition counts, since what follows it may expand it.
        """
        if command.error:
            return
        for given in command.given:
            value = given.value or ""
            if given.option.role == "code" and given.option.detail != "macro":
                reading.code(given, language="shell")
            elif given.option.role == "code" and _ACTIVE.search(value):
                self._macro(reading, given)
            elif given.option.role == "load" and value:
                reading.load(value, vector="argument", index=given.at, option=given.name)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read no more: what runs has run."""
        del command
        return reading.finish("nothing")

    @staticmethod
    def _macro(reading: Reading, given: Given) -> None:
        """Record the Lua of each ``%{lua:...}`` by itself; other macros as they stand."""
        value, at, found = given.value or "", 0, False
        while match := _LUA.search(value, at):
            at, found = closing(value, match.end()), True
            reading.add(
                "argument", value[match.end() : at], index=given.at, offset=given.offset + match.end(), option=given.name,
                language="lua",
            )  # fmt: skip
        if not found or "%(" in value:
            reading.code(given, language="rpm")
