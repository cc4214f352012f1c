"""The command lines of CPython and PyPy."""

from __future__ import annotations

import io
import os
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.oracle.harness import STDIN, Case, Grammar, Marks, which

if TYPE_CHECKING:
    import random

SHELL = "echo {n} >> $FC_MARK"
PICKLE = "cposix\nsystem\n(S'echo {n} >> $FC_MARK'\ntR."
FLAGS = "bBdEiIOPqRsStuvx3UhV?"
SOUP = "bBcdEhiImOPqRsSuvVWxXQ3JZ?-+:"
WRAPPERS = (
    *(["cProfile"], ["profile"], ["cProfile", "-o", "out"], ["cProfile", "-s", "time"], ["profile", "--sort=time"]),
    *(
        ["trace", "-t"],
        ["trace", "--count", "-C", "covers"],
        ["trace", "-l"],
        ["trace"],
        ["trace", "-T", "-f", "counts"],
    ),
    ["trace", "-r", "-f", "x"],
)


class Python(Grammar):
    """Options in clusters and apart, around every place where text enters."""

    id = "python"
    template = "import os; os.write(os.open(os.environ['FC_MARK'], 1089, 438), b'{n}\\n')"
    refusal = re.compile(
        r"(?i)usage|unknown option|argument expected|expected .*argument|not recognized|unrecognized|reserved for|must be one of"
        r"|invalid -X|can't open file|can't find '__main__'|does not exist|must specify|Fatal Python error|invalid choice"
        r"|no such option|embedded null|No such file|Is a directory|find module"
        r"|No such device|Too many open files|No module named|must be \"random\"|can't find|SyntaxError|NameError"
    )
    """The last two: text that broke is text that was run."""

    def refused(self, code: int, printed: str) -> bool:
        """Tell whether the line was refused; under -i the exit code does not say so."""
        del code
        return self.refusal.search(printed) is not None

    def programs(self) -> list[str]:
        """Return every CPython and PyPy that is installed."""
        root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
        pyenv = sorted(str(path) for path in root.glob("versions/*/bin/python") if path.exists())
        return [*which("/usr/bin/python3", "pypy3"), *pyenv]

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make a line of options, then a program, then arguments; now and then a soup of words."""
        case = Case(["python"], files=_files(marks))
        if rng.random() < 0.7:
            case.stdin = rng.choice(("pipe", "file", "tty", "socket"))
            case.stdin_text = marks() + "\n"
        if rng.random() < 0.1:
            case.descriptor_text = marks() + "\n"
        if rng.random() < 0.15:
            case.argv += [_soup(rng, marks) for _ in range(rng.randrange(1, 6))]
        else:
            for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
                case.argv += _option(rng, marks)
            case.argv += _program(rng, marks, case, program)
            if not {"timeit", "pickle", "doctest", "pydoc", "mailcap"} & set(case.argv):
                case.argv += rng.choice(([], [], [], ["-c", marks()], [marks()], ["-V"], ["--", "-c", marks()], ["-"]))
        if (
            "counts" not in " ".join(case.argv)
            and "pickle" not in case.argv
            and any(re.match(r"-[^cmWX-]*x", word) for word in case.argv)
        ):
            case.stdin_text, case.descriptor_text = (
                "\n" + case.stdin_text,
                case.descriptor_text and "\n" + case.descriptor_text,
            )
        if {"pickle", "doctest", "trace", "mailcap"} & set(
            case.argv
        ):  # a session would not understand what stdin holds
            case.argv = [word for word in case.argv if not re.match(r"-[^cmWX-]*i", word)]
        _environment(rng, marks, case)
        if rng.random() < 0.03 and "pypy" not in program:
            case.renamed = rng.choice(("sshd", "perl5.36", "kworker"))
        if rng.random() < 0.1:
            case.argv0 = rng.choice(("sshd", "-python", "/usr/bin/perl", "x y"))
        return case


def _files(marks: Marks) -> dict[str, str | bytes]:
    """Return a script, a module, a folder and an archive to run; all their markers are a file's."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("__main__.py", marks())
    return {
        "script.py": "#!/usr/bin/python\n" + marks() + "\n",
        "mod.py": marks() + "\n",
        "folder/__main__.py": marks() + "\n",
        "app.zip": archive.getvalue(),
        "start.py": marks() + "\n",
        "empty.py": "\n",
        "examples.txt": f">>> {marks()}\n",
    }


def _soup(rng: random.Random, marks: Marks) -> str:
    """Return a word that may be anything."""
    kind = rng.random()
    if kind < 0.6:
        cluster = "-" + "".join(rng.choice(SOUP) for _ in range(rng.randrange(1, 4)))
        return cluster + (marks() if rng.random() < 0.3 and cluster[-1] == "c" else "")
    if kind < 0.8:
        return marks()
    return rng.choice(
        ("-", "--", "script.py", "/dev/stdin", "", "mod", "--version", "--check-hash-based-pycs", "always")
    )


def _option(rng: random.Random, marks: Marks) -> list[str]:
    """Return one option with what it takes."""
    kind = rng.random()
    if kind < 0.5:
        return [
            "-" + "".join(rng.choice(FLAGS[:-3] if rng.random() < 0.98 else FLAGS) for _ in range(rng.randrange(1, 4)))
        ]
    if kind < 0.6:
        return ["-i"]
    return rng.choice(
        (
            ["-Wignore"],
            ["-W", "default"],
            ["-SWc"],
            ["-W", marks()],
            ["-X", "dev"],
            ["-Xutf8"],
            [
                "-X"
                + rng.choice(
                    ("importtime", "tracemalloc=3", "frozen_modules=off", "pycache_prefix=/x", "int_max_str_digits=0")
                )
            ],
            ["-uX", rng.choice(("faulthandler", "showrefcount", "no_debug_ranges", "perf=0", "-c", "", "presite=mod"))],
            [rng.choice(("--help-env", "--help-xoptions", "--vers", "---", "--c", "--check-hash-based-pycs=never"))],
            [""],
            ["-XI"],
            ["-Qnew"],
            ["-X", marks()],
            ["--check-hash-based-pycs", rng.choice(("always", "default", "never", "junk"))],
            ["-S-check-hash-based-pycs", "always"],
            ["-B-"],
            ["-J"],
            ["--jit", "off"],
            ["-Wignore::antigravity.x"],
            ["-WSI", "-Wal::antigravity.x::1"],
            ["-Wignore:a:antigravity!"],
            ["-Wjunk::antigravity.x"],
            ["-W", ":::::antigravity.x"],
        )
    )


def _program(rng: random.Random, marks: Marks, case: Case, program: str) -> list[str]:
    """Return the words that name the program."""
    kind = rng.random()
    if kind < 0.3:
        return _command(rng, marks, program)
    if kind < 0.4:
        return ["-m" + rng.choice(_nested(rng, marks))] if rng.random() < 0.1 else ["-m", *_module(rng, marks, case)]
    if kind < 0.62:
        return ["-m", *_module(rng, marks, case)]
    files = [
        "script.py",
        "./script.py",
        "folder",
        "app.zip",
        "nothing.py",
        "",
        "-",
        "-",
    ]
    files += [*STDIN, "/dev/../dev/stdin", "/dev/stdin/", "/dev/fd/00", "./-"]
    if case.descriptor_text:
        files += ["/dev/fd/{FD}", "/proc/self/fd/{FD}", "/dev/fd/../fd/{FD}", "/proc/self/root/dev/fd/{FD}"] * 4
    file = rng.choice(files)
    return rng.choice(([file], [file], ["--", file], [], ["--"], ["-V"], ["-c"], ["-m"], ["--help"], ["--junk"]))


def _nested(rng: random.Random, marks: Marks) -> list[str]:
    """Return modules to glue to ``-m``."""
    del rng, marks
    return ["mod", "timeit", "code", "nothing"]


def _command(rng: random.Random, marks: Marks, program: str) -> list[str]:
    """Return ``-c`` with text in one of its spellings."""
    text = marks()
    spelt = [
        text,
        "\n" + text,
        "# c\n" + text,
        text + "\n" * 3,
        text + "#" * rng.choice((10, 5000, 100_000)),
        "if 1:\n " + text,
    ]
    if "2.7" not in program:
        spelt += ["é = 'ü'; " + text, "x = '\u200b'\n" + text]
    text = rng.choice(spelt)
    cluster = "".join(rng.choice("bBdOsSuE") for _ in range(rng.randrange(3)))
    return rng.choice(([f"-{cluster}c", text], [f"-{cluster}c{text}"], ["-c", text, "-c", marks()], ["-ic", text]))


def _module(rng: random.Random, marks: Marks, case: Case, depth: int = 0) -> list[str]:
    """Return a module that runs text, with its arguments."""
    makers = (_timeit, _timeit, _sessions, _pdb, _wrapped, _files_run, _browsers, _others)
    if depth < 2 and rng.random() < 0.12:
        inner = _module(rng, marks, case, depth + 1)
        return rng.choice(
            (
                ["runpy", *inner],
                ["runpy", "runpy", *inner],
                ["cProfile", "-m", *inner],
                ["profile", "-s", "time", "-m", *inner],
                ["trace", "-t", "--module", *inner],
                ["cProfile", *inner],
            )
        )
    return rng.choice(makers)(rng, marks, case)


def _timeit(rng: random.Random, marks: Marks, case: Case) -> list[str]:
    """Return timeit, with numbers that end it soon."""
    del case
    words = ["timeit"]
    words += rng.choice(
        (["-n1", "-r1"], ["-n", "1", "-r", "1"], ["--number=1", "--repeat", "1"], ["--num=1"], ["-vn1"], ["-n", "x"])
    )
    for _ in range(rng.randrange(3)):
        words += rng.choice(
            (
                ["-s", marks()],
                ["-s" + marks()],
                ["--setup", marks()],
                ["--setup=" + marks()],
                ["--se=" + marks()],
                ["-p"],
                ["-u", "sec"],
                ["-t"],
                ["-h"] if rng.random() < 0.1 else [],
                ["--"] if rng.random() < 0.2 else [],
                ["--numb", "1", "--rep=1"],
                ["-qn1"] if rng.random() < 0.1 else [],
            )
        )
    return words + [marks() for _ in range(rng.randrange(3))]


def _sessions(rng: random.Random, marks: Marks, case: Case) -> list[str]:
    """Return a module that reads statements from stdin."""
    del marks, case
    name = rng.choice(("code", "asyncio", "code", "_pyrepl", "asyncio.__main__"))
    return [name, *rng.choice(([], [], ["-q"], ["-h"], ["-x"], ["word"]))]


def _pdb(rng: random.Random, marks: Marks, case: Case) -> list[str]:
    """Return the debugger: commands, then a script."""
    del case
    words = ["pdb"]
    for _ in range(rng.randrange(3)):
        words += rng.choice(
            (["-c", marks()], ["-c" + marks()], ["--command", marks()], ["--command=" + marks()], ["--com=" + marks()])
        )
    script = rng.choice((["script.py"], ["-m", "this"], ["nothing.py"], [], ["--", "script.py"], ["-h"]))
    return words + script + rng.choice(([], [], ["-c", marks()]))


def _wrapped(rng: random.Random, marks: Marks, case: Case) -> list[str]:
    """Return a profiler or tracer around a file."""
    del marks
    names = ["script.py", "/dev/stdin", "/dev/fd/0", "-", "nothing.py"] + ["/dev/fd/{FD}"] * (
        3 if case.descriptor_text else 0
    )
    head = rng.choice(WRAPPERS)
    return [*head, rng.choice(names)]


def _files_run(rng: random.Random, marks: Marks, case: Case) -> list[str]:
    """Return a module that runs what other kinds of files hold."""
    kind = rng.random()
    if kind < 0.15:
        case.stdin, case.stdin_text = rng.choice(("pipe", "file")), marks(PICKLE)
        counts = rng.choice((["-f", "/dev/stdin"], ["--file=/dev/fd/0"], ["-f/dev/stdin"], ["-f", "counts"]))
        what = rng.choice((["-r"], ["--report"], ["-c"], ["-tl"], ["-T"], []))
        return ["trace", *what, *counts, *rng.choice(([], ["empty.py"], ["empty.py"]))]
    if kind < 0.3:
        case.stdin, case.stdin_text = rng.choice(("pipe", "file", "socket")), marks() + "\n"
        return ["pydoc", *rng.choice(([], ["-w"])), rng.choice((*STDIN, "./mod.py", "mod", "/nowhere.py"))]
    if kind < 0.4:
        case.stdin, case.stdin_text = rng.choice(("pipe", "file")), f"text/plain; {marks(SHELL)}\n"
        case.env["MAILCAPS"] = rng.choice(("/dev/stdin", "nothing:/dev/fd/0", "nothing"))
        return ["mailcap", *rng.choice((["text/plain", "x"], ["text/plain"], ["text/html", "x"], [])[:2])]
    if kind < 0.7:
        case.stdin, case.stdin_text = rng.choice(("pipe", "file")), f">>> {marks()}\n"
        return ["doctest", *rng.choice(([], ["-v"])), rng.choice(("/dev/stdin", "examples.txt", "/dev/fd/0"))]
    case.stdin, case.stdin_text = rng.choice(("pipe", "file")), marks(PICKLE)
    return ["pickle", *rng.choice((["/dev/stdin"], ["-t"], [], ["-v", "/dev/fd/0"]))]


def _browsers(rng: random.Random, marks: Marks, case: Case) -> list[str]:
    """Return a module that opens a page, with a browser that runs text."""
    case.env["BROWSER"] = rng.choice(
        (
            f"sh -c '{marks(SHELL)} #%s'",
            f"nothing-here:sh -c '{marks(SHELL)} #' %s",
            f"sh -c '{marks(SHELL)}'",
            "sh -c '%s",
        )
    )
    return rng.choice(
        (
            ["antigravity"],
            ["webbrowser", "x"],
            ["webbrowser", "-t", "x"],
            ["webbrowser"],
            ["runpy", "antigravity"],
            ["pydoc", "antigravity"],
            ["webbrowser", "x", "y"],
        )
    )


def _others(rng: random.Random, marks: Marks, case: Case) -> list[str]:
    """Return modules that run no text of their own, and one that runs a shell's."""
    if rng.random() < 0.2 and case.stdin in ("pipe", "file"):
        case.stdin_text = "password\n"
        return ["imaplib", *rng.choice((["-s", marks(SHELL)], ["-s" + marks(SHELL)], ["-d", "3", "-s", marks(SHELL)]))]
    return rng.choice(
        (
            ["mod"],
            ["mod", "-c", marks()],
            ["json.tool", "/dev/null"],
            ["ast"],
            ["tokenize"],
            ["py_compile", "script.py"],
            ["compileall", "-q", "mod.py"],
            ["platform"],
            ["site"],
            ["nothing", marks()],
            ["dis", "script.py"],
            ["runpy"],
            ["unittest", "mod"],
            ["unittest", marks()],
            ["inspect", "mod"],
            ["sqlite3", ":memory:", "select 1"],
            ["zipapp", "folder", "-o", "x.pyz"],
            ["symtable", "script.py"],
        )
    )


def _environment(rng: random.Random, marks: Marks, case: Case) -> None:
    """Set variables, valid and not."""
    if rng.random() < 0.75:
        return
    for _ in range(rng.randrange(1, 3)):
        name, value = rng.choice(
            (
                ("PYTHONSTARTUP", rng.choice(("start.py", "", "nothing.py", "/dev/null", "/dev/stdin"))),
                ("PYTHONSTARTUP", "/dev/fd/{FD}" if case.descriptor_text else "start.py"),
                ("PYTHONINSPECT", rng.choice(("1", "", "x"))),
                (
                    "PYTHONWARNINGS",
                    rng.choice(("ignore::antigravity.x", "junk,all:x:antigravity.y:z:0", "once", marks(), "a,b")),
                ),
                ("PYTHONPATH", rng.choice((".", "folder", "/tmp/x", marks()))),
                ("PYTHONBREAKPOINT", rng.choice(("0", "os.system", ""))),
                ("PYTHONHASHSEED", rng.choice(("0", "random", "junk"))),
                ("PYTHONUTF8", rng.choice(("0", "1", "junk"))),
                ("PYTHON_BASIC_REPL", "1"),
                ("PYTHONSAFEPATH", "1"),
                ("PYTHON_PRESITE", "mod"),
                ("PYTHONOPTIMIZE", "2"),
                ("PYTHONIOENCODING", "utf-8"),
                ("PYTHONEXECUTABLE", "/x"),
                ("PYTHONDEVMODE", "1"),
                ("PYTHONUNKNOWN", marks()),
            )
        )
        case.env[name] = value
    if any("antigravity" in word for word in (*case.argv, *case.env.values())):
        case.env.setdefault("BROWSER", rng.choice((f"sh -c '{marks(SHELL)} #%s'", f"sh -c '{marks(SHELL)}'")))
