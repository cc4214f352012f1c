"""What tells an interpreter's own program from everything else, by the file's content alone."""

from __future__ import annotations

from typing import NamedTuple

PREFIX = "probably_"
"""How the ids of such interpreters begin; the language follows."""


class Markers(NamedTuple):
    """One piece of evidence; every part that is given must hold. An interpreter has one or more of these.

    A main program linked to its library is thin: it imports the library's entry point and little else, while a program
    that embeds the interpreter (gdb, vim, uwsgi) imports hundreds of other symbols.
    """

    imports: tuple[str, ...] = ()
    """Undefined dynamic symbols, all of them present."""
    exports: tuple[str, ...] = ()
    """Dynamic symbols that the file defines itself, all of them present."""
    strings: tuple[bytes, ...] = ()
    """Texts in the read-only data, all of them present; a leading or trailing NUL anchors the text there."""
    thin: int = 64
    """The largest number of imports at which ``imports`` counts as that of a main program."""
    static: bool = False
    """The evidence counts in static programs only: elsewhere it may belong to a program that embeds the interpreter."""
    program: str = ""
    """The conventional name of the file where an interpreter has several programs (``php-cgi``); else the id."""
    version: bytes = b""
    """A regular expression whose first group is the version: searched in the needed sonames, then in the read-only data."""
    anchor: bytes = b""
    """A text that every match of ``version`` contains: it makes the search in large files ten times as fast."""
    multicall: bool = False
    """The program is many programs, chosen by ``argv[0]`` or the first operand."""
    role: str = "program"
    """``program``; or ``launcher``, ``emulator``: it starts another program or file named in its own argv."""
