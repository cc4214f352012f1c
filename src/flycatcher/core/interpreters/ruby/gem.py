"""gem: RubyGems' program. A gemspec and a file of dependencies are Ruby.

Source: rubygems/commands/build_command.rb, install_command.rb (``-g``); checked with marker code against RubyGems 3.3. The kernel
sees ruby with the script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.paths import descriptor_of
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.ruby.libraries import flows

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

_SHORTEST = 2
"""Letters that tell ``build`` from the other commands."""


class Gem(Interpreter):
    """``gem build FILE`` evaluates the file, and so does ``gem install -g FILE``."""

    id = "gem"
    language = "ruby"
    kind = "embedded"
    names = (r"gem(?:\d[\d.]*)?",)
    runs_on = ("ruby",)
    install = "apt: ruby"
    verified = ("3.3.15",)

    def read(self, execution: Execution) -> Reading:
        """Record the descriptors that are evaluated; commands may be abbreviated."""
        words = execution.argv
        reading = Reading(self, execution)
        command = words[1] if len(words) > 1 else ""
        builds = "build".startswith(command) and len(command) >= _SHORTEST
        installs = command == "i" or ("install".startswith(command) and len(command) > _SHORTEST)
        for index in range(2, len(words)):
            word, offset = words[index], 0
            before = words[index - 1]
            if installs and word.startswith("-g"):
                offset = 2
            elif installs and word.startswith("--file="):
                offset = 7
            elif not builds and not (installs and before in ("-g", "--file")):
                continue
            path = word[offset:]
            if descriptor_of(path, execution.cwd) is not None and not (builds and flows(reading, path)):
                reading.descriptor(path, index=index, offset=offset)
        return reading.finish("script")
