"""The configuration of a project or a host: ``flycatcher.toml``, ``.github/flycatcher.toml`` or ``[tool.flycatcher]``."""

from flycatcher.config.load import Loaded, load, load_committed
from flycatcher.config.model import Config, Suppression

__all__ = ["Config", "Loaded", "Suppression", "load", "load_committed"]
