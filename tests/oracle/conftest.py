"""The oracle's closing table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

COLUMNS = (
    "interpreter",
    "programs",
    "cases",
    "ran inline text",
    "refused",
    "broke off",
    "hung",
    "unsteady",
    "missed",
    "false alarms",
)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print a row for each grammar that ran."""
    rows = [
        value
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, value in getattr(report, "user_properties", ())
        if name == "oracle"
    ]
    if not rows:
        return
    terminalreporter.section("the core against the real interpreters")
    totals = ("total", *(sum(row[column] for row in rows) for column in range(1, len(COLUMNS))))
    for row in (COLUMNS, *sorted(rows), totals):
        cells = [str(cell).rjust(len(name)) for cell, name in zip(row[1:], COLUMNS[1:], strict=True)]
        terminalreporter.write_line("  ".join((str(row[0]).ljust(12), *cells)))
