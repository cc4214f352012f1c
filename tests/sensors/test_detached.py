"""Whoever writes into the files that a supervisor is mapped from changes nothing in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.installed import packages
from tests.sensors.conftest import environment, read_report

from flycatcher.sources.sensors.seccomp import build

FILLED = """
import ctypes, os, sys
library = ctypes.CDLL(sys.argv[1])
function = library.flycatcher_serve
if sys.argv[2] == "detached":
    from flycatcher.isolation.detached import detach
    assert detach(0) == []
kept = ctypes.string_at(ctypes.cast(function, ctypes.c_void_p).value, 64)
with open(sys.argv[1], "r+b") as handle:
    handle.seek(64)
    handle.write(b"\\xcc" * (os.path.getsize(sys.argv[1]) - 64))
print(ctypes.string_at(ctypes.cast(function, ctypes.c_void_p).value, 64) == kept)
"""
OVERWRITES = """
import os, pathlib, subprocess, sys
written = 0
for path in pathlib.Path(sys.argv[1]).rglob("*.so"):
    with open(path, "r+b") as handle:
        handle.seek(64)
        handle.write(b"\\xcc" * (os.path.getsize(path) - 64))
    written += 1
print(written)
for _ in range(300):
    subprocess.run(["/bin/true"])
print(subprocess.run([sys.executable, "-c", "import os; os.system('echo got through')"]).returncode)
"""


@pytest.mark.parametrize(("way", "expected"), [("mapped", "False\n"), ("detached", "True\n")])
def test_a_detached_process_keeps_what_its_files_held(tmp_path: Path, way: str, expected: str) -> None:
    library = tmp_path / "library.so"
    shutil.copy(build.target_of(os.uname().machine), library)
    done = subprocess.run(
        [sys.executable, "-c", FILLED, str(library), way], capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, expected), done.stderr


def test_a_detached_process_goes_on_as_before() -> None:
    code = """
import collections, json, os, re, subprocess, sys, threading
from flycatcher.isolation.detached import detach
assert detach(0) == [] == detach(0)
done = []
thread = threading.Thread(target=lambda: done.append(re.sub("a+", str, json.dumps({"aa": [1, None]}), count=0)) if 0 else done.append(json.dumps([1])))
thread.start(); thread.join()
if os.fork() == 0:
    os._exit(7)
print(done, os.waitstatus_to_exitcode(os.wait()[1]), subprocess.run(["/bin/echo", "x"], capture_output=True).stdout)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=900)
    assert (done.returncode, done.stdout) == (0, "['[1]'] 7 b'x\\n'\n"), done.stderr


@pytest.mark.parametrize("fast", ["on", "off"])
def test_a_build_that_writes_into_the_libraries_of_its_supervisor_is_refused_all_the_same(
    tmp_path: Path, fast: str
) -> None:
    copy = tmp_path / "environment"
    for root, files in packages():
        for file in filter(Path.is_file, files):
            target = copy / file.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
    script = tmp_path / "build.py"
    script.write_text(OVERWRITES)
    report = tmp_path / "report.jsonl"
    started = (
        f"import sys; sys.path[:0] = [{str(copy)!r}]; from flycatcher.commands import main; "
        "import flycatcher; assert flycatcher.__file__.startswith(sys.path[0]); main()"
    )
    done = subprocess.run(
        [
            sys.executable, "-I", "-c", started, "run", "--deny", "--report", str(report), "--",
            sys.executable, "-I", str(script), str(copy),
        ],
        capture_output=True, text=True, check=False, timeout=120, env=environment(FLYCATCHER_FASTPATH=fast), cwd=tmp_path,
    )  # fmt: skip
    written, *rest = done.stdout.splitlines()
    assert int(written) > 10, done.stderr
    records, summary = read_report(report)
    assert "got through" not in rest, done.stderr
    assert [record["execution"]["fidelity"]["happened"] for record in records] == ["denied"]
    assert (summary["denied"], summary["lost"], summary["executions_seen"]) == (1, 0, 301)
