"""The audit log: its records, and the sensor on the real kernel. Rules are left as they were found."""

import contextlib
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from tests.kernel import without

from flycatcher.core.errors import FlycatcherError
from flycatcher.sources.sensors import audit
from flycatcher.sources.sensors.audit.events import CWD, EOE, EXECVE, SYSCALL, Events
from flycatcher.sources.sensors.audit.netlink import Control, rules
from flycatcher.sources.sensors.audit.sensor import Audit

PYTHON = os.path.realpath(sys.executable)


def head(number):
    return b"audit(1700000000.123:%d): " % number


def test_words_in_quotes_in_hexadecimal_and_in_pieces_are_put_together():
    events = Events()
    records = [
        (
            SYSCALL,
            head(7)
            + b'arch=c000003e syscall=59 success=yes exit=0 ppid=9 pid=10 uid=0 euid=0 comm="perl" exe=2F746D702F6120622F70',
        ),
        (EXECVE, head(7) + b'argc=5 a0="perl" a1="-e" a2_len=6 a2[0]=7072 a2[1]=696e'),
        (EXECVE, head(7) + b'a2[2]=7431 a3=(null) a4=" a1=x"'),
        (CWD, head(7) + b'cwd="/srv"'),
    ]
    assert [list(events.take(*record)) for record in records] == [[], [], [], []]
    (event,) = events.take(EOE, head(7))
    assert event.argv == ("perl", "-e", "print1", "", " a1=x")
    assert event.whole
    assert event.executed
    assert event.cwd == "/srv"
    assert event.fields["exe"] == "/tmp/a b/p"
    assert event.time == 1_700_000_000_123_000_000


def test_a_word_that_did_not_come_is_not_hidden():
    events = Events()
    list(events.take(SYSCALL, head(8) + b"success=yes pid=1"))
    list(events.take(EXECVE, head(8) + b'argc=3 a0="perl" a2="x"'))
    (event,) = events.take(EOE, head(8))
    assert event.argv == ("perl", "", "x")
    assert not event.whole


def test_events_of_several_processes_may_be_mixed():
    events = Events()
    for number in (1, 2):
        list(events.take(SYSCALL, head(number) + b"success=yes pid=%d" % number))
    for number in (2, 1):
        list(events.take(EXECVE, head(number) + b'argc=1 a0="p%d"' % number))
    found = [event.argv for number in (1, 2) for event in events.take(EOE, head(number))]
    assert found == [("p1",), ("p2",)]


def test_hostile_records_are_passed_over():
    events = Events()
    for text in (b"", b"audit(", b"audit(1.2:3): argc=9", b"\xff" * 100, head(1) + b"a99999999999999999999x=1"):
        assert list(events.take(EXECVE, text)) == []


@pytest.fixture
def control():
    answer = audit.probe()
    if not answer.works:
        without("audit", answer.why)
    # rules are the machine's: one test at a time
    with (Path(tempfile.gettempdir()) / "flycatcher-audit-tests").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        opened = Control()
        yield opened
        opened.close()


LIST_RULES, GET, SET, DONE = 1013, 1000, 1001, 3
STATUS_PID = 4
OURS = b"flycatcher"
HEADER = struct.Struct("=IHHII")


def netlink():
    opened = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 9)
    opened.bind((0, 0))
    opened.setsockopt(socket.SOL_SOCKET, 33, 16 << 20)  # SO_RCVBUFFORCE
    opened.settimeout(5)
    return opened


def listed():
    """Return all rules that the kernel has, each as ``struct audit_rule_data``, by a hand of the test's own."""
    found = []
    with netlink() as asking:
        asking.send(HEADER.pack(HEADER.size, LIST_RULES, 1, 1, 0))
        while True:
            message = asking.recv(1 << 16)
            kind = HEADER.unpack_from(message)[1]
            if kind == DONE:
                return found
            if kind == LIST_RULES:
                found.append(message[HEADER.size :])


@contextlib.contextmanager
def daemon():
    """Be the audit daemon: what the kernel logs comes to this socket alone."""
    with netlink() as log:
        log.send(
            HEADER.pack(HEADER.size + 32, SET, 1, 1, 0) + struct.pack("=8I", STATUS_PID, 0, 0, os.getpid(), *(0,) * 4)
        )
        try:
            yield log
        finally:
            log.send(HEADER.pack(HEADER.size + 32, SET, 1, 2, 0) + struct.pack("=8I", STATUS_PID, *(0,) * 7))


def executed_under(sensor, word):
    end = time.monotonic() + 120
    while time.monotonic() < end:
        for item in sensor.poll(0.1):
            if word in getattr(item, "argv", ()):
                return item
    raise AssertionError("not seen")


def test_with_its_own_rules_it_sees_and_then_leaves_everything_as_it_was(control):
    before, status = listed(), control.status()
    with Audit(add_rules=True) as sensor:
        assert sum(OURS in rule for rule in listed()) == 2
        subprocess.run(
            [PYTHON, "-IS", "-c", "import time; time.sleep(0.3) # audit", "x" * 20_000, "\udcff \n"], check=True
        )
        execution = executed_under(sensor, "import time; time.sleep(0.3) # audit")
    assert execution.argv[3] == "import time; time.sleep(0.3) # audit"
    assert execution.argv[4:] == ("x" * 20_000, "\udcff \n")
    assert execution.interpreter == "python"
    assert execution.exe == PYTHON
    assert execution.cwd == os.getcwd()
    assert execution.ancestry[0].pid == os.getpid()
    assert not execution.fidelity.truncated
    assert listed() == before
    assert control.status().enabled == status.enabled


def test_a_rule_that_somebody_else_has_set_stays(control):
    theirs = rules()[0]
    control.add(theirs)
    try:
        before = listed()
        with Audit(add_rules=True):
            pass
        assert listed() == before
    finally:
        control.remove(theirs)


@pytest.mark.usefixtures("control")
def test_without_being_asked_it_adds_no_rule():
    before = listed()
    with Audit():
        assert listed() == before
    assert listed() == before


def daemon_is_registered():
    with netlink() as asking:
        asking.send(HEADER.pack(HEADER.size, GET, 1, 1, 0))
        return bool(struct.unpack_from("=8I", asking.recv(1 << 16), HEADER.size)[3])


@pytest.mark.usefixtures("control")
def test_beside_the_audit_daemon_both_see_the_same():
    if daemon_is_registered():
        pytest.skip("an audit daemon runs here")
    with daemon() as log, Audit(add_rules=True) as sensor:
        subprocess.run([PYTHON, "-IS", "-c", "import time; time.sleep(0.2) # both"], check=True)
        execution = executed_under(sensor, "import time; time.sleep(0.2) # both")
        assert daemon_is_registered()
        records = []
        while not any(b"696D706F72742074696D65" in record for record in records):
            records.append(log.recv(1 << 16))
    assert execution.interpreter == "python"
    assert not daemon_is_registered()


@pytest.mark.usefixtures("control")
def test_the_command_watches_the_audit_log_and_leaves_it_as_it_was(tmp_path):
    before, report = listed(), tmp_path / "audit.jsonl"
    command = [
        sys.executable,
        "-m",
        "flycatcher",
        "watch",
        "--sensor",
        "audit",
        "--audit-rule",
        "--tree",
        str(os.getpid()),
    ]
    with subprocess.Popen([*command, "--report", report, "-q"], stderr=subprocess.PIPE) as process:
        wait_for(report, b'"kind":"started"')
        subprocess.run([PYTHON, "-IS", "-c", "import time; time.sleep(0.5) # by command"], check=True)
        wait_for(report, b"# by command")
        process.terminate()
        process.communicate(timeout=120)
    records = [json.loads(line) for line in report.read_bytes().splitlines()]
    (record,) = [record for record in records if record.get("code_on_the_fly")]
    assert record["execution"]["fidelity"]["sensor"] == "audit"
    assert record["snippets"][0]["text"] == "import time; time.sleep(0.5) # by command"
    assert process.returncode == 0
    assert listed() == before


def wait_for(report, text, timeout=120.0):
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if report.exists() and text in report.read_bytes():
            return
        time.sleep(0.05)
    raise AssertionError(f"{text} not written: {report.read_bytes() if report.exists() else None}")


def test_it_says_what_is_missing_where_it_may_not_read():
    source = (
        "import os\nif os.geteuid() == 0:\n    os.setgid(65534)\n    os.setuid(65534)\n"
        "from flycatcher.sources.sensors.audit.sensor import Audit\n"
        "from flycatcher.core.errors import FlycatcherError\n"
        "try:\n    Audit().__enter__()\nexcept FlycatcherError as error:\n    print(error, error.hint, sep='|')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import flycatcher.sources.sensors.audit.sensor\n{source}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == (
        "the audit log cannot be read: Operation not permitted|it needs root (CAP_AUDIT_READ) on the host itself\n"
    )
    assert issubclass(FlycatcherError, Exception)
