"""The reference of log formats is what the formats say about themselves."""

from __future__ import annotations

import runpy

from tests.docs.console import ROOT


def test_the_page_is_what_the_formats_say():
    written = (ROOT / "docs/reference/log-formats.md").read_text(encoding="utf-8")
    assert written == runpy.run_path(str(ROOT / "tools/log_formats.py"))["page"](), "run python tools/log_formats.py"
    assert "| `auditd` | auditd | list |" in written
