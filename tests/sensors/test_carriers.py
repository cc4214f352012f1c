"""The live oracle: whatever a carrier brings into an interpreter is seen by the sensors, and does not run under ``--deny``.

Two interpreters a carrier; FLYCATCHER_CARRIERS=all tries every installed one, which takes half an hour, and FLYCATCHER_CARRIERS=1/6
a sixth of them.
"""

from __future__ import annotations

import json
import os
import subprocess
import time

from tests.kernel import without
from tests.sensors.carriers import MOUNTED, Case, quiet, ran, written
from tests.sensors.conftest import PYTHON, environment, flycatcher

from flycatcher.core.detection import read
from flycatcher.sources.sensors import ebpf
from flycatcher.sources.sensors.ebpf.sensor import Sensor


def observed(tmp_path, *options: str) -> tuple[list[Case], set[Case], set[Case]]:
    """Run the cases under ``flycatcher run``; return them, those that ran, and those that were reported."""
    cases, report = written(tmp_path), tmp_path / "report.jsonl"
    subprocess.run(
        flycatcher("run", "--report", str(report), *options, "--", "bash", str(tmp_path / "build.sh")),
        env=environment(), stdin=subprocess.DEVNULL, capture_output=True, timeout=1500, check=False, cwd=tmp_path,
    )  # fmt: skip
    rows = [json.loads(line) for line in report.read_text().splitlines()]
    cwds = (row["execution"]["cwd"] for row in rows if "execution" in row)
    folders = {os.path.relpath(cwd, tmp_path).partition("/")[0] for cwd in cwds}
    return cases, ran(tmp_path, cases), {case for case in cases if case.folder in folders}


CHILDLESS = {"planted by git config", "planted by sed -i", "planted by cp"}
"""Settings and files that programs write by themselves: ``watch`` looks at what such programs start, and this starts nothing."""
ENDED = {*MOUNTED, "mapped memory", "in another process's folder"}
"""What ``watch`` does not know any more once the program, or the one that it lies in, has ended."""


def names(cases: set[Case]) -> list[tuple[str, str]]:
    return sorted((case.carrier, case.program) for case in cases)


def test_run_sees_whatever_ran(tmp_path):
    cases, happened, seen = observed(tmp_path)
    assert names(happened - seen) == []
    assert {case.carrier for case in cases} - {case.carrier for case in happened} <= quiet(cases)


def test_nothing_of_it_runs_where_it_is_denied(tmp_path):
    cases, happened, seen = observed(
        tmp_path, "--deny", "--stdin-wait", "10000"
    )  # a scheduler's text is refused where it is seen
    assert names(happened) == []
    assert len({case.carrier for case in seen}) == len({case.carrier for case in cases})


def test_watch_sees_whatever_ran(tmp_path):
    if not (answer := ebpf.probe()).works:
        without("ebpf", answer.why)
    cases, folders = written(tmp_path), set()
    with Sensor() as sensor:
        build = subprocess.Popen(
            ["bash", str(tmp_path / "build.sh")], env=environment(), stdin=subprocess.DEVNULL, cwd=tmp_path
        )
        running, end = True, time.monotonic() + 900
        while running and time.monotonic() < end:
            running = build.poll() is None
            for item in sensor.poll(0.05):
                reading = read(item) if hasattr(item, "argv") else None
                if reading is not None and reading.snippets:
                    folders.add(os.path.relpath(item.cwd, tmp_path).partition("/")[0])
    build.kill()
    seen = {case for case in cases if case.folder in folders}
    missed = ran(tmp_path, cases) - seen
    unknown = {
        case for case in missed if case.program == "csi"
    }  # only files on descriptors give it text: ended, none is known
    assert {case.carrier for case in missed - unknown} <= CHILDLESS | ENDED


def test_the_text_of_a_fifo_is_refused_at_any_level(observe, tmp_path):
    build = tmp_path / "build.sh"
    build.write_text(
        f"mkfifo p; echo \"open('ran', 'w')\" > p & {PYTHON} p; kill $! 2>/dev/null\n"
        f"echo \"open('known', 'w')\" | {PYTHON}\n"
    )
    seen = observe("bash", str(build), options=("--deny=critical", "--stdin-wait", "2000"))
    assert [path.name for path in (tmp_path / "ran", tmp_path / "known") if path.exists()] == ["known"]
    assert seen.summary["denied"] == 1
