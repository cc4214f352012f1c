"""What a sink costs ``flycatcher watch``: processor time of the sensor and of what it starts, and the latency of its report. As root.

python -m bench.bench_watch_sink [COUNT [ROUNDS]]

Without a sink, with one into a file and with one to a web server on loopback, in turn, ROUNDS times; medians of the rounds.
"""

from __future__ import annotations

import http.server
import os
import statistics
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.bench_watch import PERL, TICK, _one_latency, _until_written, cpu_seconds, starter, storm, watching

if TYPE_CHECKING:
    from collections.abc import Iterator

LATENCIES = 60
"""Starts of an interpreter whose record is waited for, in each round."""


class Cost(NamedTuple):
    """One round with one sink."""

    sensor: float
    """Microseconds of processor time that the sensor's own process took for a detection."""
    helpers: float
    """The same for its processes: the one that analyses and the one that delivers."""
    latency: float
    """Milliseconds from exec to the record in the report, the median."""
    late: float
    """The same for the slowest twentieth's first."""


class Taker(http.server.BaseHTTPRequestHandler):
    """Takes everything and says nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Read the message."""
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 - as http.server has it
        """Say nothing."""


@contextmanager
def receiver() -> Iterator[str]:
    """Serve on loopback; yield the address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Taker) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def measured(directory: Path, program: str, count: int, options: tuple[str, ...]) -> Cost:
    """Measure one round."""
    with watching(directory, *options) as (process, report):
        before, own = cpu_seconds(process.pid), _own(process.pid)
        storm(program, count, PERL, "-e", "1")
        _until_written(report, b'"-e","1"]', count, seconds=120)
        both, alone = cpu_seconds(process.pid) - before, _own(process.pid) - own
        times = sorted(_one_latency(report, number) for number in range(LATENCIES))
    report.unlink()
    each = 1e6 / count
    return Cost(alone * each, (both - alone) * each, statistics.median(times), times[-len(times) // 20])


def _own(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def main() -> None:
    """Print a row for each sink."""
    count, rounds = (int(word) for word in [*sys.argv[1:], *["2000", "5"][len(sys.argv) - 1 :]])
    with tempfile.TemporaryDirectory(prefix="bench-watch-") as scratch, receiver() as address:
        folder = Path(scratch)
        program = starter(folder)
        sinks = {"none": "none", "file": f"file:{folder}/out.jsonl", "webhook": address}
        found: dict[str, list[Cost]] = {name: [] for name in sinks}
        for number in range(rounds):
            for name, to in sinks.items():
                spool = str(folder / f"{name}-{number}.db")
                found[name].append(measured(folder, program, count, ("--spool", spool, "--sink", to)))
        print(
            f"{time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC, load {os.getloadavg()}, {count} detections, {rounds} rounds\n"
        )
        print(
            "| sink | sensor, us a detection | its helpers, us | exec to report, p50 ms | p95 ms |\n|---|---|---|---|---|"
        )
        for name, costs in found.items():
            print(f"| {name} | {' | '.join(f'{statistics.median(each):,.1f}' for each in zip(*costs, strict=True))} |")


if __name__ == "__main__":
    main()
