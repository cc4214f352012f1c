"""Appends to a ledger: each entry's body at once; bundle, tiles and checkpoint for a batch of them, which makes them count.

Whatever is killed in between leaves whole bodies behind the checkpoint, and their entries follow from them: the next run takes
them in, and cuts off the one that is torn.
"""

from __future__ import annotations

import errno
import os
import time
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.ledger import paths
from flycatcher.ledger.checkpoint import ORIGIN, Checkpoint, noted, parse
from flycatcher.ledger.entry import bundled, entry_of, unbundled
from flycatcher.ledger.folder import Folder
from flycatcher.ledger.merkle import HASH_SIZE, TILE_HEIGHT, TILE_WIDTH, Tree, leaf_hash

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.signing.keys import SigningKey

LARGEST_BATCH = TILE_WIDTH
"""Entries that may wait for a checkpoint at most."""


class BrokenLedgerError(OSError):
    """The files do not fit each other; ``flycatcher ledger verify`` says where."""

    def __init__(self, reason: str) -> None:
        """Say what does not fit."""
        super().__init__(errno.EIO, f"{reason}: see flycatcher ledger verify")


class OtherKeyError(OSError):
    """The ledger is signed with another key than was given, or with none."""

    def __init__(self, reason: str) -> None:
        """Say which."""
        super().__init__(errno.EKEYREJECTED, reason)


class Sealing(Struct, frozen=True):
    """When a checkpoint is written, and whether the disk has everything by then."""

    every: int = 1
    """Entries after which one is written, however short the time; at most :data:`LARGEST_BATCH`."""
    seconds: float = 0.0
    """Time since the last one after which the next entry, or :meth:`Log.tick`, writes one."""
    sync: bool = False
    """Whether all that a checkpoint speaks of is on the disk before it is (fsync(2)), and then itself."""


class Log:
    """A ledger that is appended to; one process at a time."""

    def __init__(
        self,
        path: str,
        signer: SigningKey | None = None,
        sealing: Sealing | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open or create it, and mend its end; ``signer``: who signs its checkpoints.

        Raises OSError; BrokenLedgerError where more than its end is wrong, OtherKeyError where another key signed it.
        """
        self._signer, self._sealing, self._clock = signer, sealing or Sealing(), clock
        self._origin = ORIGIN if signer is None else signer.verifier.name
        self._folder = Folder(path, create=True)
        try:
            self._check_place()
            self._lock = self._locked()
        except OSError:
            self._folder.close()
            raise
        try:
            self.load()
        except OSError:
            self._let_go()
            raise

    def _check_place(self) -> None:
        """Refuse a folder that holds something else: a wrong path, one that a link has led elsewhere, or what is left of a ledger.

        A ledger has a checkpoint before it has anything else: without it, entries that nobody signed would be taken in.
        """
        names = self._folder.names()
        if paths.CHECKPOINT not in names and names & paths.CONTENT:
            raise BrokenLedgerError("the checkpoint is missing")
        if paths.CHECKPOINT not in names and names - paths.EMPTY:
            raise OSError(errno.ENOTEMPTY, "the folder holds something else than a ledger")

    def _locked(self) -> int:
        try:
            return self._folder.lock(paths.LOCK)
        except BlockingIOError as error:
            raise BlockingIOError(errno.EWOULDBLOCK, "another run writes to this ledger") from error

    def load(self) -> None:
        """Read the end of the log; after a write that failed, too. Raises OSError."""
        self.mended = ""
        """What was done to the end of the log; empty where nothing was."""
        self._tree = Tree()
        self._tails: list[list[bytes]] = []
        self._ready: dict[str, bytes] = {}
        self._sealed = 0
        found = self._folder.read(paths.CHECKPOINT)
        if found is None:
            self._write_checkpoint()
        else:
            self._load_tiles(self._trusted(found))
        self._load_bundle()
        self._sealed, self._sealed_at = self.size, self._clock()
        self._drop_left()
        self._mend()

    def _trusted(self, data: bytes) -> Checkpoint:
        """Return the checkpoint, where it is one that this run may go on from: nothing is signed that somebody else made."""
        checkpoint, note = parse(data), noted(data)
        if checkpoint is None or note is None:
            raise BrokenLedgerError("the checkpoint is none")
        if self._signer is None:
            if note.signatures:
                raise OtherKeyError("this ledger is signed: give its key (--ledger-key)")
        elif not note.signatures:
            raise OtherKeyError(
                "this ledger is not signed, and what is in it would be from now on: give another folder"
            )
        elif checkpoint.origin != self._origin or self._signer.verifier.standing(note) != "good":
            raise OtherKeyError(
                f"this ledger is not signed with the key {self._origin}: give its own, or another folder"
            )
        return checkpoint

    @property
    def size(self) -> int:
        """Return how many entries there are."""
        return self._tree.size

    @property
    def waiting(self) -> int:
        """Return how many of them no checkpoint speaks of yet."""
        return self.size - self._sealed

    def append(self, body: bytes) -> None:
        """Log one body, which has no end of line in it. Raises OSError, after which :meth:`load` is needed."""
        entry = entry_of(body)
        self._folder.append(paths.segment(self.size // TILE_WIDTH), body + b"\n")
        self._take(entry)
        if self.waiting >= min(self._sealing.every, LARGEST_BATCH):
            self.seal()
        else:
            self.tick()

    def tick(self) -> None:
        """Write a checkpoint where one is due. Raises as :meth:`append`."""
        if self.waiting and self._clock() - self._sealed_at >= self._sealing.seconds:
            self.seal()

    def seal(self) -> None:
        """Write what no checkpoint speaks of yet, and then the checkpoint. Raises as :meth:`append`."""
        levels = [
            level for level in range(len(self._tails)) if self._count(level) != self._sealed >> TILE_HEIGHT * level
        ]
        for level in levels:
            index, width = divmod(self._count(level), TILE_WIDTH)
            if width:
                self._ready[paths.tile(level, index, width)] = b"".join(self._tails[level])
        index, width = divmod(self.size, TILE_WIDTH)
        if width:
            self._ready[paths.bundle(index, width)] = self._bundle
        for name, data in self._ready.items():
            self._folder.replace(name, data, sync=self._sealing.sync)
        if self._sealing.sync:
            first, last = self._sealed // TILE_WIDTH, (self.size - 1) // TILE_WIDTH
            self._folder.sync({paths.segment(number) for number in {first, last}}, self._ready)
        self._write_checkpoint()
        before, self._sealed, self._sealed_at = self._sealed, self.size, self._clock()
        self._ready.clear()
        self._drop_partial(levels, before)

    def _write_checkpoint(self) -> None:
        """Put the checkpoint in place, last of all."""
        checkpoint = Checkpoint(self.size, self._tree.root(), self._origin)
        self._folder.replace(paths.CHECKPOINT, checkpoint.data(self._signer), sync=self._sealing.sync)
        if self._sealing.sync:
            self._folder.sync((), [paths.CHECKPOINT])

    def close(self) -> None:
        """Write the last checkpoint, and let go of the lock. Raises OSError; the lock is gone then, too."""
        try:
            if self.waiting:
                self.seal()
        finally:
            self._let_go()

    def _let_go(self) -> None:
        os.close(self._lock)
        self._folder.close()

    def _count(self, level: int) -> int:
        """Return how many hashes the tiles of a level hold."""
        return self.size >> (TILE_HEIGHT * level)

    def _load_tiles(self, checkpoint: Checkpoint) -> None:
        """Read the last tile of each level, and compare the head that they give."""
        size, level = checkpoint.size, 0
        while size >> (TILE_HEIGHT * level):
            index, width = divmod(size >> (TILE_HEIGHT * level), TILE_WIDTH)
            data = (self._folder.read(paths.tile(level, index, width)) or b"") if width else b""
            self._tails.append([data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)])
            level += 1
        for height in reversed(range(level)):
            for digest in self._tails[height]:
                for _ in self._tree.add(digest, TILE_HEIGHT * height):
                    pass
        if self._tree.size != size or self._tree.root() != checkpoint.root:
            raise BrokenLedgerError("the tiles do not fit the checkpoint")

    def _load_bundle(self) -> None:
        """Read the entries of the last bundle, and compare them with the last tile."""
        index, width = divmod(self.size, TILE_WIDTH)
        self._bundle = (self._folder.read(paths.bundle(index, width)) or b"") if width else b""
        leaves = [leaf_hash(entry) for entry in unbundled(self._bundle)]
        if leaves != (self._tails[0] if self._tails else []):
            raise BrokenLedgerError("the last entries do not fit their tile")

    def _mend(self) -> None:
        """Take in the bodies that stand behind the checkpoint, and cut off the last one where it is torn."""
        bodies, torn = self._behind()
        for body in bodies:
            try:
                entry = entry_of(body)
            except (ValueError, RecursionError) as error:
                raise BrokenLedgerError("a body behind the checkpoint is none") from error
            self._take(entry)
        said = []
        if bodies:
            self.seal()
            said.append(f"the last {len(bodies)} records had not reached the checkpoint, and were taken in")
            if len(bodies) == 1:
                said = ["the last record had not reached the checkpoint, and was taken in"]
        if torn:
            said.append(f"{torn} bytes of a record that was not written whole were cut off")
        self.mended = "; ".join(said)

    def _behind(self) -> tuple[list[bytes], int]:
        """Return the whole bodies behind the checkpoint, and how many bytes of a torn one were cut off behind them."""
        found: list[bytes] = []
        index, width = divmod(self.size, TILE_WIDTH)
        while True:
            name = paths.segment(index)
            *lines, torn = (self._folder.read(name) or b"").split(b"\n")
            found += lines[width:]
            many = len(lines) > TILE_WIDTH or len(found) + bool(torn) > LARGEST_BATCH
            if many or len(lines) < width or (torn and len(lines) == TILE_WIDTH):
                raise BrokenLedgerError("the bodies do not fit the checkpoint")
            if torn:
                self._folder.truncate(name, sum(map(len, lines)) + len(lines))
                return found, len(torn)
            if len(lines) < TILE_WIDTH:
                return found, 0
            index, width = index + 1, 0

    def _take(self, entry: bytes) -> None:
        """Take an entry into bundle and tiles; what is full waits to be written with the next checkpoint."""
        index, width = divmod(self.size, TILE_WIDTH)
        self._bundle += bundled(entry)
        if width + 1 == TILE_WIDTH:
            self._ready[paths.bundle(index)] = self._bundle
            self._bundle = b""
        for level, digest in self._tree.add(leaf_hash(entry)):
            self._put(level, digest)

    def _put(self, level: int, digest: bytes) -> None:
        """Put a hash into the last tile of its level."""
        if level == len(self._tails):
            self._tails.append([])
        tail = self._tails[level]
        tail.append(digest)
        if len(tail) == TILE_WIDTH:
            self._ready[paths.tile(level, (self._count(level) - 1) // TILE_WIDTH)] = b"".join(tail)
            tail.clear()

    def _drop_partial(self, levels: list[int], before: int) -> None:
        """Remove the forms that the last tiles had with ``before`` entries: the checkpoint does not need them any more."""
        for level in levels:
            index, width = divmod(before >> (TILE_HEIGHT * level), TILE_WIDTH)
            if width:
                self._folder.remove(paths.tile(level, index, width))
                if level == 0:
                    self._folder.remove(paths.bundle(index, width))

    def _drop_left(self) -> None:
        """Remove what a run that was killed has left: forms of the last tiles that are not the checkpoint's."""
        for level in range(len(self._tails)):
            last, width = divmod(self._count(level), TILE_WIDTH)
            for index in {last, max(0, last - 1)}:
                kept = {str(width)} if index == last else set()
                names = [paths.partial(paths.tile(level, index))] + [paths.partial(paths.bundle(index))] * (level == 0)
                for name in names:
                    for left in set(self._folder.listed(name)) - kept:
                        self._folder.remove(f"{name}/{left}")
