"""``python -m bench``: every measurement, one after the other (some minutes; ``watch`` needs root)."""

from __future__ import annotations

import subprocess
import sys

for name in (
    "bench_check",
    "bench_console",
    "bench_hunt",
    "bench_identify",
    "bench_ledger",
    "bench_run",
    "bench_scan",
    "bench_sinks",
    "bench_spark",
    "bench_watch",
):
    print(f"\n## {name}\n", flush=True)
    subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False)
