"""Command lines of the tools that run Python text: debuggers, profilers, coverage."""

from __future__ import annotations

import random
import re
import shutil
from typing import ClassVar

from tests.oracle.grammars.pyconsoles import PYTHON, Console
from tests.oracle.harness import Case, Marks


class Tool(Console):
    """A tool around a program: options, then text, a module or a file."""

    share = 0.05
    refusal = re.compile(
        r"(?i)usage|error:|unrecognized|no such option|requires|expected one argument|does ?n.t exist|No such file|not found|SyntaxError"
        r"|NameError|can't|must be|is a directory|Traceback|invalid|missing|No module|Error: |couldn't|could not|unable"
    )
    files: ClassVar[dict[str, str]] = {
        "script.py": PYTHON,
        "mod.py": PYTHON,
        "setup.py": PYTHON,
        "folder/__main__.py": PYTHON,
    }
    tails: ClassVar[tuple[tuple[str, ...], ...]] = (
        (), (), (), ("script.py",), ("script.py", "-c", "{code}"), ("--", "script.py"), ("--", "-c", "{code}"), ("-",), ("none.py",), ("/dev/stdin",),
        ("/dev/fd/0",), ("script.py", "x"), ("-m", "mod", "x"), ("-m", "timeit", "-n1", "-r1", "{code}"),
    )  # fmt: skip
    stdins: ClassVar[tuple[str, ...]] = ("pipe", "file", "null")
    texts: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("-c", "{code}"), ("-c{code}",), ("-c={code}",), ("-c",), ("-c", ""), ("-m", "mod"), ("-mmod",), (), (), ("-m", "none"),
    )  # fmt: skip


class Pyinstrument(Tool):
    """pyinstrument."""

    id = "pyinstrument"
    names = ("pyinstrument",)
    options = (
        ("-t",), ("--timeline",), ("-o", "out"), ("-r", "text"), ("-rjson",), ("-p", "show_all=true"), ("--renderer=text",), ("--show-all",), ("--html",),
        ("-i", "0.1"), ("--interval=1",), ("--hide", "x"), ("--version",), ("-h",), ("--unic",), ("--from-path",), ("--load", "none"), ("-x",), ("-to", "out"),
    )  # fmt: skip
    texts = (*Tool.texts, ("-tc", "{code}"), ("-tc{code}",), ("-c", "{code}", "-c", "{code}"))


class VizTracer(Tool):
    """viztracer."""

    id = "viztracer"
    names = ("viztracer",)
    options = (
        ("-o", "out.json"), ("-u",), ("--quiet",), ("--log_gc",), ("--output_dir", "out"), ("--max_stack_depth", "5"), ("--version",), ("-h",), ("--log_p",),
        ("--exclude_files", "a", "b"), ("--min_duration=1ms",), ("-x",), ("--junk", "1"), ("--log_async",), ("--ignore_f",), ("-o=out.json",), ("-t", "2"),
    )  # fmt: skip
    texts = (
        *Tool.texts,
        ("--cmd_string", "{code}"),
        ("--cmd_string={code}",),
        ("--cmd", "{code}"),
        ("-uc", "{code}"),
        ("--module", "mod"),
    )


class Kernprof(Tool):
    """kernprof."""

    id = "kernprof"
    names = ("kernprof",)
    options = (
        ("-l",), ("-b",), ("-v",), ("-lv",), ("-o", "out"), ("-s", "setup.py"), ("-p", "mod"), ("--rich",), ("-u", "1"), ("-z",), ("-q",), ("-V",), ("-h",),
        ("-i",), ("-i", "1"), ("--no-config",), ("--line-by",), ("-x",), ("-oout",), ("--outfile=out",),
    )  # fmt: skip
    texts = (*Tool.texts, ("-lc", "{code}"), ("-lv", "-c", "{code}"))


class Memray(Tool):
    """memray run."""

    id = "memray"
    names = ("memray",)
    options = (
        ("-q",), ("-f",), ("-qf",), ("-o", "out.bin"), ("--native",), ("--aggregate",), ("--no-compress",), ("--trace-python-allocators",), ("-h",), ("-x",),
        ("--follow-fork",), ("--aggr",), ("-fo", "out.bin"), ("--output=out.bin",),
    )  # fmt: skip
    texts = (
        ("-c", "{code}"), ("-qc", "{code}"), ("-fqc", "{code}"), ("-c", "-f", "{code}"), ("-m", "mod"), ("-c{code}",), ("-c",), (), ("-cm", "{code}"),
    )  # fmt: skip

    def finish(self, case: Case, rng: random.Random, program: str) -> None:
        """Name the subcommand."""
        del program
        case.argv.insert(1, rng.choice(("run", "run", "run", "run", "tree", "-v")))


class Pyperf(Tool):
    """pyperf timeit."""

    id = "pyperf"
    names = ("pyperf",)
    options = (
        ("-p1",), ("-n", "1"), ("--loops=1",), ("-q",), ("-o", "out.json"), ("--name", "x"), ("-h",), ("--inherit-environ", "FC_MARK"), ("-x",),
        ("--duplicate=2",),
    )  # fmt: skip
    texts = (
        ("{code}",),
        ("-s", "{code}"),
        ("--setup={code}",),
        ("-s", "{code}", "{code}"),
        ("--teardown", "{code}"),
        ("-s{code}",),
    )
    tails = ((), (), ("{code}",))

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Name the subcommand, and keep it short."""
        case = super().case(rng, marks, program)
        case.argv[1:1] = ["timeit", "--debug-single-value", "--inherit-environ=FC_MARK"]
        return case


class Coverage(Tool):
    """coverage run."""

    id = "coverage"
    names = ("coverage",)
    options = (
        ("-a",), ("-p",), ("--branch",), ("--source=.",), ("--omit", "x"), ("--timid",), ("-L",), ("--rcfile=x",), ("-h",), ("--data-file", "d"), ("-x",), ("-pL",),
        ("--concurrency=thread",), ("--context", "c"), ("--bra",),
    )  # fmt: skip
    texts = (
        (),
        (),
        (),
        (),
        ("-m", "timeit", "-n1", "-r1", "{code}"),
        ("--module", "timeit", "-n1", "-r1", "{code}"),
        ("-mp", "mod"),
        ("-c", "{code}"),
    )

    def finish(self, case: Case, rng: random.Random, program: str) -> None:
        """Name the subcommand."""
        del program
        case.argv.insert(1, rng.choice(("run", "run", "run", "run", "report", "debug")))


class Debugger(Tool):
    """pdb and ipdb."""

    refusal = re.compile(
        r"(?i)usage|error: |not recognized|requires|does not exist|getopt|Traceback|No module|invalid|SyntaxError"
    )
    options = (("-h",), ("--help",), ("-x",), (), (), ())
    texts = (
        ("-c", "{code}"), ("-c{code}",), ("--command", "{code}"), ("--command={code}",), ("--com={code}",), ("-c", "continue"), ("-c", "!{code}"), ("-c",),
        ("-c", "p {code}"), ("-c", "q"),
    )  # fmt: skip
    tails = (
        ("script.py",),
        ("script.py",),
        ("script.py", "-c", "{code}"),
        ("--", "script.py"),
        ("none.py",),
        (),
        ("-m", "mod"),
        ("-m", "timeit", "{code}"),
    )

    def finish(self, case: Case, rng: random.Random, program: str) -> None:
        """Let a module go on, where there is anything to read."""
        del program, rng
        if "timeit" in case.argv and case.stdin != "null":
            case.stdin_text = "c\n" + case.stdin_text


class Pdb(Debugger):
    """The debugger under its own name."""

    id = "pdb"

    def programs(self) -> list[str]:
        """Return Debian's."""
        return [path for path in (shutil.which("pdb3"),) if path is not None]


class Ipdb(Debugger):
    """ipdb."""

    id = "ipdb"
    names = ("ipdb3",)


class Debugpy(Tool):
    """debugpy, listening on a port that the system chooses."""

    id = "debugpy"
    names = ("debugpy",)
    share = 0.02
    options = (("--log-to-stderr",), ("-V",), ("--help",), ("-x",), ("--configure-subProcess", "false"), (), (), ())
    texts = (("-c", "{code}"), ("-c", "{code}"), ("-c{code}",), ("-c={code}",), ("-c",), ("-m", "mod"), ())

    def finish(self, case: Case, rng: random.Random, program: str) -> None:
        """Listen, mostly."""
        del program
        case.argv[1:1] = rng.choice((["--listen", "127.0.0.1:0"],) * 4 + ([], ["--listen=127.0.0.1:0"]))
