"""What somebody may do so that an interpreter under another name is taken for something else."""

import mmap
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flycatcher.core import interpreters
from flycatcher.sources.sensors import hosted, procfs
from flycatcher.sources.sensors.ebpf.sensor import SensorSettings

PERL = os.path.realpath("/usr/bin/perl")
TRUE = os.path.realpath("/bin/true")
LOADER = "/lib64/ld-linux-x86-64.so.2"
INTERPRETERS = pytest.mark.parametrize("watch", [SensorSettings()], indirect=True, ids=["interpreters"])


def settle():
    """Let a file become old enough for its verdict to be remembered."""
    time.sleep(0.1)


@INTERPRETERS
@pytest.mark.parametrize("change", ["unlink", "chmod", "link"])
def test_a_renamed_interpreter_whose_file_is_touched_while_it_runs(watch, tmp_path, change):
    program = tmp_path / "update-notifier"
    shutil.copy(PERL, program)
    with subprocess.Popen([program, "-e", "sleep 40 # touched"], stdin=subprocess.DEVNULL) as process:
        if change == "unlink":
            program.unlink()
        elif change == "chmod":
            program.chmod(0o700)
        else:
            os.link(program, tmp_path / "other")
        found = watch.marked("# touched")
        process.kill()
    assert found.interpreter == "perl"
    assert found.fidelity.notes == ()


@INTERPRETERS
def test_a_file_replaced_by_a_rename_is_looked_at_again(watch, tmp_path):
    program, other = tmp_path / "program", tmp_path / "other"
    shutil.copy(TRUE, program)
    shutil.copy(PERL, other)
    settle()
    for _ in range(3):
        subprocess.run([program], check=True)
        watch.poll(0.1)
    assert watch.sensor.counts()["dropped"] > 0
    other.rename(program)
    subprocess.run(
        [program, "-e", "select undef, undef, undef, 0.3 # renamed over"], check=True, stdin=subprocess.DEVNULL
    )
    assert watch.marked("# renamed over").interpreter == "perl"


def mount_as(folder, device):
    """Mount a tmpfs that has a number again, which whatever else is mounted meanwhile may take first."""
    for _ in range(100):
        subprocess.run(["mount", "-t", "tmpfs", "test", folder], check=True)
        if os.stat(folder).st_dev == device:
            return
        subprocess.run(["umount", folder], check=True)
        time.sleep(0.1)
    pytest.skip("another file system keeps the device's number")


@INTERPRETERS
def test_an_inode_number_of_tmpfs_that_is_used_again_is_another_file(watch, tmp_path):
    # a new tmpfs counts its inodes from the same number
    subprocess.run(["mount", "-t", "tmpfs", "test", tmp_path], check=True)
    try:
        shutil.copy(TRUE, tmp_path / "program")
        first = (tmp_path / "program").stat()
        settle()
        for _ in range(2):
            subprocess.run([tmp_path / "program"], check=True)
            watch.poll(0.1)
    finally:
        subprocess.run(["umount", tmp_path], check=True)
    mount_as(tmp_path, first.st_dev)
    try:
        shutil.copy(PERL, tmp_path / "program")
        second = (tmp_path / "program").stat()
        subprocess.run(
            [tmp_path / "program", "-e", "select undef, undef, undef, 0.3 # reused"],
            check=True,
            stdin=subprocess.DEVNULL,
        )
        found = watch.marked("# reused")
    finally:
        subprocess.run(["umount", tmp_path], check=True)
    assert (first.st_ino, first.st_dev) == (second.st_ino, second.st_dev)
    assert found.interpreter == "perl"


BENEATH = """
mount -t tmpfs test "$1" && cd "$1" && mkdir lower upper work merged &&
cp "$2" upper/program && mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work test merged || exit 77
sleep 0.2
for n in 1 2 3; do merged/program; sleep 0.2; done
cat "$3" > upper/program
merged/program -e '<STDIN> # beneath'
"""


@INTERPRETERS
def test_what_is_written_beneath_somebodys_own_overlay_does_not_hide(watch, tmp_path):
    # the overlay's inode keeps its ctime; only root of the host is trusted not to do this
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", BENEATH, "sh", tmp_path, TRUE, PERL]

    def is_beneath(execution):
        return execution.argv[-1].endswith("# beneath")

    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not any(map(is_beneath, watch.seen)):
            watch.poll(0.05)
        process.communicate()
    if process.returncode == 77:
        pytest.skip("no overlay in a user namespace here")
    assert watch.until(is_beneath)[0].interpreter == "perl"


@pytest.fixture
def fuse(tmp_path):
    """A mounted ``program`` under a server's control: (the program, its content, whom to leave waiting)."""
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        pytest.skip("no /dev/fuse here")
    mountpoint, content, hang = tmp_path / "mounted", tmp_path / "content", tmp_path / "hang"
    mountpoint.mkdir()
    shutil.copy(TRUE, content)
    command = [sys.executable, "-IS", Path(__file__).with_name("fuse_server.py"), mountpoint, content, hang]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        if server.stdout.readline() != "mounted\n":
            pytest.skip(f"FUSE cannot be mounted: {server.communicate()[1][-200:]}")
        try:
            yield mountpoint / "program", content, hang
        finally:
            server.kill()
            subprocess.run(["umount", "-l", mountpoint], check=True)


@INTERPRETERS
def test_a_server_that_changes_a_file_and_not_its_times_does_not_hide(watch, fuse):
    program, content, _ = fuse
    for _ in range(3):
        subprocess.run([program], check=True)
        watch.poll(0.2)
    shutil.copyfile(PERL, content)
    subprocess.run([program, "-e", "select undef, undef, undef, 0.5 # served"], check=True, stdin=subprocess.DEVNULL)
    assert watch.marked("# served").interpreter == "perl"


@INTERPRETERS
def test_a_server_that_does_not_answer_holds_nobody_up_for_long(watch, fuse, monkeypatch):
    monkeypatch.setattr(procfs.bounded, "_seconds", 0.5)
    program, content, hang = fuse
    shutil.copyfile(PERL, content)
    hang.write_text(str(os.getpid()))
    with subprocess.Popen([program, "-e", "sleep 60 # held"], stdin=subprocess.DEVNULL) as held:
        time.sleep(0.2)
        subprocess.run(["perl", "-e", "exit # behind it"], check=True, stdin=subprocess.DEVNULL)
        assert watch.marked("# behind it").interpreter == "perl"
        assert watch.marked("# held").interpreter is None
        held.kill()
    places = {notice.place for notice in (*watch.notices, *watch.sensor.losses())}
    assert "file or process not answering" in places


@INTERPRETERS
def test_a_file_in_memory_that_changes_by_a_mapping_is_looked_at_each_time(watch):
    program = Path(f"/dev/shm/flycatcher-test-{os.getpid()}")
    interpreter, harmless = Path(PERL).read_bytes(), Path(TRUE).read_bytes()
    try:
        program.write_bytes(harmless + bytes(len(interpreter) - len(harmless)))
        program.chmod(0o755)
        os.chown(program, 65534, 65534)  # root's own files are not looked at again
        settle()
        for _ in range(3):
            subprocess.run([program], check=True)
            watch.poll(0.1)
        with program.open("r+b") as handle, mmap.mmap(handle.fileno(), 0) as memory:
            memory[:] = interpreter
        subprocess.run([program, "-e", "1 # mapped"], check=True, stdin=subprocess.DEVNULL)
        assert watch.marked("# mapped").interpreter == "perl"
    finally:
        program.unlink()


@INTERPRETERS
@pytest.mark.parametrize("options", [(), ("--argv0", "true"), ("--preload", "/lib/x86_64-linux-gnu/libm.so.6")])
def test_what_the_loader_is_told_to_run_is_looked_at(watch, tmp_path, options):
    (tmp_path / "k").symlink_to(PERL)
    words = [LOADER, *options, "./k", "-e", "select undef, undef, undef, 0.3 # hosted"]
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL, cwd=tmp_path)
    assert (found := watch.marked("# hosted")).hosted == "perl"
    assert interpreters.read(found).interpreter.id == "perl"


@INTERPRETERS
def test_what_the_loader_ran_is_looked_at_after_it_has_ended(watch, tmp_path):
    shutil.copy(PERL, tmp_path / "helper")
    subprocess.run([LOADER, "./helper", "-e", "1 # ended"], check=True, stdin=subprocess.DEVNULL, cwd=tmp_path)
    assert watch.marked("# ended").hosted == "perl"


@INTERPRETERS
def test_what_the_loader_ran_stays_unknown_where_it_is_gone(watch, tmp_path):
    shutil.copy(PERL, tmp_path / "helper")
    subprocess.run([LOADER, "./helper", "-e", "1 # gone"], check=True, stdin=subprocess.DEVNULL, cwd=tmp_path)
    (tmp_path / "helper").unlink()
    assert (found := watch.marked("# gone")).hosted is None
    assert hosted.is_unknown(found)
