"""posh, Debian's policy-compliant ordinary shell.

Source: posh(1), main.c; checked with marker code against posh 0.14.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.shells.shell import Letters, Shell


class Posh(Shell):
    """Policy-compliant ordinary shell: pdksh without its additions; it has no -s."""

    id = "posh"
    grammar = "sh"
    names = (r"posh",)
    install = "apt: posh"
    verified = ("0.14",)
    letters = Letters(flags="abefhilmnprtuvxCX", named="o", attached=True, plus_code=False)
    options = Options(parser="own")
