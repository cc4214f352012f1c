"""Makes what is no part of the sources while a wheel or an editable install is built: the BPF program and the indexes."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_PACKAGE = Path("src/flycatcher")
_INDEXES = ("core/interpreters/_index.py", "core/payload/_index.py", "core/payload/languages/_index.py")


class BuildHook(BuildHookInterface[Any]):
    """Adds ``exec.bpf.o`` and the indexes of interpreters, capabilities and payload languages."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make them, and name them as files of the wheel (an editable install finds them beside their sources)."""
        del version
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        build = runpy.run_path(str(root / _PACKAGE / "sources/sensors/ebpf/build.py"))
        compiled: Path = build["compile_object"]()
        environment = {**os.environ, "PYTHONPATH": str(root / "src")}
        subprocess.run([sys.executable, "-m", "flycatcher.core.indexes"], check=True, env=environment, cwd=root)
        made = [compiled.relative_to(root), *(_PACKAGE / index for index in _INDEXES)]
        build_data["artifacts"] += [f"/{path}" for path in made]
