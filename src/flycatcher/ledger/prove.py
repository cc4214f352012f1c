"""Makes proofs from a ledger's tiles: only those that the proof needs are read, and what comes of them is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.ledger import paths
from flycatcher.ledger.entry import entry_of
from flycatcher.ledger.merkle import HASH_SIZE, TILE_HEIGHT, TILE_WIDTH, leaf_hash, node_hash, root_of
from flycatcher.ledger.proofs import consistency_ranges, included_root, inclusion_ranges, is_consistent, split

if TYPE_CHECKING:
    from flycatcher.ledger.checkpoint import Checkpoint
    from flycatcher.ledger.folder import Folder


class Tiles:
    """The hashes of a ledger's tree, by the entries that they cover."""

    def __init__(self, folder: Folder, size: int) -> None:
        """``size``: the entries that the ledger's checkpoint speaks of, by which its tiles are named."""
        self._folder = folder
        self._size = size
        self._read: dict[tuple[int, int], bytes] = {}

    def over(self, start: int, end: int) -> bytes:
        """Return the hash over entries. Raises OSError; ValueError where a tile is missing, or cut off."""
        count = end - start
        if count & (count - 1) == 0 and start % count == 0:
            return self._node(count.bit_length() - 1, start // count)
        middle = start + split(count)
        return node_hash(self.over(start, middle), self.over(middle, end))

    def root(self, size: int) -> bytes:
        """Return the head that the tree had with so many entries. Raises as :meth:`over`."""
        return self.over(0, size) if size else root_of(())

    def _node(self, height: int, index: int) -> bytes:
        """Return the hash of a complete subtree."""
        level, rest = divmod(height, TILE_HEIGHT)
        first = index << rest
        tile, at = divmod(first, TILE_WIDTH)
        data = self._tile(level, tile)[at * HASH_SIZE : (at + (1 << rest)) * HASH_SIZE]
        if len(data) != HASH_SIZE << rest:
            raise ValueError(f"{self._name(level, tile)} is cut off")
        return root_of(data[place : place + HASH_SIZE] for place in range(0, len(data), HASH_SIZE))

    def _tile(self, level: int, index: int) -> bytes:
        if (level, index) not in self._read:
            found = self._folder.read(self._name(level, index))
            if found is None:
                raise ValueError(f"{self._name(level, index)} is missing")
            self._read[level, index] = found
        return self._read[level, index]

    def _name(self, level: int, index: int) -> str:
        width = (self._size >> (TILE_HEIGHT * level)) - index * TILE_WIDTH
        return paths.tile(level, index, min(width, TILE_WIDTH))


def prove_inclusion(folder: Folder, head: Checkpoint, index: int) -> tuple[bytes, list[bytes]]:
    """Return an entry's body and the hashes that prove it. Raises OSError; ValueError where the files do not give the head."""
    body = body_at(folder, index)
    tiles = Tiles(folder, head.size)
    hashes = [tiles.over(*each) for each in inclusion_ranges(index, head.size)]
    if included_root(leaf_hash(entry_of(body)), index, head.size, hashes) != head.root:
        raise ValueError(f"entry {index} does not lead to the checkpoint's head: see flycatcher ledger verify")
    return body, hashes


def prove_consistency(folder: Folder, stored: int, old: tuple[int, bytes | None], new: Checkpoint) -> list[bytes]:
    """Return the hashes that prove that ``new`` continues ``old``: a size, and the head where it is known.

    ``stored``: the entries that the ledger has. Raises OSError; ValueError where it does not, or the files do not give the heads.
    """
    size, root = old
    if not size <= new.size <= stored:
        raise ValueError(f"the ledger has {stored} entries: it cannot be shown that {new.size} continue {size}")
    tiles = Tiles(folder, stored)
    given = tiles.root(size) if root is None else root
    hashes = [tiles.over(*each) for each in consistency_ranges(size, new.size)]
    if not is_consistent((size, given), (new.size, new.root), hashes):
        raise ValueError(f"the {new.size} entries do not continue the {size} of the older checkpoint")
    return hashes


def body_at(folder: Folder, index: int) -> bytes:
    """Return the body of one entry. Raises OSError, ValueError where it is missing."""
    lines = (folder.read(paths.segment(index // TILE_WIDTH)) or b"").split(b"\n")
    place = index % TILE_WIDTH
    if place >= len(lines) - 1:
        raise ValueError(f"the body of entry {index} is missing")
    return lines[place]
