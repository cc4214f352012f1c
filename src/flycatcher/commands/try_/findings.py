"""What a trial found: decoy values that turned up, persistence places, changed files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from flycatcher.core.planted_places import place_of
from flycatcher.isolation.changes import Changes, contents
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flycatcher.isolation.decoys import Decoys
    from flycatcher.isolation.recorder import Contact
    from flycatcher.isolation.sandbox import Sandbox


_ADDRESSES = {"A", "AAAA"}


class Findings(Struct, frozen=True):
    """Lines, but for the changes; ``opened`` is None where access times are not kept."""

    opened: list[str] | None
    canaries: list[str]
    persistence: list[str]
    project: Changes
    home: Changes
    network: list[str] = []
    """What the network was asked, each once."""
    sent: list[str] = []
    """Which decoy's value went to whom."""


def findings(  # noqa: PLR0913, PLR0917 - what a trial leaves
    sandbox: Sandbox,
    planted: Decoys,
    ran: list[dict[str, Any]],
    changed: list[Changes],
    opened: list[str] | None,
    contacts: Sequence[Contact] = (),
) -> Findings:
    """Look for the decoys' values in the records and in the files that were written, and for persistence places."""
    project, home = changed
    written = [
        (f"a file of the {where}: {name}", text)
        for where, folder, change in (("project", sandbox.project_copy, project), ("home", sandbox.home_copy, home))
        for name, text in contents(folder, (*change.added, *change.changed))
    ]
    own = {f"a file of the home: {name}" for name in planted.files}
    places = [*_texts(ran), *((place, text) for place, text in written if place not in own)]
    return Findings(
        opened=None if opened is None else [f"~/{name}" for name in opened],
        canaries=sorted({f"{where}: {name}" for where, text in places for name in planted.found_in(text)}),
        persistence=_persistence(sandbox, project, home),
        project=project,
        home=home,
        network=list(dict.fromkeys(map(_told, contacts))),
        sent=list(dict.fromkeys(line for each in contacts for line in _sent(each))),
    )


def _told(contact: Contact) -> str:
    """Return in words what the network was asked."""
    if contact.kind == "name":
        return f"{contact.host} was looked up" + ("" if contact.method in _ADDRESSES else f" ({contact.method})")
    place = f"{contact.host}, port {contact.port}"
    size = counted(contact.sent, "byte")
    if contact.kind == "http":
        return f"{contact.method} {contact.path} at {place}: {size}"
    return f"TLS with {place}: refused" if contact.kind == "tls" else f"{size} to {place}"


def _sent(contact: Contact) -> Iterator[str]:
    """Yield a line for each decoy whose value was sent."""
    way = {"name": "as a name to look up", "http": f"{contact.method} {contact.path[:200]}"}
    for name in contact.decoys:
        yield f"decoy {name} was sent to {contact.host}: {way.get(contact.kind, f'port {contact.port}')}"


def _texts(ran: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield what the records hold of each detection: the command line, stdin, and the program texts."""
    for record in ran:
        execution = record.get("execution", {})
        name = f"{record.get('interpreter', '')} ({record.get('id', '')})"
        yield f"the command line of {name}", "\0".join(execution.get("argv", ()))
        yield f"the stdin of {name}", execution.get("stdin_text") or ""
        for snippet in record.get("snippets", ()):
            if snippet.get("vector") not in {"stdin", "argument"}:
                yield f"the {snippet.get('vector')} text of {name}", snippet.get("text") or ""
        for analysis in record.get("analyses", ()):
            for layer in analysis.get("layers", ())[1:]:
                yield f"a decoded text of {name}", layer.get("text") or ""


def _persistence(sandbox: Sandbox, project: Changes, home: Changes) -> list[str]:
    """Return the added, changed or removed files that something runs later, each with who runs it."""
    found = []
    for base, change in ((sandbox.project, project), (sandbox.home, home)):
        for name in sorted({*change.added, *change.changed, *change.removed}):
            place = place_of(f"{base}/{name}")
            if place is not None:
                found.append(f"{base}/{name}: {place.sentence}")
    return found
