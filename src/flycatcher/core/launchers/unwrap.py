"""Programs that start another program which their arguments name: sudo, env, timeout, docker exec, ssh and their like.

One entry each in :mod:`flycatcher.core.launchers.table`; what does not fit an entry has a reader of its own in
:mod:`flycatcher.core.launchers.special`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.launchers import special as peculiar
from flycatcher.core.launchers.step import Step
from flycatcher.core.launchers.table import TABLE, Wrapper
from flycatcher.core.shell.names import base
from flycatcher.core.unknown import UNKNOWN, strip_marks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.core.shell.interp.state import Stream


def unwrap(program: str, fields: list[str], env: Mapping[str, str], stdin: Stream) -> list[Step] | None:
    """Return the commands that a wrapper starts; None where the program is no wrapper, or starts nothing here."""
    name = base(program)
    if re.fullmatch(r"ld-(linux|musl)[-\w.]*|ld\.so(\.[0-9]+)*|ld-[0-9.]+\.so", name):
        name = "ld.so"
    if reader := peculiar.READERS.get(name):
        return reader(fields, env, stdin)
    wrapper = TABLE.get(name)
    if wrapper is None:
        return _presumed(fields, env)
    found = _Reading(wrapper, fields).command()
    if found is None:
        return None
    words, extra = found
    if name in _PACKAGES and words:
        dashes = words[1:2] == ["--"] and name == "npm"  # npm keeps them for itself
        words = [_VERSION.sub("", words[0]), *words[1 + dashes :]]
    if name in ("ssh", "slogin", "dbclient") and not words:
        words = [] if stdin.text is None else ["sh"]
    if not words:
        return None
    return [Step(words, {**env, **extra})]


_PACKAGES = frozenset(("npx", "bunx", "pnpx", "npm", "yarn", "pnpm"))
"""What they start may be named as a package, with a version behind it."""
_VERSION = re.compile(r"(?<=[\w.-])@[\w.^~<>=*-]+\Z", re.ASCII)
_INTERPRETER = re.compile(r"(python|pypy|perl|ruby|node|nodejs|php|lua|luajit|deno|bun|pwsh|powershell)[0-9.]*(\.exe)?")
_INLINE = re.compile(r"-[A-Za-z0-9]*[cerpnERB]|--(eval|print|run)|-(Command|EncodedCommand)", re.IGNORECASE)
_FRAMEWORK = re.compile(r"test_[a-z_]+")
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


def _presumed(fields: list[str], env: Mapping[str, str]) -> list[Step] | None:
    """Return what a program that nobody knows most likely starts: an interpreter right behind it, or behind ``--``.

    ``run python3 -c ...`` (a function of another file), ``sde -skx -- python -c ...``, ``$SUDO perl -e ...``; and
    ``test_expect_success TITLE 'perl -e ...'``, of which a test framework evaluates the last word.
    """
    words = [strip_marks(word) for word in fields]
    if len(words) > 1 and _FRAMEWORK.fullmatch(words[0]) and ("\n" in words[-1] or words[0] in _BODIES):
        return [Step(["sh", "-c", fields[-1]], env)]
    if words[0] == UNKNOWN and len(words) > 1:
        return [Step(fields[1:], env)] if not words[1].startswith(("-", UNKNOWN)) else None
    if base(words[0]) in _TEXT_TOOLS or _INTERPRETER.fullmatch(base(words[0])):
        return None
    for at in (words.index("--") + 1,) if "--" in words else (1, 2):
        if at + 1 < len(words) and _INTERPRETER.fullmatch(base(words[at])) and _INLINE.match(words[at + 1]):
            return [Step(fields[at:], env)]
        if words[1:2] and words[1].startswith("-"):
            break
    return None


class _Reading:
    """One pass over a wrapper's words."""

    def __init__(self, wrapper: Wrapper, fields: list[str]) -> None:
        self.wrapper = wrapper
        self.fields = fields
        self.at = 1
        self.entry = ""
        self.joined = wrapper.joined
        self.skip = wrapper.skip
        self.subbed = not wrapper.sub

    def command(self) -> tuple[list[str], dict[str, str]] | None:
        """Return the wrapped words (a shell's, where the wrapper hands a text to one) and the variables set before them."""
        fields = self.fields
        extra: dict[str, str] = {}
        while self.at < len(fields):
            word = strip_marks(fields[self.at])
            if word == "--":
                self.at += 1
                if self.wrapper.dashes or self.skip <= 0:
                    break
            elif word.startswith("-") and len(word) > 1:
                stop = self._option(word)
                if stop is not None:
                    return stop or None, extra  # type: ignore[return-value]
            elif self.wrapper.assigns and (match := re.match(r"([A-Za-z_]\w*)=", word)):
                extra[match[1]] = word[match.end() :]
                self.at += 1
            elif self._begins(word):
                break
        return (self._rest(), extra) if self.subbed else None

    def _begins(self, word: str) -> bool:
        """Step over a subcommand or an operand before the command; True where the command begins, or there is none."""
        wrapper = self.wrapper
        if not self.subbed:
            self.subbed = word in wrapper.sub
            if not self.subbed and word not in ("container", "compose"):
                return True
        elif not wrapper.dashes:
            if self.skip <= 0:
                return True
            self.skip -= 1
            # behind the last operand all is the command's own, but for ssh and those who hand a text to a shell
            if self.skip == 0 and not (wrapper.joined or wrapper.text):
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
        wrapper, fields = self.wrapper, self.fields
        self.at += 1
        name, equals, value = word.partition("=")
        following = fields[self.at] if self.at < len(fields) else ""
        if word in wrapper.none or name in wrapper.none:
            return []
        if name in wrapper.text:
            return ["sh", "-c", value if equals else following]
        if word in ("-x", "--exec") and self.joined:
            self.joined = False
            return None
        if word.startswith("--"):
            if name == "--entrypoint":
                self.entry = value if equals else following
                self.at += not equals
            elif not equals and name[2:] in wrapper.long:
                self.at += 1
            return None
        for index, letter in enumerate(word[1:], 2):
            if "-" + letter in wrapper.text:
                return ["sh", "-c", word[index:] or following]
            if letter in wrapper.values:
                self.at += index == len(word)
                break
        return None
