"""``python -m flycatcher``."""

from flycatcher.cli import main

main()
