"""irb, Ruby's console: it runs what stdin holds.

Source: irb/init.rb (IRB.parse_opts), checked with marker code against irb 1.4 of ruby 3.1. The kernel starts it as
``ruby /usr/bin/irb``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading

if TYPE_CHECKING:
    from flycatcher.execution import Execution

_NAME = re.compile(r"irb(?:\d[\d.]*)?")
_VALUED = frozenset({"-r", "-I", "-E", "-W", "--encoding", "--extra-doc-dir", "--prompt-mode", "--prompt",
                     "--back-trace-limit", "--context-mode"})  # fmt: skip
_ATTACHED = re.compile(r"-[rIEW]|--(?:encoding|extra-doc-dir|prompt-mode|prompt|back-trace-limit|context-mode)")


class Irb(Interpreter):
    """irb: without a script it is a session that reads stdin."""

    id = "irb"
    language = "ruby"
    names = (r"irb(?:\d[\d.]*)?",)
    verified = ("1.4.1",)
    install = "apt: ruby"

    def read(self, execution: Execution) -> Reading:
        """Read an execution by its own name."""
        reading = Reading(self, execution)
        self.session(reading, 0)
        return reading

    def session(self, reading: Reading, index: int, *, switches: bool = False) -> None:
        """Read the words behind ``irb``, which stands at ``index``; other programs are left alone.

        ``switches``: ruby -s keeps the words with a dash for itself.
        """
        words = reading.execution.argv
        if not _NAME.fullmatch(words[index].rpartition("/")[2]):
            return
        at = index + 1
        while switches and at < len(words) and words[at].startswith("-") and words[at] != "-":
            at += 1
            if words[at - 1] == "--":
                break
        while at < len(words) and words[at].startswith("-"):
            word = words[at]
            at += 1
            if word in ("-v", "--version", "-h", "--help", "-"):
                reading.outcome = "refuses" if word == "-" else "prints"
                return
            if word == "--":
                break
            takes = word in _VALUED or (word == "--inspect" and at < len(words) and words[at][:1] != "-")
            if takes:
                at += 1
            elif not _ATTACHED.match(word) and not re.fullmatch(r"-[fdwU]|--[a-z-]+", word):
                reading.outcome = "refuses"
                return
        if at < len(words):
            reading.outcome = "script"
            reading.program(at, dash=False)
        else:
            reading.outcome = "nothing"
            reading.stdin(explicit=True)
