"""Inputs that are made of others: the seeds' texts with a few changes, the same for the same number."""

from __future__ import annotations

import hashlib
import random
from functools import cache
from pathlib import Path

from tests.fuzz.targets import LANGUAGES, TARGETS

CORPUS = Path(__file__).with_name("corpus")
"""Inputs that once failed, and stay: ``TARGET-HASH``, as :func:`keep` writes them."""
PIECES = (
    b"'", b'"', b"`", b"$(", b")", b"${", b"}", b"\\", b"\n", b"\0", b";", b"|", b"&&", b"<<E\n", b"eval ", b"exec(", b"\xff", b"\xed\xb2\x80",
    b"%s", b"\\x41", b"\\u{110000}", b"a" * 300, b"((((", b"[[[[", b"{{{{", b"9" * 40, b"-e", b"--", b"=", b"#", b"/*", b"\r\n", b"\x1b[0m",
)  # fmt: skip


@cache
def seeds(target: str) -> tuple[bytes, ...]:
    """Return the texts that the capability tests hold, as inputs of a target."""
    from tests.payload import test_capabilities as held  # noqa: PLC0415 - only here

    texts = [
        (row[0], str(row[1]).encode("utf-8", "surrogateescape"))
        for value in vars(held).values()
        for row in (value if isinstance(value, list) else ())
        if isinstance(row, tuple) and len(row) >= 2 and row[0] in LANGUAGES
    ]
    if target == "payload":
        return tuple(bytes([LANGUAGES.index(language)]) + text for language, text in texts)
    if target == "shell":
        return tuple(b"\0" + text for _language, text in texts)
    if target == "line":
        return tuple(b"\n".join((language.encode(), b"-c", text)) for language, text in texts)
    return tuple(b'{"argv": ["sh", "-c", ' + repr(text.decode("latin-1")).encode() + b"]}" for _language, text in texts)


def made(target: str, number: int, seed: int) -> bytes:
    """Return one input: a seed, or two that are joined, with up to eight changes."""
    chance = random.Random(f"{target} {seed} {number}")
    data = bytearray(chance.choice(seeds(target)))
    if chance.random() < 0.3:
        other = chance.choice(seeds(target))
        data = data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other)) :]
    for _ in range(chance.randrange(1, 9)):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(5)
        if kind == 0:
            data[at:at] = chance.choice(PIECES)
        elif kind == 1:
            del data[at : at + chance.randrange(1, 12)]
        elif kind == 2:
            data[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == 3:
            data[at:at] = data[max(0, at - 20) : at] * chance.randrange(1, 5)
        else:
            data[at:at] = chance.choice(PIECES) * chance.randrange(1, 20)
    return bytes(data[:8192])


def keep(target: str, data: bytes) -> Path:
    """Write an input that failed into the corpus; return where."""
    path = CORPUS / f"{target}-{hashlib.sha256(data).hexdigest()[:16]}"
    path.write_bytes(data)
    return path


def kept() -> list[tuple[str, Path]]:
    """Return the corpus, each with its target."""
    found = [(path.name.partition("-")[0], path) for path in sorted(CORPUS.iterdir())]
    return [(target, path) for target, path in found if target in TARGETS]
