"""``flycatcher store``: keep detections of many runs and hosts, search them, export them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from flycatcher.extras import needed
from flycatcher.front import Group

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.commands.store.work import Work

_FORMATS = ("jsonl", "csv", "parquet")


@click.group(cls=Group, name="store", short_help="Import, search, export and clear out stored detections.")
def command() -> None:
    """Keep detections of many runs and hosts in SQLite or PostgreSQL, and search them.

    The store is --store, else the variable FLYCATCHER_STORE, else a file in the state folder.
    """


def _work(address: str) -> Work:
    with needed("SQLAlchemy", "store"):
        from flycatcher.commands.store.work import Work  # noqa: PLC0415 - SQLAlchemy takes a while

    return Work(address)


def _store(command: Callable[..., None]) -> Callable[..., None]:
    return click.option(
        "--store",
        "address",
        envvar="FLYCATCHER_STORE",
        default="",
        metavar="ADDRESS",
        help="store:///FILE or postgresql://USER@HOST/NAME.",
    )(command)


@command.command(name="import")
@_store
@click.option(
    "--host", default="", metavar="NAME", help="Whose the records are that name no host (notices, summaries)."
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
def import_(*, address: str, host: str, files: tuple[str, ...]) -> None:
    """Add the records of reports (.jsonl, .json) and of ledgers (DIR); - is stdin. What is there is not added again."""
    _work(address).take(files, host)


@command.command()
@_store
@click.argument("words", nargs=-1, metavar="[QUERY]")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Sightings of a page.")
@click.option("--after", default="", metavar="KEY", help="Go on behind the page that ended with this key.")
@click.option("--count", "count", is_flag=True, help="Print only how many there are.")
@click.option("--jsonl", is_flag=True, help="Print whole records.")
def query(address: str, words: tuple[str, ...], **how: Any) -> None:  # noqa: ANN401 - click's options, typed in Work.query
    """Print what QUERY finds, the newest first.

    \b
    flycatcher store query 'level>=high interpreter:node since:7d'
    flycatcher store query 'host:ci-* -environment:production text~"base64"'
    flycatcher store query 'capability:network.* state:new'

    Fields: level, score, interpreter, vector, capability, technique, host, repository, job, environment, outcome, user,
    container, path, command, sensor, id, shape, state, since, until, text.
    """  # noqa: D301 - click\'s own mark for lines to be kept
    _work(address).query(" ".join(words), **how)


@command.command()
@_store
@click.argument("words", nargs=-1, metavar="[QUERY]")
@click.option(
    "--format", "kind", type=click.Choice(_FORMATS), help="Without it, what the file's name ends in, else jsonl."
)
@click.option("--output", "-o", default="-", metavar="FILE", help="Write to a file instead of stdout.")
def export(*, address: str, words: tuple[str, ...], kind: str | None, output: str) -> None:
    """Export what QUERY finds: whole records as JSON Lines, or a row for each sighting (csv, parquet)."""
    ending = output.rpartition(".")[2].lower()
    _work(address).export(" ".join(words), kind or (ending if ending in _FORMATS else _FORMATS[0]), output)


@command.command()
@_store
@click.option("--older-than", default="", metavar="TIME", help="Delete what is older: 90d, 12h, 2026-01-31.")
@click.option(
    "--keep-level",
    type=click.Choice(["low", "medium", "high", "critical"]),
    help="With --older-than: keep detections from this level on.",
)
@click.option(
    "--max-rows", type=click.IntRange(0), default=0, help="Delete the oldest of the lowest level beyond so many."
)
@click.option(
    "--max-bytes", type=click.IntRange(0), default=0, help="Delete the oldest of the lowest level beyond so much."
)
@click.option("--vacuum", is_flag=True, help="Give the room back to the file system.")
def prune(  # noqa: PLR0913 - an option each
    *, address: str, older_than: str, keep_level: str | None, max_rows: int, max_bytes: int, vacuum: bool
) -> None:
    """Delete by age, by level, by number of sightings and by size."""
    if not (older_than or max_rows or max_bytes or vacuum):
        raise click.UsageError("what is to go? --older-than, --max-rows, --max-bytes, --vacuum")
    if keep_level and not older_than:
        raise click.UsageError("--keep-level needs --older-than")
    _work(address).prune(older_than, keep_level or "none", (max_rows, max_bytes), vacuum=vacuum)


@command.command()
@_store
@click.argument("fingerprint")
@click.argument("state", type=click.Choice(["new", "investigating", "accepted", "malicious", "closed"]))
@click.option("--why", default="", help="The reason.")
@click.option("--who", default="", help="Who says so; without it, the user's name.")
def triage(*, address: str, fingerprint: str, state: str, why: str, who: str) -> None:
    """Record what somebody thinks of a detection; every word on it is kept."""
    _work(address).triage(fingerprint, state, why, who)


@command.command()
@_store
def status(*, address: str) -> None:
    """Print how many rows a store has, how large it is, and the version of its schema."""
    _work(address).status()
