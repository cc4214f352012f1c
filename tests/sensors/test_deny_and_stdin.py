import fcntl
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from tests.sensors.conftest import PYTHON, SOURCE, environment, flycatcher, read_report

from flycatcher.sources.sensors.seccomp.stdin import LatePipe, capture


def test_a_denied_execution_fails_with_eperm_and_leaves_a_record(observe, tmp_path):
    path = tmp_path / "build.py"
    path.write_text(
        f"import os, subprocess\nprint(subprocess.run(['/bin/echo', 'ordinary']).returncode, flush=True)\n"
        f"try:\n    subprocess.run([{PYTHON!r}, '-c', 'open(\"marker\", \"w\")'])\n"
        "except PermissionError as error:\n    print(error.errno)\n"
    )
    seen = observe(PYTHON, str(path), options=("--deny",))
    assert (seen.code, seen.stdout) == (0, "ordinary\n0\n1\n")
    assert not (tmp_path / "marker").exists()
    [record] = seen.records
    assert record["execution"]["fidelity"]["happened"] == "denied"
    assert record["policy"]["action"] == "denied"
    assert seen.summary["denied"] == 1


def test_a_shell_that_goes_on_along_path_is_refused_once(observe, tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "perl").symlink_to("/usr/bin/perl")
    path = f"{tmp_path}/a:{tmp_path}/b:{os.environ['PATH']}"
    seen = observe("/bin/sh", "-c", "perl -e 1; perl -e 2; true", options=("--deny",), env={"PATH": path})
    assert seen.summary["denied"] == 2
    assert [argv[1:] for argv in seen.argvs] == [["-e", "1"], ["-e", "2"]]


def test_background_processes_cannot_wait_for_the_end_of_denial(observe, tmp_path):
    path = tmp_path / "build.sh"
    late = f'until [ -e go ]; do sleep 0.05; done; touch began; {PYTHON} -Sc \'open("marker", "w")\'; touch ended'
    path.write_text(f"({late}) >/dev/null 2>&1 & exit 0\n")
    seen = observe("sh", str(path), options=("--deny",))
    assert seen.code == 0
    (tmp_path / "go").touch()
    while not (tmp_path / "ended").exists():
        time.sleep(0.02)
    assert (tmp_path / "began").exists()
    assert not (tmp_path / "marker").exists()


def test_fail_on_turns_a_detection_into_exit_code_10(observe):
    assert observe(PYTHON, "-Sc", "x = 1", options=("--fail-on", "all")).code == 10
    assert observe("/bin/true", options=("--fail-on", "all")).code == 0


@pytest.mark.parametrize(
    ("shell", "text"),
    [
        ("echo 'print(1)' | {python} -", "print(1)\n"),
        ("{python} - <<'END'\nprint(1)\nEND", "print(1)\n"),
        ("{python} <<< 'print(1)'", "print(1)\n"),
        ("echo 'print(1)' > code; {python} < code", "print(1)\n"),
        ("(echo 0; echo 'print(1)') > code; (read first; {python}) < code", "print(1)\n"),
        ("{python} <(echo 'print(1)')", "print(1)\n"),
        ("(sleep 0.1; echo 'print(1)') | {python}", "print(1)\n"),
    ],
)
def test_the_text_that_waits_on_a_descriptor_is_copied_and_not_consumed(observe, shell, text):
    seen = observe("bash", "-c", shell.format(python=PYTHON), options=("--stdin-wait", "2000"))
    assert seen.stdout == "1\n"
    assert seen.texts == [text]
    assert seen.records[0]["execution"]["fidelity"]["stdin"] == "whole"


def test_a_pipe_larger_than_one_buffer_is_said_to_be_partial(observe):
    shell = f'{PYTHON} -c \'print("#" * 300_000); print("print(1)")\' | {PYTHON} -S'
    seen = observe("bash", "-c", shell, options=("--stdin-wait", "10000"))
    assert seen.stdout == "1\n"
    record = next(record for record in seen.records if record["snippets"][0]["vector"] == "stdin")
    assert record["execution"]["fidelity"]["stdin"] == "partial"
    assert 4096 <= record["texts"][0]["bytes"] < 300_000


def test_a_pipe_that_holds_no_more_is_known_as_full():
    reader, writer = os.pipe()
    os.write(writer, b"#" * fcntl.fcntl(writer, fcntl.F_GETPIPE_SZ))
    found = capture(os.getpid(), os.getpid(), reader)
    assert (found.whole, found.full) == (False, True)
    os.read(reader, 1)
    assert not capture(os.getpid(), os.getpid(), reader).full
    os.close(writer)
    found = capture(os.getpid(), os.getpid(), reader)
    assert (found.whole, found.full) == (True, False)
    os.close(reader)


def late(*turns: tuple[bytes, int]) -> tuple[bytes, bool]:
    """Return what is known of a pipe's text after turns of writing some and reading so many bytes; its writer ends at last."""
    reader, writer = os.pipe()
    pipe = LatePipe(os.getpid(), reader)
    try:
        assert not pipe.look()
        for number, (written, read) in enumerate(turns, 1):
            os.write(writer, written)
            if read:
                os.read(reader, read)
            if number == len(turns):
                os.close(writer)
            if pipe.look():
                break
        return pipe.captured.data, pipe.captured.whole
    finally:
        pipe.close()
        os.close(reader)


@pytest.mark.parametrize(
    ("turns", "known"),
    [
        ([(b"print(1)", 0)], (b"print(1)", True)),
        ([(b"print", 0), (b"(1)", 0)], (b"print(1)", True)),
        ([(b"print(1)", 8)], (b"", False)),
        ([(b"", 0)], (b"", False)),
        ([(b"print", 5), (b"(1)", 3)], (b"", False)),
        ([(b"print(1)", 0), (b"", 8)], (b"print(1)", False)),
        ([(b"abc", 0), (b"print(1)", 3)], (b"abc", False)),
    ],
    ids=["whole", "in pieces", "read already", "nothing", "each piece read", "read after the look", "the rest alone"],
)
def test_text_that_comes_late_is_whole_only_where_nothing_of_it_can_have_been_read(turns, known):
    assert late(*turns) == known


def test_a_writer_that_waits_for_its_reader_to_start_is_not_held_up_and_its_text_is_copied(observe, tmp_path):
    path = tmp_path / "feeds.py"
    path.write_text(
        f"import subprocess\nfor _ in range(60):\n  subprocess.run([{PYTHON!r}, '-S', '-'], input=b'print(1)')\n"
    )
    # held up each time for as long as the option allows, it would not be done before the observer's patience ends
    seen = observe(PYTHON, str(path), options=("--stdin-wait", "10000"), timeout=500)
    assert seen.stdout == "1\n" * 60
    told = {
        (text, record["execution"]["fidelity"]["stdin"]) for text, record in zip(seen.texts, seen.records, strict=True)
    }
    assert len(seen.records) == 60
    missed = {("", "not captured"), (None, "not captured")}
    assert {("print(1)", "whole")} <= told <= {("print(1)", "whole"), ("print(1)", "partial"), *missed}


def test_a_pipe_that_fills_too_late_holds_nothing_up_for_long(observe, tmp_path):
    path = tmp_path / "late.py"
    path.write_text(
        f"import subprocess, time\nchild = subprocess.Popen([{PYTHON!r}, '-S', '-'], stdin=subprocess.PIPE)\n"
        "print('started', flush=True)\ntime.sleep(1.5)\nchild.communicate(b'print(1)')\n"
    )
    seen = observe(PYTHON, str(path), options=("--stdin-wait", "100"))
    assert seen.stdout == "started\n1\n"
    fidelity = seen.records[0]["execution"]["fidelity"]
    assert fidelity["stdin"] == "not captured"
    assert "the text on its descriptor was still being written when it started" in fidelity["notes"]


def test_while_one_execution_waits_for_its_text_others_run(observe):
    seen = observe(
        "bash",
        "-c",
        f"mkfifo go; ((read x < go; echo told >> log) | {PYTHON} -S) & for n in 1 2 3 4 5; do /bin/true; done; "
        "echo others >> log; echo > go; wait; cat log",
        options=("--stdin-wait", "9000"),
    )
    assert seen.stdout == "others\ntold\n"
    assert seen.texts == [""]


def test_text_in_a_socket_is_peeked_at(observe):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(b"print(1)\n")
        ours.shutdown(socket.SHUT_WR)
        seen = observe(PYTHON, "-S", "-", stdin=theirs)
    assert seen.stdout == "1\n"
    assert seen.texts == ["print(1)\n"]
    assert seen.records[0]["execution"]["stdin"] == "socket"


@pytest.fixture
def somebody():
    if os.geteuid() != 0:
        pytest.skip("needs root to play sudo")
    return pwd.getpwnam("nobody")


@pytest.fixture
def open_folder():
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o777)
        shutil.copy("/usr/bin/id", f"{name}/id")
        os.chmod(f"{name}/id", 0o4755)
        yield Path(name)


SHOW_IDENTITY = "id -u; ./id -u; grep NoNewPrivs /proc/self/status; echo $USER $HOME"


def test_started_by_sudo_the_command_is_the_invoking_user_with_setuid_intact(somebody, open_folder):
    sudo = {"SUDO_UID": str(somebody.pw_uid), "SUDO_GID": str(somebody.pw_gid), "SUDO_USER": somebody.pw_name}
    done = subprocess.run(
        flycatcher("run", "--report", "r.jsonl", "--", "sh", "-c", SHOW_IDENTITY),
        capture_output=True, text=True, env=environment(**sudo), cwd=open_folder, check=False,
    )  # fmt: skip
    assert done.stdout.split() == [str(somebody.pw_uid), "0", "NoNewPrivs:", "0", somebody.pw_name, somebody.pw_dir]
    assert (open_folder / "r.jsonl").stat().st_uid == somebody.pw_uid
    assert read_report(open_folder / "r.jsonl")[1]["executions_seen"] == 4
    assert "set-user-ID" not in done.stderr


def test_without_privileges_a_setuid_program_is_warned_about_once(somebody, open_folder):
    places = os.pathsep.join([str(SOURCE), *(place for place in sys.path if place.endswith("site-packages"))])
    for python in (sys.executable, "/usr/bin/python3"):
        command = [python, "-m", "flycatcher", "run", "-q", "--report", "r.jsonl", "--"]
        try:
            done = subprocess.run(
                [*command, "sh", "-c", "./id -u; ./id -u"],
                capture_output=True, text=True, env=environment(PYTHONPATH=places, HOME=str(open_folder)), check=False,
                cwd=open_folder, user=somebody.pw_uid, group=somebody.pw_gid, extra_groups=[],
            )  # fmt: skip
        except PermissionError:
            continue
        if "Error" not in done.stderr and "No module named" not in done.stderr:
            break
    else:
        pytest.skip("another user cannot start a Python that has our dependencies")
    assert done.stdout.split() == [str(somebody.pw_uid)] * 2
    assert done.stderr.count(f"warning: {open_folder}/id loses its set-user-ID privilege") == 1
    assert read_report(open_folder / "r.jsonl")[1]["executions_seen"] == 3


TWO = f"{PYTHON} -Sc 'print(1)'; {PYTHON} -Sc 'print(2)'"


def test_a_full_disk_is_said_at_the_end_and_the_build_goes_on(tmp_path):
    done = subprocess.run(
        flycatcher("run", "-q", "--report", str(tmp_path / "full.jsonl"), "--", "sh", "-c", TWO),
        capture_output=True, text=True, env=environment(), check=False,
        preexec_fn=lambda: __import__("resource").setrlimit(__import__("resource").RLIMIT_FSIZE, (100, 100)),
    )  # fmt: skip
    assert done.stdout == "1\n2\n"
    assert re.search(r"full.jsonl: File too large; [23] detections are not in it", done.stderr)
    assert done.returncode == 1


def test_a_report_that_cannot_be_opened_stops_before_the_command_starts(observe, tmp_path):
    seen = observe("touch", str(tmp_path / "started"), options=("--report", str(tmp_path / "none/r.jsonl")))
    assert seen.code == 1
    assert f"{tmp_path}/none/r.jsonl: No such file or directory" in seen.stderr
    assert not (tmp_path / "started").exists()


def test_a_named_pipe_that_nobody_reads_is_said_at_once(observe, tmp_path):
    os.mkfifo(tmp_path / "pipe.jsonl")
    seen = observe("true", options=("--report", str(tmp_path / "pipe.jsonl")))
    assert (seen.code, "pipe.jsonl: no process reads from this named pipe" in seen.stderr) == (1, True)


def test_two_reports_do_not_share_a_file(observe, tmp_path):
    seen = observe("true", options=("--report", "r.txt", "--report", "r.txt"))
    assert (seen.code, "r.txt: two reports would go to one file" in seen.stderr) == (2, True)


def test_an_unknown_report_ending_is_a_usage_error(observe):
    seen = observe("true", options=("--report", "r.xml"))
    assert seen.code == 2
    assert "r.xml: unknown report format" in seen.stderr


def test_secrets_stay_out_unless_they_are_asked_for(observe, tmp_path):
    token = "ghp_" + "Zz9" * 12
    env = {"DEPLOY_TOKEN": "s3cr3t-value-of-the-deployment"}
    command = (PYTHON, "-Sc", f"x = '{token}'", "--password", "hunter2hunter2")
    seen = observe(*command, env=env)
    held = (tmp_path / "report.jsonl").read_text() + seen.stderr
    assert [secret for secret in (token, "s3cr3t-value-of-the-deployment", "hunter2hunter2") if secret in held] == []
    assert seen.texts == ["x = 'ghp_[redacted:github-token]'"]
    whole = observe(*command, env=env, options=("--no-redact",))
    assert whole.texts == [f"x = '{token}'"]
    assert whole.records[0]["execution"]["env"]["DEPLOY_TOKEN"] == "s3cr3t-value-of-the-deployment"


def test_a_file_that_is_opened_by_its_descriptor_is_read_from_the_beginning(observe, tmp_path):
    """The descriptor stands behind the text: what the interpreter opens anew begins with it all the same."""
    build = tmp_path / "build.sh"
    build.write_text(
        "printf 'import os; os.system(\"true\")\\n#\\n' > text; exec 3< text; read -r _ <&3\n"
        f"{PYTHON} /dev/fd/3\n{{ read -r _; {PYTHON} /dev/stdin; {PYTHON}; }} < text\n"
    )
    seen = observe("bash", str(build))
    whole = 'import os; os.system("true")\n#\n'
    assert seen.texts == [whole, whole, "#\n"]
