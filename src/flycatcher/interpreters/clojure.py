"""Clojure.

Source: clojure/main.clj; checked with marker code against Clojure 1.11. The kernel sees java with main class clojure.main.
"""

from __future__ import annotations

from flycatcher.interpreters.base import Interpreter
from flycatcher.interpreters.options import CODE, EXIT, VALUE, Option, Options, each

_LOAD = Option("value", "load")


class Clojure(Interpreter):
    """clojure.main: texts of -e, then a script, ``-`` or a session on stdin."""

    id = "clojure"
    language = "clojure"
    names = (r"clojure|clj|bb|babashka",)
    runs_on = ("sh", "bash")
    main_classes = ("clojure.main",)
    install = "apt: clojure"
    options = Options(
        long={
            **each(("-e", "--eval"), CODE),
            **each(("-i", "--init"), _LOAD),
            **each(("--report", "-cp", "-classpath", "-Sdeps"), VALUE),
            **each(("-m", "--main"), Option("value", "module", last=True)),
            **each(("-r", "--repl"), Option(role="interactive", last=True)),
            **each(("-h", "-?", "--help", "--version"), EXIT),
        },
        short={**each("MAXTPS", Option("attached"))},
        equals=False,
    )
