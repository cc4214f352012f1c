"""zx: shell scripts in JavaScript.

Source: src/cli.ts, src/core.ts (ENV_OPTS) and the package ``minimist``; checked with marker code against npm's 8.8.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.javascript.runners import OnNode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution

_SWITCHES = ("version", "help", "quiet", "verbose", "install", "repl", "experimental")
_TEXTS = ("shell", "prefix", "postfix", "eval", "cwd", "ext", "registry", "env")
_ALIASES = {"e": "eval", "i": "install", "v": "version", "h": "help", "l": "prefer-local", "env-file": "env"}
_LOOKS_LIKE_OPTION = re.compile(r"--?[^-]")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?", re.ASCII)
_ENDS_IN_NUMBER = re.compile(r"-?\d+(?:\.\d*)?(?:e-?\d+)?\Z", re.ASCII)
_URL = re.compile(r"https?:")


class _Value(NamedTuple):
    """What an option is set to, and where it stands."""

    text: str | bool
    at: int
    offset: int


class Zx(OnNode):
    """zx runs the text of -e, a file or a URL, else stdin; --prefix and --postfix are put around every command."""

    id = "zx"
    names = (r"zx",)
    variables = (*OnNode.variables, "ZX_[A-Z]+")
    install = "npm: zx"
    verified = ("8.8",)
    options = Options(
        parser="own",
        short={"e": CODE, **each("li", FLAG), **each("hv", EXIT)},
        long={
            "--eval": CODE,
            **each(("--shell", "--prefix", "--postfix", "--cwd", "--ext", "--registry", "--env", "--env-file"), VALUE),
            **each(("--quiet", "--verbose", "--prefer-local", "--install", "--experimental"), FLAG),
            "--repl": Option(role="interactive"),
            **each(("--help", "--version"), EXIT),
        },
    )

    def read_words(self, execution: Execution) -> Reading:
        """Read the words in the order in which zx asks for its options."""
        values, operands = _Minimist(execution.argv).run()
        reading = Reading(self, execution, CommandLine([], operands))
        if _on(values, "version") or _on(values, "help"):
            return reading.finish("prints")
        self._environment(reading, values)
        if _on(values, "repl"):
            reading.stdin(explicit=True, option="--repl")
        else:
            self._program(reading, values, operands)
        self._around(reading, values)
        return reading

    def _program(self, reading: Reading, values: dict[str, list[_Value]], operands: list[int]) -> None:
        """Read what runs: a text, stdin, a URL, a file."""
        texts = _set(values.get("eval", []))
        last = texts[-1].text if texts else ""
        word = reading.execution.argv[operands[0]] if operands else ""
        number = _NUMBER.fullmatch(word) is not None and "--" not in reading.execution.argv[: operands[0]]
        if len(texts) > 1 or last is True or last == "true":
            reading.refuse("zx takes one text")
        elif last and last != "false":
            reading.add("argument", str(last), index=texts[0].at, offset=texts[0].offset, option="--eval")
        elif word in ("", "-") or (number and not _nonzero(word)):
            reading.stdin(explicit=bool(operands), index=operands[0] if operands else None)
        elif _URL.match(word):
            reading.add("url", None, index=operands[0], url=word)
        elif number:
            reading.refuse("a number is no file")
        else:
            reading.program(operands[0], dash=False)

    def _environment(self, reading: Reading, values: dict[str, list[_Value]]) -> None:
        """Read the file of variables."""
        files = _set(values.get("env", []))
        if files and isinstance(files[-1].text, str) and files[-1].text:
            reading.load(files[-1].text, vector="argument", index=files[-1].at, option="--env")
        elif not files and reading.execution.env.get("ZX_ENV"):
            reading.load(reading.execution.env["ZX_ENV"], variable="ZX_ENV")

    def _around(self, reading: Reading, values: dict[str, list[_Value]]) -> None:
        """Read the texts around every command; where the program's own text is known and holds no command, they do not run."""
        texts = [snippet.text for snippet in reading.snippets]
        if reading.outcome in ("refuses", "nothing") or (texts and all(t is not None and "$" not in t for t in texts)):
            return
        for name in ("prefix", "postfix"):
            given = _set(values.get(name, []))
            variable = f"ZX_{name.upper()}"
            if given and isinstance(given[-1].text, str) and given[-1].text not in ("", "false"):
                reading.add(
                    "argument", given[-1].text, index=given[-1].at, offset=given[-1].offset, option=f"--{name}",
                    language="shell",
                )  # fmt: skip
            elif reading.execution.env.get(variable):
                reading.add("environment", reading.execution.env[variable], variable=variable, language="shell")


def _nonzero(word: str) -> bool:
    """Whether a number that minimist understands is another one than zero."""
    return any(digit in "123456789abcdefABCDEF" for digit in word.removeprefix("0x").removeprefix("0X").split("e")[0])


def _on(values: dict[str, list[_Value]], name: str) -> bool:
    """Whether a switch is on."""
    return bool(values.get(name)) and values[name][-1].text not in (False, "false", "")


def _set(values: list[_Value]) -> list[_Value]:
    """Return what an option is set to in the end: a truth value is replaced, a text collects the next ones."""
    kept: list[_Value] = []
    for value in values:
        kept = [value] if kept and isinstance(kept[-1].text, bool) and len(kept) == 1 else [*kept, value]
    return kept


class _Minimist:
    """The walk of minimist, which takes any name for an option."""

    def __init__(self, words: Sequence[str]) -> None:
        """Cut at the first ``--``: the rest are operands, wherever it stands."""
        self.words = words
        self.end = words.index("--", 1) if "--" in words[1:] else len(words)
        self.values: dict[str, list[_Value]] = {name: [] for name in _SWITCHES}

    def run(self) -> tuple[dict[str, list[_Value]], list[int]]:
        """Read the options up to the first operand; return what they are set to, and the operands."""
        at = 1
        while at < self.end and self.words[at] not in ("-", "") and self.words[at][0] == "-":
            at += 1 + (self._long(at) if self.words[at].startswith("--") else self._cluster(at))
        merged = {
            name.lower(): values for name, values in self.values.items()
        }  # zx takes any case, the last one counts
        return merged, [*range(at, self.end), *range(self.end + 1, len(self.words))]

    def _long(self, at: int) -> int:
        """Read a long option; return how many further words it takes."""
        name, sign, value = self.words[at][2:].partition("=")
        if sign and name:
            self._put(name, value if name not in _SWITCHES else value != "false", at, len(name) + 3)
            return 0
        if name.startswith("no-") and len(name) > 3:
            self._put(name[3:], False, at, 0)
            return 0
        return self._next(name, at, long=True)

    def _cluster(self, at: int) -> int:
        """Read a cluster of letters; what follows a letter is its value where it begins with a sign, or ends in a number."""
        word = self.words[at]
        for place in range(1, len(word) - 1):
            letter, rest = word[place], word[place + 1 :]
            if rest == "-":
                self._put(letter, rest, at, place + 1)
            elif letter.isascii() and letter.isalpha() and rest[0] == "=":
                self._put(letter, rest[1:], at, place + 2)
                return 0
            elif (letter.isascii() and letter.isalpha() and _ENDS_IN_NUMBER.search(rest)) or (
                len(rest) > 1 and not _is_word(rest[0])
            ):
                self._put(letter, rest, at, place + 1)
                return 0
            else:
                self._put(letter, "" if _is_text(letter) else True, at, 0)
        return self._next(word[-1], at, long=False) if word[-1] != "-" else 0

    def _next(self, name: str, at: int, *, long: bool) -> int:
        """Set an option to the next word, if that may be its value; return how many words were taken.

        An empty word is a long option's value, and no short one's.
        """
        following = self.words[at + 1] if at + 1 < self.end else None
        switch = name in _SWITCHES or _ALIASES.get(name) in _SWITCHES
        if (following or (following == "" and long)) and not switch and not _LOOKS_LIKE_OPTION.match(following):
            self._put(name, following, at + 1, 0)
            return 1
        if following in ("true", "false"):
            self._put(name, following == "true", at, 0)
            return 1
        self._put(name, "" if _is_text(name) else True, at, 0)
        return 0

    def _put(self, name: str, text: str | bool, at: int, offset: int) -> None:
        """Set an option, under its full name."""
        self.values.setdefault(_ALIASES.get(name, name), []).append(_Value(text, at, offset))


def _is_word(letter: str) -> bool:
    """Whether JavaScript's regular expressions take a letter for part of a word."""
    return letter.isascii() and (letter.isalnum() or letter == "_")


def _is_text(name: str) -> bool:
    """Whether an option's value is text, so that without any it is empty and not true."""
    return _ALIASES.get(name, name) in _TEXTS
