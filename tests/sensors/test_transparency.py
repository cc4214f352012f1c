import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest
from tests.reports import rows
from tests.sensors.conftest import PYTHON, environment, flycatcher, read_report


@pytest.mark.parametrize("code", [0, 1, 7, 126, 127, 255])
def test_the_exit_code_is_the_commands_own(observe, code):
    assert observe("sh", "-c", f"exit {code}").code == code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV, signal.SIGINT])
def test_a_signals_death_is_128_and_its_number(observe, number):
    assert observe("sh", "-c", f"kill -{number.value} $$").code == 128 + number


def test_a_command_that_is_not_there_is_127_and_one_that_cannot_run_is_126(observe, tmp_path):
    missing = observe("no-such-command-anywhere")
    assert (missing.code, "no-such-command-anywhere: command not found" in missing.stderr) == (127, True)
    (tmp_path / "plain").write_text("text")
    refused = observe(str(tmp_path / "plain"))
    assert (refused.code, "plain: Permission denied" in refused.stderr) == (126, True)


def test_a_text_without_a_first_line_is_run_by_sh(observe, tmp_path):
    (tmp_path / "plain").write_text("exit 9\n")
    (tmp_path / "plain").chmod(0o755)
    assert observe(str(tmp_path / "plain")).code == 9


STATE = """
import json, os, resource, signal
print(json.dumps({
    "cwd": os.getcwd(), "env": dict(os.environ), "mask": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    "limits": resource.getrlimit(resource.RLIMIT_NOFILE), "umask": os.umask(0), "descriptors": sorted(os.listdir("/proc/self/fd")),
    "ignored": open("/proc/self/status").read().split("SigIgn:")[1].split()[0], "nice": os.nice(0),
}))
"""


def test_the_command_finds_everything_as_it_would_without_us(tmp_path):
    (tmp_path / "state.py").write_text(STATE)
    extra = os.open(tmp_path, os.O_RDONLY)
    os.set_inheritable(extra, True)
    command = [PYTHON, str(tmp_path / "state.py")]
    bare, watched = (
        subprocess.run(words, env=environment(), cwd=tmp_path, capture_output=True, close_fds=False, check=True).stdout
        for words in (command, flycatcher("run", "-q", "--", *command))
    )
    os.close(extra)
    assert watched == bare


def test_stdin_goes_to_the_command_and_its_end_too():
    done = subprocess.run(
        flycatcher("run", "-q", "--", "cat"), input=b"in\n", capture_output=True, env=environment(), check=False
    )
    assert (done.stdout, done.returncode) == (b"in\n", 0)


def test_a_reader_that_leaves_ends_the_command_with_sigpipe():
    line = f"{' '.join(flycatcher('run', '-q', '--', 'yes'))}; echo $? >&2"
    done = subprocess.run(
        ["bash", "-c", f"({line}) | head -1"], capture_output=True, env=environment(), timeout=300, check=False
    )
    assert (done.stdout, done.stderr.splitlines()[-1]) == (b"y\n", b"141")


def test_stdout_ends_when_the_command_closes_it():
    started = subprocess.Popen(
        flycatcher("run", "-q", "--", "sh", "-c", "echo out; exec >&-; exec sleep 600"),
        stdout=subprocess.PIPE,
        env=environment(),
    )
    assert started.stdout.read() == b"out\n"
    assert started.poll() is None
    started.terminate()
    started.wait(60)
    started.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGINT])
def test_a_signal_sent_to_us_reaches_the_command(number):
    shell = f"trap 'echo got; exit 5' {number.value}; echo ready; while :; do sleep 0.05; done"
    started = subprocess.Popen(
        flycatcher("run", "-q", "--", "sh", "-c", shell), stdout=subprocess.PIPE, env=environment()
    )
    assert started.stdout.readline() == b"ready\n"
    started.send_signal(number)
    assert started.stdout.read() == b"got\n"
    assert started.wait(60) == 5
    started.stdout.close()


class Terminal:
    """A program on a pseudo-terminal of its own."""

    def __init__(self, words):
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.execve(words[0], words, environment(TERM="dumb", PS1="$ ", HISTFILE="/dev/null"))
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.text = ""

    def expect(self, pattern, seconds=120):
        end = time.monotonic() + seconds
        while not re.search(pattern, self.text):
            ready, _, _ = select.select([self.master], [], [], max(0, end - time.monotonic()))
            assert ready, f"{pattern!r} did not come, only {self.text!r}"
            self.text += os.read(self.master, 4096).decode()
        found = re.search(pattern, self.text)
        self.text = self.text[found.end() :]
        return found

    def send(self, text):
        os.write(self.master, text.encode())

    def wait(self):
        end = time.monotonic() + 120
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self.master)
                return status
            time.sleep(0.02)
        raise AssertionError(f"did not end: {self.text!r}")


def test_ctrl_c_at_a_terminal_ends_the_command_and_then_us(tmp_path):
    path = (
        tmp_path / "waits.py"
    )  # no dash: between its vfork and the exec of a command it loses an interrupt, watched or not
    path.write_text("import time\nprint('begun', flush=True)\ntime.sleep(60)\n")
    terminal = Terminal(flycatcher("run", "--", PYTHON, str(path)))
    terminal.expect("begun")
    terminal.send("\x03")
    terminal.expect("1 execution seen")
    status = terminal.wait()
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGINT


def test_a_command_that_handles_ctrl_c_gets_it_once_and_goes_on(tmp_path):
    path = tmp_path / "counts.py"
    path.write_text(
        "import signal, time\ncount = 0\ndef handle(*_):\n    global count\n    count += 1\n"
        "signal.signal(signal.SIGINT, handle)\nprint('begun', flush=True)\ntime.sleep(1)\ntime.sleep(1)\nprint('count', count)\n"
    )
    terminal = Terminal(flycatcher("run", "--", PYTHON, str(path)))
    terminal.expect("begun")
    terminal.send("\x03")
    assert terminal.expect(r"count (\d)")[1] == "1"
    assert os.waitstatus_to_exitcode(terminal.wait()) == 0


def test_the_command_is_a_job_of_the_shell_that_started_us():
    terminal = Terminal(["/bin/bash", "--norc", "--noprofile", "-i"])
    terminal.expect(r"\$ ")
    terminal.send(
        " ".join(flycatcher("run", "-q", "--", "sh", "-c", "'echo beg''un; read line; echo got $line; exit 3'")) + "\n"
    )
    terminal.expect("begun")
    terminal.send("\x1a")
    terminal.expect("Stopped")
    terminal.send("echo shell is $((40+2))\n")
    terminal.expect("shell is 42")
    terminal.send("fg\n")
    terminal.expect("flycatcher")
    terminal.send("word\n")
    terminal.expect("got word")
    terminal.send("echo code $?\n")
    assert terminal.expect(r"code (\d)")[1] == "3"
    terminal.send("exit\n")
    terminal.wait()


STOPPED = """import signal, time
signal.signal(signal.SIGCONT, lambda *_: print("again", flush=True))
print("begun", flush=True)
while True:
    time.sleep(0.1)
"""
"""A program that says when it goes on. It starts no other: a parent that waits in vfork(2) for a child that was stopped cannot stop."""


def test_an_interactive_shell_has_its_job_control_inside(tmp_path):
    (tmp_path / "waits.py").write_text(STOPPED)
    terminal = Terminal(flycatcher("run", "-q", "--", "bash", "--norc", "--noprofile", "-i"))
    terminal.expect(r"\$ ")
    terminal.send(f"{PYTHON} {tmp_path}/waits.py\n")
    terminal.expect("begun")
    terminal.send("\x1a")
    terminal.expect("Stopped")
    terminal.send("fg\n")
    terminal.expect("again")
    terminal.send("\x03")
    terminal.expect(r"\$ ")
    terminal.send("exit 6\n")
    terminal.expect("exit")
    assert os.waitstatus_to_exitcode(terminal.wait()) == 6


def descendants(pid):
    found = []
    with open(f"/proc/{pid}/task/{pid}/children") as handle:
        for child in map(int, handle.read().split()):
            found += [child, *descendants(child)]
    return found


BUILD = "echo begun; for n in 1 2 3 4 5 6 7 8; do /bin/true; sleep 0.1; done; echo finished; exit 4"


def test_a_build_outlives_its_supervisor(tmp_path):
    report = tmp_path / "r.jsonl"
    os.mkfifo(tmp_path / "go")
    waiting = BUILD.replace(
        "begun;", "begun; read word < go;"
    )  # starts nothing: no call may be half answered when the supervisor ends
    started = subprocess.Popen(
        flycatcher("run", "--report", str(report), "--", "bash", "-c", f"{PYTHON} -Sc 'print(1)'; {waiting}"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), text=True, cwd=tmp_path,
    )  # fmt: skip
    assert [started.stdout.readline() for _ in range(2)] == ["1\n", "begun\n"]
    while not rows(report):
        time.sleep(0.01)
    supervisor = descendants(started.pid)[0]
    os.kill(supervisor, signal.SIGKILL)
    (tmp_path / "go").write_text("on\n")
    assert started.stdout.read() == "finished\n"
    assert started.wait(60) == 4
    assert "supervisor ended early (signal 9); the command goes on unobserved" in started.stderr.read()
    assert len(read_report(report)[0]) == 1
    started.stdout.close()
    started.stderr.close()


def test_a_start_that_waits_for_the_supervisors_answer_outlives_it(tmp_path):
    os.mkfifo(tmp_path / "go")
    line = f"echo begun; read word < go | {PYTHON} -S; echo finished"
    started = subprocess.Popen(
        flycatcher("run", "-q", "--stdin-wait", "10000", "--", "bash", "-c", line),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(), text=True, cwd=tmp_path,
    )  # fmt: skip
    assert started.stdout.readline() == "begun\n"
    supervisor, *tree = descendants(started.pid)
    while not any(_waits_for_an_answer(pid) for pid in tree):  # python, whose text has not come yet
        supervisor, *tree = descendants(started.pid)
    time.sleep(0.2)  # the supervisor has taken the call by then
    os.kill(supervisor, signal.SIGKILL)
    (tmp_path / "go").write_text("on\n")
    assert started.stdout.read() == "finished\n"
    assert started.wait(60) == 0
    started.stdout.close()


def _waits_for_an_answer(pid):
    try:
        with open(f"/proc/{pid}/wchan") as handle:
            return handle.read().startswith("seccomp_do_user_notification")
    except OSError:
        return False


def test_a_supervisor_that_is_told_to_end_keeps_its_records_and_the_build(tmp_path):
    report = tmp_path / "r.json"
    started = subprocess.Popen(
        flycatcher("run", "-q", "--report", str(report), "--", "bash", "-c", f"{PYTHON} -Sc 'print(1)'; {BUILD}"),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(), text=True,
    )  # fmt: skip
    assert [started.stdout.readline() for _ in range(2)] == ["1\n", "begun\n"]
    os.kill(descendants(started.pid)[0], signal.SIGTERM)
    assert started.stdout.read() == "finished\n"
    assert started.wait(60) == 4
    detections = json.loads(report.read_text())["detections"]
    assert [found["interpreter"] for found in detections if found["interpreter_class"] != "shell"] == ["python"]
    started.stdout.close()


LATE = f"{BUILD.replace('exit 4', '')} {PYTHON} -Sc 'print(2)'"


def test_a_build_outlives_us_when_we_are_killed(tmp_path):
    report = tmp_path / "r.jsonl"
    started = subprocess.Popen(
        flycatcher("run", "-q", "--report", str(report), "--", "bash", "-c", LATE),
        stdout=subprocess.PIPE, env=environment(), text=True,
    )  # fmt: skip
    assert started.stdout.readline() == "begun\n"
    started.kill()
    assert started.stdout.read() == "finished\n2\n"
    assert started.wait(60) == -9
    end = time.monotonic() + 60
    while not read_report(report)[1] and time.monotonic() < end:
        time.sleep(0.05)
    records, summary = read_report(report)
    assert [record["snippets"][0]["text"] for record in records] == ["print(2)"]
    assert summary["lost"] == 0
    started.stdout.close()


def test_background_processes_go_on_and_are_not_waited_for(observe, tmp_path):
    waits = "while [ ! -e ended ]; do /bin/sleep 0.1; done; /bin/true && echo yes > later"
    seen = observe("sh", "-c", f"({waits}) >/dev/null 2>&1 & exit 2")
    assert seen.code == 2
    assert re.search(r"1 background process is still running", seen.stderr)
    (tmp_path / "ended").touch()
    end = time.monotonic() + 60
    later = tmp_path / "later"
    while not (later.exists() and later.read_text()) and time.monotonic() < end:
        time.sleep(0.05)
    assert later.read_text() == "yes\n"


def test_wait_all_waits_for_them_and_reports_them(observe):
    seen = observe("sh", "-c", f"(sleep 0.3; {PYTHON} -Sc 'print(1)') & exit 2", options=("--wait-all",))
    assert seen.code == 2
    assert seen.texts == ["print(1)"]


def test_inside_another_run_the_outer_one_sees(observe):
    seen = observe(
        sys.executable, "-m", "flycatcher", "run", "--", PYTHON, "-Sc", "print('inner'); raise SystemExit(3)"
    )
    assert (seen.code, seen.stdout) == (3, "inner\n")
    assert seen.stderr.count("already inside another seccomp supervisor") == 1
    assert seen.stderr.count("nothing was observed by this run") == 1
    assert "print('inner'); raise SystemExit(3)" in seen.texts
