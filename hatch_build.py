"""Makes what is no part of the sources while a wheel or an editable install is built: the indexes. Nothing is compiled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_INDEXES = (
    "core/interpreters/_index.py",
    "core/interpreters/identity/_index.py",
    "core/payload/_index.py",
    "core/payload/languages/_index.py",
)


class BuildHook(BuildHookInterface[Any]):
    """Adds the indexes of interpreters, their markers, capabilities and payload languages."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make them, and name them as files of the wheel (an editable install finds them beside their sources)."""
        del version
        # pip's build environment is a PYTHONPATH, too
        path = os.pathsep.join(filter(None, [str(Path(self.root) / "src"), os.environ.get("PYTHONPATH")]))
        subprocess.run(
            [sys.executable, "-m", "flycatcher.core.indexes"],
            check=True,
            env={**os.environ, "PYTHONPATH": path},
            cwd=self.root,
        )
        build_data["artifacts"] += [f"/src/flycatcher/{index}" for index in _INDEXES]
