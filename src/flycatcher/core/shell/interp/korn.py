"""Commands that zsh and ksh93 have beside those of every shell (zshbuiltins(1), zshcontrib(1), ksh93(1))."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy
from flycatcher.core.shell.expand.escapes import echo_escapes, printf
from flycatcher.core.shell.expand.zsh import unquoted
from flycatcher.core.shell.interp import builtins
from flycatcher.core.shell.interp.launch import file_text, launch
from flycatcher.core.shell.interp.reading import put
from flycatcher.core.shell.syntax.nodes import Assign, Lit, Word
from flycatcher.core.unknown import UNKNOWN, strip_marks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flycatcher.core.shell.interp.process import ShellProcess

_EVALUATES = lazy(r"\([^'\"]*?[eo]([^\w\s'\"])((?:(?!\1).)+)\1[^()]*\)$", re.DOTALL)
_CALLS = lazy(r"\([^'\"]*?\+(\w+)[^()]*\)$")
_SPLITS = ("s", "k", "b")
"""First letters of the shells that zsh plays in which expansions are split."""
_TIE = 2
"""Names that ``typeset -T`` ties."""


def _print(machine: ShellProcess, args: list[str]) -> None:
    """``print``: to standard output, a descriptor, the coprocess or a variable."""
    options, words = _options([strip_marks(arg) for arg in args], "uvfCx")
    if "z" in options or "s" in options:
        return
    if "f" in options:
        text = printf([options["f"], *words], dash=False) or UNKNOWN
    else:
        text = ("\n" if "l" in options else "\0" if "N" in options else " ").join(words)
        text = text if {"r", "R"} & set(options) else echo_escapes(text, dash=False)[0]
        text += "" if {"n", "N"} & set(options) else "\n"
    if "P" in options and "promptsubst" in machine.state.settings:
        text = machine.expander.again(text)
    if "v" in options:
        put(machine, options["v"], text.removesuffix("\n"))
        return
    number = machine.state.coprocess if "p" in options else int(options.get("u", "1") or 1) if _number(options) else 1
    buffer = machine.state.writes.get(number)
    if buffer is not None:
        buffer.write(text)


def _number(options: dict[str, str]) -> bool:
    return options.get("u", "1").isdecimal()


def _options(words: list[str], valued: str) -> tuple[dict[str, str], list[str]]:
    """Return the options by letter, each with its value, and the operands; ``--`` and ``-`` end them."""
    options: dict[str, str] = {}
    at = 0
    while at < len(words) and words[at][:1] == "-":
        word, at = words[at][1:], at + 1
        if word in ("", "-"):
            break
        for index, letter in enumerate(word):
            options[letter] = ""
            if letter in valued:
                options[letter] = word[index + 1 :] or (words[at] if at < len(words) else "")
                at += not word[index + 1 :]
                break
    return options, words[at:]


def _setopt(machine: ShellProcess, args: list[str]) -> None:
    """``setopt NAME``."""
    for arg in args:
        switch(machine, strip_marks(arg), on=True)


def _unsetopt(machine: ShellProcess, args: list[str]) -> None:
    """``unsetopt NAME``."""
    for arg in args:
        switch(machine, strip_marks(arg), on=False)


def switch(machine: ShellProcess, name: str, *, on: bool) -> None:
    """Switch a setting by its name, in which capitals and underscores do not count; ``no`` inverts it."""
    plain = name.lower().replace("_", "").replace("-", "")
    plain, on = (plain[2:], not on) if plain.startswith("no") and plain != "notify" else (plain, on)
    settings = machine.state.settings
    machine.state.settings = settings | {plain} if on else settings - {plain}


def _emulate(machine: ShellProcess, args: list[str]) -> None:
    """``emulate [-LR] MODE [-c TEXT]``: play another shell, for one text or from now on."""
    words = [word for arg in args if not re.fullmatch(r"-[LRl]+", word := strip_marks(arg))]
    before = machine.state.settings
    if words:
        switch(machine, "shwordsplit", on=words[0][:1] in _SPLITS)
    for at, word in enumerate(words[1:-1], 1):
        if word == "-c":
            machine.read_text(words[at + 1], "emulate")
            machine.state.settings = before
        elif word in ("-o", "+o"):
            switch(machine, words[at + 1], on=word[0] == "-")


def _alias(machine: ShellProcess, args: list[str]) -> None:
    """``alias``, with ``-g`` of any word, with ``-s`` of a file's ending."""
    options, words = _options([strip_marks(arg) for arg in args], "")
    line = machine.span()[0]
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            continue
        entry = (value, line, machine.item)
        if "g" in options:
            machine.state.global_aliases = {**machine.state.global_aliases, name: entry}
        elif "s" in options:
            machine.state.suffixes = {**machine.state.suffixes, name: value}
        else:
            machine.state.aliases[name] = entry


def _hash(machine: ShellProcess, args: list[str]) -> None:
    """``hash NAME=PATH``; with ``-d`` it is a folder's name."""
    options, words = _options([strip_marks(arg) for arg in args], "")
    for word in words if "d" not in options else ():
        name, sign, path = word.partition("=")
        if sign:
            machine.collector.hashed[name] = path


def _zargs(machine: ShellProcess, args: list[str]) -> None:
    """``zargs [OPTIONS] -- WORDS -- COMMAND``: start the command with the words behind it."""
    words = args[args.index("--") + 1 :] if "--" in args else args
    if "--" in words:
        end = words.index("--")
        machine.state.assign("argv", UNKNOWN)
        if end + 1 < len(words):
            launch(machine, [*words[end + 1 :], *words[:end]], machine.state.environment(), via=("zargs",))


def _zstyle(machine: ShellProcess, args: list[str]) -> None:
    """``zstyle -e CONTEXT STYLE TEXT``: the text is evaluated where the style is looked up."""
    words = [strip_marks(arg) for arg in args]
    if words[:1] == ["-e"] and len(words) > 3:
        machine.read_text(" ".join(words[3:]), "zstyle -e")


def _declare(machine: ShellProcess, args: list[str]) -> None:
    """``typeset``, with what zsh and ksh93 add to it: names tied to arrays, the case of a value that is there already."""
    words = [strip_marks(arg) for arg in args]
    flags = "".join(word[1:] for word in words if word.startswith("-"))
    names = [word.partition("=")[0] for word in words if not word.startswith("-")]
    if "T" in flags and machine.state.dialect == "zsh" and len(names) >= _TIE:
        machine.state.tied = {**machine.state.tied, names[1]: names[0], names[0]: names[1]}
    builtins.run_common(machine, "typeset", args)
    folded = (
        str.lower if "l" in flags or "tolower" in names else str.upper if "u" in flags or "toupper" in names else None
    )
    for name in names if folded is not None else ():
        value = machine.state.variables.get(name)
        if isinstance(value, str):
            machine.state.variables[name] = folded(value)  # type: ignore[misc]


def _nameref(machine: ShellProcess, args: list[str]) -> None:
    """``nameref NAME=OTHER``: ``typeset -n``."""
    builtins.run_common(machine, "typeset", ["-n", *args])


def _integer(machine: ShellProcess, args: list[str]) -> None:
    """``integer NAME=EXPRESSION``: ``typeset -i``."""
    builtins.run_common(machine, "typeset", ["-i", *args])


def _set(machine: ShellProcess, args: list[str]) -> None:
    """``set -A NAME VALUES``: an array; else as in every shell."""
    words = [strip_marks(arg) for arg in args]
    if words[:1] in (["-A"], ["+A"]) and len(words) > 1:
        machine.state.assign(words[1], {str(at): value for at, value in enumerate(args[2:])})
        return
    for at, word in enumerate(words[:-1]):
        if word in ("-o", "+o"):
            switch(machine, words[at + 1], on=word[0] == "-")
    if machine.state.dialect == "zsh" and words and re.fullmatch(r"[-+]\w*y\w*", words[0]):
        switch(machine, "shwordsplit", on=words[0][0] == "-")
    builtins.run_common(machine, "set", args)


def _autoload(machine: ShellProcess, args: list[str]) -> None:
    """``autoload NAME``: its text is looked for in the folders of FPATH when it is called."""
    names = {word for arg in args if not (word := strip_marks(arg)).startswith(("-", "+"))}
    machine.state.autoloaded |= names


def qualifiers(machine: ShellProcess, words: Iterable[Word | Assign]) -> None:
    """Run what the qualifiers of zsh's patterns of files evaluate for each file: ``*(e:'TEXT':)``, ``*(+COMMAND)``."""
    for word in words:
        last = word.parts[-1] if isinstance(word, Word) and word.parts else None
        if not isinstance(last, Lit) or last.quoted or last.text[-1:] != ")":
            continue
        if match := _EVALUATES.search(last.text):
            machine.read_text(unquoted(match[2]), "glob")
        elif match := _CALLS.search(last.text):
            machine.read_text(match[1], "glob")


def autoloaded(machine: ShellProcess, name: str) -> str:
    """Return the text of a function that is looked for in FPATH, where the same text has written it; empty for none."""
    state = machine.state
    if state.dialect not in ("zsh", "ksh") or "/" in name or (state.dialect == "zsh" and name not in state.autoloaded):
        return ""
    folders = state.array("fpath") or {}
    listed = state.scalar("FPATH")
    for folder in (*folders.values(), *(listed or "").split(":")):
        if folder and (text := file_text(machine, f"{strip_marks(folder)}/{name}")):
            return text
    return ""


_BOTH: dict[str, builtins.Builtin] = {
    "print": _print, "typeset": _declare, "integer": _integer, "set": _set, "autoload": _autoload,
}  # fmt: skip
builtins.OF_DIALECT.update(
    zsh={
        **_BOTH, "setopt": _setopt, "unsetopt": _unsetopt, "emulate": _emulate, "alias": _alias, "hash": _hash, "zargs": _zargs,
        "zstyle": _zstyle, "declare": _declare, "local": _declare, "private": _declare, "float": _declare,
    },
    ksh={**_BOTH, "nameref": _nameref, "float": _declare, "compound": _declare, "redirect": builtins.nothing},
)  # fmt: skip
