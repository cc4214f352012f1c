"""A hunt as jobs of Spark: a log's lines come together in one task, in their order, wherever its files were cut.

What a task does with them is :mod:`.task`.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import reduce
from typing import TYPE_CHECKING, Any

from flycatcher.core.errors import FlycatcherError
from flycatcher.hunt.blocks import LONGEST
from flycatcher.hunt.exchange import unpacked
from flycatcher.hunt.spark.errors import explained, of_spark
from flycatcher.hunt.spark.listing import HIDDEN, LARGEST, File, address, configuration, java_path
from flycatcher.hunt.spark.session import settings, split_size
from flycatcher.hunt.spark.task import RESULT, Setup, Task
from flycatcher.hunt.spark.written import BY_DAY, Written
from flycatcher.sources.logs.engine.recorded import Lost

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flycatcher.hunt.engine import Found, Tally


_WRAPS = 1 << 32
"""Of the size that the end of a gzip file tells, it tells what is left by this."""
_TAKEN = ("uri", "node", "whole", "size", "value")
"""Columns that a task takes."""


class Job:
    """The hunt in some files."""

    def __init__(self, spark: Any, files: Sequence[File], setup: Setup) -> None:  # noqa: ANN401 - pyspark's own
        """``files``: as :func:`~.listing.listed` returns them."""
        self._spark = spark
        self._files = files
        self._setup = setup
        self._lost: list[Lost] = []
        self._results: Any = None

    def is_free(self, folders: Sequence[str]) -> None:
        """Raise FlycatcherError for a folder that is there: nothing is overwritten, and nothing added."""
        for folder in folders:
            path = self._spark._jvm.org.apache.hadoop.fs.Path(folder)  # noqa: SLF001 - the way to Hadoop's file systems
            if path.getFileSystem(configuration(self._spark)).exists(path):
                raise FlycatcherError(
                    f"{folder}: there already", hint="name a new folder: nothing is overwritten", code=2
                )

    @contextmanager
    def run(self) -> Iterator[None]:
        """Have everything read; within, :meth:`found` and :meth:`write` give what came of it. Raises FlycatcherError."""
        with settings(self._spark, len({file.log for file in self._files})):
            try:
                self._results = self._read()
                yield
            except Exception as error:
                if of_spark(error):
                    raise explained(error) from error
                raise
            finally:
                if self._results is not None:
                    self._results.unpersist()

    def frame(self) -> Any:  # noqa: ANN401 - pyspark's own
        """Have everything read, and return the detections as a DataFrame. Raises FlycatcherError."""
        with settings(self._spark, len({file.log for file in self._files})):
            try:
                self._results = self._read()
                return self._rows(Written(setup=self._setup))
            except Exception as error:
                if of_spark(error):
                    raise explained(error) from error
                raise

    def _rows(self, written: Written) -> Any:  # noqa: ANN401 - pyspark's own
        """Return the detections in the documented columns."""
        from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415 - of the extra

        columns = from_arrow_schema(BY_DAY)
        if self._results is None:
            return self._spark.createDataFrame([], columns)
        return self._results.mapInArrow(written, columns)

    def _read(self) -> Any:  # noqa: ANN401 - pyspark's own
        """Have everything read, and return the packed results, which lie on the executors' disks; None where there is nothing."""
        from pyspark import StorageLevel  # noqa: PLC0415 - of the extra

        parts = [part for part in (self._apart(), self._joined(), *self._tables()) if part is not None]
        if not parts:
            return None
        made = reduce(lambda one, other: one.unionAll(other), parts).persist(StorageLevel.DISK_ONLY)
        made.count()
        return made

    def write(self, folder: str, written: Written) -> None:
        """Write the detections as Parquet into a new folder, by the day on which they were. Raises FlycatcherError."""
        self._rows(written).write.partitionBy("day").parquet(folder)

    def found(self, tally: Tally) -> Iterator[Found | Lost]:
        """Yield what was found, in the order of the logs; the figures are added to ``tally``."""
        read: dict[str, int] = {}
        if self._results is not None:
            for row in self._results.orderBy("log", "node", "part").toLocalIterator():
                result = unpacked(bytes(row["data"]))
                yield from result.found
                tally.add(result.tally)
                for name, count in result.read.items():
                    read[name] = read.get(name, 0) + count
        yield from self._lost
        yield from self._unread(read)
        tally.logs += sum(not file.size and file.kind != "table" for file in self._files)

    def _unread(self, read: dict[str, int]) -> Iterator[Lost]:
        """Yield what was not read of files: of those that went, that grew, that are broken."""
        left_out = self._left_out
        for file in self._files:
            if file.size and file.kind not in ("here", "table") and file.name not in left_out:
                lacking = _lacking(file, read.get(file.name))
                if lacking:
                    yield Lost(text=f"{file.name}: {lacking}", place="read")

    @property
    def _left_out(self) -> set[str]:
        """Return the names of files that were too large."""
        return {file.name for file in self._files if file.kind in ("whole", "here") and file.size > _limit(file)}

    def _apart(self) -> Any:  # noqa: ANN401 - pyspark's own
        """Return the results of the logs that are one file that Spark does not cut: nothing needs to be brought together."""
        files = [file for file in self._files if file.kind == "lines" and file.size and self._is_apart(file)]
        return self._text(files).select(*_TAKEN).mapInArrow(Task(self._setup), RESULT) if files else None

    def _is_apart(self, file: File) -> bool:
        """Whether a file is all of its log, and in one piece."""
        alone = sum(other.log == file.log for other in self._files[max(0, file.at - 1) : file.at + 2]) == 1
        return alone and (file.packed or file.size <= split_size(self._spark))

    def _joined(self) -> Any:  # noqa: ANN401 - pyspark's own
        """Return the results of all other logs of lines: their pieces are brought together by log, and sorted."""
        lines = [file for file in self._files if file.kind == "lines" and file.size and not self._is_apart(file)]
        parts = [self._text(lines)] if lines else []
        parts += [part for part in (self._whole(), self._here()) if part is not None]
        if not parts:
            return None
        from pyspark.sql import functions as F  # noqa: N812, PLC0415 - as its users write it

        every = reduce(lambda one, other: one.unionAll(other), parts)
        places = [(file.uri, file.log, file.at) for file in self._files]
        known = self._spark.createDataFrame(places, "uri string, log int, file int")
        every = every.join(F.broadcast(known), "uri").repartition("log", "node")
        sorted_ = every.sortWithinPartitions("log", "node", "file", "block", "at")
        return sorted_.select(*_TAKEN).mapInArrow(Task(self._setup), RESULT)

    def _text(self, files: Sequence[File]) -> Any:  # noqa: ANN401 - pyspark's own
        """Return the lines of files, each with its file and its place."""
        from pyspark.sql import functions as F  # noqa: N812, PLC0415 - as its users write it

        value = F.col("value").cast("binary")
        return (
            self._reader()
            .option("lineSep", "\n")
            .text([file.path for file in files])
            .select(
                F.regexp_replace(F.col("_metadata.file_path"), "^file:/+", "file:/").alias("uri"),
                F.lit("").alias("node"),
                F.lit(False).alias("whole"),
                F.when(F.octet_length(value) > LONGEST, F.octet_length(value)).alias("size"),
                F.substring(value, 1, LONGEST).alias("value"),
                F.col("_metadata.file_block_start").alias("block"),
                F.monotonically_increasing_id().alias("at"),
            )
        )

    def _reader(self) -> Any:  # noqa: ANN401 - pyspark's own
        """Return what reads files by their names, which are no globs."""
        return self._spark.read.option("__globPaths__", "false").option("recursiveFileLookup", "true")

    def _whole(self) -> Any:  # noqa: ANN401 - pyspark's own
        """Return the files that are taken whole."""
        from pyspark.sql import functions as F  # noqa: N812, PLC0415 - as its users write it

        files, nothing = self._small("whole"), F.lit(0).cast("long")
        if not files:
            return None
        return (
            self._reader()
            .format("binaryFile")
            .load([file.path for file in files])
            .select(
                F.regexp_replace(F.col("_metadata.file_path"), "^file:/+", "file:/").alias("uri"),
                F.lit("").alias("node"),
                F.lit(True).alias("whole"),
                F.lit(None).cast("int").alias("size"),
                F.col("content").alias("value"),
                nothing.alias("block"),
                nothing.alias("at"),
            )
        )

    def _here(self) -> Any:  # noqa: ANN401 - pyspark's own
        """Return the files that Spark would pass over because of their names: they are few and small, and read by the driver."""
        files, conf = self._small("here"), configuration(self._spark)
        rows = [(file.uri, "", True, None, bytearray(_content(self._spark, conf, file)), 0, 0) for file in files]
        columns = "uri string, node string, whole boolean, size int, value binary, block long, at long"
        return self._spark.createDataFrame(rows, columns) if rows else None

    def _small(self, kind: str) -> list[File]:
        """Return the files of a kind that are small enough to be taken whole; of the others it is said that they are not."""
        files = [file for file in self._files if file.kind == kind and file.size]
        for file in files:
            if file.size > _limit(file):
                text = f"{file.name}: more than {_limit(file) >> 20} MiB that Spark cannot cut into lines: not read"
                self._lost.append(Lost(text=text, place="read"))
        return [file for file in files if file.size <= _limit(file)]

    def _tables(self) -> Iterator[Any]:
        """Yield the results of Parquet's files, tables with the columns of a format or with lines, and of Delta's tables."""
        alike: dict[str, list[File]] = {}
        for file in self._files:
            if file.kind == "rows" and file.rows:
                alike.setdefault(file.columns, []).append(file)
        for files in alike.values():
            yield self._of_rows(self._reader().parquet(*[file.path for file in files]), files)
        for file in self._files:
            if file.kind == "table":
                yield self._delta(file)

    def _of_rows(self, frame: Any, files: Sequence[File]) -> Any:  # noqa: ANN401 - pyspark's own
        """Return the results of a table's rows, each file in its order."""
        from pyspark.sql import functions as F  # noqa: N812, PLC0415 - as its users write it

        rows = frame.select(
            F.struct(*[F.col(f"`{name}`") for name in frame.columns]).alias("row"),
            F.col("_metadata.file_path").alias("uri"),
            F.lit("").alias("node"),
            F.col("_metadata.row_index").alias("at"),
        )
        if any(file.size > split_size(self._spark) for file in files):
            rows = rows.repartition("uri").sortWithinPartitions("uri", "at")
        return rows.select("uri", "node", "row").mapInArrow(Task(self._setup, rows=True), RESULT)

    def _delta(self, table: File) -> Any:  # noqa: ANN401 - pyspark's own
        """Return the results of a table of Delta: its files, as they are now. Raises FlycatcherError without its package."""
        try:
            frame = self._spark.read.format("delta").load(table.path)
        except Exception as error:
            if "delta" not in str(error).lower():
                raise
            raise FlycatcherError(
                f"{table.name}: a table of Delta, which this Spark does not read",
                hint="start it with --packages io.delta:delta-spark_2.13:VERSION, or name the table's Parquet files",
            ) from error
        files = [File(uri, address(uri), uri, 0, "rows", log=table.log, at=table.at) for uri in frame.inputFiles()]
        self._setup.files.update({file.uri: (file.name, file.log) for file in files})
        return self._of_rows(frame, files)


def _lacking(file: File, count: int | None) -> str:
    """Return what is not right about what was read of a file: bytes, or rows; empty where all of it was."""
    if file.kind == "rows":
        return "" if file.columns and (count or 0) == file.rows else f"broken: {count or 0} rows were read"
    if count is None:
        return "nothing of it was read: it has gone, or is broken"
    if file.kind == "lines" and not file.packed and count not in (file.size, file.size + 1):
        return f"{count} bytes were read; when it was listed it had {file.size}"
    if file.unpacked is not None and count % _WRAPS not in (file.unpacked, (file.unpacked + 1) % _WRAPS):
        return f"broken, or several files in one: it was unpacked to {count} bytes"
    return ""


def _limit(file: File) -> int:
    """Return the bytes up to which a file is taken whole."""
    return HIDDEN if file.kind == "here" else LARGEST


def _content(spark: Any, conf: Any, file: File) -> bytes:  # noqa: ANN401 - pyspark's own
    """Return all that is in a file."""
    path = java_path(spark, file.uri)
    stream = path.getFileSystem(conf).open(path)
    try:
        return bytes(stream.readAllBytes())
    finally:
        stream.close()
