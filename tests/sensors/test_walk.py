"""Following a path step by step leads where the kernel itself leads this process, or fails as it does."""

import errno
import os
import resource
import threading

import pytest

from flycatcher.sources.sensors.walk import UnknownError, open_at_once, open_by_steps, open_in_root


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "below" / "deeper").mkdir(parents=True)
    (tmp_path / "file").write_text("text")
    for name, text in (
        ("to-file", "file"),
        ("to-folder", "below/"),
        ("absolute", str(tmp_path / "to-file")),
        ("round", "round"),
        ("nowhere", "missing"),
        ("own", "/proc/self/cwd/file"),
        ("own-exe", "/proc/self/exe"),
        ("by-dev", "/dev/fd/../cwd/to-file"),
    ):
        (tmp_path / name).symlink_to(text)
    return tmp_path


PATHS = [
    "file", "./file", "./././file", "below/../file", "below/deeper/../../file", "to-file", "absolute", "to-folder/../file",
    "to-folder/deeper", "own", "own-exe", "by-dev", "/proc/self/exe", "//proc//self//exe", "/proc/thread-self/exe",
    "/proc/self/../self/cwd/file", "/proc/thread-self/../../exe", "/proc/thread-self/../../../self/exe", "/proc/self/cwd/../..",
    "/proc/self/root/proc/self/exe", "/proc/self/fd/../exe", "/proc/self/task/../exe", "../" * 60 + "proc/self/exe", "/..", "/",
    "/usr/../proc/self/cwd/absolute", "/" + "./" * 1900 + "proc/self/exe", "/dev/../proc/self/exe",
    "missing", "nowhere", "round", "file/", "file/.", "file/..", "file/below", "below/", "to-file/", "missing/..", "x" * 256,
    "x/" * 2048, "/proc/self/fd/9999", "/proc/self/nothing", "/proc/0/exe",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_it_ends_where_the_kernel_does(folder, path):
    try:
        about = os.stat(path)
        expected = (about.st_dev, about.st_ino)
    except OSError as error:
        expected = error.errno
    try:
        handle = open_by_steps(threading.get_native_id(), os.getpid(), os.fsencode(path), "cwd")
        about = os.fstat(handle)
        found = (about.st_dev, about.st_ino)
        os.close(handle)
    except OSError as error:
        found = error.errno
    assert found == expected


def test_nothing_stays_open(folder):
    before = os.listdir("/proc/self/fd")
    for path in PATHS:
        try:
            os.close(open_by_steps(threading.get_native_id(), os.getpid(), os.fsencode(path), "cwd"))
        except OSError:
            continue
    assert os.listdir("/proc/self/fd") == before


def test_a_long_way_needs_few_descriptors(folder):
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + 8, limits[1]))
    try:
        os.close(open_by_steps(threading.get_native_id(), os.getpid(), b"below/../" * 400 + b"file", "cwd"))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_trouble_of_ours_is_not_taken_for_the_kernels_refusal(folder):
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
    try:
        with pytest.raises(UnknownError, match="Too many open files"):
            open_by_steps(threading.get_native_id(), os.getpid(), b"file", "cwd")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_a_thread_that_is_gone_is_not_known(folder):
    with pytest.raises(UnknownError):
        open_by_steps(2**22 + 1, 2**22 + 1, b"/bin/true", "cwd")


def test_one_call_does_not_follow_a_magic_link(folder):
    assert open_at_once(b"/proc/self/exe") == -errno.ELOOP
    assert open_at_once(os.fsencode(folder / "own")) == -errno.ELOOP
    handle = open_at_once(os.fsencode(folder / "absolute"))
    assert os.fstat(handle).st_ino == (folder / "file").stat().st_ino
    os.close(handle)


def test_an_absolute_link_stays_below_another_root(folder):
    (folder / "link").symlink_to("/file")
    root = os.open(folder, os.O_PATH)
    handle = open_in_root(b"/link", root)
    assert os.fstat(handle).st_ino == (folder / "file").stat().st_ino
    os.close(handle)
    os.close(root)
