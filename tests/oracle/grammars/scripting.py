"""The command lines of the smaller languages: Lisps, Schemes, Prolog, Forth, Haskell, S-Lang, gnuplot, runners on Node.js, ..."""

from __future__ import annotations

import random
import re
from typing import ClassVar

from tests.oracle.harness import Case, Marks, which
from tests.oracle.tables import TableGrammar

ERROR = re.compile(
    r"(?i)usage|error|unknown|unrecogni[sz]ed|invalid|ambiguous|requires|cannot|can't|no such|not found|missing|does not exist|"
    r"could ?n.t|exception|expects|illegal|undefined|unable|not supported|not a valid|bad "
)


class Small(TableGrammar):
    """A language with a table; ``program_name`` where it is not called like its table."""

    refusal = ERROR
    program_name = ""
    share = 0.1

    def programs(self) -> list[str]:
        """Return the program where it is installed."""
        return which(self.program_name or self.id.replace("_", "-")) if self.id else []


class Slsh(Small):
    """slsh."""

    id = "slsh"
    template = '()=system("echo {n} >>$FC_MARK");'
    script = "script.sl"
    never = frozenset({"-i"})
    values = ("none.sl",)
    more = (("-e", "{code}"), ("-e", "{code}"), ("-e{code}",), ("-n",), ("-q",), ("--init", "script.sl"))


class Gnuplot(Small):
    """gnuplot."""

    id = "gnuplot"
    template = 'system("echo {n} >>$FC_MARK")'
    script = "script.gp"
    more = (
        ("-e", "{code}"), ("-e", "{code}"), ("-e{code}",), ("-p",), ("-d",), ("-s",), ("-",), ("-e", "{code};{code}"),
        ("-c", "script.gp", "x"), ("--persist",), ("-V",), ("--default-settings",), ("-h",), ("-x",), ("--",),
    )  # fmt: skip

    def _soup(self, rng: random.Random, marks: Marks) -> list[str]:
        return [self._filled(word, rng, marks) for _ in range(3) for word in rng.choice(self.more)]


class Bpftrace(Small):
    """bpftrace; the tracer needs root and a kernel with BPF."""

    id = "bpftrace"
    template = 'BEGIN{system("echo {n} >>$FC_MARK");exit()}'
    script = "script.bt"
    share = 0.02
    jobs = 1
    never = frozenset({"-p", "--aot", "-l", "-c", "--emit-elf", "--emit-llvm", "-o"})
    values = ("none",)
    more = (
        ("--unsafe",), ("--unsafe",), ("--unsafe",), ("--unsafe",), ("-e", "{code}"), ("-e", "{code}"), ("-q",), ("--unsafe", "-e{code}"),
        ("-d",), ("-v",), ("-B", "none"), ("-f", "json"), ("--no-warnings",),
    )  # fmt: skip

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line that is allowed to start commands."""
        case = super().case(rng, marks, program)
        case.argv.insert(1, "--unsafe")
        return case


class Clisp(Small):
    """clisp."""

    id = "clisp"
    template = '(shell "echo {n} >>$FC_MARK")'
    script = "script.lisp"
    never = frozenset({"-K", "-M", "-B", "-m", "-w", "-c", "-on-error", "-repl", "-N", "-L", "-p"})
    values = ("none.lisp",)
    more = (
        ("-x", "{code}"),
        ("-x", "{code}"),
        ("-x", "{code}{code}"),
        ("-q",),
        ("-norc",),
        ("-ansi",),
        ("-i", "script.lisp"),
    )


class Ecl(Small):
    """ecl."""

    id = "ecl"
    template = '(ext:system "echo {n} >>$FC_MARK")'
    script = "script.lisp"
    share = 0.05
    never = frozenset({"--compile", "--heap-size", "--c-stack", "--lisp-stack", "--frame-stack", "-o", "--dir"})
    values = ("none.lisp",)
    more = (
        ("--eval", "{code}"), ("-eval", "{code}"), ("--eval", "{code}"), ("--norc",), ("-q",), ("--load", "script.lisp"),
        ("--shell", "script.lisp"), ("--eval", "(quit)"), ("--eval={code}",), ("--rc",), ("--encoding", "utf-8"), ("--load", "/dev/stdin"), ("--nodebug",),
        ("--shell", "/dev/stdin"), ("-load", "script.lisp"), ("--no-trap-fpe",), ("--version",), ("-shell", "script.lisp"), ("--", "x"), ("--eval", "(ext:quit 0)"),
    )  # fmt: skip


class Csi(Small):
    """csi."""

    id = "csi"
    template = '(import (chicken process)) (system "echo {n} >>$FC_MARK")'
    script = "script.scm"
    never = frozenset({"-R", "-require-extension", "-ss", "-K", "-keyword-style", "-setup-mode"})
    values = ("none.scm",)
    more = (
        ("-e", "{code}"), ("-e", "{code}"), ("-p", "{code}"), ("-P", "{code}"), ("-eval", "{code}"), ("-b",), ("-q",), ("-n",),
        ("-s", "script.scm"), ("script.scm",), ("-qb",), ("--",), ("-batch",), ("-e{code}",), ("-sx", "script.scm"), ("-ss", "script.scm"), ("-I", "."),
        ("-D", "x"), ("-R", "none"), ("-i",), ("-w",), ("-version",), ("-r5rs-syntax",), ("-print", "{code}"), ("-script", "/dev/stdin"),
    )  # fmt: skip
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "CSI_OPTIONS": (
            '-e (import(chicken#||#process))(system"echo\\x20;{n}\\x20;>>$FC_MARK")', "-b", "-q  -w", "-n", "-script script.scm",
        ),
    }  # fmt: skip


class Gsi(Small):
    """gsi."""

    id = "gsi"
    template = '(shell-command "echo {n} >>$FC_MARK")'
    script = "script.scm"
    more = (("-e", "{code}"), ("-e", "{code}"), ("-",), ("-f",), ("script.scm",), ("-e{code}",), ("-v",), ("-:d",))


class NewLisp(Small):
    """newlisp; its words are read by code, so they are listed here."""

    id = "newlisp"
    template = '(exec "echo {n} >>$FC_MARK")'
    script = "script.lsp"
    more = (
        ("-e", "{code}"), ("-e{code}",), ("-n",), ("-m", "10"), ("script.lsp",), ("-s", "4000"), ("-m10",), ("-x=",), ("-v",), ("none.lsp",), ("-h",), ("--",),
    )  # fmt: skip

    def _words(self, rng: random.Random, marks: Marks) -> list[str]:
        return [self._filled(word, rng, marks) for word in rng.choice(self.more)]

    def _soup(self, rng: random.Random, marks: Marks) -> list[str]:
        return self._words(rng, marks)


class Swipl(Small):
    """swipl."""

    id = "swipl"
    template = "shell('echo {n} >>$FC_MARK')"
    script = "script.pl"
    never = frozenset({"-x", "-c", "-o", "-p", "-F", "-t"})
    values = ("none.pl",)
    more = (
        ("-g", "{code}"), ("-g", "{code}"), ("-g", "{code}", "-t", "halt"), ("-g", "{code},halt"), ("-t", "{code}"), ("-q",), ("-g", "true"),
        ("-g", "halt"), ("-f", "script.pl"), ("-g{code}",), ("--",), ("-qg", "{code}"), ("--quiet",), ("--no-tty",), ("-l", "script.pl"), ("-s", "script.pl"),
        ("-O",), ("--on-error=print",), ("--on-error=halt",), ("--on-warning=status",), ("--traditional",), ("--no-packs",), ("--no-signals",), ("-f", "none"),
        ("-F", "none"), ("-p", "a=."), ("--stack-limit=1g",), ("--home",), ("--nodebug",), ("--no-pce",), ("-gt", "{code}", "halt"), ("-fg", "none", "{code}"),
        ("--arch",), ("--threads=false",), ("--no_tty",),
    )  # fmt: skip

    def text(self, rng: random.Random, marks: Marks) -> str:
        """Make a goal."""
        del rng
        return marks()

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Files and stdin hold directives."""
        case = super().case(rng, marks, program)
        case.files = {name: f":- {str(text).strip()}.\n" for name, text in case.files.items()}
        case.argv = [word for word in case.argv if not word.startswith(("/", "."))]  # a file of stdin holds directives
        case.stdin_text = case.stdin_text and case.stdin_text.strip() + ".\n"
        return case


class Gforth(Small):
    """gforth; its words are read by code, so they are listed here."""

    id = "gforth"
    template = 's" echo {n} >>$FC_MARK" system '
    script = "script.fs"
    more = (
        ("-e", "{code}"), ("-e", "{code}"), ("--evaluate", "{code}"), ("-e", "{code} bye"), ("-e", "bye"), ("script.fs",), ("--",), ("--debug",), ("-m", "1M"),
        ("-v",), ("--evaluate={code}",), ("--path", "."), ("-h",), ("--die-on-signal",), ("--no-dynamic",), ("-p.",),
    )  # fmt: skip

    def _words(self, rng: random.Random, marks: Marks) -> list[str]:
        return [self._filled(word, rng, marks) for word in rng.choice(self.more)]

    def _soup(self, rng: random.Random, marks: Marks) -> list[str]:
        return self._words(rng, marks)


class Gjs(Small):
    """gjs."""

    id = "gjs"
    template = 'imports.gi.GLib.spawn_command_line_sync("sh -c \\"echo {n} >>$FC_MARK\\"");'
    script = "script.js"
    share = 0.05
    never = frozenset({"-C", "--coverage-prefix", "--coverage-output", "-d", "--debugger", "--profile"})
    values = ("none.js",)
    more = (
        ("-c", "{code}"),
        ("-c", "{code}"),
        ("--command={code}",),
        ("--command", "{code}"),
        ("-m",),
        ("-c{code}",),
        ("-I", "."),
        ("-m", "script.js"),
        ("-mc", "{code}"),
        ("--include-path=.",),
        ("--jsversion",),
        ("--comm", "{code}"),
        ("-c", "{code}", "-c", "{code}"),
        ("--", "-c", "{code}"),
    )


class Pike(Small):
    """pike."""

    id = "pike"
    template = 'Process.system("echo {n} >>$FC_MARK");'
    script = "script.pike"
    share = 0.05
    never = frozenset({"-m", "--master", "-x", "-d", "-t", "-a", "-r", "-w"})
    values = ("none.pike",)
    more = (("-e", "{code}"), ("-e", "{code}"), ("--execute={code}",), ("-e{code}",), ("-M", "."), ("-DX",), ("--execute", "{code}"), ("--include-path=.",), ("-I.",),
            ("-W",), ("-w",), ("--picky-cpp",), ("--compat=8.0",), ("-V8.0",), ("--no-warnings",), ("--dumpversion",), ("--autoreload",), ("-E", "script.pike"), ("-s1000",),
            ("--debug-without=x",), ("-rt",), ("-q", "script.pike"))  # fmt: skip

    def programs(self) -> list[str]:
        """Return pike."""
        return which("pike8.0", "pike")[:1]

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """A script has a main function."""
        case = super().case(rng, marks, program)
        case.files = {name: f"int main(){{{text!s}}}\n" for name, text in case.files.items()}
        return case


class Ghc(Small):
    """ghc -e and ghci; the table is code, so the words are listed here."""

    id = "ghc"
    template = 'System.Environment.getEnv "FC_MARK" >>= \\p -> System.IO.appendFile p "{n}\\n"'
    share = 0.01
    stdins: ClassVar[tuple[str, ...]] = ("pipe", "null")
    commands = ("ghc", "ghci")
    some: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("-e", "{code}"), ("-e", "{code}"), ("-e{code}",), ("-v0",), ("--interactive",), ("-e", "{code}", "-e", "{code}"), ("-package", "base"), ("-O0",),
        ("-e",), ("--version",), ("script.hs",), ("-e={code}",), ("-ignore-dot-ghci",), ("-i.",), ("-XOverloadedStrings",), ("-Wall",), ("-ghci-script", "none"), ("-e", ":! true"),
        ("-v0", "-e", "{code}"), ("--make",), ("-fno-code",), ("-cpp",), ("--info",),
    )  # fmt: skip

    def programs(self) -> list[str]:
        """Return ghc and ghci."""
        return which(*self.commands) if self.id else []

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line."""
        case = Case([self.id], files={"script.hs": f"main = {marks()}\n"})
        case.stdin = rng.choice(self.stdins)
        case.stdin_text = marks() + "\n" if case.stdin == "pipe" else ""
        for _ in range(rng.randrange(1, 4)):
            case.argv += [self._filled(word, rng, marks) for word in rng.choice(self.some)]
        return case


class RunGhc(Ghc):
    """runghc."""

    id = "runghc"
    commands = ("runghc",)
    some = (("script.hs",), ("-O0",), ("--ghc-arg=-O0",), ("-f", "/usr/bin/ghc"), ("--",), ("x",), ("--ghc-arg", "-O0"))

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line: stdin holds a module."""
        case = super().case(rng, marks, program)
        head = "import qualified System.Environment\nimport qualified System.IO\nmain = "
        case.files["script.hs"] = head + str(case.files["script.hs"]).removeprefix("main = ")
        case.stdin_text = case.stdin_text and head + case.stdin_text
        return case


class Raku(Small):
    """raku."""

    id = "raku"
    template = 'shell "echo {n} >>$*ENV_";'
    script = "script.raku"
    share = 0.02
    never = frozenset(
        {"-M", "-o", "--target", "--rakudo-home", "--output", "--profile", "--profile-filename", "--doc", "--repl-mode"}
    )
    values = ("none.raku",)
    more = (
        ("-e", "{code}"),
        ("-e", "{code}"),
        ("-ne", "{code}"),
        ("-c", "-e", "{code}"),
        ("-e{code}",),
        ("-I", "."),
        ("-p", "-e", "{code}"),
        ("-",),
        ("-I.",),
        ("-V",),
        ("-v",),
        ("-pe", "{code}"),
        ("--optimize=0",),
        ("--ll-exception",),
        ("--repl-mode=non-interactive",),
        ("--stagestats",),
        ("-c",),
        ("--target=parse",),
        ("--doc",),
    )
    variables: ClassVar[dict[str, tuple[str, ...]]] = {"RAKULIB": (".",), "RAKUDO_LOG": ("x",)}

    def text(self, rng: random.Random, marks: Marks) -> str:
        """Make a statement that starts a shell."""
        del rng
        return marks("shell q[echo {n} >>$FC_MARK];")

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Use the same statement everywhere."""
        marks.template = "shell q[echo {n} >>$FC_MARK];"
        return super().case(rng, marks, program)


class Gp(Small):
    """gp."""

    id = "gp"
    template = 'system("echo {n} >>$FC_MARK")'
    script = "script.gp"
    never = frozenset({"-s", "-p", "-D", "--stacksize", "--default", "--primelimit", "--emacs", "--texmacs"})
    more = (("-q",), ("-f",), ("-fq",), ("script.gp",), ("--test",), ("--fast", "script.gp"))


class Nim(Small):
    """nim."""

    id = "nim"
    template = 'discard gorge("echo {n} >>$FC_MARK")'
    share = 0.02
    some = (
        ("--eval:{code}",), ("--eval={code}",), ("--eval:{code}",), ("--eval", "{code}"), ("e", "script.nims"), ("secret",), ("--hints:off",), ("-d:x",),
        ("--eval:{code}", "e"), ("check", "script.nims"), ("e", "-"), ("--eval", "{code}"), ("--verbosity:0",), ("--skipCfg",), ("e", "--hints:off", "script.nims"), ("--version",), ("r",),
        ("-e:{code}",), ("--EVAL:{code}",), ("--ev_al:{code}",), ("dump", "script.nims"), ("--path:.",),
    )  # fmt: skip

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line."""
        del program
        case = Case([self.id], files={"script.nims": marks() + "\n"})
        case.stdin = rng.choice(("pipe", "null"))
        case.stdin_text = marks() + "\n" if case.stdin == "pipe" else ""
        for _ in range(rng.randrange(1, 3)):
            case.argv += [self._filled(word, rng, marks) for word in rng.choice(self.some)]
        return case


class Crystal(Small):
    """crystal: each case compiles a program."""

    id = "crystal"
    template = "`echo {n} >>$FC_MARK`"
    share = 0.01
    jobs = 1
    some = (("eval", "{code}"), ("eval", "{code}", ";", "{code}"), ("eval",), ("eval", "--no-color", "{code}"), ("eval", "--", "{code}"),
            ("run", "script.cr"), ("eval", "--help"), ("eval", "-D", "x", "{code}"), ("--version",))  # fmt: skip

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line."""
        del program
        case = Case([self.id], files={"script.cr": marks() + "\n"})
        case.env["CRYSTAL_CACHE_DIR"] = "."
        case.stdin = rng.choice(("pipe", "null"))
        case.stdin_text = marks() + "\n" if case.stdin == "pipe" else ""
        case.argv += [self._filled(word, rng, marks) for word in rng.choice(self.some)]
        return case


class Mruby(Small):
    """mruby."""

    id = "mruby"
    template = 'IO.popen("echo {n} >>$FC_MARK").read'
    script = "script.rb"
    values = ("script.rb",)
    never = frozenset({"-b", "-d"})
    more = (
        ("-e", "{code}"),
        ("-e", "{code}"),
        ("-e{code}",),
        ("-c",),
        ("-v",),
        ("-",),
        ("-ex", "{code}"),
        ("--",),
        ("-h",),
    )


class Tarantool(Small):
    """tarantool."""

    id = "tarantool"
    template = 'os.execute("echo {n} >>$FC_MARK")'
    script = "script.lua"
    values = ("os",)
    share = 0.05
    more = (
        ("-e", "{code}"),
        ("-e", "{code}"),
        ("-e{code}",),
        ("-i",),
        ("-",),
        ("--",),
        ("-l", "os"),
        ("-v",),
        ("--vers",),
    )
