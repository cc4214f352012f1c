"""GNU bash.

Source: shell.c (parse_long_options, parse_shell_options, run_startup_files), flags.c, variables.c; checked with marker
code against bash 5.2.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Given, Option, Options, each
from flycatcher.core.interpreters.shells.expansion import Dialect, Expansion, decoded_prompt
from flycatcher.core.interpreters.shells.shell import (
    EVALUATED,
    NAMES,
    Letters,
    Settings,
    Shell,
    at_home,
    is_login,
    walk,
)

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_LONG: dict[str, Option] = {
    **each(
        ("debug", "debugger", "login", "noediting", "noprofile", "norc", "posix", "protected", "restricted", "verbose"),
        FLAG,
    ),
    **each(("dump-po-strings", "dump-strings", "wordexp"), Option(role="check")),
    "pretty-print": FLAG,
    **each(("init-file", "rcfile"), VALUE),
    **each(("help", "version"), EXIT),
}
_BUILTINS = frozenset((
    "[", "builtin", "cat", "cd", "command", "cp", "echo", "eval", "exec", "exit", "export", "grep", "id", "kill", "ls", "mkdir",
    "mv", "printf", "pwd", "read", "rm", "sed", "set", "shift", "source", "sudo", "test", "trap", "true", "type", "unset",
))  # fmt: skip
"""Builtins and utilities that nearly every script calls; a function by such a name in the environment is there to be called."""
_VARIABLE = re.compile(r"\$\{?!?(\w+)")
_FUNCTION = re.compile(r"BASH_FUNC_(.+)%%$", re.DOTALL)
_DEFINITION = re.compile(r"\(\) \{.*\}[^;&|}\n]*\Z", re.DOTALL)
"""A function's definition and nothing else: with more behind it bash takes none of it (initialize_shell_variables)."""


_COMMAND = re.compile(r"(?:^|[;&|\n(]|(?<!\$)\{)\s*([A-Za-z0-9_.+-]+)(?![A-Za-z0-9_.+=-])")
"""The first word of a command."""
_BY_SSH = ("SSH_CLIENT", "SSH2_CLIENT")
_NAMES = {name: letter for name, letter in NAMES.items() if name not in ("interactive", "stdin", "login")}


class Bash(Shell):
    """Bash. Long options, with one dash or two, only count before the first cluster of letters."""

    id = "bash"
    grammar = "bash"
    in_variables = True
    names = (r"r?bash(?:[-_]?\d[\d.]*)?(?:-static)?(?:\.exe)?",)
    variables = (*Shell.variables, "BASH_ENV", "PROMPT_COMMAND", "PS0", "SHELLOPTS", "BASH_FUNC_.+")
    letters = Letters(flags="abefhikmnprtuvxBCEHPTlD", named="oO", optional=True, plus_stdin=True)
    install = "apt: bash"
    verified = ("5.2",)
    prompts = ("PS1", "PS2", "PS0")
    dialect = Dialect(transforms=True)
    names_of = _NAMES
    options = Options(parser="own")

    def parse(self, execution: Execution) -> CommandLine:
        """Read the long options, then the letters."""
        words = execution.argv
        line = CommandLine([], [])
        index = 1
        while index < len(words) and words[index].startswith("-"):
            double = words[index].startswith("--") and len(words[index]) > 2
            name = words[index][2 if double else 1 :]
            option = _LONG.get(name)
            if option is None:
                if double:
                    line.error = f"unknown option {words[index]}"
                break
            value = words[index + 1] if option.takes == "value" and index + 1 < len(words) else None
            if option.takes == "value" and value is None:
                line.error = f"option --{name} needs a value"
                break
            at = index if value is None else index + 1
            line.given.append(Given(option, "--" + name, value, index, at, 0))
            index = at + 1
        return line if line.error or line.first("exit") else walk(self.letters, words, index, line)

    def settings(self, reading: Reading, command: CommandLine) -> Settings:
        """Add what bash takes from its name and from the environment."""
        settings = super().settings(reading, command)
        env = reading.execution.env
        # POSIXLY_CORRECT writes SHELLOPTS anew before it is read
        unread = "p" in settings or "POSIXLY_CORRECT" in env
        for name in () if unread else env.get("SHELLOPTS", "").split(":"):
            settings.set(name, on=name != "noexec" or "i" not in settings)
        if (
            "D" in settings
            or command.has("--dump-po-strings", "--dump-strings")
            or (command.first("check") is not None and command.first("command") is None and "i" not in settings)
        ):
            settings.set("noexec", on=True)
        if command.has("--pretty-print") and command.first("command") is None and "i" not in settings:
            settings.on.add("prints")
        base = reading.execution.argv[0].rpartition("/")[2].removeprefix("-")
        if base == "sh":
            settings.on.add("sh")
        if command.has("--posix") or "POSIXLY_CORRECT" in env or "POSIX_PEDANTIC" in env:
            settings.on.add("posix")
        if command.has("--login", "-l", "+l") or reading.execution.argv[0].startswith("-"):
            settings.on |= {"l", "norc"}
        if command.has("--norc"):
            settings.on.add("norc")
        return settings

    def before(self, reading: Reading, settings: Settings, *, session: bool) -> None:
        """Read the files that run first, as run_startup_files chooses them."""
        posix = "posix" in settings or "sh" in settings
        if "p" not in settings and session and posix:
            self.startup(reading, "ENV")
        remote = "norc" not in settings and _by_rshd(reading)
        if "p" not in settings and "i" not in settings and not posix and not remote:
            self.startup(reading, "BASH_ENV")  # at a terminal too: it is a session only where stderr is one as well
        if session and not posix and "norc" not in settings and reading.command is not None:
            given = [g for g in reading.command.given if g.name in ("--rcfile", "--init-file")]
            if given and given[-1].value:
                last = given[-1]
                reading.load(last.value or "", vector="argument", index=last.at, option=last.name)
            elif not given:
                at_home(reading, ".bashrc")
        if (
            is_login(reading, settings)
            and "p" not in settings
            and not (reading.command and reading.command.has("--noprofile"))
        ):
            at_home(reading, *(() if posix else (".bash_profile", ".bash_login")), ".profile")

    def prompt(self, variable: str, value: str) -> str:
        """Decode a prompt's escapes; ENV and BASH_ENV have none."""
        return decoded_prompt(value) if variable.startswith("PS") else value

    def read_variables(self, reading: Reading, settings: Settings, *, session: bool) -> None:
        """Read prompts, the prompt command, and functions that the command calls."""
        super().read_variables(reading, settings, session=session)
        env = reading.execution.env
        if session and env.get("PROMPT_COMMAND"):
            reading.add("environment", env["PROMPT_COMMAND"], variable="PROMPT_COMMAND")
            for name in Expansion(env["PROMPT_COMMAND"], env, self.dialect).names:
                reading.add("environment", env[name], variable=name, note="evaluated in the value of PROMPT_COMMAND")
        if "p" not in settings and reading.outcome != "nothing" and any(name.startswith("BASH_FUNC_") for name in env):
            _functions(reading)


def _by_rshd(reading: Reading) -> bool:
    """Whether bash takes itself to be started by rshd or sshd: it then reads ~/.bashrc in place of BASH_ENV."""
    level = reading.execution.env.get("SHLVL", "0").strip()
    command = reading.command is not None and reading.command.first("command") is not None
    remote = reading.execution.stdin == "socket" or any(name in reading.execution.env for name in _BY_SSH)
    return command and remote and level in ("", "0", "-1")


def _functions(reading: Reading) -> None:
    """Read exported functions: those that the command calls, and those that take a builtin's place where it is not seen."""
    code = reading.command.first("command") if reading.command is not None else None
    operands = reading.command.operands if reading.command is not None else []
    text = reading.execution.argv[operands[0]] if code is not None and operands else reading.execution.stdin_text
    unseen = text is None or any(s.text is None for s in reading.snippets)
    if text is not None:
        text = "\n".join([text, *(s.text for s in reading.snippets if s.note == EVALUATED and s.text)])
        named = dict.fromkeys(_VARIABLE.findall(text))  # whose words may be a command's
        text = "\n".join([text, *(reading.execution.env[name] for name in named if name in reading.execution.env)])
    for name, value in reading.execution.env.items():
        match = _FUNCTION.match(name)
        if match is None or "/" in match[1] or not _DEFINITION.match(value):
            continue
        if (unseen and match[1] in _BUILTINS) or (text is not None and _calls(text, match[1])):
            reading.add("environment", value, variable=name, note=f"a function in the place of {match[1]}")


def _calls(text: str, name: str) -> bool:
    """Whether a text may call a function; bash itself calls one where it does not find a command."""
    if name == "command_not_found_handle":
        return any(word not in _BUILTINS for word in _COMMAND.findall(text))
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None
