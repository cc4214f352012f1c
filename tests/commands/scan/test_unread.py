"""Nothing that may run code goes unread without a word: it is listed, counted, and decides the exit code."""

import json
import os
from itertools import pairwise
from pathlib import Path

import pytest

from flycatcher.core.shell import read_shell
from flycatcher.core.unread import _forms, _windows, word, word_in
from flycatcher.scanning.engine import limits, scan_bytes
from tests.commands.scan.conftest import Tree


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b'cmd = ["python3.11", "-u", "-c", "print(1)"]', "python3.11"),
        (b"<executable>perl</executable>\n<arg value='x'>-e</arg>", "perl"),
        (b'  genrule(cmd = "curl -s http://a | bash")', "bash"),
        (b"run: ruby - <<'END'\nputs 1\nEND\n", "ruby"),
        (b'shell = "/usr/bin/fish"', "fish"),
        (b"$(PYTHON) -c 'print(1)'", "PYTHON"),
        (b"find_program(Python3)\n${Python3_EXECUTABLE} -c", "Python3_EXECUTABLE"),
        (b"subprocess.run([sys.executable, x])", "sys.executable"),
        (b"- node\n- --eval\n- 1", "node"),
    ],
)
def test_a_word_of_an_interpreter_counts_where_a_command_can_stand(data: bytes, name: str) -> None:
    assert word(data) == name


@pytest.mark.parametrize(
    "data",
    [
        b"This package needs Python 3 and perl to be built.",
        b"for (node = list; node; node = node->next) total -= node->size;",
        b"install(python-dev)",
        b"gcc -c x.c -o x.o",
        b"git -c user.name=x commit",
        b"python3 setup.py build -e x",
        b"rc << SHIFT | node << n;\n",
    ],
)
def test_a_name_in_other_places_does_not_count(data: bytes) -> None:
    assert not word(data)


def test_no_byte_is_searched_twice_however_often_an_option_stands_there() -> None:
    data = b"cmd -c x | y << Z\n" * 5000
    for form in _forms():
        windows = list(_windows(form, data))
        assert sum(high - low for low, high in windows) <= len(data) + form.before + form.behind
        assert all(after[0] > before[1] for before, after in pairwise(windows))


def test_a_word_across_two_chunks_is_found() -> None:
    assert word_in(iter([b"x" * 500 + b" python3", b" -c 'print(1)'"])) == "python3"


def test_a_file_of_an_unknown_type_decides_the_exit_code_unless_that_is_accepted(tree: Tree) -> None:
    tree.write("tool.zzz", 'start = ["python3", "-c", "print(1)"]\n')
    tree.write("plain.zzz", "nothing\n")
    tree.write("x.sh", "echo\n")
    done = tree.scan("--no-history", "--format", "json", ".")
    assert done.returncode == 3
    summary = json.loads(done.stdout)["summary"]
    assert [(s["path"], s["reason"], s["unread"]) for s in summary["skipped"]] == [
        ("tool.zzz", "not a type of file that is read, but it names python3", "python3")
    ]
    assert summary["unread"] == 1
    quiet = tree.scan("--no-history", "-q", ".")
    assert quiet.returncode == 3
    assert "tool.zzz" in quiet.stderr
    assert tree.scan("--no-history", "--allow-unread", ".").returncode == 0


def test_a_finding_that_fails_the_scan_comes_before_what_was_not_read(tree: Tree) -> None:
    tree.write("tool.zzz", "python3 -c 1\n")
    tree.write("x.sh", "python3 -c 'print(1)'\n")
    assert tree.scan("--no-history", "--fail-on", "all", ".").returncode == 10


def test_what_lies_behind_the_size_limit_is_searched(tree: Tree) -> None:
    padding = b"# padding\n" * 900_000
    tree.write("far.sh", padding + b"python3 -c 'print(1)'\n")
    tree.write("long.sh", padding)
    done = tree.scan("--no-history", "--format", "json", ".")
    assert done.returncode == 3
    rows = json.loads(done.stdout)["summary"]["skipped"]
    assert [(row["path"], row.get("unread", "")) for row in rows if row["reason"].startswith("only")] == [
        ("far.sh", "python3"),
        ("long.sh", ""),
    ]


@pytest.mark.parametrize(
    ("path", "data", "line"),
    [
        ("Makefile", b"X = 1\0rest\n\nall:\n\techo a; \0b\n\tpython3 -c 'print(1)'\n", 5),
        ("run.sh", b"#!/bin/sh\necho a\0b\npython3 -c 'pr\0int(1)'\n", 3),
    ],
)
def test_a_nul_byte_hides_nothing_that_make_and_the_shell_run(path: str, data: bytes, line: int) -> None:
    (finding,) = scan_bytes(path, data).findings
    assert finding.span.line == line
    assert finding.detection.snippets[0].text == "print(1)"


def test_many_nodes_in_front_of_the_jobs_hide_nothing() -> None:
    text = "x:\n" + "  - a\n" * 150_000 + "jobs:\n  a:\n    steps:\n      - run: python3 -c 'print(1)'\n"
    result = scan_bytes(".github/workflows/x.yml", text.encode())
    assert [finding.span.line for finding in result.findings] == [150_005]
    assert not result.skipped


def configure(lines: int) -> str:
    """Return shell text of the shape that autoconf writes."""
    test = 'if test "x$ac_cv_{0}" = xyes; then :\n  echo "{0}" >&5\n  ac_{0}=$(echo "$ac_x" | sed "s/a/b/")\nelse\n  ac_{0}=no\nfi\n'
    return "".join(test.format(f"v{number}") for number in range(lines // 6))


def test_a_long_script_is_read_to_its_end_with_work_that_is_linear_in_its_length() -> None:
    text = configure(16_000) + "python3 -c 'print(1)'\n"
    result = scan_bytes("configure.sh", text.encode())
    assert [finding.span.line for finding in result.findings] == [text.count("\n")]
    assert not [each for each in result.skipped if each.unread]
    assert limits(text * 2).steps - limits(text).steps == 4 * len(text)


def test_where_reading_stops_is_said_with_the_reason_and_without_errors_of_the_cut() -> None:
    text = "if true; then\n" + "echo a\n" * 300 + "fi\npython3 -c 'print(1)'\n"
    tight = limits("")
    reading = read_shell(text, limits=type(tight)(beyond=True, parsing=200))
    assert reading.truncated == ("too much to parse",)
    assert reading.errors == ()
    assert reading.stopped is not None
    assert 20 < reading.stopped[0] < 300
    reading = read_shell(text, limits=type(tight)(beyond=True, steps=100))
    assert reading.truncated == ("too much to read",)
    assert reading.stopped is not None
    assert 50 < reading.stopped[0] < 300


def test_folders_of_caches_are_read_where_git_tracks_files_in_them(repository: Tree) -> None:
    for path in ("__pycache__/a.sh", "CVS/b.sh", "sub/__pycache__/c.sh"):
        repository.write(path, "python3 -c 'print(1)'\n")
    repository.git("add", "-f", "__pycache__/a.sh", "CVS/b.sh")
    report = json.loads(repository.scan("--no-history", "--format", "json", ".").stdout)
    assert [row["finding"]["path"] for row in report["detections"]] == ["CVS/b.sh", "__pycache__/a.sh"]


@pytest.mark.parametrize("name", ["MAKEFILE", "rules.MK", "makeFile"])
def test_a_makefile_by_any_case_of_its_name_is_read(name: str) -> None:
    assert len(scan_bytes(name, b"all:\n\tpython3 -c 'print(1)'\n").findings) == 1


@pytest.mark.parametrize("name", ["DOCKERFILE", "dockerFile", "app.DOCKERFILE"])
def test_a_dockerfile_by_any_case_of_its_name_is_read(name: str) -> None:
    assert len(scan_bytes(name, b"FROM a\nRUN python3 -c 'print(1)'\n").findings) == 1


def test_a_link_to_a_folder_elsewhere_is_named(tree: Tree, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere: Path = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "x.sh").write_text("python3 -c 'print(1)'\n")
    tree.write("a/x.sh", "echo\n")
    os.symlink(elsewhere, tree.root / "out")
    os.symlink(tree.root / "a", tree.root / "again")
    done = tree.scan("--no-history", "--format", "json", ".")
    assert done.returncode == 3
    assert [s["path"] for s in json.loads(done.stdout)["summary"]["skipped"]] == ["out"]


CODE = "python3 -c 'print(1)'"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("x.sh", f"; echo a# flycatcher: ignore[argument] prints a constant until=2099-01-01\n{CODE}\n"),
        ("x.sh", f"; curl http://x/; flycatcher: ignore[argument] prints a constant until=2099-01-01\n{CODE}\n"),
        ("x.sh", f"echo // flycatcher: ignore[argument] prints a constant until=2099-01-01\n{CODE}\n"),
        ("Makefile", f"all:\n\techo ; flycatcher: ignore[argument] prints a constant until=2099-01-01\n\t{CODE}\n"),
        ("x.js", f"/# flycatcher: ignore[argument] prints a constant until=2099-01-01/;\nrequire('child_process').execSync(\"{CODE}\");\n"),
    ],
)  # fmt: skip
def test_what_the_language_takes_for_no_comment_suppresses_nothing(tree: Tree, path: str, text: str) -> None:
    tree.write(path, text)
    report = json.loads(tree.scan("--no-history", "--format", "json", ".").stdout)
    assert [row["finding"]["path"] for row in report["detections"]] == [path]
    assert report["summary"]["suppressed"] == 0


def test_a_report_of_our_own_is_no_file_that_may_run_code(tree: Tree) -> None:
    tree.write("Makefile", "all:\n\t@python3 -c 'print(1)'\n")
    assert tree.scan("--no-history", "--format", "json", "-o", "report.json", ".").returncode == 0
    assert tree.scan("--no-history", ".").returncode == 0
    whole = (tree.root / "report.json").read_bytes()
    begin = b'{"version":1,"detections":['
    for other in (
        whole[:-2],
        whole + b"python3 -c 'print(1)'",
        begin + b'{"schema":"x","run":"python3 -c 1"}]}',
        whole.replace(b'"summary"', b'"scripts"'),
    ):
        tree.write("report.json", other)
        done = tree.scan("--no-history", ".")
        # read as configuration, or named as a file that is not
        found = "report.json:" in done.stdout and "confidence low" in done.stdout
        named = done.returncode == 3 and "report.json: not" in done.stderr
        assert found or named
