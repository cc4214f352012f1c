"""The same line in other spellings: what parsers of options differ about, whether or not the program at hand takes it.

Beginnings of names, ``=``, values glued on or apart, clusters, options given twice, negated, with one dash for two or a plus,
in capitals, with ``_`` for ``-``, behind the operands; and ``--`` anywhere. The real program says which of them it takes.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from tests.oracle.harness import Case

    Words = list[str]
    Change = Callable[[Words, int, random.Random], None]

SHARE = 0.3
"""How many cases of a grammar are spelt in another way."""
_LONG = re.compile(r"--[A-Za-z][\w-]*")
_SHORT = re.compile(r"-[A-Za-z0-9?]")


def respelt(case: Case, rng: random.Random) -> Case:
    """Return the case, now and then with one word or two spelt differently."""
    if rng.random() >= SHARE:
        return case
    words = list(case.argv)
    for _ in range(rng.choice((1, 1, 2))):
        options = [at for at, word in enumerate(words) if at and word[:1] in "-+" and len(word) > 1]
        if not options:
            break
        rng.choice(_CHANGES)(words, rng.choice(options), rng)
    return replace(case, argv=words)


def _shorten(words: Words, at: int, rng: random.Random) -> None:
    """Cut a long name short."""
    match = _LONG.match(words[at])
    if match is not None and len(match[0]) > 3:
        words[at] = words[at][: rng.randrange(3, len(match[0]))] + words[at][match.end() :]


def _sign(words: Words, at: int, rng: random.Random) -> None:
    """Put a value behind ``=``."""
    if at + 1 < len(words) and "=" not in words[at]:
        words[at : at + 2] = [f"{words[at]}={words[at + 1]}"]
    elif rng.random() < 0.5:
        words[at] += "="


def _apart(words: Words, at: int, rng: random.Random) -> None:
    """Make a value that is glued on, or behind ``=``, a word of its own."""
    name, sign, value = words[at].partition("=")
    if not sign and _SHORT.match(words[at]):
        name, value = words[at][:2], words[at][2:]
    if value:
        words[at : at + 1] = [name, value]


def _glue(words: Words, at: int, rng: random.Random) -> None:
    """Glue the next word to an option."""
    if at + 1 < len(words):
        words[at : at + 2] = [words[at] + words[at + 1]]


def _cluster(words: Words, at: int, rng: random.Random) -> None:
    """Make two options one cluster, or take a cluster's first letter out of it."""
    if at + 1 < len(words) and _SHORT.match(words[at]) and _SHORT.match(words[at + 1]):
        words[at : at + 2] = [words[at] + words[at + 1][1:]]
    elif len(words[at]) > 2 and _SHORT.match(words[at]):
        words[at : at + 1] = [words[at][:2], "-" + words[at][2:]]


def _repeat(words: Words, at: int, rng: random.Random) -> None:
    """Give an option twice, with its value or without."""
    again = words[at : at + rng.choice((1, 2))]
    where = rng.choice((at, at, 1))
    words[where:where] = again


def _negate(words: Words, at: int, rng: random.Random) -> None:
    """Turn an option round."""
    name = words[at].lstrip("-+")
    words[at] = rng.choice(
        (f"--no-{name}", f"--no{name}", f"--{name.removeprefix('no-')}", f"--{name}=false", f"--skip-{name}")
    )


def _dashes(words: Words, at: int, rng: random.Random) -> None:
    """Write an option with other dashes, or a plus."""
    words[at] = rng.choice(("-", "--", "+", "---", "-")) + words[at].lstrip("-+")


def _capitals(words: Words, at: int, rng: random.Random) -> None:
    """Write a long name in capitals."""
    match = _LONG.match(words[at])
    if match is not None:
        words[at] = match[0].upper() + words[at][match.end() :]


def _underscores(words: Words, at: int, rng: random.Random) -> None:
    """Write a long name with other signs between its words."""
    match = _LONG.match(words[at])
    if match is not None:
        words[at] = "--" + match[0][2:].translate(str.maketrans("-_", "_-")) + words[at][match.end() :]


def _behind(words: Words, at: int, rng: random.Random) -> None:
    """Put an option, with its value or without, behind all other words."""
    taken = words[at : at + rng.choice((1, 2))]
    del words[at : at + len(taken)]
    words += taken


def _end(words: Words, at: int, rng: random.Random) -> None:
    """Let the options end at some place."""
    words.insert(rng.randrange(1, len(words) + 1), "--")


_CHANGES: tuple[Change, ...] = (
    _shorten, _shorten, _sign, _apart, _glue, _cluster, _cluster, _repeat, _negate, _dashes, _capitals, _underscores, _behind, _end,
)  # fmt: skip
