"""A grammar made from an interpreter's own option table, with wrong words, soup and every kind of stdin around it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters import registry
from tests.oracle.harness import Case, Grammar, Marks

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.options import Option, Options

ABBREVIATING = ("getopt_long", "argparse", "optionparser")
"""Parsers that take the beginning of a long name behind two dashes."""
STDIN_PATHS = ("/dev/stdin", "/dev/fd/0", "//dev//fd/0", "/proc/self/fd/0", "../../../../../../../../dev/stdin")


class TableGrammar(Grammar):
    """Lines of the table's options; a subclass says what the language's text is and what else a line may hold."""

    script = "script.x"
    more: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Words to be strewn in; ``{code}`` in them is program text, ``{n}`` a marker's number."""
    variables: ClassVar[dict[str, tuple[str, ...]]] = {}
    """Environment variables and their values, ``{code}`` in them as above."""
    values: ClassVar[tuple[str, ...]] = ("x", "1", "", "-", "script.x")
    never: ClassVar[frozenset[str]] = frozenset()
    """Options that are left out: they wait for a terminal, or take long."""
    soup = 0.2
    options: ClassVar[Options | None] = None
    """The table; None: that of the interpreter with this id."""
    stdins: ClassVar[tuple[str, ...]] = ("pipe", "pipe", "file", "null")
    """No terminal: consoles with line editing drop the end of file that waits there, and hang."""

    def text(self, rng: random.Random, marks: Marks) -> str:
        """Make program text."""
        del rng
        return marks()

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line."""
        del program
        case = Case([self.id], files={self.script: marks() + "\n"})
        case.stdin = rng.choice(self.stdins)
        case.stdin_text = "" if case.stdin == "null" else marks() + "\n"
        for name, values in self.variables.items():
            if rng.random() < 0.15:
                case.env[name] = self._filled(rng.choice(values), rng, marks)
        if rng.random() < self.soup:
            case.argv += self._soup(rng, marks)
        else:
            for _ in range(rng.randrange(4)):
                case.argv += self._words(rng, marks)
        case.argv += self._tail(rng, marks)
        return case

    def _filled(self, word: str, rng: random.Random, marks: Marks) -> str:
        while "{code}" in word:
            word = word.replace("{code}", self.text(rng, marks), 1)
        return marks(word) if "{n}" in word else word

    def _words(self, rng: random.Random, marks: Marks) -> list[str]:
        if self.more and rng.random() < 0.35:
            return [self._filled(word, rng, marks) for word in rng.choice(self.more)]
        table = self.table()
        names = [n for n in (*("-" + s for s in table.short if s != "-"), *table.long) if n not in self.never]
        codes = [n for n in names if self._option(n).role == "code"]
        name = rng.choice(codes if codes and rng.random() < 0.5 else names) if names else "-"
        option = self._option(name) if names else None
        name = _abbreviated(name, table, rng)
        if option is None or option.takes == "nothing":
            return [name]
        value = self.text(rng, marks) if option.role == "code" else rng.choice((*self.values, self.script))
        if option.takes == "attached":
            return [name + rng.choice(("", "", value))]
        if len(name) == 2 and name[1] != "-":
            lead = "".join(
                s for s in rng.sample(sorted(table.short), min(2, len(table.short))) if "-" + s not in self.never
            )
            return rng.choice(([name, value], [name + value], ["-" + lead + name[1], value]))
        return rng.choice(([name, value], [f"{name}={value}"], [name]))

    def table(self) -> Options:
        """Return the options that lines are made of."""
        return self.options or registry()[self.id].options

    def _option(self, name: str) -> Option:
        table = self.table()
        return table.long[name] if name in table.long else table.short[name[1:]]

    def _soup(self, rng: random.Random, marks: Marks) -> list[str]:
        table = self.table()
        letters = [s for s in table.short if "-" + s not in self.never] + list("-x.=")
        words = []
        for _ in range(rng.randrange(1, 4)):
            word = rng.choice(("-", "-", "-", "--", ""))
            for _ in range(rng.randrange(4)):
                word += rng.choice(letters) if rng.random() < 0.85 else self.text(rng, marks)
            words.append(word)
        return words

    def _tail(self, rng: random.Random, marks: Marks) -> list[str]:
        return rng.choice(
            (
                [], [], [], [self.script], [self.script, "-e", marks()], ["--", self.script], ["--"], ["--", "-"], ["-"],
                ["-", marks()],
                [rng.choice(STDIN_PATHS)], [rng.choice(STDIN_PATHS)], ["."], ["none.x"], [""], [self.script, marks()],
            )
        )  # fmt: skip


def _abbreviated(name: str, table: Options, rng: random.Random) -> str:
    """Return a long name, or a beginning of it as the table's parser may take it."""
    if not name.startswith("--") or len(name) < 4 or table.parser not in ABBREVIATING or rng.random() < 0.7:
        return name
    if table.parser != "optionparser":
        return name[: rng.randrange(3, len(name) + 1)]
    pieces = [piece[: rng.randrange(1, len(piece) + 1)] for piece in name[2:].split("-") if piece]
    short = "--" + rng.choice("-_").join(pieces[: rng.randrange(1, len(pieces) + 1)])
    return short.upper() if rng.random() < 0.2 else short
