"""GNU Emacs: Emacs Lisp on the command line.

Source: src/emacs.c (standard_args) and lisp/startup.el (command-line-1); checked with marker code against emacs 28.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.reading import Reading

_LOAD = Option("value", "load")
_VALUED = (
    *(
        "directory",
        "file",
        "find-file",
        "visit",
        "insert",
        "funcall",
        "display",
        "geometry",
        "title",
        "name",
        "font",
        "user",
    ),
    *(
        "background-color",
        "foreground-color",
        "border-color",
        "cursor-color",
        "mouse-color",
        "init-directory",
        "chdir",
        "terminal",
    ),
)
_TABLE = Options(
    short={**each("Ldfgtubn", VALUE), "l": _LOAD, "x": _LOAD, **each("qQ", FLAG)},
    long={
        **each(("--eval", "--execute", "-eval", "-execute"), CODE),
        **each(("--load", "--script", "-load", "-script", "-scriptload"), _LOAD),
        **each(("--help", "--version", "-help", "-version"), EXIT),
        **each([dash + name for name in _VALUED for dash in ("--", "-")], VALUE),
        **each(("-nw", "-batch", "-nl", "-nbi", "-nsl", "-D", "-Q", "-q", "-daemon", "-no-site-file", "-kill"), FLAG),
    },
    permute=True,
    posixly=False,
    parser="getopt_long",
    unknown="skip",
)


class Emacs(Host):
    """Emacs, and emacsclient, which has the server evaluate."""

    id = "emacs"
    language = "elisp"
    names = (r"(?:x?emacs)(?:-?\d[\d.]*)?(?:-nox|-x|-gtk|-lucid|-pgtk)?", r"emacsclient(?:\.\w+)?")
    install = "apt: emacs-nox"
    verified = ("28",)
    options = _TABLE

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read every expression and file, in their order; the program that ``--kill`` ends is run up to there."""
        execution = reading.execution
        if execution.argv[0].rpartition("/")[2].startswith("emacsclient"):
            self.client(reading)
            return reading.finish("nothing")
        for given in command.given:
            if given.option.role == "code":
                reading.code(given)
            elif given.option.role == "load":
                reading.load_given(given)
        return reading.finish("nothing")

    def client(self, reading: Reading) -> None:
        """``emacsclient -e``: every operand is an expression."""
        words = reading.execution.argv
        command = reading.command
        if command is not None and ("-e" in words or any(given.option.role == "code" for given in command.given)):
            for given in command.given:
                if given.option.role == "code":
                    reading.code(given)
            for index in command.operands:
                reading.add("argument", words[index], index=index, option="-e")
