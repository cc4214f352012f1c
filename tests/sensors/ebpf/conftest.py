"""A sensor on the real kernel; each test reads only what its own process tree did."""

from __future__ import annotations

import os
import time

import pytest
from tests.kernel import without

from flycatcher.sources.sensors import ebpf
from flycatcher.sources.sensors.ebpf import build
from flycatcher.sources.sensors.ebpf.sensor import Sensor, SensorSettings


class Watched:
    """The executions of this test's own descendants."""

    def __init__(self, sensor):
        self.sensor = sensor
        self.seen = []
        self.notices = []

    def poll(self, timeout=0.05):
        for item in self.sensor.poll(timeout):
            if hasattr(item, "argv"):
                if any(ancestor.pid == os.getpid() for ancestor in item.ancestry):
                    self.seen.append(item)
            else:
                self.notices.append(item)

    def until(self, wanted, *, count=1, timeout=120.0):
        """Return the first ``count`` executions for which ``wanted`` holds."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            found = [execution for execution in self.seen if wanted(execution)]
            if len(found) >= count:
                return found
            self.poll()
        raise AssertionError(f"not seen in {timeout} s: {[execution.argv[:4] for execution in self.seen]}")

    def marked(self, mark, **how):
        """Return the one execution whose argv holds a word."""
        return self.until(lambda execution: any(mark in word for word in execution.argv), **how)[0]


@pytest.fixture(scope="session", autouse=True)
def _works():
    assert not build.is_stale(), "make bpf compiles the program anew"  # that is no reason to skip
    answer = ebpf.probe()
    if not answer.works:
        without("ebpf", answer.why)


@pytest.fixture
def watch(request):
    settings = getattr(request, "param", None) or SensorSettings(report_all=True)
    with Sensor(settings) as sensor:
        yield Watched(sensor)
