"""``flycatcher report``: one comment on a pull request that says what is new, gone and known."""
