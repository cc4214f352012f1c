"""One log in several processes: whatever they sift out, the hunt finds what one process finds, in the same order, with the same ancestors."""

from __future__ import annotations

import json
import random

import pytest

from flycatcher.hunt import ahead, blocks, parallel
from flycatcher.hunt.engine import Found, Hunt, Options, Tally
from flycatcher.hunt.inputs import series
from flycatcher.sources.logs import auditd
from flycatcher.sources.logs.engine import lineage
from tests.hunt.helpers import event, written

PROGRAMS = [
    ["/usr/sbin/nginx"], ["/bin/sh", "-c", "ls | wc -l"], ["/usr/bin/perl", "-e", "print 1"], ["/usr/bin/python3", "x.py"], ["/usr/bin/date"], ["/usr/bin/ls", "-l"],
    ["/usr/bin/python3", "-c", "import os; print(os.getpid())"], ["/usr/bin/per%6c", "-e", "1"], ["/usr/sbin/cron"],
]  # fmt: skip


def laurel(number: int, argv: list[str], pid: int, ppid: int, success: str) -> dict:
    call = {"success": success, "exe": argv[0], "pid": pid, "ppid": ppid, "syscall": 59}
    return {
        "ID": f"1700000000.{number % 1000:03}:{number}",
        "NODE": "h",
        "SYSCALL": call,
        "EXECVE": {"argc": len(argv), "ARGV": argv},
    }


def ecs(number: int, argv: list[str], pid: int, ppid: int, success: str) -> dict:
    outcome = "success" if success == "yes" else "failure"
    process = {"pid": pid, "parent": {"pid": ppid}, "args": argv, "executable": argv[0]}
    return {
        "@timestamp": f"2023-11-14T22:13:20.{number % 1000:03}Z",
        "event": {"action": "executed", "outcome": outcome},
        "host": {"name": "h"},
        "process": process,
    }


def text(form, seed: int) -> str:
    rng = random.Random(seed)
    lines = []
    for number in range(1500):
        argv = rng.choices(PROGRAMS, [1, 2, 2, 2, 9, 9, 1, 1, 1])[0]
        row = form(number, argv, rng.randrange(2, 90), rng.randrange(1, 90), rng.choice(["yes"] * 5 + ["no"]))
        lines.append(
            json.dumps(row)
            if rng.random() < 0.97
            else rng.choice(["", "{", "@cee: " + json.dumps(row), "\0", '{"ID": 1}'])
        )
    return "\n".join(lines) + "\n"


def audit(seed: int) -> str:
    """Return an audit log in which events stand together, apart, among each other, torn and twice."""
    rng = random.Random(seed)
    lines: list[str] = []
    for number in range(1500):
        argv = rng.choices(PROGRAMS, [1, 2, 2, 2, 9, 9, 1, 1, 1])[0]
        records = event(
            number // rng.choice([1, 1, 1, 1, 2]), argv, exe=argv[0], pid=rng.randrange(2, 90), ppid=rng.randrange(1, 90),
            success=rng.choice(["yes"] * 5 + ["no"]), node=rng.choice([""] * 9 + ["web1"]),
        )  # fmt: skip
        draw = rng.random()
        if draw < 0.1:
            rng.shuffle(records)
        elif draw < 0.2:
            del records[rng.randrange(len(records))]
        elif draw < 0.3:
            records[0] = records[0].replace("syscall=59", "syscall=257")
        elif draw < 0.4 and lines:
            at = max(0, len(lines) - rng.randrange(1, 9))
            lines[at:at] = records[:2]
            records = records[2:]
        lines += records
        if draw > 0.9:
            lines.append(
                rng.choice(
                    [
                        f"type=USER_ACCT msg=audit(1700000000.000:{number}): pid=7 msg='op=x'\n",
                        "\n\n",
                        "\0\n",
                        "type=SYSCALL msg=audit(\n",
                    ]
                )
            )
    return "".join(lines)


@pytest.mark.parametrize("window", [8, 4096])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_several_processes_find_what_one_finds_in_an_audit_log(tmp_path, monkeypatch, seed, window):
    monkeypatch.setattr(blocks, "SIZE", 1 << 14)
    monkeypatch.setattr(blocks, "SAMPLE", 1 << 12)
    monkeypatch.setattr(auditd, "WINDOW", window)
    path = written(tmp_path, audit(seed))
    one, many = hunted(path, 1), hunted(path, 2)
    assert one == many
    assert len(one[0]) > 50
    assert any(each[0].execution.ancestry for each in one[0] if isinstance(each, tuple))


def hunted(path, jobs: int):
    tally = Tally()
    every = list(parallel.hunt(series([str(path)]), Options(), tally, jobs=jobs))
    told = [(each.detection, each.host, each.time) if isinstance(each, Found) else each for each in every]
    return told, tally


@pytest.mark.parametrize("form", [laurel, ecs])
@pytest.mark.parametrize("generation", [16, 1 << 15])
def test_several_processes_find_what_one_finds(tmp_path, monkeypatch, form, generation):
    monkeypatch.setattr(blocks, "SIZE", 1 << 14)
    monkeypatch.setattr(blocks, "SAMPLE", 1 << 12)
    monkeypatch.setattr(lineage, "_GENERATION", generation)
    path = written(tmp_path, text(form, 3))
    one, many = hunted(path, 1), hunted(path, 2)
    assert one == many
    assert len(one[0]) > 100
    assert any(each[0].execution.ancestry for each in one[0] if isinstance(each, tuple))


def test_a_process_that_dies_loses_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "SIZE", 1 << 14)
    monkeypatch.setattr(blocks, "SAMPLE", 1 << 12)
    path = written(tmp_path, text(laurel, 5))
    one = hunted(path, 1)
    monkeypatch.setattr(ahead, "sift", _dies)
    assert hunted(path, 2) == one


def _dies(form, data):
    import os  # noqa: PLC0415 - in the process that is to die

    os._exit(1)


def test_what_is_sifted_out_is_of_no_interest_whoever_started_it():
    rng = random.Random(9)
    for number in range(300):
        argv = rng.choice(PROGRAMS)
        line = json.dumps(laurel(number, argv, 5, 4, "yes")).encode()
        dull, _ = ahead.sift("laurel", line)
        server = json.dumps(laurel(1, ["/usr/sbin/nginx"], 4, 1, "yes")).encode()
        hunt = Hunt(Options(form="laurel"))
        reader = hunt.reader(line, "log")
        found = list(hunt.answered([*reader.line(server, 1, 0), *reader.line(line, 2, 0)]))
        assert not (dull and found)
