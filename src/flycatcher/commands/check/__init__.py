"""``flycatcher check``: what a command line would run."""
