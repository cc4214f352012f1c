"""Pylint: --init-hook is Python text that runs before anything is checked.

Source: pylint/config/utils.py (_preprocess_options), checked with marker code against Pylint 4.1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

_VALUES = (("--output", 0), ("--rcfile", 4), ("--load-plugins", 5), ("--init-hook", 8))
_FLAGS = (("--verbose", 4), ("-v", 2), ("--enable-all-extensions", 9))
"""Options that are read before the others, and how many characters of a name are compared; 0: all."""
_HOOK = 8


class Pylint(Host):
    """Its words are read twice: first for these options, by their first letters, wherever they stand."""

    id = "pylint"
    language = "python"
    technique = "T1059.006"
    names = (r"pylint[\d.]*",)
    runs_on = ("python",)
    verified = ("4.1.4",)
    install = "pip: pylint"
    hint = re.compile(r"\n--init-h")
    options = Options(parser="own")

    def read(self, execution: Execution) -> Reading:
        """Read the hooks in their order, up to the first word that is refused."""
        reading, words = Reading(self, execution), execution.argv
        if "--version" in words:
            return reading.finish("prints")
        at = 1
        while at < len(words):
            word, start = words[at], at
            name, equals, value = word.partition("=")
            takes, flag = _fits(_VALUES, name), _fits(_FLAGS, name)
            at += 1
            if not name.startswith("-") or not (takes or flag):
                continue
            if flag and equals:
                return reading.refuse(f"option {name} takes no value")
            if flag or equals:
                offset = len(name) + 1
            elif at >= len(words) or words[at].startswith("-"):
                return reading.refuse(f"option {name} needs a value")
            else:
                start, offset, value, at = at, 0, words[at], at + 1
            if takes and name.startswith("--init-hook"[:_HOOK]):
                reading.add("argument", value, index=start, offset=offset, option="--init-hook")
        return reading.finish("nothing")


def _fits(names: tuple[tuple[str, int], ...], name: str) -> bool:
    """Whether a word is one of the options, as far as Pylint looks."""
    return any(name == known if not count else name.startswith(known[:count]) for known, count in names)
