"""What an executor does: batches of lines, rows or files come in, what is found leaves as bytes.

The reading is the local engine's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-not-found,import-untyped,unused-ignore]
import pyarrow.compute as pc  # type: ignore[import-not-found,import-untyped,unused-ignore]
from msgspec import Struct

from flycatcher import __version__
from flycatcher.config.tables import install
from flycatcher.core.payload.origins import accept
from flycatcher.core.shell import prefilter
from flycatcher.hunt.batches import PLACES, counted, logs
from flycatcher.hunt.blocks import LONGEST
from flycatcher.hunt.engine import Found, Hunt, Options, Tally
from flycatcher.hunt.exchange import Result, packed
from flycatcher.hunt.spark.listing import address
from flycatcher.sources.logs.engine.recorded import Lost

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flycatcher.hunt.streams import Rows, Whole

RESULT = "log long, node string, part long, data binary"
"""Columns of what a task gives back: packed results, by log and in order."""
_SCHEMA = pa.schema([("log", pa.int64()), ("node", pa.string()), ("part", pa.int64()), ("data", pa.binary())])
_TOGETHER, _BYTES = 256, 1 << 22
"""Detections of one result, and bytes of their command lines."""
FIGURES = 1 << 62
"""The log of a result that holds a task's figures alone, which is none: it comes last."""
MISMATCH = "FLYCATCHER_VERSION_MISMATCH"


class Setup(Struct, frozen=True, kw_only=True):
    """What the driver tells all tasks."""

    options: Options
    files: dict[str, tuple[str, int]] = {}
    """By the address of each file its name, and the index of its log."""
    interpreters: dict[str, Any] = {}
    installers: Any = ()
    """Of the configuration, which each process has to be told of."""
    version: str = __version__

    def ready(self) -> None:
        """Make this process know what the driver's does. Raises RuntimeError where it has another version."""
        if self.version != __version__:
            raise RuntimeError(f"{MISMATCH} the executors have flycatcher {__version__}, this is {self.version}")
        install(self.interpreters)
        accept(self.installers)
        prefilter.forget()


class Task:
    """Reads the logs of one partition, one after the other, each in its order."""

    def __init__(self, setup: Setup, *, rows: bool = False) -> None:
        """``rows``: the column ``row`` holds a table's columns; else ``value`` holds a line, or a file."""
        self._setup = setup
        self._rows = rows
        self._lost: list[Lost] = []
        self._read: dict[str, int] = {}
        """What was read of each file: bytes, or a table's rows."""

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Yield what is found in batches with ``uri``, ``node`` and ``value`` or ``row``; then the figures."""
        self._setup.ready()
        hunt = Hunt(self._setup.options)
        for key, files in logs(counted(run for batch in batches for run in self._runs(batch))):
            log, _, node = key.partition(" ")
            yield from _packed(int(log), node, self._found(hunt, files))
        yield _batch(FIGURES, "", 0, Result([], hunt.tally, self._read))

    def _found(self, hunt: Hunt, files: Iterable[Rows | Whole]) -> Iterator[Found | Lost]:
        """Yield what is found in a log; what goes wrong in it ends the log, and not the job."""
        try:
            for each in hunt.read(files):
                yield each
                while self._lost:
                    yield self._lost.pop(0)
        except Exception as error:  # noqa: BLE001 - said, as whatever keeps a log from being read
            name = next(reversed(self._read), "")
            yield Lost(text=f"{name}: {type(error).__name__}: {error}: the rest was not read", place="read")
        while self._lost:
            yield self._lost.pop(0)

    def _runs(self, batch: Any) -> Iterator[tuple[tuple[str, str], Any]]:  # noqa: ANN401 - pyarrow's own
        """Yield the parts of a batch that are of one file each, with what tells its log from others, and its name."""
        begin = 0
        uris, nodes = batch.column("uri"), batch.column("node")
        for end in sorted({end for each in (uris, nodes) for end in pc.run_end_encode(each).run_ends.to_pylist()}):
            name, log = self._setup.files[address(uris[begin].as_py())]
            part = batch.slice(begin, end - begin)
            self._read[name] = self._read.get(name, 0) + _measure(part)
            if not self._rows:
                self._long(name, part)
            rows = pa.RecordBatch.from_struct_array(part.column("row")) if self._rows else _lines(part)
            yield (f"{log} {nodes[begin].as_py()}", name), rows
            begin = end

    def _long(self, name: str, part: Any) -> None:  # noqa: ANN401 - pyarrow's own
        """Say which lines were not read to their ends."""
        for _ in range(part.num_rows - part.column("size").null_count):
            text = f"{name}: a line is longer than {LONGEST >> 20} MiB: its rest was not read"
            self._lost.append(Lost(text=text, place="read"))


def _lines(part: Any) -> Any:  # noqa: ANN401 - pyarrow's own
    """Return the columns of a part that say what stands where."""
    return part.select([name for name in part.schema.names if name == "value" or name in PLACES])


def _measure(part: Any) -> int:  # noqa: ANN401 - pyarrow's own
    """Return the bytes in a part: of lines with their newlines; of a table its rows."""
    if "row" in part.schema.names:
        return len(part)
    lines: int = len(part) - (pc.sum(part.column("whole")).as_py() or 0)
    return lines + int(pc.sum(pc.binary_length(part.column("value"))).as_py() or 0)


def _packed(log: int, node: str, found: Iterable[Found | Lost]) -> Iterator[Any]:
    """Yield what is found in a log, in rows of a bounded size."""
    waiting: list[Found | Lost] = []
    part = size = 0
    for each in found:
        waiting.append(each)
        size += sum(map(len, each.detection.execution.argv)) if isinstance(each, Found) else 0
        if len(waiting) >= _TOGETHER or size >= _BYTES:
            yield _batch(log, node, part, Result(waiting, Tally()))
            waiting, part, size = [], part + 1, 0
    if waiting:
        yield _batch(log, node, part, Result(waiting, Tally()))


def _batch(log: int, node: str, part: int, result: Result) -> Any:  # noqa: ANN401 - pyarrow's own
    """Return a batch of one row."""
    row = {"log": log, "node": node, "part": part, "data": packed(result)}
    return pa.RecordBatch.from_pylist([row], schema=_SCHEMA)
