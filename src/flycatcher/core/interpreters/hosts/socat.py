"""socat: an address that is a command.

Source: xio-system.c, xio-exec.c, xioopts.c of socat; checked with marker code against 1.7.4.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Option, Options, each, parse
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_ADDRESS = re.compile(r"(?:^|!!)(?i:(system|shell)|exec):")
_TAKES = re.compile(r"(?:^|[/\s\"'])\w*(?:sh|python[\d.]*|perl|ruby|node|php|lua)\s+(?:-\S+\s+)*?-\w*[ceEr]\b")


class Socat(Host):
    """socat: ``SYSTEM:TEXT`` is a shell's text; ``EXEC:WORDS`` only where the words are an interpreter with code."""

    id = "socat"
    names = (r"socat\d?",)
    exit_first = True
    install = "apt: socat"
    verified = ("1.7.4",)
    hint = re.compile(r"(?i)(?:system|shell|exec):")
    options = Options(
        parser="own",
        short={
            **each("bTt", VALUE), **each("sxvuUgD", FLAG), "l": Option("attached"), "d": Option("attached"), "r": VALUE, "R": VALUE,
            "L": VALUE, "W": VALUE, "4": FLAG, "6": FLAG, **each("Vh?", EXIT),
        },
        long=each(("-lf", "-lp"), VALUE), equals=False, unknown="skip",
    )  # fmt: skip

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words: one that begins with a dash and a separator is an address (``-!!PIPE``, ``-,echo=0``)."""
        words = execution.argv
        end = next((at for at, word in enumerate(words) if word[:2] in ("-!", "-,", "-:")), len(words))
        line = parse(self.options, words[:end])
        line.operands += range(end, len(words))
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the two addresses; a line without exactly two is refused."""
        execution = reading.execution
        if len(command.operands) != 2:
            return reading.refuse("exactly two addresses are needed")
        one_way = next((given.name for given in command.given if given.name in ("-u", "-U")), "")
        for place, index in enumerate(command.operands):
            word = execution.argv[index]
            written = (one_way == "-u") == bool(place)  # of two addresses in one word, the first is for reading
            for match in _ADDRESS.finditer(word):
                if one_way and "!!" in word and (match.start() > 0) != written:
                    continue
                text = word[match.end() :].partition("!!")[0]
                if text and (match[1] or _TAKES.search(text)):
                    reading.add("argument", text, index=index, offset=match.end())
        return reading.finish("nothing")
