"""What becomes of a run that enforces something when its own processes end, or are not the first to watch."""

import os
import signal
import subprocess
import sys
import time

import pytest
from tests.sensors.conftest import PYTHON, environment, flycatcher, read_report

BUILD = "echo begun; while :; do /bin/sleep 0.05; done"


class Started:
    """A run whose build goes on until it is ended."""

    def __init__(self, folder, *options):
        self.report = folder / "r.jsonl"
        self.process = subprocess.Popen(
            flycatcher("run", "--report", str(self.report), *options, "--", "bash", "-c", f"echo $$; {BUILD}"),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), text=True,
        )  # fmt: skip
        self.build = int(self.process.stdout.readline())
        assert self.process.stdout.readline() == "begun\n"
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as handle:
            self.supervisor = int(handle.read().split()[0])

    def end(self):
        """Wait for its end, all of its processes' too: its stdout is theirs; return the exit code and stderr."""
        self.process.stdout.read()
        stderr = self.process.communicate(timeout=30)[1]
        return self.process.returncode, stderr


@pytest.fixture(params=[("--deny",), ("--fail-on", "high")], ids=lambda options: options[0])
def started(request, tmp_path):
    run = Started(tmp_path, *request.param)
    yield run
    for pid in (run.process.pid, run.build):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    run.process.stdout.close()
    run.process.stderr.close()


def test_a_build_ends_with_its_supervisor(started):
    os.kill(started.supervisor, signal.SIGKILL)
    code, stderr = started.end()
    assert code == 125
    assert "the supervisor ended early (signal 9); the command was ended with it" in stderr
    assert not os.path.exists(f"/proc/{started.build}")


def test_a_supervisor_that_is_told_to_end_ends_the_build_and_keeps_its_records(started):
    os.kill(started.supervisor, signal.SIGTERM)
    code, stderr = started.end()
    assert code == 128 + signal.SIGTERM
    assert "the command was ended before its time" in stderr
    summary = read_report(started.report)[1]
    assert (summary["ended"], summary["lost"], summary["exit_code"]) == (True, 0, 143)


def test_a_build_ends_when_who_started_it_is_killed(started):
    started.process.kill()
    started.end()  # returns when nobody holds the build's stdout any more
    end = time.monotonic() + 20
    while not read_report(started.report)[1] and time.monotonic() < end:
        time.sleep(0.02)
    assert read_report(started.report)[1]["ended"] is True


def test_a_supervisor_that_is_stopped_goes_on(started):
    os.kill(started.supervisor, signal.SIGSTOP)
    os.kill(started.process.pid, signal.SIGTERM)  # which reaches the build through both
    assert started.end()[0] == 128 + signal.SIGTERM


def test_inside_another_run_nothing_is_started(observe, tmp_path):
    inner = [sys.executable, "-m", "flycatcher", "run", "--deny", "--", "touch", str(tmp_path / "started")]
    seen = observe(*inner)
    assert seen.code == 125
    assert "already inside another seccomp supervisor" in seen.stderr
    assert "nothing is started" in seen.stderr
    assert not (tmp_path / "started").exists()


def test_an_execution_that_nobody_could_read_fails_the_run_where_that_is_asked_for(observe, tmp_path):
    if not os.path.exists("/lib64/ld-linux-x86-64.so.2"):
        pytest.skip("needs that loader")
    words = ["/lib64/ld-linux-x86-64.so.2", "--library-path", "/usr/bin:/lib/x86_64-linux-gnu", "true"]
    bare = subprocess.run(words, check=False, capture_output=True)
    seen = observe(*words)
    assert (seen.code, seen.summary["lost"]) == (bare.returncode, 1)
    assert observe(*words, options=("--fail-on-loss",)).code == (bare.returncode or 1)
    refused = observe(*words, options=("--deny",))
    assert (refused.code, refused.summary["lost"], refused.summary["refused_unread"]) == (126, 0, 1)
    assert "true is looked for among libraries" in (tmp_path / "report.jsonl").read_text()


def test_what_a_build_says_about_itself_is_in_the_record(observe, tmp_path):
    seen = observe("sh", "-c", "kill -9 $PPID; kill -0 $PPID && echo alive", options=("--deny",))
    assert (seen.code, seen.stdout, seen.summary["refused_reach"]) == (0, "alive\n", 1)
    assert '"kind":"refused"' in (tmp_path / "report.jsonl").read_text()
    assert "tried to reach the supervisor: kill(" in (tmp_path / "report.jsonl").read_text()


def test_after_the_command_what_would_have_failed_the_run_is_refused(observe, tmp_path):
    late = f'sleep 0.4; touch began; {PYTHON} -Sc \'open("marker", "w")\'; touch ended'
    (tmp_path / "build.sh").write_text(f"({late}) >/dev/null 2>&1 & exit 0\n")
    assert observe("sh", "build.sh", options=("--fail-on", "all")).code == 0
    end = time.monotonic() + 30
    while not (tmp_path / "ended").exists() and time.monotonic() < end:
        time.sleep(0.02)
    assert (tmp_path / "began").exists()
    assert not (tmp_path / "marker").exists()


def test_a_full_disk_refuses_as_before_and_is_said(tmp_path):
    disk, marker = tmp_path / "disk", tmp_path / "marker"
    disk.mkdir()
    alone = ["unshare", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",))]
    tried = subprocess.run([*alone, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"no mount namespace of its own here: {tried.stderr.strip()}")
    run = flycatcher("run", "--deny", "--report", f"{disk}/r.jsonl", "--", "perl", "-e", f"mkdir '{marker}'")
    fill = (
        f'mount -t tmpfs -o size=16k none {disk} && {{ head -c 20000 /dev/zero >{disk}/fill 2>/dev/null; exec "$@"; }}'
    )
    ended = subprocess.run(
        [*alone, "sh", "-c", fill, "sh", *run], capture_output=True, text=True, env=environment(), check=False
    )
    assert ended.returncode == 126
    assert "r.jsonl: No space left on device; 1 detection is not in it" in ended.stderr
    assert not marker.exists()
