"""Regular expressions that every supported Python reads alike."""

import re
from pathlib import Path

SOURCES = sorted((Path(__file__).parents[1] / "src").rglob("*.py"))
POSSESSIVE_GROUP = re.compile(r"""(?<![\[\\])\)(?:[*?+]|\{\d+(?:,\d*)?\})\+|\(\?>""")


def test_no_group_is_possessive_or_atomic():
    """Before 3.11.5 and 3.12, such a group forgets its other ways (CPython gh-106052); Debian 12 has 3.11.2."""
    found = [
        f"{path.name}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if POSSESSIVE_GROUP.search(line)
    ]
    assert found == []
