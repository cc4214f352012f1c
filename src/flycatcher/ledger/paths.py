"""Names of a ledger's files: tiles and entry bundles as C2SP tlog-tiles names them, bodies in the same order beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.ledger.merkle import TILE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKPOINT = "checkpoint"
LOCK = "lock"
EMPTY = frozenset(("checkpoint.new", LOCK))
"""What may stand in a ledger that has no checkpoint yet."""
CONTENT = frozenset(("bodies", "tile"))
"""What stands in one that has entries."""


def tile(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Return the name of a tile of hashes; ``width`` below 256: it is not full yet."""
    return _partial(f"tile/{level}/{_number(index)}", width)


def bundle(index: int, width: int = TILE_WIDTH) -> str:
    """Return the name of a bundle of entries."""
    return _partial(f"tile/entries/{_number(index)}", width)


def segment(index: int) -> str:
    """Return the name of the file that holds the bodies of a bundle's entries, one a line."""
    return f"bodies/{_number(index)}.jsonl"


def spans(size: int) -> Iterator[tuple[int, int]]:
    """Yield index and width of each tile that holds so many hashes."""
    full, rest = divmod(size, TILE_WIDTH)
    index = 0
    while index < full:
        yield index, TILE_WIDTH
        index += 1
    if rest:
        yield full, rest


def partial(name: str) -> str:
    """Return the folder of what a tile or bundle is while it is not full."""
    return f"{name}.p"


def _partial(name: str, width: int) -> str:
    return name if width == TILE_WIDTH else f"{partial(name)}/{width}"


def _number(index: int) -> str:
    """Return a number in groups of three digits, all but the last behind an x: ``x001/x234/067``."""
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03}")
    return "/".join(groups)
