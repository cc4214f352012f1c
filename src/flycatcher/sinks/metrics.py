"""Figures for Prometheus (text format 0.0.4), with /healthz and /readyz, served by a thread of the watching process."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from flycatcher import __version__
from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.message import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from flycatcher.sinks import Record
    from flycatcher.sinks.delivery.spool import Standing

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds from the execution to its report."""
Labels = tuple[tuple[str, str], ...]
_TIMEOUT = 5.0


class Metrics:
    """Counts what is reported; a sink that keeps nothing."""

    takes_notices = True
    path = "metrics"

    def __init__(self, executions: Callable[[], int], standings: Callable[[], Iterable[Standing]] = tuple) -> None:
        """Start at nothing; ``executions``: of interpreters seen so far; ``standings``: how it stands with each sink."""
        self._executions, self._standings = executions, standings
        self._lock = threading.Lock()
        self._detections: Counter[Labels] = Counter()
        self._notices: Counter[str] = Counter()
        self._losses: Counter[str] = Counter()
        self._latency, self._latency_sum = [0] * (len(BUCKETS) + 1), 0.0
        self.ready = False
        """Whether the sensor watches."""

    def open(self) -> None:
        """Do nothing: the server is started by :meth:`serve`."""

    def close(self, summary: Mapping[str, Any]) -> None:
        """Say that nothing is watched any more."""
        del summary
        self.ready = False

    def write(self, record: Record) -> None:
        """Count one record."""
        kind = kind_of(record)
        with self._lock:
            if kind in {"detection", "suppressed"}:
                self._detection(record)
            else:
                self._notices[kind] += 1
                if kind == "loss":
                    self._losses[str(record.get("place", "")) or "unknown"] += int(record.get("count") or 1)

    def _detection(self, record: Record) -> None:
        snippet = (record.get("snippets") or [{}])[0]
        policy, risk = record.get("policy") or {}, record.get("risk") or {}
        labels = {
            "level": risk.get("level", "none"),
            "interpreter": record.get("interpreter", ""),
            "vector": snippet.get("vector", ""),
            "outcome": policy.get("action", "observed"),
        }
        self._detections[tuple((name, str(value)) for name, value in labels.items())] += 1
        seen = ((record.get("execution") or {}).get("fidelity") or {}).get("time", "")
        try:
            seconds = max(0.0, time.time() - dt.datetime.fromisoformat(str(seen)).timestamp())
        except ValueError:
            return
        self._latency_sum += seconds
        self._latency[sum(seconds > bound for bound in BUCKETS)] += 1

    def text(self) -> str:
        """Return all figures."""
        with self._lock:
            lines = [*self._own(), *self._of_sinks()]
        return "\n".join(lines) + "\n"

    def _own(self) -> Iterator[str]:
        yield from _family("build_info", "gauge", "The version that runs.", [((("version", __version__),), 1)])
        yield from _family("up", "gauge", "Whether the sensor watches.", [((), int(self.ready))])
        yield from _family(
            "executions_total", "counter", "Executions of interpreters seen.", [((), self._executions())]
        )
        yield from _family("detections_total", "counter", "Detections reported.", sorted(self._detections.items()))
        yield from _family("losses_total", "counter", "Executions lost, by where.", _by("place", self._losses))
        yield from _family(
            "notices_total", "counter", "Notices of the sensor about itself.", _by("kind", self._notices)
        )
        yield from self._histogram("detection_latency_seconds", "Seconds from an execution to its report.")

    def _histogram(self, name: str, about: str) -> Iterator[str]:
        yield f"# HELP flycatcher_{name} {about}"
        yield f"# TYPE flycatcher_{name} histogram"
        total = 0
        for bound, count in zip([*map(str, BUCKETS), "+Inf"], self._latency, strict=True):
            total += count
            yield f'flycatcher_{name}_bucket{{le="{bound}"}} {total}'
        yield f"flycatcher_{name}_sum {self._latency_sum}"
        yield f"flycatcher_{name}_count {total}"

    def _of_sinks(self) -> Iterator[str]:
        standings, now = list(self._standings()), time.time()
        families: tuple[tuple[str, str, str, Callable[[Standing], float]], ...] = (
            ("spool_events", "gauge", "Events that wait for a sink.", lambda each: each.waiting),
            ("spool_oldest_seconds", "gauge", "Age of the oldest event that waits.", lambda each: now - (each.oldest or now)),
            ("sink_delivered_total", "counter", "Messages that a sink took.", lambda each: each.delivered),
            ("sink_failures_total", "counter", "Requests that a sink did not answer as it should.", lambda each: each.failures),
            ("sink_refused_total", "counter", "Messages that a sink refused.", lambda each: each.refused),
            ("sink_dropped_total", "counter", "Events dropped for want of room in the spool.", lambda each: each.lost),
            ("sink_dead_letters", "gauge", "Messages that were refused and are kept.", lambda each: each.dead),
        )  # fmt: skip
        for name, kind, about, value in families:
            yield from _family(name, kind, about, [((("sink", each.name),), value(each)) for each in standings])

    def serve(self, address: str) -> int:
        """Serve in a thread; return the port. ``HOST:PORT``, ``:PORT`` on loopback, ``[::1]:PORT``. Raises FlycatcherError."""
        import http.server  # noqa: PLC0415 - takes a while, and only --metrics needs it
        import socket  # noqa: PLC0415

        host, _, port = address.rpartition(":")
        metrics = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """Answers GET."""

            timeout = _TIMEOUT
            server_version, sys_version = "flycatcher", ""

            def do_GET(self) -> None:
                """Answer with one of three pages."""
                status, kind, body = metrics.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Log nothing: who asks could fill a disk."""

        class Server(http.server.HTTPServer):
            """One request at a time: a second one waits."""

            address_family = socket.AF_INET6 if "]" in host else socket.AF_INET

        try:
            server = Server((host.strip("[]") or "127.0.0.1", int(port)), Handler)
        except (OSError, ValueError, OverflowError) as error:
            raise FlycatcherError(
                f"--metrics {address}: {error}", hint="HOST:PORT, or :PORT on loopback", code=2
            ) from error
        threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
        return int(server.server_address[1])

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Return status, content type and body of a page."""
        plain = "text/plain; charset=utf-8"
        match path.partition("?")[0]:
            case "/metrics":
                return 200, "text/plain; version=0.0.4; charset=utf-8", self.text().encode()
            case "/healthz":
                return 200, plain, b"ok\n"
            case "/readyz":
                return (200, plain, b"watching\n") if self.ready else (503, plain, b"not watching\n")
        return 404, plain, b"/metrics, /healthz, /readyz\n"


def _family(name: str, kind: str, about: str, samples: Iterable[tuple[Labels, float]]) -> Iterator[str]:
    """Yield a family's lines."""
    yield f"# HELP flycatcher_{name} {about}"
    yield f"# TYPE flycatcher_{name} {kind}"
    for labels, value in samples:
        said = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
        yield f"flycatcher_{name}{'{' + said + '}' if said else ''} {value}"


def _by(label: str, counts: Counter[str]) -> list[tuple[Labels, float]]:
    return [(((label, text),), count) for text, count in sorted(counts.items())]


def _escaped(text: str) -> str:
    """Return a label's value: the format escapes backslash, quote and line feed."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
