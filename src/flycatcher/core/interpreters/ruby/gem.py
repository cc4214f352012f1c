"""gem: RubyGems' program. A gemspec and a file of dependencies are Ruby.

Source: rubygems/command.rb (OptionParser), commands/build_command.rb, commands/install_command.rb, install_update_options.rb;
checked with marker code against RubyGems 3.3. The kernel sees ruby with the script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.engine.parsers import parse_line
from flycatcher.core.interpreters.engine.paths import is_special

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_SHORTEST = 2
"""Letters that tell ``build`` from the other commands."""
_COMMON = {
    **each(("--verbose", "--no-verbose", "--quiet", "--silent", "--backtrace", "--debug", "--norc"), FLAG),
    "--config-file": VALUE, "--help": EXIT,
}  # fmt: skip
_BUILD = Options(
    short={**each("oC", VALUE), **each("Vq", FLAG), "h": EXIT},
    long={**_COMMON, **each(("--platform", "--output"), VALUE), **each(("--force", "--strict"), FLAG)},
    permute=True,
    parser="optionparser",
)
_SWITCHES = (
    "env-shebang", "force", "wrappers", "format-executable", "user-install", "minimal-deps", "post-install-message", "lock",
    "suggestions", "update-sources", "prerelease", "test",
)  # fmt: skip
"""Each with ``--no-`` in front, too."""
_INSTALL = Options(
    short={"g": Option("optional", "file"), **each("inBsv", VALUE), "p": Option("optional"), **each("NEfwlrbutVq", FLAG),
           "h": EXIT},
    long={
        **_COMMON,
        "--file": Option("optional", "file"),
        **each(("--install-dir", "--bindir", "--build-root", "--without", "--bulk-threshold", "--source", "--platform", "--version",
                "--trust-policy"), VALUE),
        **each(("--document", "--http-proxy"), Option("optional")),
        **each([f"--{no}{name}" for name in _SWITCHES for no in ("", "no-")], FLAG),
        **each(("--vendor", "--no-document", "--ignore-dependencies", "--development", "--development-all", "--conservative",
                "--default", "--explain", "--local", "--remote", "--both", "--clear-sources", "--no-http-proxy"), FLAG),
    },
    permute=True,
    parser="optionparser",
)  # fmt: skip


class Gem(Interpreter):
    """``gem build FILE`` evaluates the file, and so does ``gem install -g FILE``."""

    id = "gem"
    language = "ruby"
    kind = "embedded"
    names = (r"gem(?:\d[\d.]*)?",)
    runs_on = ("ruby",)
    install = "apt: ruby"
    verified = ("3.3.15",)
    options = Options(parser="optionparser")

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words behind ``build`` or ``install``, which may be abbreviated; other commands run no text."""
        command = execution.argv[1] if len(execution.argv) > 1 else ""
        if "build".startswith(command) and len(command) >= _SHORTEST:
            return parse_line(_BUILD, execution.argv, 2, env=execution.env)
        if command == "i" or ("install".startswith(command) and len(command) > _SHORTEST):
            line = parse_line(_INSTALL, execution.argv, 2, env=execution.env)
            return CommandLine(line.given, [], line.error)
        return CommandLine([], [])

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Record the descriptors that are evaluated: the gemspec, which is looked for as a file, and the file of -g."""
        for index in command.operands:
            path = reading.execution.argv[index]
            if is_special(path, reading.execution) and not reading.flows(path):
                reading.descriptor(path, index=index)
        for given in command.given:
            if given.option.role == "file" and is_special(given.value or "", reading.execution):
                reading.descriptor(given.value or "", index=given.at, offset=given.offset)
        return reading.finish("script")
