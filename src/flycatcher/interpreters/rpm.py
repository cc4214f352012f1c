"""rpm: macros that run shell commands and Lua.

Source: lib/poptALL.c and rpmio/macro.c; checked with marker code against rpm 4.18.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Reading
from flycatcher.interpreters.embedded import Host
from flycatcher.interpreters.options import EXIT, FLAG, VALUE, Option, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution

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

    def read(self, execution: Execution) -> Reading:
        """Read macros that hold a command or Lua, which run while the options are read, whatever else is asked for.

        A definition counts, since what follows it may expand it.
        """
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        for given in command.given:
            value = given.value or ""
            if given.option.role == "code" and (given.option.detail != "macro" or _ACTIVE.search(value)):
                macro = given.option.detail == "macro"
                reading.code(given, language="lua" if macro and _LUA.match(value) else "rpm" if macro else "shell")
            elif given.option.role == "load" and value:
                reading.load(value, vector="argument", index=given.at, option=given.name)
        return reading.end("nothing")
