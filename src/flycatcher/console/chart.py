"""The chart of sightings over time, as the measures of an SVG that the server draws: it needs no script, and it prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from flycatcher.core.levels import LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

HEIGHT = 100.0


class Chart(NamedTuple):
    """Bars from left to right."""

    bars: list[dict[str, Any]]
    """``since``, ``until``, ``levels``, ``total``, and ``parts``: level, top and height of each part in percent."""
    highest: int
    total: int
    severe: int
    """Sightings of level high and critical."""


def chart(spans: Sequence[dict[str, Any]], width: float) -> Chart:
    """Return the bars of spans that are ``width`` seconds wide."""
    totals = [sum(span["levels"].values()) for span in spans]
    highest = max(totals, default=0)
    bars = [
        span | {"until": span["since"] + width, "total": total, "parts": _parts(span["levels"], highest)}
        for span, total in zip(spans, totals, strict=True)
    ]
    severe = sum(span["levels"]["high"] + span["levels"]["critical"] for span in spans)
    return Chart(bars, highest, sum(totals), severe)


def _parts(levels: dict[str, int], highest: int) -> list[dict[str, Any]]:
    """Return a bar's parts from the bottom, the worst level lowest; a part that is there is never too thin to be seen."""
    made, bottom = [], HEIGHT
    for level in reversed(LEVELS):
        if levels[level]:
            height = max(HEIGHT * levels[level] / highest, 1.5)
            bottom -= height
            made.append({"level": level, "top": round(max(bottom, 0), 2), "height": round(height, 2)})
    return made
