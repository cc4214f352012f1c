"""Programs that nobody has described, and that hold an interpreter by what their file contains: probably one of that language.

Which words of theirs are program text nobody knows; the value of an option that most interpreters take text with is taken for it
where it looks like code. The confidence says that it is a guess. :mod:`flycatcher.core.interpreters.identity.probable` tells them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, Options, each
from flycatcher.core.interpreters.identity.markers import PREFIX

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading

_CODE = re.compile(r"[(){};=\n\"'$`]|\w\s+\w")
_LONG = ("--eval", "--evaluate", "--execute", "--exec", "--expression", "--expr", "--command", "--code", "--print")


class _Probable(Interpreter):
    """Texts behind ``-e``, ``-c`` and long options of such names."""

    kind = "embedded"
    reads_stdin = False
    operand = "none"
    options = Options(
        parser="own",
        short={**each("eEcr", CODE)},
        long={**each(_LONG, CODE), **each(("--help", "--version"), EXIT)},
        unknown="skip",
    )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Record the values that look like code."""
        for given in command.every("code"):
            if given.value and _CODE.search(given.value):
                reading.add(
                    "argument", given.value, index=given.at, offset=given.offset, option=given.name,
                    note="probably an interpreter: what its options mean is not known",
                )  # fmt: skip
        return reading.finish("nothing")


class ProbablyLua(_Probable):
    """Something that embeds Lua."""

    id, language = f"{PREFIX}lua", "lua"


class ProbablyPython(_Probable):
    """Something that embeds CPython."""

    id, language = f"{PREFIX}python", "python"


class ProbablyPerl(_Probable):
    """Something that embeds perl."""

    id, language = f"{PREFIX}perl", "perl"


class ProbablyRuby(_Probable):
    """Something that embeds MRI or mruby."""

    id, language = f"{PREFIX}ruby", "ruby"


class ProbablyJavaScript(_Probable):
    """Something that embeds a JavaScript engine."""

    id, language = f"{PREFIX}javascript", "javascript"


class ProbablyTcl(_Probable):
    """Something that embeds Tcl."""

    id, language = f"{PREFIX}tcl", "tcl"


class ProbablyScheme(_Probable):
    """Something that embeds Guile or another Scheme."""

    id, language = f"{PREFIX}scheme", "scheme"


class ProbablyPhp(_Probable):
    """Something that embeds PHP."""

    id, language = f"{PREFIX}php", "php"
