"""fish 3.

Source: src/fish.cpp (fish_parse_opt, main); checked with marker code against fish 3.6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Option, Options, each

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading


class Fish(Interpreter):
    """Fish: every ``-C`` runs, then every ``-c``, or a script, or stdin."""

    id = "fish"
    language = "fish"
    kind = "shell"
    technique = "T1059.004"
    grammar = "sh"
    names = (r"fish(?:[-_]?\d[\d.]*)?",)
    variables = ("XDG_CONFIG_HOME", "XDG_DATA_DIRS", "XDG_DATA_HOME", "HOME")
    install = "apt: fish"
    verified = ("3.6",)
    options = Options(
        short={
            **each("cC", CODE),
            **each("dDfop", VALUE),
            **each("NPl", FLAG),
            "i": Option(role="interactive"),
            "n": Option(role="check"),
            **each("hv", EXIT),
        },
        long={
            **each(("--command", "--init-command"), CODE),
            **each(
                ("--debug", "--debug-output", "--debug-stack-frames", "--features", "--profile", "--profile-startup"),
                VALUE,
            ),
            **each(("--no-config", "--private", "--login", "--print-debug-categories", "--print-rusage-self"), FLAG),
            "--interactive": Option(role="interactive"),
            "--no-execute": Option(role="check"),
            **each(("--help", "--version"), EXIT),
        },
        parser="getopt_long",
    )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read an execution; ``-i`` takes ``-n`` back."""
        execution = reading.execution
        if command.first("check") and not command.first("interactive"):
            return reading.finish("checks")
        if not command.has("-N", "--no-config"):
            _configuration(reading)
        first = ("-C", "--init-command")
        codes = command.every("code")
        for given in sorted(codes, key=lambda one: one.name not in first):
            reading.code(given)
        if all(given.name in first for given in codes):
            if command.operands:
                reading.program(command.operands[0], dash=False)
            elif execution.stdin == "socket":
                reading.refuse("fish does not read a socket")
            else:
                reading.stdin(explicit=command.first("interactive") is not None)
        return reading


def _configuration(reading: Reading) -> None:
    """Read the files that every fish runs first: the user's, and those of the folders of data (fish(1), INITIALIZATION)."""
    env = reading.execution.env
    folder, home = env.get("XDG_CONFIG_HOME", "").rstrip("/"), env.get("HOME", "").rstrip("/")
    if folder:
        reading.load(f"{folder}/fish/config.fish", variable="XDG_CONFIG_HOME")
        reading.load_seen("XDG_CONFIG_HOME", f"{folder}/fish/conf.d/*.fish")
    elif home:
        for name in ("config.fish", "conf.d/*.fish"):
            reading.load_seen("HOME", f"{home}/.config/fish/{name}")
    for variable in ("XDG_DATA_HOME", "XDG_DATA_DIRS"):
        for data in env.get(variable, "").split(":"):
            if data:
                reading.load_seen(variable, f"{data.rstrip('/')}/fish/vendor_conf.d/*.fish")
