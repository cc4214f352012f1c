"""What is not installed with Flycatcher itself: packages that only some commands and sinks need, and the way to add them here."""

from __future__ import annotations

import os
import re
import shlex
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from collections.abc import Iterator

DISTRIBUTION = "flycatcher-detect"
WAY = "add-package"
"""The file of an environment that was not made by pip: the command that adds a package to it, with ``{}`` for the requirement.

Who packages the environment writes it (packaging/debian/rules, packaging/Containerfile).
"""
_PIPX = "pipx_metadata.json"


@contextmanager
def needed(package: str, extra: str, *, by: str = "") -> Iterator[None]:
    """Import within: raises FlycatcherError, which says how to install the ``extra``, where a package is missing.

    ``by``: what needs it (a sink, a file). A module of our own that is missing is an error of ours, and stays what it is.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "flycatcher":
            raise
        who = f"{by}: " if by else ""
        raise FlycatcherError(f"{who}{package} is not installed", hint=way_to_add(package, extra)) from error


def way_to_add(package: str, extra: str, environment: Path | None = None) -> str:
    """Return the command that adds a package of an extra to an environment (this one)."""
    place = environment or Path(sys.prefix)
    if (place / WAY).exists():
        return (place / WAY).read_text(encoding="utf-8").strip().replace("{}", _quoted(requirement(package, extra)))
    if (place / _PIPX).exists():
        return f"pipx inject {DISTRIBUTION} {_quoted(requirement(package, extra))}"
    activated = os.environ.get("VIRTUAL_ENV") == str(place) or sys.prefix == sys.base_prefix
    pip = "pip" if activated else f"python3 -m pip --python {shlex.quote(str(place))}"
    return f"{pip} install {_quoted(f'{DISTRIBUTION}[{extra}]')}"


def requirement(package: str, extra: str) -> str:
    """Return what the distribution asks of a package for an extra, such as ``httpx>=0.27``; its name where that is not known."""
    from importlib import metadata  # noqa: PLC0415 - loads what takes a tenth of a command's start

    try:
        lines = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        lines = []
    for line in lines:
        asked, _, marker = line.partition(";")
        name = re.match(r"[\w.-]+", asked)
        if name and _same(name[0], package) and re.search(rf"""extra\s*==\s*["']{extra}["']""", marker):
            return asked.strip()
    return package


def _same(one: str, other: str) -> bool:
    """Whether two names are of the same package (PyPA's normalisation of names)."""
    return re.sub(r"[-_.]+", "-", one).lower() == re.sub(r"[-_.]+", "-", other).lower()


def _quoted(text: str) -> str:
    """Return a word as a shell takes it; ``>`` and ``[`` would not stay what they are."""
    return f"'{text}'" if "'" not in text else shlex.quote(text)
