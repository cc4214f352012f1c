"""Real builds, run bare and under Flycatcher: what it says of them, and what it costs. See ``__main__.py``."""
