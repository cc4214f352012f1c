"""What ``--compare`` is given: a package of a registry, a file or folder of one, or a command; and how each is tried."""

from __future__ import annotations

import shlex
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from flycatcher.isolation.sandbox import Network

_NPM = ("npm", "install", "--no-audit", "--no-fund", "--foreground-scripts")
_PIP = (
    "python3",
    "-m",
    "pip",
    "install",
    "--disable-pip-version-check",
    "--root-user-action=ignore",
    "--target",
    "installed",
)
_LOCAL = ("--no-index", "--no-deps", "--no-build-isolation")
"""Options of pip for a file at hand: nothing else is fetched for it."""
_ARCHIVES = {".tgz": "npm", ".whl": "pip", ".zip": "pip", ".gz": "pip"}
_NAME = "package"


class Subject(NamedTuple):
    """One side of a comparison."""

    shown: str
    words: tuple[str, ...]
    package: Path | None = None
    """A file or folder that is put into an empty working folder; None: the command runs in a copy of this one, or needs no file."""
    is_alone: bool = True
    """It needs nothing of the working folder."""


def subject(given: str, network: Network) -> Subject:
    """Read one side. Raises FlycatcherError for one that cannot be tried."""
    kind, _, name = given.partition(":")
    if kind in {"npm", "pip"} and name:
        if network != "host":
            raise FlycatcherError(
                f"{given} has to be fetched, and this sandbox reaches no registry",
                hint=f"give --network host, or fetch it yourself ({_fetch(kind, name)}) and compare the files",
                code=2,
            )
        return Subject(given, (*(_NPM if kind == "npm" else _PIP), name))
    path = Path(given)
    if path.exists():
        return _local(given, path.resolve())
    words = tuple(shlex.split(given))
    if not words:
        raise FlycatcherError("--compare: an empty command", hint="give two packages, or two commands", code=2)
    return Subject(given, words, is_alone=False)


def _fetch(kind: str, name: str) -> str:
    return f"npm pack {name}" if kind == "npm" else f"pip download --no-deps --only-binary :all: {name}"


def _local(given: str, path: Path) -> Subject:
    """Read a package that is here. Raises FlycatcherError where it is of no known kind."""
    if path.is_dir():
        kind = "npm" if (path / "package.json").exists() else "pip"
        if kind == "pip" and not any((path / name).exists() for name in ("pyproject.toml", "setup.py")):
            raise FlycatcherError(
                f"{given} is no package of npm or pip",
                hint="a folder needs package.json, pyproject.toml or setup.py",
                code=2,
            )
        file = f"{_NAME}.tgz" if kind == "npm" else _NAME
    else:
        kind = _ARCHIVES.get(path.suffix, "")
        if not kind:
            raise FlycatcherError(
                f"{given} is no archive of npm or pip", hint="give a .tgz, .tar.gz, .zip or .whl", code=2
            )
        file = f"{_NAME}.tgz" if kind == "npm" else path.name
    command = (*_NPM, "--offline") if kind == "npm" else (*_PIP, *_LOCAL)
    return Subject(given, (*command, f"./{file}"), path)


def lay_out(package: Path, folder: Path) -> None:
    """Put a package into a working folder; a folder of npm becomes an archive, since npm would only link to it. Raises OSError."""
    if package.is_dir() and (package / "package.json").exists():
        with tarfile.open(folder / f"{_NAME}.tgz", "w:gz") as archive:
            archive.add(package, arcname=_NAME)
        return
    from flycatcher.isolation.sandbox import copy_tree  # noqa: PLC0415 - beside what is made here

    if package.is_dir():
        copy_tree(package, folder / _NAME)
    else:
        name = f"{_NAME}.tgz" if package.suffix == ".tgz" else package.name
        (folder / name).write_bytes(package.read_bytes())
