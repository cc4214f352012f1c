"""Miller: expressions that start a command, and the commands that its input and output go through.

Source: reference-dsl-output-statements and reference-main-flag-list of Miller's manual; checked with marker code against 6.6.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.hosts.host import Host, shellish

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution

_STARTS = re.compile(r"\b(?:system|exec)\s*\(|(?<!\|)\|\s*(?:\"|[A-Za-z$@])")
_RUNS_ONCE = re.compile(r"\b(?:begin|end|func)\b|^then$", re.MULTILINE)
"""What runs without a record: a block, or a verb behind one that makes records of its own."""
_VERBS = frozenset(("put", "filter"))
_FLAGS = frozenset(("-q", "-S", "-F", "-x", "-v", "-d", "-D", "-C", "-X", "-z"))
_PREPIPES = frozenset(("--prepipe", "--prepipex"))
_STOPS = frozenset(("--version", "--help", "-h", "help", "version", "--usage"))


class Miller(Host):
    """mlr: the text of ``put`` and ``filter``, ``tee -p``, ``--prepipe``."""

    id = "mlr"
    language = "mlr"
    names = (r"mlr\d?|miller",)
    install = "apt: miller"
    verified = ("6.6",)
    hint = re.compile(r"\n(?:put|filter|tee|--prepipex?)\n")
    options = Options(parser="own")

    def read(self, execution: Execution) -> Reading:
        """Look for the verbs and the options wherever they stand."""
        reading = Reading(self, execution)
        words, at, last = execution.argv, 1, 0
        if len(words) > 1 and words[1] in _STOPS:
            return reading.finish("prints")
        while at < len(words):
            word = words[at]
            at += 1
            if word in _PREPIPES and at < len(words) and shellish(words[at]) and "-n" not in words:
                reading.add("argument", words[at], index=at, option=word, language="shell")
            elif word == "tee" and words[at : at + 1] == ("-p",) and at + 1 < len(words):
                reading.add("argument", words[at + 1], index=at + 1, option="-p", language="shell")
            elif word in _VERBS:
                at = last = self.expression(reading, words, at)
        if last == len(words) and execution.stdin == "null" and not _RUNS_ONCE.search("\n".join(words)):
            reading.nothing_to_read()
        return reading.finish("nothing")

    def expression(self, reading: Reading, words: Sequence[str], at: int) -> int:
        """Read a verb's options and its text; return the index behind them."""
        given = False
        while at < len(words) and words[at].startswith("-"):
            option, at = words[at], at + 1
            if option in ("-e", "-f", "-s") and at < len(words):
                given = given or option != "-s"
                self.text(reading, words, at, option)
                at += 1
            elif option not in _FLAGS:
                return at
        if not given and at < len(words):
            self.text(reading, words, at, "")
            at += 1
        return at

    def text(self, reading: Reading, words: Sequence[str], at: int, option: str) -> None:
        """Record a text that starts a command, and a file of text that is a descriptor."""
        if option == "-f":
            reading.program(at, dash=False, option=option)
        elif option != "-s" and _STARTS.search(words[at]):
            reading.add("argument", words[at], index=at, option=option)
