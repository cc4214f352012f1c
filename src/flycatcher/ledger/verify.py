"""Checks a ledger from its files alone, and names the first entry that was changed, removed or put in.

Each entry is there three times: as the body it follows from, as a row of a bundle, as a hash of a tile. What gives the
checkpoint's head is right; the others are compared with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.ledger import paths
from flycatcher.ledger.checkpoint import Checkpoint, noted, parse
from flycatcher.ledger.entry import entry_of, unbundled
from flycatcher.ledger.merkle import HASH_SIZE, TILE_WIDTH, Tree, leaf_hash, root_of
from flycatcher.signing.keys import VerifierKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flycatcher.ledger.folder import Folder
    from flycatcher.signing.note import Note

Leaves = list[bytes]
_COPIES = ("hashes", "rows", "bodies")


class Trust(Struct, frozen=True):
    """What a ledger is compared with besides itself."""

    key: VerifierKey | None = None
    """Who must have signed its checkpoint; None: that is not looked at."""
    kept: tuple[bytes, ...] = ()
    """Earlier checkpoints that were kept elsewhere."""
    witnesses: tuple[VerifierKey, ...] = ()
    quorum: int = 0
    """How many of the witnesses must have signed one of those checkpoints, or the ledger's own."""


class Verdict(Struct):
    """What came of it."""

    size: int
    """Entries that the checkpoint speaks of."""
    trouble: str = ""
    """Empty: everything fits."""
    entry: int | None = None
    """The first entry that does not fit, from 0; None: no single one."""
    witnessed: int = 0
    """Entries for which there are as many witnesses as were asked for."""


def verify(folder: Folder, trust: Trust | None = None) -> Verdict:
    """Check everything. Raises OSError; FlycatcherError where a signature is to be checked and the library is missing."""
    trust = trust or Trust()
    data = folder.read(paths.CHECKPOINT) or b""
    checkpoint, note = parse(data), noted(data)
    if checkpoint is None or note is None:
        return Verdict(0, "the checkpoint is missing, or is none")
    copies = [_hashes(folder, checkpoint.size), _rows(folder, checkpoint.size), _bodies(folder)]
    verdict = _compared(checkpoint, copies)
    if verdict.entry == checkpoint.size:
        verdict.trouble += ": it stands behind the checkpoint, as after a run that was killed, which the next one mends"
    if not verdict.trouble:
        verdict.trouble = _upper_tiles(folder, copies[0])
    other = unsigned(note, checkpoint, trust.key)
    if other:
        verdict.trouble = other + (f"; {verdict.trouble}" if verdict.trouble else "")
    if not verdict.trouble:
        verdict.trouble = next(
            filter(None, (_against_kept(copies[0], checkpoint, each, trust) for each in trust.kept)), ""
        )
    if not verdict.trouble and trust.witnesses:
        _count_witnesses(verdict, (data, *trust.kept), trust)
    return verdict


def unsigned(note: Note, checkpoint: Checkpoint, key: VerifierKey | None, which: str = "the checkpoint") -> str:
    """Say why a checkpoint is not known to be the key's."""
    if key is None:
        return ""
    if not note.signatures:
        return f"{which} is not signed"
    if checkpoint.origin != key.name:
        return f"{which} is that of {checkpoint.origin}, and the key that of {key.name}"
    standing = key.standing(note)
    return "" if standing == "good" else f"{which} is not signed with this key: the signature is {standing}"


def _count_witnesses(verdict: Verdict, files: tuple[bytes, ...], trust: Trust) -> None:
    """Find how many entries have witnesses enough; all these checkpoints are the ledger's past."""
    sizes = dict.fromkeys(trust.witnesses, -1)
    for data in files:
        checkpoint, note = parse(data), noted(data)
        for key in trust.witnesses:
            if checkpoint is not None and note is not None and key.standing(note) == "good":
                sizes[key] = max(sizes[key], checkpoint.size)
    reached = sorted((size for size in sizes.values() if size >= 0), reverse=True)
    if len(reached) < trust.quorum:
        verdict.trouble = f"{len(reached)} of the {len(sizes)} witnesses have signed, and {trust.quorum} must have"
    elif trust.quorum:
        verdict.witnessed = reached[trust.quorum - 1]


def _compared(checkpoint: Checkpoint, copies: list[Leaves]) -> Verdict:
    """Find the copy that gives the checkpoint's head, and the first entry at which another one differs from it."""
    for truth in copies:
        if len(truth) == checkpoint.size and root_of(truth) == checkpoint.root:
            return _first(checkpoint.size, ((name, truth, copy) for name, copy in zip(_COPIES, copies, strict=True)))
    if copies[0] == copies[1] == copies[2]:
        return Verdict(checkpoint.size, f"the checkpoint does not fit the {len(copies[0])} entries: one was replaced")
    pairs = (("bodies", copies[1], copies[2]), ("hashes", copies[1], copies[0]), ("rows", copies[2], copies[1]))
    verdict = _first(checkpoint.size, pairs)
    verdict.trouble += "; more than this was changed: nothing gives the checkpoint's head"
    return verdict


def _first(size: int, pairs: Iterator[tuple[str, Leaves, Leaves]] | tuple[tuple[str, Leaves, Leaves], ...]) -> Verdict:
    """Return the lowest entry at which a pair differs."""
    found = [
        (at, f"entry {at} was {how} ({name})") for name, truth, copy in pairs for at, how in _difference(truth, copy)
    ]
    entry, trouble = min(found, default=(None, ""))
    return Verdict(size, trouble, entry)


def _difference(truth: Leaves, copy: Leaves) -> Iterator[tuple[int, str]]:
    """Yield where a copy first differs from the truth, and how."""
    if truth == copy:
        return
    shorter = min(len(truth), len(copy))
    at = next((at for at in range(shorter) if truth[at] != copy[at]), shorter)
    if at == len(copy) or (at + 1 < len(truth) and copy[at] == truth[at + 1]):
        yield at, "removed"
    elif at == len(truth) or (at + 1 < len(copy) and copy[at + 1] == truth[at]):
        yield at, "put in"
    else:
        yield at, "changed"


def _hashes(folder: Folder, size: int) -> Leaves:
    """Return the hashes of the lowest tiles, up to the first that is missing."""
    return list(_pieces(size, lambda index, width: folder.read(paths.tile(0, index, width)), _cut))


def _rows(folder: Folder, size: int) -> Leaves:
    """Return the hashes of the entries in the bundles."""
    return [leaf_hash(entry) for entry in _pieces(size, lambda *at: folder.read(paths.bundle(*at)), unbundled)]


def _pieces(
    size: int, read: Callable[[int, int], bytes | None], cut: Callable[[bytes], Iterator[bytes]]
) -> Iterator[bytes]:
    """Yield what a copy has of each entry, up to the first file that is missing: a checkpoint may claim any size."""
    for index, width in paths.spans(size):
        data = read(index, width)
        if data is None:
            return
        yield from cut(data)


def _cut(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), HASH_SIZE):
        yield data[at : at + HASH_SIZE]


def _bodies(folder: Folder) -> Leaves:
    """Return the hashes of the entries that follow from the bodies; of what stands behind the checkpoint, too."""
    return [_leaf_of(line) for line in bodies(folder)]


def bodies(folder: Folder) -> Iterator[bytes]:
    """Yield all bodies in order, until a segment is missing; a line that is cut off is one, too. Raises OSError."""
    index = 0
    while (data := folder.read(paths.segment(index))) is not None:
        *lines, torn = data.split(b"\n")
        yield from lines
        if torn:
            yield torn + b"\n"
        index += 1


def _leaf_of(line: bytes) -> bytes:
    """Return the hash of the entry that follows from a body; of the line, where none does."""
    try:
        return leaf_hash(entry_of(line)) if not line.endswith(b"\n") else leaf_hash(line)
    except (ValueError, RecursionError):
        return leaf_hash(line)


def _upper_tiles(folder: Folder, leaves: Leaves) -> str:
    """Say which tile above the lowest does not follow from those below."""
    tree = Tree()
    nodes: dict[int, list[bytes]] = {}
    for leaf in leaves:
        for height, digest in tree.add(leaf):
            nodes.setdefault(height, []).append(digest)
    for height in sorted(nodes.keys() - {0}):
        for index, width in paths.spans(len(nodes[height])):
            start = index * TILE_WIDTH
            name = paths.tile(height, index, width)
            if folder.read(name) != b"".join(nodes[height][start : start + width]):
                return f"{name} was changed: it does not follow from the tiles below"
    return ""


def _against_kept(leaves: Leaves, now: Checkpoint, data: bytes, trust: Trust) -> str:
    """Say why a checkpoint that was kept elsewhere is none of this ledger's past."""
    kept, note = parse(data), noted(data)
    if kept is None or note is None:
        return "the checkpoint that was kept is none"
    if kept.origin != now.origin:
        return f"the checkpoint that was kept is that of {kept.origin}, and this ledger is {now.origin}"
    other = unsigned(note, kept, trust.key, "the checkpoint that was kept")
    if other:
        return other
    if kept.size > len(leaves):
        return f"the checkpoint that was kept speaks of {kept.size} entries: {kept.size - len(leaves)} were removed"
    if root_of(leaves[: kept.size]) != kept.root:
        return f"the first {kept.size} entries are not those of the checkpoint that was kept: the ledger was rewritten"
    return ""
