"""Random manipulations of a signed ledger: ``python -m tests.ledger.manipulations [N] [SEED]`` says which were not detected.

Who manipulates can write all files, has no private key but one of their own, and may have the ledger's as it was earlier. The checker
has the verifier key and a checkpoint that was kept. Some have the ledger's own key as well: they must leave alone what was kept.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from flycatcher.ledger.folder import Folder
from flycatcher.ledger.log import Log, Sealing
from flycatcher.ledger.verify import Trust, verify
from flycatcher.signing.keys import SigningKey, from_seed
from flycatcher.signing.note import ED25519, Note
from flycatcher.signing.note import parse as parse_note
from tests.ledger.test_ledger import body

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE, KEPT, EARLIER = 300, 280, 200
KEY = from_seed("log.example/1", ED25519, b"k" * 32)
THIEF = from_seed("log.example/1", ED25519, b"t" * 32)
Files = dict[str, bytes]


def made(path: Path, bodies: list[bytes], key: SigningKey | None) -> Path:
    shutil.rmtree(path, ignore_errors=True)
    log = Log(str(path), key, Sealing(256, 1e9))
    for each in bodies:
        log.append(each)
    log.close()
    return path


def files_of(path: Path) -> Files:
    found = (file for file in sorted(path.rglob("*")) if file.is_file() and file.name != "lock")
    return {str(file.relative_to(path)): file.read_bytes() for file in found}


def put(path: Path, files: Files) -> None:
    shutil.rmtree(path)
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)


class Victim:
    """A ledger in a folder, what was kept of it, and how to manipulate it."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder, self.path, self.forged, self.chance = folder, folder / "l", folder / "forged", chance
        self.bodies = [body(number) for number in range(SIZE)]
        self.earlier = files_of(made(self.path, self.bodies[:EARLIER], KEY))
        self.kept = files_of(made(self.path, self.bodies[:KEPT], KEY))["checkpoint"]
        self.files = files_of(made(self.path, self.bodies, KEY))

    def verdict(self, path: Path) -> str:
        reached = Folder(str(path))
        try:
            return verify(reached, Trust(key=KEY.verifier, kept=(self.kept,))).trouble
        finally:
            reached.close()

    def tried(self) -> tuple[str, str]:
        """Manipulate once; return what was done, and what was said of it."""
        how = self.chance.choice(["bytes"] * 5 + ["forge", "strip", "roll back"])
        return {"bytes": self.bytes, "forge": self.forge, "strip": self.strip, "roll back": self.roll_back}[how]()

    def bytes(self) -> tuple[str, str]:
        """Change one file."""
        name = self.chance.choice(sorted(self.files))
        kind, at, other, changed = changed_bytes(self.files[name], self.chance)
        if changed is None:
            (self.path / name).unlink()
        else:
            (self.path / name).write_bytes(changed)
        said = self.verdict(self.path) if changed != self.files[name] else "nothing was changed"
        (self.path / name).write_bytes(self.files[name])
        return f"{kind} {name} {at} {other}", said

    def forge(self) -> tuple[str, str]:
        """Make all of it anew with entries changed, so that it fits: unsigned, with another key, or with the ledger's own."""
        key = self.chance.choice([None, THIEF, KEY])
        at = self.chance.randrange(KEPT if key is KEY else SIZE)
        kind = self.chance.choice(["change", "remove", "put in", "swap", "cut"])
        bodies = self.bodies.copy()
        if kind == "change":
            bodies[at] = body(9999)
        elif kind == "remove":
            del bodies[at]
        elif kind == "put in":
            bodies.insert(at, body(9999))
        elif kind == "swap":
            bodies[at], bodies[at - 1] = bodies[at - 1], bodies[at]
        else:
            del bodies[at:]
        signer = "nobody" if key is None else "the thief" if key is THIEF else "the owner"
        return f"forge {kind} {at} by {signer}", self.verdict(made(self.forged, bodies, key))

    def strip(self) -> tuple[str, str]:
        """Put another signature under the checkpoint, or none."""
        note = parse_note(self.files["checkpoint"])
        mine = note.signatures[0]
        kind, data = self.chance.choice(
            [
                ("no signature", note.text),
                ("another key", Note(note.text, (THIEF.signature(note.text),)).data()),
                ("another text's", Note(note.text, (KEY.signature(b"x\n"),)).data()),
                ("another name", Note(note.text, (type(mine)("log.example/2", mine.key_id, mine.value),)).data()),
                ("both", Note(note.text, (KEY.signature(b"x\n"), mine)).data()),
            ]
        )
        (self.path / "checkpoint").write_bytes(data)
        said = self.verdict(self.path)
        (self.path / "checkpoint").write_bytes(self.files["checkpoint"])
        return f"strip: {kind}", said

    def roll_back(self) -> tuple[str, str]:
        """Put all of it, or some files of it, back to what it was earlier, when it was signed as well."""
        files = self.files.copy()
        names = sorted(self.earlier)
        for name in self.chance.sample(names, self.chance.randrange(1, len(names) + 1)):
            files[name] = self.earlier[name]
        if all(self.files.get(name) == data or ".p/" in name for name, data in files.items()):
            return "roll back: nothing that counts", "nothing was changed"
        put(self.path, files)
        said = self.verdict(self.path)
        put(self.path, self.files)
        return "roll back", said


def changed_bytes(data: bytes, chance: random.Random) -> tuple[str, int, int, bytes | None]:
    """Return how a file is changed, where, and what it is then; None: it is removed."""
    kind = chance.choice(["flip", "cut", "add", "delete", "remove", "swap", "repeat"])
    at, other = sorted(chance.sample(range(len(data)), 2))
    changed = {
        "flip": data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :],
        "cut": data[:at],
        "add": data[:at] + bytes([chance.randrange(256)]) + data[at:],
        "remove": data[:at] + data[other:],
        "swap": data[other:] + data[:other],
        "repeat": data[:other] + data[at:],
    }.get(kind)
    return kind, at, other, changed


def missed(count: int, seed: int) -> Iterator[str]:
    """Manipulate so many times; yield what was not detected."""
    with tempfile.TemporaryDirectory() as folder:
        victim, made_so_far = Victim(Path(folder), random.Random(seed)), 0
        while made_so_far < count:
            what, said = victim.tried()
            made_so_far += said != "nothing was changed"
            if not said:
                yield what


def main() -> None:
    count, seed = (*map(int, sys.argv[1:3]), *(10_000, 1)[len(sys.argv) - 1 :])
    found = list(missed(count, seed))
    print(*found, f"{count} manipulations with seed {seed}, {len(found)} not detected", sep="\n")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
