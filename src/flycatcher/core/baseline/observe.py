"""From a detection to the entry that it would be."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING

from flycatcher.core import interpreters
from flycatcher.core.baseline.entry import Entry, StartedBy
from flycatcher.core.execution import Execution
from flycatcher.core.fingerprint import stands_for_one
from flycatcher.core.payload.model import CRASHED
from flycatcher.core.recipe import starters
from flycatcher.core.regex import lazy
from flycatcher.core.shape import folders, is_strict, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flycatcher.core.detection import Detection
    from flycatcher.core.execution import Process

EXCERPT = 160
"""Characters of a text that an entry shows."""
_READ = 2000
_ANCESTORS = 8
_PACKAGES = ("npm_package_name", "CARGO_PKG_NAME")
"""Variables by which package managers tell a hook whose it is. Sources: npm-scripts(7), Cargo's environment variables."""
_PACKAGE_FOLDERS = lazy(
    r"/pip-(?:install|wheel|req-build|build-env)-\w+/(?P<pip>[\w.-]+)_[0-9a-f]{32}(?:/|\Z)"
    r"|/gems/(?P<gem>[\w.-]+?)-\d[\w.]*/(?:ext|lib)"
    r"|/node_modules/(?P<node>(?:@[\w.-]+/)?[\w.-]+)(?:/|\Z)(?!.*/node_modules/)"
)
"""Folders in which package managers build what they install."""
_SHARED = lazy(r".*/((?:node_modules|site-packages|dist-packages|gems|vendor)/.*)")
"""A part of a path that is the same on every machine."""
_SHARD = lazy(r"\s*(?::\s*\[[^\]]*\]|\(\S+,?[^)]*\)|\d+/\d+)\Z")
"""What a CI system adds to the name of one of several jobs."""


def entry_of(
    detection: Detection, *, root: str = "", run: str = "", hide: Callable[[str], str] = lambda text: text
) -> Entry | None:
    """Return what a detection is to a baseline, None where its text was not seen or analysed whole: anything could be in it.

    ``root``: the checkout's folder; ``run``: what stands for this run; ``hide`` takes secrets out of what is shown.
    """
    execution = detection.execution
    if not detection.shape or not stands_for_one(execution, detection.snippets) or _is_partial(detection):
        return None
    return Entry(
        interpreter=detection.interpreter,
        vector=detection.snippets[0].vector,
        text=_excerpt(detection, hide),
        shape=detection.shape,
        started_by=started_by(execution, root, hide),
        written=_without_machine(execution.context.get("text.written", "").rpartition(":")[0], root, execution),
        capabilities=tuple(sorted(detection.capabilities)),
        level=detection.risk.level,
        run=run,
    )


def _is_partial(detection: Detection) -> bool:
    """Whether a part of the text was not seen, or ended its analysis."""
    fidelity = detection.execution.fidelity
    by_stdin = any(snippet.vector == "stdin" for snippet in detection.snippets)
    if by_stdin and fidelity is not None and fidelity.stdin in {"partial", "not captured"}:
        return True
    return any(CRASHED in analysis.notes for analysis in detection.analyses)


def _excerpt(detection: Detection, hide: Callable[[str], str]) -> str:
    """Return the beginning of what runs, on one line, the same for every text of the shape."""
    snippet = detection.snippets[0]
    text = snippet.text if snippet.text is not None else snippet.path or snippet.url or "(text not captured)"
    known, strict = folders(detection.execution), is_strict(detection.capabilities, detection.analyses)
    said = shown(hide(text[:_READ]), known, strict=strict)
    line = " ".join(said.split()).encode("utf-8", "replace").decode()
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1] + "…"


def started_by(execution: Execution, root: str, hide: Callable[[str], str]) -> StartedBy:
    """Return who starts it."""
    context = execution.context
    step = execution.env.get("GITHUB_ACTION", "")
    return StartedBy(
        program=context.get("started_by.program", ""),
        package=hide(package_of(execution)),
        hook=context.get("started_by.hook", ""),
        script=hide(_script(execution, root)),
        job=_SHARD.sub("", context.get("ci.job", "")),
        step="" if step.startswith("__") else step,
    )


def package_of(execution: Execution) -> str:
    """Return the package on whose behalf it runs."""
    if execution.context.get("started_by.kind") not in {"package manager", "build tool"}:
        return ""
    told = next((execution.env[name] for name in _PACKAGES if execution.env.get(name)), "")
    found = None if told else _PACKAGE_FOLDERS.search(execution.cwd)
    return told or (found[found.lastgroup or 0] if found else "")


def _script(execution: Execution, root: str) -> str:
    """Return the nearest script that an ancestor runs, below whoever is named as the starter."""
    place = execution.place
    if place is not None and place.path:
        return "".join((_without_machine(place.path, root, execution), *(f" {part}" for part in place.symbol[:4])))
    for process in execution.ancestry[:_ANCESTORS]:
        if starters.identify(process.exe, process.comm, process.argv) is not None:
            return ""
        for path in _scripts(process):
            return _without_machine(posixpath.join(process.cwd, path), root, execution)
    return ""


def _scripts(process: Process) -> Iterator[str]:
    """Yield the script file that a process runs, if it does."""
    if len(process.argv) < 2 or interpreters.by_name(process.exe or process.argv[0]) is None:
        return
    reading = interpreters.read(Execution(argv=process.argv, exe=process.exe, cwd=process.cwd))
    if reading is not None and reading.outcome == "script" and reading.script is not None:
        yield process.argv[reading.script]


def _without_machine(path: str, root: str, execution: Execution) -> str:
    """Return a path seen from the checkout; of one outside, what is the same on every machine."""
    if not path:
        return ""
    path = posixpath.normpath(posixpath.join(execution.cwd, path)) if execution.cwd else path
    if root and path.startswith(root.rstrip("/") + "/"):
        path = os.path.relpath(path, root)
    elif (shared := _SHARED.match(path)) is not None:
        path = shared[1]
    elif path.startswith("/") and not path.startswith(("/usr/", "/etc/", "/opt/", "/bin/", "/sbin/", "/lib")):
        named = shown(path, strict=True)
        path = named if named.startswith("<") else posixpath.basename(path)
    return shown(path.encode("utf-8", "replace").decode(), strict=True)
