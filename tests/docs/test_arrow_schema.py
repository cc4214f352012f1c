"""The reference of detections in Arrow is what the records say about themselves."""

from __future__ import annotations

import runpy

import pytest

from tests.docs.console import ROOT

pytest.importorskip("pyarrow")


def test_the_page_is_what_the_records_say():
    written = (ROOT / "docs/reference/arrow.md").read_text(encoding="utf-8")
    assert written == runpy.run_path(str(ROOT / "tools/arrow_schema.py"))["page"](), "run python tools/arrow_schema.py"
    for line in (
        "| `time` | timestamp[us, tz=UTC] | When it was started, from `fidelity.time`; null where the log has no time. |",
        "| `layers` | list of [layer](#layer) |",
        "| `reasons` | list of [reason](#reason) |",
    ):
        assert line in written
