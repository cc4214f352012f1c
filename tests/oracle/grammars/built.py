"""Programs that no registry has, built from their public sources: QuickJS, MicroPython, Janet, Fennel, resty."""

from __future__ import annotations

import re
from typing import ClassVar

from tests.oracle.grammars.evaluators import Shown
from tests.oracle.grammars.scripting import Small
from tests.oracle.harness import which


class QuickJs(Shown):
    """qjs."""

    id = "quickjs"
    template = 'print("<"+"{n}>");'
    script = "script.js"
    refusal = re.compile(
        r"SyntaxError|[Uu]sage|unknown option|expecting|missing|No such file|Is a directory|Illegal seek|suffix|Error"
    )
    seconds = 3
    processor_seconds = 2
    values = ("x", "1M", "", "script.js")
    more = (("-e", "{code}"), ("-e{code}",), ("-ie", "{code}"), ("-Ie", "script.js", "{code}"), ("-I", "script.js"), ("-im",), ("--eval={code}",),
            ("--std", "-e", "{code}"), ("script.js", "-e", "{code}"), ("-q",), ("--strict", "-s"))  # fmt: skip

    def programs(self) -> list[str]:
        """Return qjs where it is installed."""
        return which("qjs")


class MicroPython(Small):
    """MicroPython's Unix port."""

    id = "micropython"
    template = 'f=open(__import__("os").getenv("FC_MARK"),"a");f.write("{n}\\n");f.close()'
    script = "script.py"
    refusal = re.compile(r"Invalid command line|can't open file|Error|[Uu]sage")
    variables: ClassVar[dict[str, tuple[str, ...]]] = {"MICROPYINSPECT": ("1", "")}
    values = ("x", "compile-only", "emit=bytecode", "heapsize=2M", "heapsize=1", "script.py")
    more = (
        ("-c", "{code}"),
        ("-c", "{code}"),
        ("-X", "emit=native"),
        ("-O2",),
        ("-OO",),
        ("-i", "-c", "{code}"),
        ("-c{code}",),
        ("-m", "script"),
    )


class Janet(Small):
    """Janet."""

    id = "janet"
    template = '(with [f (file/open (os/getenv "FC_MARK") :a)] (file/write f "{n}\\n"))'
    script = "script.janet"
    refusal = re.compile(r"unknown flag|error: |could not|usage")
    variables: ClassVar[dict[str, tuple[str, ...]]] = {"JANET_PROFILE": ("./script.janet", "none.janet")}
    never = frozenset(
        {
            "-b",
            "-B",
            "-u",
            "-U",
            "-P",
            "-L",
            "--install",
            "--reinstall",
            "--uninstall",
            "--update-all",
            "--prune",
            "--list",
        }
    )
    values = ("x", "none", "script.janet", "out.jimage")
    more = (("-e", "{code}"), ("-E", "{code}"), ("-e", "{code}", "-e", "{code}"), ("-e{code}",), ("-l", "./script"), ("-s",), ("-r", "-e", "{code}"),
            ("-c", "script.janet", "out.jimage"), ("-k",), ("-t", "./script"), ("--bogus", "-e", "{code}"), ("-e", "{code}", "--bogus"))  # fmt: skip


class Fennel(Small):
    """Fennel, on Lua."""

    id = "fennel"
    template = '(let [f (io.open (os.getenv :FC_MARK) :a)] (f:write "{n}\\n") (f:close))'
    script = "script.fnl"
    refusal = re.compile(r"[Uu]sage|rror|cannot open|no match|WARNING")
    never = frozenset({"--compile-binary"})
    values = ("x", "*", "none.fnl", "script.fnl")
    more = (("-e", "{code}"), ("--eval", "{code}"), ("-e", "-"), ("-", "-e", "{code}"), ("-l", "script.fnl", "-e", "{code}"), ("--repl",), ("-e",),
            ("--plugin", "script.fnl"), ("-c", "script.fnl"), ("--correlate", "-e", "{code}"), ("-e", "{code}", "--correlate"), ("-e{code}",),
            ("--lua", "echo {n} >>$FC_MARK;"))  # fmt: skip


class Resty(Small):
    """resty, in the nginx of Debian."""

    id = "resty"
    template = 'local f=io.open(os.getenv("FC_MARK"),"a") f:write("{n}\\n") f:close()'
    script = "script.lua"
    refusal = re.compile(
        r"unknown option|takes an argument|[Uu]sage|not found|Neither|must be|invalid|Invalid|bad |duplicate|emerg|rror"
    )
    never = frozenset(
        {
            "--nginx",
            "--rr",
            "--stap",
            "--valgrind",
            "--gdb",
            "--gdb-opts",
            "--stap-opts",
            "--valgrind-opts",
            "--user-runner",
        }
    )
    values = ("x", "1", "64", "warn", "script.lua")
    more = (("-e", "{code}"), ("-e{code}",), ("-e={code}",), ("-e", "{code}", "-e", "{code}"), ("-l", "table"), ("-c", "10"), ("-j", "off"), ("-I", "."),
            ("--http-conf", "init_by_lua '{code}';"), ("--http-conf=init_by_lua_block { {code} }",), ("--bogus",), ("--no-stream",))  # fmt: skip
