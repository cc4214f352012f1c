"""Names of programs: what a path, a pattern or a variable's name says about which program is meant."""

from __future__ import annotations

import re

from flycatcher.core.shell.expand.patterns import matches

SHELLS = {
    "sh": "sh", "dash": "sh", "ash": "sh", "bash": "bash", "rbash": "bash", "zsh": "zsh", "ksh": "ksh", "mksh": "ksh",
    "ksh93": "ksh", "lksh": "ksh", "pdksh": "ksh", "yash": "sh", "posh": "sh", "hush": "sh",
}  # fmt: skip
"""Shells by name, with the dialect each is read in."""
FOREIGN = {"fish": "sh", "csh": "sh", "tcsh": "sh"}
"""Shells with a grammar of their own, whose plain commands read like those of sh."""

_INTERPRETERS = ("python", "perl", "ruby", "node", "nodejs", "php", "lua", "luajit", "bash", "tclsh", "guile")
_OTHER_WORDS = frozenset({
    "bin", "path", "exe", "cmd", "command", "executable", "binary", "prog", "program", "interpreter", "host",
    "build", "target", "system", "default", "my", "the", "for", "with", "use", "run", "mini", "cpanminus", "test",
})  # fmt: skip
_COMMON = (
    "sh",
    "bash",
    "dash",
    "python3",
    "python",
    "perl",
    "ruby",
    "node",
    "php",
    "nc",
    "curl",
    "wget",
    "cat",
    "base64",
)
_COMMON_PATHS = tuple(f"{folder}/{name}" for folder in ("/bin", "/usr/bin", "/usr/local/bin") for name in _COMMON)


def base(program: str) -> str:
    """Return a path's last component."""
    return program.rstrip("/").rsplit("/", 1)[-1]


def dialect_of(program: str) -> str | None:
    """Return the dialect of a shell, None where the program is no shell."""
    name = base(program).removeprefix("-")
    return SHELLS.get(name) or SHELLS.get(re.sub(r"[-.]?[0-9.]+(-static)?$|-static$", "", name))


def interpreter_by_name(name: str) -> str:
    """Return the interpreter that a variable is named after: ``PYTHON3`` -> ``python3``, ``PERL_PATH`` -> ``perl``."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{2,40}", name):
        return ""
    found = ""
    for word in name.lower().split("_"):
        if any(re.fullmatch(each + r"[0-9.]*", word) for each in _INTERPRETERS):
            found = found or word
        elif word == "miniperl":
            found = found or "perl"
        elif word not in _OTHER_WORDS:
            return ""
    return found


def by_pattern(program: str) -> str:
    """Return the well-known program that a pattern such as ``/???/b??h`` finds, else the program as written."""
    if not any(char in program for char in "*?[") or len(program) > 200:
        return program
    for candidate in _COMMON_PATHS if "/" in program else ():
        if candidate.count("/") == program.count("/") and matches(program, candidate):
            return candidate
    return program
