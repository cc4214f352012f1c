"""BeanShell.

Source: bsh/Interpreter.java (main); tried by hand against bsh 2.0b4.
"""

from __future__ import annotations

from flycatcher.interpreters.base import Interpreter
from flycatcher.interpreters.options import Options


class BeanShell(Interpreter):
    """bsh: a file, or a session on stdin."""

    id = "bsh"
    language = "java"
    names = (r"bsh|beanshell",)
    runs_on = ("sh", "bash")
    main_classes = ("bsh.Interpreter", "bsh.Console")
    install = "apt: bsh"
    options = Options(equals=False, double_dash=False, unknown="skip")
