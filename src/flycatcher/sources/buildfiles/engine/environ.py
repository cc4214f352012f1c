"""Variables that make an interpreter run text as soon as one is started: ``ENV NODE_OPTIONS=...`` in an image, ``env:`` of a job.

No command of the file has to start the interpreter for that: what the image, the job or the unit runs later gets them. What a value
means, the table of the interpreter that reads it says (:mod:`flycatcher.core.interpreters.carriers`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters import carriers
from flycatcher.sources.buildfiles.engine.filetype import Start

if TYPE_CHECKING:
    from collections.abc import Iterator


def carried(
    name: str, value: str, span: tuple[int, int], symbol: tuple[str, ...], context: dict[str, str] | None = None
) -> Iterator[Start]:
    """Yield the start that shows what a variable makes its interpreter run, where it is one that does."""
    for found in carriers.carried({name: value}):
        yield Start(
            argv=found.argv, span=span, env={name: value}, symbol=(*symbol, name), context=context or {}, confidence="medium"
        )  # fmt: skip
