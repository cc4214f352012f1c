"""osh and ysh of Oils, and Nushell.

Source: core/shell.py and frontend/flag_def.py of Oils 0.18 (osh --help); crates/nu-cli of Nushell 0.90 (nu --help).
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.shells.shell import Letters, Shell


class Oils(Shell):
    """osh, which reads what bash reads, and ysh."""

    id = "oils"
    grammar = "bash"
    names = (r"osh|ysh|oil|oils-for-unix",)
    install = "oils.pub"
    letters = Letters(flags="abefhilmnprtuvxCEN", named="oO", attached=True)
    options = Options(parser="own")


class Nushell(Interpreter):
    """nu: the text of -c or -e, else the script, else stdin where --stdin asks for it."""

    id = "nushell"
    language = "nushell"
    grammar = "sh"
    kind = "shell"
    names = (r"nu|nushell",)
    install = "npm: nushell"
    reads_stdin = False
    options = Options(
        parser="own",
        short={"c": Option("value", "code", last=True), "e": Option("value", "code"), **each("mt", VALUE), **each("ilng", FLAG),
               **each("hv", EXIT)},
        long={
            "--commands": Option("value", "code", last=True), "--execute": Option("value", "code"),
            **each(("--config", "--env-config", "--plugin-config", "--log-level", "--log-target", "--threads", "--table-mode",
                    "--include-path", "--plugins"), VALUE),
            **each(("--interactive", "--login", "--no-config-file", "--no-history", "--no-std-lib", "--stdin"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
    )  # fmt: skip
