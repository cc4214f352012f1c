"""Consoles of Debian's packages: jimsh, tcc, csharp, MIT Scheme and GIMP."""

from __future__ import annotations

import random
import re
from typing import ClassVar

from tests.oracle.grammars.scripting import Small
from tests.oracle.harness import Case, Marks, which


class Listed(Small):
    """A program whose words are listed in ``more`` and nowhere else."""

    def _words(self, rng: random.Random, marks: Marks) -> list[str]:
        return [self._filled(word, rng, marks) for word in rng.choice(self.more)]

    def _soup(self, rng: random.Random, marks: Marks) -> list[str]:
        return self._words(rng, marks) + self._words(rng, marks)


class Jim(Listed):
    """jimsh."""

    id = "jim"
    program_name = "jimsh"
    template = "exec sh -c {{echo {n} >>$FC_MARK}}".replace("{{", "{").replace("}}", "}")
    script = "script.tcl"
    share = 0.1
    more = (
        ("-e", "{code}"), ("-e", "{code}"), ("-e{code}",), ("-e",), ("-",), ("--",), ("--version",), ("--help",), ("-v",), ("-h",), ("script.tcl",), ("none.tcl",), ("-x",), ("",),
        ("-e", "exit"), ("--eval", "{code}"), ("-e", "{code}", "-e", "{code}"), ("-e", "{code};{code}"), ("-V",), ("-", "{code}"), ("/dev/stdin",), ("-f", "script.tcl"),
    )  # fmt: skip
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "JIMLIB": (".", "none"),
        "HOME": (".",),
        "JIMRC": ("script.tcl",),
    }

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Sometimes there is a start-up file."""
        case = super().case(rng, marks, program)
        if rng.random() < 0.1:
            case.files[".jimrc"] = marks() + "\n"
        return case


class Tcc(Listed):
    """tcc: stdin and files hold programs of C."""

    id = "tcc"
    template = 'int main(){FILE*f=fopen(getenv("FC_MARK"),"a");fprintf(f,"{n}\\n");return 0;}'
    head = "#include <stdio.h>\n#include <stdlib.h>\n"
    script = "script.c"
    share = 0.1
    more = (
        ("-run",), ("-run",), ("-run",), ("-run",), ("-run", "-"), ("-run", "-"), ("-run", "-"), ("-run", "-"), ("-run", "-"), ("-w", "-run", "-"), ("-run", "-", "x"), ("-run", "script.c"), ("script.c",), ("-",), ("-c",), ("-E",), ("-o", "out"), ("-oout",), ("-I.",), ("-I", "."), ("-DX=1",), ("-D", "X"),
        ("-lm",), ("-w",), ("-Wall",), ("-g",), ("-b",), ("-bt",), ("-bt4",), ("-v",), ("-vv",), ("-h",), ("-hh",), ("-x", "c"), ("-xc",), ("-xn",), ("-include", "stdio.h"), ("-isystem", "."),
        ("-std=c11",), ("-O2",), ("-pipe",), ("-P",), ("-nostdinc",), ("-L.",), ("-L", "."), ("-B", "/usr/lib/x86_64-linux-gnu/tcc"), ("-shared",), ("-r",), ("-static",), ("-pthread",), ("-U", "X"),
        ("-soname", "x"), ("-rdynamic",), ("-m64",), ("-fno-common",), ("-MD",), ("-MF", "x.d"), ("-dumpversion",), ("-print-search-dirs",), ("-Wl,-rpath=.",), ("-s",), ("--param", "x"), ("-bench",),
        ("@list",), ("-ar", "t", "x.a"), ("none.c",), ("-l", "m"), ("-run", "-lm"), ("-runx",), ("-Wp,-DX",), ("-dM",), ("/dev/stdin",), ("-iwithprefix", "."), ("-traditional",), ("--version",),
        ("-run-x", "-"), ("--help",), ("-bogus",), ("-dt",), ("-xa",), ("-",), ("-",),
    )  # fmt: skip
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "CPATH": (".",),
        "C_INCLUDE_PATH": ("none",),
        "LIBRARY_PATH": (".",),
    }

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Put the headers in front of every program; a file names words of the line."""
        case = super().case(rng, marks, program)
        case.files = {name: self.head + str(text) for name, text in case.files.items()}
        case.stdin_text = case.stdin_text and self.head + case.stdin_text
        case.files["list"] = rng.choice(("-w\n", "-DX\n"))
        return case


class Csharp(Listed):
    """csharp of Mono."""

    id = "csharp"
    template = 'System.IO.File.AppendAllText(System.Environment.GetEnvironmentVariable("FC_MARK"),"{n}\\n");'
    script = "script.csx"
    share = 0.01
    more = (
        ("-e", "{code}"), ("-e", "{code}"), ("-e{code}",), ("-e:{code}",), ("-r:System.Xml",), ("-r", "System.Xml"), ("-reference:System.Xml",), ("-lib:.",), ("-pkg:x",), ("--help",), ("-help",),
        ("-?",), ("-v",), ("--version",), ("script.csx",), ("none.csx",), ("-",), ("--",), ("-s",), ("-unsafe",), ("-d:X",), ("-define:X",), ("-langversion:7",), ("-warn:0",), ("-checked",), ("--about",),
        ("--stacktrace",), ("-main:X",), ("-e",), ("-nologo",), ("/?",), ("/help",), ("/unsafe",), ("-bogus",), ("--attach",), ("--agent:x",), ("-pipe",), ("@resp",), ("--e", "{code}"), ("script.csx", "-e", "{code}"),
        ("/e", "{code}"), ("-noconfig",),
    )  # fmt: skip

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """A response file holds options."""
        case = super().case(rng, marks, program)
        case.files["resp"] = rng.choice(("-unsafe\n", "script.csx\n"))
        if rng.random() < 0.2:
            case.files[".config/csharp/x.cs"] = marks() + "\n"
        return case


class MitScheme(Listed):
    """MIT Scheme."""

    id = "mit_scheme"
    template = '(call-with-append-file (get-environment-variable "FC_MARK") (lambda (p) (write-string "{n}\\n" p)))'
    head = "(define (call-with-append-file n f) (let ((p (open-output-file n #t))) (f p) (close-port p)))"
    script = "script.scm"
    share = 0.03
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "MITSCHEME_BAND": ("none", ""),
        "MITSCHEME_LIBRARY_PATH": ("",),
        "MITSCHEME_HEAP_SIZE": ("100000",),
    }
    more = (
        ("--eval", "{code}"), ("--eval", "{code}"), ("--eval", "{code}", "{code}"), ("-eval", "{code}"), ("--load", "script.scm"), ("-load", "script.scm"), ("--load", "script.scm", "script.scm"), ("--quiet",),
        ("-quiet",), ("--batch-mode",), ("--no-init-file",), ("--interactive",), ("--nocore",), ("--heap", "100000"), ("--silent",), ("--args", "{code}"), ("--", "{code}"), ("--help",), ("--version",),
        ("script.scm",), ("<script.scm",), ("none.scm",), ("--eval",), ("--bogus",), ("--load", "none.scm"), ("--eval={code}",), ("--eval", "1", "{code}"), ("--eval", "-", "{code}"), ("--quiet", "--eval", "{code}", "--eval", "{code}"), ("-",),
        ("--option-summary",), ("--stack", "1000"), ("--prepend-library", "."), ("--args", "x", "--eval", "{code}"), ("--suspend-file",), ("--EVAL", "{code}"), ("--load", "/dev/stdin"), ("--band", "all.com"),
        ("--ev", "{code}"), ("--eval", "{code}", "--", "--eval", "{code}"),
    )  # fmt: skip

    def programs(self) -> list[str]:
        """Return the console, which starts under a name of its version too."""
        return which("mit-scheme")

    def text(self, rng: random.Random, marks: Marks) -> str:
        """Make an expression."""
        del rng
        return marks(
            '(let ((p (open-output-file (get-environment-variable "FC_MARK") #t))) (write-string "{n}\\n" p) (close-port p))'
        )

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Use the same expression everywhere; sometimes there is a start-up file."""
        marks.template = '(let ((p (open-output-file (get-environment-variable "FC_MARK") #t))) (write-string "{n}\\n" p) (close-port p))'
        case = super().case(rng, marks, program)
        if rng.random() < 0.2:
            case.files[".scheme.init"] = marks() + "\n"
        return case


class Gimp(Listed):
    """GIMP without a display."""

    id = "gimp"
    template = '(gimp-message "{n}")'
    share = 0.003
    seconds = 100
    script = "script.scm"
    stdins: ClassVar[tuple[str, ...]] = ("null", "pipe")
    more = (
        ("-b", "{code}"), ("-b", "{code}"), ("-b{code}",), ("--batch={code}",), ("--batch", "{code}"), ("-b", "-"), ("-b-",), ("--batch-interpreter=plug-in-script-fu-eval",),
        ("--batch-interpreter", "plug-in-script-fu-eval"), ("-d",), ("-f",), ("-s",), ("-n",), ("-a",), ("--version",), ("-v",), ("--help",), ("-h",), ("--verbose",), ("-c",), ("--no-data",), ("--no-fonts",),
        ("-g", "none"), ("--license",), ("--bogus",), ("none.png",), ("--", "-b", "{code}"), ("-dfb", "{code}"), ("--gimprc=none",), ("--no-shm",), ("--stack-trace-mode", "never"), ("--session", "x"),
    )  # fmt: skip

    def answered(self, printed: str) -> set[int]:
        """Return what the messages say."""
        return {int(n) for n in re.findall(r"Warning: M(\d+)M", printed)}

    def text(self, rng: random.Random, marks: Marks) -> str:
        """Make an expression."""
        del rng
        return marks()

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line that ends."""
        case = super().case(rng, marks, program)
        case.argv[1:1] = ["-i", "-d", "-f", "-s"]
        case.argv += ["-b", "(gimp-quit 0)"]
        return case
