"""Launchers of npm: concurrently, chokidar, c8, nyc and dotenv, read as yargs and minimist read them; nodemon and onchange.

Source: each package's --help and its reading of options (concurrently 9.2, chokidar-cli 3.0, c8 12.0, nyc 18.0, dotenv-cli 11.0,
nodemon 3.1, onchange 7.1), tried by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.minimist import ARRAY
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.launchers.command import MAX_COMMANDS, LaunchedCommand
from flycatcher.core.launchers.getopt import Line
from flycatcher.core.unknown import strip_marks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.core.interpreters.engine.options import Parser
    from flycatcher.core.launchers.command import Reader, Stdin

_ANY = Option("optional")
"""An option of no declared kind: the next word, unless that has a dash."""
_ARRAY = Option("optional", detail=ARRAY)


def _table(
    parser: Parser, strings: str, flags: str, *, arrays: str = "", others: str = "", first: bool = False
) -> Options:
    """Return a table of letters and names; what it does not hold takes a value as an option of no declared kind does."""
    named = {
        **each(strings.split(), VALUE), **each(flags.split(), FLAG), **each(arrays.split(), _ARRAY), **each(others.split(), _ANY),
        "help": EXIT, "version": EXIT, "h": EXIT, "v": EXIT,
    }  # fmt: skip
    return Options(
        parser=parser,
        short={name: option for name, option in named.items() if len(name) == 1},
        long={f"--{name}": option for name, option in named.items() if len(name) > 1},
        permute=not first,
        posixly=False,
        unknown="skip",
    )


_CONCURRENTLY = _table(
    "yargs",
    "m max-processes n names name-separator s success hide p prefix c prefix-colors l prefix-length t timestamp-format "
    "default-input-target kill-signal ks kill-timeout restart-tries restart-after",
    "r raw color g group timings P passthrough-arguments pad-prefix i handle-input k kill-others kill-others-on-fail",
    arrays="teardown",
)


def _concurrently(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """Each operand, and each value of ``--teardown``, is a shell's text; with ``-P`` words behind ``--`` fill its places."""
    del stdin
    line = Line(_CONCURRENTLY, fields)
    if line.stops:
        return None
    texts, filling = line.rest(), []
    if line.command.has("-P", "--passthrough-arguments") and "--" in fields:
        behind = len(fields) - fields.index("--") - 1
        texts, filling = texts[: len(texts) - behind], texts[len(texts) - behind :]
    texts += [given.value or "" for given in line.command.given if given.name == "--teardown"]
    return [LaunchedCommand(["sh", "-c", _filled(text, filling)], env) for text in texts[:MAX_COMMANDS]] or None


def _filled(text: str, words: list[str]) -> str:
    """Put the words into a command's places: ``{1}``, ``{@}`` for all, ``{*}`` for all in one."""
    for number, word in enumerate(words, 1):
        text = text.replace(f"{{{number}}}", _quoted(word))
    return text.replace("{@}", " ".join(map(_quoted, words))).replace("{*}", _quoted(" ".join(words)))


def _quoted(word: str) -> str:
    """Quote a word for a shell; marks of what is unknown stay."""
    return "'" + word.replace("'", "'\\''") + "'"


_CHOKIDAR = _table(
    "yargs", "", "s follow-symlinks initial p polling verbose silent", others="c command d debounce t throttle i ignore poll-interval"
)  # fmt: skip


def _chokidar(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """``-c``: a shell's text."""
    del stdin
    line = Line(_CHOKIDAR, fields)
    text = line.value("-c", "--command")
    return [LaunchedCommand(["sh", "-c", text], env)] if text and not line.stops else None


_COVERAGE = {
    "c8": _table(
        "yargs",
        "src branches functions lines statements wrapper-length",
        "all a exclude-after-remap skip-full check-coverage per-file 100 exclude-node-modules clean omit-relative allowExternal "
        "merge-async experimental-monocart",
        others="r reporter o reports-dir report-dir n include x exclude e extension c config temp-directory resolve",
        first=True,
    ),
    "nyc": _table(
        "yargs",
        "cwd nycrc-path temp-dir t exclude x include n extension e ignore-class-methods parser-plugins require i reporter r report-dir "
        "cache-dir instrumenter branches functions lines statements node-arg",
        "exclude-node-modules auto-wrap es-modules compact preserve-comments produce-source-map source-map instrument exclude-after-remap "
        "per-file check-coverage show-process-tree skip-empty skip-full silent s all a eager cache c babel-cache hook-require "
        "hook-run-in-context hook-run-in-this-context clean in-place exit-on-error delete complete-copy use-spawn-wrap",
        first=True,
    ),
}


def _coverage(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """c8 and nyc start their operands; where the first has a dash, node with them."""
    del stdin
    line = Line(_COVERAGE[strip_marks(fields[0]).rpartition("/")[2]], fields)
    words = line.rest()
    if line.stops or not words:
        return None
    return [LaunchedCommand(["node", *words] if words[0].startswith("-") else words, env)]


_DOTENV = Options(parser="minimist", permute=True, posixly=False, unknown="skip", long={"--help": _ANY, "--debug": _ANY},
                  short=each("evpcoq", _ANY))  # fmt: skip


def _dotenv(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """dotenv-cli declares no option: each takes the next word that has no dash. ``dotenv run`` is python-dotenv's."""
    del stdin
    line = Line(_DOTENV, fields)
    words = line.rest()
    if words[:1] == ["run"]:
        at = fields.index("run") + 1
        while at < len(fields) and strip_marks(fields[at]).startswith("-"):
            at += 1
        return [LaunchedCommand(fields[at:], env)] if fields[at:] else None
    if not words or line.command.has("--help", "--debug", "-p"):
        return None
    return [LaunchedCommand(words, env)]


_NODEMON_VALUES = frozenset({
    "--ext", "-e", "--watch", "-w", "--ignore", "-i", "--delay", "-d", "--signal", "-s", "--config", "--cwd", "--polling-interval", "-P",
})  # fmt: skip


def _nodemon(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """``-x``: a shell's text, with the words behind it that are not nodemon's own."""
    del stdin
    text, rest, at = "", [], 1
    while at < len(fields):
        word = strip_marks(fields[at])
        if word == "--":
            rest += fields[at + 1 :]
            break
        if word in ("-x", "--exec"):
            text = "".join(fields[at + 1 : at + 2])
        elif word not in _NODEMON_VALUES:
            rest.append(fields[at])
            at -= 1
        at += 2
    return [LaunchedCommand(["sh", "-c", " ".join((text, *rest))], env)] if text else None


def _onchange(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """The words behind ``--``, and the shell's text of ``-o``."""
    del stdin
    end = fields.index("--") if "--" in fields else len(fields)
    found = [LaunchedCommand(fields[end + 1 :], env)] if fields[end + 1 :] else []
    for at, field in enumerate(fields[:end]):
        name, sign, value = field.partition("=")
        if name in ("-o", "--outpipe"):
            found.append(LaunchedCommand(["sh", "-c", value if sign else "".join(fields[at + 1 : at + 2])], env))
    return found or None


READERS: dict[str, Reader] = {
    "concurrently": _concurrently, "conc": _concurrently, "chokidar": _chokidar, "c8": _coverage, "nyc": _coverage,
    "dotenv": _dotenv, "nodemon": _nodemon, "onchange": _onchange,
}  # fmt: skip
