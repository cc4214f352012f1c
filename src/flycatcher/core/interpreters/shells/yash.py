"""yash.

Source: option.c and yash.c; checked with marker code against yash 2.52.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Options, each
from flycatcher.core.interpreters.shells.shell import Letters, Shell


class Yash(Shell):
    """Yet another shell: POSIX letters, and long options, each a setting."""

    id = "yash"
    grammar = "sh"
    names = (r"yash(?:-[\d.]+)?",)
    install = "apt: yash"
    verified = ("2.52",)
    letters = Letters(
        flags="abefhilmnuvxCEoV", named="o", attached=True, plus_code=False,
        long={
            **each(("--help", "--version"), EXIT), **each(("--profile", "--rcfile"), VALUE),
            **each(("--noprofile", "--norcfile"), FLAG),
        },
        settings=True,
    )  # fmt: skip
    options = Options(parser="own")
