"""doctor --audit: each check against a machine, or a repository, with the problem and without it, both in a temporary folder."""

import datetime as dt
import json
import os
import pkgutil
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from flycatcher.commands import cli
from flycatcher.commands.doctor.audit import Problem, audit, checks, modules, shown
from flycatcher.commands.doctor.audit import repository as repositories
from flycatcher.commands.doctor.audit.checks import end_of_life
from flycatcher.commands.doctor.audit.lifetimes import LIFETIMES
from flycatcher.core.interpreters import registry

GOOD = {
    "proc/self/mounts": "a /tmp tmpfs rw,nosuid,noexec 0 0\nb /var/tmp tmpfs rw,nosuid,noexec 0 0\n",
    "proc/sys/kernel/yama/ptrace_scope": "1\n",
    "proc/sys/kernel/unprivileged_bpf_disabled": "2\n",
    "proc/sys/user/max_user_namespaces": "0\n",
    "usr/bin/npm": "",
    "usr/bin/pip3": "",
    "etc/npmrc": "; settings\nignore-scripts = true\nregistry=https://registry.example.org/\n",
    "etc/pip.conf": "[global]\nonly-binary = :all:\nindex-url = https://pypi.example.org/simple\n",
    "etc/gemrc": ":sources:\n- https://rubygems.example.org/\n",
    "etc/sudoers": 'Defaults secure_path="/usr/bin"\nroot ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL) ALL\n@includedir /etc/sudoers.d\n',
    "etc/sudoers.d/deploy": "deploy ALL=(root) NOPASSWD: /usr/bin/systemctl restart app, \\\n  /usr/bin/python3 /opt/deploy.py\n",
    "etc/sudoers.d/old.bak": "x ALL=NOPASSWD: ALL\n",
    "etc/login.defs": "ENV_SUPATH PATH=/usr/bin\n",
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
    "sudo-interpreter": (
        {"etc/sudoers.d/deploy": "deploy ALL=(root) NOPASSWD: /usr/bin/python3\n"},
        {},
        "/etc/sudoers.d/deploy",
        "visudo -f /etc/sudoers.d/deploy (name a script of root's in its place)",
    ),
    "writable-path": ({}, {"usr/bin": 0o777}, "/usr/bin", "chmod o-w -- /usr/bin"),
    "container-interpreter": (
        {".dockerenv": ""},
        {"usr/bin/python3.11": 0o755},
        "/",
        "chmod o-x -- /usr/bin/python3.11, or build the image without",
    ),
    "end-of-life": (
        {"usr/bin/python3.7": ""},
        {},
        "/usr/bin/python3.7",
        "install a version that is supported, and remove python 3.7",
    ),
    "install-scripts": (
        {"etc/npmrc": "ignore-scripts=false\n"},
        {},
        "/etc/npmrc",
        "npm config set ignore-scripts true --location=global",
    ),
    "package-source": (
        {"etc/gemrc": ":ssl_verify_mode: 0\n"},
        {},
        "/etc/gemrc",
        "take the line out",
    ),
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


WORKFLOW = """\
name: build
on: [push, pull_request]
permissions:
  contents: read
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5
      - uses: ./.github/actions/own
      - run: make
"""
SAFE = {
    ".github/workflows/build.yml": WORKFLOW,
    ".github/CODEOWNERS": "# who\n/.github/ @example/security\n",
    "package.json": "{}\n",
    ".npmrc": "ignore-scripts=true\n",
}


def repository(root, changed=()):
    for name, text in (SAFE | dict(changed)).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def changed(old, new):
    assert old in WORKFLOW
    return {".github/workflows/build.yml": WORKFLOW.replace(old, new)}


FLAWS = {
    "unpinned-action": (
        changed("@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5", "@v5"),
        ".github/workflows/build.yml",
        9,
        "uses: actions/checkout@v5",
    ),
    "workflow-permissions": (
        changed("permissions:\n  contents: read\n", ""),
        ".github/workflows/build.yml",
        4,
        "no permissions: for the job build",
    ),
    "pull-request-target": (
        changed("on: [push, pull_request]", "on:\n  pull_request_target:"),
        ".github/workflows/build.yml",
        3,
        "on: pull_request_target",
    ),
    "self-hosted-runner": (
        changed("ubuntu-24.04", "[self-hosted, linux]"),
        ".github/workflows/build.yml",
        7,
        "job build runs on self-hosted, linux, and pull_request starts it",
    ),
    "repository-install-scripts": (
        {".npmrc": "ignore-scripts=false\n"},
        "package.json",
        1,
        "npm runs the install scripts of all dependencies (no ignore-scripts=true in .npmrc)",
    ),
    "repository-package-source": (
        {".npmrc": "ignore-scripts=true\n@own:registry=http://npm.example.org/\n"},
        ".npmrc",
        2,
        "@own:registry is not encrypted",
    ),
    "unreadable-workflow": (
        {".github/workflows/other.yml": "on: push\npermissions: {}\n"},
        ".github/workflows/other.yml",
        1,
        "not checked: it has no jobs",
    ),
    "pipeline-owner": (
        {".github/CODEOWNERS": "/src/ @example/all\n"},
        ".github/CODEOWNERS",
        0,
        "nobody owns .github/workflows",
    ),
}


def test_a_repository_without_problems_has_none(tmp_path):
    assert list(audit(repository(tmp_path), is_repository=True)) == []


def test_an_empty_folder_has_none(tmp_path):
    assert list(audit(tmp_path, is_repository=True)) == list(audit(tmp_path)) == []


@pytest.mark.parametrize("check", FLAWS)
def test_each_problem_of_a_repository_is_found_with_its_place(tmp_path, check):
    files, place, line, evidence = FLAWS[check]

    found = list(audit(repository(tmp_path, files), is_repository=True))

    assert [(each.check, each.place, each.line, each.evidence) for each in found] == [(check, place, line, evidence)]
    assert found[0].fix


def test_every_check_of_a_repository_is_tried_here():
    assert sorted(each.ID for each in modules(repositories)) == sorted(FLAWS)


@pytest.mark.parametrize(
    ("old", "new", "evidence"),
    [
        ("on: [push, pull_request]", "on: pull_request_target", "on: pull_request_target"),
        ("contents: read", "contents: write\n", None),
        ("permissions:\n  contents: read\n", "permissions: write-all\n", "permissions: write-all"),
        ("      - run: make", "      - uses: docker://alpine:3.20", "uses: docker://alpine:3.20"),
        (
            "      - run: make",
            "  other:\n    uses: a/b/.github/workflows/x.yml@main",
            "uses: a/b/.github/workflows/x.yml@main",
        ),
        (
            "on: [push, pull_request]",
            "on:\n  workflow_run:\n    workflows: [x]",
            None,
        ),
        (
            "    runs-on: ubuntu-24.04",
            "    runs-on:\n      group: ours",
            "job build runs on a group of runners, and pull_request starts it",
        ),
        ("    runs-on: ubuntu-24.04", "    runs-on: {group: big, labels: ubuntu-24.04-16core}", None),
    ],
    ids=["one event", "own permissions", "all", "image", "reusable", "workflow_run", "group", "larger runner"],
)
def test_forms_of_a_workflow(tmp_path, old, new, evidence):
    found = list(audit(repository(tmp_path, changed(old, new)), is_repository=True))

    assert [each.evidence for each in found] == ([evidence] if evidence else [])


def test_a_pull_request_s_own_code_beside_secrets_is_named(tmp_path):
    text = WORKFLOW.replace("on: [push, pull_request]", "on: pull_request_target").replace(
        "      - uses: ./.github/actions/own",
        "        with:\n          ref: ${{ github.event.pull_request.head.sha }}",
    )
    [found] = audit(repository(tmp_path, {".github/workflows/build.yml": text}), is_repository=True)

    assert found.evidence == "on: pull_request_target, and it checks out the pull request's own code"


@pytest.mark.parametrize(
    "text", ["", "on: [", "- a\n- b\n", "jobs: 1\n", "a: &a [*a]\n", "on: {\x00: 1}\n", "[" * 5000], ids=range(7)
)
def test_a_workflow_that_is_none_is_no_end(tmp_path, text):
    found = list(audit(repository(tmp_path, {".github/workflows/other.yml": text}), is_repository=True))

    assert [(each.check, each.place) for each in found] == [("unreadable-workflow", ".github/workflows/other.yml")]


def test_a_command_holds_no_shell_text_of_a_workflow(tmp_path):
    text = changed("@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5", "@v5;id")
    [found] = audit(repository(tmp_path, text), is_repository=True)

    assert found.fix.startswith("git ls-remote https://github.com/actions/checkout 'v5;id', then ")


@pytest.mark.parametrize(
    ("rule", "evidence"),
    [
        ("a ALL=(ALL) NOPASSWD: ALL", "a may run everything without a password"),
        ("a ALL=(ALL) ALL", None),
        ("root ALL=NOPASSWD: ALL", None),
        ("a ALL=/usr/bin/perl", "a may run /usr/bin/perl, which runs program text"),
        ("a ALL=/usr/bin/perl /opt/x.pl", None),
        ("a ALL=/usr/bin/perl *", "a may run /usr/bin/perl *, which runs program text"),
        ('a ALL=/usr/bin/bash ""', 'a may run /usr/bin/bash "", which runs program text'),
        ("a ALL=/usr/bin/env", "a may run /usr/bin/env, which starts any program"),
        ("a ALL=NOEXEC: /usr/bin/env", None),
        ("a ALL=NOEXEC: /usr/bin/perl", "a may run /usr/bin/perl, which runs program text"),
        ("a ALL=SETENV: NOPASSWD: /bin/ls, /opt/tools/*", "a may run /opt/tools/*, which starts any program"),
        ("a ALL=(b) /bin/ls, !/usr/bin/perl", None),
        ("Cmnd_Alias X = /bin/ls, /usr/bin/ruby\na ALL = X", "a may run /usr/bin/ruby, which runs program text"),
        ("User_Alias X = a, b\nDefaults:X env_keep=PATH", None),
        ("#a ALL=/usr/bin/perl", None),
        ("a ALL=/bin/ls, \\\n /usr/bin/perl", "a may run /usr/bin/perl, which runs program text"),
        ("@include /etc/sudoers", None),
        (
            "@include /etc/sudoers\n@includedir /etc\na ALL=/usr/bin/perl",
            "a may run /usr/bin/perl, which runs program text",
        ),
    ],
)
def test_rules_of_sudo(tmp_path, rule, evidence):
    found = list(audit(machine(tmp_path, {"etc/sudoers": f"{rule}\n"})))

    assert [each.evidence for each in found] == ([evidence] if evidence else [])


@pytest.mark.parametrize(
    ("name", "text", "line", "evidence"),
    [
        ("etc/npmrc", "ignore-scripts=true\nregistry=http://npm.example.org/\n", 2, "registry is not encrypted"),
        ("etc/npmrc", "ignore-scripts=true\nstrict-ssl=false\n", 2, "strict-ssl = false: certificates are not checked"),
        (
            "etc/pip.conf",
            "[global]\nonly-binary=:all:\n[install]\ntrusted-host =\n    pypi.example.org\n",
            5,
            "trusted-host = pypi.example.org: its certificate is not checked",
        ),
        ("etc/pip.conf", "[global]\nonly-binary=:all:\nindex-url=http://x.example/\n", 3, "index-url is not encrypted"),
        (
            "etc/pip.conf",
            "[global]\nonly-binary=:all:\nextra-index-url=https://x.example/\n",
            3,
            "extra-index-url: of two packages of one name the higher version wins, whoever made it",
        ),
        ("etc/gemrc", ":sources:\n- http://gems.example.org/\n", 2, "a source is not encrypted"),
    ],
)
def test_where_packages_come_from(tmp_path, name, text, line, evidence):
    found = list(audit(machine(tmp_path, {name: text})))

    assert [(each.check, each.line, each.evidence) for each in found] == [("package-source", line, evidence)]


@pytest.mark.parametrize(
    ("name", "ended"),
    [
        ("python3.7", "python 3.7 has ended on 2023-06-27 (devguide.python.org/versions)"),
        ("ruby2.7", "ruby 2.7 has ended on 2023-03-31 (ruby-lang.org/en/downloads/branches)"),
        ("php7.4", "php 7.4 has ended on 2022-11-28 (php.net/supported-versions.php, php.net/eol.php)"),
        ("python9.9", None),
        ("python3.14", None),
    ],
)
def test_versions_that_have_ended(tmp_path, monkeypatch, name, ended):
    monkeypatch.setattr(end_of_life, "_today", lambda: dt.date(2026, 1, 1))

    found = list(audit(machine(tmp_path, {f"usr/bin/{name}": ""})))

    assert [each.evidence for each in found] == ([ended] if ended else [])


def test_a_link_that_leads_nowhere_or_out_of_an_image_is_no_interpreter(tmp_path):
    place = machine(tmp_path)
    (place / "usr/bin/python2.7").symlink_to("/absent")
    (place / "usr/bin/python3.6").symlink_to("/bin/sh")

    assert list(audit(place)) == []


def test_a_version_is_supported_up_to_its_last_day(tmp_path, monkeypatch):
    place = machine(tmp_path, {"usr/bin/python3.7": ""})
    monkeypatch.setattr(end_of_life, "_today", lambda: dt.date(2023, 6, 27))
    assert list(audit(place)) == []
    monkeypatch.setattr(end_of_life, "_today", lambda: dt.date(2023, 6, 28))
    assert len(list(audit(place))) == 1


def test_every_interpreter_with_dates_has_a_source_and_is_known():
    assert all(each.source and each.ends for each in LIFETIMES.values())
    assert LIFETIMES.keys() <= registry().keys()


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"proc/sys/user/max_user_namespaces": "15000\n"}, ["every user may make 15000 user namespaces"]),
        (
            {
                "proc/sys/user/max_user_namespaces": "15000\n",
                "proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1\n",
            },
            [],
        ),
        ({"proc/sys/user/max_user_namespaces": "15000\n", "proc/sys/kernel/unprivileged_userns_clone": "0\n"}, []),
        ({"proc/sys/kernel/unprivileged_userns_clone": "1\n"}, ["kernel.unprivileged_userns_clone = 1"]),
        ({"proc/sys/kernel/unprivileged_bpf_disabled": "0\n"}, ["kernel.unprivileged_bpf_disabled = 0"]),
    ],
    ids=["namespaces", "AppArmor", "Debian's off", "Debian's on", "BPF"],
)
def test_settings_of_the_kernel(tmp_path, changed, found):
    assert [each.evidence for each in audit(machine(tmp_path, changed))] == found


@pytest.mark.parametrize(
    ("line", "evidence"),
    [
        ("PATH=/usr/bin:.\n", ". in PATH is wherever one stands"),
        ("PATH=/usr/bin::/bin\n", "an empty entry in PATH is wherever one stands"),
        ('PATH="/opt/open:/usr/bin"\n', "mode 0777, in the PATH of /etc/environment"),
        ("#PATH=.\n", None),
        ("PATH=/absent:$HOME/bin:~/bin\n", None),
    ],
)
def test_folders_of_path(tmp_path, line, evidence):
    (tmp_path / "opt/open").mkdir(parents=True)
    (tmp_path / "opt/open").chmod(0o777)

    found = list(audit(machine(tmp_path, {"etc/environment": line})))

    assert [each.evidence for each in found] == ([evidence] if evidence else [])


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path):
    (tmp_path / "etc").mkdir()
    os.mkfifo(tmp_path / "etc/sudoers")
    os.mkfifo(tmp_path / "etc/npmrc")

    assert list(audit(tmp_path)) == []


def test_at_has_its_bit_for_its_spool(tmp_path):
    assert list(audit(machine(tmp_path, {"usr/bin/at": ""}, {"usr/bin/at": 0o6755}))) == []


def test_the_ids_are_of_known_frameworks():
    shape = re.compile(r"M10\d\d|T1\d{3}(\.\d{3})?|CIS \d{1,2}\.\d{1,2}|CICD-SEC-\d{1,2}|PCI DSS 4 \d{1,2}\.\d")
    for each in (*modules(checks), *modules(repositories)):
        assert each.REFERENCES, each.ID
        assert all(map(shape.fullmatch, each.REFERENCES)), each.ID


def test_every_check_is_in_the_reference():
    page = (Path(__file__).parents[2] / "docs/reference/audit.md").read_text(encoding="utf-8")
    rows = {
        found[1]: found[2].split(", ")
        for found in re.finditer(r"^\| `([a-z-]+)` \|.*\| ([^|]+) \|$", page, re.MULTILINE)
    }
    assert rows == {each.ID: list(each.REFERENCES) for each in (*modules(checks), *modules(repositories))}


def test_json_names_what_was_checked(tmp_path):
    done = CliRunner().invoke(cli, ["doctor", "--audit", "--json", "--repository", str(repository(tmp_path))])
    found = json.loads(done.stdout)
    assert (found["schema"], found["problems"]) == ("flycatcher.audit/1", [])
    assert found["checked"] == sorted(FLAWS, key=[each.ID for each in modules(repositories)].index)
    assert "multi-factor authentication" in found["unseen"]


def test_another_root_is_looked_at(tmp_path):
    place = machine(tmp_path, {}, {"etc/crontab": 0o666})
    done = CliRunner().invoke(cli, ["doctor", "--audit", "--root", str(place)])
    assert done.stdout.splitlines()[0] == "writable-schedule: /etc/crontab: mode 0666"


@pytest.mark.parametrize(
    "words",
    [
        ["--root", "/"],
        ["--repository", "/"],
        ["--audit", "--root", "/", "--repository", "/"],
        ["--audit", "--root", "/absent"],
    ],
    ids=" ".join,
)
def test_options_that_do_not_fit_are_usage_errors(words):
    assert CliRunner().invoke(cli, ["doctor", *words]).exit_code == 2


def test_sarif_of_a_repository_has_relative_places_lines_and_tags(tmp_path):
    place = repository(tmp_path, FLAWS["unpinned-action"][0])
    done = CliRunner().invoke(cli, ["doctor", "--audit", "--sarif", "--repository", str(place)])
    run = json.loads(done.stdout)["runs"][0]
    assert run["results"][0]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": ".github/workflows/build.yml"},
        "region": {"startLine": 9},
    }
    assert "CICD-SEC-3" in run["tool"]["driver"]["rules"][0]["properties"]["tags"]


def test_sarif_has_a_rule_and_a_place_for_each_problem():
    found = json.loads(shown.as_sarif([Problem("x", "/a b", "bad", "because", "mend")]))["runs"][0]

    assert found["tool"]["driver"]["rules"] == [{"id": "x", "shortDescription": {"text": "because"}}]
    assert found["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "file:///a%20b"


def test_a_hostile_name_does_not_reach_the_terminal(capsys):
    shown.print_text([Problem("x", "/\x1b[2J", "bad", "because", "mend\x1b[2J")])

    assert "\x1b" not in capsys.readouterr().out


def test_sarif_alone_is_a_usage_error():
    assert CliRunner().invoke(cli, ["doctor", "--sarif"]).exit_code == 2
