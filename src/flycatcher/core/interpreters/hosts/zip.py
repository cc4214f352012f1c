"""zip: the command with which -T has the archive tested.

Source: zip.c (check_zipfile, the table of options) of Info-ZIP 3.0; checked with marker code against 3.0.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters.engine.options import (
    CODE,
    EXIT,
    FLAG,
    VALUE,
    CommandLine,
    Given,
    Option,
    Options,
    each,
)
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.interpreters.engine.reading import Reading


_TEST = Option(detail="test")
_VALUED = ("ds", "lf", "tt", "UN", "b", "n", "O", "P", "s", "t", "Z")
_PLAIN = (
    "db", "dc", "dd", "df", "dg", "du", "dv", "DF", "FF", "FI", "FS", "fd", "fz", "h2", "ic", "la", "li", "ll", "mm", "MM", "nw",
    "RE", "sb", "sc", "sd", "sf", "so", "sp", "su", "sU", "sv", "ws",
)  # fmt: skip
_LETTERS = {"T": _TEST, **each("hL?", EXIT)}
_LONG = {
    "--unzip-command": CODE, "--test": _TEST, **each(("--version", "--license", "--help", "--more-help", "--show-options"), EXIT),
    **each(("--temp-path", "--dot-size", "--logfile-path", "--suffixes", "--output-file", "--password", "--split-size"), VALUE),
    **each(("--from-date", "--before-date", "--unicode", "--compression-method"), VALUE),
    **each(
        (
            f"--{name}"
            for name in (
                "store", "compress-1", "compress-9", "adjust-sfx", "entry-comments", "delete", "display-bytes", "display-counts",
                "display-dots", "display-globaldots", "display-usize", "display-volume", "no-dir-entries", "difference-archive",
                "encrypt", "fix", "fixfix", "fifo", "filesync", "freshen", "force-descriptors", "force-zip64", "grow", "include",
                "exclude", "junk-paths", "junk-sfx", "DOS-names", "to-crlf", "from-crlf", "log-append", "log-info", "move",
                "must-match", "no-wild", "latest-time", "paths", "quiet", "recurse-paths", "recurse-patterns", "regex",
                "split-pause", "split-verbose", "split-bell", "show-command", "show-debug", "show-files", "show-unicode",
                "show-just-unicode", "update", "copy-entries", "verbose", "wild-stop-dirs", "strip-extra", "symlinks",
                "archive-comment", "names-stdin",
            )
        ),
        FLAG,
    ),
}  # fmt: skip
"""All long names, as ``zip -so`` prints them: a beginning that two of them share is refused."""


class Zip(Host):
    """zip: -TT names a command, which a shell runs where -T is given too."""

    id = "zip"
    names = (r"zip",)
    install = "apt: zip"
    verified = ("3.0",)
    hint = re.compile(r"\n-(?:\w*TT|-u)")
    variables = ("ZIPOPT", "ZIP")
    options = Options(parser="own")

    def parse(self, execution: Execution) -> CommandLine:
        """Read clusters of letters, some of them pairs, and long options between the files."""
        words, line, index = execution.argv, CommandLine([], []), 1
        while index < len(words):
            word = words[index]
            if word == "--":
                line.operands.extend(range(index + 1, len(words)))
                break
            if word.startswith("--"):
                index = self._long(words, index, line)
            elif word.startswith("-") and len(word) > 1:
                index = self._cluster(words, index, line)
            else:
                line.operands.append(index)
            index += 1
        return line

    @staticmethod
    def _long(words: Sequence[str], index: int, line: CommandLine) -> int:
        name, sign, value = words[index].partition("=")
        fits = [name] if name in _LONG else [known for known in _LONG if known.startswith(name)]
        option = _LONG[fits[0]] if len(fits) == 1 else FLAG
        if option.takes == "value" and not sign and index + 1 < len(words):
            line.given.append(Given(option, name, words[index + 1], index, index + 1, 0))
            return index + 1
        line.given.append(Given(option, name, value if sign else None, index, index, len(name) + 1))
        return index

    @staticmethod
    def _cluster(words: Sequence[str], index: int, line: CommandLine) -> int:
        word, at = words[index], 1
        while at < len(word):
            name = next((one for one in ("TT", *_PLAIN, *_VALUED) if word.startswith(one, at)), word[at])
            at += len(name)
            if name != "TT" and name not in _VALUED:
                line.given.append(Given(_LETTERS.get(name, FLAG), "-" + name, None, index, index, at))
                continue
            option = CODE if name == "TT" else VALUE
            at += word[at : at + 1] == "="
            if at < len(word):
                line.given.append(Given(option, "-" + name, word[at:], index, index, at))
            elif index + 1 < len(words):
                index += 1
                line.given.append(Given(option, "-" + name, words[index], index - 1, index, 0))
            break
        return index

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the test's command, of the words or of the variable in front of them."""
        execution = reading.execution
        variable = next((name for name in self.variables if execution.env.get(name)), "")
        value = execution.env.get(variable, "")
        before = self.parse(Execution(argv=("zip", *value.split())))
        if not any(one.option is _TEST for one in (*before.given, *command.given)):
            return reading.finish("nothing")
        codes = command.every("code")
        for given in codes[-1:]:
            reading.code(given)
        if not codes and before.first("code") is not None:
            reading.add("environment", value, variable=variable)
        return reading.finish("nothing")
