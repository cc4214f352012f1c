"""argparse itself is the oracle: random lines, read by it and by this reader."""

from __future__ import annotations

import argparse
import contextlib
import io
import random
import sys
from typing import Any

import pytest

from flycatcher.core.interpreters.engine.argparse import MANY, parse_argparse
from flycatcher.core.interpreters.engine.options import CODE, FLAG, VALUE, CommandLine, Option, Options

TABLE = Options(
    short={"c": CODE, "i": FLAG, "n": FLAG, "D": VALUE},
    long={
        "--command": CODE, "--init": FLAG, "--inner": VALUE, "--rc": Option("value", detail=MANY), "-st": VALUE,
        "--maybe": Option("optional"), "--no-rc": FLAG,
    },
    permute=True,
    parser="argparse",
)  # fmt: skip
WORDS = (
    "-c", "-i", "-n", "-D", "--command", "--init", "--inner", "--rc", "-st", "--maybe", "--no-rc", "--in", "--ini", "--com", "--no", "--r",
    "-c=x", "-cx", "-ic", "-icx", "-inc", "-cx=1", "-Dx", "-i=x", "--init=x", "--inner=", "--com=y", "-s", "-stx", "-st=x", "--maybe=z", "-ix",
    "x", "y z", "-", "--", "", "-1", "-1.5", "-x", "-x y", "--junk", "--junk y", "-c y", "--rc=a", "-n1", "-D=", "-ci", "-D-1",
)  # fmt: skip


class _RefusedError(Exception):
    """argparse would have printed its usage."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise _RefusedError(message)


def _real(table: Options, words: list[str]) -> tuple[list[tuple[str, Any]], list[str]] | None:
    """Return what argparse finds: each option with its value, and the operands; None where it refuses the line."""
    found: list[tuple[str, Any]] = []

    class Note(argparse.Action):
        def __call__(self, parser: Any, namespace: Any, values: Any, option_string: Any = None) -> None:
            value = None if values == [] or values is None else values
            found.append((self.dest, value))

    parser = _Parser(add_help=False)
    for name, option in [*((f"-{letter}", option) for letter, option in table.short.items()), *table.long.items()]:
        nargs: Any = {"nothing": 0, "optional": "?"}.get(option.takes, "+" if option.detail == MANY else None)
        parser.add_argument(name, action=Note, nargs=nargs, dest=name, const=None)
    parser.add_argument("operands", nargs="*" if table.permute else "?")
    if not table.permute:
        parser.add_argument("rest", nargs=argparse.REMAINDER)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            parsed = parser.parse_args(words)
    except _RefusedError:
        return None
    first = [] if parsed.operands is None else [parsed.operands]
    return found, parsed.operands if table.permute else [*first, *parsed.rest]


def _read(line: CommandLine, words: list[str]) -> tuple[list[tuple[str, Any]], list[str]] | None:
    if line.error:
        return None
    found: list[tuple[str, Any]] = []
    place = 0
    for given in line.given:
        if given.option.detail == MANY and given.index == place:
            found[-1][1].append(given.value)
        else:
            found.append((given.name, [given.value] if given.option.detail == MANY else given.value))
        place = given.index
        assert given.value is None or ("", *words)[given.at][given.offset :] == given.value
    return found, [("", *words)[index] for index in line.operands]


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="later versions of argparse read -- otherwise")
@pytest.mark.parametrize("permute", [True, False])
def test_a_line_is_read_as_argparse_reads_it(permute: bool) -> None:
    table = Options(short=TABLE.short, long=TABLE.long, permute=permute, parser="argparse")
    rng = random.Random(f"argparse:{permute}")
    read = 0
    for _ in range(1500):
        words = [rng.choice(WORDS) for _ in range(rng.randrange(6))]
        real = _real(table, words)
        read += real is not None
        assert _read(parse_argparse(table, ["program", *words]), words) == real, words
    assert read > 100


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["-c", "-x"], None),
        (["-c", "-x y"], ["-x y"]),
        (["-c=x"], ["x"]),
        (["-ic", "x"], ["x"]),
        (["-c", "--", "x"], None),
        (["-c", "x", "-c", "y"], ["x", "y"]),
    ],
)
def test_a_value_may_not_look_like_an_option(words: list[str], values: list[str] | None) -> None:
    line = parse_argparse(TABLE, ["program", *words])
    assert (None if line.error else [given.value for given in line.given if given.option.role == "code"]) == values
