"""puppet apply: manifests, whose resources start commands and change the system.

Source: lib/puppet/application/apply.rb and lib/puppet/util/command_line; checked with marker code against Puppet 7.23.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, CommandLine, Options, each, parse
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


class Puppet(Interpreter):
    """``puppet apply`` runs the text of -e, a manifest, or stdin."""

    id = "puppet"
    language = "puppet"
    names = (r"puppet",)
    runs_on = ("ruby",)
    install = "apt: puppet-agent"
    verified = ("7.23",)
    options = Options(
        short={"e": CODE, "l": VALUE, **each("dvtL", FLAG), **each("hV", EXIT)},
        long={
            "--execute": CODE,
            **each(
                ("--logdest", "--catalog", "--apply", "--modulepath", "--confdir", "--vardir", "--environment"), VALUE
            ),
            **each(
                ("--hiera_config", "--certname", "--codedir", "--rundir", "--logdir", "--tags", "--skip_tags"), VALUE
            ),
            **each(("--noop", "--debug", "--verbose", "--detailed-exitcodes", "--loadclasses", "--test"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        abbreviations=True,
        unknown="skip",
    )

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words behind the subcommand."""
        return parse(self.options, execution.argv, 2)

    def read(self, execution: Execution) -> Reading:
        """Read ``puppet apply``; other subcommands run no text."""
        if execution.argv[1:2] != ("apply",):
            return Reading(self, execution).finish("nothing")
        return super().read(execution)
