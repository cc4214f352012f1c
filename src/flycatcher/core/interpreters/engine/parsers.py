"""Which walk reads a command line: the one that the table names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import CommandLine, Given, Options, parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LIBRARIES = frozenset((
    "clap", "click", "commander", "flag", "pflag", "jcommander", "picocli", "getopt::long", "getopt::long bundling",
))  # fmt: skip
"""Those whose rules stand in :mod:`flycatcher.core.interpreters.engine.libraries`."""


def parse_line(
    table: Options, words: Sequence[str], start: int = 1, *, env: Mapping[str, str] | None = None
) -> CommandLine:
    """Read ``words[start:]`` by the rules of the parser that ``table`` names."""
    # each of these serves a few tables: one command line needs one of them at most
    if table.parser == "optionparser":
        from flycatcher.core.interpreters.engine.optionparser import parse_optionparser  # noqa: PLC0415

        return parse_optionparser(table, words, start, env=env)
    if table.parser in ("getopt_long_only", "own_names"):
        from flycatcher.core.interpreters.engine.longonly import parse_long_only  # noqa: PLC0415

        return parse_long_only(table, words, start)
    if table.parser in ("argparse", "argparse_exact"):
        from flycatcher.core.interpreters.engine.argparse import parse_argparse  # noqa: PLC0415

        return parse_argparse(table, words, start)
    if table.parser in ("minimist", "yargs"):
        from flycatcher.core.interpreters.engine.minimist import parse_minimist  # noqa: PLC0415

        return parse_minimist(table, words, start, env=env)
    if table.parser in LIBRARIES:
        from flycatcher.core.interpreters.engine.libraries import parse_library  # noqa: PLC0415

        return parse_library(table, words, start, env=env)
    return parse(table, words, start, env=env)


def parse_some(
    table: Options, words: Sequence[str], kept: Sequence[int], *, env: Mapping[str, str] | None = None
) -> CommandLine:
    """Read the words at these places alone, the program's name first; what is found has its place among all words."""
    line = parse_line(table, [words[index] for index in kept], env=env)
    line.given = [
        Given(given.option, given.name, given.value, kept[given.index], kept[given.at], given.offset)
        for given in line.given
    ]
    line.operands = [kept[index] for index in line.operands]
    return line
