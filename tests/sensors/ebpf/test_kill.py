"""Killing: off, rehearsed, enforced; by the kernel at exec, and by signal."""

import os
import signal
import subprocess
import sys

import pytest

from flycatcher.core.errors import FlycatcherError
from flycatcher.core.interpreters.identity.identify import FileKind
from flycatcher.sources.sensors.ebpf import wire
from flycatcher.sources.sensors.ebpf.kill import Killer, scope_of, spared_pids
from flycatcher.sources.sensors.ebpf.sensor import SensorSettings
from flycatcher.sources.sensors.ebpf.verdicts import verdict

PYTHON = os.path.realpath(sys.executable)
SENSOR = pytest.mark.parametrize("watch", [SensorSettings()], indirect=True, ids=["interpreters"])


@pytest.fixture
def marker(tmp_path):
    """A file that the interpreter would write if it ran its first statement."""
    return tmp_path / "ran"


def child(marker):
    """A shell that starts python in its own tree, when it is told to."""
    script = f"read go; {PYTHON} -IS -c \"open('{marker}', 'w').close()\"; exit $?"
    return subprocess.Popen(["/bin/sh", "-c", script], stdin=subprocess.PIPE)


def go(process):
    process.stdin.write(b"go\n")
    process.stdin.close()
    return process.wait(5)


def started(watch):
    return watch.until(lambda execution: execution.argv[-1].startswith("open("))[0]


def warm(watch):
    """Have python looked at once, so that the kernel's side knows it."""
    subprocess.run([PYTHON, "-IS", "-c", "1 # warm"], check=True, stdin=subprocess.DEVNULL)
    watch.marked("# warm")


@SENSOR
def test_in_a_scope_the_kernel_kills_before_the_first_instruction(watch, marker):
    warm(watch)
    process = child(marker)
    killer = Killer(enforce=True, scopes=(scope_of(f"tree:{process.pid}"),))
    killer.arm(watch.sensor)
    assert go(process) == 128 + signal.SIGKILL
    assert not marker.exists()
    execution = started(watch)
    assert execution.context["kill"] == "killed at exec"
    assert killer.act(execution).action == "killed"
    assert killer.act(execution).reason == "by the kernel, before its first instruction"
    assert watch.sensor.counts()["killed"] == 1


@SENSOR
def test_a_rehearsal_kills_nothing_and_says_what_it_would_have_killed(watch, marker):
    warm(watch)
    process = child(marker)
    killer = Killer(enforce=False, scopes=(scope_of(f"tree:{process.pid}"),))
    killer.arm(watch.sensor)
    assert go(process) == 0
    assert marker.exists()
    execution = started(watch)
    assert execution.context["kill"] == "in scope"
    assert killer.act(execution).action == "would kill"


@SENSOR
def test_outside_of_the_scope_everything_goes_on(watch, marker):
    warm(watch)
    other, process = child(marker), child(marker)
    Killer(enforce=True, scopes=(scope_of(f"tree:{other.pid}"),)).arm(watch.sensor)
    assert go(process) == 0
    assert marker.exists()
    assert "kill" not in started(watch).context
    other.kill()
    other.communicate()


@SENSOR
def test_shells_are_no_scripting_interpreters_and_live(watch, marker):
    """The kernel's side knows the shell, and kills the interpreter beside it: the shell goes on all the same."""
    warm(watch)
    subprocess.run(["/bin/sh", "-c", ": warm shell"], check=True)
    watch.marked(": warm shell")
    process = child(marker)
    Killer(enforce=True, scopes=(scope_of(f"tree:{os.getpid()}"),)).arm(watch.sensor)
    done = subprocess.run(["/bin/sh", "-c", ": shell in scope; echo lives"], check=False, stdout=subprocess.PIPE)
    assert (done.returncode, done.stdout) == (0, b"lives\n")
    assert "kill" not in watch.marked(": shell in scope").context
    assert go(process) == 128 + signal.SIGKILL
    assert not marker.exists()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (FileKind(interpreter="python"), wire.SCRIPTING),
        (FileKind(interpreter="perl"), wire.SCRIPTING),
        (FileKind(interpreter="sh"), wire.INTERPRETER),
        (FileKind(interpreter="bash"), wire.INTERPRETER),
        (FileKind(role="loader"), wire.INTERPRETER),
        (FileKind(role="launcher"), wire.INTERPRETER),
        (FileKind(role="emulator"), wire.INTERPRETER),
        (FileKind(role="named"), wire.INTERPRETER),
        (FileKind(), wire.OTHER),
    ],
    ids=lambda value: value if isinstance(value, int) else (value.interpreter or value.role or "nothing"),
)
def test_what_the_kernel_is_told_of_a_file(kind, expected):
    assert verdict(kind) == expected


@SENSOR
def test_what_is_detected_in_user_space_is_killed_by_signal(watch):
    process = subprocess.Popen(["perl", "-e", "sleep 60 # by signal"], stdin=subprocess.DEVNULL)
    outcome = Killer(enforce=True).act(watch.marked("by signal"))
    assert outcome.action == "killed"
    assert outcome.reason.startswith("by signal, ")
    assert process.wait(5) == -signal.SIGKILL


@SENSOR
def test_the_sensor_and_its_ancestors_are_spared(watch):
    assert {1, os.getpid(), os.getppid()} <= spared_pids()
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.read(reads, 1)
        os.execv(PYTHON, ["python", "-IS", "-c", "raise SystemExit(7) # spared"])
    one = (1).to_bytes(4, "little")
    killer = Killer(enforce=True, scopes=(scope_of(f"tree:{pid}"),))
    subprocess.run([PYTHON, "-IS", "-c", "1 # warm"], check=True, stdin=subprocess.DEVNULL)
    watch.marked("# warm")
    killer.arm(watch.sensor)
    watch.sensor.spared.put(pid.to_bytes(4, "little"), one)
    os.write(writes, b"!")
    os.close(reads)
    os.close(writes)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
    assert watch.marked("# spared").context["kill"] == "refused"
    assert watch.sensor.counts()["kill refused"] == 1


@SENSOR
def test_a_process_that_has_ended_is_not_confused_with_its_successor(watch):
    subprocess.run(["perl", "-e", "1 # ended"], check=True, stdin=subprocess.DEVNULL)
    outcome = Killer(enforce=True).act(watch.marked("# ended"))
    assert (outcome.action, outcome.reason) == ("observed", "not killed: it had already ended")


def test_scopes_that_name_nothing_are_refused():
    for text in ("tree:999999999", "user:nobody-of-this-name", "cgroup:/no/such/group", "host:all"):
        with pytest.raises(FlycatcherError, match=f"--kill-scope {text}"):
            scope_of(text)
