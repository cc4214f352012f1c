"""Node.js 18 to 24.

Source: src/node_options-inl.h (OptionsParser::Parse), src/node_options.cc (the table and its aliases, compared with what
``internalBinding('options')`` of each version gives), src/node.cc (NODE_OPTIONS, StartExecution) and lib/internal/main;
checked with marker code against npm's binaries of 18, 20, 22 and 24.
"""

# ruff: noqa: SIM905 - names of options, ten a line

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CommandLine, Given, Option, Options
from flycatcher.core.interpreters.engine.paths import is_special, planted_path
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.javascript.dataurl import decode, normal
from flycatcher.core.interpreters.javascript.real_path import loadable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution

_VALUE = Option("value")
_FLAG = Option()
_OPTIONS = {
    "--eval": Option("value", "code"),
    "--require": Option("value", "load", detail="require"),
    "--import": Option("value", "load", detail="import"),
    "--experimental-loader": Option("value", "load", detail="import"),
    "--test-reporter": Option("value", "load", detail="test"),
    "--test-global-setup": Option("value", "load", detail="test"),
    "--env-file": Option("value"),
    "--env-file-if-exists": Option("value"),
    "--experimental-config-file": Option("value", "load", detail="file"),
    "--experimental-default-config-file": Option("nothing", "load", detail="file"),
    "--snapshot-blob": Option("value", "load", detail="file"),
}
_VALUES = frozenset(
    """allow-fs-read allow-fs-write build-snapshot-config conditions cpu-prof-dir cpu-prof-interval cpu-prof-name
    diagnostic-dir disable-proto disable-warning dns-result-order experimental-default-type experimental-package-map
    experimental-policy experimental-sea-config experimental-test-isolation experimental-test-tag-filter heap-prof-dir
    heap-prof-interval heap-prof-name heapsnapshot-near-heap-limit heapsnapshot-signal icu-data-dir input-type
    inspect-port inspect-publish-uid localstorage-file max-http-header-size max-old-space-size-percentage
    network-family-autoselection-attempt-timeout openssl-config policy-integrity redirect-warnings report-dir
    report-filename report-signal run secure-heap secure-heap-min security-revert test-concurrency
    test-coverage-branches test-coverage-exclude test-coverage-functions test-coverage-include test-coverage-lines
    test-isolation test-name-pattern test-random-seed test-reporter-destination test-rerun-failures test-shard
    test-skip-pattern test-timeout title tls-cipher-list tls-keylog trace-event-categories trace-event-file-pattern
    trace-require-module unhandled-rejections use-largepages v8-pool-size watch-kill-signal watch-path""".split()
)
_VALUES_IN_SOME = frozenset(
    ("--experimental-specifier-resolution", "--stack-trace-limit", "--experimental-config-file")
)
"""The first takes a value up to 18, one of two words, the second from 22 on, the third's is the next word up to 22, and behind
``=`` alone in 24: a word that is no option is read as the value."""
_DEFAULTS = dict.fromkeys(("--experimental-config-file", "--experimental-default-config-file"), "node.config.json")
"""What options load without a value."""
_NOT_IN_ENVIRONMENT = frozenset(
    """build-snapshot build-snapshot-config check completion-bash debug debug-brk env-file env-file-if-exists eval
    experimental-config-file experimental-default-config-file experimental-sea-config experimental-test-coverage
    expose-internals help inspect-brk-node interactive print prof prof-process run security-revert test
    test-concurrency test-force-exit test-timeout test-update-snapshots v8-options version""".split()
)
_ALIASES: dict[str, tuple[str, ...]] = {
    "-C": ("--conditions",),
    "-c": ("--check",),
    "-e": ("--eval",),
    "-h": ("--help",),
    "-i": ("--interactive",),
    "-p": ("--print",),
    "-pe": ("--print", "--eval"),
    "-r": ("--require",),
    "-v": ("--version",),
    "--print <arg>": ("-pe",),
    "--debug-port": ("--inspect-port",),
    "--inspect=": ("--inspect-port", "--inspect"),
    "--inspect-brk=": ("--inspect-port", "--inspect-brk"),
    "--inspect-brk-node=": ("--inspect-port", "--inspect-brk-node"),
    "--inspect-wait=": ("--inspect-port", "--inspect-wait"),
    "--loader": ("--experimental-loader",),
    "--es-module-specifier-resolution": ("--experimental-specifier-resolution",),
    "--experimental-test-isolation": ("--test-isolation",),
    "--prof-process": ("--prof-process", "--"),
    "--report-directory": ("--report-dir",),
    "--security-reverts": ("--security-revert",),
    "--trace-events-enabled": ("--trace-event-categories", "v8"),
}
_PRINTS = ("--version", "--v8-options", "--completion-bash")
_APART = (
    ("--check", "--eval"),
    ("--test", "--check"),
    ("--test", "--eval"),
    ("--test", "--interactive"),
    ("--watch", "--check"),
    ("--watch", "--eval"),
    ("--watch", "--interactive"),
)
_ONE_OF_TWO = frozenset(second for _first, second in _APART)
"""Options that node refuses to take together."""
_LANGUAGES = ("javascript", "wasm")
_SCHEME = re.compile(r"(https?|file):", re.IGNORECASE)
_EXPANSIONS = 8


class _Walk:
    """The words, with those that aliases put before them; and what was found so far."""

    def __init__(self, words: Sequence[str], start: int, *, environment: bool) -> None:
        """Start at ``words[start]``."""
        self.words = words
        self.index = start
        self.synthetic: list[str] = []
        self.environment = environment
        self.line = CommandLine([], [])
        self.on: set[str] = set()

    def peek(self) -> str | None:
        """Return the next word, None at the end."""
        if self.synthetic:
            return self.synthetic[0]
        return self.words[self.index] if self.index < len(self.words) else None

    def pop(self) -> str:
        """Take the next word."""
        if self.synthetic:
            return self.synthetic.pop(0)
        self.index += 1
        return self.words[self.index - 1]

    def run(self) -> CommandLine:
        """Read every option; what is left are the operands."""
        while not self.line.error and (word := self.peek()) is not None and len(word) > 1 and word[0] == "-":
            at = self.index
            self.pop()
            if word == "--":
                self.line.error = "-- is not allowed in NODE_OPTIONS" if self.environment else ""
                break
            self.option(word, at)
        self.line.operands = list(range(self.index, len(self.words)))
        return self.line

    def option(self, word: str, at: int) -> None:
        """Read one option, after its aliases."""
        name, sign, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if (
            word[0:1] != word[1:2] and word[2:3] == "="
        ):  # only V8's own options may have one dash and a sign: none is a letter
            self.line.error = f"bad option {word}"
            return
        name = name[:2] + name[2:].replace("_", "-")
        negated = name.startswith("--no-")
        if negated:
            name = "--" + name[5:]
        name = self.expand(name, sign)
        if self.environment and name[2:] in _NOT_IN_ENVIRONMENT:
            self.line.error = f"{word} is not allowed in NODE_OPTIONS"
        elif self.takes_value(name, sign, value):
            if negated:
                self.line.error = f"{word} is an invalid negation because it is not a boolean option"
            else:
                self.value(name, word, sign, value, at)
        else:
            (self.on.discard if negated else self.on.add)(name)
            spelling = "--no-" + name[2:] if negated else name
            self.line.given.append(Given(_OPTIONS.get(name, _FLAG), spelling, None, at, at, 0))

    def expand(self, name: str, sign: str) -> str:
        """Replace aliases; ``--print <arg>`` is one only where a word follows that does not look like an option."""
        for _ in range(_EXPANSIONS):
            following = self.peek()
            to = _ALIASES.get(name) or (_ALIASES.get(name + "=") if sign else None)
            if to is None and following and following[0] != "-":
                to = _ALIASES.get(name + " <arg>")
            if to is None:
                break
            self.synthetic[:0] = to[1:]
            if to[0] == name:
                break
            name = to[0]
        return name

    def takes_value(self, name: str, sign: str, value: str) -> bool:
        """Whether an option takes a value."""
        if name == "--experimental-specifier-resolution" and not sign:
            return self.peek() in ("node", "explicit")
        if name in _VALUES_IN_SOME:
            following = self.peek()
            return bool(value) or (not sign and bool(following) and not (following or "").startswith("-"))
        return _OPTIONS.get(name, _FLAG).takes == "value" or name[2:] in _VALUES

    def value(self, name: str, word: str, sign: str, value: str, at: int) -> None:
        """Read an option's value: behind ``=``, or the next word unless it looks like an option."""
        option = _OPTIONS.get(name, _VALUE)
        if sign and value:
            self.line.given.append(Given(option, name, value, at, at, len(word) - len(value)))
            return
        following = self.peek()
        if name == "--run" and (sign or following is None or following.startswith("-")):
            self.line.given.append(Given(option, name, None, at, at, 0))
            return
        if sign or self.peek() is None:
            self.line.error = f"{word} requires an argument"
            return
        place, offset = self.index, 0
        text = self.pop()
        if text.startswith("-"):
            self.line.error = f"{word} requires an argument"
            return
        if text.startswith("\\-"):
            text, offset = text[1:], 1
        self.line.given.append(Given(option, name, text, at, place, offset))


def in_environment(name: str) -> bool:
    """Whether an option takes a value and may stand in NODE_OPTIONS."""
    name = "--" + name[2:].replace("_", "-")
    name = _ALIASES.get(name, (name,))[0]
    return (_OPTIONS.get(name, _FLAG).takes == "value" or name[2:] in _VALUES) and name[2:] not in _NOT_IN_ENVIRONMENT


def split_variable(value: str) -> tuple[list[str], list[int], str]:
    """Split NODE_OPTIONS as node does: at spaces, double quotes group, a backslash escapes within them.

    Return the words, where each begins in the value, and an error.
    """
    letters: list[list[str]] = []
    starts: list[int] = []
    quoted = False
    new = True
    index = 0
    error = ""
    while index < len(value):
        start, char = index, value[index]
        index += 1
        if char == "\\" and quoted:
            if index == len(value):
                error = "invalid value for NODE_OPTIONS (invalid escape)"
                break
            char = value[index]
            index += 1
        elif char == " " and not quoted:
            new = True
            continue
        elif char == '"':
            quoted = not quoted
            continue
        if new:
            letters.append([])
            starts.append(start)
            new = False
        letters[-1].append(char)
    if quoted and not error:
        error = "invalid value for NODE_OPTIONS (unterminated string)"
    return ["".join(word) for word in letters], starts, error


class Node(Interpreter):
    """Node.js. Options end at the first operand; NODE_OPTIONS is read before the command line."""

    id = "node"
    language = "javascript"
    in_variables = True
    names = (r"node(?:js)?[-_]?v?[\d.]*(?:\.exe)?", r"iojs")
    variables = (
        "NODE_OPTIONS",
        "NODE_PATH",
        "NODE_PRESERVE_SYMLINKS",
        "NODE_PRESERVE_SYMLINKS_MAIN",
        "NODE_REPL_EXTERNAL_MODULE",
    )
    technique = "T1059.007"
    install = "npm: node"
    verified = ("18.20", "20.20", "22.23", "24.21")
    options = Options(parser="own")

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words as node's own parser does."""
        return _Walk(execution.argv, 1, environment=False).run()

    def read(self, execution: Execution) -> Reading:
        """Read NODE_OPTIONS, then the words; then what runs before the program, then the program."""
        words, starts, error = split_variable(execution.env.get("NODE_OPTIONS", ""))
        before = _Walk(words, 0, environment=True)
        if words:
            before.run()
        walk = _Walk(execution.argv, 1, environment=False)
        walk.on |= before.on
        reading = Reading(self, execution, walk.run())
        on = walk.on | {g.name for g in walk.line.given if g.option.takes == "value"}
        refusal = error or before.line.error or walk.line.error or _conflict(on)
        if refusal:
            return reading.refuse(refusal)
        first = execution.argv[walk.line.operands[0]] if walk.line.operands else ""
        if any(name in on for name in _PRINTS) or ("--help" in on and first != "inspect"):
            return reading.finish("prints")
        if any(given.name == "--run" and given.value for given in walk.line.given):
            return reading.finish("script")
        if "--build-snapshot" in on:
            return _snapshot(reading, walk.line.operands)
        _env_files(reading)
        for given in before.line.given:
            _preload(reading, given, on, starts)
        for given in walk.line.given if first != "inspect" else ():
            _preload(reading, given, on, None)
        _program(reading, walk, on, first)
        return reading


def _conflict(on: set[str]) -> str:
    """Name two options that exclude each other."""
    if on.isdisjoint(_ONE_OF_TWO):
        return ""
    return next((f"either {a} or {b} can be used, not both" for a, b in _APART if a in on and b in on), "")


def _env_files(reading: Reading) -> None:
    """Read ``--env-file``, which may set NODE_OPTIONS where it is unset. Node looks in words up to ``--``, the program's too."""
    if "NODE_OPTIONS" in reading.execution.env:
        return
    words = reading.execution.argv
    end = words.index("--") if "--" in words else len(words)
    for index in range(1, end):
        name, sign, value = words[index].partition("=")
        if name in ("--env-file", "--env-file-if-exists") and (value or (not sign and index + 1 < end)):
            path, at = (value, index) if sign else (words[index + 1], index + 1)
            reading.load(path, vector="argument", index=at, option=name)


def _preload(reading: Reading, given: Given, on: set[str], starts: list[int] | None) -> None:
    """Read one module or file that is loaded before the program, from the command line or (with ``starts``) NODE_OPTIONS."""
    detail, value = given.option.detail, given.value
    value = value or _DEFAULTS.get(given.name)
    if given.option.role != "load" or not value or (detail == "test" and "--test" not in on):
        return
    variable = None if starts is None else "NODE_OPTIONS"
    index = given.at if starts is None else None
    offset = given.offset + (starts[given.at] if starts is not None else 0)
    url = normal(value)
    data = None if detail in ("require", "file") else decode(value)
    if data is not None:
        if data.language in _LANGUAGES:
            reading.add("url", data.text, index=index, offset=offset, option=given.name, variable=variable, url=value)
        return
    scheme = _SCHEME.match(url)
    if scheme is not None and detail not in ("require", "file"):
        if scheme[1].lower() != "file":
            if "--experimental-network-imports" in on or "--experimental-loader" in on:
                reading.add("url", None, index=index, offset=offset, option=given.name, variable=variable, url=value)
            return
        value = unquote(url[5:].removeprefix("//"))
    elif detail != "file" and not value.startswith(("./", "../", "/")) and value not in (".", ".."):
        _package(reading, value, detail)
        return
    if loadable(reading, value, on) and not (is_special(value, reading.execution) and _left_to_tests(given.name, on)):
        reading.load(
            value, vector="argument" if variable is None else "environment",
            index=index, option=given.name, variable=variable,
        )  # fmt: skip


_LOADED_BY_TESTS = frozenset(("--require", "--test-reporter", "--test-global-setup"))


def _left_to_tests(name: str, on: set[str]) -> bool:
    """Whether ``--test`` leaves a module to the processes of the tests, which have another stdin.

    It loads those of ``--require`` itself, its reporter and its set-up, and a loader as soon as any of them is imported.
    """
    if "--test" not in on or name in _LOADED_BY_TESTS:
        return False
    return name != "--experimental-loader" or on.isdisjoint(_LOADED_BY_TESTS)


def _package(reading: Reading, name: str, detail: str) -> None:
    """Read a package's name that ``require()`` may find in a folder of NODE_PATH; those that anyone may write to count."""
    if detail == "require":
        folders = reading.execution.env.get("NODE_PATH", "").split(":")
        if path := planted_path(folders, (name, f"{name}.js", f"{name}.node"), reading.execution):
            reading.load(path, variable="NODE_PATH", option="--require")


def _program(reading: Reading, walk: _Walk, on: set[str], first: str) -> None:
    """Choose what runs, in the order of StartExecution."""
    codes = walk.line.every("code")
    session = "--interactive" in on
    if first == "inspect":
        _inspect(reading, walk)
    elif "--prof-process" in on or "--experimental-sea-config" in on:
        reading.finish("script")
    elif codes and not session:
        reading.code(codes[-1])
    elif "--check" in on:
        reading.finish("checks")
    elif "--test" in on or "--watch" in on or "--watch-path" in on:
        _supervised(reading, walk, on)
    elif first not in ("", "-"):
        _script(reading, walk.line.operands[0], first, on)
    else:
        module = reading.execution.env.get("NODE_REPL_EXTERNAL_MODULE", "")
        if module and (session or reading.execution.stdin == "tty"):
            reading.load(module, variable="NODE_REPL_EXTERNAL_MODULE")
            return
        if codes:
            reading.code(codes[-1])
        index = walk.line.operands[0] if first else None
        reading.stdin(explicit=session or first == "-", index=index, option="-i" if session else "")


def _snapshot(reading: Reading, operands: list[int]) -> Reading:
    """Read the script that builds a snapshot: it is read as a file (up to 18 even from a pipe), and nothing is loaded before it."""
    if not operands:
        return reading.refuse("--build-snapshot needs a script")
    reading.program(operands[0], dash=False)
    return reading


def _script(reading: Reading, index: int, word: str, on: set[str]) -> None:
    """Read the operand that names the program: a file, or a URL where ``--entry-url`` says so."""
    if "--entry-url" in on:
        data = decode(word)
        if data is not None and data.language in _LANGUAGES:
            reading.add("url", data.text, index=index, url=word, option="--entry-url")
        elif data is None:
            _entry_file(reading, index, normal(word), on)
        reading.finish("script")
    elif loadable(reading, path := posixpath.normpath(word), on, main=True):  # path.resolve(): by the names alone
        if not _descriptor(reading, path, index):
            reading.program(index, dash=False)
    else:
        reading.refuse("node cannot load a pipe by its path")


def _supervised(reading: Reading, walk: _Walk, on: set[str]) -> None:
    """Read what ``--test`` runs in its own process, or ``--watch`` in one that has its stdin."""
    operands = walk.line.operands
    if "--test" not in on:
        before = len(reading.snippets)
        kept = [given.name for given in walk.line.given if not given.name.startswith("--watch")]
        if operands and kept[-1:] == ["--print"] and not reading.execution.argv[operands[0]].startswith("-"):
            reading.add("argument", reading.execution.argv[operands[0]], index=operands[0], option="--print")
            return
        _child(reading, operands)
        if not operands or reading.execution.argv[operands[0]] in ("", "-"):  # without a script from 24 on
            reading.stdin(explicit=False)
        operands = [] if len(reading.snippets) > before else operands[:1]
    elif not any(given.name == "--test-isolation" and given.value == "none" for given in walk.line.given):
        operands = []
    for index in operands:
        path = posixpath.normpath(reading.execution.argv[index])
        if loadable(reading, path, on, main=True):
            _descriptor(reading, path, index)
    reading.finish("script")


def _entry_file(reading: Reading, index: int, url: str, on: set[str]) -> None:
    """Read the file that ``--entry-url`` names, relative to the working folder or as a ``file:`` URL."""
    scheme = _SCHEME.match(url)
    if scheme is not None and scheme[1].lower() != "file":
        return
    path = unquote(url[5:].removeprefix("//") if scheme is not None else url)
    if loadable(reading, path, on):
        _descriptor(reading, path, index)


def _descriptor(reading: Reading, path: str, index: int) -> bool:
    """Record a path that is a descriptor's; return whether it is."""
    if not is_special(path, reading.execution):
        return False
    reading.descriptor(path, index=index)
    return True


def _inspect(reading: Reading, walk: _Walk) -> None:
    """``node inspect``: a debugger that takes commands on stdin and starts node again with the remaining words."""
    operands = walk.line.operands[1:]
    if reading.execution.stdin != "null" and operands:
        _child(reading, operands)
        reading.stdin(explicit=False)
    reading.finish("script")


def _child(reading: Reading, operands: list[int]) -> None:
    """Read the words that node gives to another node: behind ``--`` they may be options."""
    if not operands:
        return
    child = _Walk(reading.execution.argv, operands[0], environment=False).run()
    codes = child.every("code")
    if codes and not child.error:
        reading.code(codes[-1], "runner")
