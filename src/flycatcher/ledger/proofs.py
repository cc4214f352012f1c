"""Which hashes prove that an entry is in a tree, and that a tree continues another: RFC 6962 and RFC 9162, section 2.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.ledger.merkle import node_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Range = tuple[int, int]
"""Entries from the first to before the second; the hash over them is part of a proof."""


def split(count: int) -> int:
    """Return the largest power of two below a count of at least two: how many entries the left subtree has."""
    return 1 << ((count - 1).bit_length() - 1)


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Return the subtrees of the inclusion proof of an entry, the lowest first."""
    start, end, found = 0, size, []
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """Return the subtrees of the proof that a tree continues one with ``old`` entries, the lowest first."""
    if old in {0, new}:
        return []
    start, end, found = 0, new, []
    while old != end:
        middle = start + split(end - start)
        if old <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return ([(start, end)] if start else []) + found[::-1]


def included_root(leaf: bytes, index: int, size: int, path: Iterable[bytes]) -> bytes | None:
    """Return the head that an inclusion proof leads to; None where it has not as many hashes as it needs."""
    if not 0 <= index < size:
        return None
    at, last, found = index, size - 1, leaf
    for digest in path:
        if not last:
            return None
        if at & 1 or at == last:
            found = node_hash(digest, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, digest)
        at, last = at >> 1, last >> 1
    return found if not last else None


def is_consistent(old: tuple[int, bytes], new: tuple[int, bytes], path: Sequence[bytes]) -> bool:
    """Whether a proof shows that the tree ``new`` continues the tree ``old``, each given by size and head."""
    (first, first_root), (second, second_root) = old, new
    if first > second:
        return False
    if first in {0, second}:
        return not path and (first != second or first_root == second_root)
    hashes = [first_root, *path] if first & (first - 1) == 0 else list(path)
    return bool(hashes) and _both_roots(first, second, hashes) == (first_root, second_root)


def _both_roots(first: int, second: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return both heads that a consistency proof leads to; None where it has not as many hashes as it needs."""
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    older = newer = hashes[0]
    for digest in hashes[1:]:
        if not last:
            return None
        if at & 1 or at == last:
            older, newer = node_hash(digest, older), node_hash(digest, newer)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            newer = node_hash(newer, digest)
        at, last = at >> 1, last >> 1
    return (older, newer) if not last else None
