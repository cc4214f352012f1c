"""docs/reference/sinks.md is what formats and transports say about themselves."""

from __future__ import annotations

import runpy
from pathlib import Path

from flycatcher.sinks.delivery.registry import format_classes, transport_classes

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/reference/sinks.md").read_text(encoding="utf-8")


def test_the_reference_is_what_the_sources_say() -> None:
    assert runpy.run_path(str(ROOT / "tools/sinks.py"))["page"]() == PAGE, "run python tools/sinks.py"


def test_every_format_and_transport_is_in_the_reference_and_has_a_test() -> None:
    tests = "".join(path.read_text() for path in (ROOT / "tests/delivery").glob("test_*.py"))
    for name in format_classes():
        assert f"| `{name}` |" in PAGE
    for scheme in transport_classes():
        assert f"`{scheme}:`" in PAGE
    untested = {
        kind.__name__
        for kind in transport_classes().values()
        if not any(scheme.partition("+")[0] in tests for scheme in kind.schemes)
    }
    assert untested - {"Store"} == set()
