"""What ``php``, ``php-cgi`` and ``phpdbg`` share: getopt.c's habits, ini files, definitions and what they include.

Source: main/getopt.c, main/php_ini.c, main/main.c (php_execute_script); checked with marker code against 8.2.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Literal

from msgspec.structs import replace

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CommandLine, Given, Option, Options, parse
from flycatcher.core.interpreters.engine.paths import is_planted
from flycatcher.core.interpreters.php.ini import Define, Setting, is_on, settings, source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading


def options(
    rows: Iterable[tuple[str, str, str]], unknown: Literal["error", "skip"] = "error", exits: str = ""
) -> Options:
    """Make a table of (letter, what it takes: ``0``, ``1`` or ``?``, long name); ``detail`` holds the letter.

    ``exits``: letters that print and exit.
    """
    short: dict[str, Option] = {}
    long: dict[str, Option] = {}
    for letter, takes, name in rows:
        kind = {"0": "nothing", "1": "value"}.get(takes, "attached")
        option = Option(kind, "exit" if letter in exits else "", detail=letter)  # type: ignore[arg-type]
        if len(letter) == 1:
            short[letter] = option
        for each in name.split():
            long["--" + each] = option
    return Options(parser="own", short=short, long=long, unknown=unknown, idle_values=True)


SHARED = (
    *(("a", "0", "interactive"), ("C", "0", "no-chdir"), ("c", "1", "php-ini"), ("d", "1", "define")),
    *(
        ("e", "0", "profile-info"),
        ("f", "1", "file"),
        ("h", "0", "help"),
        ("i", "0", "info"),
        ("l", "0", "syntax-check"),
    ),
    *(
        ("m", "0", "modules"),
        ("n", "0", "no-php-ini"),
        ("q", "0", "no-header"),
        ("w", "0", "strip"),
        ("?", "0", "usage"),
    ),
    *(("s", "0", "syntax-highlight syntax-highlighting"), ("v", "0", "version"), ("z", "1", "zend-extension")),
)


_MAILS = re.compile(r"(?i)\b(?:mb_send_)?mail\s*\(")


class PhpBase(Interpreter):
    """What the three programs share: getopt.c's habits, ini files and definitions."""

    variables: ClassVar[tuple[str, ...]] = ("PHPRC", "PHP_INI_SCAN_DIR")

    language = "php"
    verified = ("8.2.36",)

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words as php_getopt does: one ``=`` between an option and its value is dropped."""
        line = parse(self.options, execution.argv)
        line.given = [_without_sign(given) for given in line.given]
        return line


def _without_sign(given: Given) -> Given:
    """Drop the ``=`` of ``-r=CODE`` and the second one of ``--run==CODE``."""
    if given.value and given.value[0] == "=" and given.at == given.index:
        return replace(given, value=given.value[1:], offset=given.offset + 1)
    return given


def last(command: CommandLine, letter: str) -> Given | None:
    """Return the last option of this letter."""
    return next((given for given in reversed(command.given) if given.option.detail == letter), None)


def letters_of(command: CommandLine) -> set[str]:
    """Return the letters of the options given."""
    return {given.option.detail for given in command.given}


class Configuration:
    """The ini settings of one execution, and what they make PHP include."""

    def __init__(self, reading: Reading, command: CommandLine, *, body: bool = False) -> None:
        """Read the definitions and note the files; ``body`` tells whether a request's body comes by stdin."""
        self.reading = reading
        self.body = body
        execution = reading.execution
        defines = [Define(g.value or "", g.at, g.offset) for g in command.given if g.option.detail == "d"]
        self.settings = settings(defines, execution.env)
        elsewhere = self._files(command)
        self.include = is_on(self.settings.get("allow_url_include"), default=elsewhere)
        self.remote = is_on(self.settings.get("allow_url_fopen"), default=True)
        self._preload()
        for given in command.given:
            if given.option.detail == "z" and "/" in (given.value or ""):
                reading.load(given.value or "", vector="argument", index=given.at, option=given.name)
        for name in ("extension", "zend_extension"):
            setting = self.settings.get(name)
            if setting is not None and "/" in setting.value:
                reading.load(setting.value, vector="argument", index=setting.index, option="-d")

    def _files(self, command: CommandLine) -> bool:
        """Note the ini files that the caller chose; return whether there are any (they may allow anything)."""
        reading, env = self.reading, self.reading.execution.env
        chosen = last(command, "c")
        if chosen is not None and chosen.value:
            reading.load(chosen.value, vector="argument", index=chosen.at, option=chosen.name)
        if "n" in letters_of(command):
            return chosen is not None
        if chosen is None and env.get("PHPRC"):
            reading.load(env["PHPRC"], variable="PHPRC")
        folders = [folder for folder in env.get("PHP_INI_SCAN_DIR", "").split(":") if folder]
        for folder in folders:
            reading.load(folder.rstrip("/") + "/", variable="PHP_INI_SCAN_DIR")
        return chosen is not None or bool(env.get("PHPRC")) or bool(folders)

    def _preload(self) -> None:
        """Read opcache.preload, which runs a file at the start."""
        setting = self.settings.get("opcache.preload")
        if setting is not None and is_on(self.settings.get("opcache.enable_cli"), default=False):
            self._included(setting)

    def run(self, name: str) -> bool:
        """Record what auto_prepend_file or auto_append_file runs; return whether PHP gets past it."""
        setting = self.settings.get(name)
        return setting is None or setting.value == "" or self._included(setting)

    def _included(self, setting: Setting) -> bool:
        """Record one included file; return whether it can be opened."""
        found = source(setting.value, include=self.include, remote=self.remote)
        reading = self.reading
        if found.kind in ("stdin", "body"):
            if found.kind == "stdin" or self.body:
                reading.stdin(explicit=True, index=setting.index, option="-d")
        elif found.kind == "descriptor":
            reading.descriptor(f"/dev/fd/{found.number}", index=setting.index, option="-d", opened=False)
        elif found.kind == "url":
            reading.add("url", found.text, index=setting.index, offset=setting.offset, option="-d", url=setting.value)
        elif found.kind == "path" and found.seeks and self.reading.flows(found.path):
            return False
        elif found.kind == "path":
            reading.load(self._found(found.path), vector="argument", index=setting.index, option="-d")
        return found.kind != "fails"

    def _found(self, path: str) -> str:
        """Return what a relative path names in a folder of include_path where anyone may have put it; else the path itself."""
        folders = self.settings.get("include_path")
        if folders is None or path.startswith(("/", "./", "../")):
            return path
        execution = self.reading.execution
        found = [
            f"{folder}/{path}"
            for folder in folders.value.split(":")
            if is_planted(folder, path, execution) and not self.reading.flows(f"{folder}/{path}")
        ]
        return found[0] if found else path

    def mails(self) -> None:
        """Record the command of sendmail_path where a text that runs calls mail()."""
        command = self.settings.get("sendmail_path")
        texts = [snippet.text for snippet in self.reading.snippets if snippet.language == "php"]
        if command is not None and command.value and any(text and _MAILS.search(text) for text in texts):
            self.reading.add(
                "argument", command.value, index=command.index, offset=command.offset, option="-d", language="shell"
            )


def run_program(reading: Reading, file: Given | None, operand: int | None) -> bool:
    """Record the program: -f's file, the operand's, or stdin."""
    if file is not None:
        reading.program(file.at, dash=False, option=file.name, offset=file.offset)
    elif operand is not None:
        reading.program(operand, dash=False)
    else:
        reading.stdin(explicit=False)
    return True
