"""Which commands a line starts through programs that start another one: sudo, env, timeout, docker exec, ssh and their like.

One entry each in :mod:`flycatcher.core.launchers.table`; what does not fit an entry has a reader of its own in
:mod:`flycatcher.core.launchers.special`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import base, bourne_grammar_of, kept_in_variables
from flycatcher.core.launchers.command import LaunchedCommand, Stdin
from flycatcher.core.launchers.special import READERS
from flycatcher.core.launchers.table import BUILTINS, TABLE, Launcher
from flycatcher.core.regex import lazy
from flycatcher.core.unknown import UNKNOWN, strip_marks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_DEPTH = 16
"""Launchers in launchers that are followed."""
MAX_STARTED = 64
"""Commands that one line is followed to."""
_NO_ENVIRONMENT: dict[str, str] = {}
_UNKNOWN_STDIN = Stdin()
_LOADER = lazy(r"ld-(?:linux|musl)[-\w.]*|ld\.so(?:\.[0-9]+)*|ld-[0-9.]+\.so")


def names() -> frozenset[str]:
    """Return the names of all launchers."""
    return frozenset(READERS) | frozenset(TABLE)


def unwrap(
    words: list[str],
    env: Mapping[str, str] = _NO_ENVIRONMENT,
    stdin: Stdin = _UNKNOWN_STDIN,
    *,
    program: str = "",
    builtins: bool = False,
) -> list[LaunchedCommand] | None:
    """Return the commands that a launcher starts; None where the program is no launcher, or starts nothing here.

    ``words`` may hold marks of what is not known; ``program`` is the file where ``words[0]`` is another name; with ``builtins``
    the words are a shell's, and its own ``command``, ``builtin`` and ``exec`` count.
    """
    name = base(program or strip_marks(words[0]))
    if name.startswith("ld") and _LOADER.fullmatch(name):
        name = "ld.so"
    if reader := READERS.get(name):
        return reader(words, env, stdin)
    launcher = TABLE.get(name) or (BUILTINS.get(name) if builtins else None)
    if launcher is None:
        return _presumed(words, env)
    reading = _Reading(launcher, words)
    found = reading.command()
    hooks = _hooks(words, len(words) if found is None else reading.at, env) if launcher.hooks else []
    if found is None:
        return hooks or None
    command, extra = found
    if name in ("npm", "npx") and command and command[:2] == ["sh", "-c"]:
        command = [_script_shell(words, env), *command[1:]]
    if name in _PACKAGES and command:
        dashes = command[1:2] == ["--"] and name == "npm"  # npm keeps them for itself
        command = [_VERSION.sub("", command[0]), *command[1 + dashes :]]
    if name in ("ssh", "slogin", "dbclient") and not command:
        command = [] if stdin.text is None else ["sh"]
    return [*hooks, *([LaunchedCommand(command, {**env, **extra})] if command else [])] or None


def _script_shell(words: Sequence[str], env: Mapping[str, str]) -> str:
    """Return what npm runs texts with: its setting ``script-shell``, else sh."""
    given = next((word.partition("=")[2] for word in map(strip_marks, words) if word.startswith("--script-shell=")), "")
    return given or next((env[name] for name in _SCRIPT_SHELL if env.get(name)), "sh")


def _hooks(fields: Sequence[str], end: int, env: Mapping[str, str]) -> list[LaunchedCommand]:
    """Return the interpreters that a launcher's own options start beside its command: ``hyperfine --prepare 'python3 -c ...'``."""
    words = [strip_marks(word) for word in fields[:end]]
    places = (
        at
        for at in range(1, min(end, _FAR))
        if words[at][:2] == "--" or words[at - 1][:2] == "--" or _PIPED.search(words[at])
    )
    texts = (_text_at(words, at) for at in places)
    return [LaunchedCommand(["sh", "-c", text], env) for text in texts if text]


def unwrap_all(
    words: Sequence[str],
    env: Mapping[str, str] = _NO_ENVIRONMENT,
    stdin: Stdin = _UNKNOWN_STDIN,
    *,
    builtins: bool = False,
) -> list[tuple[LaunchedCommand, bool]]:
    """Follow a line through all its launchers.

    Return every command on the way, the line itself first and each before what it starts; and whether it starts no other.
    """
    found: list[tuple[LaunchedCommand, bool]] = []
    waiting = [(LaunchedCommand(list(words), env, stdin=stdin), 0)] if words else []
    while waiting and len(found) < MAX_STARTED:
        command, depth = waiting.pop()
        inner = None
        if depth < MAX_DEPTH:
            inner = unwrap(
                command.words, command.env, command.stdin or stdin, program=command.program, builtins=builtins
            )
        found.append((command, not inner))
        for each in reversed(inner or ()):
            each.stdin = each.stdin or command.stdin
            waiting.append((each, depth + 1))
    return found


_PACKAGES = frozenset(("npx", "bunx", "pnpx", "npm", "yarn", "pnpm"))
"""What they start may be named as a package, with a version behind it."""
_SCRIPT_SHELL = ("npm_config_script_shell", "NPM_CONFIG_SCRIPT_SHELL")
_VERSION = lazy(r"(?<=[\w.-])@[\w.^~<>=*-]+\Z", re.ASCII)
_INLINE = lazy(r"-[A-Za-z0-9]*[cerpnERB]|--(eval|print|run)|-(Command|EncodedCommand)", re.IGNORECASE)
_FAR = 24
"""Words of a program that nobody knows among which what it starts is looked for."""
_OPTION = lazy(
    r"-{1,2}(?:[\w-]*(?:exec|cmd|command|run|hook|wrapper|shell|launch|tool|builder|prog|under|script|pager|editor|viewer|preview|prepare"
    r"|setup|cleanup|conclude|eval|diff|connect|rsh|ssh|mda|wrap|sendmail|config|option|bind|box)[\w-]*|pre|post|up|down|[A-Za-z])",
    re.IGNORECASE,
)
"""Options whose value is most likely a command."""
_RUNS = lazy(
    r"(?:.*[-_.:/])?(?:\w*ssh|exec|execute|run|start|shell|forall|dispatch|spawn|launch|clush|pee|trackdown|new|pty|multilog|(?:dis)?connect)(?:[-_.].*)?"
)
"""Names and subcommands of programs that start what their words say."""
_SETTING = lazy(r"(?:[\w.-]*=|(?:\w+:)?execute[\w-]*\()?[|!&@]*(?=[\w./])")
"""What may stand in front of a command in an option's value: ``alias.x=!``, ``|``, ``start:execute(``."""
_PIPED = lazy(r"^(?:-\w)?[|!]")
"""A value that is a command and no file: strace's ``-o '|COMMAND'``."""
_FRAMEWORK = lazy(r"test_[a-z_]+")
_BODIES = frozenset({
    "test_expect_success", "test_expect_failure", "test_lazy_prereq", "test_when_finished", "test_atexit", "test_perf", "test_setup",
})  # fmt: skip
"""Functions of shell test frameworks (sharness and its relatives) that evaluate their last argument."""
_TEXT_TOOLS = frozenset({
    "grep", "egrep", "fgrep", "zgrep", "rg", "ag", "ack", "which", "whereis", "man", "info", "apt", "apt-get",
    "aptitude", "yum", "dnf", "apk", "pacman", "brew", "pip", "pip3", "npm", "gem", "pkill", "pgrep", "killall",
    "pidof", "ls", "cp", "mv", "ln", "rm", "cat", "less", "head", "tail", "sed", "awk", "find", "locate", "git",
    "hg", "svn", "make", "cmake", "configure", "update-alternatives", "alternatives", "printf", "echo", "expr",
    "dirname", "basename", "readlink", "realpath", "file", "strings", "ldd", "cd", "mkdir", "touch", "chmod",
    "chown", "install", "tee", "diff", "cmp", "sort", "uniq", "wc", "cut", "tr", "zypper", "port", "conda", "snap",
    "flatpak", "choco",
})  # fmt: skip


_SAYING = re.compile(r"[^/~.:\\]*\s")
"""A blank in front of any folder is no program's: ``$(SED) '1c #!/usr/bin/perl' -e ...`` starts no perl."""


def _presumed(fields: list[str], env: Mapping[str, str]) -> list[LaunchedCommand] | None:
    """Return what a program that nobody knows most likely starts: an interpreter right behind it, or behind ``--``.

    ``run python3 -c ...`` (a function of another file), ``sde -skx -- python -c ...``, ``$SUDO perl -e ...``; and
    ``test_expect_success TITLE 'perl -e ...'``, of which a test framework evaluates the last word.
    """
    words = [strip_marks(word) for word in fields]
    if len(words) > 1 and _FRAMEWORK.fullmatch(words[0]) and ("\n" in words[-1] or words[0] in _BODIES):
        return [LaunchedCommand(["sh", "-c", fields[-1]], env)]
    if words[0] == UNKNOWN and len(words) > 1 and not _SAYING.match(words[1]):
        return [LaunchedCommand(fields[1:], env)] if not words[1].startswith(("-", UNKNOWN)) else None
    if _is_scripting(words[0]):
        return None
    if base(words[0]) in _TEXT_TOOLS:
        named = [at for at in range(1, min(len(words), _FAR)) if words[at][:2] == "--" or words[at - 1][:2] == "--"]
        return next(([LaunchedCommand(["sh", "-c", text], env)] for at in named if (text := _text_at(words, at))), None)
    for at in range(1, min(len(words) - 1, _FAR)):
        if _INLINE.match(words[at + 1]) and _is_scripting(words[at]) and not _SAYING.match(words[at]):
            return [LaunchedCommand(fields[at:], env)]
    return next(
        ([LaunchedCommand(["sh", "-c", text], env)] for at in range(1, min(len(words), _FAR)) if (text := _text_at(words, at))), None
    )  # fmt: skip


def _text_at(words: list[str], at: int) -> str:
    """Return the text of a word that starts an interpreter inline, where it stands as what is to be run; else an empty one."""
    word = words[at]
    option, value = _parted(word) if word.startswith("-") else ("", word)
    setting = _SETTING.match(value)
    text = value[setting.end() :] if setting else value
    if " " not in text:
        return ""
    name = option or (words[at - 1] if words[at - 1].startswith("-") else "")
    if not (name and _OPTION.fullmatch(name)) and not any(map(_RUNS.fullmatch, words[:at])):
        return ""
    first, second, *_ = (*text.split(None, 2), "", "")
    return text if _INLINE.match(second) and _is_scripting(first) else ""


def _parted(word: str) -> tuple[str, str]:
    """Return an option's name, and what is given in the same word: behind ``=``, or glued to a letter."""
    name, sign, value = word.partition("=")
    if word[1:2] != "-" and word[2:3] in "|!":  # strace's -o'|COMMAND'
        return word[:2], word[2:]
    return name, value if sign else ""


def _is_scripting(program: str) -> bool:
    """Whether a program is one of the well-known interpreters, and no shell of the Bourne family."""
    return kept_in_variables(program) and not bourne_grammar_of(program)


class _Reading:
    """One pass over a launcher's words."""

    def __init__(self, launcher: Launcher, fields: list[str]) -> None:
        self.launcher = launcher
        self.fields = fields
        self.at = 1
        self.entry = ""
        self.joined = launcher.joined
        self.skip = launcher.skip
        self.subbed = not launcher.sub

    def command(self) -> tuple[list[str], dict[str, str]] | None:
        """Return the command's words (a shell's, where the launcher passes a text to one) and the variables set before them."""
        fields = self.fields
        extra: dict[str, str] = {}
        while self.at < len(fields):
            word = strip_marks(fields[self.at])
            if word == "--":
                self.at += 1
                if self.launcher.dashes or self.skip <= 0:
                    break
            elif word.startswith("-") and len(word) > 1:
                stop = self._option(word)
                if stop is not None:
                    return stop or None, extra  # type: ignore[return-value]
            elif self.launcher.assigns and (match := re.match(r"([A-Za-z_]\w*)=", word)):
                extra[match[1]] = word[match.end() :]
                self.at += 1
            elif self._begins(word):
                break
        return (self._rest(), extra) if self.subbed else None

    def _begins(self, word: str) -> bool:
        """Step over a subcommand or an operand before the command; True where the command begins, or there is none."""
        launcher = self.launcher
        if not self.subbed:
            self.subbed = word in launcher.sub
            if not self.subbed and word not in ("container", "compose"):
                return True
        elif not launcher.dashes:
            if self.skip <= 0:
                return True
            self.skip -= 1
            # behind the last operand all is the command's own, but for ssh and those who hand a text to a shell
            if self.skip == 0 and not (launcher.joined or launcher.text):
                self.at += 1
                return True
        self.at += 1
        return False

    def _rest(self) -> list[str]:
        words = self.fields[self.at :]
        words = words[1:] if words[:1] == ["--"] else words
        if self.entry:
            return [self.entry, *words]
        if self.joined and words:
            return ["sh", "-c", " ".join(words)]
        return words

    def _option(self, word: str) -> list[str] | None:
        """Step over an option; return the words that run where the option carries them, [] where nothing runs."""
        launcher, fields = self.launcher, self.fields
        self.at += 1
        name, equals, value = word.partition("=")
        following = fields[self.at] if self.at < len(fields) else ""
        if word in launcher.none or name in launcher.none:
            return []
        if name in launcher.text:
            return ["sh", "-c", value if equals else following]
        if word in ("-x", "--exec") and self.joined:
            self.joined = False
            return None
        if word.startswith("--"):
            if name == "--entrypoint":
                self.entry = value if equals else following
                self.at += not equals
            elif not equals and launcher.takes(name[2:]):
                self.at += 1
            return None
        if len(word) > 2 and word[1:] in launcher.long:  # mpirun's -np
            self.at += 1
            return None
        for index, letter in enumerate(word[1:], 2):
            if "-" + letter in launcher.text:
                return ["sh", "-c", word[index:] or following]
            if letter in launcher.values:
                self.at += index == len(word)
                break
        return None
