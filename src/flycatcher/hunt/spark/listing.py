"""Which files there are, on whatever file system Spark reads, what each holds, and which belong together."""

from __future__ import annotations

import bz2
import os
import re
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa  # type: ignore[import-not-found,import-untyped,unused-ignore]
import pyarrow.parquet as parquet  # type: ignore[import-not-found,import-untyped,unused-ignore] # noqa: PLR0402 - as mypy knows it
from msgspec import Struct

from flycatcher.core.errors import FlycatcherError
from flycatcher.hunt.blocks import SAMPLE, is_lines
from flycatcher.hunt.inputs import together
from flycatcher.hunt.spark.errors import explained, of_spark
from flycatcher.hunt.streams import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Kind = Literal["lines", "rows", "whole", "here", "table"]
"""``lines``: Spark reads its lines; ``rows``: Parquet; ``whole``: one executor takes all of it, and unpacks it.

``here``: Spark would pass it over because of its name, as it does with ``.bash_history``; ``table``: a table of Delta.
"""
LARGEST = 1 << 28
"""Bytes of a file that is taken whole."""
HIDDEN = 1 << 26
"""Bytes of a file that is read here."""
_HEAD = 1 << 16
_FOOTER = 1 << 26
"""Bytes of the end of a Parquet file that tells of its columns."""
_AT_ONCE = 16
_PACKED = {"gzip": (".gz", ".gzip"), "bzip2": (".bz2",)}
"""How Spark unpacks while it reads, by the end of a name."""
_OWN = ("_SUCCESS", "_metadata", "_common_metadata", "_started", "_committed", "_temporary")
"""Beginnings of names that Spark and Hadoop themselves write."""


class File(Struct):
    """One file, or one table."""

    name: str
    """As the user named it, or where it lies below what was named."""
    uri: str
    """As Spark's ``_metadata.file_path`` has it."""
    path: str
    """As Spark's readers take it."""
    size: int
    kind: Kind = "lines"
    packed: bool = False
    unpacked: int | None = None
    """Bytes that gzip says at its end that it has packed, by 2^32."""
    columns: str = ""
    """Of Parquet, with their types: files that have the same are read together. Empty where they cannot be read."""
    rows: int = 0
    log: int = 0
    """Index of the log that it belongs to."""
    at: int = 0
    """Index among all files."""


def listed(spark: Any, paths: Sequence[str]) -> list[File]:  # noqa: ANN401 - pyspark's own
    """Return the files that paths name, in the order of their logs. Raises FlycatcherError where a path leads to nothing."""
    try:
        conf = configuration(spark)
        found = [file for path in paths for file in _named(spark, conf, path)]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(lambda file: _look(spark, conf, file), found))
    except Exception as error:
        if of_spark(error):
            raise explained(error) from error
        raise
    return ordered(found)


def ordered(found: Iterable[File]) -> list[File]:
    """Return files by their logs, rotated ones the oldest first, each with its place."""
    by_name = {file.name: file for file in found}
    files: list[File] = []
    for log, each in enumerate(together(by_name)):
        for name in each.paths:
            file = by_name[name]
            file.log, file.at = log, len(files)
            files.append(file)
    return files


def _named(spark: Any, conf: Any, path: str) -> list[File]:  # noqa: ANN401 - pyspark's own
    """Return the files that a path, a folder or a glob names."""
    kind = spark._jvm.org.apache.hadoop.fs.Path  # noqa: SLF001 - the way to Hadoop's file systems
    own = kind(path)
    system = own.getFileSystem(conf)
    here = ""
    if ":/" not in path and not os.path.isabs(path) and system.getUri().getScheme() == "file":
        own, here = kind(os.path.join(os.getcwd(), path)), f"{os.getcwd()}/"  # Java's working folder may be another one
    roots = [system.getFileStatus(own)] if system.exists(own) else list(system.globStatus(own) or ())
    if not roots:
        raise FlycatcherError(
            f"{path}: no such file", hint="give a log, a folder or a glob that Spark can read", code=3
        )
    return [file for root in roots for file in _below(system, root, _Names(path, here))]


class _Names(Struct):
    """Names files as the user would."""

    given: str
    here: str
    """The working folder, where what was given is relative."""

    def of(self, path: Any) -> str:  # noqa: ANN401 - Hadoop's own
        """Return the name of a path."""
        if ":/" in self.given:
            return str(path.toString())
        return str(path.toUri().getPath()).removeprefix(self.here)


def _below(system: Any, root: Any, names: _Names) -> list[File]:  # noqa: ANN401 - Hadoop's own
    """Return the files below a folder, those of a folder before those of the folders in it; a file itself."""
    if not root.isDirectory():
        return [_file(root, names)]
    if system.exists(root.getPath().suffix("/_delta_log")):
        return [_file(root, names, "table")]
    found: list[File] = []
    inside = sorted(system.listStatus(root.getPath()), key=lambda each: str(each.getPath().getName()))
    found += [_file(each, names) for each in inside if each.isFile() and not _is_own(str(each.getPath().getName()))]
    for each in inside:
        if each.isDirectory() and not _is_own(str(each.getPath().getName())):
            found += _below(system, each, names)
    return found


def _is_own(name: str) -> bool:
    """Whether a name is of what Spark or Hadoop keep beside data."""
    return name.startswith(_OWN) or (name.startswith(".") and name.endswith(".crc"))


def _file(status: Any, names: _Names, kind: Kind = "lines") -> File:  # noqa: ANN401 - Hadoop's own
    """Return a file of a listing."""
    path = status.getPath()
    return File(names.of(path), address(path.toUri().toString()), str(path.toString()), int(status.getLen()), kind)


def address(uri: str) -> str:
    """Return an address in one form: Hadoop writes ``file:/`` and ``file:///``."""
    return re.sub(r"^file:/+", "file:/", uri)


def _look(spark: Any, conf: Any, file: File) -> None:  # noqa: ANN401 - pyspark's own
    """Say how a file is to be read, by how it begins."""
    if file.kind == "table" or not file.size:
        return
    path = java_path(spark, file.uri)
    stream = path.getFileSystem(conf).open(path)
    try:
        head = bytes(stream.readNBytes(_HEAD))
        file.kind, file.packed = kind_for(str(path.getName()), head)
        if file.kind == "lines" and file.packed and head.startswith(b"\x1f\x8b"):
            stream.seek(file.size - 4)
            file.unpacked = int.from_bytes(bytes(stream.readNBytes(4)), "little")
        if file.kind == "rows":
            file.columns, file.rows = _footer(stream, file.size)
    finally:
        stream.close()


def _footer(stream: Any, size: int) -> tuple[str, int]:  # noqa: ANN401 - Hadoop's own
    """Return the columns and the number of rows of a Parquet file, from its end; no columns where that is broken."""
    stream.seek(max(0, size - 8))
    end = bytes(stream.readNBytes(8))
    length = int.from_bytes(end[:4], "little") + 8
    if end[4:] != b"PAR1" or not 8 < length <= min(size, _FOOTER):
        return "", 0
    stream.seek(size - length)
    try:
        found = parquet.read_metadata(pa.BufferReader(bytes(stream.readNBytes(length))))
        return str(found.schema.to_arrow_schema().remove_metadata()), found.num_rows
    except (OSError, ValueError):  # pyarrow's own are of these
        return "", 0


def java_path(spark: Any, uri: str) -> Any:  # noqa: ANN401 - Hadoop's own
    """Return Hadoop's path of an address."""
    jvm = spark._jvm  # noqa: SLF001 - the way to Hadoop's file systems
    return jvm.org.apache.hadoop.fs.Path(jvm.java.net.URI(uri))


def configuration(spark: Any) -> Any:  # noqa: ANN401 - Hadoop's own
    """Return Hadoop's configuration, with the session's settings."""
    return spark._jsparkSession.sessionState().newHadoopConf()  # noqa: SLF001 - the way to Hadoop's file systems


def kind_for(name: str, head: bytes) -> tuple[Kind, bool]:
    """Return how a file is read that has this name and begins with these bytes, and whether it is packed."""
    packing = kind_of(head[:512])
    if name.startswith((".", "_")):
        return "here", bool(packing)
    if head.startswith(b"PAR1"):
        return "rows", False
    by_name = next((kind for kind, ends in _PACKED.items() if name.endswith(ends)), "")
    if packing != by_name:
        return "whole", bool(packing)
    text = _unpacked(head, packing)
    if kind_of(text[:512]) or not is_lines(text, whole=len(head) < _HEAD):
        return "whole", bool(packing)
    return "lines", bool(packing)


def _unpacked(head: bytes, packing: str) -> bytes:
    """Return what the first bytes of a file unpack to."""
    try:
        if packing == "gzip":
            return zlib.decompressobj(31).decompress(head, SAMPLE)
        if packing == "bzip2":
            return bz2.BZ2Decompressor().decompress(head, SAMPLE)
    except (OSError, ValueError, EOFError, zlib.error):
        return b""
    return head
