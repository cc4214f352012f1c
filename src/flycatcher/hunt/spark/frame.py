"""For notebooks on a cluster: the detections in logs as a DataFrame of Spark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flycatcher.hunt.engine import Options
from flycatcher.hunt.spark.job import Job
from flycatcher.hunt.spark.listing import listed
from flycatcher.hunt.spark.task import Setup

if TYPE_CHECKING:
    from os import PathLike


def read(spark: Any, *paths: str | PathLike[str], form: str = "", shells: bool = False) -> Any:  # noqa: ANN401 - pyspark's own
    """Return the detections in logs as a DataFrame in the columns of :data:`~flycatcher.hunt.schema.SCHEMA`, with their ``day``.

    ``paths``: files, folders or globs on any file system that Spark reads; ``form`` names the format where it is not recognised.
    The logs are read at once, and what was found lies on the executors' disks as long as the session. Raises FlycatcherError.
    """
    files = listed(spark, [str(path) for path in paths])
    setup = Setup(options=Options(form=form, shells=shells), files={file.uri: (file.name, file.log) for file in files})
    return Job(spark, files, setup).frame()
