"""The command lines of lua and luajit."""

from __future__ import annotations

import re
from typing import ClassVar

from tests.oracle.harness import which
from tests.oracle.tables import TableGrammar

BODY = "local f=io.open(os.getenv('FC_MARK'),'a') f:write('{n}\\n') f:close()"
REFUSAL = re.compile(
    r"usage:|cannot open|cannot read|module '.*' not found|unexpected symbol|syntax error|expected near|unknown|stands"
)


class LuaGrammar(TableGrammar):
    """lua of every version."""

    id = "lua"
    template = "do " + BODY + " end"
    script = "script.lua"
    refusal = REFUSAL
    more = (
        ("-e", "{code}"),
        ("-e{code}",),
        ("-lstring",),
        ("-l", "string"),
        ("-ie",),
        ("-ve", "{code}"),
        ("-W",),
        ("-E",),
        ("--x",),
        ("-e", "-- x"),
        ("-lnone",),
        ("-l", "g=none"),
        ("-l", "stdin"),
        ("-l", "script"),
    )
    values = ("string", "table", "none")
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "LUA_INIT": ("{code}", "", "@script.lua", "@none.lua", "@/dev/stdin", "--"),
        "LUA_INIT_5_3": ("{code}", ""),
        "LUA_INIT_5_4": ("{code}", "@script.lua"),
        "LUA_INIT_5_1": ("{code}",),
        "LUA_PATH": ("/dev/stdin", "?.lua;/dev/fd/0", "./?.lua;;", ";;", "/dev/?", "?.none"),
        "LUA_PATH_5_4": ("/dev/fd/0",),
    }

    def programs(self) -> list[str]:
        """Return every installed version."""
        return which("lua5.1", "lua5.2", "lua5.3", "lua5.4")


class LuaJITGrammar(LuaGrammar):
    """luajit."""

    id = "luajit"
    more = (
        *LuaGrammar.more,
        ("-joff",),
        ("-j", "on"),
        ("-O3",),
        ("-bl", "script.lua"),
        ("-b", "-e", "{code}"),
        ("-Ofold",),
        ("-jnone",),
        ("-j", "none=x"),
        ("-jon",),
    )

    def programs(self) -> list[str]:
        """Return luajit."""
        return which("luajit")
