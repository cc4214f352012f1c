"""What ``check`` prints about one command line for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from flycatcher.core.detection import Judgement, counts, detection_of, judge, read
from flycatcher.core.interpreters.engine.reading import parts
from flycatcher.core.levels import at_least
from flycatcher.layout import echo
from flycatcher.terminal import line_start, visible

if TYPE_CHECKING:
    from flycatcher.commands.check.settings import CheckSettings
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters import Reading
    from flycatcher.core.snippet import Snippet

_COLOURS = {
    "program": {"bold": True},
    "option": {"fg": "cyan"},
    "value": {"fg": "blue"},
    "code": {"fg": "red", "bold": True},
    "script": {"fg": "green"},
    "argument": {"dim": True},
    "separator": {"fg": "magenta"},
}
_OUTCOMES = {
    "inline": "runs program text that is in no script file",
    "script": "runs a script file",
    "module": "runs a module that is installed as a file",
    "interactive": "opens an interactive session",
    "prints": "prints something about itself and exits",
    "checks": "only checks the syntax",
    "refuses": "refuses this command line and runs nothing",
    "nothing": "runs nothing",
}
_WORD_LIMIT = 2000


def explain(execution: Execution, settings: CheckSettings) -> bool:
    """Print each word with its role, then the verdict and its reasons; return whether it is a detection for ``--fail-on``."""
    reading = read(execution)
    if reading is None:
        echo(f"{line_start(execution.argv[0])}: not an interpreter that flycatcher knows; no code on the fly")
        return False
    return _explain(reading, settings)


def explain_shell(text: str, settings: CheckSettings) -> bool:
    """Print every execution of shell text that starts an interpreter; return whether one is a detection for ``--fail-on``."""
    from flycatcher.core.loud import loud  # noqa: PLC0415 - only shell text needs these
    from flycatcher.core.shell_text import read_written  # noqa: PLC0415

    result, readings = read_written(text)
    for problem in result.errors:
        echo(f"line {problem.line}: {visible(problem.message)}; the rest was read", err=True)
    for reason in result.truncated:
        echo(f"not read to its end: {visible(reason)}", err=True)
    failed = [_explain(reading, settings, live=True) for _, reading in readings]
    own = loud(text, started=result.executions) if settings.risk else None
    if own is not None:
        failed.append(_explain(own.reading, settings, live=True))
    elif not readings:
        echo("no code on the fly: no interpreter that flycatcher knows is started")
    return any(failed)


def _explain(reading: Reading, settings: CheckSettings, *, live: bool = False) -> bool:
    """Print what one interpreter would run; return whether it is a detection for ``--fail-on``."""
    _words(reading)
    judgement = judge(reading, shells=settings.shells, live=live) if settings.risk and reading.snippets else None
    on_the_fly = judgement.counts if judgement is not None else counts(reading, shells=settings.shells)
    name = reading.interpreter.id
    verdict = (
        click.style("code on the fly", fg="red", bold=True)
        if on_the_fly
        else click.style("no code on the fly", fg="green")
    )
    echo(f"{verdict}: {name} {_OUTCOMES[reading.outcome]}" + (f" ({visible(reading.error)})" if reading.error else ""))
    for snippet in reading.snippets:
        _snippet(snippet)
    if judgement is not None:
        _risk(judgement, settings.depth)
    for load in reading.loads:
        source = load.variable or load.option
        echo(f"  observed: {visible(source)} makes {name} load {visible(load.path)} first")
    if reading.snippets and not on_the_fly:
        echo("  the text of a shell counts with --shells, or when it starts an inline interpreter")
    level = judgement.risk.level if judgement is not None else "none"
    policy = None
    if settings.policies is not None and judgement is not None and on_the_fly:
        policy = settings.policies.outcome(detection_of(reading, judgement))
        said = f"{policy.action}, {policy.reason}" if policy.rule else "no rule speaks of it"
        echo(f"  policy: {visible(said)}")
    if policy is not None and policy.action == "suppressed":
        return False
    return bool(settings.fail_on) and on_the_fly and at_least(level, settings.fail_on)


def _risk(judgement: Judgement, depth: int) -> None:
    """Print the risk in one line; from depth 1 the reasons with their evidence, from depth 2 the layers."""
    from flycatcher.sinks.formats.paint import coloured  # noqa: PLC0415 - not needed for a stream
    from flycatcher.sinks.formats.tree import evidence, layers, verdict  # noqa: PLC0415

    record = {
        "risk": msgspec.to_builtins(judgement.risk),
        "analyses": msgspec.to_builtins(judgement.analyses),
    }
    echo(f"  risk:   {verdict(record, coloured)}")
    for line in evidence(record, coloured) if depth else ():
        echo(f"          {line}")
    for line in layers(record, coloured) if depth > 1 else ():
        echo(f"  {line}")


def _words(reading: Reading) -> None:
    """Print each word in its colour, and its role."""
    for index, (word, part) in enumerate(zip(reading.execution.argv, parts(reading), strict=True)):
        text = visible(word[:_WORD_LIMIT]) + (f" ... ({len(word)} characters)" if len(word) > _WORD_LIMIT else "")
        echo(f"  {index:>3} {part:<9} {click.style(text, **_COLOURS[part])}")  # type: ignore[arg-type]


def _snippet(snippet: Snippet) -> None:
    """Print one snippet: its vector, its place, its text."""
    place = {
        "argv": "" if snippet.argv_index is None else f"word {snippet.argv_index}",
        "option": snippet.option,
        "variable": snippet.variable or "",
        "descriptor": "" if snippet.descriptor is None else f"descriptor {snippet.descriptor}",
        "path": snippet.path or "",
        "url": snippet.url or "",
    }
    where = ", ".join(visible(value) for value in place.values() if value)
    echo(f"  vector: {snippet.vector}" + (f" ({where})" if where else ""))
    if snippet.note:
        echo(f"  note:   {visible(snippet.note)}")
    if snippet.text is None:
        echo("  text:   not on the command line")
        return
    for number, line in enumerate(snippet.text[:_WORD_LIMIT].split("\n")):
        echo(f"  {'text:' if number == 0 else '     '}   {click.style(visible(line), fg='red')}")
