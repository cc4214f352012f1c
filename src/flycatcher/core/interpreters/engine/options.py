"""Tables of options, and the walk by which getopt(3) and getopt_long(3) read a command line.

A table says what each option takes, what its value means, and which parser reads it; :func:`parse` walks the words once as
the getopt family does, and :mod:`flycatcher.core.interpreters.engine.parsers` chooses the walk by the table. What is odd
about one interpreter's parser stays in that interpreter's file. The vocabulary follows getopt(3) and getopt_long(3).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Takes = Literal["nothing", "value", "attached", "optional", "long"]
"""``value``: attached (``-cX``, ``--eval=X``) or the next word. ``attached``: only what is glued to it, and that is optional.
``optional``: as ``value``, but the last word of a line may do without.
``long``: for a dash inside a cluster, the rest of the word is a long option's name (``-b-name value``); without a rest it
ends the options (CPython's getopt.c)."""

Role = Literal[
    "", "code", "file", "load", "module", "define", "exit", "check", "stdin", "interactive", "noenv", "command", "operand",
    "arguments", "quits",
]  # fmt: skip
"""What an option is for: ``code`` program text; ``file`` the program's file; ``load`` a file that runs first; ``exit`` prints
and exits; ``check`` compiles only; ``stdin`` program text from stdin; ``noenv`` ignores the environment; ``command`` text in the
host's own command language; ``operand`` makes the first operand program text; ``arguments`` ends the words of the interpreter:
those behind it are the program's; ``quits`` ends it behind the program, so that no session follows; the rest as their names
say."""

Parser = Literal[
    "own", "own_names", "getopt", "getopt_long", "getopt_long_only", "popt", "goption", "parse-options", "my_getopt",
    "optparse", "jopt-simple", "commons-cli", "argparse", "argparse_exact", "optionparser", "clap", "click", "commander",
    "flag", "pflag", "jcommander", "picocli", "getopt::long", "getopt::long bundling", "minimist", "yargs",
]  # fmt: skip
"""Who reads a command line. ``own``: the program's own loop, like no library's; what the table says of it is all that is known;
``own_names``: the same for whole names behind one dash or two. ``getopt``: letters only. ``getopt_long``: long names, too, and a
unique beginning of one is that name (fish's, argp's and that of Python's getopt are the same); ``getopt_long_only``: the same
behind one dash. ``popt`` and ``goption`` (GLib): long names that are spelled out. ``parse-options`` is git's, ``my_getopt``
MySQL's, ``optparse`` Python's older one, ``jopt-simple`` and ``commons-cli`` are Java's: unique beginnings. ``argparse``:
Python's, which takes unique beginnings too; ``argparse_exact``: the same with ``allow_abbrev=False``. ``optionparser``: Ruby's.
``minimist`` and ``yargs`` stand in :mod:`flycatcher.core.interpreters.engine.minimist`, the others in
:mod:`flycatcher.core.interpreters.engine.libraries`."""


class Option(Struct, frozen=True, gc=False):
    """One option: what it takes, what it is for, and whether it ends the options (``last``)."""

    takes: Takes = "nothing"
    role: Role = ""
    last: bool = False
    pattern: str = ""
    """For ``attached``: a regular expression of what is consumed; the cluster goes on behind it. Empty: all the rest.
    For ``optional``: one that the next word must fit to be the value. For ``value``: one that the whole value must fit, or else
    the line is refused."""
    detail: str = ""
    """A word for the interpreter's own code, where several options share a role."""


UNKNOWN = "unknown option"
"""How the refusal of an option that the table does not hold begins."""
FLAG = Option()
VALUE = Option("value")
CODE = Option("value", "code")
EXIT = Option(role="exit")


def each(names: Iterable[str], option: Option) -> dict[str, Option]:
    """Give every letter (or name) the same option."""
    return dict.fromkeys(names, option)


class Given(Struct, frozen=True, gc=False):
    """An option as it stands on a command line."""

    option: Option
    name: str
    """With its dashes, as the table spells it: ``-c``, ``--eval``."""
    value: str | None
    index: int
    """Of the word in which the option stands."""
    at: int
    """Of the word in which its value begins (the same word where it is attached)."""
    offset: int
    """Characters into that word at which the value begins."""
    variable: str | None = None
    """The environment variable in which it stands in place of a word; ``index`` and ``at`` are -1 then."""


class CommandLine(Struct, gc=False):
    """What the walk found. ``error`` is the parser's refusal: the interpreter would run nothing."""

    given: list[Given]
    operands: list[int]
    """Indexes of the words that are no options (all words from the first one on, unless the parser permutes)."""
    error: str = ""

    def first(self, *roles: str) -> Given | None:
        """Return the first option with one of these roles."""
        for given in self.given:  # each line asks several times, and a generator takes three times as long
            if given.option.role in roles:
                return given
        return None

    def every(self, role: Role) -> list[Given]:
        """Return all options with this role, in their order."""
        return [given for given in self.given if given.option.role == role]

    def last(self, *names: str) -> Given | None:
        """Return the last option of these names; None for none."""
        return next((given for given in reversed(self.given) if given.name in names), None)

    def has(self, *names: str) -> bool:
        """Whether one of these options (spelt with dashes) was given."""
        for given in self.given:  # noqa: SIM110 - as in first
            if given.name in names:
                return True
        return False

    def free(self) -> list[int]:
        """Return the operands that may name the program: those in front of an option behind which all words are arguments."""
        for given in self.given:
            if given.option.last and given.option.role in _LEAVES_ARGUMENTS:
                return [index for index in self.operands if index < given.index]
        return self.operands

    def shifted(self, by: int) -> CommandLine:
        """Return the same line with every index moved ``by`` words further on."""
        given = [Given(one.option, one.name, one.value, one.index + by, one.at + by, one.offset) for one in self.given]
        return CommandLine(given, [index + by for index in self.operands], self.error)


ABBREVIATES = frozenset(
    (
        "getopt_long",
        "getopt_long_only",
        "parse-options",
        "my_getopt",
        "optparse",
        "jopt-simple",
        "commons-cli",
        "argparse",
    )
)
_LEAVES_ARGUMENTS = frozenset(("arguments", "code", "file", "module"))


class Options(Struct, frozen=True, kw_only=True):
    """A table of options and the habits of the parser that reads it."""

    short: Mapping[str, Option] = {}
    long: Mapping[str, Option] = {}
    """Keyed with dashes: ``--eval``, or ``-eval`` where one dash is enough."""
    plus: bool = False
    """``+x`` is a cluster too (shells)."""
    double_dash: bool = True
    """``--`` ends the options and is not an operand itself."""
    permute: bool = False
    """Options are found behind operands too (GNU getopt)."""
    posixly: bool = True
    """POSIXLY_CORRECT in the environment switches that off (getopt(3), popt(3)); other parsers ignore the variable."""
    parser: Parser
    """Whose rules of abbreviation, negation and clusters hold: every table says so."""
    cased: bool = False
    """Long names are read as they are spelt by a parser that ignores case otherwise."""
    equals: bool = True
    """``--name=value`` is read; without it only ``--name value``."""
    separate: bool = True
    """``--name value`` is read; without it only ``--name=value``."""
    idle_values: bool = False
    """``--flag=value`` is the flag, whatever the value (PHP); without it the line is refused. An empty value always is."""
    underscores: bool = False
    """``_`` in long names reads as ``-`` (Node.js)."""
    glued: bool = True
    """A short option's value may be glued to it; without it only the last letter of a cluster may take one, the next word."""
    dashed_values: bool = True
    """The next word is a value even where it looks like an option; without it the value is missing."""
    dash: Literal["operand", "end", "error"] = "operand"
    """What a lone ``-`` is: an operand, the end of the options, or an option that is not known."""
    unknown: Literal["error", "skip", "operand"] = "error"
    """What the parser does with an option that it does not know: it refuses the line, goes on, or takes it for the first
    operand."""

    @property
    def abbreviations(self) -> bool:
        """Whether a unique beginning of a long name is that name."""
        return self.parser in ABBREVIATES


def permutes(table: Options, env: Mapping[str, str] | None) -> bool:
    """Whether options are found behind operands, too."""
    return table.permute and not (table.posixly and env and "POSIXLY_CORRECT" in env)


def parse(table: Options, words: Sequence[str], start: int = 1, *, env: Mapping[str, str] | None = None) -> CommandLine:
    """Read ``words[start:]`` by ``table``. Never raises; what the parser would refuse stands in ``error``."""
    permute = permutes(table, env)
    line = CommandLine([], [])
    lead = "-+" if table.plus else "-"
    count = len(words)
    index = start
    while index < count and not line.error:
        word = words[index]
        if len(word) > 1 and word[0] in lead and not (word == "--" and table.double_dash):
            index = _option(table, words, index, line)
            if line.error and table.unknown == "operand" and line.error.startswith(UNKNOWN):
                line.error = ""
                break
            if line.given and _ends(line):
                break
            continue
        if permute and word != "--":
            line.operands.append(index)
            index += 1
            continue
        if word == "-" and table.dash == "error":
            line.error = f"{UNKNOWN} -"
        if word == "--" or (word == "-" and table.dash == "end"):
            index += 1
        break
    line.operands.extend(range(index, count))
    return line


def _ends(line: CommandLine) -> bool:
    """Whether the option that was read last ends the options; a value that does not fit refuses the line."""
    last = line.given[-1]
    if (
        last.option.pattern
        and last.option.takes == "value"
        and re.fullmatch(last.option.pattern, last.value or "") is None
    ):
        line.error = line.error or f"invalid value of {last.name}"
    return last.option.last


def _option(table: Options, words: Sequence[str], index: int, line: CommandLine) -> int:
    """Read the option, or the cluster, in one word; return the index of the next word to read."""
    found = _long(table, words, index) if table.long or words[index].startswith("--") else None
    if found is None:
        return _cluster(table, words, index, line)
    if isinstance(found, str):
        line.error = found
        return index
    line.given.append(found)
    return max(found.index, found.at) + 1


def lookup(table: Options, name: str) -> str | None:
    """Return the table's spelling of a long option, None where it has none."""
    if name in table.long:
        return name
    if table.underscores and name.startswith("--"):
        name = "--" + name[2:].replace("_", "-")
        if name in table.long:
            return name
    if table.abbreviations and name.startswith("--") and len(name) > 2:
        fits = [known for known in table.long if known.startswith(name)]
        if len(fits) == 1:
            return fits[0]
    return None


def _long(table: Options, words: Sequence[str], index: int) -> Given | str | None:  # noqa: PLR0911 - one answer a case
    """Read one long option: what was given, a refusal, or None where the word is a cluster of short options."""
    word = words[index]
    name, sign, value = word.partition("=") if table.equals else (word, "", "")
    spelling = lookup(table, name)
    if spelling is None:
        if not word.startswith("--") or ("-" in table.short and table.short["-"].takes != "long"):
            return None
        return Given(FLAG, name, None, index, index, 0) if table.unknown == "skip" else f"{UNKNOWN} {name}"
    option = table.long[spelling]
    if sign:
        if option.takes == "nothing" and value and table.idle_values:
            return Given(option, spelling, None, index, index, 0)
        if option.takes == "nothing" and table.unknown != "skip":
            return f"option {spelling} takes no value"
        return Given(option, spelling, value, index, index, len(name) + 1)
    if option.takes not in ("value", "optional"):
        return Given(option, spelling, None, index, index, 0)
    if not table.separate or not _is_value(table, option, words, index + 1):
        if option.takes == "optional":
            return Given(option, spelling, None, index, index, 0)
        return f"option {spelling} needs a value"
    return Given(option, spelling, words[index + 1], index, index + 1, 0)


def _cluster(table: Options, words: Sequence[str], index: int, line: CommandLine) -> int:
    """Read one cluster of short options into ``line``; return the index of the next word to read."""
    word = words[index]
    position = 1
    while position < len(word):
        letter = word[position]
        position += 1
        name = word[0] + letter
        option = table.short.get(letter)
        if option is None:
            if table.unknown != "skip":
                line.error = f"{UNKNOWN} {name}"
                return index
            option = FLAG
        if option.takes == "long":
            return _inner_long(table, words, index, position, line)
        if option.takes in ("value", "optional"):
            if position < len(word) and not table.glued:
                line.error = f"option {name} needs a value"
                return index
            return _value(table, option, name, words, index, position, line)
        end = _extent(option, word, position) if option.takes == "attached" else position
        value = word[position:end] if end > position else None
        line.given.append(Given(option, name, value, index, index, position))
        position = end
        if option.last:
            break
    return index + 1


def _is_value(table: Options, option: Option, words: Sequence[str], index: int) -> bool:
    """Whether there is a word that an option may take as its value."""
    if index >= len(words):
        return False
    if option.takes == "optional" and option.pattern and re.match(option.pattern, words[index]) is None:
        return False
    return table.dashed_values or words[index][:1] != "-" or words[index] == "-"


def _inner_long(table: Options, words: Sequence[str], index: int, position: int, line: CommandLine) -> int:
    """Read what follows a dash inside a cluster; return the index of the next word to read."""
    name = "--" + words[index][position:]
    if name == "--":
        line.given.append(Given(Option(last=True), name, None, index, index, 0))
        return index + 1
    option = table.long.get(name)
    if option is None:
        line.error = f"{UNKNOWN} {name}"
        return index
    if option.takes == "value":
        return _value(table, option, name, words, index, len(words[index]), line)
    line.given.append(Given(option, name, None, index, index, 0))
    return index + 1


def _value(  # noqa: PLR0913, PLR0917 - one walk's state
    table: Options, option: Option, name: str, words: Sequence[str], index: int, position: int, line: CommandLine
) -> int:
    """Read a short option's value, attached or in the next word."""
    word = words[index]
    if position < len(word):
        line.given.append(Given(option, name, word[position:], index, index, position))
        return index + 1
    if not _is_value(table, option, words, index + 1):
        if option.takes == "optional":
            line.given.append(Given(option, name, None, index, index, position))
            return index + 1
        line.error = f"option {name} needs a value"
        return index
    line.given.append(Given(option, name, words[index + 1], index, index + 1, 0))
    return index + 2


def _extent(option: Option, word: str, position: int) -> int:
    """Return where an attached value ends."""
    if not option.pattern:
        return len(word)
    match = re.compile(option.pattern).match(word, position)
    return match.end() if match else position
