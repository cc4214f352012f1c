"""mksh, the MirBSD Korn shell.

Source: misc.c (parse_args, ksh_getopt) and main.c; checked with marker code against mksh R59.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.shells.shell import Letters, Shell


class Mksh(Shell):
    """mksh and lksh; on some systems their name is ``pdksh``."""

    id = "mksh"
    grammar = "ksh"
    names = (r"r?(?:mksh|lksh|pdksh|oksh)(?:-static)?",)
    letters = Letters(flags="abefhiklmnprtuvxCUX", named="oT", attached=True, plus_code=False, lone_plus=False)
    install = "apt: mksh"
    verified = ("R59",)
    expands = False
    prompts = ()
    options = Options(parser="own")
