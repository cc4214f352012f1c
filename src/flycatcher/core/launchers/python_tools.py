"""Launchers of the Python world: uv, uvx, pipx, hatch, pex, tox, ansible, fab.

Source: each program's --help (uv 0.13, pipx 1.8, hatch 1.16, pex 2.105, tox 4.32, ansible-core 2.19, fabric 3.2), tried by hand.
"""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from typing import TYPE_CHECKING

from flycatcher.core.launchers.command import MAX_COMMANDS, LaunchedCommand, Reader
from flycatcher.core.regex import lazy
from flycatcher.core.unknown import strip_marks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.core.launchers.command import Stdin

_UV_VALUES = frozenset((
    "-p", "-w", "-C", "-i", "-f", "-P", "--with", "--with-editable", "--with-requirements", "--python", "--extra",
    "--no-extra", "--group", "--no-group", "--only-group", "--env-file", "--package", "--index", "--default-index",
    "--index-url", "--extra-index-url", "--find-links", "--project", "--directory", "--config-file", "--cache-dir",
    "--from", "--spec", "--suffix", "--pip-args", "--backend", "--python-platform", "--color", "--index-strategy",
    "--resolution", "--prerelease", "--exclude-newer", "--constraints", "--overrides", "--build-constraints", "-c", "-b",
))  # fmt: skip
_VERSION = lazy(r"[@=<>~!\[;].*", re.DOTALL)
_FREE_FORM = lazy(r"\s*(?:chdir|creates|removes|executable|stdin|warn|strip_empty_ends|expand_argument_vars)=\S+\s")


def _behind(fields: list[str], at: int, values: frozenset[str]) -> int:
    """Return where the first operand stands behind the options."""
    while at < len(fields):
        word = strip_marks(fields[at])
        if word == "--":
            return at + 1
        if not word.startswith("-") or word == "-":
            break
        at += 2 if word in values else 1
    return at


def _uv(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """Read ``uv run [OPTION...] COMMAND``, ``uv run -m MODULE``, and ``uv tool run`` and ``uvx`` like pipx."""
    words = [strip_marks(word) for word in fields]
    at = _behind(fields, 1, _UV_VALUES)
    if words[at : at + 2] == ["tool", "run"]:
        return _package(fields, at + 2, env)
    if words[at : at + 1] != ["run"]:
        return None
    at += 1
    while at < len(words) and words[at].startswith("-") and words[at] != "-":
        if words[at] in ("-m", "--module"):
            return [LaunchedCommand(["python3", "-m", *fields[at + 1 :]], env)] if at + 1 < len(fields) else None
        if words[at] == "--":
            at += 1
            break
        at += 2 if words[at] in _UV_VALUES else 1
    # what uv runs itself - a script, an address, - - stands in its own execution
    return (
        [LaunchedCommand(fields[at:], env)]
        if at < len(fields) and words[at] != "-" and "://" not in words[at]
        else None
    )


def _package(fields: list[str], at: int, env: Mapping[str, str]) -> list[LaunchedCommand] | None:
    """Read options, then a command that may carry a version (``ruff@0.3``, ``ipython==9``)."""
    at = _behind(fields, at, _UV_VALUES)
    if at >= len(fields):
        return None
    return [LaunchedCommand([_VERSION.sub("", fields[at]), *fields[at + 1 :]], env)]


def _uvx(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """Read ``uvx [OPTION...] COMMAND``."""
    return _package(fields, 1, env)


def _pipx(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """Read ``pipx run [OPTION...] APP``."""
    at = _behind(fields, 1, _UV_VALUES)
    if at >= len(fields) or strip_marks(fields[at]) != "run":
        return None
    app = _behind(fields, at + 1, _UV_VALUES)
    # an address stands in pipx' own execution
    return _package(fields, app, env) if app < len(fields) and "://" not in fields[app] else None


def _hatch(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """Read ``hatch run [ENVIRONMENT:]COMMAND`` and ``hatch env run -- COMMAND``."""
    values = frozenset(
        (
            "-e",
            "--env",
            "-p",
            "--project",
            "-i",
            "--include",
            "-x",
            "--exclude",
            "--data-dir",
            "--cache-dir",
            "--config",
        )
    )
    at = _behind(fields, 1, values)
    at += at < len(fields) and strip_marks(fields[at]) == "env"
    if at >= len(fields) or strip_marks(fields[at]) != "run":
        return None
    at = _behind(fields, at + 1, values)
    while at < len(fields) and strip_marks(fields[at])[:1] in ("+", "-"):  # selectors of a matrix
        at += 1
    if at >= len(fields):
        return None
    return [LaunchedCommand([re.sub(r"^[\w.-]*:", "", fields[at]), *fields[at + 1 :]], env)]


def _pex(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """Read ``pex REQUIREMENT... -- ARGUMENT...``: without a file to write and an entry point, the arguments are Python's."""
    words = [strip_marks(word) for word in fields]
    if "--" not in words:
        return None
    at = words.index("--")
    entry = ("-o", "--output-file", "-m", "--module", "-e", "--entry-point", "-c", "--script", "--console-script")
    if any(word.partition("=")[0] in entry for word in words[:at]):
        return None
    return [LaunchedCommand(["python3", *fields[at + 1 :]], env)]


def _tox(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """Read ``tox exec -- COMMAND``, and -x, which may override an environment's commands, one a line."""
    words = [strip_marks(word) for word in fields]
    if words[1:2] == ["exec"] and "--" in words:
        return [LaunchedCommand(fields[words.index("--") + 1 :], env)]
    commands: list[LaunchedCommand] = []
    for before, word in pairwise(words):
        text = (
            word.partition("=")[2] if word.startswith("--override=") else word if before in ("-x", "--override") else ""
        )
        if match := re.match(r"[\w:.-]+\.commands(?:_pre|_post)?\+?=", text):
            lines = text[match.end() :].splitlines()
            commands += [LaunchedCommand(argv, env) for argv in map(_split, lines) if argv]
    return commands[:MAX_COMMANDS] or None


def _split(text: str) -> list[str]:
    """Split a command line; nothing where its quotes do not close."""
    try:
        return shlex.split(text)
    except ValueError:
        return []


def _ansible(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """Read ``ansible HOSTS -m shell -a TEXT``; without -m the module is command, which splits the text itself."""
    found = {"m": "command", "a": ""}
    for at, word in enumerate(fields):
        name, equals, value = strip_marks(word).partition("=")
        following = fields[at + 1] if at + 1 < len(fields) else ""
        for letter, long in (("m", "--module-name"), ("a", "--args")):
            if name == long:
                found[letter] = value if equals else following
            elif name == "-" + letter:
                found[letter] = following
            elif name.startswith("-" + letter) and not name.startswith("--"):
                found[letter] = word[2:]
    text = found["a"]
    while match := _FREE_FORM.match(text):
        text = text[match.end() :]
    module = strip_marks(found["m"]).rpartition(".")[2]
    if module in ("shell", "raw") and text:
        return [LaunchedCommand(["sh", "-c", text], env)]
    words = _split(text) if module == "command" else []
    return [LaunchedCommand(words, env)] if words else None


def _fab(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """Read ``fab -H HOST -- COMMAND``: the words are joined and run by the host's shell."""
    words = [strip_marks(word) for word in fields]
    text = " ".join(fields[words.index("--") + 1 :]) if "--" in words else ""
    return [LaunchedCommand(["sh", "-c", text], env)] if text else None


READERS: dict[str, Reader] = {
    "uv": _uv, "uvx": _uvx, "pipx": _pipx, "hatch": _hatch, "pex": _pex, "tox": _tox, "ansible": _ansible, "fab": _fab,
}  # fmt: skip
