"""What a process may still need is loaded before a build runs; from then on nothing that the build could have written.

Modules are loaded when they are first needed. Where the build may write to the files of this program (an environment of the
same user, as on most CI runners), it could replace one of them, and its code would run in the process that is to judge it.
"""

from __future__ import annotations

import codecs
import importlib
import importlib.machinery
import pkgutil
import sys
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder
from typing import TYPE_CHECKING

import flycatcher
from flycatcher.core.payload.frontends.tree_sitter import parser
from flycatcher.isolation.reach import is_out_of_reach

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType

PACKAGES = (
    "flycatcher.core",
    "flycatcher.isolation",
    "flycatcher.sinks.formats",
    "flycatcher.sinks.transports",
    "flycatcher.sources.context",
    "flycatcher.sources.sensors.seccomp",
)
"""What a supervisor of a build is made of, besides what it has loaded already."""
IN_USE = ("flycatcher.sinks.delivery", "flycatcher.sources.sensors.ebpf")
"""The same, where the run has begun to use it."""
UNUSED = ("flycatcher.core.indexes", "flycatcher.isolation.worker.__main__")
APART = ("flycatcher.sinks.store.",)
"""Modules that need packages which may not be installed; who delivers to the store loads them (``delivery.registry``)."""
GRAMMARS = (
    ("tree_sitter_bash", "language"),
    ("tree_sitter_javascript", "language"),
    ("tree_sitter_lua", "language"),
    ("tree_sitter_perl", "language"),
    ("tree_sitter_php", "language_php"),
    ("tree_sitter_php", "language_php_only"),
    ("tree_sitter_python", "language"),
    ("tree_sitter_ruby", "language"),
)
"""Modules and functions that :func:`parser` is called with."""
LIBRARIES = (
    "base64",
    "bz2",
    "difflib",
    "fcntl",
    "hashlib",
    "html",
    "json",
    "lzma",
    "pickletools",
    "resource",
    "urllib.parse",
)
"""The standard library's modules that ours load when they need them."""
CODECS = (
    "ascii",
    "cp1252",
    "idna",
    "latin-1",
    "punycode",
    "utf-7",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
)
"""Encodings that payloads are written in; of another one's text nothing is decoded."""


class SealedError(ImportError):
    """A module was not loaded in time, and its file may be another one by now."""


def seal(build_uid: int) -> None:
    """Load everything, where a build of this user could change it, and refuse such modules from here on."""
    if build_uid != 0 and is_out_of_reach(flycatcher.__file__):
        return
    for name in _modules():
        importlib.import_module(name)
    for module, function in GRAMMARS:
        parser(module, function)
    for name in CODECS:
        codecs.lookup(name)
    _warm_up_rich()
    sys.meta_path.insert(0, _Refusing(build_uid))


def _modules() -> Iterator[str]:
    """Yield the names of all modules."""
    yield from LIBRARIES
    for package in (*PACKAGES, *(name for name in IN_USE if name in sys.modules)):
        places = importlib.import_module(package).__path__
        for module in pkgutil.walk_packages(places, f"{package}."):
            if module.name not in UNUSED and not module.name.startswith(APART):
                yield module.name


def _warm_up_rich() -> None:
    """Have rich load what it needs for a line, where it is in use."""
    if "rich.console" not in sys.modules:
        return
    from io import StringIO  # noqa: PLC0415

    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    Console(file=StringIO(), force_terminal=True).print(Text("\u6f22", style="bold red"))


class _Refusing:
    """A finder that lets only those modules pass that a build cannot have changed."""

    def __init__(self, build_uid: int) -> None:
        self._build_uid = build_uid

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return None for what the interpreter itself holds and what is out of the build's reach; SealedError for the rest."""
        if BuiltinImporter.find_spec(name, path, target) or FrozenImporter.find_spec(name, path, target):
            return None
        found = PathFinder.find_spec(name, path, target)
        if found is None or (self._build_uid != 0 and found.origin and is_out_of_reach(found.origin)):
            return None
        raise SealedError(f"{name} was not loaded before the build began")
