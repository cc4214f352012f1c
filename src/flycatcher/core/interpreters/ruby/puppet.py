"""puppet apply: manifests, whose resources start commands and change the system.

Source: lib/puppet/application/apply.rb, lib/puppet/util/command_line (OptionParser); checked with marker code against Puppet 7.23.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Options, each


class Puppet(Interpreter):
    """``puppet apply`` runs the text of -e, a manifest, or stdin."""

    id = "puppet"
    language = "puppet"
    names = (r"puppet",)
    runs_on = ("ruby",)
    install = "apt: puppet-agent"
    verified = ("7.23",)
    subcommands = ("apply",)
    options = Options(
        short={"e": CODE, "l": VALUE, **each("dvtL", FLAG), **each("hV", EXIT)},
        long={
            "--execute": CODE,
            **each(
                (
                    "--logdest",
                    "--catalog",
                    "--apply",
                    "--modulepath",
                    "--confdir",
                    "--vardir",
                    "--environment",
                    "--code",
                ),
                VALUE,
            ),
            **each(
                ("--hiera-config", "--certname", "--codedir", "--rundir", "--logdir", "--tags", "--skip-tags"), VALUE
            ),
            **each(("--noop", "--debug", "--verbose", "--detailed-exitcodes", "--loadclasses", "--test"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        parser="optionparser",
        unknown="skip",
    )
