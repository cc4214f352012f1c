"""The compiled loop of ``flycatcher run`` says what Python would have said, and leaves to it whatever is not plain."""

import ctypes
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.sensors.conftest import PYTHON, environment

from flycatcher.sources.sensors import compiled
from flycatcher.sources.sensors.seccomp import build, fastpath
from flycatcher.sources.sensors.seccomp.fastpath import NAME, PASSED
from flycatcher.sources.sensors.seccomp.unanswered import HELD, LOOP_NOTIFICATION, Unanswered

WAYS = [(), ("--deny",)]
IDS = ["run", "run --deny"]


@pytest.fixture(params=["on", "off"])
def both(request, observe):
    def run(*command, **more):
        return observe(*command, env={"FLYCATCHER_FASTPATH": request.param}, **more)

    return run


@pytest.mark.parametrize("machine", build.MACHINES)
def test_the_objects_are_made_of_the_source_beside_them(machine):
    target = build.target_of(machine)
    assert not compiled.is_stale(target, build.SOURCES, build.flags_for(machine)), "make fastpath compiles it anew"
    assert target.read_bytes().startswith(b"\x7fELF")


@pytest.mark.skipif(importlib.util.find_spec("ziglang") is None, reason="the compiler (PyPI: ziglang) is not installed")
def test_compiling_anew_in_another_folder_gives_the_same_bytes(tmp_path):
    build.compile_objects(tmp_path)
    for machine in build.MACHINES:
        target = build.target_of(machine)
        assert (tmp_path / target.name).read_bytes() == target.read_bytes(), "another compiler, or no make fastpath"


def test_this_machine_has_one(monkeypatch):
    assert fastpath.fastpath_for(Unanswered().loop, verifies=False) is not None
    monkeypatch.setenv("FLYCATCHER_FASTPATH", "off")
    assert fastpath.fastpath_for(Unanswered().loop, verifies=False) is None


def test_what_is_received_and_not_answered_is_known_outside_of_the_loop():
    unanswered = Unanswered()
    assert fastpath._State.notification.offset == LOOP_NOTIFICATION
    assert ctypes.sizeof(fastpath._State) <= len(unanswered.loop)
    state = fastpath._State.from_buffer(unanswered.loop)
    state.notification[0] = 7
    unanswered.notification[:8] = (8).to_bytes(8, sys.byteorder)
    unanswered.hold([1, 2, 3])
    assert unanswered.left() == [1, 2, 3, 8, 7]
    unanswered.hold([3])
    assert unanswered.left() == [3, 8, 7]
    unanswered.hold(range(1, HELD + 9))
    assert unanswered.left() == list(range(1, HELD + 1))


def spawning(path: str, times: int = 300) -> str:
    return f"import os\nfor _ in range({times}):\n    os.waitpid(os.posix_spawn({path!r}, ['a program', '-c', '1'], {{}}), 0)\n"


@pytest.mark.parametrize("options", WAYS, ids=IDS)
def test_more_executions_than_it_has_room_for_are_counted(both, tmp_path, options):
    count = PASSED + 100
    script = tmp_path / "storm.py"
    script.write_text(spawning("/bin/true", count))
    seen = both(PYTHON, str(script), options=options)
    assert (seen.code, seen.summary["executions_seen"], seen.summary["lost"]) == (0, count + 1, 0), seen.stderr
    assert seen.summary.get("killed", 0) == seen.summary.get("changed", 0) == 0


@pytest.mark.parametrize("options", WAYS, ids=IDS)
@pytest.mark.parametrize("change", ["renamed over", "written into", "another folder", "another root's name"])
def test_a_known_program_that_becomes_another_one_is_seen(both, tmp_path, options, change):
    """Three hundred times the same harmless program, then an interpreter by the very same path."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    (tmp_path / "folder").symlink_to("one")
    program, interpreter = tmp_path / "one/program", tmp_path / "two/program"
    shutil.copy("/bin/true", program)
    shutil.copy(shutil.which("perl"), interpreter)
    os.utime(program)
    path = tmp_path / "folder/program"
    changes = {
        "renamed over": f"os.rename({str(interpreter)!r}, {str(program)!r})",
        "written into": f"shutil.copyfile({str(interpreter)!r}, {str(program)!r})",
        "another folder": f"os.unlink({str(tmp_path / 'folder')!r}); os.symlink('two', {str(tmp_path / 'folder')!r})",
        "another root's name": f"os.unlink({str(program)!r}); os.symlink({str(interpreter)!r}, {str(program)!r})",
    }
    script = tmp_path / "build.py"
    script.write_text(
        f"import shutil, time\ntime.sleep(0.1)\n{spawning(str(path))}{changes[change]}\n"
        f"print(os.waitstatus_to_exitcode(os.waitpid(os.posix_spawn({str(path)!r}, ['p', '-e', 'exit 3'], {{}}), 0)[1]))\n"
    )
    seen = both(PYTHON, str(script), options=options)
    assert [record["execution"]["argv"] for record in seen.records] == [["p", "-e", "exit 3"]], seen.stderr
    denied = seen.records[0]["execution"]["fidelity"]["happened"] == "denied"
    assert denied == bool(options)
    assert seen.stdout == "3\n" or denied


@pytest.mark.parametrize("options", WAYS, ids=IDS)
@pytest.mark.parametrize(
    "path",
    [
        "/proc/self/fd/7", "//proc/thread-self/fd/7", "/dev/fd/7", "/proc/self/cwd/program", "/proc/self/fd/700", "/dev/fd/700",
        "{folder}/link", "{folder}/./above/program", "/proc/self/fd/701/program", "/proc/self/task/../fd/700",
    ],
)  # fmt: skip
def test_a_path_that_is_another_file_to_the_caller_is_left_to_python(both, tmp_path, options, path):
    """Descriptors and the folder are the caller's own: to the supervisor a path may be a known program, or none."""
    script = tmp_path / "build.py"
    (tmp_path / "there").mkdir()
    shutil.copy(shutil.which("perl"), tmp_path / "there/program")
    (tmp_path / "program").symlink_to("/bin/true")
    (tmp_path / "link").symlink_to("/proc/self/fd/700")
    (tmp_path / "above").symlink_to("/proc/self/fd/701")
    script.write_text(
        spawning("/bin/true")
        + f"program = os.open({str(tmp_path / 'there/program')!r}, os.O_RDONLY)\nos.chdir('there')\n"
        + "os.dup2(program, 7)\nos.dup2(program, 700)\nos.dup2(os.open('.', os.O_RDONLY), 701)\n"
        + f"path = {path!r}.format(folder={str(tmp_path)!r})\n"
        + "print(os.posix_spawn(path, ['p', '-e', 'exit 3'], {}) and os.waitstatus_to_exitcode(os.wait()[1]))\n"
    )
    seen = both(PYTHON, str(script), options=options)
    assert [record["execution"]["argv"] for record in seen.records] == [["p", "-e", "exit 3"]], seen.stderr


@pytest.mark.parametrize("options", WAYS, ids=IDS)
def test_what_does_not_exist_is_the_callers_own_trouble(both, tmp_path, options):
    """Each with the kernel's own answer, whoever gives it."""
    (tmp_path / "file").touch(mode=0o755)
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    places = [
        "none", "none/none/none", "none//none", "none/", "./none", "there/../none", "file/none", "dangling", "dangling/none", "loop", "n" * 300,
    ]  # fmt: skip
    paths = ["/none", "//none", "/", *(str(tmp_path) + "/" + place for place in places)]
    script = tmp_path / "build.py"
    script.write_text(
        f"import os\nfor path in {paths!r}:\n    try:\n        os.execv(path, ['p'])\n"
        "    except OSError as error:\n        print(error.errno)\n"
    )
    seen = both(PYTHON, str(script), options=options)
    bare = subprocess.run([PYTHON, str(script)], capture_output=True, text=True, check=True)
    assert seen.stdout == bare.stdout
    assert (seen.summary["executions_seen"], seen.summary["lost"]) == (1, 0), seen.stderr


@pytest.mark.parametrize("options", WAYS, ids=IDS)
@pytest.mark.parametrize("length", [NAME, NAME + 1, 200])
def test_names_of_any_length(both, tmp_path, options, length):
    program = tmp_path / ("n" * length)
    shutil.copy("/bin/true", program)
    script = tmp_path / "build.py"
    script.write_text("import time\ntime.sleep(0.1)\n" + spawning(str(program), 50))
    seen = both(PYTHON, str(script), options=options)
    assert (seen.code, seen.records, seen.summary["executions_seen"]) == (0, [], 51), seen.stderr


def test_what_the_kernel_refuses_in_the_end_is_not_counted_where_it_is_looked_after(both, tmp_path):
    """More words than the kernel takes: a known program is not read, and so it is found out afterwards."""
    script = tmp_path / "build.py"
    script.write_text(
        spawning("/bin/true", 20)
        + "for _ in range(5):\n    try:\n        os.execv('/bin/true', ['x' * 100_000] * 100)\n"
        + "    except OSError as error:\n        print(error.errno, flush=True)\nos.execv('/bin/true', ['true'])\n"
    )
    seen = both(PYTHON, str(script), options=("--deny",))
    assert seen.stdout == "7\n" * 5, seen.stderr
    assert (seen.code, seen.summary["executions_seen"], seen.summary["killed"], seen.summary["lost"]) == (0, 22, 0, 0)


@pytest.mark.parametrize("options", WAYS, ids=IDS)
def test_threads_and_vfork_at_once(both, tmp_path, options):
    script = tmp_path / "build.py"
    script.write_text(
        "import subprocess, threading\n"
        "def work():\n    for _ in range(60):\n        subprocess.run(['/bin/true'], check=True)\n"
        "threads = [threading.Thread(target=work) for _ in range(8)]\n"
        "for thread in threads:\n    thread.start()\nfor thread in threads:\n    thread.join()\n"
    )
    seen = both(PYTHON, str(script), options=options)
    assert (seen.code, seen.summary["executions_seen"], seen.summary["lost"]) == (0, 481, 0), seen.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="chroot needs root")
@pytest.mark.parametrize("options", WAYS, ids=IDS)
def test_the_same_path_in_another_root_is_another_program(both, tmp_path, options):
    root = tmp_path / "root"
    (root / "bin").mkdir(parents=True)
    source = tmp_path / "static.c"
    source.write_text('#include <stdio.h>\nint main(void) { puts("static"); return 0; }\n')
    subprocess.run(["gcc", "-static", "-o", root / "bin/true", source], check=True)
    script = tmp_path / "build.py"
    script.write_text(
        spawning("/bin/true") + f"os.chroot({str(root)!r})\n" + spawning("/bin/true", 3).replace("import os\n", "")
    )
    seen = both(PYTHON, str(script), options=options)
    assert seen.stdout == "static\n" * 3, seen.stderr
    assert (seen.summary["executions_seen"], seen.summary["lost"]) == (304, 0)


def test_an_object_that_cannot_be_loaded_is_done_without(tmp_path):
    copy = tmp_path / "flycatcher"
    shutil.copytree(Path(fastpath.__file__).parents[3], copy, ignore=shutil.ignore_patterns("__pycache__"))
    for object_ in copy.rglob("fastpath.*.so"):
        object_.write_bytes(b"\x7fELF of another machine")
    done = subprocess.run(
        [sys.executable, "-m", "flycatcher", "run", "--", "true"],
        env=os.environ | {"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False, timeout=900, cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "flycatcher: 1 execution seen, 0 lost, 0 detections\n")


FLOOD = """
import os, socket, sys
from flycatcher.sources.sensors.seccomp import abi
channel = socket.socket(fileno=int(sys.argv[1]))
socket.send_fds(channel, [b"L"], [abi.install_filter(no_new_privs=True)])
channel.close()
for _ in range(6):
    if os.fork() == 0:
        for _ in range(100):
            os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
        os._exit(0)
for _ in range(6):
    os.wait()
"""


def test_who_is_to_be_looked_after_does_not_wait_for_a_flood_of_calls():
    """Six processes start programs without a pause: with somebody to look after, one call is answered at a time."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with (
        ours,
        subprocess.Popen(
            [sys.executable, "-c", FLOOD, str(theirs.fileno())], pass_fds=[theirs.fileno()], env=environment()
        ) as flood,
    ):
        theirs.close()
        _, (listener,), _, _ = socket.recv_fds(ours, 16, 1)
        try:
            fast = fastpath.fastpath_for(Unanswered().loop, verifies=False)
            assert fast is not None
            fast.watch([listener])
            about = os.stat("/bin/true")
            fast.learn((about.st_dev, about.st_ino, about.st_ctime_ns, b"true"))
            served = []
            while sum(served) < 300:
                served.append(fast.serve(0.0, {1}).seen)
            assert max(served) == 1
            while flood.poll() is None:
                fast.serve(0.01, ())
        finally:
            os.close(listener)  # whoever still waits is refused
    assert flood.returncode == 0
