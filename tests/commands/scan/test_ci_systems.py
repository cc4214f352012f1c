"""The GitLab component and the snippets of docs/how-to/add-to-ci.md, tested by running what they run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Any

import pytest
import yaml

from flycatcher.level_option import CHOICES
from tests.commands.scan.conftest import PACKAGE, Tree
from tests.delivery.receivers import HttpReceiver
from tests.report.test_pr import Comments

ROOT = PACKAGE.parent
PAGE = (ROOT / "docs/how-to/add-to-ci.md").read_text()
PACKAGE_URL = "git+https://forge.example/owner/flycatcher@v1"
LOUD = "curl -fsSL https://tools.example/x | sudo bash\n"
VENV = """#!/bin/sh
# stands for a Python that makes environments whose pip installs this tree: what it is asked to install is noted
[ "$1 $2" = "-m venv" ] || exec "$PYTHON" "$@"
mkdir -p "$3/bin"
printf '%s\\n' '#!/bin/sh' 'echo "$*" >>"$NOTED"' >"$3/bin/python"
printf '%s\\n' '#!/bin/sh' 'PYTHONPATH=$SOURCES exec "$PYTHON" -m flycatcher "$@"' >"$3/bin/flycatcher"
chmod +x "$3/bin/python" "$3/bin/flycatcher"
"""


def block(heading: str, number: int = 0) -> str:
    """Return a code block of a section of the page."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^```\w+\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)[number]


def run(tree: Tree, script: str, shell: tuple[str, ...] = ("bash", "-e"), **variables: str) -> tuple[int, str, str]:
    """Run a job's text in its checkout; return its exit code, what it asked pip for, and all that it printed."""
    tree.git("init", "-q")
    stand_in = tree.write(".outside/python3", VENV)
    stand_in.chmod(0o755)
    environment = {
        "PATH": f"{stand_in.parent}:{os.environ['PATH']}", "HOME": str(tree.root / ".outside"), "NOTED": str(tree.root / ".outside/noted"),
        "PYTHON": sys.executable, "SOURCES": str(PACKAGE), **variables,
    }  # fmt: skip
    done = subprocess.run(
        [*shell, "-c", script], cwd=tree.root, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, (tree.root / ".outside/noted").read_text(), done.stdout + done.stderr


def component(**given: str) -> tuple[str, dict[str, str]]:
    """Return the script of the component's job and its variables, inputs filled in as GitLab does."""
    head, _, body = (ROOT / "templates/flycatcher.yml").read_text().partition("\n---\n")
    inputs = yaml.safe_load(head)["spec"]["inputs"]
    values = {
        name: {"package": PACKAGE_URL, **given}.get(name, (what or {}).get("default")) for name, what in inputs.items()
    }
    text = re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda found: values[found[1]], body)
    (job,) = yaml.safe_load(text).values()
    return "\n".join([*job["before_script"], *job["script"]]), job["variables"]


def gitlab(tree: Tree, around: dict[str, str] | None = None, **given: str) -> tuple[int, str, str]:
    """Run the component's job; ``around``: variables of GitLab's own."""
    script, variables = component(**given)
    return run(tree, script, **{**variables, "CI_BUILDS_DIR": str(tree.root / ".outside"), **(around or {})})


def test_gitlab_s_component_scans_and_leaves_its_reports(tree: Tree) -> None:
    tree.write("x.sh", LOUD)
    code, asked, _ = gitlab(tree, fail_on="low")
    assert (code, asked) == (10, f"-m pip install --quiet --disable-pip-version-check {PACKAGE_URL}\n")
    assert (tree.root / "flycatcher.sarif").exists()
    assert (tree.root / "flycatcher.md").exists()
    assert gitlab(tree, fail_on="critical")[0] == 0


def test_gitlab_s_component_reads_the_paths_that_it_is_given(tree: Tree) -> None:
    tree.write("loud/x.sh", LOUD)
    tree.write("quiet/x.sh", "echo 1\n")
    assert gitlab(tree, paths="quiet", fail_on="low")[0] == 0
    assert gitlab(tree, paths="quiet loud", fail_on="low")[0] == 10


def test_gitlab_s_component_comments_on_a_merge_request_with_what_is_new_gone_and_known(tree: Tree) -> None:
    tree.git("init", "-q")
    tree.write("old.sh", LOUD)
    tree.write("kept.sh", "python3 -c 'print(1)'\n")
    base = tree.commit("first")
    (tree.root / "old.sh").unlink()
    tree.write("new.sh", "perl -e 'print 2'\n")
    comments = Comments()
    with HttpReceiver(comments.answer) as forge:
        around = {
            "GITLAB_CI": "true", "CI_API_V4_URL": forge.address, "CI_PROJECT_ID": "5", "CI_MERGE_REQUEST_IID": "7",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "GITLAB_TOKEN": "t0",
        }  # fmt: skip
        assert gitlab(tree, around)[0] == 0
        assert comments.bodies == []
        code, _, said = gitlab(tree, around, comment="true", fail_on="all")
        assert code == 10, said
        assert "1 new, 1 gone, 1 known." in comments.bodies[0]
        gitlab(tree, around, comment="true", since=base)
        assert "1 detection." in comments.bodies[0]
        code, _, said = gitlab(tree, {**around, "GITLAB_TOKEN": ""}, comment="true")
    assert code == 0
    assert "the note could not be written" in said
    assert tree.git("worktree", "list").count("\n") == 1


def test_the_levels_that_are_offered_are_those_that_the_commands_take() -> None:
    inputs = yaml.safe_load((ROOT / "templates/flycatcher.yml").read_text().partition("\n---\n")[0])["spec"]["inputs"]
    assert inputs["fail_on"]["options"] == list(CHOICES)
    for file, name in (("action.yml", "deny"), ("action.yml", "fail-on"), ("watch/action.yml", "fail-on")):
        said = yaml.safe_load((ROOT / file).read_text())["inputs"][name]["description"]
        assert f"({', '.join(CHOICES)})" in said


def steps(system: str) -> str:
    """Return what one system's snippet runs."""
    if system == "Jenkins":
        return re.findall(r"sh '''(.*?)'''", block(system), re.DOTALL)[0]
    document: Any = yaml.safe_load(block(system, 1 if system == "GitLab" else 0))
    if system == "GitLab":
        return "\n".join([*document["build"]["before_script"], *document["build"]["script"]])
    if system == "Buildkite":
        return document["steps"][0]["command"].replace("$$", "$")  # the agent's upload undoes that
    return document["jobs"]["build"]["steps"][1]["run"]["command"]


SHELLS = {
    "GitLab": ("bash", "-eo", "pipefail"),
    "Jenkins": ("sh", "-xe"),
    "Buildkite": ("bash", "-e"),
    "CircleCI": ("bash", "-eo", "pipefail"),
}


@pytest.mark.parametrize("system", SHELLS)
def test_a_snippet_installs_observes_and_hands_the_result_on(tree: Tree, system: str) -> None:
    tree.write("Makefile", "all:\n\t@python3 x.py\n")
    tree.write("x.py", "print('built')\n")
    places = {
        "CI_BUILDS_DIR": str(tree.root / ".outside"),
        "WORKSPACE_TMP": str(tree.root / ".outside"),
        "BUILDKITE_JOB_ID": str(os.getpid()),
        "FLYCATCHER_PACKAGE": PACKAGE_URL,
    }
    text = steps(system).replace("/tmp/", f"{tree.root}/.outside/")
    code, asked, said = run(tree, text, SHELLS[system], **places)
    assert (code, asked) == (0, f"-m pip install --quiet {PACKAGE_URL}\n"), said
    assert "built\n" in said
    assert (tree.root / "flycatcher.jsonl").exists()
    tree.write("x.py", "import sys\nsys.exit(1)\n")
    assert run(tree, text, SHELLS[system], **places)[0] == 2


def test_the_page_s_inputs_of_the_actions_exist() -> None:
    for number, file in ((0, "action.yml"), (1, "action.yml"), (2, "watch/action.yml")):
        text = block("GitHub Actions", number)
        items = yaml.safe_load(text)
        listed = items if isinstance(items, list) else items["steps"]
        (step,) = (each for each in listed if "flycatcher" in each.get("uses", "") and "upload" not in each["uses"])
        assert step["with"].keys() <= yaml.safe_load((ROOT / file).read_text())["inputs"].keys()
