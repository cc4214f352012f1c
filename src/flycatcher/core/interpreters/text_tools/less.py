"""less: the command of LESSOPEN, through which it reads a file.

Source: filename.c (open_altfile) of less; checked with marker code against less 590.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.hosts.host import Host, shellish

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

_OFF = re.compile(r"-[a-zA-Z]*L|--no-lessopen|-V|--version")
_LEAD = re.compile(r"\|?\|?-?")


class Less(Host):
    """less, where LESSOPEN is more than the name of a program: systems set it to lesspipe."""

    id = "less"
    names = (r"less",)
    install = "apt: less"
    verified = ("590",)
    hint = re.compile(r"(?!)")
    variables = ("LESSOPEN",)
    options = Options(parser="own")

    def read(self, execution: Execution) -> Reading:
        """Read the variable, where a file is opened and ``-L`` does not forbid it."""
        reading = Reading(self, execution)
        value, words = execution.env.get("LESSOPEN", ""), execution.argv[1:]
        lead = _LEAD.match(value)
        text = value[lead.end() :] if lead is not None else value
        files = [word for word in words if word and not word.startswith(("-", "+"))]
        asked = "-" in words or "-?" not in words
        standard = asked and lead is not None and lead[0].endswith("-") and execution.stdin not in ("tty", "unknown")
        if not (files or standard) or not shellish(text) or value.count("%s") != 1 or "%" in value.replace("%s", ""):
            return reading.finish("nothing")
        if any(_OFF.match(word) for word in words):
            return reading.finish("nothing")
        reading.add("environment", text, variable="LESSOPEN", offset=len(value) - len(text))
        return reading
