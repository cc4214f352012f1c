"""Build files: one file per type. Putting a file here is all it takes to add one."""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache, lru_cache

from flycatcher.core.interpreters.names import entry_of
from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Injection, Problem, Region, Start
from flycatcher.sources.buildfiles.engine.names import Names

__all__ = [
    "Document",
    "FileType",
    "Injection",
    "Problem",
    "Region",
    "Start",
    "candidates",
    "comments_of",
    "file_types",
    "named",
    "type_of",
]

_TEMPLATE = lazy(r"\.(?:in|tmpl|tpl|template|j2|jinja2?|erb|epp|mustache|hbs|dist|example|orig|bak|old|new)\Z")
_SHEBANG = lazy(rb"#![ \t]*(?:\S*/)?(\S+)(?:[ \t]+(?:-\S*[ \t]+|[A-Za-z_]\w*=\S*[ \t]+)*(?:\S*/)?(\S+))?")


@cache
def file_types() -> tuple[FileType, ...]:
    """Return every file type, the most particular first."""
    found: list[FileType] = []
    for module in pkgutil.iter_modules(__path__):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        found.extend(
            value()
            for value in vars(loaded).values()
            if isinstance(value, type)
            and issubclass(value, FileType)
            and value.id
            and value.__module__ == loaded.__name__
        )
    return tuple(sorted(found, key=lambda each: (each.rank, each.id)))


@cache
def _names() -> Names:
    """Return the names of all types, ready to be looked up."""
    return Names(file_types())


def named(path: str, *, docs: bool = False) -> tuple[FileType, ...]:
    """Return the types that a path fits by its name, the most particular first; documents for people on demand."""
    found = _names().types(path)
    if not found and (template := _TEMPLATE.search(path)):
        # what configure, a chart or a configuration manager makes the file from is written in the file's own language
        found = _names().types(path[: template.start()])
    if not found and not path.islower():
        # MAKEFILE, x.MK: found by the same file systems and tools that tell no case apart
        found = _names().types(path.lower()) | _names().types(path.rpartition("/")[2].capitalize())
    wanted = (each for each in found if docs or not each.on_demand)
    return tuple(sorted(wanted, key=lambda each: (each.rank, each.id))) if found else ()


def _by_shebang(head: bytes) -> tuple[FileType, ...]:
    """Return the types that a ``#!`` line asks for."""
    match = _SHEBANG.match(head)
    if match is None:
        return ()
    name = match[2] if match[1] == b"env" and match[2] else match[1]
    return _by_program(name.decode("utf-8", "surrogateescape"))


@lru_cache(maxsize=256)
def _by_program(program: str) -> tuple[FileType, ...]:
    """Return the types whose files a program reads."""
    entry = entry_of(program)
    # other programs start a shell for their text: their files are none of its own
    language = entry.language if entry is not None and (entry.kind == "shell" or entry.language != "shell") else ""
    return tuple(
        t
        for t in file_types()
        if (language and language in t.languages) or any(re.fullmatch(pattern, program) for pattern in t.shebangs)
    )


def candidates(path: str, head: bytes, *, docs: bool = False) -> tuple[FileType, ...]:
    """Return the types that a file may have, by its ``#!`` line and its name; ``head`` is its first bytes."""
    by_name = named(path, docs=docs)
    if head.startswith(b"#!"):
        by_line = _by_shebang(head)
        # a name that says what the file is for (a git hook, a Debian maintainer script) tells more than its first line
        return tuple(sorted({*by_line, *(t for t in by_name if t.rank < 50)}, key=lambda t: (t.rank, t.id))) or by_name
    return by_name


@cache
def comments_of(file_type: str) -> tuple[str, ...]:
    """Return what begins a comment in files of a type, by its id."""
    return next((each.comments for each in file_types() if each.id == file_type), ())


def type_of(document: Document) -> FileType | None:
    """Return the type of a file, None where it is none that is known."""
    head = document.text[:256].encode("utf-8", "surrogateescape")
    return next((t for t in candidates(document.path, head) if t.accepts(document)), None)
