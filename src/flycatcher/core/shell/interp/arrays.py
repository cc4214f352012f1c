"""What an assignment in parentheses makes: an array, keys with values, ksh93's compound variable; names that stand for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.shell.expand.parameters import index_key, keyed_item
from flycatcher.core.shell.interp.state import is_index
from flycatcher.core.shell.syntax.nodes import Assign, Source
from flycatcher.core.unknown import UNKNOWN, strip_marks

if TYPE_CHECKING:
    from flycatcher.core.shell.interp.process import ShellProcess

_BY_NAME = {
    ("bash", "BASH_CMDS"): "program", ("bash", "BASH_ALIASES"): "alias", ("zsh", "commands"): "program", ("zsh", "aliases"): "alias",
    ("zsh", "galiases"): "everywhere", ("zsh", "saliases"): "ending", ("zsh", "functions"): "function",
}  # fmt: skip
"""Arrays of bash (manual, 5.2) and of zsh's zsh/parameter module."""


def assign(machine: ShellProcess, assignment: Assign) -> None:
    """Make one assignment."""
    state, expander, name = machine.state, machine.expander, assignment.name
    if isinstance(assignment.value, list):
        for member in assignment.members:
            assign(machine, Assign(f"{name}.{member.name}", member.value, member.append, member.index, member.members))
        if assignment.members:
            return
        state.assign(name, _items(machine, assignment), append=assignment.append)
        for item, named in (state.array(name) or {}).items():
            names_program(machine, name, item, named)
    elif assignment.index is not None:
        value = expander.text(assignment.value)
        key = index_key(expander, assignment.index, associative=state.associative(name))
        state.set_item(name, key or UNKNOWN, value, append=assignment.append)
        names_program(machine, name, strip_marks(expander.text(assignment.index)), value)
    else:
        state.assign(name, expander.text(assignment.value), append=assignment.append)


def names_program(machine: ShellProcess, name: str, key: str, value: str) -> None:
    """Take in an item of an array by which a name stands for a program, an alias or a function."""
    state, what = machine.state, _BY_NAME.get((machine.state.dialect, name), "")
    entry = (strip_marks(value), machine.span()[0], machine.item)
    if what == "program":
        machine.collector.hashed[key] = strip_marks(value)
    elif what == "alias":
        state.aliases[key] = entry
    elif what == "everywhere":
        state.global_aliases = {**state.global_aliases, key: entry}
    elif what == "ending":
        state.suffixes = {**state.suffixes, key: entry[0]}
    elif what == "function":
        state.functions[key] = machine.read(Source(strip_marks(value), fixed=machine.span()))


def _items(machine: ShellProcess, assignment: Assign) -> dict[str, str]:
    items: dict[str, str] = {}
    at, associative = 0, machine.state.associative(assignment.name)
    for word in assignment.value if isinstance(assignment.value, list) else []:
        if keyed := keyed_item(word):
            key = index_key(machine.expander, keyed[0], associative=associative) or UNKNOWN
            items[key] = machine.expander.text(keyed[1])
            at = int(key) + 1 if key.isascii() and key.isdigit() and len(key) < 9 else at
            continue
        for field in machine.expander.fields([word]):
            items[str(at)] = field
            at += 1
    if associative and all(map(is_index, items)):
        values = [*items.values(), ""]
        return dict(zip(map(strip_marks, values[::2]), values[1::2], strict=False))  # keys and values in turn
    return items
