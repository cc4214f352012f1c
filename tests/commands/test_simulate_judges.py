"""Who saw a simulation: the kernel's audit log read live and as a log. Rules are left as they were found."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from flycatcher.commands import cli
from tests.sensors.audit.test_audit import control, listed  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from pathlib import Path

CARRIED = ("python-argument-c", "perl-argument-e", "sh-argument-c", "bash-procfs", "python-encoded")


def simulated(*words: str, expect: int) -> dict[str, Any]:
    """Return what a simulation printed as JSON."""
    done = CliRunner().invoke(cli, ["simulate", "run", "--format", "json", *words])
    assert (done.exit_code, done.stderr) == (expect, "")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def only(*names: str) -> list[str]:
    """Return the words that choose techniques."""
    return [word for name in names for word in ("--only", name)]


@pytest.mark.usefixtures("control")
@pytest.mark.parametrize("sensor", ["audit", "hunt"])
def test_what_an_audit_log_carries_is_seen_and_the_rules_are_as_before(sensor: str) -> None:
    before = listed()
    answer = simulated(*only(*CARRIED), "--expect", sensor, "--audit-rule", expect=0)
    assert answer["scores"] == {sensor: {"seen": 5, "ran": 5}}
    assert {each["technique"]: each["seen"]["vector"] for each in answer["outcomes"]} == {
        "python-argument-c": "argument", "perl-argument-e": "argument", "sh-argument-c": "argument",
        "bash-procfs": "descriptor", "python-encoded": "argument",
    }  # fmt: skip
    assert listed() == before


@pytest.mark.usefixtures("control")
def test_what_an_audit_log_cannot_carry_is_missed_and_says_why() -> None:
    names = ("perl-environment", "perl-pipe", "perl-renamed", "perl-fifo", "perl-symlink")
    answer = simulated(*only(*names), "--expect", "hunt", "--audit-rule", expect=10)
    assert {each["technique"]: (each["status"], each["note"]) for each in answer["outcomes"]} == {
        "perl-environment": ("missed", "cannot be carried: no environment in an audit log"),
        "perl-pipe": ("missed", "cannot be carried: no standard input in an audit log"),
        "perl-renamed": ("missed", "cannot be carried: a copy's name alone in an audit log, and its file is gone"),
        "perl-fifo": ("missed", "cannot be carried: an audit log does not say what kind of file a word names"),
        "perl-symlink": ("missed", "cannot be carried: an audit log does not say what kind of file a word names"),
    }


def test_a_log_of_another_time_has_seen_nothing(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    log.write_bytes(
        b"type=SYSCALL msg=audit(1700000000.123:7): arch=c000003e syscall=59 success=yes exit=0 ppid=9 pid=10 uid=0 "
        b'comm="perl" exe="/usr/bin/perl"\n'
        b'type=EXECVE msg=audit(1700000000.123:7): argc=3 a0="perl" a1="-e" a2="print"\n'
    )
    answer = simulated(*only("perl-argument-e"), "--expect", f"hunt:{log}", expect=10)
    assert answer["scores"] == {f"hunt:{log}": {"seen": 0, "ran": 1}}
