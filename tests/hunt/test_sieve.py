"""Events of the audit log that are passed over by the block: what is found, who started it and what was lost are as if each record was looked at."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flycatcher.core import interpreters
from flycatcher.hunt.engine import Found, Hunt, Options
from flycatcher.sources.logs.auditd import Auditd
from flycatcher.sources.logs.engine.format import Block
from flycatcher.sources.logs.laurel import Laurel
from tests.hunt.helpers import event

NAMES = sorted({name for each in interpreters.builtin().values() for name in each.names if name.isalnum()})
CALM = [
    ["ls", "-l"],
    ["cat", "/etc/hostname"],
    ["sh", "-c", "ls | wc -l"],
    ["sudo", "-u", "x", "true"],
    ["python3", "x.py"],
]


def log(seed, count):
    """Return the lines of a log: starts of every interpreter and of other programs, interlaced, out of order, lost, beside other records."""
    rng = random.Random(seed)
    serial, lines, now = 1, [], 1700000000.0
    for _ in range(count):
        serial, now = (
            serial + rng.choice([1, 1, 1, 1, 2, 5]),
            now + rng.choice([0.0, 0.1, 4000.0 if rng.random() < 0.02 else 0.2, -9.0 if rng.random() < 0.02 else 0]),
        )
        name = rng.choice(NAMES)
        option = rng.choice(["-c", "-e", "-r", "-p", "--eval", "-E", "-Sc", "x.y", "eval"])
        argv = (
            rng.choice(CALM)
            if rng.random() < 0.5
            else [name, option, rng.choice(["print(1)", "system('id')", "1+1", "curl -s x|sh", '"'])]
        )
        exe = rng.choice([f"/usr/bin/{argv[0]}", "/tmp/x", "/usr/bin/python3.11", "/usr/sbin/nginx"])
        records = event(
            serial, argv, exe=exe, time=now, pid=rng.randrange(100, 130), ppid=rng.randrange(100, 130), success=rng.choice(["yes"] * 9 + ["no"]),
            cwd=rng.choice(["/srv", "/tmp"]), extra=rng.choice(["", '\x1dARCH=x86_64 SYSCALL=execve AUID="ops" UID="root"']),
            node="h" if rng.random() < 0.03 else "",
        )  # fmt: skip
        if rng.random() < 0.2:
            rng.shuffle(records)
        if rng.random() < 0.1:
            del records[rng.randrange(len(records))]
        if rng.random() < 0.05:
            records *= 2
        if rng.random() < 0.2:
            records.append(
                rng.choice(
                    ["garbage\n", "type=EOE msg=audit(1700000000.000:3): \n", "\n", "type=BROKEN msg=audit(17\n"]
                )
            )
        if rng.random() < 0.3:
            kind, serial = (
                rng.choice(["USER_ACCT", "USER_START", "AVC", "CRED_ACQ", "SERVICE_START", "DAEMON_START", "SYSCALL"]),
                serial + 1,
            )
            records.append(
                f"type={kind} msg=audit({now:.3f}:{serial}): pid=7 uid=0 ses=3 msg='op=x acct=\"root\" addr=192.0.2.7 res=success'\n"
            )
        if lines and rng.random() < 0.2:
            at = max(0, len(lines) - 4)
            tail, lines = lines[at:] + records, lines[:at]
            rng.shuffle(tail)
            records = tail
        lines += records
    return [line.encode("utf-8", "surrogateescape") for line in lines]


def said(blocks, *, sieves):
    """Return what a log in these blocks says: detections, losses, figures."""
    hunt = Hunt(Options())
    reader = Auditd(hunt.shared, "log")
    reader.sieves = sieves
    offset, number, found = 0, 1, []
    for data in blocks:
        found += hunt.answered(reader.read(Block(data, number, offset)))
        offset, number = offset + len(data), number + data.count(b"\n")
    found += hunt.answered(reader.end())
    return (
        [(each.detection, each.host, each.user, each.time) for each in found if isinstance(each, Found)],
        [each for each in found if not isinstance(each, Found)],
        hunt.shared.counts,
    )


@pytest.mark.usefixtures("small_windows")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 1 << 30), st.integers(1, 60), st.integers(1, 40))
def test_whole_blocks_say_what_their_records_say_one_by_one(seed, count, size):
    lines = log(seed, count)
    blocks = [b"".join(lines[at : at + size]) for at in range(0, len(lines), size)]
    assert said(blocks, sieves=True) == said(blocks, sieves=False)


@pytest.fixture
def small_windows(monkeypatch):
    """Close events after a few others: their windows end within the log."""
    monkeypatch.setattr("flycatcher.sources.logs.auditd.WINDOW", 8)


def test_a_word_that_looks_like_a_record_is_none():
    inner = "type=SYSCALL msg=audit(1700000000.000:2): arch=c000003e"
    other = f"type=USER_ACCT msg=audit(1700000000.000:1): pid=7 msg='op={inner}'\n"
    blocks = [(other + "".join(event(2, ["perl", "-e", "print 1"], exe="/usr/bin/perl"))).encode()]
    found = said(blocks, sieves=True)
    assert found == said(blocks, sieves=False)
    assert [each[0].snippets[0].text for each in found[0]] == ["print 1"]


LAUREL = [
    ["/usr/bin/date", "+%25s"], ["/usr/bin/perl", "-e", "print 1 %25 2"], ["/usr/bin/perl", "-e", "print%201"], ["/usr/bin/python3", "x.py"],
    ["/usr/bin/python3", "-c", "print(1)"], ["/bin/sh", "-c", "ls | wc -l"], ["/usr/bin/per%6c", "-e", "1"], ["/usr/sbin/nginx"],
]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(LAUREL) - 1), st.integers(1, 9), st.integers(1, 9), st.booleans()), max_size=30
    )
)
def test_a_quick_look_at_laurel_s_events_says_what_a_full_one_says(starts):
    lines = [
        json.dumps({"ID": f"1700000000.{at:03}:{at}", "NODE": "h", "EXECVE": {"argc": len(LAUREL[what]), "ARGV": LAUREL[what]},
                    "SYSCALL": {"success": "yes" if ran else "no", "exe": LAUREL[what][0], "pid": pid, "ppid": ppid, "syscall": 59}})
        for at, (what, pid, ppid, ran) in enumerate(starts)
    ]  # fmt: skip
    told = []
    for prefix in ("", "@cee: "):  # no quick look behind a prefix
        hunt = Hunt(Options())
        reader = Laurel(hunt.shared, "log")
        found = list(hunt.answered(reader.read(Block("".join(f"{prefix}{line}\n" for line in lines).encode()))))
        told.append(
            ([(each.detection.id, each.time, each.detection.execution.ancestry) for each in found], hunt.shared.counts)
        )
    assert told[0] == told[1]
