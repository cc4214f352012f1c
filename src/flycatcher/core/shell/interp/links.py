"""Names that the text gives to what is no file: links to descriptors, FIFOs.

Source: ln(1), mkfifo(1), mknod(1).
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.execution import Execution, FileFact
from flycatcher.core.interpreters.engine.paths import is_special, target_of
from flycatcher.core.shell.provenance import fetched, strip_all_marks
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.core.shell.interp.collector import Collector

_MAX = 256
_FOLDERS = ("/dev", "/dev/fd", "/proc", "/proc/self", "/proc/self/fd", "/proc/thread-self/fd")


def remember(collector: Collector, name: str, argv: Sequence[str]) -> None:
    """Remember the links and FIFOs that a program makes; ``name`` is its base name."""
    places = [word for word in argv[1:] if not word.startswith("-")]
    if name == "mkfifo":
        modes = {argv[at + 1] for at, word in enumerate(argv[:-1]) if word in ("-m", "--mode")}
        for place in places:
            if place not in modes:
                _keep(collector, place, FileFact(kind="fifo"))
    elif name == "mknod" and places[1:2] == ["p"]:
        _keep(collector, places[0], FileFact(kind="fifo"))
    elif name in ("ln", "mv", "cp") and len(places) == 2:
        source, target = places
        known = collector.facts.get(posixpath.normpath(source))
        if known is not None:
            _keep(collector, _within(target, source), known)
        elif name == "ln" and _leads_out(source):
            _keep(collector, _within(target, source), FileFact(target=source))


def facts_for(collector: Collector, argv: Sequence[str], env: Mapping[str, str]) -> dict[str, FileFact]:
    """Return what is known of the paths in the words and variables of a start, with what was written into FIFOs."""
    words = (*argv[1:], *env.values())
    return {
        name: replace(fact, text=_written(collector, name)) if fact.kind == "fifo" else fact
        for name, fact in collector.facts.items()
        if any(name in word for word in words)
    }


def origins_for(collector: Collector, argv: Sequence[str]) -> dict[str, str]:
    """Return the commands that fetch what is written into the FIFOs among the words of a start."""
    found = {}
    for word in argv[1:] if collector.facts else ():
        fact, buffer = collector.facts.get(posixpath.normpath(word)), collector.files.get(word)
        if fact is not None and buffer is not None and (command := fetched(collector.fetches, buffer.text())):
            found[f"path.{word}.fetched"] = command
    return found


def followed(collector: Collector, path: str) -> str:
    """Return where a path leads by the links that the text has made."""
    return target_of(path, Execution(argv=(), files=collector.facts)) if collector.facts else path


def is_fifo(collector: Collector, path: str) -> bool:
    """Whether the text has made a FIFO of this name."""
    fact = collector.facts.get(posixpath.normpath(path)) if collector.facts else None
    return fact is not None and fact.kind == "fifo"


def _keep(collector: Collector, place: str, fact: FileFact) -> None:
    if len(collector.facts) < _MAX:
        collector.facts[posixpath.normpath(place)] = fact


def _within(target: str, source: str) -> str:
    """Return the new name, which for a folder is that of the source in it."""
    inside = target.endswith(("/", "/.")) or target in (".", "..")
    return posixpath.join(target, posixpath.basename(source)) if inside else target


def _leads_out(source: str) -> bool:
    """Whether a link to a path names no file: a descriptor, a terminal, procfs, or a folder of them."""
    return posixpath.normpath(source) in _FOLDERS or is_special(source, Execution(argv=()))


def _written(collector: Collector, name: str) -> str | None:
    """Return what the text has written into a FIFO; None where that is not known."""
    buffer = collector.files.get(name) or collector.files.get(f"./{name}")
    text = strip_all_marks(buffer.text()) if buffer is not None else UNKNOWN
    return None if not text.strip(UNKNOWN + "\n") else text
