"""Virtual environments of this machine, without a pip of their own."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def pip(environment: Path, *words: str) -> None:
    """Install into an environment."""
    target = ["--python", str(environment / "bin/python")]
    subprocess.run(
        [sys.executable if _has_pip() else "python3", "-m", "pip", *target, "install", "-qq", *words], check=True
    )


def _has_pip() -> bool:
    return subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
