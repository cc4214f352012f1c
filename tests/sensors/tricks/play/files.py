"""Files that change."""

import mmap
import os
import shutil
import time
from pathlib import Path

from .common import PERL, execute, trick


@trick("file", "a file in memory that changes by a mapping, its times staying the same")
def mapped_in_memory():
    folder = f"/dev/shm/flycatcher-test-{os.getpid()}"
    os.mkdir(folder)
    try:
        changed_by_mapping(f"{folder}/program")
    finally:
        shutil.rmtree(folder)


@trick("file", "a file that changes by a mapping that is older than the look at it")
def mapped_on_disk():
    changed_by_mapping(os.path.abspath("program"))


def changed_by_mapping(path):
    data = Path(PERL).read_bytes()
    harmless = Path("/bin/true").read_bytes()
    Path(path).write_bytes(harmless + bytes(len(data) - len(harmless)))
    os.chmod(path, 0o755)
    with open(path, "r+b") as handle:
        memory = mmap.mmap(handle.fileno(), 0)
    for at in range(0, len(data), 4096):
        memory[at] = memory[at]  # every page is writable from here on, and its time of change is over
    time.sleep(0.2)
    for _ in range(2):
        execute(path, ["true"])
    memory[: len(data)] = data
    memory.close()
    for _ in range(2):
        execute(path)


@trick("file", "a file in memory that was run before, then changed by a mapping")
def mapped_after_a_run():
    path = f"/dev/shm/flycatcher-test-{os.getpid()}"
    data, harmless = Path(PERL).read_bytes(), Path("/bin/true").read_bytes()
    try:
        Path(path).write_bytes(harmless + bytes(len(data) - len(harmless)))
        os.chmod(path, 0o755)
        time.sleep(0.2)
        for _ in range(3):
            execute(path, ["true"])
        time.sleep(0.5)
        with open(path, "r+b") as handle, mmap.mmap(handle.fileno(), 0) as memory:
            memory[: len(data)] = data
        execute(path)
    finally:
        os.unlink(path)
