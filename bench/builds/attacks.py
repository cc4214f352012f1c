"""Plants attacks in the builds and asks ``run``, ``watch`` and ``scan`` about them. See ``planted.py``."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from msgspec import Struct

from bench.builds.catalogue import BUILDS, Build
from bench.builds.workshop import FLYCATCHER
from flycatcher.core.levels import LEVELS, at_least

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import Any

    from bench.builds.planted import Attack
    from bench.builds.workshop import Workshop

LEAST = "high"
"""What every attack has to be at."""
_BUILDS = {build.name: build for build in BUILDS}


class Answer(Struct, frozen=True, kw_only=True):
    """What the commands say of one attack: the worst level in each."""

    attack: str
    levels: dict[str, str]
    """By command; ``scan`` only where the text stands in a file."""

    @property
    def missed(self) -> tuple[str, ...]:
        """The commands in which it is below :data:`LEAST`."""
        return tuple(command for command, level in self.levels.items() if level == "-" or not at_least(level, LEAST))


def ask(workshop: Workshop, attack: Attack, modes: Iterable[str]) -> Answer:
    """Plant an attack and return what each mode says of it."""
    levels: dict[str, str] = {}
    for mode in modes:
        with workshop.place(_host(attack)) as folder:
            workshop.prepare(attack.plant, folder)
            if attack.file and "scan" not in levels:
                levels["scan"] = scanned(folder / attack.file)
            levels[mode] = worst(workshop.measured(_build(attack), mode, folder).records)
    return Answer(attack=attack.name, levels=levels)


def _host(attack: Attack) -> Build:
    """Return the build that an attack is planted in; one that is empty where it needs none."""
    empty = Build(name=f"planted-{attack.name}", kind="planted", fetch="true", command="")
    return _BUILDS.get(attack.build, empty)


def _build(attack: Attack) -> Build:
    """Return the build's part that sets an attack off."""
    return Build(name=f"planted-{attack.name}", kind="planted", fetch="", command=attack.trigger)


def scanned(path: Path) -> str:
    """Return the worst level that ``flycatcher scan`` finds in a file."""
    words = [FLYCATCHER, "scan", "--quiet", "--no-history", "--no-gitignore", "--allow-empty", "--allow-unread"]
    done = subprocess.run([*words, "--format", "jsonl", str(path)], capture_output=True, text=True, check=False)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return worst(row for row in rows if "risk" in row)


def worst(records: Iterable[Mapping[str, Any]]) -> str:
    """Return the highest level of some records; ``-`` where there are none."""
    levels = [record["risk"].get("level", "none") for record in records]
    return max(levels, key=LEVELS.index, default="-")
