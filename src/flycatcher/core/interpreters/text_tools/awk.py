"""awk: gawk, mawk, the one true awk and BusyBox's.

An awk program counts where it starts a command, or uses a file or a socket of its own.

Source: main.c of gawk, init.c of mawk, main.c of the one true awk; checked
with marker code against gawk 5.2, mawk 1.3.4 and original-awk 20220912.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from msgspec import structs

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import (
    CODE,
    EXIT,
    FLAG,
    UNKNOWN,
    VALUE,
    CommandLine,
    Given,
    Option,
    Options,
    each,
    parse,
)
from flycatcher.core.interpreters.engine.paths import planted_path
from flycatcher.core.interpreters.engine.reading import NOTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading
    from flycatcher.core.snippet import Snippet

_FILE = Option("value", "file")
_MANY = 100
"""Words of a line in which empty ones are looked for: the search starts anew behind each."""
_LAST_FILE = Option("value", "file", last=True)
_CHECK = Option("attached", "check")
_PRETTY = Option("attached", "check", detail="pretty-print")
_PROFILE = Option("attached", detail="profile")

GAWK = Options(
    short={
        **each("FvlW", VALUE),
        "f": _FILE,
        "e": CODE,
        "E": _LAST_FILE,
        "i": Option("value", "load"),
        **each("bcIkMNnOPrst", FLAG),
        "S": Option(detail="sandbox"),
        **each("ChV", EXIT),
        "g": Option(role="check"),
        "D": _CHECK,
        "o": _PRETTY,
        "p": _PROFILE,
        **each("dL", Option("attached")),
    },
    long={
        **each(("--field-separator", "--assign", "--load"), VALUE),
        "--file": _FILE,
        "--source": CODE,
        "--exec": _LAST_FILE,
        "--include": Option("value", "load"),
        **each(("--characters-as-bytes", "--traditional", "--trace", "--bignum", "--use-lc-numeric", "--non-decimal-data"), FLAG),
        **each(("--optimize", "--posix", "--re-interval", "--no-optimize", "--lint-old", "--csv"), FLAG),
        "--sandbox": Option(detail="sandbox"),
        **each(("--copyright", "--help", "--version"), EXIT),
        "--gen-pot": Option(role="check"),
        "--debug": _CHECK,
        "--pretty-print": _PRETTY,
        "--profile": _PROFILE,
        **each(("--dump-variables", "--lint"), Option("attached")),
    },
    parser="getopt_long",
)  # fmt: skip
MAWK = Options(
    parser="own",
    short={**each("Fv", VALUE), "f": _FILE, "W": Option("value", detail="word")},
    long=each(("--version", "--help", "--usage", "--dump"), EXIT),
)
LENIENT = Options(parser="own", short=MAWK.short, unknown="skip")
"""mawk's, where MAWK_LONG_OPTIONS has it pass over long options."""
BUSYBOX = Options(parser="own", short={**each("FvW", VALUE), "f": _FILE, "e": CODE})
"""Source: editors/awk.c (awk_main), a getopt32 whose -W is ignored."""
BWK = Options(
    parser="own",
    short={
        **each(map(chr, range(33, 127)), Option("attached")),  # an unknown word is left aside as a whole
        **each("Fv", VALUE),
        "f": _FILE,
    },
    long={"-safe": Option(detail="sandbox"), "-version": EXIT, "--version": EXIT, "--csv": FLAG},
    unknown="skip",
    equals=False,
)
_RAW = re.compile(r"\bsystem\s*\(|\|&?\s*getline\b|@(?!include|load|namespace)\w+\s*\(")
_TOKEN = re.compile(r'"(?:\\.|[^"\\\n]++)*"?|#[^\n]*+|\w++|/(?:\\.|[^/\\\n]++)*|\|\|?|[^\s]|\n', re.DOTALL)
_BEFORE_PATTERN = frozenset("(,~!{};&|\n") | {"print", "printf", "return", "in", "case", "else", "do", "exit", "delete"}


def starts_command(text: str) -> bool:
    """Whether an awk program may start a command: ``system(``, a pipe to or from one, or an indirect call."""
    if _RAW.search(text):
        return True
    before, at = "\n", 0
    while match := _TOKEN.search(text, at):
        found, at = match[0], match.end()
        if found == "|":
            return True
        if found[0] == "/":
            if before in _BEFORE_PATTERN and text[at : at + 1] == "/":
                at += 1  # a regular expression, in which | is an alternative
            else:
                at = match.start() + 1
            before = ")"
        elif found[0] != "#":
            before = ")" if found[0] == '"' else found
    return False


_STREAMS = re.compile(r'\s*>?\s*"(?:/dev/(?:std(?:out|err)|null|tty)|-)"')
_READS = re.compile(r"\bgetline\b[ \t]*[\w$]*(?:\[[^\]\n]*\])?[ \t]*<|\"/inet[46]?/")


def uses_files(text: str) -> bool:
    """Whether an awk program writes or reads a file, or a socket, other than its operands."""
    if _READS.search(text):
        return True
    printing, depth, at = False, 0, 0
    while match := _TOKEN.search(text, at):
        found, at = match[0], match.end()
        if found in ("print", "printf"):
            printing, depth = True, 0
        elif found in (";", "}", "\n", "{"):
            printing = False
        elif found in "([":
            depth += 1
        elif found in ")]":
            depth -= 1
        elif found == ">" and printing and depth <= 0:
            if not _STREAMS.match(text, at):
                return True
            printing = False
    return False


class Awk(Interpreter):
    """The one true awk (nawk), and what is only called ``awk``: an option that it does not know is left aside."""

    id = "awk"
    language = "awk"
    kind = "embedded"
    names = (r"awk|nawk|bwk|original-awk|goawk",)
    variables: ClassVar[tuple[str, ...]] = ("AWKPATH",)
    options = BWK
    verified = ("20220912",)
    install = "apt: original-awk"

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; what is only called awk may be any of them, and gawk's table misses nothing."""
        name = (execution.exe or execution.argv[0]).rpartition("/")[2]
        return _gawk(execution) if name == "awk" else parse(self.options, execution.argv)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read an execution: the texts of -e, the files of -f, else the first operand; only what acts counts."""
        execution = reading.execution
        if command.first("check"):
            return reading.finish("checks")
        if any(given.option.detail == "sandbox" for given in command.given):
            return reading.finish("script")
        sources = self._sources(reading, command)
        if not any(given.option.role != "load" for given in sources) and command.operands:
            index = command.operands[0]
            reading.add("argument", execution.argv[index], index=index)
        found = [snippet for snippet in reading.snippets if _acts(snippet)]
        if len(found) < len(reading.snippets):
            reading.snippets[:] = found
            reading.outcome = "inline" if found else "script"
        first = 0 if sources else 1
        if execution.stdin == "null" and not command.operands[first:] and not _without_input(sources, reading):
            reading.nothing_to_read()
        return reading

    def _sources(self, reading: Reading, command: CommandLine) -> list[Given]:
        """Record the texts and files that options give, and return them. gawk ignores an empty text."""
        sources = [given for given in command.given if given.option.role in ("code", "file", "load")]
        if self.options is GAWK:
            sources = [given for given in sources if given.option.role != "code" or given.value]
        for given in sources:
            if given.option.role == "code":
                reading.code(given)
            elif not _found(reading, given):
                reading.program(given.at, option=given.name, offset=given.offset)
        return sources


def _acts(snippet: Snippet) -> bool:
    """Whether a text does more than to work on its input; what lies in procfs is cut in pieces that no reader here follows."""
    text = snippet.text
    return text is None or snippet.note == NOTES["procfs"] or starts_command(text) or uses_files(text)


def _without_input(sources: list[Given], reading: Reading) -> bool:
    """Whether some rule may run although there is no input: in front of it or behind it, or in a file."""
    return any(given.option.role != "code" for given in sources) or any(
        "BEGIN" in (text or "BEGIN") or "END" in (text or "END")
        for text in (*(given.value for given in sources), *(snippet.text for snippet in reading.snippets))
    )


def _found(reading: Reading, given: Given) -> bool:
    """Record a file that AWKPATH leads to a descriptor, or to where anyone may write; return whether it does."""
    execution, name = reading.execution, given.value or ""
    if "/" in name or name == "-":
        return False
    found = planted_path(execution.env.get("AWKPATH", "").split(":"), (name, f"{name}.awk"), execution)
    if found:
        reading.load(found, index=given.at, option=given.name, variable="AWKPATH")
    return bool(found)


def _next_word(line: CommandLine, words: Sequence[str]) -> CommandLine:
    """Take the next word for the file of a -f or -E whose own is empty (main.c: blanks at the end of a ``#!`` line)."""
    empty = (given for given in line.given if given.option.role == "file")
    blank = next(
        (given for given in empty if not ((given.value or "").strip() if given.at == given.index else given.value)),
        None,
    )
    if blank is None or len(words) > _MANY:
        return line
    removed = blank.at != blank.index  # a word of its own; else what is left of the option takes the next word
    option = words[blank.at][: blank.offset].removesuffix("=")  # ``--file=`` is ``--file``
    kept = (*words[: blank.at], *((option,) if not removed else ()), *words[blank.at + 1 :])
    found = _next_word(parse(GAWK, kept), kept)
    if removed:
        moved = [
            Given(
                one.option,
                one.name,
                one.value,
                one.index + (one.index >= blank.at),
                one.at + (one.at >= blank.at),
                one.offset,
            )
            for one in found.given
        ]
        found = CommandLine(moved, [index + (index >= blank.at) for index in found.operands], found.error)
    return found


def _is_posix(line: CommandLine) -> bool:
    """Whether ``--posix`` is among the options, as ``-W posix`` too."""
    long = (parse(GAWK, ("", f"--{given.value}")) for given in line.given if given.name == "-W")
    return line.has("-P", "--posix") or any(one.has("--posix") for one in long)


def _gawk(execution: Execution) -> CommandLine:
    """Read the words by gawk's table; ``-W NAME`` is ``--NAME``."""
    line = _next_word(parse(GAWK, execution.argv), execution.argv)
    if line.error.startswith(f"{UNKNOWN} --") and _is_posix(line):  # it passes over names that it does not know
        line = _next_word(parse(structs.replace(GAWK, unknown="skip"), execution.argv), execution.argv)
        strange = [given.name for given in line.given if len(given.name) == 2 and given.name[1] not in GAWK.short]
        line.error = line.error or (f"{UNKNOWN} {strange[0]}" if strange else "")
    for position, given in enumerate(line.given):
        if given.name == "-W":
            long = parse(GAWK, ("", f"--{given.value}")).given
            if long:
                found = long[0]
                shift = given.offset - 2
                line.given[position] = Given(
                    found.option, found.name, found.value, given.index, given.at, found.offset + shift
                )
    csv = next((at for at, given in enumerate(line.given) if given.name in ("-k", "--csv")), len(line.given))
    if any(given.option.role in ("code", "file") for given in line.given[:csv]):
        # gawk leaves off at an option that it does not know (before 5.3: -k, and --csv even with a value), and runs what it has
        left_off = csv < len(line.given) or line.error.startswith((UNKNOWN, "option --csv"))
        line.error = "" if left_off else line.error
        later = (given for given in line.given[csv:] if given.option.role in ("code", "file"))
        line.given = [*line.given[:csv], *later]
    if any(given.option.detail == "profile" for given in line.given):
        line.given = [given for given in line.given if given.option.detail != "pretty-print"]  # --profile overrides it
    return line


class Gawk(Awk):
    """GNU awk: program text also by -e, and -E ends the options."""

    id = "gawk"
    names = (r"[ip]?gawk(?:-[\d.]+)?",)
    variables = ("AWKPATH",)
    options = GAWK
    verified = ("5.2.1",)
    install = "apt: gawk"

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words by gawk's table."""
        return _gawk(execution)


class BusyboxAwk(Awk):
    """BusyBox's applet; busybox.py reads through it, so it has no id."""

    id = ""

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words by the applet's own table."""
        return parse(BUSYBOX, execution.argv)


class Mawk(Awk):
    """mawk: ``-W exec FILE`` is -f and the last option."""

    id = "mawk"
    names = (r"mawk(?:-[\d.]+)?",)
    variables = ("AWKPATH", "MAWK_LONG_OPTIONS")
    options = MAWK
    verified = ("1.3.4",)
    install = "apt: mawk"

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; -W takes a word that may be abbreviated."""
        words = execution.argv
        passes = execution.env.get("MAWK_LONG_OPTIONS", "").startswith(("i", "w"))
        line = parse(LENIENT if passes else self.options, words)
        strange = next(
            (one.name for one in line.given if not one.name.startswith("--") and one.name[1:] not in MAWK.short), ""
        )
        if strange and not line.error:
            line.error = f"unknown option {strange}"
        for position, given in enumerate(line.given):
            word = (given.value or "").lower()
            if given.option.detail != "word" or not word:
                continue
            if any(name.startswith(word) for name in ("version", "help", "usage", "dump")):
                line.given[position] = Given(EXIT, given.name, given.value, given.index, given.at, given.offset)
            name, sign, _ = word.partition("=")
            if name and "exec".startswith(name) and given.at + 1 < len(words):
                at, offset = (given.at, given.offset + len(name) + 1) if sign else (given.at + 1, 0)
                file = Given(_LAST_FILE, "-W exec", words[at][offset:], given.index, at, offset)
                if any(earlier.option.role == "file" for earlier in line.given[:position]):
                    line.error = "-W exec does not go with -f"
                    break
                line.given[position:] = [file]
                line.operands = list(range(at + 1, len(words)))
                line.error = ""
                break
        return line
