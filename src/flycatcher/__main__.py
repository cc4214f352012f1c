"""``python -m flycatcher``."""

from flycatcher.commands import main

main()
