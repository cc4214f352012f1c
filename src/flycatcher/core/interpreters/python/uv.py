"""uv and pipx: scripts that ``uv run`` and ``pipx run`` fetch from an address, or read from stdin.

Source: uv help run, pipx run --help, checked with marker code against uv 0.13. The programs that they start are executions
of their own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.engine.parsers import parse_line
from flycatcher.core.interpreters.engine.paths import is_url
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_VALUES = (
    "--extra", "--no-extra", "--group", "--no-group", "--only-group", "--env-file", "--with", "--with-editable", "--package",
    "--with-requirements", "--python", "--index", "--default-index", "--index-url", "--extra-index-url", "--find-links", "--color",
    "--upgrade-package", "--reinstall-package", "--resolution", "--prerelease", "--exclude-newer", "--link-mode", "--spec",
    "--config-setting", "--refresh-package", "--cache-dir", "--directory", "--project", "--config-file", "--index-strategy",
    "--allow-insecure-host", "--suffix", "--pip-args", "--backend", "--no-build-package", "--no-binary-package",
    "--python-platform",
)  # fmt: skip


class Uv(Host):
    """``uv run`` and ``pipx run``."""

    id = "uv"
    language = "python"
    technique = "T1059.006"
    names = ("uv|pipx",)
    verified = ("0.13.9",)
    install = "pip: uv"
    hint = re.compile(r"\nrun\n")
    options = Options(
        parser="clap",
        short={**each("piwPfC", VALUE), **each("nqvsU", FLAG), "m": Option("value", "module", last=True), "h": EXIT},
        long={**each(_VALUES, VALUE), "--module": Option("value", "module", last=True), "--help": EXIT},
        unknown="skip",
    )

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words behind ``run``; other commands run no text."""
        words = execution.argv
        return parse_line(self.options, words, words.index("run", 1) + 1 if "run" in words[1:] else len(words))

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the first operand of ``run``."""
        words = reading.execution.argv
        if command.first("module") or not command.operands:
            return reading.finish("nothing")
        index = command.operands[0]
        if is_url(words[index]) and words[index].startswith(("http:", "https:")):
            reading.add("url", None, index=index, url=words[index])
        elif words[index] == "-" and words[0].rpartition("/")[2] == "uv":
            reading.stdin(explicit=True, index=index)
        return reading.finish("nothing")
