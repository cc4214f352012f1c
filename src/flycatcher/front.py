"""What all commands have in common at the command line: help that fits the terminal, and suggestions for mistyped commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from flycatcher.layout import fitting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_RAW = "\b\n"
"""Before a paragraph whose lines stay as they are."""
_WORD = re.compile(r" *(?:'[^']*'|\"[^\"]*\"|[^\s'\"])+")
"""A word of an example, quoted parts whole, with the blanks before it."""
_PARTS = re.compile(r" +|[^ |]+\|?|\|")
_COLUMN = 30
_READABLE = 100
"""Columns that a line of help has at most, however wide the terminal is."""


class Formatter(click.HelpFormatter):
    """Help that no line of which is wider than the terminal, and in which nothing is left out."""

    def write_text(self, text: str) -> None:
        """Write paragraphs; an example that is too long goes on behind a backslash."""
        room = self.width - self.current_indent
        super().write_text("\n\n".join(_folded(paragraph, room) for paragraph in text.split("\n\n")))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = _COLUMN, col_spacing: int = 2) -> None:
        """Write terms with their definitions; on a narrow terminal, the terms take less room, or lines of their own."""
        room = self.width - self.current_indent
        indent = "\n" + " " * (self.current_indent + 4)
        fitted = [(indent.join(_term(term, room)), text) for term, text in rows]
        width = max((len(term) for term, _ in fitted if "\n" not in term), default=0)
        super().write_dl(fitted, min(col_max, max(width, 1), max(10, self.width // 3)), col_spacing)


class Context(click.Context):
    """Makes help with our formatter, as wide as the terminal."""

    formatter_class = Formatter

    def make_formatter(self) -> click.HelpFormatter:
        """Return a formatter for the terminal's width, or for one that was set."""
        import shutil  # noqa: PLC0415 - brings every archive format along

        width = self.terminal_width or min(fitting(shutil.get_terminal_size().columns), _READABLE)
        return self.formatter_class(width=width)


class Command(click.Command):
    """One command."""

    context_class = Context


class Group(click.Group):
    """Several commands; a name that is none of theirs gets the nearest ones as an answer."""

    context_class = Context
    command_class = Command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with the whole of what it is for."""
        rows = [(name, purpose(command)) for name, command in commands_of(self, ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first word names. Raises UsageError."""
        name = args[0]
        if not ctx.resilient_parsing and not name.startswith("-") and self.get_command(ctx, name) is None:
            raise click.UsageError(f"No such command {name!r}.{_nearest(name, self.list_commands(ctx))}", ctx)
        return super().resolve_command(ctx, args)


SINK_HELP = (
    "Deliver to this sink, not to all of the configuration: a [[sink]]'s name, or ADDRESS[,FIELD=VALUE...]. Repeatable."
)
ONLY_THESE = "Also deliver to this sink: a [[sink]]'s name, or ADDRESS[,FIELD=VALUE...]. Repeatable."
"""For commands that deliver only where they are told to."""


def sink_options(command: Callable[..., None], *, said: str = SINK_HELP) -> Callable[..., None]:
    """Give a command that reports the options of its sinks: ``sinks`` and ``spool`` among its parameters."""
    spool = click.option(
        "--spool", default="", metavar="FILE", help="Keep what waits for the sinks here (docs/reference/sinks.md)."
    )
    sinks = click.option(
        "--sink",
        "sinks",
        multiple=True,
        metavar="NAME|ADDRESS" if said == ONLY_THESE else "NAME|ADDRESS|none",
        help=said,
    )
    return sinks(spool(command))


def ledger_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that reports the options of a ledger: ``ledger`` and ``ledger_key`` among its parameters."""
    key = click.option(
        "--ledger-key",
        default="",
        metavar="FILE",
        help="Sign the ledger with this private key (flycatcher ledger keygen).",
    )
    folder = click.option(
        "--ledger",
        default="",
        metavar="DIR",
        help="Also log to this ledger, in which a later change shows (flycatcher ledger verify).",
    )
    return folder(key(command))


def commands_of(group: click.Group, ctx: click.Context) -> Iterator[tuple[str, click.Command]]:
    """Yield the commands of a group with their names."""
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if command is not None:
            yield name, command


def purpose(command: click.Command) -> str:
    """Return what a command is for: its short help, else the first sentence of its help."""
    text = " ".join((command.short_help or (command.help or "").partition("\n\n")[0]).split())
    return text if command.short_help else re.split(r"(?<=[.;:])\s", text, maxsplit=1)[0].rstrip(".;:") + "."


def _nearest(name: str, names: Iterable[str]) -> str:
    """Return a question that offers the nearest names, or what to do with a word that is a program's name."""
    from difflib import get_close_matches  # noqa: PLC0415 - only where something is wrong

    near = " or ".join(map(repr, get_close_matches(name, names, n=2)))
    if near:
        return f" Did you mean {near}?"
    import shutil  # noqa: PLC0415 - only where something is wrong

    if shutil.which(name):
        return f" To see what it starts: flycatcher run -- {name}"
    return ""


def _folded(paragraph: str, room: int) -> str:
    """Return a paragraph; where its lines stay as they are, those that are too long continue behind a backslash."""
    head, raw, body = paragraph.partition(_RAW)
    if not raw or head.strip():
        return paragraph
    return head + raw + "\n".join(part for line in body.split("\n") for part in _continued(line, room))


def _continued(line: str, room: int) -> Iterator[str]:
    """Yield the lines of one example."""
    current = ""
    for word in _WORD.findall(line):
        if current.strip() and len(current) + len(word) > room - 2:
            yield current + " \\"
            current = "   "
        current += word
    yield current


def _term(term: str, room: int) -> list[str]:
    """Return an option's names and values as lines: broken at blanks and behind ``|``, all but the first indented by four."""
    lines, width = [""], room
    for part in _PARTS.findall(term):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
            width = room - 4
        lines[-1] += part if lines[-1] else part.lstrip()
    return [line.rstrip() for line in lines]
