"""Libraries of Ruby that run text when they are loaded (``-r``, RUBYOPT) or that a program loads: the debugger and Bundler.

Source: debug's config.rb and session.rb, bundler/setup.rb, rubygems.rb (use_gemdeps); checked with marker code against debug 1.6
and Bundler 2.3 of ruby 3.1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.paths import is_special

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.interpreters.engine.reading import Reading

AT_START = (
    "rubygems.rb", "rubygems/defaults/operating_system.rb", "rubygems/defaults/ruby.rb", "rbconfig.rb", "monitor.rb",
    "error_highlight.rb", "did_you_mean.rb", "syntax_suggest/core.rb",
)  # fmt: skip
"""What every ruby loads before the program, unless RubyGems is switched off (gem_prelude.rb, and what rubygems.rb requires)."""
_GOES_ON = frozenset({"c", "continue", "kill", "kill!", "q!", "quit!", "exit!"})
"""Commands behind which the debugger asks for no more, where no breakpoint is set."""
_TRUE = re.compile(r"(?i)1|true|t|y|yes|on")


def library(reading: Reading, name: str) -> None:
    """Read what a required library runs besides its own file."""
    base = name.removesuffix(".rb")
    if base == "debug/start" or base.endswith("/debug/start"):
        debugger(reading)
    elif base == "bundler/setup" or base.endswith("/bundler/setup"):
        gemfile(reading)


def debugger(reading: Reading, commands: Sequence[str] = ()) -> None:
    """Read the debugger's commands, Ruby among them: from its variables, then from stdin. ``commands`` were given to rdbg."""
    env = reading.execution.env
    if _TRUE.fullmatch(env.get("RUBY_DEBUG_NONSTOP", "")) or env.get("RUBY_DEBUG_ENABLE") in ("0", "disable", "no"):
        return
    given = list(commands)
    for variable in ("RUBY_DEBUG_COMMANDS", "RUBY_DEBUG_OPT"):
        text = env.get(variable, "")
        if variable.endswith("COMMANDS") and text and not commands:
            given += text.split(";;")
            reading.add("environment", text, variable=variable)
        elif "-e" in text:
            given += re.split(r"-e\s*|;;", text)
            reading.add("environment", text, variable=variable)
    script = env.get("RUBY_DEBUG_INIT_SCRIPT", "")
    if script and not reading.flows(script):
        reading.load(script, variable="RUBY_DEBUG_INIT_SCRIPT")
    used = reading.uses_stdin()
    if not used and not any(command.strip(" '\"") in _GOES_ON for command in given):
        reading.stdin(explicit=False, note="debugger commands")


def gemfile(reading: Reading, variable: str = "BUNDLE_GEMFILE") -> None:
    """Read the variable that names a Gemfile, which is Ruby: a descriptor is recorded, a project's own file is a script."""
    path = reading.execution.env.get(variable, "")
    if is_special(path, reading.execution) and not reading.flows(path):
        reading.descriptor(path, variable=variable)
