"""``flycatcher watch`` as a process: what it writes, how it ends, what it tells its manager."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.reports import rows as lines

PYTHON = os.path.realpath(sys.executable)


def wait_for(report, wanted, timeout=120.0):
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        for line in lines(report):
            if wanted(line):
                return line
        time.sleep(0.05)
    raise AssertionError(f"not written: {[line.get('text') or line.get('id') for line in lines(report)]}")


@pytest.fixture
def start(tmp_path):
    running = []

    def begin(*options, **environment):
        report = tmp_path / "watch.jsonl"
        before = len(lines(report))
        command = [
            sys.executable,
            "-m",
            "flycatcher",
            "watch",
            "--tree",
            str(os.getpid()),
            "--report",
            str(report),
            "-q",
        ]
        process = subprocess.Popen([*command, *options], env={**os.environ, **environment}, stderr=subprocess.PIPE)
        running.append(process)
        wait_for(report, lambda line: line.get("kind") == "started" and len(lines(report)) > before)
        return process, report

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def stop(process):
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=120)
    return process.returncode, errors.decode()


def test_sigterm_writes_what_was_seen_and_the_summary(start):
    process, report = start("--fail-on", "all")
    for number in range(20):
        subprocess.run([PYTHON, "-IS", "-c", f"1 # drained {number}"], check=True)
    code, errors = stop(process)
    assert code == 10
    found = [line["execution"]["argv"][-1] for line in lines(report) if line.get("code_on_the_fly")]
    assert found == [f"1 # drained {number}" for number in range(20)]
    assert lines(report)[-1]["summary"]["lost"] == 0
    assert "0 lost" in errors


def test_a_restart_records_the_time_in_which_nothing_was_watched(start, tmp_path):
    state = tmp_path / "state.json"
    process, _ = start("--state", str(state))
    stop(process)
    time.sleep(0.3)
    process, report = start("--state", str(state))
    gap = wait_for(report, lambda line: line.get("kind") == "gap")
    assert gap["since"] < gap["time"]
    assert gap["text"].startswith("nothing was watched for ")
    process.kill()
    process.wait()
    start("--state", str(state))
    wait_for(report, lambda line: "did not end cleanly" in line.get("text", ""))


def test_sighup_reads_the_configuration_again_and_begins_a_new_file(start, tmp_path):
    process, report = start()
    moved = tmp_path / "watch.jsonl.1"
    report.rename(moved)
    process.send_signal(signal.SIGHUP)
    wait_for(report, lambda line: line.get("kind") == "reloaded")
    subprocess.run([PYTHON, "-IS", "-c", "1 # in the new file"], check=True)
    wait_for(report, lambda line: line.get("code_on_the_fly"))
    assert not any(line.get("code_on_the_fly") for line in lines(moved))


def test_the_service_manager_is_told(start, tmp_path):
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.settimeout(20)
        process, _ = start(NOTIFY_SOCKET=address, WATCHDOG_USEC="2000000")
        told = [manager.recv(200).decode() for _ in range(2)]
        stop(process)
        while told[-1] != "STOPPING=1":
            told.append(manager.recv(200).decode())
    assert told[0] == "READY=1\nSTATUS=watching with ebpf"
    assert told[1] == "WATCHDOG=1"


def test_capabilities_are_given_up_after_loading(start):
    process, _ = start()
    status = dict(
        line.split(":\t") for line in Path(f"/proc/{process.pid}/status").read_text().splitlines() if ":\t" in line
    )
    dac_read_search, sys_ptrace, bpf = 1 << 2, 1 << 19, 1 << 39
    kept = f"{dac_read_search | sys_ptrace | bpf:016x}"
    assert [status[name] for name in ("CapPrm", "CapEff", "CapBnd")] == [kept, kept, kept]
    assert status["NoNewPrivs"] == "1"


def test_options_that_make_no_sense_together_are_refused():
    for options in (["--enforce"], ["--kill-scope", "tree:1"], ["--audit-rule"]):
        done = subprocess.run([sys.executable, "-m", "flycatcher", "watch", *options], capture_output=True, check=False)
        assert done.returncode == 2


def test_a_lone_kill_option_is_a_rehearsal(start):
    process, report = start("--kill", "all")
    subprocess.run([PYTHON, "-IS", "-c", "1 # rehearsed"], check=True)
    detection = wait_for(report, lambda line: line.get("code_on_the_fly"))
    assert detection["policy"]["action"] == "would kill"
    stop(process)


def test_enforced_it_kills_what_it_detects_and_says_how_late(start):
    process, report = start("--kill", "all", "--enforce")
    with subprocess.Popen([PYTHON, "-IS", "-c", "import time; time.sleep(30)"]) as victim:
        assert victim.wait(10) == -signal.SIGKILL
    detection = wait_for(report, lambda line: line.get("code_on_the_fly"))
    assert detection["policy"]["action"] == "killed"
    assert detection["policy"]["reason"].endswith("ms after its exec")
    stop(process)


RULE = """
[[rule]]
name = "no-sleep"
action = "kill"
match = { interpreter = ["python"], ancestor = ["%s"] }
reason = "a marker program of this test"
owner = "tests"
"""
SLEEPS = [PYTHON, "-IS", "-c", "import time; time.sleep(30)"]


def test_a_rule_kills_what_it_matches_and_nothing_else(start, tmp_path):
    config = tmp_path / "flycatcher.toml"
    config.write_text(RULE.replace("ancestor", "capability") % "file.delete")
    process, report = start("--enforce", "--config", str(config))
    deletes = "import os, time; time.sleep(30); os.remove('/nonexistent/marker')"
    with subprocess.Popen([PYTHON, "-IS", "-c", "1 # not matched"]) as spared:
        assert spared.wait(20) == 0
    with subprocess.Popen([PYTHON, "-IS", "-c", deletes]) as victim:
        assert victim.wait(20) == -signal.SIGKILL
    killed = wait_for(report, lambda line: line.get("policy", {}).get("action") == "killed")
    assert killed["policy"]["rule"] == "no-sleep"
    assert killed["policy"]["reason"].endswith("rule no-sleep: a marker program of this test (tests)")
    assert killed["execution"]["argv"][-1] == deletes
    stop(process)
    assert lines(report)[-1]["summary"]["rules"]["no-sleep"]["hits"] == 1


def test_a_rule_that_a_reload_brings_kills_without_a_restart(start, tmp_path):
    config = tmp_path / "flycatcher.toml"
    config.write_text("")
    process, report = start("--enforce", "--config", str(config))
    with subprocess.Popen([PYTHON, "-IS", "-c", "1 # before"]) as spared:
        assert spared.wait(20) == 0
    config.write_text(RULE % PYTHON)
    process.send_signal(signal.SIGHUP)
    wait_for(report, lambda line: line.get("kind") == "reloaded")
    with subprocess.Popen(SLEEPS) as victim:
        assert victim.wait(20) == -signal.SIGKILL
    stop(process)


def test_a_rule_that_a_reload_brings_is_rehearsed_where_nothing_is_enforced(start, tmp_path):
    config = tmp_path / "flycatcher.toml"
    config.write_text("")
    process, report = start("--config", str(config))
    config.write_text(RULE % PYTHON)
    process.send_signal(signal.SIGHUP)
    wait_for(report, lambda line: line.get("kind") == "reloaded")
    subprocess.run([PYTHON, "-IS", "-c", "1 # after"], check=True)
    assert wait_for(report, lambda line: line.get("code_on_the_fly"))["policy"]["action"] == "would kill"
    stop(process)


def test_a_ci_job_is_known_even_where_the_process_has_no_environment(start):
    process, report = start()
    script = f'env -i {PYTHON} -IS -c "1 # bare"; read end'
    job = {"GITLAB_CI": "true", "CI_JOB_NAME": "build", "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(["/bin/sh", "-c", script], env=job, stdin=subprocess.PIPE) as shell:
        detection = wait_for(report, lambda line: line.get("execution", {}).get("argv", [""])[-1] == "1 # bare")
        shell.stdin.close()
    context = detection["execution"]["context"]
    assert context["ci.from"].startswith("ancestor ")
    assert context["environment"] == "ci"
    stop(process)


def test_loss_is_in_the_stream_the_summary_and_the_exit_code(start):
    process, report = start("--fail-on-loss", "--ring", "1")
    process.send_signal(signal.SIGSTOP)
    for number in range(30):
        subprocess.run(["perl", "-e", f"1 # {number}", "a" * 100_000], env={}, stdin=subprocess.DEVNULL, check=True)
    process.send_signal(signal.SIGCONT)
    code, errors = stop(process)
    assert code == 1
    losses = [line for line in lines(report) if line.get("kind") == "loss"]
    assert {"lost execution"} <= {line["place"] for line in losses}
    assert all(line["since"] < line["time"] for line in losses if line["place"] == "lost execution")
    seen = sum(line["execution"]["argv"][0] == "perl" for line in lines(report) if line.get("code_on_the_fly"))
    lost = lines(report)[-1]["summary"]["lost"]
    assert lost == sum(line["count"] for line in losses)
    assert seen < 30 <= seen + lost
    assert f"{lost} lost" in errors
