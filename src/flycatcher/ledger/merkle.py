"""The Merkle tree of RFC 6962, section 2.1, as it grows: SHA-256, a leaf's prefix 0x00, a node's 0x01."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
"""Hashes of one tile."""
HASH_SIZE = 32


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash over two subtrees."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that is appended to: it holds the roots of the complete subtrees of which it consists."""

    def __init__(self) -> None:
        """Start empty."""
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, digest: bytes, height: int = 0) -> Iterator[tuple[int, bytes]]:
        """Append a complete subtree; yield tile level and hash of each new node that stands in a tile.

        A subtree higher than a leaf is one of a tile that was read again; its size must divide that of the tree.
        """
        self.size += 1 << height
        while True:
            if height % TILE_HEIGHT == 0:
                yield height // TILE_HEIGHT, digest
            if not self._peaks or self._peaks[-1][0] != height:
                break
            digest = node_hash(self._peaks.pop()[1], digest)
            height += 1
        self._peaks.append((height, digest))

    def root(self) -> bytes:
        """Return the tree head."""
        if not self._peaks:
            return sha256().digest()
        found = self._peaks[-1][1]
        for _, peak in reversed(self._peaks[:-1]):
            found = node_hash(peak, found)
        return found


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the head of a tree with these hashes of entries."""
    tree = Tree()
    for leaf in leaves:
        for _ in tree.add(leaf):
            pass
    return tree.root()
