"""The shell's own commands: they start no program, but change what is known, print, or read text again."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy
from flycatcher.core.shell.expand.escapes import printf
from flycatcher.core.shell.interp import evaluated
from flycatcher.core.shell.interp.control import count
from flycatcher.core.shell.interp.filters import echo, which
from flycatcher.core.shell.interp.launch import file_text, launch, pass_on_variable, stand_in
from flycatcher.core.shell.interp.links import followed, is_fifo
from flycatcher.core.shell.interp.reading import ITEM, OF_MAPFILE, mapfile, put, read, read_options
from flycatcher.core.unknown import LIKELY, UNKNOWN, strip_marks, unsure

if TYPE_CHECKING:
    from flycatcher.core.shell.interp.process import ShellProcess

Builtin = Callable[["ShellProcess", list[str]], None]

MAX_TRAPS = 32
OF_DIALECT: dict[str, dict[str, Builtin]] = {}
"""What one shell has, or has otherwise; :mod:`.korn` fills it."""
LINE = "line"
"""What stands for a line whose text does not matter."""
_CD_OPTION = lazy(r"-[LPe@]+|--")
_QUIET = frozenset({
    "wait", "kill", "ulimit", "umask", "hash", "jobs", "fg", "bg", "history", "enable",
    "help", "logout", "caller", "complete", "compgen", "disown", "return", "break", "continue", "times", "getopts",
    "bind", "suspend", "setopt", "unsetopt", "autoload", "zmodload", "emulate", "compdef",
})  # fmt: skip


def known(name: str, dialect: str) -> bool:
    """Tell whether a name is a builtin of the dialect."""
    if name in ("source", "shopt", "mapfile", "readarray", "builtin", "let") and dialect == "sh":
        return False
    return name in _TABLE or name in _QUIET or name in OF_DIALECT.get(dialect, ())


def run(machine: ShellProcess, name: str, args: list[str]) -> None:
    """Run a builtin."""
    machine.status = True
    if machine.state.extended:
        evaluated.operands(machine, name, args)
    own = OF_DIALECT.get(machine.state.dialect, {}).get(name)
    if own is not None:
        own(machine, args)
    else:
        run_common(machine, name, args)


def run_common(machine: ShellProcess, name: str, args: list[str]) -> None:
    """Run a builtin as every shell has it."""
    if name in _RUNS:
        _RUNS[name](machine, args)
    if name in _QUIET:
        machine.status = None
        return
    _TABLE[name](machine, args)


def _cd(machine: ShellProcess, args: list[str]) -> None:
    """``cd [DIR]``, ``cd -``: change the working folder."""
    machine.status = None
    state, words = machine.state, [word for arg in args if not _CD_OPTION.fullmatch(word := strip_marks(arg))]
    before, back = state.cwd, state.folders[0] if state.folders else UNKNOWN
    if words[:1] == ["-"]:
        state.cwd = back
    else:
        state.enter(words[0] if words else strip_marks(state.scalar("HOME") or UNKNOWN))
    state.folders = (before, *state.folders[1:])


def _pushd(machine: ShellProcess, args: list[str]) -> None:
    """``pushd DIR``: change it, and remember the one before."""
    machine.status = None
    state = machine.state
    words = [word for arg in args if (word := strip_marks(arg)) != "-n"]
    old, rest = state.folders[:1] or (UNKNOWN,), state.folders[1:]
    if words and not words[0].startswith(("+", "-")):
        state.folders = (*old, state.cwd, *rest[:MAX_TRAPS])
        state.enter(words[0])
    elif not words and rest:
        state.folders, state.cwd = (*old, state.cwd, *rest[1:]), rest[0]


def _popd(machine: ShellProcess, args: list[str]) -> None:
    """``popd``: back to the folder that was remembered last."""
    machine.status = None
    state = machine.state
    if not args and len(state.folders) > 1:
        state.folders, state.cwd = (state.folders[0], *state.folders[2:]), state.folders[1]


def _write(machine: ShellProcess, text: str | None) -> None:
    buffer = machine.state.writes.get(1)
    if buffer is not None:
        buffer.write(UNKNOWN if text is None else text)


def _echo(machine: ShellProcess, args: list[str]) -> None:
    _write(machine, echo([strip_marks(arg) for arg in args], dash=machine.state.dialect == "sh"))


def _printf(machine: ShellProcess, args: list[str]) -> None:
    values = [strip_marks(arg) for arg in args]
    dash = machine.state.dialect == "sh"
    if values[:1] == ["-v"] and len(values) > 2:
        text = printf(values[2:], dash=dash)
        put(machine, values[1], UNKNOWN if text is None else text)
    else:
        _write(machine, printf(values, dash=dash))


def _unknown_text(machine: ShellProcess, args: list[str]) -> None:
    del args
    _write(machine, None)


def nothing(machine: ShellProcess, args: list[str]) -> None:
    """Do nothing more than redirect."""
    del machine, args


def _true(machine: ShellProcess, args: list[str]) -> None:
    del machine, args


def _false(machine: ShellProcess, args: list[str]) -> None:
    del args
    machine.status = False


def _test(machine: ShellProcess, args: list[str]) -> None:
    """Judge the comparisons whose both sides are known; a lone variable from outside is not."""
    machine.status = None
    values = [strip_marks(arg) for arg in args]
    if values[-1:] == ["]"]:
        values.pop()
    if any(unsure(arg) for arg in args):
        return
    negate = values[:1] == ["!"]
    values = values[negate:]
    result = _judge(values)
    if result is not None:
        machine.status = result != negate


def _judge(values: list[str]) -> bool | None:
    if len(values) == 1:
        return bool(values[0])
    if len(values) == 2 and values[0] in ("-z", "-n"):
        return bool(values[1]) == (values[0] == "-n")
    if len(values) != 3:
        return None
    left, operator, right = values
    if operator in ("=", "=="):
        return left == right
    if operator == "!=":
        return left != right
    compare: dict[str, Callable[[int, int], bool]] = {
        "-eq": lambda a, b: a == b, "-ne": lambda a, b: a != b, "-lt": lambda a, b: a < b,
        "-le": lambda a, b: a <= b, "-gt": lambda a, b: a > b, "-ge": lambda a, b: a >= b,
    }  # fmt: skip
    if operator in compare and all(re.fullmatch(r"-?[0-9]{1,18}", value) for value in (left, right)):
        return compare[operator](int(left), int(right))
    return None


def _export(machine: ShellProcess, args: list[str]) -> None:
    for arg in args:
        name, equals, value = arg.partition("=")
        name = strip_marks(name)
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            continue
        if equals and machine.state.variables.get(name) != value:
            machine.state.assign(name, value)
        machine.state.exported.add(name)
        pass_on_variable(machine, name)


def _declare(machine: ShellProcess, args: list[str]) -> None:
    flags = _flags(args)
    for arg in args:
        name, equals, value = arg.partition("=")
        name = strip_marks(name)
        if equals and ITEM.fullmatch(name):
            put(machine, name, value)
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            continue
        if "n" in flags:
            refer(machine, name, strip_marks(value))
            continue
        declared(machine, name, args)
        if "g" not in flags and not equals:
            machine.state.variables.setdefault(name, "")
        if equals and machine.state.variables.get(name) != value and machine.state.array(name) is None:
            machine.state.assign(name, value)
        if "x" in flags:
            machine.state.exported.add(name)
            pass_on_variable(machine, name)


def _flags(args: list[str]) -> str:
    """Return the letters behind a dash."""
    return "".join(word[1:] for word in map(strip_marks, args) if word.startswith("-"))


def refer(machine: ShellProcess, name: str, other: str) -> None:
    """``declare -n NAME=OTHER``; without OTHER, the next assignment says which."""
    if other:
        evaluated.expression(machine, other if "[" in other else "")
        machine.state.refer(name, other)
    else:
        machine.state.references = {**machine.state.references, name: ""}


def declared(machine: ShellProcess, name: str, args: list[str]) -> None:
    """Note what the options of ``declare`` say of a name, before anything is assigned to it."""
    flags = _flags(args)
    if "g" not in flags:
        machine.state.make_local(name)
    if "A" in flags:
        machine.state.assoc.add(name)
    machine.state.attributes.change(name, map(strip_marks, args))


def _local(machine: ShellProcess, args: list[str]) -> None:
    _declare(machine, args)


def _readonly(machine: ShellProcess, args: list[str]) -> None:
    for arg in args:
        name, equals, value = arg.partition("=")
        if equals and machine.state.variables.get(name) != value and machine.state.array(name) is None:
            machine.state.assign(name, value)


def _unset(machine: ShellProcess, args: list[str]) -> None:
    for name in map(strip_marks, args):
        if name == "-f":
            for each in args:
                machine.state.functions.pop(strip_marks(each), None)
            return
        if name not in machine.state.variables and not machine.branches:
            machine.state.functions.pop(name, None)
        machine.state.unset(name)


def _set(machine: ShellProcess, args: list[str]) -> None:
    at = 0
    while at < len(args):
        word = strip_marks(args[at])
        if word == "--":
            machine.state.positional = list(args[at + 1 :])
            return
        if not word.startswith(("-", "+")) or len(word) < 2:
            machine.state.positional = list(args[at:])
            return
        named = [strip_marks(each) for each in args[at + 1 : at + 1 + word.count("o")]]
        _switch(machine, word[1:], named, on=word[0] == "-")
        at += 1 + len(named)


def _switch(machine: ShellProcess, letters: str, names: list[str], *, on: bool) -> None:
    """Switch settings by letter or by name."""
    if on and ("x" in letters or "xtrace" in names):
        _trace(machine)
    if "a" in letters or "allexport" in names:
        machine.state.exports_all = on


def _trace(machine: ShellProcess) -> None:
    """Read PS4, which is expanded before each command that is traced."""
    prompt = machine.state.variables.get("PS4")
    if isinstance(prompt, str) and ("$(" in prompt or "`" in prompt):
        machine.read_text(': "' + prompt.replace('"', '\\"') + '"', "PS4")


def _shift(machine: ShellProcess, args: list[str]) -> None:
    count = strip_marks(args[0]) if args else "1"
    if machine.state.positional is not None and count.isascii() and count.isdigit() and len(count) < 6:
        machine.state.positional = machine.state.positional[int(count) :]


def _eval(machine: ShellProcess, args: list[str]) -> None:
    machine.status = None
    machine.read_text(" ".join(args[1:] if args[:1] == ["--"] else args), "eval")


def _source(machine: ShellProcess, args: list[str]) -> None:
    """Read a text here; where it comes from a descriptor, the shell is shown as the interpreter of it."""
    machine.status = None
    if not args:
        return
    path = followed(machine, strip_marks(args[0]))
    if path.startswith(("/dev/fd/", "/dev/stdin", "/proc/self/fd/")) or is_fifo(machine, path):
        stand_in(machine, path)
    text = file_text(machine, path)
    if text is not None:
        outer = machine.state.positional
        if len(args) > 1:
            machine.state.positional = list(args[1:])
        machine.read_text(text, "source")
        if len(args) > 1:
            machine.state.positional = outer


def _exec(machine: ShellProcess, args: list[str]) -> None:
    name = ""
    while args and re.fullmatch(r"-[acl]+|--", strip_marks(args[0])):
        flags, args = strip_marks(args[0]), args[1:]
        if "a" in flags and args:
            name, args = args[0], args[1:]
        if flags == "--":
            break
    if args:
        program = strip_marks(args[0])
        fields = [name, *args[1:]] if name else args
        launch(machine, fields, machine.state.environment(), program=program if name else "")


def _command(machine: ShellProcess, args: list[str]) -> None:
    while args and re.fullmatch(r"-[pvV]+|--", strip_marks(args[0])):
        if "v" in args[0].lower():
            machine.status = True  # as a guess: what is looked for is there
            _write(machine, LIKELY + which([strip_marks(arg) for arg in args]))
            return
        args = args[1:]
    if not args:
        return
    name = strip_marks(args[0])
    if known(name, machine.state.dialect):
        run(machine, name, args[1:])
    else:
        launch(machine, args, machine.state.environment())


def _type(machine: ShellProcess, args: list[str]) -> None:
    machine.status = None
    _write(machine, LIKELY + which([strip_marks(arg) for arg in args]) if {"-p", "-P"} & set(args) else None)


def signal_of(word: str) -> str:
    """Return a signal's name as ``trap`` knows it: ``EXIT`` for 0, ``INT`` for ``SIGINT``."""
    name = strip_marks(word).upper().removeprefix("SIG")
    return "EXIT" if name == "0" else name


def _trap(machine: ShellProcess, args: list[str]) -> None:
    args = args[1:] if args[:1] == ["--"] else args
    signals = frozenset(signal_of(arg) for arg in args[1:])
    if len(args) < 2 or (strip_marks(args[0]).startswith("-") and strip_marks(args[0]) != "-"):
        return
    if strip_marks(args[0]) in ("", "-"):
        if not machine.branches:
            machine.traps[:] = [trap for trap in machine.traps if not trap[2] <= signals]
    elif machine.collector.room(machine.traps, MAX_TRAPS, "traps"):
        machine.traps.append((machine.node, args[0], signals))


def _alias(machine: ShellProcess, args: list[str]) -> None:
    line = machine.span()[0]
    for arg in args:
        name, equals, value = arg.partition("=")
        if equals:
            machine.state.aliases[strip_marks(name)] = (strip_marks(value), line, machine.item)


def _unalias(machine: ShellProcess, args: list[str]) -> None:
    for name in args:
        machine.state.aliases.pop(strip_marks(name), None)


def _shopt(machine: ShellProcess, args: list[str]) -> None:
    flags, names = _flags(args), [word for arg in args if not (word := strip_marks(arg)).startswith("-")]
    if "o" in flags and {"s", "u"} & set(flags):
        _switch(machine, "", names, on="s" in flags)
    elif "expand_aliases" in names:
        machine.state.expand_aliases = "s" in flags


def _exit(machine: ShellProcess, args: list[str]) -> None:
    del args
    machine.status = None
    if not machine.branches and not machine.collector.limits.beyond:
        machine.stopped = True


def _let(machine: ShellProcess, args: list[str]) -> None:
    machine.status = None
    for arg in args:
        value = None if UNKNOWN in arg else count(machine, strip_marks(arg))
        if value is None and (match := re.match(r"\s*([A-Za-z_]\w*)\s*[-+*/%&|^]?=", arg)):
            machine.state.assign(match[1], UNKNOWN)
        machine.status = None if value is None else value != 0


def _builtin(machine: ShellProcess, args: list[str]) -> None:
    if args and known(strip_marks(args[0]), machine.state.dialect):
        run(machine, strip_marks(args[0]), args[1:])


def _hash(machine: ShellProcess, args: list[str]) -> None:
    """``hash -p PATH NAME``: the name stands for the file from now on."""
    options, names = read_options([strip_marks(arg) for arg in args], "p")
    hashed = machine.collector.hashed
    if "p" in options:
        hashed.update(dict.fromkeys(names, options["p"]))
    elif "d" in options or "r" in options:
        for name in names if "d" in options else list(hashed):
            hashed.pop(name, None)


def _completion(machine: ShellProcess, args: list[str]) -> None:
    """``compgen -C COMMAND`` runs it, ``-W WORDS`` expands the words (bash manual, 8.7)."""
    for option, value in itertools.pairwise(map(strip_marks, args)):
        if option == "-C":
            machine.read_text(value, "compgen")
        elif option == "-W":
            evaluated.prompt(machine, value, "compgen")
        elif option == "-c":
            _write(machine, LIKELY + value + "\n")


def _callback(machine: ShellProcess, args: list[str]) -> None:
    """``mapfile -C CALLBACK`` evaluates it, for every so many lines."""
    callback = read_options([strip_marks(arg) for arg in args], OF_MAPFILE)[0].get("C")
    if callback:
        machine.read_text(f"{callback} 0 {LINE}", "mapfile")


def _jobs(machine: ShellProcess, args: list[str]) -> None:
    """``jobs -x COMMAND`` starts it."""
    if args[:1] == ["-x"] and len(args) > 1:
        _command(machine, args[1:])


_RUNS: dict[str, Builtin] = {
    "hash": _hash, "compgen": _completion, "mapfile": _callback, "readarray": _callback, "jobs": _jobs,
}  # fmt: skip
"""What some builtins run beside what they do."""

_TABLE: dict[str, Builtin] = {
    "echo": _echo, "printf": _printf, "pwd": _unknown_text, "dirs": _unknown_text, "print": _echo, ":": _true, "true": _true,
    "false": _false, "test": _test, "[": _test, "export": _export, "declare": _declare, "typeset": _declare,
    "local": _local, "readonly": _readonly, "unset": _unset, "set": _set, "shift": _shift, "eval": _eval, ".": _source,
    "source": _source, "cd": _cd, "pushd": _pushd, "popd": _popd, "exec": _exec, "command": _command, "builtin": _builtin, "type": _type, "trap": _trap,
    "alias": _alias, "unalias": _unalias, "shopt": _shopt, "exit": _exit, "let": _let, "read": read, "mapfile": mapfile,
    "readarray": mapfile,
}  # fmt: skip
