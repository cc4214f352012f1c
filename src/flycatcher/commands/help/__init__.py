"""``flycatcher help``: what a command does and takes, as its ``--help`` says it."""
