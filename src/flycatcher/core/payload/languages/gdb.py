"""gdb's and lldb's commands, and the expressions that they evaluate."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike, lines
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Language, starting

GDB = Language(
    id="gdb",
    aliases=("lldb",),
    parse=partial(lines.parse, blocks=("python", "py", "python-interactive", "pi", "script", "guile", "gu")),
    starts=starting("! shell make pipe | platform"),
    delegates={
        **dict.fromkeys(
            ("call", "print", "p", "compile", "expression", "eval", "output", "inspect", "set"), "gdb-expression"
        ),
        "python": "python",
        "py": "python",
        "python-interactive": "python",
        "pi": "python",
        "script": "python",
        "guile": "scheme",
        "gu": "scheme",
    },
)

GDB_EXPRESSION = Language(
    id="gdb-expression",
    parse=partial(clike.parse, dialect=Dialect(comments=r"(?!)", beside="group")),
    starts=starting("system popen execl execv execve execlp"),
)
LANGUAGES = (GDB, GDB_EXPRESSION)
