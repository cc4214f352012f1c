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
_USERS = ("*.pth", "usercustomize.py", "sitecustomize.py", "usercustomize.pyc", "sitecustomize.pyc")
"""Names in the user's folder of packages; ``*`` stands for any characters, and a source looks for what fits."""
_LIBRARY = "lib/python{}.{}"
_PACKAGES = f"{_LIBRARY}/site-packages"
_ARCHIVES = (".zip", ".egg", ".whl", ".pyz")
"""Endings of what holds modules and is no folder; any other file that a source has seen counts as well (zipimport)."""


def observe(reading: Reading, command: CommandLine, version: tuple[int, int], *, noenv: bool) -> None:
    """Record what is imported first from folders that anyone may write to; the folders themselves, and a breakpoint hook."""
    if not reading.execution.env:
        return
    if not noenv:
        _paths(reading, customs=not command.has("-S"))
        _home(reading, version)
        _observed(reading, "PYTHONPYCACHEPREFIX", reading.execution.env.get("PYTHONPYCACHEPREFIX", ""))
    if not command.has("-s", "-S", "-I"):
        _users(reading, version, noenv=noenv)
    hook = reading.execution.env.get("PYTHONBREAKPOINT", "0")
    if not noenv and hook not in ("", "0"):
        _hook(reading, hook)


def _paths(reading: Reading, *, customs: bool) -> None:
    """Record the first module in a folder of PYTHONPATH that is imported unasked; an empty entry is the working folder."""
    execution = reading.execution
    value = execution.env.get("PYTHONPATH", "")
    names = [*(_CUSTOM if customs else ()), *_IMPORTED]
    for folder in value.split(":") if value else ():
        if not is_volatile(f"{folder or '.'}/", execution):
            continue
        paths = [
            f"{folder.rstrip('/')}/{name}" if folder else name for name in (*names, *(f"{name}c" for name in names))
        ]
        seen = [path for path in paths if is_planted("", path, execution)]
        if folder and _is_archive(folder, reading):
            reading.load(folder, variable="PYTHONPATH")
        elif path := planted_path((folder,), names, execution) or next(iter(seen), ""):
            reading.load(path, variable="PYTHONPATH")
        else:
            _observed(reading, "PYTHONPATH", folder or ".")


def _is_archive(path: str, reading: Reading) -> bool:
    """Whether an entry of PYTHONPATH is a file, from which modules are imported as from a folder."""
    found = fact_of(path, reading.execution)
    return path.endswith(_ARCHIVES) if found is None else found.kind == "regular"


def _home(reading: Reading, version: tuple[int, int]) -> None:
    """Record the library below PYTHONHOME, unless the program lies there, too."""
    execution = reading.execution
    home = execution.env.get("PYTHONHOME", "").partition(":")[0].rstrip("/")
    if not home:
        return
    library = _LIBRARY.format(version[0], version[1] if version[1] < ANY[1] else "*")
    names = [f"{library}/{name}" for name in _IMPORTED]
    path = "" if execution.exe.startswith(f"{home}/") else planted_path((home,), names, execution)
    if path:
        reading.load(path, variable="PYTHONHOME")
    else:
        _observed(reading, "PYTHONHOME", home)


def _hook(reading: Reading, name: str) -> None:
    """Record the function that ``breakpoint()`` calls, or its module's file where that is looked for in an open folder first."""
    module = name.rpartition(".")[0].replace(".", "/")
    folders = [folder for folder in reading.execution.env.get("PYTHONPATH", "").split(":") if folder]
    files = [f"{module}{ending}" for ending in (".py", "/__init__.py", ".pyc")] if module else []
    if path := planted_path(folders, files, reading.execution):
        reading.load(path, variable="PYTHONBREAKPOINT")
    else:
        reading.loads.append(Load(interpreter=reading.interpreter.id, path=name, variable="PYTHONBREAKPOINT"))


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
