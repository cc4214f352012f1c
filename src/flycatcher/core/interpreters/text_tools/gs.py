"""Ghostscript: PostScript behind ``-c`` that touches files, and a command as the place of the output.

Source: psi/imainarg.c and base/gdevpipe.c; checked with marker code against 10.0.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

_FILES = re.compile(r"%pipe%|(?<![/\w])(?:file|run|runlibfile|deletefile|renamefile|filenameforall)\b")
_OUTPUT = re.compile(r"-s(?:OutputFile|stdout)=(?:%pipe%|\|)")
_GLUED = re.compile(r"-o(?:%pipe%|\|)")
_NEXT = re.compile(r"(?:%pipe%|\|)")


class Ghostscript(Host):
    """gs: ``-c TOKENS...`` up to the next option."""

    id = "gs"
    language = "postscript"
    names = (r"gs(?:-[\d.]+)?|ghostscript|gsc|gsx",)
    install = "apt: ghostscript"
    verified = ("10.0",)
    hint = re.compile(r"\n-c\n|%pipe%|\n-o\|?|=\|")
    options = Options(parser="own")

    def read(self, execution: Execution) -> Reading:
        """Read the words in their order."""
        reading, words = Reading(self, execution), execution.argv
        if {"--help", "--version", "-h", "-?", "-v"} & set(words[1:]):
            return reading.finish("prints")
        tokens = False
        for at in range(1, len(words)):
            word = words[at]
            if tokens and not (word.startswith("-") and len(word) > 1 and not word[1].isdigit()):
                if _FILES.search(word):
                    reading.add("argument", word, index=at, option="-c")
                continue
            tokens = word == "-c"
            if "-dNODISPLAY" in words:
                continue
            match = _NEXT.match(word) if words[at - 1] == "-o" else _OUTPUT.match(word) or _GLUED.match(word)
            if match is not None and word[match.end() :]:
                reading.add(
                    "argument", word[match.end() :], index=at, offset=match.end(), option="-o", language="shell"
                )
        return reading.finish("nothing")
