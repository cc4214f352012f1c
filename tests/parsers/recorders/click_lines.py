"""Reads lines with click; ``first``: options end at the first operand."""

from __future__ import annotations

import sys

import click

LETTERS = {"execute": "e", "execute-print": "p", "libdir": "I", "dry-run": "n", "quiet": "q", "tasks": "T"}
VALUED = ("execute", "execute-print", "libdir")
FLAGS = ("dry-run", "quiet", "color", "no-color")


def _names(name: str) -> list[str]:
    return [f"--{name}", *([f"-{LETTERS[name]}"] if name in LETTERS else [])]


def _answer(words: list[str]) -> str:
    options: list[click.Parameter] = [click.Option(_names(name), multiple=True) for name in VALUED]
    options += [click.Option(_names(name), count=True) for name in FLAGS]
    options.append(click.Option(_names("tasks"), is_flag=False, flag_value="", multiple=True))
    options.append(click.Argument(["rest"], nargs=-1))
    command = click.Command("program", params=options, add_help_option=False)
    command.allow_interspersed_args = sys.argv[1:] != ["first"]
    try:
        values = command.make_context("program", words).params
    except click.ClickException:
        return "refused"
    found = [f"{name}={_coded(value)}" for name in (*VALUED, "tasks") for value in values[name.replace("-", "_")]]
    found += [name for name in FLAGS for _ in range(values[name.replace("-", "_")])]
    return " ".join([*found, "|", *map(_coded, values["rest"])])


def _coded(text: str) -> str:
    return "x" + text.encode().hex()


for line in sys.stdin:
    print(_answer([bytes.fromhex(field[1:]).decode() for field in line.split()]))
