"""The shell's own commands: they start no program, but change what is known, print, or read text again."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy
from flycatcher.core.shell.expand.arithmetic import evaluate
from flycatcher.core.shell.expand.escapes import printf
from flycatcher.core.shell.interp import evaluated
from flycatcher.core.shell.interp.control import count
from flycatcher.core.shell.interp.filters import echo, which
from flycatcher.core.shell.interp.launch import file_text, launch, pass_on_variable, stand_in
from flycatcher.core.shell.interp.links import followed, is_fifo
from flycatcher.core.unknown import LIKELY, UNKNOWN, strip_marks, unsure

if TYPE_CHECKING:
    from flycatcher.core.shell.interp.process import ShellProcess

Builtin = Callable[["ShellProcess", list[str]], None]

MAX_TRAPS = 32
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
    return name in _TABLE or name in _QUIET


def run(machine: ShellProcess, name: str, args: list[str]) -> None:
    """Run a builtin."""
    machine.status = True
    if machine.state.extended:
        evaluated.operands(machine, name, args)
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
        machine.state.assign(values[1], UNKNOWN if text is None else text)
    else:
        _write(machine, printf(values, dash=dash))


def _unknown_text(machine: ShellProcess, args: list[str]) -> None:
    del args
    _write(machine, None)


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
        if equals:
            machine.state.assign(name, value)
        machine.state.exported.add(name)
        pass_on_variable(machine, name)


def _declare(machine: ShellProcess, args: list[str]) -> None:
    flags = "".join(strip_marks(arg)[1:] for arg in args if strip_marks(arg).startswith("-"))
    for arg in args:
        name, equals, value = arg.partition("=")
        name = strip_marks(name)
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            continue
        if "n" in flags and equals:
            machine.state.refer(name, strip_marks(value))
            continue
        if "g" not in flags and not equals:
            machine.state.make_local(name)
            machine.state.variables.setdefault(name, "")
        if "A" in flags:
            machine.state.assoc.add(name)
        if equals and not isinstance(machine.state.variables.get(name), dict):
            machine.state.assign(name, _typed(machine, value, flags))
        if "x" in flags:
            machine.state.exported.add(name)
            pass_on_variable(machine, name)


def _typed(machine: ShellProcess, value: str, flags: str) -> str:
    """``declare -i`` computes, ``-l`` and ``-u`` change the case."""
    if UNKNOWN in value:
        return value
    if "i" in flags:
        number = evaluate(strip_marks(value), machine.state.scalar)
        return UNKNOWN if number is None else str(number)
    return value.lower() if "l" in flags else value.upper() if "u" in flags else value


def _local(machine: ShellProcess, args: list[str]) -> None:
    _declare(machine, args)


def _readonly(machine: ShellProcess, args: list[str]) -> None:
    for arg in args:
        name, equals, value = arg.partition("=")
        if equals and not isinstance(machine.state.variables.get(name), dict):
            machine.state.assign(name, value)


def _unset(machine: ShellProcess, args: list[str]) -> None:
    for name in map(strip_marks, args):
        if name == "-f":
            for each in args:
                machine.state.functions.pop(strip_marks(each), None)
            return
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
        if word == "-o" and args[at + 1 : at + 2] == ["xtrace"]:
            word = "-x"
        if word[0] == "-" and "x" in word:
            _trace(machine)
        if "a" in word or strip_marks("".join(args[at + 1 : at + 2])) == "allexport":
            machine.state.exports_all = word[0] == "-"
        at += 1 + sum(letter == "o" for letter in word[1:]) + (word == "-x" and strip_marks(args[at]) == "-o")


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


def _trap(machine: ShellProcess, args: list[str]) -> None:
    args = args[1:] if args[:1] == ["--"] else args
    if len(args) < 2 or strip_marks(args[0]) in ("", "-") or strip_marks(args[0]).startswith("-"):
        return
    if machine.collector.room(machine.traps, MAX_TRAPS, "traps"):
        machine.traps.append((machine.node, args[0]))


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
    if "expand_aliases" in args:
        machine.state.expand_aliases = "-s" in args


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


def _read(machine: ShellProcess, args: list[str]) -> None:
    """Assign one line's fields, as far as it is known."""
    options, names = _read_options([strip_marks(arg) for arg in args])
    stream = machine.state.reads.get(int(options.get("u", "0")) if options.get("u", "0").isdigit() else 0)
    text: str | None = None
    if (
        stream is not None
        and stream.text is not None
        and len(options.get("d", "")) == 1
        and not {"n", "N"} & set(options)
    ):
        text, found, stream.text = stream.text.partition(options["d"])
        text = text if found else text.removesuffix("\n")
    elif stream is not None and stream.text is not None and not {"d", "n", "N"} & set(options):
        if not stream.text:
            machine.read_ended = True
            machine.status = False
            for name in names:
                machine.state.assign(name, "")
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
        machine.state.assign(name, value)


def _read_options(args: list[str]) -> tuple[dict[str, str], list[str]]:
    options: dict[str, str] = {}
    at = 0
    while at < len(args) and args[at].startswith("-") and len(args[at]) > 1:
        word = args[at][1:]
        at += 1
        for index, letter in enumerate(word):
            if letter in "adinNptu":
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


def _mapfile(machine: ShellProcess, args: list[str]) -> None:
    options, names = _read_options([strip_marks(arg) for arg in args])
    stream = machine.state.reads[0]
    end = "" if "t" in options else "\n"
    if "t" in options and options["t"] and not names:
        names = [options["t"]]
    lines = [UNKNOWN] if stream.text is None else [line + end for line in stream.text.splitlines()]
    machine.state.assign(names[0] if names else "MAPFILE", {str(at): line for at, line in enumerate(lines)})


def _builtin(machine: ShellProcess, args: list[str]) -> None:
    if args and known(strip_marks(args[0]), machine.state.dialect):
        run(machine, strip_marks(args[0]), args[1:])


def _hash(machine: ShellProcess, args: list[str]) -> None:
    """``hash -p PATH NAME``: the name stands for the file from now on."""
    words = [strip_marks(arg) for arg in args]
    if words[:1] == ["-p"] and len(words) > 2:
        machine.collector.hashed[words[2]] = words[1]


def _completion(machine: ShellProcess, args: list[str]) -> None:
    """``compgen -C COMMAND`` runs it, ``-W WORDS`` expands the words (bash manual, 8.7)."""
    for option, value in itertools.pairwise(map(strip_marks, args)):
        if option == "-C":
            machine.read_text(value, "compgen")
        elif option == "-W":
            evaluated.prompt(machine, value, "compgen")


def _callback(machine: ShellProcess, args: list[str]) -> None:
    """``mapfile -C CALLBACK`` evaluates it, for every so many lines."""
    for option, value in itertools.pairwise(map(strip_marks, args)):
        if option == "-C":
            machine.read_text(value, "mapfile")


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
    "alias": _alias, "unalias": _unalias, "shopt": _shopt, "exit": _exit, "let": _let, "read": _read, "mapfile": _mapfile,
    "readarray": _mapfile,
}  # fmt: skip
