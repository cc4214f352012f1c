"""A reader that falls behind: the environment goes first, and nothing goes without being counted."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from flycatcher.sources.sensors.ebpf.sensor import SensorSettings

SMALL = pytest.mark.parametrize("watch", [SensorSettings(ring_bytes=1 << 18)], indirect=True, ids=["256 KiB"])


@SMALL
def test_the_environment_is_left_out_before_argv(watch):
    env = {"BIG": "e" * 100_000}
    pair = []
    for attempt in range(20):  # what others start meanwhile may take the room of one of them
        for number in range(2):
            words = ["perl", "-e", f"1 # {attempt}.{number}", "a" * 60_000]
            subprocess.run(words, env=env, stdin=subprocess.DEVNULL, check=True)
        seen = -1
        while len(pair) < 2 and len(watch.seen) > seen:
            seen = len(watch.seen)
            watch.poll(0.3)
            pair = [each for each in watch.seen if f"1 # {attempt}." in " ".join(each.argv[2:3])]
        if len(pair) == 2:
            break
    first, second = pair
    assert first.env in (env, {})  # it fills the ring, unless the machine's other programs have done so
    assert second.argv == ("perl", "-e", f"1 # {attempt}.1", "a" * 60_000)
    assert second.env == {}
    assert second.fidelity.truncated
    assert second.fidelity.bytes_total - second.fidelity.bytes_seen == 100_005
    assert second.fidelity.notes == ("environment left out by the kernel: the reader had fallen behind",)
    assert "environment left out" in {notice.place for notice in (*watch.notices, *watch.sensor.losses())}


@pytest.mark.parametrize("watch", [SensorSettings(ring_bytes=1 << 20)], indirect=True, ids=["1 MiB"])
def test_an_environment_that_was_left_out_is_taken_from_a_process_that_still_runs(watch):
    env = {"BIG": "e" * 100_000, "PERL5OPT": "-Mstrict"}
    for _ in range(6):
        subprocess.run(["perl", "-e", "1 # fills", "a" * 100_000], env={}, stdin=subprocess.DEVNULL, check=True)
    with subprocess.Popen(["perl", "-e", "sleep 60 # lives"], env=env, stdin=subprocess.DEVNULL) as process:
        # Popen returns a moment before the kernel reports the exec; nothing must be read before that
        while "nanosleep" not in Path(f"/proc/{process.pid}/wchan").read_text():
            time.sleep(0.01)
        execution = watch.marked("# lives")
        process.kill()
    assert execution.env == env
    assert execution.fidelity.truncated
    assert execution.fidelity.notes == (
        "environment left out by the kernel: the reader had fallen behind; this is what the process had later, "
        "and may have changed",
    )


@SMALL
def test_every_lost_execution_is_counted(watch):
    count = 40
    for number in range(count):
        subprocess.run(["perl", "-e", f"1 # {number}", "a" * 20_000], env={}, stdin=subprocess.DEVNULL, check=True)
    seen = 0
    while len(watch.seen) > seen or not seen:
        seen = len(watch.seen)
        watch.poll(0.3)
    lost = {notice.place: notice.count for notice in (*watch.notices, *watch.sensor.losses())}
    whole = [execution for execution in watch.seen if not execution.fidelity.truncated and execution.argv[0] == "perl"]
    cut = [execution for execution in watch.seen if execution.fidelity.truncated and execution.argv[0] == "perl"]
    assert len(whole) < count
    assert len(whole) + len(cut) + lost.get("lost execution", 0) >= count
    assert lost.get("lost execution", 0) + lost.get("lost part", 0) + lost.get("environment left out", 0) > 0
    assert all(execution.fidelity.notes for execution in cut)
    assert os.getpid() in {execution.ancestry[0].pid for execution in whole}
