"""What GitHub's actions are given to run: inputs that hold commands, cibuildwheel's variables, health checks of service containers.

Sources: the actions' own ``action.yml``; the input's name says what it is for, since no list of actions is ever complete.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine.filetype import Region, Start
from flycatcher.sources.buildfiles.engine.yaml import EXPRESSIONS, punched, run_by
from flycatcher.sources.buildfiles.engine.yamltext import Map, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_COMMANDS = lazy(
    r"(?:(?:pre|post|before|after|build|test|install|setup|custom|on_retry|retry_on_failure)[-_]?)?"
    r"(?:commands?|cmds?|run|script|inlinescript|shell_command|exec)\Z",
    re.IGNORECASE,
)
_RUNNERS = lazy(r"ssh|script|exec|command|shell|run|docker|qemu|vm\b|container|retry", re.IGNORECASE)
"""Actions whose ``script`` is run, by what they are called; of others it is often a file's name."""
_WHEELS = lazy(r"CIBW_(?:BEFORE_(?:ALL|BUILD|TEST)|TEST_COMMAND|REPAIR_WHEEL_COMMAND)(?:_[A-Z]+)?\Z")
_PYTHON = lazy(r"python[\w-]*script|script[\w-]*python", re.IGNORECASE)


def action_inputs(
    uses: str, step: Map, symbol: tuple[str, ...], env: Mapping[str, str], context: dict[str, str]
) -> Iterator[Region | Start]:
    """Yield what a step gives its action to run."""
    given = step.map("with")
    for name, value in given.items.items():
        if not isinstance(value, Scalar) or not _COMMANDS.match(name):
            continue
        if name.lower() == "script" and not _RUNNERS.search(uses):
            continue
        text = punched(value.text, EXPRESSIONS)
        where = (*symbol, "with " + name)
        if _PYTHON.search(uses):
            yield run_by(text, "python3", where, env, context)
        else:
            yield Region(text=text, dialect="bash", symbol=where, env=dict(env), context=context, confidence="medium")
    for name, value in step.map("env").items.items():
        if isinstance(value, Scalar) and _WHEELS.match(name):
            text = punched(value.text, re.compile(r"\{(?:project|package|wheel|dest_dir|delocate_archs)\}"))
            yield Region(text=text, dialect="sh", symbol=(*symbol, "env " + name), context=context, confidence="medium")
    if uses.startswith("docker://") and (words := _words(given.text("args"))):
        entry = given.get("entrypoint")
        start = min(each.start for each in given.items.values() if isinstance(each, Scalar))
        end = max(each.end for each in given.items.values() if isinstance(each, Scalar))
        argv = (*((entry.value,) if isinstance(entry, Scalar) else ()), *words)
        yield Start(argv=argv, span=(start, end), env=dict(env), symbol=symbol, context=context)


def health_checks(job: Map, symbol: tuple[str, ...]) -> Iterator[Region | Start]:
    """Yield the health checks in the ``options`` of a job's container and services (docker create, --health-cmd)."""
    services = [(f"service {name}", each) for name, each in job.map("services").items.items()]
    for name, node in (("container", job.get("container")), *services):
        options = node.get("options") if isinstance(node, Map) else None
        if not isinstance(options, Scalar):
            continue
        words = _words(options.value)
        for at, word in enumerate(words):
            said = word.partition("=")[2] if word.startswith("--health-cmd=") else ""
            said = said or (words[at + 1] if word == "--health-cmd" and at + 1 < len(words) else "")
            if said:
                yield Start(argv=("sh", "-c", said), span=(options.start, options.end), symbol=(*symbol, name))


def _words(text: str) -> list[str]:
    """Split a text as a shell does; nothing where its quotes do not close."""
    try:
        return shlex.split(EXPRESSIONS.sub("", text))
    except ValueError:
        return []
