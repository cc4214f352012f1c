"""What a trial found: decoy values that turned up, persistence places, changed files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from flycatcher.core.planted_places import place_of
from flycatcher.isolation.changes import Changes, contents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.isolation.decoys import Decoys
    from flycatcher.isolation.sandbox import Sandbox


class Findings(Struct, frozen=True):
    """``canaries`` and ``persistence`` are lines; ``opened`` is None where access times are not kept."""

    opened: list[str] | None
    canaries: list[str]
    persistence: list[str]
    project: Changes
    home: Changes


def findings(
    sandbox: Sandbox,
    planted: Decoys,
    ran: list[dict[str, Any]],
    changed: list[Changes],
    opened: list[str] | None,
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
    )


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
