"""The session that a hunt runs in: the one that is there, or one of its own; what is missing for it is said before Java is."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flycatcher.core.errors import FlycatcherError
from flycatcher.extras import needed
from flycatcher.hunt.spark.errors import explained

if TYPE_CHECKING:
    from collections.abc import Iterator

_WAIT = 10.0
"""Seconds in which a master has to take a connection."""
_ADDRESS = re.compile(r"(?:spark|k8s|https?)://(?:https?://)?(.+)")
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.files.minPartitionNum": "1",
    "spark.sql.files.ignoreCorruptFiles": "true",
    "spark.sql.files.ignoreMissingFiles": "true",
    "spark.sql.legacy.parquet.nanosAsLong": "true",
}
"""Of a hunt. A file is cut only where it is larger than ``maxPartitionBytes``; a broken one ends with what was read of it."""


@contextmanager
def session(master: str = "", *, progress: bool = False) -> Iterator[Any]:
    """Yield the active session, or one that ends with the hunt. Raises FlycatcherError where there can be none."""
    with needed("pyspark", "spark", by="--engine spark"):
        from pyspark.sql import SparkSession  # noqa: PLC0415 - of the extra
    for package in ("pandas", "pyarrow"):
        with needed(package, "spark", by="--engine spark"):
            __import__(package)
    active = SparkSession.getActiveSession()
    if active is not None:
        yield active
        return
    _look(master)
    try:
        own = _builder(SparkSession, master, progress=progress).getOrCreate()
    except Exception as error:  # py4j has errors of its own, and so has Spark
        raise explained(error) from error
    try:
        own.sparkContext.setLogLevel("ERROR")
        yield own
    finally:
        own.stop()


def _builder(kind: Any, master: str, *, progress: bool) -> Any:  # noqa: ANN401 - pyspark's own
    """Return what makes a session: a local one stays on the loopback, and uses this Python."""
    made = kind.builder.appName("flycatcher hunt").config("spark.ui.showConsoleProgress", str(progress).lower())
    made = made.config("spark.log.level", "ERROR")
    if not master and "PYSPARK_GATEWAY_PORT" not in os.environ:  # spark-submit has a master of its own
        master = "local[*]"
    if master:
        made = made.master(master)
    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        made = made.config("spark.ui.enabled", "false")
        made = made.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
    return made


def _look(master: str) -> None:
    """Raise FlycatcherError where there is no Java, or nobody answers at the master's address."""
    home = os.environ.get("JAVA_HOME")
    java = os.path.join(home, "bin", "java") if home else shutil.which("java")
    if java is None or not os.access(java, os.X_OK):
        where = f": JAVA_HOME is {home}" if home else ""
        raise FlycatcherError(
            f"spark: no Java is here{where}", hint="install Java 17 or later: openjdk-17-jre-headless"
        )
    found = _ADDRESS.fullmatch(master)
    if found is None:
        return
    problems = [problem for each in found[1].split(",") if (problem := _problem(each))]
    if len(problems) == len(found[1].split(",")):
        raise FlycatcherError(
            f"spark: the master does not answer: {problems[0]}",
            hint="look whether it runs, and whether --master is right",
        )


def _problem(address: str) -> str:
    """Return why nobody can be reached at ``host:port``; empty where somebody takes a connection."""
    host, _, port = address.rpartition("/")[2].rpartition(":")
    if not host or not port.isdecimal():
        host, port = address.rstrip("/"), "443"
    try:
        socket.create_connection((host.strip("[]"), int(port)), _WAIT).close()
    except (OSError, OverflowError) as error:
        return f"{address}: {getattr(error, 'strerror', None) or error}"
    return ""


@contextmanager
def settings(spark: Any, logs: int) -> Iterator[None]:  # noqa: ANN401 - pyspark's own
    """Set what a hunt in so many logs needs, and put back what there was: the session may be a notebook's."""
    partitions = min(int(spark.conf.get("spark.sql.shuffle.partitions")), max(1, logs))  # one task reads one log
    wanted = {
        **SETTINGS,
        "spark.sql.files.openCostInBytes": str(split_size(spark) // 8),
        "spark.sql.shuffle.partitions": str(partitions),
    }
    before = {name: spark.conf.get(name, None) for name in wanted}
    try:
        for name, value in wanted.items():
            spark.conf.set(name, value)
        yield
    finally:
        for name, value in before.items():
            if value is None:
                spark.conf.unset(name)
            else:
                spark.conf.set(name, value)


def split_size(spark: Any) -> int:  # noqa: ANN401 - pyspark's own
    """Return the size in bytes from which on Spark cuts a file."""
    found = re.fullmatch(r"(\d+)\s*([kmgtKMGT]?)[iI]?[bB]?", spark.conf.get("spark.sql.files.maxPartitionBytes"))
    if found is None:
        return 1 << 27
    return int(found[1]) << {"": 0, "k": 10, "m": 20, "g": 30, "t": 40}[found[2].lower()]
