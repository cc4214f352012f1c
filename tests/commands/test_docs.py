"""The docs and ``--help`` agree: the reference is what the commands say, and every example names what exists."""

import re
import runpy
import shlex
from pathlib import Path

import click
import pytest

from flycatcher.commands import cli

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(?:console|sh|bash|shell)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:sudo )?flycatcher [^`\n]+)`")


def test_the_reference_is_what_the_commands_say():
    written = (ROOT / "docs/reference/cli.md").read_text(encoding="utf-8")
    assert written == runpy.run_path(str(ROOT / "tools/cli_reference.py"))["page"](), (
        "run python tools/cli_reference.py"
    )


def examples(page):
    text = page.read_text(encoding="utf-8")
    lines = [line for block in FENCE.findall(text) for line in block.replace("\\\n", " ").splitlines()]
    lines += re.findall(r"^    (\S.*)$", text, re.MULTILINE)
    return [line.strip().removeprefix("$ ") for line in lines] + INLINE.findall(text)


def words_of(line):
    """Return the words behind ``flycatcher``, up to ``--``; None where the line calls something else."""
    line = re.sub(r"\s+#.*$", "", line)
    found = re.search(r"(?:^|\| |sudo |; )flycatcher (.*)$", line)
    if found is None:
        return None
    try:
        words = shlex.split(re.split(r" [|;>] | --(?: |$)", found[1])[0])
    except ValueError:
        words = re.split(r" [|;>] | --(?: |$)", found[1])[0].split()
    return words


def takes_value(command, word):
    """Whether a word is an option of a command whose value is the next word."""
    return any(
        word in option.opts and not option.is_flag and not option.count
        for option in command.params
        if isinstance(option, click.Option)
    )


def resolve(words):
    """Return the command that the words call, and the options that they give it."""
    command, given = cli, []
    for before, word in zip(["", *words], words, strict=False):
        if isinstance(command, click.Group) and not word.startswith("-") and not takes_value(command, before):
            inner = command.get_command(click.Context(command), word)
            assert inner is not None, f"no such command: {word}"
            command = inner
        elif word.startswith("-") and word != "-":
            given.append(word.split("=")[0].rstrip(",.…"))
    return command, given


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_example_names_commands_and_options_that_exist(page):
    for line in examples(page):
        words = words_of(line)
        if not words or words[0] in {"COMMAND", "[OPTIONS]"}:
            continue
        command, given = resolve(words)
        known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {
            "-h",
            "--help",
            "--version",
        }
        unknown = [option for option in given if option not in known and not re.fullmatch(r"-[a-z]\w*", option)]
        assert unknown == [], line


def test_the_examples_are_found():
    assert sum(len([line for line in examples(page) if words_of(line)]) for page in PAGES) > 40
