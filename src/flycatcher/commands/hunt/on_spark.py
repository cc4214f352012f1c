"""``hunt --engine spark``: the same hunt on a cluster; what is found goes the same ways, or as Parquet to its file system."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.errors import FlycatcherError
from flycatcher.hunt.inputs import STDIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.commands.hunt.hunt_run import HuntRun
    from flycatcher.commands.hunt.settings import HuntSettings
    from flycatcher.config import Loaded


def run(settings: HuntSettings, loaded: Loaded, make: Callable[[HuntSettings], HuntRun]) -> int:
    """Hunt on Spark, report, and return the exit code. Raises FlycatcherError.

    ``make`` opens the outputs: they are left alone where Spark cannot start, or a path leads to nothing.
    """
    _refused(settings)
    from flycatcher.hunt.spark.session import session  # noqa: PLC0415 - of the extra

    with session(settings.master or "", progress=sys.stderr.isatty() and not settings.quiet) as spark:
        from flycatcher.hunt.spark.job import Job  # noqa: PLC0415 - as above
        from flycatcher.hunt.spark.listing import listed  # noqa: PLC0415
        from flycatcher.hunt.spark.task import Setup  # noqa: PLC0415
        from flycatcher.hunt.spark.written import Written  # noqa: PLC0415

        files = listed(spark, settings.paths)
        config = loaded.config
        setup = Setup(
            options=settings.options(),
            files={file.uri: (file.name, file.log) for file in files},
            interpreters=config.interpreters,
            installers=config.accepted_installers,
        )
        folders = [file for kind, file in settings.outputs if kind == "parquet"]
        job = Job(spark, files, setup)
        job.is_free(folders)
        hunt = make(replace(settings, outputs=tuple(each for each in settings.outputs if each[0] != "parquet")))
        with job.run():
            for folder in folders:
                written = Written(
                    setup=setup,
                    suppressions=config.suppress,
                    rules=config.rule,
                    ignores=not settings.no_ignores,
                    redact=not settings.no_redact,
                    known=hunt.known,
                )
                job.write(folder, written)
            hunt.take(job.found(hunt.tally))
    return hunt.finish()


def _refused(settings: HuntSettings) -> None:
    """Raise FlycatcherError for what a cluster does not do."""
    for asked, option in ((settings.follow, "--follow"), (settings.checkpoint, "--checkpoint")):
        if asked:
            raise FlycatcherError(
                f"{option}: not with --engine spark",
                hint="stream with foreachBatch: docs/how-to/hunt-on-spark.md",
                code=2,
            )
    if STDIN in settings.paths:
        raise FlycatcherError("-: Spark reads files, not standard input", hint="use --engine local", code=2)
    if ("parquet", STDIN) in settings.outputs:
        raise FlycatcherError("parquet goes to a folder", hint="give -o FOLDER", code=2)
