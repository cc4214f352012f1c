"""What is known at one point of shell text: variables, functions, aliases, parameters, descriptors."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import EXTENDED
from flycatcher.core.launchers.command import Stdin
from flycatcher.core.shell.interp.attributes import Attributes
from flycatcher.core.unknown import MAX_VALUE, UNKNOWN, bounded, likely, strip_marks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.core.execution import StdinKind
    from flycatcher.core.shell.interp.collector import Collector
    from flycatcher.core.shell.syntax.nodes import Script

Value = str | dict[str, str]

_DYNAMIC = frozenset({
    "?", "$", "!", "-", "_", "RANDOM", "SRANDOM", "SECONDS", "LINENO", "PPID", "UID", "EUID", "GROUPS", "PWD",
    "OLDPWD", "HOSTNAME", "HOSTTYPE", "MACHTYPE", "OSTYPE", "SHLVL", "BASHPID", "EPOCHSECONDS", "EPOCHREALTIME",
    "BASH_VERSION", "BASH_VERSINFO", "BASH_SOURCE", "FUNCNAME", "PIPESTATUS", "COLUMNS", "LINES", "PATH", "TERM",
    "BASHOPTS", "SHELLOPTS", "PS4", "DIRSTACK", "COMP_WORDBREAKS", "OPTIND", "OPTERR",
})  # fmt: skip
"""Set by the shell itself, to what the text does not tell."""


_USUALLY = {"SHELL": "/bin/bash", "GITHUB_ENV": "/home/runner/work/_temp/_runner_file_commands/set_env"}
"""What variables from outside hold nearly everywhere."""
MAX_ITEMS = 1024
"""Items of an array that is put together piece by piece; that there were more is said."""
_ITEMS = "items of an array"


_ASSOCIATIVE = {
    "bash": ("BASH_CMDS", "BASH_ALIASES"),
    "zsh": ("commands", "aliases", "galiases", "saliases", "functions"),
}
"""Associative arrays of the shell's own."""


def is_index(key: str) -> bool:
    """Tell whether an array's key is a strip_marks index."""
    return key.isascii() and key.isdigit() and len(key) < 18


class Stream(Stdin):
    """What a descriptor reads: its kind, its text where known, and where that comes from."""

    __slots__ = ("decoded", "fetched", "origin")

    def __init__(self, kind: StdinKind, text: str | None = None, origin: str = "") -> None:
        """Keep the three; ``fetched`` is the command that got it from the network, ``decoded`` how many times it was decoded."""
        super().__init__(kind, text)
        self.origin = origin
        self.fetched = ""
        self.decoded = 0

    def take_line(self) -> str | None:
        """Consume one line, as ``read`` does; None where unknown, or at the end."""
        if self.text is None:
            return None
        line, _, self.text = self.text.partition("\n")
        return line


class Buffer:
    """Where a descriptor writes, and what is known to have been written."""

    __slots__ = ("parts", "size")

    def __init__(self) -> None:
        """Begin empty."""
        self.parts: list[str] = []
        self.size = 0

    def write(self, text: str) -> None:
        """Add text; beyond the bound only a hole."""
        if self.size < MAX_VALUE:
            self.size += len(text)
            self.parts.append(text)

    def text(self) -> str:
        """Return all of it."""
        return bounded("".join(self.parts))


class State:
    """One shell's state. ``open`` tells that variables may come from outside, unseen."""

    def __init__(
        self, *, dialect: str, env: Mapping[str, str] | None, name: str, args: list[str] | None, collector: Collector
    ) -> None:
        """Begin a shell with an environment (None: not known) and positional parameters (None: not known)."""
        self.collector = collector
        self.dialect = dialect
        self.open = env is None
        self.variables: dict[str, Value] = dict(env or {})
        self.exported: set[str] = set(env or {})
        self.exports_all = False
        """``set -a`` holds."""
        self.settings: frozenset[str] = frozenset()
        """Settings that are on, without capitals and underscores: of ``setopt``, ``set -o``, the command line."""
        self.assoc: set[str] = set(_ASSOCIATIVE.get(dialect, ()))
        self.references: dict[str, str] = {}
        """Names that stand for another variable (``declare -n``); empty: for the one that is assigned next."""
        self.attributes = Attributes()
        self.functions: dict[str, Script] = {}
        self.aliases: dict[str, tuple[str, int, int]] = {}
        """Text, line and top-level command of each definition: it holds from the next line and command on."""
        self.global_aliases: dict[str, tuple[str, int, int]] = {}
        """zsh's ``alias -g``: of any word."""
        self.suffixes: dict[str, str] = {}
        """zsh's ``alias -s``: programs by the ending of a file."""
        self.expand_aliases = dialect != "bash"
        self.autoloaded: set[str] = set()
        """Functions whose text lies in a folder of FPATH."""
        self.coprocess = -1
        """The descriptor on which the last coprocess reads (``print -p``, ``>&p``)."""
        self.tied: dict[str, str] = {"path": "PATH", "fpath": "FPATH"} if dialect == "zsh" else {}
        """Arrays and the variables that hold the same, joined by colons, and the other way round."""
        self.positional = args
        self.name = name
        self.locals: list[dict[str, Value | None]] = []
        self.reads: dict[int, Stream] = {0: Stream("unknown")}
        self.writes: dict[int, Buffer | None] = {1: None, 2: None}
        self.cwd = ""
        """The working folder, empty as long as it is that of the start; relative to that one where nothing else is known."""
        self.folders: tuple[str, ...] = ()
        """Folders to come back to: of ``cd -`` first, then those of ``pushd``."""

    def located(self, path: str) -> str:
        """Return a path as it is from where the text was started."""
        if not self.cwd or path.startswith("/"):
            return path
        full = posixpath.normpath(posixpath.join(self.cwd, path))
        return full[1:] if full.startswith("//") else full

    def enter(self, folder: str) -> None:
        """Make a folder the working folder."""
        self.cwd = "" if (found := posixpath.normpath(self.located(folder))) == "." else found

    @property
    def splits(self) -> bool:
        """Whether an expansion without quotes is split into words, which zsh does only where it is asked to."""
        return self.dialect != "zsh" or "shwordsplit" in self.settings

    @property
    def extended(self) -> bool:
        """Whether bash's expansions are in force."""
        return self.dialect in EXTENDED

    def fork(self) -> State:
        """Return a copy, as a subshell or a branch has it."""
        copy = State.__new__(State)
        copy.__dict__.update(self.__dict__)
        copy.variables = dict(self.variables)
        copy.exported = set(self.exported)
        copy.assoc = set(self.assoc)
        copy.attributes = Attributes(self.attributes.given, self.attributes.evaluate)
        copy.functions = dict(self.functions)
        copy.aliases = dict(self.aliases)
        copy.locals = [dict(frame) for frame in self.locals]
        copy.reads = dict(self.reads)
        copy.writes = dict(self.writes)
        return copy

    def join(self, other: State) -> None:
        """Take in what another branch may have left behind: where values differ, one of them is a guess."""
        if self.variables != other.variables:
            for name in {**self.variables, **other.variables}:
                mine, theirs = self.variables.get(name), other.variables.get(name)
                if mine != theirs:
                    self.variables[name] = _either(mine, theirs)
        self.exported |= other.exported
        self.assoc |= other.assoc
        self.functions = {**other.functions, **self.functions}
        self.aliases = {**other.aliases, **self.aliases}
        if self.positional != other.positional:
            self.positional = None if not self.positional or not other.positional else self.positional
        self.expand_aliases |= other.expand_aliases

    # -- variables -----------------------------------------------------------------------------------------------

    def ifs(self) -> str:
        """Return the field separators."""
        value = self.variables.get("IFS", " \t\n")
        text = strip_marks(value) if isinstance(value, str) else " \t\n"
        return " \t\n" if UNKNOWN in text else text

    def scalar(self, name: str) -> str | None:
        """Return a parameter's value; None where it is unset, or not known whether it is set."""
        if name.isdigit():
            return self._position(int(name))
        if name == "#":
            return UNKNOWN if self.positional is None else str(len(self.positional))
        name = self.references.get(name, name)
        value = self.variables.get(name)
        if isinstance(value, dict):
            return value.get("0")
        if value is not None:
            return value
        return self._special(name)

    def refer(self, name: str, other: str) -> None:
        """Let a name stand for another variable."""
        if other != name and self.collector.room(self.references, MAX_ITEMS, "names that stand for others"):
            self.references = {**self.references, name: self.references.get(other, other)}

    def _special(self, name: str) -> str | None:
        if name == "IFS":
            return " \t\n"
        if name == "BASH" and self.dialect == "bash":
            return "/bin/bash"
        if self.open and name in _USUALLY:
            return likely(_USUALLY[name])
        if name == "PWD" and self.cwd:
            return self.cwd if self.cwd.startswith(("/", UNKNOWN)) else f"{UNKNOWN}/{self.cwd}"
        if name in _DYNAMIC and (not self.open or not name.isupper() or name in ("RANDOM", "SECONDS", "PPID")):
            return UNKNOWN
        return None

    def _position(self, index: int) -> str | None:
        if index == 0:
            return self.name
        if self.positional is None:
            return UNKNOWN if not self.open else None
        return self.positional[index - 1] if index <= len(self.positional) else ("" if self.open else None)

    def array(self, name: str) -> dict[str, str] | None:
        """Return an array's items, None where the name is no array."""
        value = self.variables.get(self.references.get(name, name))
        return value if isinstance(value, dict) else None

    def associative(self, name: str) -> bool:
        """Tell whether subscripts of the name are strip_marks text."""
        return name in self.assoc

    def assign(self, name: str, value: Value, *, append: bool = False) -> None:
        """Set a variable; an array's strip_marks assignment sets its first item."""
        if self.references.get(name) == "":
            self.refer(name, strip_marks(value) if isinstance(value, str) else name)
            self.attributes.evaluated(value if isinstance(value, str) else name)
            return
        name = self.references.get(name, name)
        if "[" in name:
            self.attributes.evaluated(name)
        value = self.attributes.applied(name, value, integers=self.dialect == "bash")
        old = self.variables.get(name)
        if isinstance(value, str):
            if isinstance(old, dict) and not (self.dialect == "zsh" and not append):
                items = dict(old)
                items["0"] = bounded(items.get("0", "") + value) if append else value
                self.variables[name] = items
                return
            value = bounded(self._text_of(name) + value) if append else value
        elif append and isinstance(old, dict):
            if not self.collector.room(range(len(old) + len(value) - 1), MAX_ITEMS, _ITEMS):
                return
            start = 1 + max((int(key) for key in old if is_index(key)), default=-1)
            moved = (
                value if name in self.assoc else {str(start + index): item for index, item in enumerate(value.values())}
            )
            value = {**old, **moved}
        elif append and isinstance(old, str):
            value = {"0": old, **{str(1 + index): item for index, item in enumerate(value.values())}}
        self.variables[name] = value
        if name in self.tied:
            other = value.split(":") if isinstance(value, str) else value.values()
            self.variables[self.tied[name]] = (
                dict(zip(map(str, range(MAX_ITEMS)), other, strict=False))
                if isinstance(value, str)
                else ":".join(other)
            )
        if self.exports_all:
            self.exported.add(name)

    def _text_of(self, name: str) -> str:
        value = self.scalar(name)
        return value if value is not None else (UNKNOWN if self.open and name.isupper() else "")

    def set_item(self, name: str, key: str, value: str, *, append: bool) -> None:
        """Set one item of an array."""
        name = self.references.get(name, name)
        value = str(self.attributes.applied(name, value, integers=False))
        if self.dialect == "zsh" and name not in self.assoc and is_index(key):
            key = str(max(int(key) - 1, 0))  # counted from 1
            if isinstance(self.variables.get(name), str):  # a character of a text
                text = str(self.variables[name])
                self.variables[name] = bounded(text[: int(key)] + value + text[int(key) + 1 :])
                return
        old = self.variables.get(name)
        items = dict(old) if isinstance(old, dict) else {} if old is None else {"0": old}
        if key not in items and not self.collector.room(items, MAX_ITEMS, _ITEMS):
            return
        items[key] = bounded(items.get(key, "") + value) if append else value
        if name not in self.assoc and all(map(is_index, items)):
            items = dict(sorted(items.items(), key=lambda item: int(item[0])))
        self.variables[name] = items

    def make_local(self, name: str) -> None:
        """Remember a variable's value until the function returns."""
        if self.locals and name not in self.locals[-1]:
            self.locals[-1][name] = self.variables.get(name)

    def unset(self, name: str) -> None:
        """Forget a variable (known to be unset: empty)."""
        self.attributes.forget(name)
        if self.open and name in self.variables:
            self.variables[name] = ""
        else:
            self.variables.pop(name, None)
        self.exported.discard(name)

    def environment(self) -> dict[str, str]:
        """Return what a program started now gets from this text's variables."""
        values = ((name, self.variables.get(name)) for name in sorted(self.exported))
        return {name: strip_marks(value) for name, value in values if isinstance(value, str)}


def _either(mine: Value | None, theirs: Value | None) -> Value:
    """Choose between two branches' values: the one that says something, marked as a guess."""
    choice = mine if mine and (not isinstance(mine, str) or UNKNOWN not in mine) else theirs
    choice = choice or mine
    if isinstance(choice, str):
        return likely(choice) if choice else UNKNOWN
    return choice if choice is not None else UNKNOWN
