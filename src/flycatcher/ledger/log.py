"""Appends to a ledger. One entry is one batch: body, bundle, tiles, then the checkpoint, which alone makes it count.

Whatever is killed in between leaves at most one body behind the checkpoint, and its entry follows from it: the next run takes it
in where it is whole, and cuts it off where it is torn.
"""

from __future__ import annotations

import errno
import os

from flycatcher.ledger import paths
from flycatcher.ledger.checkpoint import Checkpoint, parse
from flycatcher.ledger.entry import bundled, entry_of, unbundled
from flycatcher.ledger.folder import Folder
from flycatcher.ledger.merkle import HASH_SIZE, TILE_HEIGHT, TILE_WIDTH, Tree, leaf_hash


class BrokenLedgerError(OSError):
    """The files do not fit each other; ``flycatcher ledger verify`` says where."""

    def __init__(self, reason: str) -> None:
        """Say what does not fit."""
        super().__init__(errno.EIO, f"{reason}: see flycatcher ledger verify")


class Log:
    """A ledger that is appended to; one process at a time."""

    def __init__(self, path: str) -> None:
        """Open or create it, and mend its end. Raises OSError; BrokenLedgerError where more than its end is wrong."""
        self._folder = Folder(path, create=True)
        try:
            self._check_place()
            self._lock = self._locked()
            self.load()
        except OSError:
            self._folder.close()
            raise

    def _check_place(self) -> None:
        """Refuse a folder that holds something else: a wrong path, or one that a link has led elsewhere."""
        names = self._folder.names()
        if paths.CHECKPOINT not in names and names - paths.OWN:
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
        found = self._folder.read(paths.CHECKPOINT)
        if found is not None:
            checkpoint = parse(found)
            if checkpoint is None:
                raise BrokenLedgerError("the checkpoint is none")
            self._load_tiles(checkpoint)
        self._load_bundle()
        self._drop_partial(range(len(self._tails)))
        self._mend()

    @property
    def size(self) -> int:
        """Return how many entries there are."""
        return self._tree.size

    def append(self, body: bytes) -> None:
        """Log one body, which has no end of line in it. Raises OSError, after which :meth:`load` is needed."""
        entry = entry_of(body)
        self._folder.append(paths.segment(self.size // TILE_WIDTH), body + b"\n")
        self._take(entry)

    def close(self) -> None:
        """Let go of the lock."""
        os.close(self._lock)
        self._folder.close()

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
        """Take in the one body that stands behind the checkpoint, or cut it off where it is torn."""
        index, width = divmod(self.size, TILE_WIDTH)
        name = paths.segment(index)
        *lines, torn = (self._folder.read(name) or b"").split(b"\n")
        if len(lines) not in {width, width + 1} or (torn and len(lines) > width):
            raise BrokenLedgerError("the bodies do not fit the checkpoint")
        if torn:
            self._folder.truncate(name, sum(map(len, lines)) + len(lines))
            self.mended = f"{len(torn)} bytes of a record that was not written whole were cut off"
        elif len(lines) > width:
            try:
                entry = entry_of(lines[-1])
            except (ValueError, RecursionError) as error:
                raise BrokenLedgerError("the body behind the checkpoint is none") from error
            self._take(entry)
            self.mended = "the last record had not reached the checkpoint, and was taken in"

    def _take(self, entry: bytes) -> None:
        """Write an entry's bundle, tiles and checkpoint."""
        index, width = divmod(self.size, TILE_WIDTH)
        self._bundle += bundled(entry)
        self._folder.replace(paths.bundle(index, width + 1), self._bundle)
        if width + 1 == TILE_WIDTH:
            self._bundle = b""
        changed = [self._put(level, digest) for level, digest in self._tree.add(leaf_hash(entry))]
        self._folder.replace(paths.CHECKPOINT, Checkpoint(self.size, self._tree.root()).text())
        self._drop_partial(changed)

    def _put(self, level: int, digest: bytes) -> int:
        """Write a hash into the last tile of its level; return the level."""
        if level == len(self._tails):
            self._tails.append([])
        tail = self._tails[level]
        tail.append(digest)
        index = ((self.size >> (TILE_HEIGHT * level)) - 1) // TILE_WIDTH
        self._folder.replace(paths.tile(level, index, len(tail)), b"".join(tail))
        if len(tail) == TILE_WIDTH:
            tail.clear()
        return level

    def _drop_partial(self, levels: range | list[int]) -> None:
        """Remove the narrower forms of the last tiles, which the checkpoint does not need any more."""
        for level in levels:
            index, width = divmod((self.size >> (TILE_HEIGHT * level)) - 1, TILE_WIDTH)
            if width > 0:
                self._folder.remove(paths.tile(level, index, width))
                if level == 0:
                    self._folder.remove(paths.bundle(index, width))
