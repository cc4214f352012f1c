"""Whether an execution happened is not decided before the kernel has had the processor for it."""

import subprocess
import sys
import time

import pytest

from flycatcher.core.execution import Execution
from flycatcher.sources.sensors.seccomp.verify import PATIENCE, Pending


@pytest.fixture
def child(request):
    with subprocess.Popen(
        [sys.executable, "-c", f"print(1, flush=True); {request.param}"], stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        yield process.pid
        process.kill()


def pending_of(pid: int) -> Pending:
    pending = Pending(Execution(argv=("another", "program")), pid, pid)
    time.sleep(PATIENCE + 0.1)
    return pending


@pytest.mark.parametrize("child", ["exec('while True: pass')"], indirect=True)
def test_a_process_that_waits_for_a_processor_may_still_be_inside_execve(child):
    assert pending_of(child).outcome() is None


@pytest.mark.parametrize("child", ["import time; time.sleep(60)"], indirect=True)
def test_a_process_that_sleeps_in_another_call_is_not(child):
    pending = pending_of(child)
    while (found := pending.outcome()) is None:  # it may not have come to its sleep yet
        time.sleep(0.01)
    assert found == "failed"
