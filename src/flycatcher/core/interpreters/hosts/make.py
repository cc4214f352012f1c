"""GNU make: makefile text on the command line and on stdin, and variables that call a shell.

Source: src/main.c (switches, decode_switches, decode_env_switches) and src/function.c; checked with marker code against
make 4.3.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.reading import Reading

_FILE = Option("value", "file")
_SHELL = re.compile(r"\$[({]\s*(?:shell|guile|eval|load)\b|^[^=]*!=")
_BEARS = re.compile(r"\$[({]\s*(?:shell|guile|eval|load)\s")
"""Only make expands this: looked for in every variable of the environment."""
_EVAL = re.compile(r"(?:^|\s)(?:--ev\w*[=\s]|-\w*E)")
_NAME = re.compile(r"\s*[:?!]*=")
_FLAGS = re.compile(r"\.SHELLFLAGS\s*[:+?]{0,3}=\s*(?:[-+]\w+\s+|pipefail\s+)*?[-+]\w*c\s+(?=\S)")
_DEFAULTS = ("GNUmakefile", "makefile", "Makefile")
"""The files that are looked for without -f, in this order (read.c, read_all_makefiles)."""
_OPTIONAL = Option("attached", pattern=r"\d*")


_OWN = frozenset(("MAKEFLAGS", "GNUMAKEFLAGS", "MAKEFILES", "MFLAGS", "SHELL"))
"""Variables that make itself reads or sets anew."""


class Make(Host):
    """Make: ``--eval``, ``-f -``, and ``$(shell ...)`` in a variable."""

    id = "make"
    language = "make"
    names = (r"g?make",)
    variables = ("MAKEFLAGS", "GNUMAKEFLAGS", "MAKEFILES")
    in_values = _BEARS
    install = "apt: make"
    verified = ("4.3",)
    hint = re.compile(r"-(?<=\n-)(?:\w*[fE]|-(?:ev|fil|mak))|\$[({]|!=|\n\.SHELLFLAGS")
    unasked = True
    options = Options(
        short={
            "E": CODE, "f": _FILE, **each("CIoW", VALUE), **each("jl", _OPTIONAL), "O": Option("attached"),
            **each("bBdeikLmnpqrRsSt", FLAG), "w": FLAG, **each("hv", EXIT),
        },
        long={
            "--eval": CODE,
            **each(("--file", "--makefile"), _FILE),
            **each(("--directory", "--include-dir", "--old-file", "--assume-old", "--what-if", "--new-file"), VALUE),
            "--assume-new": VALUE,
            **each(("--jobs", "--load-average", "--max-load", "--output-sync", "--debug"), Option("attached")),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        parser="getopt_long",
        unknown="skip",
    )  # fmt: skip

    def early(self, reading: Reading, command: CommandLine) -> None:
        """Read the environment's switches: what is expanded in them runs before help is printed."""
        if not command.error:
            self.switches(reading, expanded=command.first("exit") is not None)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the variables, then the words."""
        execution = reading.execution
        self.environment(reading)
        for given in command.given:
            if given.option.role == "code":
                reading.code(given)
            elif given.option.role == "file":
                reading.program(given.at, option=given.name, offset=given.offset)
        if not any(given.option.role == "file" for given in command.given):
            folders = [given.value or "" for given in command.given if given.name in ("-C", "--directory")]
            reading.looked_for(posixpath.join(*folders, name) for name in _DEFAULTS)
        for index in command.operands:
            word = execution.argv[index]
            flags = _FLAGS.match(word)
            if flags is not None:
                reading.add("argument", word[flags.end() :], index=index, offset=flags.end())
            elif "=" in word and _SHELL.search(word):
                start = word.index("=") + 1
                reading.add("argument", word[start:], index=index, offset=start)
        return reading.finish("script")

    def switches(self, reading: Reading, *, expanded: bool) -> None:
        """Read the environment's switches; ``expanded``: only what runs while they are expanded, before any counts."""
        for name in ("MAKEFLAGS", "GNUMAKEFLAGS"):
            value = reading.execution.env.get(name, "")
            calls = _BEARS.search(value) is not None
            text = _SHELL.search(value) or _FLAGS.search(value.replace("\\ ", " ")) or _EVAL.search(value)
            if calls or (text and not expanded):
                reading.add("environment", value, variable=name)

    def environment(self, reading: Reading) -> None:
        """Read the variables that a makefile may use, unless the words set them anew, and the makefiles that are named."""
        env = reading.execution.env
        operands = reading.command.operands if reading.command is not None else ()
        given = {_NAME.split(reading.execution.argv[index])[0] for index in operands}
        for name, value in env.items():
            if name not in _OWN | given and _BEARS.search(value) and not name.startswith("BASH_FUNC_"):
                reading.add("environment", value, variable=name, note="expanded where a makefile uses the variable")
        for path in env.get("MAKEFILES", "").split():
            reading.load(path, variable="MAKEFILES")
