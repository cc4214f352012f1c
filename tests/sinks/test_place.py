"""Nothing is written where another user points: links, pipes and devices that somebody put under a report's name."""

import os
import stat
import tempfile
from pathlib import Path

import pytest

from flycatcher.commands.watch.service import Marker
from flycatcher.sinks.transports.files import File, LostError, RestoredError
from flycatcher.sinks.transports.place import PRIVATE, open_for_writing, read_file, replace_file

NOBODY = 65534
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="another user's files are made by root")


@pytest.fixture
def shared(tmp_path):
    """A folder like /tmp, where the kernel's own protection (fs.protected_symlinks) is not relied upon: it is not sticky."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


@pytest.fixture
def precious(tmp_path):
    path = tmp_path / "precious"
    path.write_text("root's own")
    return path


def planted(path, target, uid=NOBODY):
    os.symlink(target, path)
    os.chown(path, uid, uid, follow_symlinks=False)


def write(path, **options):
    with open_for_writing(str(path), **options) as handle:
        handle.write(b"new")


@root_only
def test_a_link_that_somebody_else_planted_is_not_followed(shared, precious):
    planted(shared / "r.jsonl", precious)
    with pytest.raises(PermissionError, match="a link of nobody: another user could redirect what is written"):
        write(shared / "r.jsonl")
    assert precious.read_text() == "root's own"


@root_only
def test_a_link_in_the_middle_of_the_path_is_not_followed(shared, precious):
    planted(shared / "sub", precious.parent)
    with pytest.raises(PermissionError, match="a link of nobody"):
        write(shared / "sub" / "precious")
    assert precious.read_text() == "root's own"


@root_only
def test_a_chain_that_ends_in_somebody_elses_link_is_not_followed(shared, precious):
    planted(shared / "theirs", precious)
    planted(shared / "r.jsonl", "theirs", uid=0)
    with pytest.raises(PermissionError, match="a link of nobody"):
        write(shared / "r.jsonl")
    assert precious.read_text() == "root's own"


@root_only
def test_a_dangling_link_creates_nothing(shared, tmp_path):
    planted(shared / "r.jsonl", tmp_path / "created")
    with pytest.raises(PermissionError, match="a link of nobody"):
        write(shared / "r.jsonl")
    assert not (tmp_path / "created").exists()


def test_a_hard_link_in_a_shared_folder_is_not_written_through(shared, precious):
    os.link(precious, shared / "r.jsonl")
    with pytest.raises(PermissionError, match="it is a hard link, in a folder that others may write"):
        write(shared / "r.jsonl")
    assert precious.read_text() == "root's own"


@root_only
def test_a_file_of_somebody_else_is_not_written_into(shared):
    path = shared / "r.jsonl"
    path.write_text("theirs")
    os.chown(path, NOBODY, NOBODY)
    with pytest.raises(PermissionError, match="it belongs to nobody"):
        write(path)
    assert path.read_text() == "theirs"


@root_only
def test_a_pipe_of_somebody_else_is_not_waited_for(shared):
    path = shared / "r.jsonl"
    os.mkfifo(path)
    os.chown(path, NOBODY, NOBODY)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(PermissionError, match="it belongs to nobody"):
            write(path)
    finally:
        os.close(reader)


def test_an_own_pipe_needs_a_reader(tmp_path):
    os.mkfifo(tmp_path / "p")
    with pytest.raises(OSError, match="no process reads from this named pipe"):
        write(tmp_path / "p")
    reader = os.open(tmp_path / "p", os.O_RDONLY | os.O_NONBLOCK)
    write(tmp_path / "p")
    assert os.read(reader, 9) == b"new"
    os.close(reader)


@root_only
def test_a_block_device_is_refused_and_a_character_device_is_not(tmp_path):
    try:
        os.mknod(tmp_path / "disk", 0o600 | stat.S_IFBLK, os.makedev(7, 250))
    except PermissionError:
        pytest.skip("no device may be made here")
    with pytest.raises(PermissionError, match="it is a block device"):
        write(tmp_path / "disk")
    write("/dev/null")


def test_a_folder_is_no_file(tmp_path):
    for path in (tmp_path, f"{tmp_path}/", f"{tmp_path}/.", f"{tmp_path}/..", "/"):
        with pytest.raises(IsADirectoryError):
            write(path)


def test_links_of_the_user_who_writes_and_of_root_work(tmp_path):
    (tmp_path / "real").mkdir()
    os.symlink("real", tmp_path / "link")
    os.symlink("../real/../real/r.txt", tmp_path / "real" / "also")
    write(tmp_path / "link" / "also")
    assert (tmp_path / "real" / "r.txt").read_bytes() == b"new"
    os.symlink("loop", tmp_path / "loop")
    with pytest.raises(OSError, match="Too many levels of symbolic links"):
        write(tmp_path / "loop")


def test_descriptors_of_the_process_work_by_their_names(tmp_path):
    reader, writer = os.pipe()
    for name in (f"/dev/fd/{writer}", f"/proc/self/fd/{writer}"):
        write(name)
        assert os.read(reader, 9) == b"new"
    os.close(reader)
    os.close(writer)
    with open(tmp_path / "log", "wb") as log:
        write(f"/dev/fd/{log.fileno()}", append=True)
    assert (tmp_path / "log").read_bytes() == b"new"


@pytest.mark.parametrize(("append", "expected"), [(False, b"new"), (True, b"oldnew")])
def test_an_own_file_is_begun_anew_or_continued(tmp_path, append, expected):
    (tmp_path / "r").write_bytes(b"old")
    write(tmp_path / "r", append=append)
    assert (tmp_path / "r").read_bytes() == expected


def test_new_files_that_hold_environments_are_private(tmp_path):
    before = os.umask(0)
    try:
        write(tmp_path / "report", mode=PRIVATE)
        write(tmp_path / "sarif")
        replace_file(str(tmp_path / "state"), b"{}")
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("report", "sarif", "state")]
    assert modes == [0o600, 0o666, 0o600]


@root_only
def test_root_writes_for_a_user_with_the_users_rights_only(precious):
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are root's alone
        os.chown(name, NOBODY, NOBODY)
        _written_for_nobody(Path(name), precious)


def _written_for_nobody(mine, precious):
    owner = (NOBODY, NOBODY)
    write(mine / "r", owner=owner)
    assert (mine / "r").stat().st_uid == NOBODY
    planted(mine / "link", precious)  # it is the user's own link; the user may not write there, and neither do we
    precious.chmod(0o600)
    with pytest.raises(PermissionError):
        write(mine / "link", owner=owner)
    assert precious.read_text() == "root's own"
    assert os.geteuid() == 0


@root_only
def test_the_new_version_of_a_state_file_is_never_written_through_a_link(shared, precious):
    planted(shared / ".state.new", precious)
    planted(shared / "state", precious)
    replace_file(str(shared / "state"), b"{}")
    assert precious.read_text() == "root's own"
    assert not (shared / "state").is_symlink()
    assert (shared / "state").read_bytes() == b"{}"


@root_only
def test_a_state_file_of_somebody_else_says_nothing(shared, tmp_path):
    forged = b'{"watched_until": 1.0, "how": "stopped"}'
    (shared / "state").write_bytes(forged)
    os.chown(shared / "state", NOBODY, NOBODY)
    assert Marker(shared / "state").previous() is None
    (tmp_path / "state").write_bytes(forged)
    previous = Marker(tmp_path / "state").previous()
    assert previous is not None
    assert previous.watched_until == 1.0


def test_a_state_that_is_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "state")
    marker = Marker(tmp_path / "state")
    assert marker.previous() is None
    with pytest.raises(OSError, match="not a regular file"):
        read_file(str(tmp_path / "state"), 9)
    marker.write()
    previous = marker.previous()
    assert previous is not None
    assert previous.how == "running"


@root_only
def test_a_report_that_is_reopened_is_checked_again(shared, precious):
    report = File(str(shared / "r.jsonl"), append=True)
    report.open()
    report.write(b"first\n")
    os.rename(shared / "r.jsonl", shared / "r.jsonl.1")
    planted(shared / "r.jsonl", precious)
    with pytest.raises(PermissionError, match="a link of nobody"):
        report.open()
    report.write(b"second\n")  # the old file is still held
    report.close()
    assert precious.read_text() == "root's own"
    assert (shared / "r.jsonl.1").read_bytes() == b"first\nsecond\n"


def removed(path):
    path.unlink()


def replaced(path):
    path.rename(path.with_name("moved"))
    path.write_bytes(b"forged\n")


def truncated(path):
    os.truncate(path, 0)


def overwritten(path):
    with open(path, "r+b") as file:
        file.write(b"F")


def appended(path):
    with open(path, "ab") as file:
        file.write(b"forged and long\n")


def swapped_for_a_link(path):
    path.unlink()
    os.symlink("elsewhere", path)


@pytest.mark.parametrize(
    ("trick", "reason"),
    [
        (removed, "was removed during the run; it was written again"),
        (replaced, "was replaced during the run; it was written again"),
        (truncated, "was overwritten during the run; it was written again"),
        (overwritten, "was overwritten during the run; it was written again"),
        (appended, "was overwritten during the run; it was written again"),
        (swapped_for_a_link, "was removed during the run; it was written again"),
    ],
)
def test_a_held_report_that_the_build_changes_is_written_again(tmp_path, trick, reason):
    path = tmp_path / "r.jsonl"
    report = File(str(path), held=True, private=True)
    report.open()
    report.write(b"first\n")
    trick(path)
    report.write(b"second\n")
    with pytest.raises(RestoredError) as caught:
        report.close()
    assert caught.value.strerror == reason
    assert not path.is_symlink()
    assert path.read_bytes() == b"first\nsecond\n"
    assert not (tmp_path / "elsewhere").exists()


def test_a_held_report_that_nobody_changes_is_closed_in_silence(tmp_path):
    report = File(str(tmp_path / "r"), held=True)
    report.open()
    report.write(b"x")
    report.close()
    assert (tmp_path / "r").read_bytes() == b"x"


def test_a_report_that_cannot_be_written_again_is_lost_and_said(tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    report = File(str(folder / "r"), held=True)
    report.open()
    report.write(b"x")
    (folder / "r").unlink()
    folder.rmdir()
    with pytest.raises(LostError, match="was removed during the run, and could not be written again: No such file"):
        report.close()


def test_of_a_large_report_the_change_is_noticed_at_least(tmp_path, monkeypatch):
    monkeypatch.setattr("flycatcher.sinks.transports.files.Copy.LIMIT", 10)
    report = File(str(tmp_path / "r"), held=True)
    report.open()
    report.write(b"x" * 11)
    appended(tmp_path / "r")
    with pytest.raises(LostError, match="was overwritten during the run, and is too large to be written again"):
        report.close()


def test_a_report_that_is_stdout_may_hold_what_the_build_prints(tmp_path, monkeypatch):
    path = tmp_path / "out"
    report = File(str(path), held=True)
    report.open()
    report.write(b"x")
    appended(path)
    real, found = os.fstat, os.stat(path)
    monkeypatch.setattr(os, "fstat", lambda number: found if number == 1 else real(number))
    report.close()
    assert path.read_bytes() == b"xforged and long\n"
