"""Command lines of the consoles on Python: IPython, xonsh, Hy, bpython, ptpython, Jupyter."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path
from typing import ClassVar

from tests.oracle.harness import STDIN, Case, Grammar, Marks

PYTHON = "import os; os.write(os.open(os.environ['FC_MARK'], 1089, 438), b'{n}\\n')"
SHELL = "echo {n} >> $FC_MARK"


def fetched(*names: str) -> list[str]:
    """Return the programs that tools/setup.sh all has installed from PyPI."""
    root = Path(os.environ.get("FLYCATCHER_PROGRAMS", Path.home() / ".cache" / "flycatcher-programs"))
    return [str(root / "python" / "bin" / name) for name in names if (root / "python" / "bin" / name).exists()]


class Console(Grammar):
    """What they share: a line of options, a program, arguments; ``{code}`` in a word is program text."""

    template = PYTHON
    refusal = re.compile(
        r"(?i)usage|error:|Bad config|unrecognized|unknown option|expected one argument|doesn't exist|No such file|not found"
        r"|SyntaxError|NameError|requires|Traceback|can't open|must be|is a directory"
    )
    share = 0.1
    names: ClassVar[tuple[str, ...]] = ()
    options: ClassVar[tuple[tuple[str, ...], ...]] = ()
    texts: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Words that bring program text."""
    tails: ClassVar[tuple[tuple[str, ...], ...]] = ()
    variables: ClassVar[dict[str, tuple[str, ...]]] = {}
    files: ClassVar[dict[str, str]] = {}
    stdins: ClassVar[tuple[str, ...]] = ("pipe", "pipe", "pipe", "file", "file", "null", "socket")
    soup = 0.15

    def programs(self) -> list[str]:
        """Return the programs that were fetched."""
        return fetched(*self.names)

    def refused(self, code: int, printed: str) -> bool:
        """Tell whether the line was refused; a console's exit code does not say so."""
        del code
        return self.refusal.search(printed) is not None

    def text(self, rng: random.Random, marks: Marks) -> str:
        """Make program text."""
        del rng
        return marks()

    def filled(self, words: tuple[str, ...], rng: random.Random, marks: Marks) -> list[str]:
        """Put program text into the words."""
        found = []
        for each in words:
            word = each
            while "{code}" in word:
                word = word.replace("{code}", self.text(rng, marks), 1)
            found.append(marks(word) if "{n}" in word else word)
        return found

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line."""
        case = Case([self.id], files={name: marks(text) + "\n" for name, text in self.files.items()})
        case.stdin = rng.choice(self.stdins)
        case.stdin_text = "" if case.stdin == "null" else self.text(rng, marks) + "\n"
        groups = [rng.choice(self.options) for _ in range(rng.choice((0, 0, 1, 1, 2, 3)))]
        groups += [rng.choice(self.texts) for _ in range(rng.choice((0, 1, 1, 1, 2)))]
        if rng.random() < self.soup:
            groups += [rng.choice((("-",), ("--",), ("",), ("-x",), ("--junk",), ("word",), ("-9",), ("-x y",)))]
        rng.shuffle(groups)
        groups += [rng.choice(self.tails)]
        case.argv += [word for group in groups for word in self.filled(group, rng, marks)]
        for name, values in self.variables.items():
            if rng.random() < 0.12:
                case.env[name] = self.filled((rng.choice(values),), rng, marks)[0]
        self.finish(case, rng, program)
        return case

    def finish(self, case: Case, rng: random.Random, program: str) -> None:
        """Change what one program needs otherwise."""


class IPython(Console):
    """ipython."""

    id = "ipython"
    names = ("ipython", "ipython3")
    _app = ("InteractiveShellApp", "TerminalIPythonApp")
    options = (
        ("-i",), ("--i",), ("--no-banner",), ("--quick",), ("--quiet",), ("--simple-prompt",), ("--no-ban",), ("--colors=NoColor",),
        ("--colors", "nocolor"), ("--log-level=50",), ("--profile=p2",), ("--profile-dir=prof",), ("--ipython-dir", "ipd"),
        ("--config=conf.py",), ("--config", "none.py"), ("--ext=none",), ("--pylab",), ("--gui", "-i"), ("-h",), ("-V",), ("--version",),
        ("--foo", "bar"), ("--foo=bar",), ("--foo-bar",), ("-x.y", "1"), ("--TerminalIPythonApp.force_interact=True",), ("--classic",),
        ("--InteractiveShellApp.exec_files=script.py",), ("--TerminalIPythonApp.exec_files", "/dev/stdin"), ("--init",), ("--no-tip",),
        ("--InteractiveShell.separate_in=",), ("--cache-size", "0"), ("--autocall=0",), ("--show-config",), ("--nosep", "--pdb"),
        ("--HistoryManager.enabled=False",), ("--TerminalIPythonApp.file_to_run=script.py",), ("--debug",), ("--help-all",),
    )  # fmt: skip
    texts = (
        ("-c", "{code}"), ("-c{code}",), ("-c={code}",), ("--c", "{code}"), ("--c={code}",), ("-c", ""), ("-ic", "{code}"), ("-c",),
        *((f"--{app}.code_to_run={{code}}",) for app in _app), *((f"--{app}.exec_lines={{code}}",) for app in _app),
        *((f"-{app}.exec_lines", "{code}") for app in _app), *((f"--{app}.code_to_run", "{code}") for app in _app),
        ("--TerminalIPythonApp.exec_lines", "pass", "--TerminalIPythonApp.exec_lines={code}"), ("--exec_lines={code}",),
        ("--exec_lines", "{code}"), ("-c", "!" + SHELL), ("-c", "%%bash\n" + SHELL), ("-c", "x = !" + SHELL), ("-c", "%sx " + SHELL),
        ("-c", "if 1:\n  !" + SHELL + "\n  {code}"), ("-c", "%%script sh\n" + SHELL), ("-c", "%timeit -n1 -r1 {code}"), ("-c", "!!" + SHELL),
        ("-c", "%run script.py"), ("-c", "%%time\n{code}"), ("-m", "mod"), ("-m", "none"), ("--m=mod",), ("-c", "%system " + SHELL),
        ("--IPKernelApp.exec_lines={code}",), ("--TerminalIPythonApp.module_to_run=mod",), ("-c", "get_ipython().system('" + SHELL + "')"),
    )  # fmt: skip
    tails = (
        (), (), (), (), ("script.py",), ("script.py", "x"), ("script.py", "-c", "{code}"), ("--", "script.py"), ("--", "-c", "{code}"), ("-",),
        ("none.py",), ("script.ipy",), ("folder",), *((path,) for path in STDIN[:4]), ("script.py", "--", "-i"), ("-m", "mod", "x"), ("--",),
        ("-i", "--", "script.py"), ("script.py", "-i"), ("word", "-i", "word"),
    )  # fmt: skip
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "IPYTHONDIR": ("ipd", "none/x", "{code}"),
        "PYTHONSTARTUP": ("start.py", "none.py", "/dev/stdin", ""),
        "IPYTHON_SUPPRESS_CONFIG_ERRORS": ("1", "x"),
        "PYTHONSAFEPATH": ("1",),
        "IPYTHONCONFIG": ("{code}",),
    }
    files: ClassVar[dict[str, str]] = {
        "script.py": PYTHON, "start.py": PYTHON, "mod.py": PYTHON, "conf.py": PYTHON, "script.ipy": PYTHON, "folder/__main__.py": PYTHON,
        ".ipython/profile_default/startup/00.py": PYTHON, ".ipython/profile_default/ipython_config.py": PYTHON,
        "ipd/profile_default/startup/00.ipy": PYTHON, "prof/ipython_config.py": PYTHON, "ipython_config.py": PYTHON,
    }  # fmt: skip

    def finish(self, case: Case, rng: random.Random, program: str) -> None:
        """Now and then ask for a subcommand; a kernel would wait for ever."""
        del program
        if rng.random() < 0.03:
            case.argv[1:1] = [rng.choice(("profile", "locate", "history", "help"))]


class Xonsh(Console):
    """xonsh."""

    id = "xonsh"
    names = ("xonsh",)
    options = (
        ("-l",), ("--login",), ("--no-rc",), ("--no-env",), ("--no-script-cache",), ("--cache-everything",), ("-DA=b",), ("-D", "A=b"),
        ("-DXONSHRC=rc.xsh",), ("-D", "XONSHRC_DIR=folder"), ("--rc", "rc.xsh"), ("--rc=rc.xsh",), ("--rc", "rc.xsh", "script.py"), ("-st", "none"),
        ("--shell-type=rl",), ("--shell-type", "junk"), ("-h",), ("-V",), ("--version",), ("-n",), ("--no-exec",), ("--timings",), ("--rc", "none"),
        ("--save-origin-env",), ("-lc",), ("--no",), ("--inter",), ("--rc", "/dev/stdin"), ("-st=none",), ("-DXONSHRC=/dev/stdin",), ("-i",),
    )  # fmt: skip
    texts = (
        ("-c", "{code}"), ("-c{code}",), ("-c={code}",), ("-c", SHELL), ("-lc", SHELL), ("-c", "  {code}"), ("-ic", "{code}"), ("-c", ""),
        ("-nc", "{code}"), ("-c", "$(" + SHELL + ")"), ("-c", "![" + SHELL + "]"), ("-c", "{code}\n" + SHELL), ("-c", "bash -c '" + SHELL + "'"), ("-c",),
        ("-c", "source script.py"), ("-c", "-x y"), ("-c", "execx('''{code}''')"), ("-c", "evalx('print(1)'); {code}"), ("-Dc", "{code}"),
    )  # fmt: skip
    tails = (
        (), (), (), (), (), ("script.py",), ("script.py", "-c", "{code}"), ("--", "script.py"), ("--", "-c", "{code}"), ("-",), ("none.py",), ("folder",),
        *((path,) for path in STDIN[:4]), ("script.py", "-i"), ("format", "script.py"), ("--",),
    )  # fmt: skip
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "XONSHRC": ("rc.xsh", "none:rc.xsh", "/dev/stdin", ""),
        "XONSHRC_DIR": ("folder",),
        "XONSH_DEBUG": ("1",),
        "XONSH_INTERACTIVE": ("1",),
        "SHELL_TYPE": ("none", "readline"),
        "XONSH_EXECER": ("{code}",),
        "BASH_ENV": ("rc.xsh",),
    }
    files: ClassVar[dict[str, str]] = {
        "script.py": PYTHON, "rc.xsh": PYTHON, "folder/a.xsh": PYTHON, ".xonshrc": PYTHON, ".config/xonsh/rc.xsh": PYTHON,
    }  # fmt: skip

    def finish(self, case: Case, rng: random.Random, program: str) -> None:
        """Now and then ask for a subcommand."""
        del program
        if rng.random() < 0.03:
            case.argv[1:1] = [rng.choice(("format", "check", "lint"))]


HY = '(do (import os) (os.write (os.open (get os.environ "FC_MARK") 1089 438) b"{n}\\n"))'


class Hy(Console):
    """hy."""

    id = "hy"
    names = ("hy",)
    template = HY
    options = (
        ("-i",), ("-B",), ("-E",), ("-u",), ("-BE",), ("--spy",), ("--spy=x",), ("--unbuffered",), ("--repl-output-fn", "repr"), ("-h",), ("-v",),
        ("--repl-output-fn=repr",), ("--version",), ("--help=x",), ("--sp",), ("-s",), ("-iu",), ("--repl-output-fn=",), ("--repl-output-fn",),
    )  # fmt: skip
    texts = (
        ("-c", "{code}"), ("-c{code}",), ("-c={code}",), ("-ic", "{code}"), ("-Bc={code}",), ("-c", ""), ("-c",), ("-uc{code}",), ("-m", "mod"),
        ("-mmod",), ("-m", "none"), ("--c", "{code}"), ("-c", "{code} {code}"), ("-e", "{code}"),
    )  # fmt: skip
    tails = (
        (), (), (), (), (), ("script.hy",), ("script.hy", "-c", "{code}"), ("--", "script.hy"), ("--", "-c", "{code}"), ("-",), ("-", "x"), ("none.hy",),
        *((path,) for path in STDIN[:4]), ("folder",), ("--",), ("--", "-"), ("py.py",),
    )  # fmt: skip
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "HYSTARTUP": ("start.hy", "none.hy", "", "/dev/stdin"),
        "PYTHONSTARTUP": ("py.py",),
        "HY_MESSAGE_WHEN_COMPILING": ("1",),
        "HY_HISTORY": ("{code}",),
    }
    files: ClassVar[dict[str, str]] = {
        "script.hy": HY, "start.hy": HY, "mod.hy": HY, "py.py": PYTHON, "folder/__main__.hy": HY,
    }  # fmt: skip


class BPython(Console):
    """bpython, which hands most lines to Python."""

    id = "bpython"
    names = ("bpython",)
    options = (
        ("-i",), ("-q",), ("--quiet",), ("--config", "x"), ("--config=x",), ("-l", "debug"), ("-lnone",), ("-L", "log"), ("-V",), ("--version",), ("-h",),
        ("-p",), ("-u",), ("-B",), ("-S",), ("-W", "ignore"), ("--inter",), ("-iq",), ("-I",), ("-x",), ("-qVi",), ("--help",), ("-E",),
    )  # fmt: skip
    texts = (
        ("-c", "{code}"), ("-c{code}",), ("-ic", "{code}"), ("-Sc", "{code}"), ("-m", "mod"), ("-m", "timeit", "-n1", "-r1", "{code}"), ("-c",),
        ("-qc", "{code}"), ("-m", "pdb", "-c", "{code}", "script.py"), ("-c", "{code}", "-V"), ("-V", "-c", "{code}"),
    )  # fmt: skip
    tails = (
        (), (), (), (), ("script.py",), ("script.py", "-c", "{code}"), ("--", "script.py"), ("-",), ("none.py",), *((path,) for path in STDIN[:4]),
        ("-", "-c", "{code}"), ("--",),
    )  # fmt: skip
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "PYTHONSTARTUP": ("start.py", "none.py", ""),
        "BPYTHON_CONFIG": ("{code}",),
        "PYTHONINSPECT": ("1",),
    }
    files: ClassVar[dict[str, str]] = {"script.py": PYTHON, "start.py": PYTHON, "mod.py": PYTHON}


class PtPython(Console):
    """ptpython and ptipython."""

    id = "ptpython"
    names = ("ptpython", "ptipython")
    options = (
        ("-i",), ("--interactive",), ("--vi",), ("--asyncio",), ("--light-bg",), ("--dark-bg",), ("--history-file", "hist"), ("--config-file=conf.py",),
        ("--config-file", "none.py"), ("-V",), ("--version",), ("-h",), ("--inter",), ("-x",), ("--hist=x",), ("-iV",),
    )  # fmt: skip
    texts = (("-c", "{code}"), ("-m", "mod"), ("-e", "{code}"), ("-ic", "{code}"), (), ())
    tails = (
        (), (), (), (), ("script.py",), ("script.py", "-i"), ("script.py", "--", "-c", "{code}"), ("--", "script.py"), ("-",), ("none.py",),
        *((path,) for path in STDIN[:4]), ("script.py", "x", "--vi"), ("script.py", "--vi", "x"),
    )  # fmt: skip
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "PYTHONSTARTUP": ("start.py", "none.py", ""),
        "PTPYTHON_CONFIG_HOME": ("cfg", "none"),
    }
    files: ClassVar[dict[str, str]] = {
        "script.py": PYTHON, "start.py": PYTHON, "mod.py": PYTHON, "conf.py": PYTHON, "cfg/config.py": PYTHON,
    }  # fmt: skip


class Jupyter(Console):
    """jupyter console and jupyter run; each line starts a kernel."""

    id = "jupyter"
    names = ("jupyter", "jupyter-run", "jupyter-console")
    share = 0.02
    options = (
        ("--simple-prompt",), ("--debug",), ("--log-level=50",), ("--no-confirm-exit",), ("-y",), ("--kernel=python3",), ("--kernel", "none"),
        ("--config=conf.py",), ("--version",), ("-h",), ("--foo=bar",), ("--foo-bar",), ("--generate-config",), ("--KernelManager.transport=ipc",),
    )  # fmt: skip
    texts = (("-c", "{code}"), ("--IPKernelApp.exec_lines={code}",), (), (), (), (), ())
    tails = (
        (),
        (),
        (),
        ("script.py",),
        ("script.py", "script.py"),
        ("none.py",),
        *((path,) for path in STDIN[:2]),
        ("--", "script.py"),
        ("-",),
    )
    files: ClassVar[dict[str, str]] = {"script.py": PYTHON, "conf.py": PYTHON}

    def finish(self, case: Case, rng: random.Random, program: str) -> None:
        """Say which command it is, where the program's name does not."""
        if program.endswith("/jupyter"):
            case.argv[1:1] = [rng.choice(("console", "run", "run", "kernelspec", "--paths"))]
