"""Where a user's store lies."""

from __future__ import annotations

import os
from pathlib import Path


def default_store() -> str:
    """Return the address of the user's own store."""
    return f"store://{state_folder()}/store.db"


def state_folder() -> Path:
    """Return the folder in which it lies (XDG Base Directory Specification 0.8)."""
    if os.geteuid() == 0:
        return Path("/var/lib/flycatcher")
    home = os.environ.get("XDG_STATE_HOME", "")
    return (Path(home) if home.startswith("/") else Path.home() / ".local/state") / "flycatcher"
