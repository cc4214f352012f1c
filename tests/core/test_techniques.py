"""Each technique that a record can name has its name."""

from __future__ import annotations

import re
from pathlib import Path

from flycatcher.core.techniques import TECHNIQUES, named

CORE = Path(__file__).parents[2] / "src" / "flycatcher" / "core"


def test_every_technique_of_the_core_has_a_name() -> None:
    said = {
        uid
        for path in CORE.rglob("*.py")
        if path.name != "techniques.py"
        for uid in re.findall(r'"(T1\d{3}(?:\.\d{3})?)"', path.read_text())
    }
    assert said - TECHNIQUES.keys() == set()
    assert (named("T1059.006"), named("T9999")) == ("Python", "")
