"""Generated lines, the table that they are read by, and what a reading of one looks like."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.libraries import HYPHENS, ONCE, RESPONSE
from flycatcher.core.interpreters.engine.minimist import ARRAY
from flycatcher.core.interpreters.engine.options import FLAG, VALUE, Option, Options
from flycatcher.core.interpreters.engine.parsers import parse_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    Found = tuple[dict[str, list[str]], list[str]] | None
    """The values of each option (an empty text for one without), and the operands; None: the line is refused."""

VALUED = ("execute", "execute-print", "libdir")
FLAGS = ("dry-run", "quiet", "color", "no-color")
LETTERS = {"e": "execute", "p": "execute-print", "I": "libdir", "T": "tasks", "n": "dry-run", "q": "quiet"}
WITHOUT = {
    "clap": ("color", "no-color"), "flag": ("tasks",), "pflag": ("tasks",), "jcommander": ("tasks", "color", "no-color"),
    "picocli": ("tasks", "color", "no-color"), "minimist": ("no-color",), "yargs": ("no-color",),
}  # fmt: skip
"""Options that a library has no like of, or that its recorder leaves out."""
MINIMISTS = ("minimist", "yargs")
"""Those that tell flags on and off, and take undeclared options (``loose``)."""
ONLY_WHETHER = {"clap": ("dry-run",), "jcommander": ("dry-run", "quiet"), "picocli": ("dry-run", "quiet")}
"""Flags of which the library does not say how often they stand on the line."""


def table(library: str, *, first: bool, loose: bool = False) -> Options:
    """Return the table of a library's recorder; ``first``: its options end at the first operand; ``loose``: any option is taken."""
    options: dict[str, Option] = {
        **dict.fromkeys(VALUED, VALUE),
        **dict.fromkeys(FLAGS, FLAG),
        "tasks": Option("optional"),
    }
    if library == "clap":
        options = {name: Option(option.takes, detail=f"{ONCE} {name}") for name, option in options.items()}
        options |= {
            "execute": Option("value", detail=HYPHENS),
            "quiet": FLAG,
            "tasks": Option("attached", pattern="=.*"),
        }
    if library in MINIMISTS:
        options = {name: Option(option.takes, detail=name) for name, option in options.items()}
        options["tasks"] = Option("optional", detail=ARRAY) if library == "yargs" else VALUE
    for name in WITHOUT.get(library, ()):
        del options[name]
    long = {f"--{name}": option for name, option in options.items()}
    if library.startswith("getopt::long"):
        long["--nocolor"] = FLAG
    return Options(
        parser=library,  # type: ignore[arg-type]
        short={letter: options[name] for letter, name in LETTERS.items() if name in options},
        long=long,
        permute=not first and library != "flag",
        posixly=False,
        unknown="skip" if loose else "error",
    )


def read(options: Options, words: Sequence[str]) -> Found:
    """Return what the engine finds on a line."""
    every = ["program", *words]
    line = parse_line(options, every)
    if line.error or any(given.option is RESPONSE for given in line.given):  # no file of words is there
        return None
    found: dict[str, list[str]] = {}
    for given in line.given:
        if given.option is FLAG and options.unknown == "skip":
            continue
        assert every[given.at].startswith(given.value or "", given.offset)
        name = LETTERS.get(given.name[1:], given.name.lstrip("-")).replace("nocolor", "no-color")
        found.setdefault(name, []).append(_trimmed(options, given.value or ""))
    for name in ONLY_WHETHER.get(options.parser, ()):
        if name in found:
            found[name] = [""]
    return found, [_trimmed(options, every[index]) for index in line.operands]


def _trimmed(options: Options, text: str) -> str:
    """JCommander takes blanks, then quotation marks, from the ends of every word."""
    if options.parser != "jcommander":
        return text
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def lines(count: int, seed: int, library: str) -> list[list[str]]:
    """Make so many lines. Left out is what a library does that no table could say (see :func:`_odd`)."""
    rng = random.Random(f"{library}:{seed}")
    found: list[list[str]] = []
    while len(found) < count:
        words = [_word(rng) for _ in range(rng.randrange(1, 5))]
        if library in MINIMISTS:
            words = [_respelt(word, rng) for word in words]
        if not _odd(library, words):
            found.append(words)
    return found


def _respelt(word: str, rng: random.Random) -> str:
    """Write a word, now and then, as only minimist and yargs tell apart: in camel case, quoted, "true", ending in a number."""
    kind = rng.randrange(20)
    if kind == 0:
        return word.replace("execute-print", "executePrint").replace("dry-run", "dryRun")
    if kind == 1 and "=" in word:
        return word.replace("=", "='", 1) + "'"
    return {2: "true", 3: "false", 4: f"{word}A1"}.get(kind, word)


def _odd(library: str, words: Sequence[str]) -> bool:
    """JCommander's flags turn over when they are given twice, and what stands behind ``-e --`` is read twice; a flag of
    picocli's is off again behind ``=false``; ``---name``, ``--name-`` and ``--DRY-RUN`` are of no declared kind for yargs."""
    if library == "yargs":
        return any(re.match("---[^-]|--[A-Z]+-|--[a-z].*-(?:=|$)", word) for word in words)
    if library == "jcommander":
        flags = [
            LETTERS.get(word[1:], word[2:])
            for word in map(str.strip, words)
            if word in ("-n", "-q", "--dry-run", "--quiet")
        ]
        return len(flags) != len(set(flags)) or "--" in words[1:]
    return library == "picocli" and any(word.endswith("=false") for word in words)


def _word(rng: random.Random) -> str:
    """Make one word: a name or its beginning, a cluster, or a word that may be a value."""
    kind = rng.random()
    if kind < 0.4:
        name = rng.choice((*VALUED, *FLAGS, "tasks", "nocolor", "x"))
        dashes = rng.choice(("--", "--", "--", "-", "+", "---")) if rng.random() < 0.9 else ""
        name = name[: rng.randrange(1, len(name) + 1)] if rng.random() < 0.3 else name
        name = name.upper() if rng.random() < 0.1 else name
        return (
            dashes
            + name
            + (rng.choice(("=", "=A", "==B", "=-n", "=x\ny", "=true", "=false", "=0")) if rng.random() < 0.35 else "")
        )
    if kind < 0.75:
        return rng.choice("---+") + "".join(rng.choice("epInqTnqNxtA=-1o") for _ in range(rng.randrange(1, 5)))
    return rng.choice(
        ("A", "", "-", "--", "x=1", "-1", "--=", "--=x", "é", "-é", "a b", "-1.5", "@x", "@", '"A"', " A ")
    )
