"""git: settings, options and variables whose value is a command for a shell.

Source: git.c (handle_options, alias.c), config.c (git_config_from_parameters), run-command.c, connect.c, editor.c, and
git-config(1); checked with marker code against 2.39.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Option, Options, each, parse
from flycatcher.core.interpreters.hosts.git_settings import REMOTE, differs, edits, sequences, speaks, used
from flycatcher.core.interpreters.hosts.host import Host, shellish

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading

_SHELL = Option("value", "code")
_SETTING = Option("value", detail="setting")
_URL = Option("value", detail="url")


def _words(values: str = "", options: dict[str, Option] | None = None, longs: str = "") -> Options:
    """Return a subcommand's table: what takes a value and holds no text, and the options that matter."""
    given = options or {}
    return Options(
        short={**each(values, VALUE), **{key[1:]: one for key, one in given.items() if len(key) == 2}},
        long={**each((f"--{name}" for name in longs.split()), VALUE), **{k: v for k, v in given.items() if len(k) > 2}},
        permute=True,
        parser="parse-options",
        unknown="skip",
    )


_FILTERS = ("setup", "env-filter", "tree-filter", "index-filter", "parent-filter", "msg-filter", "commit-filter")
_UPLOAD = {"--upload-pack": _SHELL}
_RECEIVE = {"--receive-pack": _SHELL, "--exec": _SHELL}
_OPTIONS: dict[str, Options] = {
    "clone": _words("job", {**_UPLOAD, "-u": _SHELL, "-c": _SETTING, "--config": _SETTING}, "branch depth origin template jobs"),
    "fetch": _words("joc", _UPLOAD, "depth jobs server-option refmap"),
    "pull": _words("jorsXS", _UPLOAD, "depth jobs server-option refmap strategy"),
    "ls-remote": _words("o", {**_UPLOAD, "--exec": _SHELL, "--exit-code": FLAG}, "sort server-option"),
    "fetch-pack": _words("", {**_UPLOAD, "--exec": _SHELL}, "depth"),
    "push": _words("o", _RECEIVE, "repo push-option"),
    "send-pack": _words("", _RECEIVE, "remote"),
    "archive": _words("o", {"--exec": _SHELL, "--remote": _URL}, "format output prefix"),
    "rebase": _words("xsXCS", {"--exec": _SHELL, "-x": _SHELL}, "onto strategy"),
    "difftool": _words("t", {"--extcmd": _SHELL, "-x": _SHELL}, "tool"),
    "filter-branch": _words(
        "d", each((f"--{name}" for name in (*_FILTERS, "tag-name-filter")), _SHELL), "subdirectory-filter original"
    ),
    "grep": _words("efmABC", {"-O": Option("attached", "code"), "--open-files-in-pager": Option("attached", "code")}, "max-depth"),
}  # fmt: skip
_ALWAYS = frozenset(("filter-branch", "rebase"))
"""Their options' values are nothing but text for a shell."""
_EDITORS = ("GIT_EDITOR", "core.editor", "VISUAL", "EDITOR")
"""The first that is set counts (editor.c, git_editor)."""
_PAGED = frozenset("blame branch config diff grep help log range-diff reflog show shortlog tag whatchanged".split())  # noqa: SIM905 - one line of words
_QUOTED = re.compile(r"'((?:[^']|'\\['!]')*)'(?:=(?:'((?:[^']|'\\['!]')*)')?)?")
_TABLE = Options(
    parser="parse-options",
    short={"c": _SETTING, "C": VALUE, **each("pP", FLAG), **each("hv", EXIT)},
    long={
        **each(("--git-dir", "--work-tree", "--namespace", "--super-prefix", "--attr-source"), VALUE),
        "--config-env": Option("value", detail="variable"),
        "--exec-path": Option("attached"),
        **each(("--version", "--help", "--html-path", "--man-path", "--info-path"), EXIT),
    },
    unknown="skip",
)


class Setting(Struct, frozen=True):
    """A setting, and the place of its value."""

    key: str
    value: str
    at: int | None = None
    """Index of the word; None where it stands in ``variable``."""
    offset: int = 0
    variable: str | None = None

    @property
    def low(self) -> str:
        """Return the key in lower case."""
        return self.key.lower()


def _parameters(text: str) -> Iterator[Setting]:
    """Read GIT_CONFIG_PARAMETERS: ``'key'='value'``, and ``'key=value'`` as before 2.31."""
    for match in _QUOTED.finditer(text):
        first = match[1].replace("'\\''", "'").replace("'\\!'", "!")
        if match[2] is not None:
            value = match[2].replace("'\\''", "'").replace("'\\!'", "!")
            yield Setting(first, value, offset=match.start(2), variable="GIT_CONFIG_PARAMETERS")
        else:
            key, _, value = first.partition("=")
            yield Setting(key, value, offset=match.start(1) + len(key) + 1, variable="GIT_CONFIG_PARAMETERS")


def _counted(env: dict[str, str]) -> Iterator[Setting]:
    """Read GIT_CONFIG_COUNT, GIT_CONFIG_KEY_n and GIT_CONFIG_VALUE_n."""
    count = env.get("GIT_CONFIG_COUNT", "")
    for number in range(min(int(count), 256) if count.isascii() and count.isdigit() and len(count) < 6 else 0):
        name = f"GIT_CONFIG_VALUE_{number}"
        yield Setting(env.get(f"GIT_CONFIG_KEY_{number}", ""), env.get(name, ""), variable=name)


def _written(line: CommandLine, env: dict[str, str]) -> Iterator[Setting]:
    """Read ``-c key=value`` and ``--config-env key=VARIABLE``."""
    for given in line.given:
        if given.option.detail == "setting":
            key, _, value = (given.value or "").partition("=")
            yield Setting(key, value, given.at, given.offset + len(key) + 1)
        elif given.option.detail == "variable":
            key, _, name = (given.value or "").rpartition("=")
            yield Setting(key, env.get(name, ""), variable=name)


_CONFIGURATIONS = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM")
"""Variables that name files of settings, and so of commands (git(1))."""
_FOLDERS = ("GIT_EXEC_PATH", "GIT_TEMPLATE_DIR")
"""Those that name folders, of git's own programs and of what a new repository begins with, its hooks among it."""
_MAKES = frozenset({"init", "clone"})
_HOOKED = frozenset({
    "am", "checkout", "commit", "fetch", "gc", "merge", "pull", "push", "rebase", "receive-pack", "reset", "revert", "switch",
    "worktree",
})  # fmt: skip
"""Subcommands that run hooks (githooks(5))."""


class Git(Host):
    """Git."""

    id = "git"
    names = (r"git",)
    install = "apt: git"
    verified = ("2.39",)
    options = _TABLE
    hint = re.compile(
        r"\n(?:-(?:\w*[cuxO]|-(?:u|rec|ex|set|op|conf|[a-z]+-f))|(?:foreach|filter-branch)\n|ext::|--remote=ext)"
    )  # fmt: skip
    wakes = (("fetch", "ssh://host/x"), ("rebase", "-i", "HEAD~"), ("commit",), ("diff",), ("-p", "log"))
    variables = (
        "GIT_SSH_COMMAND", "GIT_SEQUENCE_EDITOR", "GIT_EXTERNAL_DIFF", "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS",
        r"GIT_CONFIG_(?:KEY|VALUE)_\d+", "GIT_EDITOR", "VISUAL", "EDITOR", "GIT_PAGER", "PAGER", "GIT_ALLOW_PROTOCOL",
        "GIT_PROTOCOL_FROM_USER", *_CONFIGURATIONS, *_FOLDERS, "GIT_SSH",
    )  # fmt: skip

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the settings of the command line and the environment, then the subcommand's own options."""
        execution = reading.execution
        if not command.operands:
            return reading.finish("nothing")
        start = command.operands[0]
        name, words = execution.argv[start], execution.argv[start + 1 :]
        line = parse(_OPTIONS.get(name, _words()), execution.argv, start + 1)
        env = execution.env
        settings = [*_counted(env), *_parameters(env.get("GIT_CONFIG_PARAMETERS", "")), *_written(command, env)]
        is_alias = self.alias(reading, name, settings)
        self.configured(reading, settings, name, words)
        if not is_alias:
            settings += _written(line, env) if name == "clone" else ()
            operand = execution.argv[line.operands[0]] if line.operands else ""
            address = next((g.value or "" for g in line.given if g.option.detail == "url"), operand)
            self.settings(reading, settings, name, words, address)
            self.variable(reading, settings, name, words, address)
            self.subcommand(reading, name, line, start + 1)
            self.helpers(reading, settings, name, line)
        return reading.finish("nothing")

    def setting(self, reading: Reading, one: Setting, skip: int = 0) -> None:
        """Record a setting's value from ``skip`` on."""
        reading.add(
            "environment" if one.variable else "argument", one.value[skip:], index=one.at, offset=one.offset + skip,
            variable=one.variable, option="" if one.variable else "-c",
        )  # fmt: skip

    def alias(self, reading: Reading, name: str, settings: Sequence[Setting]) -> bool:
        """Follow an alias: to a command for the shell, or to words that are read in its place. Return whether there was one."""
        seen: set[str] = set()
        while True:
            found = [one for one in settings if one.low == f"alias.{name.lower()}"]
            if not found or name in seen:
                return bool(seen)
            one = found[-1]
            seen.add(name)
            if one.value.startswith("!"):
                self.setting(reading, one, 1)
                return True
            try:
                words = shlex.split(one.value)
            except ValueError:
                return True
            if len(words) != 1:
                self.expanded(reading, one, words, reading.execution.argv)
                return True
            name = words[0]

    def expanded(self, reading: Reading, one: Setting, words: list[str], argv: Sequence[str]) -> None:
        """Record an alias whose words, put in its place, run something."""
        place = reading.command.operands[0] if reading.command is not None else 1
        line = structs.replace(reading.execution, argv=(*argv[:place], *words, *argv[place + 1 :]))
        if len(words) > 1 and line.argv[place] != argv[place] and self.read(line).snippets:
            self.setting(reading, one)

    def settings(
        self, reading: Reading, settings: Sequence[Setting], name: str, words: Sequence[str], address: str
    ) -> None:
        """Record the settings that hold commands; the last of a key counts, but for helpers, which all run."""
        keyed = {one.low + (one.value if one.low.endswith(".helper") else ""): one for one in settings}
        env = reading.execution.env
        sooner = {"core.sshcommand": "GIT_SSH_COMMAND", "diff.external": "GIT_EXTERNAL_DIFF"}
        for one in keyed.values():
            if sooner.get(one.low) not in env and used(one.low, one.value, name, words, address):
                bang = one.value.startswith("!") and one.low.startswith(("credential", "submodule"))
                self.setting(reading, one, int(bang))

    def configured(self, reading: Reading, settings: Sequence[Setting], name: str, words: Sequence[str]) -> None:
        """Record what is read as git's configuration and is no file: named by a variable, or by a setting that includes it."""
        env = reading.execution.env
        for variable in _CONFIGURATIONS:
            if path := env.get(variable, ""):
                reading.load(path, variable=variable)
        for one in settings:
            included = one.low.startswith("include") and one.low.endswith(".path")
            if included or (one.low == "core.hookspath" and name in _HOOKED):
                reading.load(one.value, vector="argument", index=one.at, option="-c", variable=one.variable)
        self.folders(reading, name, words)

    @staticmethod
    def folders(reading: Reading, name: str, words: Sequence[str]) -> None:
        """Record the folders from which git takes programs, and hooks for a new repository."""
        env, command = reading.execution.env, reading.command
        own = command.last("--exec-path") if command is not None else None
        if own is not None and own.value:
            reading.load_given(own)
        elif folder := env.get("GIT_EXEC_PATH", ""):
            reading.load(folder, variable="GIT_EXEC_PATH")
        if name in _MAKES and not any(word.startswith("--template") for word in words) and env.get("GIT_TEMPLATE_DIR"):
            reading.load(env["GIT_TEMPLATE_DIR"], variable="GIT_TEMPLATE_DIR")

    def variable(
        self, reading: Reading, settings: Sequence[Setting], name: str, words: Sequence[str], address: str
    ) -> None:
        """Record the variables that name programs: of ssh, of a difference, an editor, a pager."""
        env, keyed = reading.execution.env, {one.low: one for one in settings}
        at_terminal = reading.execution.stdin in ("tty", "unknown")
        runs = {
            "GIT_SSH_COMMAND": speaks(name, words, address, "ssh"),
            "GIT_EXTERNAL_DIFF": differs(name, words),
            "GIT_PAGER": at_terminal and name in _PAGED,
            "PAGER": at_terminal and name in _PAGED and "GIT_PAGER" not in env and "core.pager" not in keyed,
        }
        editors = _EDITORS if env.get("TERM", "dumb") != "dumb" else (*_EDITORS[:2], "EDITOR")
        editor = next((one for one in editors if one in env or one in keyed), "")
        if sequences(name, words):
            sequence = next(
                (one for one in ("GIT_SEQUENCE_EDITOR", "sequence.editor") if one in env or one in keyed), editor
            )
            runs[sequence] = True
        elif edits(name, words, terminal=reading.execution.stdin == "tty"):
            runs[editor] = True
        if env.get("GIT_SSH") and "GIT_SSH_COMMAND" not in env and runs["GIT_SSH_COMMAND"]:
            reading.load(env["GIT_SSH"], variable="GIT_SSH")
        for variable, run in runs.items():
            if run and variable in keyed and shellish(keyed[variable].value):
                self.setting(reading, keyed[variable])
            elif run and shellish(env.get(variable, "")):
                reading.add("environment", env[variable], variable=variable)

    def subcommand(self, reading: Reading, name: str, line: CommandLine, start: int) -> None:
        """Read a subcommand's own words."""
        if name == "archive" and not line.has("--remote"):
            return
        for given in line.given:
            if given.option.role == "code" and given.value and (name in _ALWAYS or shellish(given.value)):
                reading.code(given)
        words = reading.execution.argv
        if name == "submodule":
            plain = [at for at in range(start, len(words)) if not words[at].startswith("-")]
            if len(plain) > 1 and words[plain[0]] == "foreach" and "--" not in words[start : plain[1]]:
                alone = plain[1] == len(words) - 1
                if alone or shellish(words[plain[1]]):
                    reading.add("argument", words[plain[1]], index=plain[1])

    def helpers(self, reading: Reading, settings: Sequence[Setting], name: str, line: CommandLine) -> None:
        """Record ``ext::COMMAND``, where that kind of address is allowed: as an operand, a remote's address, or a base of one."""
        keyed, env = {one.low: one.value for one in settings}, reading.execution.env
        allow = keyed.get("protocol.ext.allow", keyed.get("protocol.allow", "never"))
        allowed = allow == "always" or (allow == "user" and env.get("GIT_PROTOCOL_FROM_USER", "1") != "0")
        if "GIT_ALLOW_PROTOCOL" in env:
            allowed = "ext" in env["GIT_ALLOW_PROTOCOL"].split(":")
        if not allowed or name not in REMOTE:
            return
        words = reading.execution.argv
        for index in line.operands:
            if words[index].startswith("ext::"):
                reading.add("argument", words[index][5:], index=index, offset=5)
        for given in line.given:
            if given.option.detail == "url" and (given.value or "").startswith("ext::"):
                reading.add(
                    "argument", (given.value or "")[5:], index=given.at, offset=given.offset + 5, option=given.name
                )
        for one in settings:
            if one.value.startswith("ext::") and one.low.endswith("url"):
                self.setting(reading, one, 5)
            elif one.low.startswith("url.ext::") and one.low.endswith("insteadof"):
                text = one.key[9:].rpartition(".")[0]
                offset = one.offset - len(one.key) + 8 if one.at is not None else 0
                reading.add(
                    "environment" if one.variable else "argument", text, index=one.at, offset=max(offset, 0), variable=one.variable
                )  # fmt: skip
