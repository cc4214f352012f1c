"""``flycatcher run --sensor ebpf``: the same records, figures and exit codes as with seccomp, and what is different."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from tests.kernel import must_work
from tests.sensors.conftest import PYTHON, environment, flycatcher

pytestmark = pytest.mark.skipif(not must_work("ebpf"), reason="no BPF here")

BUILDS = {
    "arguments": f"{PYTHON} -ISc 'print(1)'; perl -e 'print 2'; {PYTHON} -IS -c 'print(\"x\" * 10000 and 3)'",
    "stdin by pipe": f"printf 'print(4)\\n' | {PYTHON} -IS -",
    "stdin by file": f"printf 'print(5)\\n' > in.py; {PYTHON} -IS < in.py; {PYTHON} -IS - < in.py",
    "here-document": f"{PYTHON} -IS <<'END'\nimport os\nos.listdir('.')\nEND",
    "shebang": f"printf '#!{PYTHON} -ISc\\n' > tool; printf '#!/usr/bin/perl -e\\nprint 7' > other; chmod +x tool other; ./tool; ./other; :",
    "script": f"echo 'print(8)' > s.py; {PYTHON} s.py -c x",
    "environment": "PERL5OPT='-Mstrict' perl -e 9; PYTHONSTARTUP=/nonexistent BASH_ENV=/nonexistent bash -c true",
    "orphan": f"( (sleep 0.3; exec {PYTHON} -ISc 'print(10)') & ); sleep 2",
    "shell in shell": f"bash -c \"sh -c '{PYTHON} -ISc 11'\"",
    "launchers": f"env -i {PYTHON} -ISc 12; timeout 20 nice {PYTHON} -ISc 13; xargs {PYTHON} -ISc < /dev/null 14",
    "fork without exec": f"({PYTHON} -ISc 15; true); (true; {PYTHON} -ISc 16)",
    "token": f"TOKEN=ghp_{'a1B2' * 9} {PYTHON} -ISc \"print('ghp_{'a1B2' * 9}')\"",
    "nothing": "/bin/true; ls > /dev/null",
}  # fmt: skip
MORE = {"pid", "start", "gid", "uid", "note"}
"""What of an ancestor depends on the moment."""


@pytest.fixture
def both(observe, tmp_path):
    def run(script: str, *options: str):
        found = []
        for sensor in ("seccomp", "ebpf"):
            found.append(observe("sh", "-c", script, options=("--sensor", sensor, *options)))
            (tmp_path / "report.jsonl").unlink()
        return found

    return run


LAUNCHED = re.compile(r"(?:timeout|nice|xargs|env)$")
"""No interpreters: the kernel's side tells nothing of them, and their words are gone with them."""


def told(record: dict) -> dict:
    """Return what a record tells apart from the moment and the sensor's own facts."""
    execution = record["execution"]
    chain = [
        {k: v for k, v in each.items() if k not in MORE}
        for each in execution.get("ancestry", ())
        if not LAUNCHED.match(each["comm"])
    ]
    context = {k: v for k, v in execution["context"].items() if not k.startswith(("ns.", "file.", "cgroup.id"))}
    fidelity = execution["fidelity"]
    seen = {k: fidelity.get(k) for k in ("truncated", "stdin")}
    execution.pop("interpreter", None)  # of what is known by its name only, seccomp's says none
    return record | {
        "execution": execution | {"process": None, "ancestry": chain, "context": context, "fidelity": seen},
    }


@pytest.mark.parametrize("name", BUILDS)
def test_both_sensors_tell_the_same_of_a_build(both, name):
    seccomp, kernel = both(BUILDS[name], "--shells")
    assert kernel.stdout == seccomp.stdout
    assert kernel.summary == seccomp.summary
    order = [
        sorted((told(record) for record in seen.records), key=lambda each: each["id"]) for seen in (seccomp, kernel)
    ]
    assert order[1] == order[0]
    how = {
        (record["execution"]["fidelity"]["sensor"], record["execution"]["fidelity"]["happened"])
        for record in kernel.records
    }
    assert how <= {("ebpf", "confirmed")}


def test_text_that_is_larger_than_a_pipe_is_seen_whole(observe):
    script = f'{PYTHON} -ISc \'print("#" * 300000); print("print(6)")\' | {PYTHON} -IS'
    seen = observe("sh", "-c", script, options=("--sensor", "ebpf"))
    assert [text for text in seen.texts if text.startswith("#")] == ["#" * 300000 + "\nprint(6)\n"]
    assert sorted(record["execution"]["fidelity"].get("stdin", "") for record in seen.records) == ["", "whole"]


@pytest.mark.parametrize(
    ("script", "code"),
    [("exit 3", 3), ("kill -TERM $$", 143), ("exec /nonexistent/x", 127), (". /dev/null; exec /etc/passwd", 126)],
)
def test_the_exit_code_is_the_command_s_own(observe, script, code):
    assert observe("sh", "-c", script, options=("--sensor", "ebpf")).code == code


def test_a_program_that_does_not_exist_is_said_as_without_the_sensor(observe):
    seen = observe("no-such-program", options=("--sensor", "ebpf"))
    assert seen.code == 127
    assert "flycatcher: no-such-program: command not found\n" in seen.stderr


def test_the_command_has_no_filter(observe):
    with open("/proc/self/status") as status:
        ours = re.findall(r"^Seccomp.*", status.read(), re.MULTILINE)
    seen = observe("grep", "^Seccomp", "/proc/self/status", options=("--sensor", "ebpf"))
    assert seen.stdout.splitlines() == ours


def test_what_others_start_meanwhile_is_not_told(observe, tmp_path):
    script = f"{PYTHON} -ISc 'print(1)'; while [ ! -e go ]; do sleep 0.05; done; {PYTHON} -ISc 'print(3)'"
    other = f"while [ ! -e {tmp_path}/report.jsonl ]; do sleep 0.05; done; {PYTHON} -ISc 2; touch {tmp_path}/go"
    with subprocess.Popen(["sh", "-c", other]):
        seen = observe("sh", "-c", script, options=("--sensor", "ebpf"))
    assert seen.texts == ["print(1)", "print(3)"]


def test_no_start_of_a_storm_is_missed(both):
    seccomp, kernel = both(
        f"for i in 1 2 3 4 5 6 7 8 9 10; do for j in 1 2 3 4 5; do /bin/true; /bin/echo $i; done; done; {PYTHON} -ISc 1"
    )
    assert (kernel.summary["executions_seen"], kernel.summary["lost"]) == (102, 0)
    assert kernel.summary == seccomp.summary


def test_background_processes_are_waited_for_only_on_demand(observe):
    script = f"(sleep 0.5; {PYTHON} -ISc 'print(1)') > /dev/null 2>&1 & exit 4"
    seen = observe("sh", "-c", script, options=("--sensor", "ebpf"))
    assert (seen.code, seen.texts, seen.summary["outlived"]) == (4, [], 1)
    seen = observe("sh", "-c", script, options=("--sensor", "ebpf", "--wait-all"))
    assert (seen.code, seen.texts, seen.summary["outlived"]) == (4, ["print(1)"], 0)


def test_a_program_that_is_gone_before_it_could_be_looked_at_is_a_loss(observe, tmp_path):
    (tmp_path / "gone.py").write_text(
        f"import os, shutil\nshutil.copy({PYTHON!r}, 'sshd')\nmade = os.memfd_create('x')\nfor _ in range(3):\n"
        "    if os.fork() == 0:\n        os.execv('./sshd', ['x', '-ISc', 'import os; os.unlink(\"sshd\")'])\n"
        "    os.wait()\n    break\n"
    )
    home = {"PYTHONHOME": sys.base_prefix, "LD_LIBRARY_PATH": f"{sys.base_prefix}/lib"}
    seen = observe(PYTHON, str(tmp_path / "gone.py"), options=("--sensor", "ebpf"), env=home)
    assert len(seen.records) + seen.summary["lost"] == 1


def test_nothing_can_be_refused_and_that_is_said(observe, tmp_path):
    refused = observe("sh", "-c", "echo started", options=("--sensor", "ebpf", "--deny"))
    assert (refused.code, refused.stdout) == (2, "")
    assert "--sensor ebpf sees programs that have started already, and can refuse none" in refused.stderr
    config = tmp_path / "c.toml"
    config.write_text(
        '[[rule]]\nname = "r"\naction = "deny"\nmatch = { at_least = "high" }\nreason = "was looked at"\nowner = "a"\n'
    )
    assert observe("sh", "-c", "echo started", options=("--sensor", "ebpf", "--config", str(config))).code == 2


def test_auto_takes_the_kernel_s_and_says_why(observe):
    seen = observe(PYTHON, "-ISc", "1", options=("--sensor", "auto"))
    assert (
        "flycatcher: sensor: ebpf: the kernel takes the BPF program, and no program start has to wait\n" in seen.stderr
    )
    assert [record["execution"]["fidelity"]["sensor"] for record in seen.records] == ["ebpf"]


@pytest.mark.parametrize("option", ["--deny=critical", "--fail-on=critical"])
def test_auto_takes_seccomp_where_something_is_enforced(observe, option):
    seen = observe(PYTHON, "-ISc", "1", options=("--sensor", "auto", option))
    assert "flycatcher: sensor: seccomp: this run refuses or fails on what it finds" in seen.stderr
    assert [record["execution"]["fidelity"]["sensor"] for record in seen.records] == ["seccomp"]


def test_auto_takes_seccomp_without_root(tmp_path):
    words = flycatcher("run", "--sensor", "auto", "--", "true")
    tmp_path.chmod(0o755)
    done = subprocess.run(
        ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", *words],
        capture_output=True, text=True, env=environment(), cwd="/", check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"another user cannot run this tree: {done.stderr[-200:]}")
    assert "flycatcher: sensor: seccomp: BPF programs need root\n" in done.stderr


def test_without_root_ebpf_says_what_it_needs():
    words = flycatcher("run", "--sensor", "ebpf", "--", "true")
    done = subprocess.run(
        ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", *words],
        capture_output=True, text=True, env=environment(), cwd="/", check=False,
    )  # fmt: skip
    if "No module named" in done.stderr or "Permission denied" in done.stderr:
        pytest.skip(f"another user cannot run this tree: {done.stderr[-200:]}")
    assert done.returncode == 1
    assert "--sensor ebpf needs root: nobody else may load BPF programs\n" in done.stderr


def test_what_one_sensor_has_learnt_the_other_knows(observe, tmp_path):
    for sensor in ("seccomp", "ebpf"):
        observe("make", "-f", "/dev/null", "--eval", f"all: ; @{PYTHON} -ISc 'print(1)'", options=("--sensor", sensor, "--learn=b.toml"))  # fmt: skip
    text = (tmp_path / "b.toml").read_text()
    assert (text.count("[[entry]]"), text.count('state = "stable"')) == (2, 2)


def test_fail_on_ends_with_10(observe):
    assert observe(PYTHON, "-ISc", "1", options=("--sensor", "ebpf", "--fail-on", "all")).code == 10
    assert observe("true", options=("--sensor", "ebpf", "--fail-on", "all")).code == 0


def test_a_run_that_enforces_ends_with_its_supervisor(tmp_path):
    script = "echo $$ > pid; exec sleep 60"
    words = flycatcher("run", "--sensor", "ebpf", "--fail-on", "all", "--", "sh", "-c", script)
    with subprocess.Popen(words, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True) as run:
        end = time.monotonic() + 60
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().strip():
            assert time.monotonic() < end
            time.sleep(0.02)
        command = int((tmp_path / "pid").read_text())
        with open(f"/proc/{command}/stat") as stat:
            supervisor = int(stat.read().rpartition(")")[2].split()[1])
        os.kill(supervisor, signal.SIGKILL)
        _, said = run.communicate(timeout=60)
    assert run.returncode == 125
    assert "the supervisor ended early (signal 9); the command was ended with it" in said
    assert not os.path.exists(f"/proc/{command}")


def test_the_report_says_which_sensor(observe, tmp_path):
    observe(PYTHON, "-ISc", "1", options=("--sensor", "ebpf"))
    rows = [json.loads(line) for line in (tmp_path / "report.jsonl").read_text().splitlines()]
    assert [row["execution"]["fidelity"]["sensor"] for row in rows if "execution" in row] == ["ebpf"]
