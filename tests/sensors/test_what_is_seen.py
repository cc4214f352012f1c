import contextlib
import os
import shutil
import subprocess
import sys
import textwrap
import threading

import pytest
from tests.reports import rows
from tests.sensors.conftest import PYTHON

WAITS = """
import time
while not os.path.exists("go"):
    time.sleep(0.01)
"""
"""Text of a program that goes on until somebody has seen it."""


@contextlib.contextmanager
def when(condition, makes):
    """Make a file as soon as a condition holds."""
    ended = threading.Event()

    def look():
        while not ended.wait(0.01):
            if condition():
                makes.touch()
                return

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield
    finally:
        ended.set()
        looking.join()


def script(tmp_path, text, name="helper.py"):
    path = tmp_path / name
    path.write_text(textwrap.dedent(text))
    return str(path)


def test_an_execution_is_told_whole(observe, tmp_path):
    code = f"print(6 * 7); import os{WAITS}"
    with when(lambda: rows(tmp_path / "report.jsonl"), tmp_path / "go"):
        seen = observe("sh", "-c", f"{PYTHON} -Sc '{code}'; exit 0", env={"MARK": "yes"})
    [record] = seen.records
    execution = record["execution"]
    assert seen.stdout == "42\n"
    assert execution["argv"] == [PYTHON, "-Sc", code]
    assert execution["exe"] == PYTHON
    assert execution["interpreter"] == "python"
    assert execution["env"]["MARK"] == "yes"
    assert execution["stdin"] == "null"
    assert execution["cwd"] == str(tmp_path)
    assert execution["process"]["uid"] == os.getuid()
    assert execution["ancestry"][0]["argv"] == ["sh", "-c", f"{PYTHON} -Sc '{code}'; exit 0"]
    assert execution["fidelity"]["sensor"] == "seccomp"
    assert execution["fidelity"]["happened"] == "confirmed"
    assert execution["fidelity"]["bytes_seen"] == execution["fidelity"]["bytes_total"] > 30
    assert record["snippets"][0]["text"] == code
    assert seen.summary["executions_seen"] == 2
    assert seen.summary["lost"] == 0


def test_a_script_file_is_no_detection(observe, tmp_path):
    path = script(tmp_path, "print('from a file')")
    seen = observe(PYTHON, path, "-c", "x")
    assert seen.stdout == "from a file\n"
    assert seen.records == []


def test_every_way_to_start_a_program_is_seen_once(observe, tmp_path):
    path = script(
        tmp_path,
        f"""
        import ctypes, os, subprocess, threading
        python = {PYTHON!r}
        code = lambda number: [python, "-Sc", f"print({{number}}, flush=True)"]
        subprocess.run(code(1))                                    # vfork
        os.waitpid(os.posix_spawn(python, code(2), dict(os.environ)), 0)
        if os.fork() == 0:
            os.execv(python, code(3))
        os.wait()
        if os.fork() == 0:                                         # a thread that is not the first one
            threading.Thread(target=lambda: os.execv(python, code(4))).start()
            threading.Event().wait()
        os.wait()
        if os.fork() == 0:                                         # execveat by descriptor
            os.execve(os.open(python, os.O_RDONLY), code(5), dict(os.environ))
        os.wait()
        if os.fork() == 0:                                         # execveat by a directory's descriptor
            folder = os.open(os.path.dirname(python), os.O_PATH)
            words = [word.encode() for word in code(6)]
            argv = (ctypes.c_char_p * 4)(*words, None)
            number = {{"x86_64": 322, "aarch64": 281}}[os.uname().machine]
            ctypes.CDLL(None).syscall(number, folder, os.path.basename(python).encode(), argv, None, 0)
        os.wait()
        if os.fork() == 0:
            os.chdir(os.path.dirname(python))
            os.execv("./" + os.path.basename(python), code(7))
        os.wait()
        if os.fork() == 0:
            os.execv("/proc/self/exe", code(8))
        os.wait()
        """,
    )
    seen = observe(PYTHON, path)
    assert seen.stdout.split() == ["1", "2", "3", "4", "5", "6", "7", "8"]
    assert seen.texts == [f"print({number}, flush=True)" for number in range(1, 9)]
    assert {record["execution"]["exe"] for record in seen.records} == {PYTHON}
    assert {record["execution"]["fidelity"]["happened"] for record in seen.records} == {"confirmed"}
    assert seen.summary["executions_seen"] == 9


def test_an_interpreter_in_memory_or_deleted_or_renamed_is_known_by_its_content(observe, tmp_path):
    path = script(
        tmp_path,
        f"""
        import os, shutil
        python = {PYTHON!r}
        def start(name, number):
            if os.fork() == 0:
                os.execve(name, ["kworker", "-Sc", f"print({{number}}, flush=True)"], dict(os.environ))
            os.wait()
        memory = os.memfd_create("harmless")
        with open(python, "rb") as source:
            os.sendfile(memory, source.fileno(), 0, os.path.getsize(python))
        start(memory, 1)
        shutil.copy(python, "sshd")
        start("./sshd", 2)
        gone = os.open("sshd", os.O_RDONLY)
        os.unlink("sshd")
        start(gone, 3)
        """,
    )
    seen = observe(PYTHON, path, env={"PYTHONHOME": sys.base_prefix, "LD_LIBRARY_PATH": f"{sys.base_prefix}/lib"})
    assert seen.stdout.split() == ["1", "2", "3"]
    assert seen.texts == [f"print({number}, flush=True)" for number in (1, 2, 3)]
    assert [record["execution"]["exe"] for record in seen.records] == [
        "/memfd:harmless (deleted)",
        f"{tmp_path}/sshd",
        f"{tmp_path}/sshd (deleted)",
    ]


def test_a_shebang_is_resolved_as_the_kernel_does(observe, tmp_path):
    inner = tmp_path / "inner"
    inner.write_text(f"#!{PYTHON} -Sc\nignored")
    outer = tmp_path / "outer"
    outer.write_text(f"#!{inner}   print('chain')   \n")
    for path in (inner, outer):
        path.chmod(0o755)
    seen = observe(str(outer), "argument")
    [record] = seen.records
    assert record["execution"]["argv"] == [PYTHON, "-Sc", str(inner), "print('chain')", str(outer), "argument"]
    assert record["execution"]["exe"] == PYTHON


def test_env_split_string_is_seen_as_what_it_starts(observe, tmp_path):
    path = tmp_path / "split"
    path.write_text(f"#!/usr/bin/env -S {PYTHON} -S -c \"print('split')\"\n")
    path.chmod(0o755)
    seen = observe(str(path))
    assert seen.stdout == "split\n"
    assert seen.argvs == [[PYTHON, "-S", "-c", "print('split')", str(path)]]


def test_path_candidates_that_fail_are_not_reported(observe, tmp_path):
    places = []
    for number, mode in enumerate((0o644, 0o755, 0o755)):
        place = tmp_path / f"place{number}"
        place.mkdir()
        places.append(str(place))
        if number == 1:
            (place / "python3").write_text("no first line: ENOEXEC makes execvp run sh\n")
        else:
            shutil.copy(PYTHON, place / "python3")
        (place / "python3").chmod(mode)
    path = script(
        tmp_path,
        f"""
        import os
        for place in {places!r}:
            if os.fork() == 0:
                try:
                    os.execve(place + "/python3", ["python3", "-Sc", "print(1, flush=True)"], dict(os.environ))
                finally:
                    os._exit(1)
            os.wait()
        """,
    )
    seen = observe(PYTHON, path, env={"PYTHONHOME": sys.base_prefix, "LD_LIBRARY_PATH": f"{sys.base_prefix}/lib"})
    assert seen.stdout == "1\n"
    assert [record["execution"]["exe"] for record in seen.records] == [f"{places[2]}/python3"]
    assert seen.summary["executions_seen"] == 2


def test_an_execution_that_the_kernel_refuses_in_the_end_is_not_reported(observe, tmp_path):
    path = script(
        tmp_path,
        f"""
        import os, time
        try:
            os.execve({PYTHON!r}, ["python3", "-c", "x" * (1 << 17)], {{}})
        except OSError as error:
            print(error.errno, flush=True)
        try:
            os.execve({PYTHON!r}, ["python3", "-c", "late"], {{str(n): "x" * 100000 for n in range(100)}})
        except OSError as error:
            print(error.errno, flush=True)
        os.execv("/bin/true", ["true"])
        """,
    )
    seen = observe(PYTHON, path)
    assert seen.stdout == "7\n7\n"
    assert seen.records == []
    assert seen.summary["executions_seen"] == 2


def test_two_mebibytes_of_words_come_whole(observe, tmp_path):
    path = script(
        tmp_path,
        f"""
        import os, resource
        resource.setrlimit(resource.RLIMIT_STACK, (64 << 20, resource.getrlimit(resource.RLIMIT_STACK)[1]))
        words = [f"{{number:06}}" + "y" * 131000 for number in range(16)]
        os.execve({PYTHON!r}, ["python3", "-Sc", "print('big')", *words], {{"A": "1"}})
        """,
    )
    seen = observe(PYTHON, path)
    [record] = seen.records
    assert seen.stdout == "big\n"
    assert [len(word) for word in record["execution"]["argv"]] == [7, 3, 12] + [131006] * 16
    assert record["execution"]["argv"][-1].startswith("000015y")
    assert record["execution"]["fidelity"]["bytes_total"] == 22 + 3 + 16 * 131007 + 4
    assert "truncated" not in record["execution"]["fidelity"]


def test_a_hundred_thousand_words_come_whole(observe, tmp_path):
    code = f"import os; os.execve({PYTHON!r}, ['p', '-Sc', 'print(len(__import__(\"sys\").argv))'] + ['w'] * 100_000, {{}})"
    seen = observe(PYTHON, script(tmp_path, code))
    assert seen.stdout == "100001\n"
    assert len(seen.records[0]["execution"]["argv"]) == 100_003


def test_bytes_that_are_no_utf8_survive(observe, tmp_path):
    path = script(tmp_path, f"import os; os.execve({PYTHON!r}, [b'p', b'-Sc', b'x = 1 #\\xff\\xfe'], {{}})")
    seen = observe(PYTHON, path)
    assert seen.texts == ["x = 1 #\udcff\udcfe"]


def test_an_empty_argument_list_is_what_the_kernel_makes_of_it(observe, tmp_path):
    path = script(
        tmp_path,
        """
        import ctypes, os
        empty = (ctypes.c_char_p * 1)(None)
        ctypes.CDLL(None).execve(b"/bin/true", empty, empty)
        """,
    )
    seen = observe(PYTHON, path)
    assert seen.code == 0
    assert seen.summary["executions_seen"] == 2
    assert seen.summary["lost"] == 0


@pytest.fixture
def static_program(tmp_path):
    if shutil.which("gcc") is None:
        pytest.skip("needs a C compiler to make a static program")
    source = tmp_path / "static.c"
    source.write_text('#include <unistd.h>\nint main(void) { write(1, "static\\n", 7); return 0; }\n')
    built = subprocess.run(["gcc", "-static", "-o", tmp_path / "static", source], check=False, capture_output=True)
    if built.returncode:
        pytest.skip("needs a static C library")
    return tmp_path / "static"


def test_a_static_program_starts_and_is_counted(observe, static_program):
    seen = observe(str(static_program))
    assert seen.stdout == "static\n"
    assert seen.summary["executions_seen"] == 1


def test_nothing_is_lost_in_a_storm(observe, tmp_path):
    path = script(
        tmp_path,
        """
        import os
        for _ in range(4):
            if os.fork() == 0:
                for _ in range(150):
                    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
                os._exit(0)
        for _ in range(4):
            os.wait()
        """,
    )
    seen = observe(PYTHON, path)
    assert seen.summary["executions_seen"] == 601
    assert seen.summary["lost"] == 0


def test_a_path_in_another_root_is_resolved_inside_it(observe, static_program, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("chroot needs root")
    root = tmp_path / "root"
    (root / "real").mkdir(parents=True)
    (root / "bin").mkdir()
    shutil.copy(static_program, root / "real" / "program")
    (root / "bin" / "linked").symlink_to("/real/program")
    seen = observe("chroot", str(root), "/bin/linked")
    assert seen.stdout == "static\n"
    assert seen.summary["executions_seen"] == 2
    assert seen.summary["lost"] == 0


def test_a_program_that_is_another_one_in_its_own_mount_namespace_is_known_for_what_it_is(observe, tmp_path):
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"no mount namespace of its own here: {tried.stderr.strip()}")
    harmless = tmp_path / "harmless"
    shutil.copy("/bin/true", harmless)
    shell = f"{harmless}; mount --bind {PYTHON} {harmless}; {harmless} -Sc 'print(1)'; {harmless} -Sc 'print(2)'"
    seen = observe("unshare", "--mount", "sh", "-c", f"{harmless}; {harmless}; {shell}")
    assert seen.stdout == "1\n2\n"
    assert [record["interpreter"] for record in seen.records] == ["python", "python"]
    assert seen.records[0]["execution"]["argv"][0] == str(harmless)
    assert seen.summary["lost"] == 0


def test_ancestry_ends_at_the_build_and_tells_nothing_of_who_started_us(observe, tmp_path):
    path = script(
        tmp_path,
        f"""
        import os, subprocess, time
        if os.fork() == 0:
            os.setsid()
            parent = os.getpid()
            if os.fork() == 0:
                while os.getppid() == parent:
                    pass
                subprocess.run([{PYTHON!r}, "-Sc", "print('daemon')"])
                open("done", "w")
            os._exit(0)
        os.wait()
        while not os.path.exists("done"):
            time.sleep(0.01)
        """,
    )
    seen = observe(PYTHON, path)
    assert [[a["argv"] for a in r["execution"]["ancestry"]] for r in seen.records] == [[[PYTHON, path]]]
    seen = observe(PYTHON, "-Sc", "print(1)")
    assert seen.records[0]["execution"].get("ancestry", []) == []
    assert "(by flycatcher run)" in seen.stderr
