"""``flycatcher try``: a command that nobody trusts, in a sandbox that is thrown away."""
