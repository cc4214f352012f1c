"""irb, Ruby's console: it runs what stdin holds.

Source: irb/init.rb (IRB.parse_opts), checked with marker code against irb 1.4 of ruby 3.1. The kernel starts it as
``ruby /usr/bin/irb``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.engine.reading import Outcome, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution

_NAME = re.compile(r"irb(?:\d[\d.]*)?")
_VALUED = frozenset({"-r", "-I", "-E", "-W", "--encoding", "--extra-doc-dir", "--prompt-mode", "--prompt",
                     "--back-trace-limit", "--context-mode"})  # fmt: skip
_FLAGS = frozenset({
    *(f"--{no}{name}" for no in ("", "no") for name in (
        "inspect", "singleline", "multiline", "readline", "reidline", "echo", "echo-on-assignment", "verbose", "colorize",
        "autocomplete", "script", "pager", "backtrace-limit",
    )),
    "--legacy", "--truncate-echo-on-assignment", "--noprompt", "--inf-ruby-mode", "--sample-book-mode", "--simple-prompt",
    "--tracer", "--single-irb", "--regexp-completor", "--type-completor",
})  # fmt: skip
"""Long switches without a value, of irb 1.1 to 1.15; irb ends with an error for every other (lib/irb/init.rb)."""
_ATTACHED = re.compile(r"-[rIEW]|--(?:encoding|extra-doc-dir|prompt-mode|prompt|back-trace-limit|context-mode)")


class Irb(Interpreter):
    """irb: without a script it is a session that reads stdin."""

    id = "irb"
    language = "ruby"
    names = (r"irb(?:\d[\d.]*)?",)
    variables = ("IRBRC",)
    verified = ("1.4.1",)
    install = "apt: ruby"
    options = Options(parser="own")

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
        configured, at, outcome = _switches(words, at)
        if outcome:
            reading.outcome = outcome
            return
        if configured:
            self._configuration(reading)
        if at >= len(words):
            reading.outcome = "nothing" if not reading.snippets else "inline"
            reading.stdin(explicit=True)
        elif not reading.flows(words[at]):  # it turns back in its file
            reading.outcome = "script"
            reading.program(at, dash=False)

    @staticmethod
    def _configuration(reading: Reading) -> None:
        """Read the variable that names a file to run first."""
        start = reading.execution.env.get("IRBRC", "")
        if start:
            reading.load(start, variable="IRBRC")


def _switches(words: Sequence[str], at: int) -> tuple[bool, int, Outcome | None]:
    """Read the switches; return whether a configuration is read, the index of what follows, and an outcome that ends it."""
    configured = True
    while at < len(words) and words[at].startswith("-"):
        word = words[at]
        at += 1
        if word in ("-v", "--version", "-h", "--help", "-"):
            return False, at, "refuses" if word == "-" else "prints"
        if word == "--":
            break
        configured = configured and word != "-f"
        if word in _VALUED or (word == "--inspect" and at < len(words) and words[at][:1] != "-"):
            at += 1
        elif not _ATTACHED.match(word) and not re.fullmatch(r"-[fdwU]", word) and word not in _FLAGS:
            return False, at, "refuses"
    return configured, at, None
