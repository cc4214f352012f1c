"""Launchers whose command lines do not fit a table row: env, xargs, find, parallel, su, flock and a few more."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.identity.env import env_command
from flycatcher.core.launchers import getopt, node_tools, python_tools
from flycatcher.core.launchers.command import MAX_COMMANDS, LaunchedCommand, Reader, Stdin
from flycatcher.core.launchers.parallel import parallel
from flycatcher.core.launchers.tmux import tmux
from flycatcher.core.launchers.xargs import xargs
from flycatcher.core.unknown import UNKNOWN, strip_marks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def _env(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """env(1). What the text does not set is not known: ``-S '${NAME}'`` leaves a hole."""
    del stdin
    found = env_command([strip_marks(field) for field in fields], env, unset=UNKNOWN)
    if found is None:
        return None
    words = [word if at is None else fields[at] for at, word in zip(found.places, found.argv, strict=True)]
    if found.argv[0] == found.program:
        return [LaunchedCommand(words, found.environ)]
    return [LaunchedCommand([found.argv[0], *words[1:]], found.environ, found.program)]


def _find(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """find(1): each -exec, -execdir, -ok, -okdir up to its semicolon or plus; of what is found the name is known at most."""
    del stdin
    found = _found_name([strip_marks(field) for field in fields])
    commands: list[LaunchedCommand] = []
    at = 1
    while at < len(fields) and len(commands) < MAX_COMMANDS:
        if strip_marks(fields[at]) in ("--help", "-help", "--version", "-version"):
            return None
        if strip_marks(fields[at]) not in ("-exec", "-execdir", "-ok", "-okdir"):
            at += 1
            continue
        end = at + 1
        while end < len(fields) and strip_marks(fields[end]) != ";":
            if strip_marks(fields[end]) == "+" and strip_marks(fields[end - 1]) == "{}":
                break
            end += 1
        words = [word.replace("{}", found) for word in fields[at + 1 : end]]
        if words:
            commands.append(LaunchedCommand(words, env))
        at = end + 1
    return commands or None


def _found_name(words: Sequence[str]) -> str:
    """Return what find(1) puts in for ``{}``, as far as it is known: a path that ends in the one name that is looked for."""
    names = [value for test, value in pairwise(words) if test == "-name"]
    other = {"-o", "-or", "!", "-not", ","}.intersection(words)
    plain = len(names) == 1 and not other and re.fullmatch(r"[\w.-]+", names[0])
    return f"{UNKNOWN}/{names[0]}" if plain else UNKNOWN


def _capsh(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """capsh(1): what follows ``--`` goes to /bin/bash."""
    del stdin
    words = [strip_marks(word) for word in fields]
    if "--" not in words:
        return None
    return [LaunchedCommand(["/bin/bash", *fields[words.index("--") + 1 :]], env)]


def _bwrap(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """bwrap(1): options with none, one or two values, then the command."""
    del stdin
    at = 1
    while at < len(fields) and strip_marks(fields[at]).startswith("--"):
        word = strip_marks(fields[at])[2:]
        at += 1
        if not word:
            break
        if re.fullmatch(
            r"(dev-|ro-)?bind(-try|-data)?|dev-bind-try|ro-bind-try|symlink|setenv|chmod|file|bind-data|ro-bind-data",
            word,
        ):
            at += 2
        elif not re.fullmatch(
            r"unshare-.*|share-net|die-with-parent|new-session|as-pid-1|clearenv|disable-userns.*|.*-try", word
        ):
            at += 1
    return [LaunchedCommand(fields[at:], env)] if at < len(fields) else None


_KUBE_VALUES = ("-c", "-n", "--container", "--namespace", "--context", "--kubeconfig")


def _kubectl(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """Kubectl and oc: after ``--``, or in the old form of exec after the pod's name."""
    del stdin
    words = [strip_marks(word) for word in fields]
    found = [word for word in ("exec", "rsh", "run", "debug") if word in words]
    if not found:
        return None
    if "--" in words:
        at = words.index("--") + 1
    elif found[0] in ("exec", "rsh"):
        at = _after_options(words, _after_options(words, words.index(found[0]) + 1) + 1)
    else:
        return None
    return [LaunchedCommand(fields[at:], env)] if at < len(fields) else None


def _after_options(words: list[str], at: int) -> int:
    """Return where the options that begin at an index end."""
    while at < len(words) and words[at].startswith("-"):
        at += 1 + (words[at] in _KUBE_VALUES)
    return at


def _at(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """at(1) and batch(1): standard input is a text for sh."""
    del fields
    return [LaunchedCommand(["sh"], env)] if stdin.text is not None else None


def _screen(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """screen(1): the words behind its options are a command's, and those of ``-X exec``; ``-X stuff`` types into a shell."""
    del stdin
    words = [strip_marks(word) for word in fields]
    typed = _typed(words)
    if typed is not None:
        return [LaunchedCommand(["sh", "-c", typed], env)]
    if "-X" in words:  # a command of screen's own, for a running session
        at = words.index("-X") + 1
        starts = words[at : at + 1] in (["exec"], ["screen"])
        return [LaunchedCommand(fields[at + 1 :], env)] if starts and fields[at + 1 :] else None
    at = 1
    while at < len(words) and words[at].startswith("-"):
        at += 1 + (words[at][-1] in "snctxyFeSThp" and len(words[at]) < 6)
    return [LaunchedCommand(fields[at:], env)] if fields[at:] else None


def _tmux(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """tmux(1); ``send-keys`` types into a shell."""
    typed = _typed([strip_marks(word) for word in fields])
    return tmux(fields, env, stdin) if typed is None else [LaunchedCommand(["sh", "-c", typed], env)]


def _compiler(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """gcc(1) and its kin: ``-wrapper PROGRAM,ARGUMENTS`` starts each of the compiler's programs through another one."""
    del stdin
    words = [strip_marks(word) for word in fields]
    at = words.index("-wrapper") + 1 if "-wrapper" in words else len(words)
    wrapper = fields[at].split(",") if at < len(words) else []
    return [LaunchedCommand(wrapper, env)] if len(wrapper) > 2 else None


def _cmake(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """cmake(1): ``-E env [--unset=VAR] [NAME=VALUE] COMMAND``, ``-E time COMMAND``, ``-E chdir DIR COMMAND``."""
    words = [strip_marks(word) for word in fields]
    if words[1:2] != ["-E"] or len(words) < 4 or words[2] not in ("env", "time", "chdir"):
        return None
    if words[2] == "env":
        return _env(["env", *(word for word in fields[3:] if not strip_marks(word).startswith("--unset="))], env, stdin)
    return [LaunchedCommand(fields[4 if words[2] == "chdir" else 3 :], env)]


def _git(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """git(1): ``bisect run COMMAND``, ``submodule foreach TEXT``, ``for-each-repo``; what git reads itself, its table says."""
    del stdin
    words = [strip_marks(word) for word in fields]
    for at in range(1, len(words) - 2):
        if words[at : at + 2] == ["bisect", "run"]:
            return [LaunchedCommand(fields[at + 2 :], env)]
        if not words[at].startswith("-") and words[at - 1] not in ("-C", "-c"):
            return None
    return None


def _gdb(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """gdb(1) and lldb(1): the program to be debugged, behind ``--args`` or ``--``."""
    del stdin
    words = [strip_marks(word) for word in fields]
    at = next((index for index, word in enumerate(words) if word in ("--args", "-args", "--")), len(words))
    return [LaunchedCommand(fields[at + 1 :], env)] if at + 1 < len(fields) else None


def _ip(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """ip-netns(8) and ip-vrf(8): ``netns exec NAME COMMAND``."""
    del stdin
    words = [strip_marks(word) for word in fields]
    for at, word in enumerate(words[:-3], 1):
        if words[at : at + 2] in (["netns", "exec"], ["net", "exec"], ["vrf", "exec"]) and word != "exec":
            return [LaunchedCommand(fields[at + 3 :], env)] if at + 3 < len(fields) else None
    return None


def _entr(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """entr(1): a command, or with ``-s`` a shell's text; stdin holds the names of files."""
    del stdin
    at = next((index for index, word in enumerate(fields[1:], 1) if not strip_marks(word).startswith("-")), len(fields))
    text = any("s" in strip_marks(word) for word in fields[1:at])
    if at >= len(fields):
        return None
    return [LaunchedCommand(["sh", "-c", *fields[at:]] if text else fields[at:], env, stdin=Stdin("null"))]


def _runcon(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """runcon(1): a context and a command, or options in the context's place."""
    del stdin
    words, at = [strip_marks(word) for word in fields], 1
    while at < len(words) and words[at].startswith("-"):
        at += 1 + (words[at] in ("-t", "-u", "-r", "-l", "--type", "--user", "--role", "--range"))
    at += at == 1
    return [LaunchedCommand(fields[at:], env)] if at < len(fields) else None


def _tcpdump(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """tcpdump(8): ``-z PROGRAM`` is started with each file that was written."""
    del stdin
    words = [strip_marks(word) for word in fields]
    at = words.index("-z") + 1 if "-z" in words else len(words)
    return [LaunchedCommand([fields[at], "capture"], env)] if at < len(words) else None


def _architecture(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """dpkg-architecture(1): the words behind ``-c``; one alone is a shell's text."""
    del stdin
    words = [strip_marks(word) for word in fields]
    at = next((index + 1 for index, word in enumerate(words) if word in ("-c", "--command")), len(words))
    rest = fields[at:]
    return [LaunchedCommand(rest if len(rest) > 1 else ["sh", "-c", *rest], env)] if rest else None


def _pm2(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """pm2: ``start FILE --node-args WORDS``, ``--interpreter PROGRAM --interpreter-args WORDS``."""
    del stdin
    words, given, operands, at = [strip_marks(word) for word in fields], {}, [], 1
    while at < len(words) and words[at] != "--":
        name, sign, value = words[at].partition("=")
        if name in _PM2:
            given[name] = value if sign else "".join(words[at + 1 : at + 2])
            at += not sign
        elif not words[at].startswith("-"):
            operands.append(words[at])
        at += 1
    if operands[:1] == ["start"] and " " in "".join(operands[1:2]):
        return [LaunchedCommand(["sh", "-c", operands[1]], env)]
    options = " ".join(value for name, value in given.items() if name != "--interpreter").split()
    if operands[:1] != ["start"] or len(operands) < 2 or not given:
        return None
    return [LaunchedCommand([given.get("--interpreter", "node"), *options, operands[1]], env)]


def _prove(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """prove(1): ``-e`` and ``--exec``, a command whose words are parted at blanks, in front of each test."""
    del stdin
    words = [strip_marks(word) for word in fields]
    for at, word in enumerate(words):
        name, sign, value = word.partition("=")
        if name in ("-e", "--exec"):
            text = value if sign else "".join(fields[at + 1 : at + 2])
            return [LaunchedCommand([*text.split(), "test"], env)] if text.split() else None
    return None


def _faketime(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """faketime(1): switches, then one word that is the time, with a dash in front or not."""
    del stdin
    at = 1
    while at < len(fields) and strip_marks(fields[at]) in (
        "-f",
        "-m",
        "--exclude-monotonic",
        "--date-prog",
        "--disable-shm",
    ):
        at += 1
    return [LaunchedCommand(fields[at + 1 :], env)] if at + 1 < len(fields) else None


def _pee(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """pee(1) of moreutils: each word is a shell's text, with the same standard input."""
    texts = [field for field in fields[1:] if not strip_marks(field).startswith("-")]
    return [LaunchedCommand(["sh", "-c", text], env, stdin=stdin) for text in texts[:MAX_COMMANDS]] or None


def _typed(words: list[str]) -> str | None:
    """Return what ``tmux send-keys`` and ``screen -X stuff`` type into a shell; None for other commands."""
    at = next((index for index, word in enumerate(words) if word in ("send-keys", "send", "stuff")), len(words))
    rest, skipped = words[at + 1 :], 0
    while skipped < len(rest) and rest[skipped].startswith("-"):
        skipped += 1 + (rest[skipped] in ("-t", "-N", "-c"))
    keys = [word for word in rest[skipped:] if word not in ("Enter", "C-m", "KPEnter")]
    return " ".join(keys) if keys and " " in keys[0] else None


_PM2 = ("--node-args", "--interpreter-args", "--interpreter")


def _brew(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """Homebrew's ``brew ruby`` (its manual page): Ruby with what follows."""
    del stdin
    if fields[1:2] != ["ruby"]:
        return None
    return [LaunchedCommand(["ruby", *fields[3 if fields[2:3] == ["--"] else 2 :]], env)]


READERS: dict[str, Reader] = {
    "brew": _brew,
    "cmake": _cmake, "git": _git, "gdb": _gdb, "lldb": _gdb, "ip": _ip, "entr": _entr, "tcpdump": _tcpdump, "runcon": _runcon, "pm2": _pm2, "faketime": _faketime, "pee": _pee, "prove": _prove, "dpkg-architecture": _architecture,
    **getopt.READERS,
    **python_tools.READERS,
    **node_tools.READERS,
    "env": _env, "genv": _env,
    "find": _find, "gfind": _find,
    "xargs": xargs, "gxargs": xargs, "parallel": parallel,
    "capsh": _capsh, "bwrap": _bwrap,
    "kubectl": _kubectl, "oc": _kubectl, "at": _at, "batch": _at,
    **dict.fromkeys(("gcc", "g++", "cc", "c++", "gfortran", "gdc", "gnat", "cpp"), _compiler), "tmux": _tmux, "tmate": _tmux, "screen": _screen,
}  # fmt: skip
