"""git: settings, options and variables whose value is a command for a shell.

Source: git.c (handle_options, alias.c), run-command.c, connect.c, and git-config(1); checked with marker code against 2.39.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Reading
from flycatcher.interpreters.embedded import Host, shellish
from flycatcher.interpreters.options import EXIT, FLAG, VALUE, Option, Options, each, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.execution import Execution
    from flycatcher.interpreters.options import CommandLine

_REMOTE = frozenset(
    ("archive", "clone", "fetch", "lfs", "ls-remote", "pull", "push", "remote", "send-pack", "submodule", "fetch-pack")
)
_EDITED = frozenset(
    ("commit", "config", "merge", "notes", "rebase", "revert", "tag", "am", "cherry-pick", "branch", "gui", "var")
)
_COMMANDS = re.compile(
    r"core\.(?:editor|fsmonitor|askpass|gitproxy|sshcommand|alternaterefscommand)|sequence\.editor|diff\.external|gpg(?:\..*)?\.program"
    r"|(?:diff|difftool|mergetool|browser|man)\..*(?:command|cmd|textconv)|merge\..*\.driver|filter\..*\.(?:clean|smudge|process)"
    r"|credential(?:\..*)?\.helper|remote\..*\.(?:uploadpack|receivepack|vcs)|trailer\..*\.(?:command|cmd)|uploadpack\.packobjectshook"
    r"|interactive\.difffilter|core\.pager|pager\..*|sendemail\..*cmd|hook\..*\.command"
)  # fmt: skip
_VARIABLES = {
    "GIT_SSH_COMMAND": _REMOTE,
    "GIT_ASKPASS": _REMOTE,
    "GIT_EDITOR": _EDITED,
    "GIT_SEQUENCE_EDITOR": frozenset(("rebase",)),
    "GIT_EXTERNAL_DIFF": frozenset(("diff", "show", "log")),
}
_USERS = {
    "core.sshcommand": _REMOTE,
    "core.askpass": _REMOTE,
    "core.gitproxy": _REMOTE,
    "core.editor": _EDITED,
    "sequence.editor": frozenset(("rebase",)),
    "diff.external": frozenset(("diff", "show", "log")),
}
"""Which subcommands start what these settings name; any, where a setting is not here."""
_SHELL = Option("value", "code")
_FLAGS = {
    "--upload-pack": _SHELL,
    "--receive-pack": _SHELL,
    "--exec": _SHELL,
    "--extcmd": _SHELL,
    "-u": _SHELL,
    "-x": _SHELL,
}
_OPTIONS: dict[str, dict[str, Option]] = {
    "clone": {k: _FLAGS[k] for k in ("--upload-pack", "-u")},
    "fetch": {"--upload-pack": _SHELL},
    "pull": {"--upload-pack": _SHELL},
    "ls-remote": {k: _FLAGS[k] for k in ("--upload-pack", "--exec")},
    "fetch-pack": {k: _FLAGS[k] for k in ("--upload-pack", "--exec")},
    "push": {k: _FLAGS[k] for k in ("--receive-pack", "--exec")},
    "archive": {"--exec": _SHELL},
    "rebase": {k: _FLAGS[k] for k in ("--exec", "-x")},
    "difftool": {k: _FLAGS[k] for k in ("--extcmd", "-x")},
    "filter-branch": each(
        (
            "--setup",
            "--env-filter",
            "--tree-filter",
            "--index-filter",
            "--parent-filter",
            "--msg-filter",
            "--commit-filter",
        ),
        _SHELL,
    ),
}
_TABLE = Options(
    short={"c": Option("value", detail="setting"), "C": VALUE, **each("pP", FLAG), **each("hv", EXIT)},
    long={
        **each(("--git-dir", "--work-tree", "--namespace", "--super-prefix", "--config-env", "--attr-source"), VALUE),
        "--exec-path": Option("attached"),
        **each(("--version", "--help", "--html-path", "--man-path", "--info-path"), EXIT),
    },
    unknown="skip",
)


class Git(Host):
    """Git."""

    id = "git"
    names = (r"git",)
    install = "apt: git"
    verified = ("2.39",)
    options = _TABLE
    hint = re.compile(
        r"\n(?:-(?:[cux]|-(?:upload|receive|exec|extcmd|setup|\w+-filter))|(?:foreach|filter-branch|bisect)\n|ext::)"
    )  # fmt: skip
    variables = (*_VARIABLES, "GIT_CONFIG_COUNT")

    def read(self, execution: Execution) -> Reading:
        """Read the settings of the command line and the environment, then the subcommand's own options."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit"):
            return reading.end("prints")
        name = execution.argv[command.operands[0]] if command.operands else ""
        settings = list({one[0]: one for one in self.settings(execution, command)}.values())  # the last of a key counts
        for key, value, at, offset, variable in settings:
            if self.runs(key, value, name):
                skip = len(value) - len(value.lstrip("!")) if key.startswith(("alias.", "credential")) else 0
                reading.add(
                    "environment" if variable else "argument", value[skip:], index=at, offset=offset + skip,
                    variable=variable, option="" if variable else "-c",
                )  # fmt: skip
        for variable, users in _VARIABLES.items():
            value = execution.env.get(variable, "")
            if value and name in users and shellish(value):
                reading.add("environment", value, variable=variable)
        if command.operands:
            allowed = any(k.startswith("protocol.") and k.endswith("allow") for k, *_ in settings)
            self.subcommand(
                reading, name, command, allowed=allowed or "ext" in execution.env.get("GIT_ALLOW_PROTOCOL", "")
            )
        return reading.end("nothing")

    def settings(
        self, execution: Execution, command: CommandLine
    ) -> Iterator[tuple[str, str, int | None, int, str | None]]:
        """Yield key, value, and the place of the value: of ``-c key=value`` and of GIT_CONFIG_KEY_n."""
        count = execution.env.get("GIT_CONFIG_COUNT", "")
        for number in range(min(int(count), 256) if count.isascii() and count.isdigit() and len(count) < 6 else 0):
            value = execution.env.get(f"GIT_CONFIG_VALUE_{number}", "")
            yield (
                execution.env.get(f"GIT_CONFIG_KEY_{number}", "").lower(),
                value,
                None,
                0,
                f"GIT_CONFIG_VALUE_{number}",
            )
        for given in command.given:
            if given.option.detail == "setting":
                key, _, value = (given.value or "").partition("=")
                yield key.lower(), value, given.at, given.offset + len(key) + 1, None

    def runs(self, key: str, value: str, name: str) -> bool:
        """Tell whether a setting's value is a command that this subcommand may start."""
        if key.startswith("alias."):
            return value.startswith("!") and key[6:] == name.lower()
        if key.startswith("credential"):
            return _COMMANDS.fullmatch(key) is not None and value.startswith("!") and name in _REMOTE
        users = _USERS.get(key)
        if users is not None and name not in users:
            return False
        return _COMMANDS.fullmatch(key) is not None and shellish(value)

    def subcommand(self, reading: Reading, name: str, command: CommandLine, *, allowed: bool) -> None:
        """Read a subcommand's own words."""
        words, start = reading.execution.argv, command.operands[0] + 1
        options = _OPTIONS.get(name, {})
        short = {key[1:]: value for key, value in options.items() if not key.startswith("--")}
        table = Options(short=short, long=options, permute=True, unknown="skip")
        line = parse(table, words, start)
        for given in line.given:
            if given.option.role == "code" and (name in ("rebase", "filter-branch") or shellish(given.value or "")):
                reading.code(given)
        if name == "submodule" and words[start : start + 1] == ("foreach",):
            rest = next((index for index in range(start + 1, len(words)) if not words[index].startswith("-")), 0)
            if rest and rest == len(words) - 1:
                reading.add("argument", words[rest], index=rest)
        for index in command.operands[1:] if allowed and name in _REMOTE else ():
            if words[index].startswith("ext::"):
                reading.add("argument", words[index][5:], index=index, offset=5)
