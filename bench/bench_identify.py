"""How long does it take to tell what a file is? Prints medians: cold (every table read) and warm (from the cache).

Run: ``python bench/bench_identify.py [FILE...]``; the file data itself is in the page cache in both cases.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import time
from pathlib import Path

from flycatcher.core.interpreters.identity import identify

ROUNDS = 51
WARM_CALLS = 20_000
LIMITS_MS = {"true": 0.5, "python3": 5.0}
"""What cold inspection may take, in milliseconds; a warm one may take 3 microseconds."""


def cold_ms(path: str) -> float:
    """Return the median time of one inspection with an empty cache, in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        identify.forget()
        start = time.perf_counter()
        identify.inspect(path)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3


def warm_us(path: str) -> float:
    """Return the mean time of one identification from the cache, in microseconds (best of five runs)."""
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(WARM_CALLS):
            identify.identify(path)
        best = min(best, time.perf_counter() - start)
    return best / WARM_CALLS * 1e6


def main() -> int:
    """Print one line per file; return 1 where a limit is broken."""
    names = ["true", "python3", "perl", "bash", "dash", "php", "node", "git", "gcc", "gdb"]
    paths = sys.argv[1:] or [found for name in names if (found := shutil.which(name, path="/usr/bin:/bin"))]
    late = 0
    identify.inspect("/proc/self/exe")
    for path in paths:
        kind, cold, warm = identify.inspect(path), cold_ms(path), warm_us(path)
        limit = LIMITS_MS.get(Path(path).name, float("inf"))
        late += cold > limit or warm > 3
        size = Path(path).stat().st_size / 1e6
        who = kind.interpreter or "-" if kind else "unreadable"
        print(f"{path:24} {size:7.2f} MB  {who:8} cold {cold:8.3f} ms  warm {warm:6.2f} us")
    return 1 if late else 0


if __name__ == "__main__":
    raise SystemExit(main())
