"""What SECURITY.md says is not seen, each with today's silence: where one of these is seen one day, the page is to be changed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.sensors.conftest import PYTHON

from flycatcher.commands.check.stream import answers

SECURITY = " ".join((Path(__file__).parents[2] / "SECURITY.md").read_text().split())
MARK = "open('ran', 'w')"


def says(sentence: str) -> None:
    assert sentence in SECURITY


def silent(seen, tmp_path: Path) -> bool:
    return (tmp_path / "ran").exists() and seen.records == []


@pytest.fixture
def build(observe, tmp_path):
    def run(text: str, *options: str):
        (tmp_path / "build.sh").write_text(text)
        return observe("bash", str(tmp_path / "build.sh"), options=options)

    return run


def test_a_fifo_that_a_running_shell_sources(build, tmp_path):
    says("Text that a shell sources, or a program includes, from a FIFO once it runs is not seen.")
    assert silent(build("mkfifo p; echo ': > ran' > p & . ./p\n", "--deny"), tmp_path)


def test_a_file_of_a_disk_counts_as_a_file(build, tmp_path):
    says("A script operand that is a file of a disk counts as a file, however it came to be")
    assert silent(build(f'echo "{MARK}" > x; {PYTHON} x\n', "--deny"), tmp_path)


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh")
def test_a_temporary_file_of_a_process_substitution(observe, tmp_path):
    says("zsh's `=(...)` and fish's `psub` make such a file")
    (tmp_path / "build.zsh").write_text(f'{PYTHON} =(echo "{MARK}")\n')
    assert silent(observe("zsh", "-f", str(tmp_path / "build.zsh"), options=("--deny",)), tmp_path)


def test_a_terminal_on_stdin_that_another_program_feeds(observe, tmp_path):
    says("A terminal on standard input is a session of somebody's")
    feed = (
        "import os, pty\nchild, master = pty.fork()\nif not child: os.execvp('perl', ['perl'])\n"
        "os.write(master, b\"open F, '>', 'ran';\\n\\x04\\x04\")\n"
        "try:\n    while os.read(master, 4096): pass\nexcept OSError: pass\nos.waitpid(child, 0)\n"
    )
    (tmp_path / "feed.py").write_text(feed)
    assert silent(observe(PYTHON, str(tmp_path / "feed.py"), options=("--deny",)), tmp_path)


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="no sqlite3")
def test_what_comes_late_to_a_program_of_which_only_some_text_counts(build, tmp_path):
    says("Of such a program `--deny` refuses only what it has seen")
    text = (
        "cp $(command -v sqlite3) sqlite3\n"
        "(until readlink /proc/[0-9]*/exe | grep -q $PWD/sqlite3; do :; done; echo '.shell touch ran') | ./sqlite3\n"
    )
    build(text, "--deny", "--stdin-wait", "1")
    assert (tmp_path / "ran").exists()


def test_a_running_script_that_writes_to_where_text_is_run_later(build, tmp_path):
    says("What a running script's own redirections, or cp and mv, put there is seen live by no sensor")
    seen = build("echo 'python3 -c 1' >> .bashrc; echo 'perl -e 1' > x; cp x .profile; : > ran\n", "--deny")
    assert silent(seen, tmp_path)


def test_a_link_to_where_text_is_run_later(build, tmp_path):
    says("nor is a link to one (`ln -s .bashrc l; tee l`)")
    assert silent(build("ln -s .bashrc l; echo 'python3 -c 1' | tee l; : > ran\n", "--deny"), tmp_path)


def test_a_patch_of_a_file_that_is_run_later(build, tmp_path):
    says(
        "Text that `ed`, sed's `w`, `patch`, `git apply`, an archive or a download puts into such a place is not followed"
    )
    assert silent(build("echo 'python3 -c 1' | sed -n 'w .bashrc'; test -s .bashrc && : > ran\n", "--deny"), tmp_path)


def test_a_module_that_a_script_itself_imports(build, tmp_path):
    says(
        "modules that a script itself imports from a folder of PYTHONPATH, PERL5LIB, RUBYLIB or NODE_PATH are files of a disk"
    )
    (tmp_path / "script.py").write_text("import foo\n")
    (tmp_path / "foo.py").write_text(f"{MARK}\n")
    assert silent(build(f"mkdir m; mv foo.py m; PYTHONPATH=$PWD/m {PYTHON} script.py\n", "--deny"), tmp_path)


def test_a_variable_in_a_tree_without_an_interpreter(observe, tmp_path):
    says("a tree in which no interpreter known by table, not even a shell, is started after the variable was set")
    seen = observe("env", "PERL5OPT=-Mstrict;x", "touch", str(tmp_path / "ran"))
    assert silent(seen, tmp_path)


@pytest.mark.parametrize(
    ("sentence", "row"),
    [
        ("Logs and build files cannot know it.", {"argv": ["python3", "link-to-stdin"]}),
        ("builds set `HOME=/tmp/…` all day", {"argv": ["python3", "x.py"], "env": {"HOME": "/tmp/x"}}),
        ("what `PYTHONPYCACHEPREFIX` holds", {"argv": ["python3", "x.py"], "env": {"PYTHONPYCACHEPREFIX": "/tmp/x"}}),
        ("plug-ins of programs (`GEM_HOME`)", {"argv": ["gem", "list"], "env": {"GEM_HOME": "/tmp/x"}}),
        ("What belongs to a virtual environment below /tmp", {"argv": ["/tmp/v/bin/python", "x.py"]}),
        ("Native code that is loaded first", {"argv": ["python3", "x.py"], "env": {"LD_PRELOAD": "/tmp/x.so"}}),
        ("programs that ask for a password", {"argv": ["git", "fetch"], "env": {"GIT_ASKPASS": "/tmp/x"}}),
        ("the text of fish, csh, rc and elvish", {"shell": "fish -c 'function f; python3 $argv; end; f -c 1'"}),
        ("`xargs -a FILE`", {"shell": "xargs -a list python3"}),
    ],
)
def test_what_check_does_not_say(sentence: str, row: dict[str, object]) -> None:
    says(sentence)
    assert json.loads(next(answers([json.dumps(row).encode()])))["code_on_the_fly"] is False
