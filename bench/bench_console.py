"""What a page of the console costs at 100,000 detections: milliseconds at the server, by the clock and by the processor.

python -m bench.bench_console [COUNT]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time

from starlette.testclient import TestClient

from bench.many import END, fill
from flycatcher.console.app import build
from flycatcher.console.security import users
from flycatcher.console.settings import Settings
from flycatcher.sinks.store.database import open_store

COUNT = 100_000
ROUNDS = 7
PATHS = (
    "/?span=24h",
    "/?span=30d",
    "/detections",
    "/detections?sort=newest&q=level>=high",
    "/detections?q=host:ci-1 level>=high",
    "/detections?q=since:7d -state:accepted",
    "/detections?q=capability:network.*",
    "/detections?q=base64",
    "/detections/{name}",
    "/hosts",
    "/jobs",
    "/live",
    "/health",
)


def main() -> None:
    """Print a line for each page."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory() as folder:
        engine = open_store(f"store://{folder}/store.db")
        fill(engine, count)
        password = users.first_password(engine)
        app = build(engine, Settings(store="x", clock=lambda: END))
        client = TestClient(app, base_url="http://localhost", headers={"origin": "http://localhost"})
        client.post("/login", data={"name": users.FIRST, "password": password})
        name = client.get("/detections.json").json()["rows"][0]["fingerprint"]
        print(f"{count:,} detections\n{'page':50} {'ms':>7} {'CPU ms':>7} {'bytes':>8}")
        for path in PATHS:
            print(_measured(client, path.replace("{name}", name)))
        engine.dispose()


def _measured(client: TestClient, path: str) -> str:
    """Return a page's line: medians of the rounds."""
    size = len(client.get(path).content)
    clock, processor = [], []
    for _ in range(ROUNDS):
        began, used = time.perf_counter(), time.process_time()
        client.get(path)
        clock.append((time.perf_counter() - began) * 1000)
        processor.append((time.process_time() - used) * 1000)
    return f"{path:50} {statistics.median(clock):7.0f} {statistics.median(processor):7.0f} {size:8,}"


if __name__ == "__main__":
    main()
