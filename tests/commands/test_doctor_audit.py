"""doctor --audit: each check against a machine with the problem and one without it, both built in a temporary root."""

import json
import pkgutil

import pytest
from click.testing import CliRunner

from flycatcher.commands import cli
from flycatcher.commands.doctor.audit import Problem, audit, checks, shown

GOOD = {
    "proc/self/mounts": "a /tmp tmpfs rw,nosuid,noexec 0 0\nb /var/tmp tmpfs rw,nosuid,noexec 0 0\n",
    "proc/sys/kernel/yama/ptrace_scope": "1\n",
    "proc/sys/kernel/unprivileged_bpf_disabled": "2\n",
    "usr/bin/python3.11": "",
    "etc/crontab": "",
    "etc/audit/rules.d/exec.rules": "-a always,exit -F arch=b64 -S execve -k exec\n",
    "tmp/x": "",
    "var/tmp/x": "",
}


def machine(root, changed=(), modes=()):
    for name, text in (GOOD | dict(changed)).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
        (root / name).chmod(0o644)
    for name, mode in dict(modes).items():
        (root / name).chmod(mode)
    return root


BAD = {
    "kernel-setting": (
        {"proc/sys/kernel/yama/ptrace_scope": "0\n"},
        {},
        "/proc/sys/kernel/yama/ptrace_scope",
        "sysctl -w kernel.yama.ptrace_scope=1",
    ),
    "temporary-folder": (
        {"proc/self/mounts": "a /tmp tmpfs rw,nosuid 0 0\nb /var/tmp t rw,nosuid,noexec 0 0\n"},
        {},
        "/tmp",
        "mount -o remount,noexec,nosuid /tmp",
    ),
    "setuid-interpreter": (
        {},
        {"usr/bin/python3.11": 0o4755},
        "/usr/bin/python3.11",
        "chmod u-s,g-s -- /usr/bin/python3.11",
    ),
    "writable-schedule": ({}, {"etc/crontab": 0o666}, "/etc/crontab", "chmod o-w -- /etc/crontab"),
    "audit-rules": (
        {"etc/audit/rules.d/exec.rules": "# -a always,exit -S execve\n"},
        {},
        "/etc/audit",
        "echo '-a always,exit -F arch=b64 -S execve,execveat -k exec' >/etc/audit/rules.d/exec.rules && augenrules --load",
    ),
}


def test_a_machine_without_problems_has_none(tmp_path):
    assert list(audit(machine(tmp_path))) == []


@pytest.mark.parametrize("check", BAD)
def test_each_problem_is_found_with_its_place_and_its_fix(tmp_path, check):
    changed, modes, place, fix = BAD[check]

    assert [(each.check, each.place, each.fix) for each in audit(machine(tmp_path, changed, modes))] == [
        (check, place, fix)
    ]


def test_every_check_is_tried_here():
    assert len(list(pkgutil.iter_modules(checks.__path__))) == len(BAD)


def test_sarif_has_a_rule_and_a_place_for_each_problem():
    found = json.loads(shown.as_sarif([Problem("x", "/a b", "bad", "because", "mend")]))["runs"][0]

    assert found["tool"]["driver"]["rules"] == [{"id": "x", "shortDescription": {"text": "because"}}]
    assert found["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "file:///a%20b"


def test_a_hostile_name_does_not_reach_the_terminal(capsys):
    shown.print_text([Problem("x", "/\x1b[2J", "bad", "because", "mend\x1b[2J")])

    assert "\x1b" not in capsys.readouterr().out


def test_sarif_alone_is_a_usage_error():
    assert CliRunner().invoke(cli, ["doctor", "--sarif"]).exit_code == 2
