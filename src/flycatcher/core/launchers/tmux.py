"""tmux(1), and tmate that is made of it: commands that start programs, hand texts to a shell, or hold commands for later.

Source: tmux(1) of 3.3, tried by hand.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import FLAG, VALUE, Options, parse
from flycatcher.core.launchers.command import MAX_COMMANDS, LaunchedCommand
from flycatcher.core.unknown import strip_marks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.core.launchers.command import Stdin

_STARTS = ("new-session", "new-window", "split-window", "respawn-pane", "respawn-window", "display-popup")
"""Their operands are a command: one is a shell's text, several are its words."""
_TEXTS = ("run-shell", "pipe-pane", "if-shell")
"""Their first operand is a shell's text."""
_COMMANDS = {"if-shell": 1, "set-hook": 1, "bind-key": 1, "confirm-before": 0}
"""From which operand on there are commands of tmux's own."""
_OPTIONS = {
    "new-session": "AdDEPXc:e:F:f:n:s:t:x:y:", "new-window": "abdkPSc:e:F:n:t:", "split-window": "bdfhIPvZc:e:F:l:p:t:",
    "respawn-pane": "kc:e:t:", "respawn-window": "kc:e:t:", "display-popup": "BCEb:c:d:e:h:s:S:t:T:w:x:y:",
    "run-shell": "bCc:d:t:", "pipe-pane": "IOot:", "if-shell": "bFt:", "set-hook": "agpRuwt:", "set-option": "aFgopqsuUwt:",
    "set-window-option": "aFgoqut:", "bind-key": "nrN:T:", "confirm-before": "byc:p:t:",
}  # fmt: skip
_ALIASES = {
    "new": "new-session", "neww": "new-window", "splitw": "split-window", "respawnp": "respawn-pane", "respawnw": "respawn-window",
    "popup": "display-popup", "run": "run-shell", "pipep": "pipe-pane", "if": "if-shell", "set": "set-option",
    "setw": "set-window-option", "bind": "bind-key", "confirm": "confirm-before",
}  # fmt: skip
_DEFAULTS = ("default-command", "default-shell", "editor", "copy-command", "lock-command")
"""Options whose value is a shell's text."""
_OWN = "2CDlNuvVc:f:L:S:T:"
_DEEPEST = 4


def tmux(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """Read tmux's own options, then its commands, which a semicolon parts."""
    del stdin
    line = parse(_table(_OWN), [strip_marks(field) for field in fields])
    found = [LaunchedCommand(["sh", "-c", given.value or ""], env) for given in line.given if given.name == "-c"]
    return [*found, *_commands(fields[len(fields) - len(line.operands) :], env, 0)] or None


def _table(letters: str) -> Options:
    """Return the table of an optstring."""
    short = {
        letter: VALUE if letters[at + 1 : at + 2] == ":" else FLAG for at, letter in enumerate(letters) if letter != ":"
    }
    return Options(parser="getopt", short=short, unknown="skip")


def _commands(fields: list[str], env: Mapping[str, str], depth: int) -> list[LaunchedCommand]:
    """Read commands of tmux's up to the end of the line."""
    found: list[LaunchedCommand] = []
    command: list[str] = []
    for field in (*fields, ";"):
        ends = field.endswith(";") and not field.endswith("\\;")
        command += [field[:-1] if ends else field] if field not in (";", "\\;") else []
        if ends or field == "\\;":
            found += _command(command, env, depth) if command else []
            command = []
    return found[:MAX_COMMANDS]


def _command(fields: list[str], env: Mapping[str, str], depth: int) -> list[LaunchedCommand]:
    """Read one command of tmux's."""
    word = strip_marks(fields[0])
    name = _ALIASES.get(word) or next((known for known in _OPTIONS if word and known.startswith(word)), "")
    if not name or depth > _DEEPEST:
        return []
    line = parse(_table(_OPTIONS[name]), [strip_marks(field) for field in fields])
    rest = [fields[at] for at in line.operands]
    if name in _STARTS:
        return [LaunchedCommand(rest if len(rest) > 1 else ["sh", "-c", *rest], env)] if rest else []
    texts = rest[:1] if name in _TEXTS and not line.has("-C", "-F") else []
    if name.startswith("set-") and rest and strip_marks(rest[0]) in _DEFAULTS:
        texts = rest[1:2]
    found = [LaunchedCommand(["sh", "-c", text], env) for text in texts]
    inner = rest[_COMMANDS[name] :] if name in _COMMANDS else rest if name == "run-shell" and line.has("-C") else []
    if name == "bind-key" or len(inner) < 2:
        return found + _commands(_split(inner[0]) if len(inner) == 1 else inner, env, depth + 1)
    return found + [each for text in inner for each in _commands(_split(text), env, depth + 1)]


def _split(text: str) -> list[str]:
    """Part a text of commands as a shell does."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
