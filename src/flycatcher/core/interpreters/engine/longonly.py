"""Command lines as getopt_long_only(3) reads them, and loops of programs' own: long options behind one dash or two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import FLAG, CommandLine, Given, Options

if TYPE_CHECKING:
    from collections.abc import Sequence


def parse_long_only(table: Options, words: Sequence[str], start: int = 1) -> CommandLine:
    """Read ``words[start:]``: one dash or two, ``=``, unless the table has none; operands may stand between.

    Unique beginnings count where the parser is getopt_long_only. ``table.long`` is keyed with two dashes; an option that it
    does not hold is passed over.
    """
    line = CommandLine([], [])
    index = start
    while index < len(words):
        word = words[index]
        index += 1
        if word == "--":
            break
        if len(word) < 2 or word[0] != "-":
            line.operands.append(index - 1)
            continue
        dashes = 2 if word.startswith("--") else 1
        name, sign, value = word[dashes:].partition("=") if table.equals else (word[dashes:], "", "")
        found = _found(table, f"--{name}")
        option = table.long.get(found, FLAG)
        at, offset = index - 1, dashes + len(name) + 1
        if option.takes == "value" and not sign:
            if index >= len(words):
                line.error = f"option {word} needs a value"
                return line
            at, offset, value, sign = index, 0, words[index], "="
            index += 1
        line.given.append(
            Given(option, found or f"--{name}", value if sign else None, at if sign else index - 1, at, offset)
        )
        if option.last:
            break
    line.operands.extend(range(index, len(words)))
    return line


def _found(table: Options, name: str) -> str:
    """Return the table's spelling of a name or of its beginning; empty where it has none, or several that differ."""
    if name in table.long:
        return name
    fits = [known for known in table.long if known.startswith(name)] if table.abbreviations else []
    return fits[0] if len({table.long[known] for known in fits}) == 1 else ""
