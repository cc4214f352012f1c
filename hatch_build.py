"""Compiles the BPF program while a wheel or an editable install is made: no package of the system is needed for it."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_HERE = Path("src/flycatcher/sensors/ebpf")


class BpfBuildHook(BuildHookInterface[Any]):
    """Adds ``exec.bpf.o``, which is no part of the sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and name the object as a file of the wheel (an editable install finds it beside its source)."""
        del version
        if self.target_name != "wheel":
            return
        # the package itself cannot be imported here: its dependencies are not installed while it is built
        build = runpy.run_path(str(Path(self.root) / _HERE / "build.py"))
        made: Path = build["compile_object"]()
        build_data["artifacts"].append(f"/{made.relative_to(self.root)}")
