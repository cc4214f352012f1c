"""Aliases: of a command's name, and in zsh of any word (``alias -g``) and of a file's ending (``alias -s``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.shell.syntax.nodes import Simple, Source, Word

if TYPE_CHECKING:
    from flycatcher.core.shell.interp.process import ShellProcess

    Entry = tuple[str, int, int]
    """Text, line and top-level command of a definition: it holds from the next line and command on."""


def replaced(machine: ShellProcess, command: Simple) -> bool:
    """Read a command again with its aliases replaced by their texts; return whether it has any."""
    names, text = _as_command(machine, command) or _anywhere(machine, command) or _by_ending(machine, command)
    if not names:
        return False
    if not machine.collector.enter(machine.frame, text):
        return True
    outer = machine.frame
    machine.frame = outer.inner(f"alias {names[0]}")
    machine.frame.aliases = outer.aliases.union(names)
    machine.run(machine.read(Source(text, fixed=machine.span())))
    machine.frame = outer
    return True


def _as_command(machine: ShellProcess, command: Simple) -> tuple[tuple[str, ...], str] | None:
    """Replace the alias that is a command's name, and those behind it where its text ends in a blank."""
    name, entry, end = _alias_of(machine, command, 0, machine.state.aliases)
    if entry is None:
        return None
    text = entry[0]
    for at in range(1, len(command.words)):
        if text[-1:] not in (" ", "\t"):
            break
        _, following, after = _alias_of(machine, command, at, machine.state.aliases)
        if following is None:
            break
        text, end = text + following[0], after
    return (name,), text + command.source.text[end : command.end]


def _anywhere(machine: ShellProcess, command: Simple) -> tuple[tuple[str, ...], str] | None:
    """Replace the words that are aliases wherever they stand."""
    names, out, start = [], "", command.start
    for at, word in enumerate(command.words) if machine.state.global_aliases else ():
        name, entry, end = _alias_of(machine, command, at, machine.state.global_aliases)
        if entry is not None:
            names.append(name)
            out, start = out + command.source.text[start : word.start] + entry[0], end  # type: ignore[union-attr]
    return (tuple(names), out + command.source.text[start : command.end]) if names else None


def _by_ending(machine: ShellProcess, command: Simple) -> tuple[tuple[str, ...], str]:
    """Put the program of a file's ending in front of it."""
    first = command.words[0]
    name = first.literal() if isinstance(first, Word) and machine.state.suffixes else None
    ending = (name or "").rpartition(".")[2]
    program = machine.state.suffixes.get(ending) if name and "." in name else None
    if program is None or ending in machine.frame.aliases:
        return (), ""
    return (ending,), f"{program} {command.source.text[command.start : command.end]}"


def _alias_of(
    machine: ShellProcess, command: Simple, at: int, aliases: dict[str, Entry]
) -> tuple[str, Entry | None, int]:
    """Return a word that is written without quotes, its alias if it has one that holds here, and where the word ends."""
    word = command.words[at]
    name = word.literal() if isinstance(word, Word) and machine.state.expand_aliases else None
    entry = aliases.get(name) if name else None
    if entry is None or not isinstance(word, Word) or name is None or name in machine.frame.aliases:
        return "", None, 0
    line = command.source.span(command.start, command.end)[0]
    if (entry[1] >= line and command.source.fixed is None) or entry[2] == machine.item:
        return "", None, 0
    return name, entry, word.end
