"""Programs that print the name of a file: what they print is taken for there, as with ``which``.

Source: basename(1), readlink(1), realpath(1), ls(1), find(1).
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Callable

_GLOB = lazy(r"[*?\[]")
_LISTING = lazy(r"-[1adABpt]+")


def _basename(args: list[str]) -> str | None:
    """Return the last name of a path, without a suffix that is given."""
    if not args or args[0].startswith("-"):
        return None
    name = posixpath.basename(args[0].rstrip("/"))
    suffix = args[1] if len(args) > 1 else ""
    return name.removesuffix(suffix) if suffix and name != suffix else name


def _resolved(args: list[str]) -> str | None:
    """Return the path itself, in which links are not known."""
    operands = [arg for arg in args if not arg.startswith("-")]
    return operands[0] if len(operands) == 1 else None


def _link(args: list[str]) -> str | None:
    """The same, where ``readlink`` is to give a path for anything but a link, too."""
    return _resolved(args) if any(re.fullmatch(r"-[fem]+|--canonicalize\S*", arg) for arg in args) else None


def _listed(args: list[str]) -> str | None:
    """Return the one file that ``ls`` is asked for."""
    operands = [arg for arg in args if not _LISTING.fullmatch(arg)]
    return operands[0] if len(operands) == 1 and "/" in operands[0] and not _GLOB.search(operands[0]) else None


def _found(args: list[str]) -> str | None:
    """Return the file that ``find FOLDER ... -name NAME`` looks for."""
    at = args.index("-name") + 1 if "-name" in args[:-1] else 0
    if (
        not at
        or args[0].startswith("-")
        or _GLOB.search(args[at])
        or {"-exec", "-execdir", "-printf", "-ok"} & set(args)
    ):
        return None
    return posixpath.join(args[0], args[at])


_PRINTERS: dict[str, Callable[[list[str]], str | None]] = {
    "basename": _basename, "readlink": _link, "realpath": _resolved, "ls": _listed, "find": _found,
}  # fmt: skip


def printed_path(name: str, args: list[str]) -> str | None:
    """Return the line that such a program prints; None where it is no such program, or not known."""
    printer = _PRINTERS.get(name)
    path = printer(args) if printer is not None else None
    return f"{path}\n" if path else None
