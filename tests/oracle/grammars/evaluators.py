"""Small engines of JavaScript, nushell, and programs that evaluate an expression among other things: lldb, Blender, exim."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path
from typing import ClassVar

from tests.oracle.grammars.scripting import Small
from tests.oracle.harness import Case, Marks, which

_ROOT = Path(os.environ.get("FLYCATCHER_PROGRAMS", Path.home() / ".cache" / "flycatcher-programs"))
_SHOWN = re.compile(r"<M(\d+)M>")


class Shown(Small):
    """What cannot write a file here: what ran stands in the output."""

    def answered(self, printed: str) -> set[int]:
        """Return the markers that program text put together."""
        return {int(number) for number in _SHOWN.findall(printed)}


class Mujs(Shown):
    """MuJS."""

    id = "mujs"
    template = 'print("<"+"{n}>");'
    script = "script.js"
    refusal = re.compile(r"SyntaxError|cannot open|[Uu]sage|unknown option|invalid option")
    more = (("-s",), ("-i",), ("-is",), ("script.js", "{code}"), ("-",), ("--",), ("-z",))


class Duktape(Shown):
    """Duktape's command line."""

    id = "duktape"
    program_name = "duk"
    template = 'print("<"+"{n}>");'
    script = "script.js"
    refusal = re.compile(r"SyntaxError|Error|[Uu]sage|failed to open|unknown|error")
    more = (
        ("-e", "{code}"),
        ("-e", "{code}"),
        ("-e{code}",),
        ("--run-stdin",),
        ("-i",),
        ("-",),
        ("--",),
        ("script.js", "-e", "{code}"),
    )


class Nushell(Small):
    """Nushell, from npm."""

    id = "nushell"
    template = '"{n}\\n" | save --append $env.FC_MARK'
    script = "script.nu"
    share = 0.05
    refusal = re.compile(r"Error|error|unknown flag|[Uu]sage|doesn't have|needs|missing")
    never = frozenset({"--threads", "--mcp", "--lsp", "--ide-check", "-t"})
    values = ("x", "none.nu", "error")
    more = (("-c", "{code}"), ("-c", "{code}"), ("-n", "-c", "{code}"), ("-nc", "{code}"), ("--commands={code}",), ("-e", "{code}"), ("--stdin",), ("--stdin", "-c", "{code}"), ("--no-newline",),
            ("-c{code}",), ("--testbin", "cococo"))  # fmt: skip

    def programs(self) -> list[str]:
        """Return the installed program, or the one from npm."""
        return [*which("nu"), *sorted(str(path) for path in _ROOT.glob("nushell/node_modules/@nushell/*/bin/nu"))][:1]


class Lldb(Shown):
    """lldb, which ends behind its commands where ``-b`` says so or stdin does."""

    id = "lldb"
    template = "platform shell /usr/bin/printf <%s> {n}"
    script = "script.lldb"
    share = 0.02
    refusal = re.compile(r"error: |[Uu]sage|unknown|unable to find")
    stdins: ClassVar[tuple[str, ...]] = ("null", "null", "pipe")
    never = frozenset(
        {"-n", "-p", "-w", "--attach-name", "--attach-pid", "-r", "--repl", "-a", "--arch", "-k", "--one-line-on-crash"}
    )
    values = ("none", "x")
    more = (("-o", "{code}"), ("-o", "{code}"), ("-b", "-o", "{code}"), ("-O", "{code}"), ("--one-line={code}",), ("--one-line", "{code}"), ("-o{code}",), ("-b",), ("-s", "script.lldb"), ("-Q",), ("--batch",),
            ("--one-line-before-file", "{code}"), ("--one", "{code}"), ("--source-quietly",), ("-x",), ("--no-lldbinit",), ("-bo", "{code}"), ("-S", "script.lldb"))  # fmt: skip


class Blender(Small):
    """Blender without a window; it works through its words one by one."""

    id = "blender"
    template = "import os; open(os.environ['FC_MARK'],'a').write('{n}\\n')"
    script = "script.py"
    share = 0.01
    seconds = 40
    soup = 0.05
    refusal = re.compile(r"[Ee]rror|usage|unknown argument")
    stdins: ClassVar[tuple[str, ...]] = ("null",)
    more = (("--python-expr", "{code}"), ("--python-expr", "{code}"), ("--python-expr={code}",), ("--python", "script.py"), ("-P", "script.py"), ("--factory-startup",), ("--python-exp", "{code}"),
            ("-noaudio",), ("--version",), ("--help",), ("--", "--python-expr", "{code}"), ("--python-text", "x"))  # fmt: skip

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Start without a window, and end behind the words."""
        case = super().case(rng, marks, program)
        case.argv[1:1] = ["-b"]
        return case


class Exim(Shown):
    """exim's test of an expansion."""

    id = "exim"
    program_name = "exim4"
    template = "${run{/usr/bin/printf <%s> {n}}}"
    share = 0.02
    refusal = re.compile(
        r"[Ff]ailed|[Uu]sage|incomplete|unknown|abandoned|malformed|not permitted|invalid|non-existent|incompatible|must be"
    )
    never = frozenset()
    more = (("-be", "{code}"), ("-be", "{code}"), ("-C", "/dev/null", "-be", "{code}"), ("-be",), ("-be", "x", "{code}"), ("-be={code}",), ("-be{code}",), ("-v", "-be", "{code}"), ("-bev", "{code}"),
            ("-bV",), ("-bP",), ("-be", "--", "{code}"))  # fmt: skip
