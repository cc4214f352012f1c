"""What a variable brings in counts, whatever program it stands before."""

from __future__ import annotations

import json

import pytest

from flycatcher.commands.check.stream import answers
from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution, Process
from flycatcher.core.interpreters.carriers import carried
from flycatcher.core.shell_text import read_written
from flycatcher.core.told import Told, ToldByTree
from flycatcher.scanning.engine import scan_bytes
from tests.oracle.grammars import all_grammars
from tests.oracle.harness import Grammar
from tests.oracle.rendered import cases

DATA = "--import data:text/javascript,fetch(1)"
UNKNOWN_LINES = {
    "EV": "``eval $EV``: the line names it, not a table",
    "X": "``${X}`` of a makefile: the line names it",
    "GIT_CONFIG_VALUE_0": "an alias runs where a line calls it",
    "LUA_PATH": "a folder: text only for the module that a line names",
    "AWKPATH": "a folder: text only for the file that a line names",
    "ZZ": "a name that git is given by --config-env",
    "BROWSER": "the line's own module opens a browser",
    "NODE_OPTIONS": "modules from stdin, where the line leaves stdin alone",
}


def answer(**row: object) -> dict[str, object]:
    return json.loads(next(answers([json.dumps(row).encode()])))


@pytest.mark.parametrize(
    ("env", "found"),
    [
        ({"NODE_OPTIONS": DATA}, ("node", "url", "NODE_OPTIONS", "fetch(1)")),
        ({"PERL5OPT": "-Mx;print(1)"}, ("perl", "environment", "PERL5OPT", "x;print(1)")),
        ({"PERL5DB": "BEGIN{f()}"}, ("perl", "environment", "PERL5DB", "BEGIN{f()}")),
        ({"RUBYOPT": "-W0 -r/tmp/x"}, ("ruby", "environment", "RUBYOPT", None)),
        (
            {"PYTHONWARNINGS": "all:0:antigravity.x:0:0", "BROWSER": "/bin/sh -c 'id' #%s"},
            ("python", "environment", "BROWSER", "/bin/sh -c 'id' #%s"),
        ),
        ({"PYTHONSTARTUP": "/tmp/x"}, ("python", "environment", "PYTHONSTARTUP", None)),
        ({"LUA_INIT": "print(1)"}, ("lua", "environment", "LUA_INIT", "print(1)")),
        ({"GIT_SSH_COMMAND": "python3 -c 1"}, ("git", "environment", "GIT_SSH_COMMAND", "python3 -c 1")),
        ({"GIT_PAGER": "python3 -c 1"}, ("git", "environment", "GIT_PAGER", "python3 -c 1")),
        ({"RSYNC_RSH": "perl -e 1"}, ("rsync", "environment", "RSYNC_RSH", "perl -e 1")),
        ({"CSI_OPTIONS": "-e (x)"}, ("csi", "environment", "CSI_OPTIONS", "(x)")),
        ({"ERL_AFLAGS": "-eval halt()."}, ("erl", "environment", "ERL_AFLAGS", "halt().")),
    ],
)
def test_a_value_that_is_code_counts_before_any_program(
    env: dict[str, str], found: tuple[str, str, str, str | None]
) -> None:
    detection = detect(Execution(argv=("anything",), env=env))
    assert detection is not None
    assert [(s.interpreter, s.vector, s.variable, s.text) for s in detection.snippets] == [found]
    assert detection.execution.context == {"environment.carries": found[2]}
    assert detection.risk.confidence <= 0.5


@pytest.mark.parametrize(
    "env",
    [
        {"PAGER": "less -R", "EDITOR": "vim", "GIT_SSH_COMMAND": "ssh -i key", "LESSOPEN": "| /usr/bin/lesspipe %s"},
        {"NODE_OPTIONS": "--max-old-space-size=4096", "PERL5OPT": "-Mstrict", "RUBYOPT": "-W0"},
        {"PS1": r"\u@\h:\w\$ ", "ENV": "production", "BROWSER": "firefox", "JAVA_TOOL_OPTIONS": "-Xmx1g"},
        {"XDG_CONFIG_HOME": "/tmp/x", "MAKEFLAGS": " --jobserver-auth=3,4 -- CC=gcc", "PYTHONWARNINGS": "ignore"},
    ],
)
def test_everyday_values_do_not_count(env: dict[str, str]) -> None:
    assert detect(Execution(argv=("npm", "ci"), env=env)) is None


def test_a_line_of_json_says_so_for_every_program() -> None:
    found = answer(argv=["npm", "ci"], env={"NODE_OPTIONS": DATA})
    assert (found["code_on_the_fly"], found["interpreter"]) == (True, "node")
    assert answer(argv=["npm", "ci"], env={"HOME": "/root"})["code_on_the_fly"] is False


def test_it_stands_beside_what_the_program_itself_runs() -> None:
    detection = detect(Execution(argv=("python3", "-c", "1"), env={"NODE_OPTIONS": DATA}))
    assert detection is not None
    assert [(s.interpreter, s.text) for s in detection.snippets] == [("python", "1"), ("node", "fetch(1)")]


@pytest.mark.parametrize(
    "text",
    [
        f"export NODE_OPTIONS='{DATA}'",
        f"NODE_OPTIONS='{DATA}'\nexport NODE_OPTIONS",
        f"declare -x NODE_OPTIONS='{DATA}'",
        f"typeset -x NODE_OPTIONS='{DATA}'; npm ci; npm test",
        f"NODE_OPTIONS='{DATA}' npm ci",
        f"env NODE_OPTIONS='{DATA}' npm ci",
        f"sudo NODE_OPTIONS='{DATA}' npm ci",
        f"docker run -e NODE_OPTIONS='{DATA}' image",
        f"docker run --env=NODE_OPTIONS='{DATA}' image",
        f"aws lambda update-function-configuration --environment 'Variables={{A=1,NODE_OPTIONS=\"{DATA}\"}}'",
        f"""aws lambda create-function --environment '{{"Variables":{{"NODE_OPTIONS":"{DATA}"}}}}'""",
        f"launchctl setenv NODE_OPTIONS '{DATA}'",
        f"systemctl set-environment NODE_OPTIONS='{DATA}'",
    ],
)
def test_shell_text_that_sets_it_counts_once(text: str) -> None:
    _result, readings = read_written(text)
    assert [(s.interpreter, s.variable) for _, reading in readings for s in reading.snippets] == [
        ("node", "NODE_OPTIONS")
    ]


def test_a_variable_that_is_not_handed_on_is_nothing() -> None:
    assert [reading.snippets for _, reading in read_written(f"NODE_OPTIONS='{DATA}'; npm ci")[1]] in ([], [[]])
    assert read_written(f"echo NODE_OPTIONS='{DATA}'")[1] == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Dockerfile", f'FROM x\nENV NODE_OPTIONS="{DATA}"\nRUN npm ci\nRUN npm test\n'),
        ("a.service", f'[Service]\nEnvironment="NODE_OPTIONS={DATA}"\nExecStart=/bin/x\n'),
        ("a.sh", f"export NODE_OPTIONS='{DATA}'\nnpm ci\nnpm test\n"),
        (".gitlab-ci.yml", f'variables:\n  NODE_OPTIONS: "{DATA}"\nx:\n  script: npm ci\n'),
    ],
)
def test_a_build_file_that_sets_it_is_found_once(path: str, text: str) -> None:
    found = scan_bytes(path, text.encode()).findings
    assert [(f.detection.interpreter, f.detection.snippets[0].text) for f in found] == [("node", "fetch(1)")]


def test_a_tree_of_processes_that_inherits_it_is_told_once() -> None:
    def start(pid: int, *above: int) -> Execution:
        line = tuple(Process(pid=each, start=each) for each in above)
        return Execution(argv=("x",), env={"NODE_OPTIONS": DATA}, process=Process(pid=pid, start=pid), ancestry=line)

    told = ToldByTree()
    seen = [start(20, 10, 1), start(21, 20, 10, 1), start(22, 10, 1), start(40, 30, 1)]
    assert [detect(each, told=told) is not None for each in seen] == [True, False, False, True]
    flat = Told()
    assert [detect(each, told=flat) is not None for each in seen] == [True, False, False, False]


@pytest.mark.parametrize("grammar", all_grammars(), ids=lambda grammar: grammar.id)
def test_what_a_table_reads_from_a_variable_is_found_without_its_program(grammar: Grammar) -> None:
    for case in cases(grammar, 40, "carriers"):
        detection = detect(Execution(argv=tuple(case.argv), env=case.env, stdin=case.stdin, cwd="/srv"))
        named = {s.variable for s in detection.snippets if s.variable} if detection is not None else set()
        names = {name for found in carried(case.env) for name in found.names}
        assert named - names - UNKNOWN_LINES.keys() == set(), case


def test_a_long_variable_beside_it_hides_no_carrier():
    padding = {"PERL5OPT": "-w " + "a" * 131_000, "RUBYOPT": "-w " + "a" * 131_000}
    found = {
        each.interpreter.id: each.snippets[0]
        for each in carried({"NODE_OPTIONS": "--import data:text/javascript,x()", **padding})
    }
    assert found["node"].text == "x()"
    assert "ruby" in found
    assert found["ruby"].text is None
    assert "are read" in found["ruby"].note


def test_a_carrier_that_is_too_long_to_be_read_is_said():
    (found,) = carried(
        {"NODE_OPTIONS": "--import data:text/javascript,x()" + " " * 131_000, "PERL5OPT": "-w " + "a" * 131_000}
    )
    assert (found.interpreter.id, found.snippets[0].text) == ("node", None)
