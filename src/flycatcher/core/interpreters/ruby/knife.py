"""knife of Chef: ``knife exec`` runs Ruby.

Source: lib/chef/knife/exec.rb and mixlib-cli. Unverified: no registry here has Chef.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Options, each


class Knife(Interpreter):
    """``knife exec`` runs the text of -E, its files, or stdin; other subcommands run none."""

    id = "knife"
    language = "ruby"
    kind = "embedded"
    names = (r"knife",)
    runs_on = ("ruby",)
    install = "gem: chef-cli"
    subcommands = ("exec",)
    subcommand_first = False
    options = Options(
        short={"E": CODE, **each("pckseuVF", VALUE), **each("yazd", FLAG), **each("hv", EXIT)},
        long={
            "--exec": CODE,
            **each(
                ("--script-path", "--config", "--key", "--server-url", "--environment", "--user", "--format"), VALUE
            ),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        parser="optionparser",
        unknown="skip",
    )
