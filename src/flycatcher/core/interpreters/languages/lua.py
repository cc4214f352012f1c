"""PUC Lua 5.1 to 5.4, and LuaJIT.

Source: lua.c of each version and luajit.c (collectargs, pmain, handle_luainit); checked with marker code against Lua 5.1,
5.3 and 5.4, and LuaJIT 2.1.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, VALUE, CommandLine, Option, Options
from flycatcher.core.interpreters.engine.paths import is_planted

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_ALONE = Option("attached", detail="alone")
"""Nothing may be glued to it: Lua has no clusters."""

LUA = Options(
    parser="own",
    short={
        "e": CODE,
        "l": VALUE,
        "i": Option("attached", "interactive", detail="alone"),
        "v": Option("attached", "define", detail="alone"),
        "E": Option("attached", "noenv", detail="alone"),
        "W": _ALONE,
    },
)
LUAJIT = Options(
    parser="own",
    short={
        "e": CODE,
        "l": VALUE,
        "j": VALUE,
        "O": Option("attached"),
        "b": Option("attached", "check", last=True),
        "i": Option("attached", "interactive", detail="alone"),
        "v": Option("attached", "define", detail="alone"),
        "E": Option("attached", "noenv"),
    },
)
_NAMED = (0, 4, 5)
"""Minor versions in which ``-l NAME=MODULE`` is known (5.4.4 and later); 0 where the version is not known."""
_MODULES = {"-l": "{}", "-j": "jit.{}", "-b": "jit.bcsave"}
"""Options that load a module by its name."""
_BUILT_IN = frozenset(
    [
        "jit.on",
        "jit.off",
        "jit.flush",
        "jit.opt",
        "jit.status",
        "jit.attach",
        "jit.util",
        "jit.security",
        "jit",
        "bit",
        "ffi",
        "string",
        "table",
        "math",
        "io",
        "os",
        "coroutine",
        "debug",
        "package",
        "utf8",
        "_G",
    ]
)
"""Modules that are there already, or names that ``-j`` does not load."""
_VERSION = re.compile(r"lua-?(5)\.?([1-5])")


class Lua(Interpreter):
    """lua: ``-`` is stdin, but not behind ``--``; LUA_INIT runs first."""

    id = "lua"
    language = "lua"
    technique = "T1059.011"
    in_variables = True
    names: ClassVar[tuple[str, ...]] = (r"lua(?:-?5[\d.]*)?", r"texlua")
    variables = ("LUA_INIT", "LUA_PATH", "LUA_CPATH", r"LUA_(?:INIT|C?PATH)_5_\d")
    options: ClassVar[Options] = LUA
    verified: ClassVar[tuple[str, ...]] = ("5.1.5", "5.3.6", "5.4.4")
    install = "apt: lua5.4"
    versioned: ClassVar[bool] = True
    """LUA_INIT_5_4 comes before LUA_INIT (from 5.2 on)."""

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; what this version refuses depends on more than the table."""
        line = super().parse(execution)
        line.error = line.error or _refusal(line, _minor(execution))
        return line

    def early(self, reading: Reading, command: CommandLine) -> None:
        """Read LUA_INIT: 5.1 and LuaJIT have run it when they refuse a line."""
        minor = _minor(reading.execution)
        if command.error and self.versioned and minor != 1:
            return
        if command.first("noenv") is None or (self.versioned and minor < 2):  # 5.1 has no -E
            self._init(reading, minor)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read an execution as pmain does: the options in their order, the script, then stdin."""
        minor = _minor(reading.execution)
        for given in command.given:
            if given.name in _MODULES:
                self._module(reading, _MODULES[given.name].format(given.value), minor)
        if command.first("check"):
            return reading.finish("checks")
        for given in command.given:
            if given.option.role == "code":
                reading.code(given)
        self._program(reading, command)
        return reading

    def _init(self, reading: Reading, minor: int) -> None:
        """Read LUA_INIT: program text, or ``@FILE``."""
        env = reading.execution.env
        names = ["LUA_INIT"]
        if self.versioned and minor != 1:
            names = [f"LUA_INIT_5_{minor}"] if minor else [f"LUA_INIT_5_{known}" for known in (5, 4, 3, 2)]
            names.append("LUA_INIT")
        name = next((name for name in names if name in env), "")
        value = env.get(name, "")
        if value.startswith("@"):
            reading.load(value[1:], variable=name)
        elif value:
            reading.add("environment", value, variable=name)

    def _module(self, reading: Reading, name: str, minor: int) -> None:
        """Read the file of a module where LUA_PATH leads to a descriptor, or to where anyone may write."""
        execution = reading.execution
        before, _, behind = name.partition("=")
        if name.startswith("jit."):
            name = before
        elif behind and minor in _NAMED:
            name = behind
        if name in _BUILT_IN:
            return
        if reading.command is not None and reading.command.first("noenv") and not (self.versioned and minor == 1):
            return
        name = name.replace(".", "/")
        for base in ("LUA_PATH", "LUA_CPATH"):
            variable = next((one for one in (f"{base}_5_{minor}", base) if one in execution.env), base)
            places = [
                template.replace("?", name) for template in execution.env.get(variable, "").split(";") if template
            ]
            found = [
                path for path in places if is_planted(posixpath.dirname(path), posixpath.basename(path), execution)
            ]
            if found:
                reading.load(found[0], variable=variable)
                return

    def _program(self, reading: Reading, command: CommandLine) -> None:
        """Read the script, or stdin where neither -e nor -v is given; -i reads stdin afterwards."""
        interactive = command.first("interactive")
        if command.operands:
            first = command.operands[0]
            behind = reading.execution.argv[first - 1] == "--"
            reading.program(first, dash=not behind)
        elif interactive is None and (command.first("code") or command.first("define")):
            reading.finish("prints")
        elif interactive is None:
            reading.stdin(explicit=False)
        if interactive is not None and not reading.uses_stdin():
            reading.stdin(explicit=False, index=interactive.index, option="-i")


def _minor(execution: Execution) -> int:
    """Return the version that the file's name tells: 4 for Lua 5.4, 0 where it tells none."""
    match = _VERSION.search((execution.exe or execution.argv[0]).rpartition("/")[2])
    return int(match[2]) if match else 0


def _refusal(command: CommandLine, minor: int) -> str:
    """Say why lua prints its usage: a letter glued to a flag, or (from 5.2 on) a value that looks like an option."""
    for given in command.given:
        if given.option.detail == "alone" and given.value is not None:
            return f"unrecognized option {given.name}{given.value}"
        if minor >= 2 and given.at != given.index and (given.value or "").startswith("-"):
            return f"{given.name} needs an argument"
    return ""


class LuaJIT(Lua):
    """LuaJIT: the command line of Lua 5.1, with -j, -O and -b (which compiles only)."""

    id = "luajit"
    in_variables = True
    names = (r"luajit(?:-?\d[\w.-]*)?",)
    options = LUAJIT
    verified = ("2.1.0-beta3",)
    install = "apt: luajit"
    versioned = False

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; ``-b`` is refused behind another flag."""
        line = super().parse(execution)
        before = [given for given in line.given if given.name != "-O"]
        if not line.error and len(before) > 1 and before[-1].option.role == "check":
            line.error = "-b stands alone"
        return line
