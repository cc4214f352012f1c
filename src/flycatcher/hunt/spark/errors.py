"""What Spark says where something is wrong, in one line, with what helps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST = 300
_EXECUTORS = "install flycatcher-detect[spark] of the same version there, and name that Python in PYSPARK_PYTHON"
_KNOWN: tuple[tuple[str, Callable[[re.Match[str]], tuple[str, str]]], ...] = (
    (
        r"PYTHON_VERSION_MISMATCH|Python in worker has different version[:\s]+\(?'?([\d.]+)",
        lambda _: ("the executors have another Python than this one", _EXECUTORS),
    ),
    (
        r"(?:ModuleNotFoundError: )?No module named '([\w.]+)'",
        lambda found: (f"the executors' Python has no {found[1]}", _EXECUTORS),
    ),
    (
        r"Cannot run program \"([^\"]+)\"",
        lambda found: (f"the executors cannot start {found[1]}", _EXECUTORS),
    ),
    (
        r"FLYCATCHER_VERSION_MISMATCH ([^\n]+)",
        lambda found: (found[1].strip(), _EXECUTORS),
    ),
    (
        r"No FileSystem for scheme \"?([\w-]+)",
        lambda found: (
            f"Spark has no file system for {found[1]}:",
            "give its package, as in spark.jars.packages=org.apache.hadoop:hadoop-aws:VERSION",
        ),
    ),
    (
        r"All masters are unresponsive|Could not connect to ([^\s]+)|Failed to connect to ([^\s]+)",
        lambda found: (f"the master does not answer{_named(found)}", "look whether it runs, and whether --master is right"),
    ),
    (
        r"Could not parse Master URL: '?([^'\n]+)|Master must either be",
        lambda _: ("--master: no master's address", "local[2], spark://HOST:7077, yarn, k8s://https://HOST:PORT"),
    ),
    (
        r"(?:PATH_ALREADY_EXISTS|already exists)",
        lambda _: ("the folder for Parquet is there already", "name another one: nothing is overwritten"),
    ),
    (
        r"OutOfMemoryError|Java heap space",
        lambda _: ("Spark ran out of memory", "give it more: spark.driver.memory, spark.executor.memory"),
    ),
    (
        r"UnsupportedClassVersionError|class file version",
        lambda _: ("this Java is too old for Spark", "install Java 17 or later, and set JAVA_HOME"),
    ),
)  # fmt: skip


def _named(found: re.Match[str]) -> str:
    """Return what a message names, behind a colon."""
    return next((f": {each}" for each in found.groups() if each), "")


def of_spark(error: BaseException) -> bool:
    """Whether an error comes from Spark, or through the bridge to Java."""
    return type(error).__module__.partition(".")[0] in ("pyspark", "py4j")


def explained(error: BaseException) -> FlycatcherError:
    """Return an error of Spark, Java or Hadoop as one that says in a line what to do."""
    text = str(error)
    for pattern, say in _KNOWN:
        found = re.search(pattern, text)
        if found is not None:
            said, hint = say(found)
            return FlycatcherError(f"spark: {said}", hint=hint)
    return FlycatcherError(f"spark: {_line(text) or type(error).__name__}", hint="Spark's own log says more")


def _line(text: str) -> str:
    """Return the line of a message that says most: the error of a Python worker, or the first that is no stack and no heading."""
    worker = re.findall(r"^(\w+(?:Error|Exception)\b.*)$", text, re.MULTILINE) if "Python worker" in text else []
    if worker:
        return f"in an executor: {worker[-1]}"[:_LONGEST]
    lines = (line.strip() for line in text.splitlines())
    told = (line for line in lines if line and not line.startswith(("at ", "An error occurred", "Traceback", ":  ")))
    return re.sub(r"^: ?(?:[\w$]+\.)+[\w$]+: ", "", next(told, ""))[:_LONGEST]
