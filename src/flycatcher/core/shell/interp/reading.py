"""``read`` and ``mapfile``: what is known of standard input goes into variables (bash manual, 4.2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy
from flycatcher.core.shell.expand.arithmetic import evaluate
from flycatcher.core.unknown import UNKNOWN, strip_marks

if TYPE_CHECKING:
    from flycatcher.core.shell.interp.process import ShellProcess

OF_MAPFILE = "dnOsuCc"
"""Letters of mapfile's options that take a value."""
ITEM = lazy(r"([A-Za-z_]\w*)\[([^\]]+)\]")


def put(machine: ShellProcess, name: str, value: str) -> None:
    """Assign to a variable or to an item: ``w``, ``w[3]``."""
    if (match := ITEM.fullmatch(name)) is None:
        machine.state.assign(name, value)
        return
    key = match[2]
    if not machine.state.associative(match[1]):
        number = evaluate(key, machine.state.scalar)
        key = UNKNOWN if number is None else str(number)
    machine.state.set_item(match[1], key, value, append=False)


def read(machine: ShellProcess, args: list[str]) -> None:
    """Assign one line's fields, as far as it is known."""
    options, names = read_options([strip_marks(arg) for arg in args])
    stream = machine.state.reads.get(int(options.get("u", "0")) if options.get("u", "0").isdigit() else 0)
    text: str | None = None
    length = options.get("n") or options.get("N") or ""
    if stream is not None and stream.text is not None and length.isdecimal():
        text, stream.text = stream.text[: int(length[:9])], stream.text[int(length[:9]) :]
        text = text.partition("\n")[0] if "n" in options else text
    elif stream is not None and stream.text is not None and "d" in options:
        text, found, stream.text = stream.text.partition(options["d"][:1] or "\0")
        text = text if found else text.removesuffix("\n")
    elif stream is not None and stream.text is not None and not {"d", "n", "N"} & set(options):
        if not stream.text:
            machine.read_ended = True
            machine.status = False
            for name in names:
                put(machine, name, "")
            return
        text = stream.take_line()
        while text and "r" not in options and text.endswith("\\") and stream.text:
            text = text[:-1] + (stream.take_line() or "")
    machine.status = None if text is None else True
    if "a" in options:
        values = _read_all(text, machine.state.ifs()) if text is not None else [UNKNOWN]
        machine.state.assign(options["a"], {str(at): value for at, value in enumerate(values)})
        return
    names = names or ["REPLY"]
    if text is not None and "r" not in options:
        text = re.sub(r"\\(.)", r"\1", text)
    for name, value in zip(names, _read_fields(text, len(names), machine.state.ifs()), strict=True):
        put(machine, name, value)


def read_options(args: list[str], valued: str = "adinNptu") -> tuple[dict[str, str], list[str]]:
    """Return the options by letter, each with its value, and the operands."""
    options: dict[str, str] = {}
    at = 0
    while at < len(args) and args[at].startswith("-") and len(args[at]) > 1:
        word = args[at][1:]
        at += 1
        for index, letter in enumerate(word):
            if letter in valued:
                options[letter] = word[index + 1 :] or (args[at] if at < len(args) else "")
                at += not word[index + 1 :]
                break
            options[letter] = ""
    return options, args[at:]


def _read_all(text: str, ifs: str) -> list[str]:
    """Split a line into all its fields, for ``read -a``."""
    if not ifs.strip(" \t\n"):
        return text.split()
    fields = re.split(f"[{re.escape(ifs)}]", text)
    return fields[:-1] if fields and not fields[-1] else fields


def _read_fields(text: str | None, count: int, ifs: str) -> list[str]:
    """Split a line for ``read``: the last name takes the rest."""
    if text is None:
        return [UNKNOWN] * count
    white = "".join(char for char in ifs if char in " \t\n")
    text = text.strip(white) if white else text
    if not ifs or count == 1:
        return [text, *[""] * (count - 1)]
    separators = re.escape(ifs)
    blank = f"[{re.escape(white)}]*" if white else ""
    fields = re.split(f"{blank}[{separators}]{blank}", text, maxsplit=count - 1)
    return [*fields, *[""] * (count - len(fields))]


def mapfile(machine: ShellProcess, args: list[str]) -> None:
    """Assign the lines to an array's items, as far as they are known."""
    options, names = read_options([strip_marks(arg) for arg in args], OF_MAPFILE)
    numbers = {letter: int(options[letter]) for letter in "nOsu" if options.get(letter, "").isdecimal()}
    stream = machine.state.reads.get(numbers.get("u", 0))
    name = names[0] if names else "MAPFILE"
    if stream is None or stream.text is None:
        machine.state.assign(name, {"0": UNKNOWN})
        return
    end = (options["d"][:1] or "\0") if "d" in options else "\n"
    lines = stream.text.split(end)
    lines = lines[:-1] if not lines[-1] else lines
    first = numbers.get("s", 0)
    chosen = lines[first : first + (numbers.get("n") or len(lines))]
    rest, start = "" if "t" in options or end == "\0" else end, numbers.get("O", 0)
    items = {str(at): line + rest for at, line in enumerate(chosen, start)}
    machine.state.assign(name, {**(machine.state.array(name) or {}), **items} if "O" in options else items)
