"""What Python imports by itself when it starts, and from where: folders that variables name.

Source: site.py (addusersitepackages, execsitecustomize, addpackage: a line of a .pth file that begins with ``import`` is run),
Modules/getpath.py; checked with marker code against CPython 3.11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.paths import fact_of, is_planted, is_volatile, planted_path
from flycatcher.core.interpreters.python.runners import ANY
from flycatcher.core.snippet import Load

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading

_IMPORTED = ("encodings/__init__.py", "site.py")
"""Modules that are imported before site looks for the user's own."""
_CUSTOM = ("sitecustomize.py", "sitecustomize/__init__.py", "usercustomize.py", "usercustomize/__init__.py")
_USERS = ("*.pth", "usercustomize.py", "sitecustomize.py")
"""Names in the user's folder of packages; ``*`` stands for any characters, and a source looks for what fits."""
_PACKAGES = "lib/python{}.{}/site-packages"


def observe(reading: Reading, command: CommandLine, version: tuple[int, int], *, noenv: bool) -> None:
    """Record what is imported first from folders that anyone may write to; the folders themselves, and a breakpoint hook."""
    if not reading.execution.env:
        return
    if not noenv:
        _paths(reading, customs=not command.has("-S"))
        if reading.execution.env.get("PYTHONHOME"):
            _observed(reading, "PYTHONHOME", reading.execution.env["PYTHONHOME"])
    if not command.has("-s", "-S", "-I"):
        _users(reading, version, noenv=noenv)
    hook = reading.execution.env.get("PYTHONBREAKPOINT", "0")
    if not noenv and hook not in ("", "0"):
        reading.loads.append(Load(interpreter=reading.interpreter.id, path=hook, variable="PYTHONBREAKPOINT"))


def _paths(reading: Reading, *, customs: bool) -> None:
    """Record the first module in a folder of PYTHONPATH that is imported unasked."""
    for folder in reading.execution.env.get("PYTHONPATH", "").split(":"):
        if not folder or not is_volatile(folder + "/", reading.execution):
            continue
        names = [*(_CUSTOM if customs else ()), *_IMPORTED]
        if path := planted_path((folder,), names, reading.execution):
            reading.load(path, variable="PYTHONPATH")
        else:
            _observed(reading, "PYTHONPATH", folder)


def _users(reading: Reading, version: tuple[int, int], *, noenv: bool) -> None:
    """Record the user's folder of packages, whose .pth files run: that of PYTHONUSERBASE, else one below HOME.

    Builds have a HOME below /tmp all day: there a file counts where a source has seen it.
    """
    execution, env = reading.execution, reading.execution.env
    base = "" if noenv else env.get("PYTHONUSERBASE", "")
    folder = base or (f"{env['HOME'].rstrip('/')}/.local" if env.get("HOME") else "")
    if not folder or not is_volatile(folder + "/", execution):
        return
    packages = _PACKAGES.format(version[0], version[1] if version[1] < ANY[1] else "*")
    names = [f"{packages}/{name}" for name in _USERS if is_planted(folder, f"{packages}/{name}", execution)]
    if not base:
        names = [name for name in names if fact_of(f"{folder}/{name}", execution) is not None]
    if names:
        reading.load(f"{folder.rstrip('/')}/{names[0]}", variable="PYTHONUSERBASE" if base else "HOME")
    elif base:
        _observed(reading, "PYTHONUSERBASE", base)


def _observed(reading: Reading, variable: str, folder: str) -> None:
    """Record a folder as an observation, where anyone may write to it."""
    if is_volatile(folder + "/", reading.execution):
        reading.loads.append(Load(interpreter=reading.interpreter.id, path=folder, variable=variable))
