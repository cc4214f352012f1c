"""The command lines of R and Rscript."""

from __future__ import annotations

import re
from typing import ClassVar

from tests.oracle.harness import which
from tests.oracle.tables import TableGrammar


class RGrammar(TableGrammar):
    """R, its script and Rscript."""

    id = "r"
    template = "cat('{n}\\n',file=Sys.getenv('FC_MARK'),append=TRUE)"
    script = "script.R"
    share = 0.4
    refusal = re.compile(r"(?i)you must specify|requires|cannot open|usage|missing|error|no such file|unknown|invalid")
    never = frozenset({"-d", "--debugger", "-g", "--gui", "--debugger-args", "--arch"})
    values = ("none.R",)
    more = (
        ("-e", "{code}"), ("-e", "{code}"), ("--no-save",), ("--vanilla",), ("-q", "--no-save"), ("--args", "-e",
        "{code}"), ("-f", "-"), ("--file=-",),
        ("-f", "script.R"), ("--slave",), ("-s",), ("x", "-e", "{code}"), ("--verbose",), ("-e", "1 + 1", "-e",
        "{code}"), ("-fscript.R",), ("--no-init-file",), ("--no-site-file",), ("--no-environ",), ("--default-packages=NULL",), ("--no-echo",),
        ("--encoding=UTF-8",), ("--interactive",), ("--no-restore",), ("--max-ppsize=10000",), ("--save",), ("--file=/dev/stdin",),
    )  # fmt: skip
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "R_PROFILE_USER": ("script.R", "none.R", "/dev/stdin"),
        "R_PROFILE": ("script.R", "/dev/fd/0"),
        "R_ENVIRON_USER": ("none",),
        "R_DEFAULT_PACKAGES": ("NULL", "utils"),
    }

    def programs(self) -> list[str]:
        """Return Rscript, R, and the program behind it."""
        return which("Rscript", "R")
