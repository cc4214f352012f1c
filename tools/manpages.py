"""Write a man page for each command, from what the commands say themselves (``flycatcher COMMAND --help``).

python tools/manpages.py FOLDER
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flycatcher import __version__
from flycatcher.commands import cli
from flycatcher.front import purpose

if TYPE_CHECKING:
    from collections.abc import Iterator

TERMS = Path(__file__).resolve().parents[1] / "docs/reference/terms.md"
_UNWRAPPED = "\b\n"
"""What click's help texts have before a paragraph whose lines stay as they are."""


def pages() -> dict[str, str]:
    """Return each page's text by its file's name."""
    return {f"{'-'.join(words)}.1": _page(command, words) for command, words in _commands(cli, ("flycatcher",))}


def _commands(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[click.Command, tuple[str, ...]]]:
    """Yield a command with its words, and those below it."""
    yield command, words
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _commands(inner, (*words, name))


def _page(command: click.Command, words: tuple[str, ...]) -> str:
    """Return one page (man(7))."""
    context = click.Context(command, info_name=" ".join(words), help_option_names=["-h", "--help"])
    name = "-".join(words)
    usage = " ".join(command.collect_usage_pieces(context))
    head = [
        f'.TH {roff(name.upper())} 1 "" "flycatcher {__version__}" "User Commands"',
        f".SH NAME\n{roff(name)} \\- {roff(_summary(command))}",
        f".SH SYNOPSIS\n.B {roff(' '.join(words))}\n{roff(usage)}",
        f".SH DESCRIPTION\n{_prose(command.help or '')}",
    ]
    return "\n".join([*head, *_options(command, context), *_below(command, context, name), *_tail(words)]) + "\n"


def _summary(command: click.Command) -> str:
    """Return what the command does in a line, as the list of commands has it."""
    sentence = purpose(command).rstrip(".")
    return sentence[:1].lower() + sentence[1:]


def _prose(text: str) -> str:
    """Return paragraphs; those that click leaves unwrapped are left so."""
    made = []
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith(_UNWRAPPED):
            made.append(f".PP\n.nf\n{roff(paragraph.removeprefix(_UNWRAPPED))}\n.fi")
        else:
            made.append(f".PP\n{roff(' '.join(paragraph.split()))}")
    return "\n".join(made)


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    """Yield the section of options."""
    records = [
        param.get_help_record(context) for param in command.get_params(context) if isinstance(param, click.Option)
    ]
    yield ".SH OPTIONS"
    for usage, text in filter(None, records):
        yield f".TP\n.B {roff(usage)}\n{roff(text)}"


def _below(command: click.Command, context: click.Context, name: str) -> Iterator[str]:
    """Yield the section of the commands below this one."""
    if not isinstance(command, click.Group):
        return
    yield ".SH COMMANDS"
    for word in command.list_commands(context):
        inner = command.get_command(context, word)
        if inner is not None:
            yield f".TP\n.BR {roff(f'{name}-{word}')} (1)\n{roff(_summary(inner))}"


def _tail(words: tuple[str, ...]) -> Iterator[str]:
    """Yield what stands on every page: exit codes, and where to read on."""
    yield ".SH EXIT STATUS"
    for code, meaning in re.findall(r"^\| (\d+) \| (.+) \|$", TERMS.read_text(encoding="utf-8"), re.MULTILINE):
        yield f".TP\n.B {code}\n{roff(meaning.replace('`', ''))}"
    above = "-".join(words[:-1]) or "flycatcher-doctor"
    yield f".SH SEE ALSO\n.BR {roff(above)} (1)"


def roff(text: str) -> str:
    r"""Return text as man(7) takes it: no line is a request, ``-`` is one that can be copied."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join(f"\\&{line}" if line[:1] in {".", "'"} else line for line in escaped.splitlines())


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in pages().items():
        (folder / file).write_text(content, encoding="utf-8")
