"""Detections for notebooks: as records, rows, Arrow, Polars or pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flycatcher.core.errors import FlycatcherError
from flycatcher.extras import needed
from flycatcher.hunt.engine import Found, Hunt, Options
from flycatcher.hunt.inputs import series
from flycatcher.reporting import record_of
from flycatcher.sinks.formats.flat import row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flycatcher.sinks import Record
    from flycatcher.sources.logs.engine.recorded import Lost


class Frame:
    """What one reading has found. ``len(frame)``, ``frame[0]`` and iteration give records, as JSON has them."""

    def __init__(self, records: list[Record], lost: list[Lost], figures: dict[str, int]) -> None:
        """``lost``: what the logs have lost; ``figures``: what was counted."""
        self.records = records
        self.lost = lost
        self.figures = figures

    def __len__(self) -> int:
        return len(self.records)

    def __getitem__(self, at: int) -> Record:
        return self.records[at]

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def rows(self) -> list[dict[str, str | int]]:
        """Return one flat row a detection (:data:`flycatcher.sinks.formats.flat.COLUMNS`)."""
        return [row(record) for record in self.records]

    def arrow(self) -> Any:  # noqa: ANN401 - pyarrow's own
        """Return a ``pyarrow.Table`` in the schema of :mod:`.arrow`. Raises FlycatcherError without the extra."""
        with needed("pyarrow", "hunt"):
            from flycatcher.hunt.arrow import table  # noqa: PLC0415 - of the extra
        return table(self.records)

    def polars(self) -> Any:  # noqa: ANN401 - polars' own
        """Return a ``polars.DataFrame`` of the flat rows. Raises FlycatcherError without the extra."""
        with needed("polars", "hunt"):
            import polars  # type: ignore[import-not-found,import-untyped,unused-ignore] # noqa: ICN001, PLC0415 - of the extra
        return polars.DataFrame(self.rows())

    def pandas(self) -> Any:  # noqa: ANN401 - pandas' own
        """Return a ``pandas.DataFrame`` of the flat rows. Raises FlycatcherError where pandas is not installed."""
        try:
            import pandas  # type: ignore[import-not-found,import-untyped,unused-ignore] # noqa: ICN001, PLC0415 - the notebook's own
        except ImportError:
            raise FlycatcherError("pandas is not installed", hint="pip install pandas") from None
        return pandas.DataFrame(self.rows())


def frame(paths: Sequence[str], *, form: str = "", shells: bool = False) -> Frame:
    """Return what is found in logs. Raises FlycatcherError."""
    hunt = Hunt(Options(form=form, shells=shells))
    records: list[Record] = []
    lost: list[Lost] = []
    for found in hunt.hunt(series(paths)):
        if isinstance(found, Found):
            records.append(record_of(found.detection))
        else:
            lost.append(found)
    return Frame(records, lost, dict(hunt.tally.counts))
