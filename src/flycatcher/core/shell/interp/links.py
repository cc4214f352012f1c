"""Names that the text gives to what is no file: links to descriptors, FIFOs.

Source: ln(1), mkfifo(1), mknod(1).
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.execution import Execution, FileFact
from flycatcher.core.interpreters.engine.paths import is_special, target_of
from flycatcher.core.regex import lazy
from flycatcher.core.shell.provenance import fetched, strip_all_marks
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flycatcher.core.shell.interp.collector import Collector
    from flycatcher.core.shell.interp.process import ShellProcess

_MAX = 1024
_COPIES_LINKS = lazy(r"-[A-Za-z]*[adP]|--(?:archive|no-dereference)$")
_SYMBOLIC = lazy(r"-[A-Za-z]*s|--symbolic$")
_FOLDERS = ("/dev", "/dev/fd", "/proc", "/proc/self", "/proc/self/fd", "/proc/thread-self/fd")


def remember(machine: ShellProcess, name: str, argv: Sequence[str]) -> None:
    """Remember the links and FIFOs that a program makes; ``name`` is its base name."""
    collector, located = machine.collector, machine.state.located
    places = [word for word in argv[1:] if not word.startswith("-")]
    links = name == "ln" or (name == "cp" and any(_COPIES_LINKS.match(word) for word in argv))
    if name == "mkfifo":
        modes = {argv[at + 1] for at, word in enumerate(argv[:-1]) if word in ("-m", "--mode")}
        for place in places:
            if place not in modes:
                _keep(collector, located(place), FileFact(kind="fifo"))
    elif name == "mknod" and places[1:2] == ["p"]:
        _keep(collector, located(places[0]), FileFact(kind="fifo"))
    elif len(places) == 2 or (name == "ln" and len(places) == 1):
        source, target = places[0], places[1] if len(places) > 1 else "."
        known = collector.facts.get(posixpath.normpath(located(source)))
        symbolic = name == "ln" and any(_SYMBOLIC.match(word) for word in argv)
        if known is not None:
            fact = replace(known, links=(located(source), *known.links)) if symbolic else known
            _keep(collector, located(_within(target, source)), fact)
        elif links and _leads_out(source):
            _keep(collector, located(_within(target, source)), FileFact(target=source, links=(source,)))


def facts_for(machine: ShellProcess, argv: Sequence[str], env: Mapping[str, str]) -> dict[str, FileFact]:
    """Return what is known of the paths in the words and variables of a start, with what was written into FIFOs."""
    words, cwd = (*argv[1:], *env.values()), machine.state.cwd
    whole = "\n".join(words)
    return {
        name: replace(fact, text=_written(machine.collector, place)) if fact.kind == "fifo" else fact
        for place, fact in machine.collector.facts.items()
        if posixpath.basename(place) in whole or cwd.startswith(place)
        for name in _names(place, cwd, words)
        if any(name in word for word in words)
    }


def _names(place: str, cwd: str, words: Sequence[str]) -> Iterator[str]:
    """Yield how a path may be called from a working folder; one behind an unknown folder's name is taken for it."""
    yield place
    if place.startswith("/") == cwd.startswith("/") and cwd:
        yield posixpath.relpath(place, cwd)
    if not place.startswith("/"):
        yield from (word for word in words if word[:1] == UNKNOWN and word.endswith(f"/{place}"))


def origins_for(machine: ShellProcess, argv: Sequence[str]) -> dict[str, str]:
    """Return the commands that fetch what is written into the FIFOs among the words of a start."""
    found, collector = {}, machine.collector
    for word in argv[1:] if collector.facts else ():
        place = machine.state.located(word)
        fact, buffer = collector.facts.get(posixpath.normpath(place)), collector.files.get(place)
        if fact is not None and buffer is not None and (command := fetched(collector.fetches, buffer.text())):
            found[f"path.{word}.fetched"] = command
    return found


def followed(machine: ShellProcess, path: str) -> str:
    """Return where a path leads by the links that the text has made."""
    facts, place = machine.collector.facts, machine.state.located(path)
    found = target_of(place, Execution(argv=(), files=facts)) if facts else place
    return path if found == place else found


def is_fifo(machine: ShellProcess, path: str) -> bool:
    """Whether the text has made a FIFO of this name."""
    facts = machine.collector.facts
    fact = facts.get(posixpath.normpath(machine.state.located(path))) if facts else None
    return fact is not None and fact.kind == "fifo"


def _keep(collector: Collector, place: str, fact: FileFact) -> None:
    if collector.room(collector.facts, _MAX, "links and FIFOs"):
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
