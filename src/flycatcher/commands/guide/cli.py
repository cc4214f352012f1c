"""``flycatcher guide``: what code on the fly puts at stake in an environment, and what to do next there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from flycatcher.core.errors import FlycatcherError
from flycatcher.front import Command
from flycatcher.layout import echo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.core.recipe.guidance import Guidance, Step


@click.command(cls=Command, name="guide", short_help="Show what is at stake in an environment, and what to do next.")
@click.option(
    "--format", "form", type=click.Choice(("text", "markdown", "json")), default="text", help="How to print it."
)
@click.argument("environment", required=False)
def command(form: str, environment: str | None) -> None:
    """Print the guidance for ci, staging or production, or for all three."""
    from flycatcher.core.recipe.guidance import ALL, guidance  # noqa: PLC0415 - only this command needs it

    chosen: tuple[Guidance, ...] = ALL
    if environment is not None:
        found = guidance(environment)
        if found is None:
            names = ", ".join(entry.environment for entry in ALL)
            raise FlycatcherError(f"{environment}: unknown environment", hint=f"one of {names}", code=2)
        chosen = (found,)
    if form == "json":
        import msgspec  # noqa: PLC0415 - as above

        click.echo(msgspec.json.format(msgspec.json.encode(chosen), indent=2).decode())
        return
    if form == "markdown":
        click.echo("\n".join(line for entry in chosen for line in _markdown(entry)))
        return
    for line in (line for entry in chosen for line in _text(entry)):
        echo(line)


def _text(entry: Guidance) -> Iterator[str]:
    """Yield the lines for a terminal."""
    yield click.style(entry.title, bold=True)
    yield "  At stake"
    yield from (f"    - {stake}" for stake in entry.stakes)
    for head, steps in (("Now", entry.now), ("From now on", entry.next)):
        yield f"  {head}"
        for number, step in enumerate(steps, 1):
            yield f"    {number}. {step.text}"
            if step.command:
                yield f"       $ {click.style(step.command, fg='cyan')}"
    yield ""


def _markdown(entry: Guidance) -> Iterator[str]:
    """Yield the lines of a Markdown section."""
    yield f"## {entry.title}"
    yield ""
    yield "### At stake"
    yield ""
    yield from (f"- {stake}" for stake in entry.stakes)
    for head, steps in (("Now", entry.now), ("From now on", entry.next)):
        yield ""
        yield f"### {head}"
        yield ""
        yield from (f"{number}. {_inline(step)}" for number, step in enumerate(steps, 1))
    yield ""


def _inline(step: Step) -> str:
    """Return a step with its command in code marks."""
    return f"{step.text} `{step.command}`" if step.command else step.text
