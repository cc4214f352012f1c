"""MIT/GNU Scheme.

Source: its user manual, "Command-Line Options"; checked with marker code against 12.1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


_GOES_ON = re.compile("-{1,3}(?:quiet|silent|batch-mode)")
"""Behind ``--help`` and ``--version`` the console starts all the same."""


class MitScheme(Interpreter):
    """Each --eval takes all words up to the next option, and so does --load; behind them the console reads stdin.

    One dash, two or three begin an option; what the console does not know, it only warns of.
    """

    id = "mit_scheme"
    language = "scheme"
    names = (r"mit-scheme(?:-[\w.-]+)?",)
    install = "apt: mit-scheme"
    verified = ("12.1",)
    options = Options(parser="own")

    def read(self, execution: Execution) -> Reading:
        """Read the words."""
        words = execution.argv
        reading = Reading(self, execution)
        end = words.index("--") if "--" in words else len(words)
        printed = [at for at in range(1, end) if words[at] in ("--help", "--version")]
        if printed and not (printed[-1] + 1 < end and _GOES_ON.fullmatch(words[printed[-1] + 1])):
            return reading.finish("prints")
        name, option = "", ""
        for index in range(1, end):
            word = words[index]
            if word.startswith("-") and len(word) > 1:
                name, option = word.lstrip("-"), word
            elif name == "eval":
                reading.add("argument", word, index=index, option=option)
            elif name == "load":
                reading.load(word, vector="argument", index=index, option=option)
        reading.stdin(explicit=False)
        return reading.finish("nothing")
