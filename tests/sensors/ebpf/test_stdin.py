"""Text that an interpreter reads from its stdin, whoever writes it and whenever."""

import os
import platform
import shutil
import subprocess
import sys
import time

import pytest

from flycatcher.sources.sensors.ebpf.sensor import SensorSettings

PYTHON = os.path.realpath(sys.executable)
CAPTURE = pytest.mark.parametrize("watch", [SensorSettings(stdin_bytes=65536)], indirect=True, ids=["65536"])
PROGRAM = "print('flycatcher' + 'stdin')\n" + "# filler\n" * 500


@CAPTURE
@pytest.mark.parametrize("command", [[PYTHON], [PYTHON, "-"], [PYTHON, "/dev/stdin"], [PYTHON, "-S", "-"]])
def test_a_program_fed_through_a_pipe_is_captured(watch, command):
    subprocess.run(command, input=PROGRAM.encode(), check=True, stdout=subprocess.DEVNULL)
    execution = watch.marked(command[0])
    assert execution.stdin == "pipe"
    assert execution.stdin_text == PROGRAM
    assert execution.fidelity.stdin == "whole"


@CAPTURE
def test_a_redirected_file_is_captured(watch, tmp_path):
    (tmp_path / "p").write_text(PROGRAM)
    with (tmp_path / "p").open() as file:
        subprocess.run([PYTHON, "-s"], stdin=file, check=True, stdout=subprocess.DEVNULL)
    execution = watch.marked("-s")
    assert (execution.stdin, execution.stdin_text) == ("file", PROGRAM)


@CAPTURE
def test_text_that_is_written_piece_by_piece_is_one_text(watch):
    with subprocess.Popen([PYTHON, "-"], stdin=subprocess.PIPE) as process:
        for piece in (b"a = 1\n", b"b = 2\n", b"assert a + b == 3\n"):
            process.stdin.write(piece)
            process.stdin.flush()
            time.sleep(0.05)
            watch.poll(0)
    assert watch.marked("-").stdin_text == "a = 1\nb = 2\nassert a + b == 3\n"


@CAPTURE
def test_an_interpreter_under_another_name_is_captured_at_its_first_run(watch, tmp_path):
    copy = tmp_path / "update-notifier"
    shutil.copy(PYTHON, copy)
    subprocess.run([copy, "-"], input=b"x = 1\n", check=True)
    execution = watch.marked("update-notifier")
    assert (execution.interpreter, execution.stdin_text) == ("python", "x = 1\n")


@CAPTURE
def test_stdin_that_is_data_and_not_a_program_is_left_alone(watch):
    subprocess.run([PYTHON, "-c", "import sys; sys.stdin.read() # data"], input=b"secret", check=True)
    execution = watch.marked("# data")
    assert execution.stdin_text is None
    assert execution.fidelity.stdin == "not captured"


@CAPTURE
def test_reads_of_what_ran_before_in_the_process_are_not_mixed_in(watch):
    program = b"import os\nos.execvp('cat', ['cat'])\n"
    with subprocess.Popen([PYTHON, "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        process.stdin.write(program)
        process.stdin.close()
    assert watch.marked("-").stdin_text == program.decode()


@pytest.mark.parametrize("watch", [SensorSettings(stdin_bytes=1000)], indirect=True)
def test_what_exceeds_the_limit_is_said_to_be_partial(watch):
    subprocess.run([PYTHON, "-"], input=PROGRAM.encode(), check=True, stdout=subprocess.DEVNULL)
    execution = watch.marked("-")
    assert execution.stdin_text == PROGRAM[:1000]
    assert execution.fidelity.stdin == "partial"


@pytest.mark.parametrize("watch", [SensorSettings(stdin_bytes=1000, stdin_patience=0.2)], indirect=True)
def test_text_that_comes_after_the_record_comes_with_a_second_record(watch):
    with subprocess.Popen([PYTHON, "-"], stdin=subprocess.PIPE) as process:
        first = watch.marked("-")
        assert (first.stdin_text, first.fidelity.stdin) == (None, "not captured")
        process.stdin.write(b"late = 1\n")
        process.stdin.close()
        second = watch.until(lambda execution: execution.argv == (PYTHON, "-"), count=2)[1]
    assert (second.stdin_text, second.fidelity.stdin) == ("late = 1\n", "whole")
    assert second.process == first.process


@pytest.mark.parametrize("watch", [SensorSettings()], indirect=True)
def test_without_the_option_the_record_says_that_the_text_was_not_captured(watch):
    subprocess.run([PYTHON, "-"], input=b"x = 1\n", check=True)
    execution = watch.marked("-")
    assert (execution.stdin, execution.stdin_text, execution.fidelity.stdin) == ("pipe", None, "not captured")


@CAPTURE
@pytest.mark.parametrize(
    "shell", [["bash"], ["dash"], ["zsh"], ["mksh"], ["busybox", "sh"]], ids=lambda shell: shell[0]
)
def test_what_a_shell_reads_twice_from_a_file_is_there_once(watch, tmp_path, shell):
    # before it starts a program, a shell puts its file's position back to where the next command begins
    program = "/bin/true one\n" + "# filler\n" * 40 + "/bin/true two\necho three >/dev/null\n"
    (tmp_path / "program").write_text(f"skipped\n{program}")
    with (tmp_path / "program").open("rb", buffering=0) as file:
        assert file.read(8) == b"skipped\n"
        subprocess.run(shell, stdin=file, check=True)
    execution = watch.until(lambda execution: execution.argv == tuple(shell))[0]
    assert execution.stdin_text == program
    assert execution.fidelity.stdin == "whole"


CALLS = {"x86_64": {"readv": 19, "pread": 17}, "aarch64": {"readv": 65, "pread": 67}}.get(platform.machine(), {})


@CAPTURE
@pytest.mark.skipif(not CALLS, reason="system call numbers of x86_64 and aarch64")
def test_what_is_read_by_readv_is_captured(watch):
    read_more = (
        "$|=1; my ($a, $b) = ('-' x 4, '-' x 9); my $vector = pack 'PJPJ', $a, 4, $b, 9;\n"
        f"print 'ready'; syscall {CALLS.get('readv')}, 0, $vector, 2; exit ($a.$b eq 'four nine____' ? 0 : 9)\n__END__\n"
    )
    with subprocess.Popen(["perl", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdin.write(read_more.encode())
        process.stdin.flush()
        assert process.stdout.read(5) == b"ready"
        process.stdin.write(b"four nine____")
        process.stdin.close()
    assert process.returncode == 0
    assert watch.marked("-").stdin_text == f"{read_more}four nine____"


@CAPTURE
@pytest.mark.skipif(not CALLS, reason="system call numbers of x86_64 and aarch64")
def test_what_is_read_by_pread_is_put_in_its_place(watch, tmp_path):
    program = (
        f"my $b = '-' x 100; syscall {CALLS.get('pread')}, 0, $b, 100, 8180; exit (substr($b, 12, 4) eq 'late' ? 0 : 9)\n"
        "__END__\n"
    )
    text = program.ljust(8192, "x") + "late".ljust(88, "y") + "unread"
    (tmp_path / "program").write_text(text)
    with (tmp_path / "program").open("rb") as file:
        subprocess.run(["perl", "-"], stdin=file, check=True)
    # perl reads 8192 bytes at once; the first 12 of the hundred are known by then
    assert watch.marked("-").stdin_text == text[:8280]
