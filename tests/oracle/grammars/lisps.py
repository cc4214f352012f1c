"""The command lines of guile, sbcl and racket."""

from __future__ import annotations

import re
from typing import ClassVar

from tests.oracle.harness import which
from tests.oracle.tables import TableGrammar


class GuileGrammar(TableGrammar):
    """guile."""

    id = "guile"
    template = '(let ((p (open-file (getenv "FC_MARK") "a"))) (display "{n}\\n" p) (close-port p))'
    script = "script.scm"
    share = 0.5
    refusal = re.compile(
        r"(?i)usage|unrecognized|missing argument|no such file|in procedure|unbound variable|no code for module|not found|error"
    )
    never = frozenset({"--listen", "-ds", "-e"})
    values = ("none.scm",)
    more = (
        ("-c", "{code}"),
        ("-c", "{code}"),
        ("-s", "script.scm"),
        ("-q", "-c", "{code}"),
        ("--no-auto-compile",),
        ("-e", "main"),
        ("-c{code}",),
        ("-l", "script.scm"),
        ("-l", "/dev/stdin"),
        ("-L", "."),
        ("-C", "."),
        ("-x", ".scm"),
        ("--language=scheme",),
        ("--use-srfi=1",),
        ("--debug",),
        ("--r7rs",),
        ("-e", "(@ (guile) display)"),
    )
    variables: ClassVar[dict[str, tuple[str, ...]]] = {"GUILE_LOAD_PATH": (".",), "GUILE_AUTO_COMPILE": ("0", "fresh")}

    def programs(self) -> list[str]:
        """Return guile."""
        return which("guile")


class SbclGrammar(TableGrammar):
    """sbcl."""

    id = "sbcl"
    template = (
        '(with-open-file (s (sb-ext:posix-getenv "FC_MARK") :direction :output :if-exists :append :if-does-not-exist :create) '
        '(format s "{n}~%"))'
    )
    script = "script.lisp"
    share = 0.4
    refusal = re.compile(
        r"(?i)can't find core|unhandled|error|invalid|unknown|missing|not a core|no such file|debugger invoked"
    )
    never = frozenset({"--core", "--dynamic-space-size", "--control-stack-size", "--tls-limit"})
    values = ("none.lisp",)
    more = (
        ("--eval", "{code}"), ("--eval", "{code}"), ("--non-interactive",), ("--quit",), ("--script",), ("--script",
        "script.lisp"), ("--noinform",),
        ("--no-userinit", "--disable-debugger"), ("--end-toplevel-options", "--eval", "{code}"), ("--load",
        "script.lisp"), ("--script", "/dev/stdin"),
        ("--disable-debugger",), ("--disable-debugger",), ("--userinit", "/dev/stdin"), ("--sysinit", "script.lisp"), ("--userinit", "script.lisp"),
        ("--load", "/dev/stdin"), ("--no-sysinit",), ("--noprint",), ("--lose-on-corruption",), ("--merge-core-pages",), ("--version",),
        ("--dynamic-space-size", "500"), ("--eval", "(sb-ext:exit)"), ("--end-runtime-options", "--eval", "{code}"), ("--debug-environment",),
    )  # fmt: skip

    variables: ClassVar[dict[str, tuple[str, ...]]] = {"SBCL_HOME": ("/usr/lib/sbcl",)}

    def programs(self) -> list[str]:
        """Return sbcl."""
        return which("sbcl")

    def refused(self, code: int, stderr: str) -> bool:
        """Count it as a refusal where a form fails: the debugger then reads stdin."""
        return "debugger invoked" in stderr or super().refused(code, stderr)


class RacketGrammar(TableGrammar):
    """racket."""

    id = "racket"
    template = (
        '(let ([p (open-output-file (getenv "FC_MARK") #:exists (quote append))]) '
        '(display "{n}\\n" p) (close-output-port p))'
    )
    script = "script.rkt"
    share = 0.2
    refusal = re.compile(
        r"(?i)bad switch|missing|no such file|cannot|not found|expects|error|expected|unbound|open-input-file|module"
    )
    never = frozenset(
        {
            "-n",
            "-c",
            "-d",
            "-y",
            "-k",
            "-Y",
            "-X",
            "-G",
            "-R",
            "-S",
            "-A",
            "-C",
            "-M",
            "-m",
            "-I",
            "-l",
            "-p",
            "-W",
            "-O",
            "-L",
        }
    )
    values = ("none.rkt",)
    more = (
        ("-e", "{code}"), ("-e", "{code}"), ("-ie", "{code}"), ("-ev", "{code}"), ("-ee", "{code}",
        "{code}"), ("--eval", "{code}"), ("-i",),
        ("-f", "script.rkt"), ("-r", "script.rkt"), ("-r", "/dev/stdin"), ("-fe", "script.rkt",
        "{code}"), ("-v",), ("-e{code}",), ("-l", "racket/base"), ("-l", "racket/base", "-e", "{code}"), ("-I", "racket/base"), ("-m",), ("-N", "x"),
        ("-W", "error"), ("-d",), ("-q",), ("-j",), ("-E", "x"), ("+e", "{code}"), ("-t", "script.rkt"), ("-u", "script.rkt"), ("-A", "."), ("-Z", "x"),
        ("-il", "racket/base"), ("-V",), ("-f", "/dev/stdin"), ("--repl",), ("--no-lib",), ("--require", "none.rkt"), ("-k", "1", "2", "3"), ("-b",),
    )  # fmt: skip

    def programs(self) -> list[str]:
        """Return racket."""
        return which("racket")
