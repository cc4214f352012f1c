"""What a ledger takes: entries a second that are appended and verified, signed or not, flushed to the disk or not.

python -m bench.bench_ledger [--entries 20000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from functools import partial
from typing import TYPE_CHECKING

from flycatcher.config.model import LedgerSettings
from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution
from flycatcher.ledger.entry import body_of
from flycatcher.ledger.folder import Folder
from flycatcher.ledger.log import Log, Sealing
from flycatcher.ledger.verify import Trust, verify
from flycatcher.reporting import record_of
from flycatcher.signing.keys import from_seed
from flycatcher.signing.note import ED25519

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.signing.keys import SigningKey
    from flycatcher.sinks import Record

KEY = from_seed("bench.example/ledger", ED25519, bytes(32))
DEFAULT = LedgerSettings()
BATCH = Sealing(DEFAULT.every, DEFAULT.seconds)
WAYS: dict[str, tuple[SigningKey | None, Sealing, int]] = {
    "a checkpoint for each, unsigned, not flushed": (None, Sealing(), 5),
    "batches, unsigned, not flushed": (None, BATCH, 1),
    "batches, signed, flushed (the default with a key)": (KEY, Sealing(DEFAULT.every, DEFAULT.seconds, sync=True), 1),
}
"""Who signs, when checkpoints are written, and by what the number of entries is divided."""


def record() -> Record:
    """Return a detection as it is logged."""
    found = detect(Execution(argv=("python3", "-c", "import os; os.system('id')"), env={}, cwd="/src"))
    assert found is not None
    return record_of(found)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds by the clock and of the processor that a piece of work takes."""
    clock, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - used


def append(path: str, count: int, signer: SigningKey | None, sealing: Sealing) -> None:
    """Log as many records."""
    log, found = Log(path, signer, sealing), record()
    for _ in range(count):
        log.append(body_of(found, "2026-01-31T12:00:00.000000Z"))
    log.close()


def check(path: str, signer: SigningKey | None) -> None:
    """Verify all of it."""
    folder = Folder(path)
    verdict = verify(folder, Trust(key=signer.verifier if signer else None))
    folder.close()
    assert not verdict.trouble, verdict.trouble


def main() -> None:
    """Print the rows of docs/performance.md."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    print("| what | entries | per second, by the clock (range) | of processor time |\n|---|---|---|---|")
    for name, (signer, sealing, divisor) in WAYS.items():
        count = given.entries // divisor
        rounds = [measured(count, signer, sealing) for _ in range(given.rounds)]
        for what, times in zip(("append", "verify"), zip(*rounds, strict=True), strict=True):
            by_clock = sorted(count / clock for clock, _ in times)
            used = statistics.median(count / processor for _, processor in times)
            middle, least, most = statistics.median(by_clock), by_clock[0], by_clock[-1]
            print(f"| {what}: {name} | {count:,} | {middle:,.0f} ({least:,.0f} to {most:,.0f}) | {used:,.0f} |")


def measured(
    count: int, signer: SigningKey | None, sealing: Sealing
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return how long it takes to append entries, and to verify them."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/l"
        return timed(partial(append, path, count, signer, sealing)), timed(partial(check, path, signer))


if __name__ == "__main__":
    main()
