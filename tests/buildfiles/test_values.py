"""A variable's value counts as much as its name: a file that sets one to a program's name starts that program with it."""

import pytest

from flycatcher.scanning.engine import scan_bytes

GITHUB = """on: push
env: {{{workflow}}}
jobs:
  a:
    runs-on: x
    env: {{{job}}}
    steps:
    - env: {{{step}}}
      run: |
        {command}
"""
CODE = "$PY -c 'print(1)'"

FILES = {
    "workflow": (".github/workflows/a.yml", GITHUB.format(workflow="PY: python3", job="", step="", command=CODE)),
    "job": (".github/workflows/a.yml", GITHUB.format(workflow="", job="PY: python3", step="", command=CODE)),
    "step": (".github/workflows/a.yml", GITHUB.format(workflow="", job="", step="PY: python3", command='"${PY}" -c "print(1)"')),
    "gitlab, global": (".gitlab-ci.yml", f"variables:\n  PY: python3\na:\n  script:\n  - {CODE}\n"),
    "gitlab, job": (".gitlab-ci.yml", f"a:\n  variables:\n    PY: python3\n  script:\n  - {CODE}\n"),
    "gitlab, described": (
        ".gitlab-ci.yml", f"variables:\n  PY:\n    value: python3\n    description: which\na:\n  script:\n  - {CODE}\n"
    ),
    "circleci": (".circleci/config.yml", f"jobs:\n  a:\n    environment:\n      PY: python3\n    steps:\n    - run: {CODE}\n"),
    "azure, map": ("azure-pipelines.yml", f"variables:\n  PY: python3\nsteps:\n- script: {CODE}\n"),
    "azure, list": ("azure-pipelines.yml", f"variables:\n- name: PY\n  value: python3\nsteps:\n- script: {CODE}\n"),
    "buildkite": (".buildkite/pipeline.yml", f"env:\n  PY: python3\nsteps:\n- command: {CODE}\n"),
    "travis, global": (".travis.yml", f"env:\n  global:\n  - PY=python3\nscript: {CODE}\n"),
    "travis, words": (".travis.yml", f"env: A=1 PY=python3\nscript: {CODE}\n"),
    "Dockerfile, ENV": ("Dockerfile", f"FROM x\nENV PY=python3\nRUN {CODE}\n"),
    "Dockerfile, ENV of another": ("Dockerfile", f"FROM x\nENV A=python\nENV PY=${{A}}3\nRUN {CODE}\n"),
    "compose": ("compose.yml", "services:\n  a:\n    environment:\n      PY: python3\n    command: sh -c \"$$PY -c 'print(1)'\"\n"),
    "compose, list": ("compose.yml", "services:\n  a:\n    environment: [PY=python3]\n    command: sh -c \"$$PY -c 'print(1)'\"\n"),
    "make, exported": ("Makefile", "export PY := python3\nall:\n\t$$PY -c 'print(1)'\n"),
    "make, expanded": ("Makefile", "PY ?= python3\nall:\n\t$(PY) -c 'print(1)'\n"),
    "systemd": ("a.service", "[Service]\nEnvironment=PY=python3\nExecStart=/usr/bin/env $PY -c print(1)\n"),
    "crontab": ("crontab", f"PY=python3\n* * * * * {CODE}\n"),
    "shell": ("a.sh", f"PY=python3\n{CODE}\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_value_names_the_program(name: str) -> None:
    path, text = FILES[name]
    found = scan_bytes(path, text.encode()).findings
    assert [(f.detection.interpreter, f.detection.snippets[0].text, f.confidence) for f in found] == [
        ("python", "print(1)", "high")
    ]


@pytest.mark.parametrize(
    "head", ["FROM x\nARG PY=python3\n", "ARG PY=python3\nFROM x\nARG PY\n", "FROM x\nARG A=python3\nENV PY=$A\n"]
)
def test_the_default_of_an_argument_is_less_certain(head: str) -> None:
    found = scan_bytes("Dockerfile", f"{head}RUN {CODE}\n".encode()).findings
    assert [(f.detection.snippets[0].text, f.confidence) for f in found] == [("print(1)", "medium")]


def test_an_argument_in_front_of_the_first_stage_holds_only_where_it_is_named() -> None:
    text = "ARG PY=python3\nFROM x\nRUN $PY -c 'print(1)'\n"
    assert scan_bytes("Dockerfile", text.encode()).findings[:1] == []


def test_a_matrix_of_values_is_not_known() -> None:
    text = f"env:\n- PY=python3\n- PY=make\nscript: {CODE}\n"
    assert scan_bytes(".travis.yml", text.encode()).findings == []


@pytest.mark.parametrize(
    ("setting", "command", "expected"),
    [
        ("APT_CONFIG=/tmp/x", "apt update", ("apt", None)),
        ("ZIPOPT=-T -TT evil", "zip a b", ("zip", "-T -TT evil")),
        ("LESSOPEN=evil;x %s", "less f", ("less", "evil;x %s")),
        ("RSYNC_CONNECT_PROG=evil;x", "rsync a h::b", ("rsync", "evil;x")),
    ],
)
@pytest.mark.parametrize("kind", ["workflow", "dockerfile", "makefile", "shell"])
def test_a_variable_that_carries_text_counts_in_every_file(
    kind: str, setting: str, command: str, expected: tuple[str, str | None]
) -> None:
    name, _, value = setting.partition("=")
    path, text = {
        "workflow": (".github/workflows/a.yml", GITHUB.format(workflow="", job=f"{name}: '{value}'", step="", command=command)),
        "dockerfile": ("Dockerfile", f"FROM x\nENV {name}='{value}'\nRUN {command}\n"),
        "makefile": ("Makefile", f"export {name} = {value}\nall:\n\t{command}\n"),
        "shell": ("a.sh", f"{name}='{value}' {command}\n"),
    }[kind]  # fmt: skip
    found = scan_bytes(path, text.encode()).findings
    told = 2 if kind in ("workflow", "dockerfile") else 1  # where it is set for all that follows, and where it is read
    assert [(f.detection.interpreter, f.detection.snippets[0].text) for f in found] == [expected] * told
