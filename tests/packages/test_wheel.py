"""The wheel and the source distribution: built, judged, and installed into empty environments of each Python there is."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
import venv
from pathlib import Path

import pytest

from flycatcher import __version__
from flycatcher.sources.sensors.ebpf import build
from tests.docs.console import blocks
from tests.packages.environments import pip

VERSIONS = ("3.11", "3.12", "3.13")
PYENV = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()


def python(version: str) -> str:
    """Return the path of a Python, from PATH or pyenv."""
    candidates = [*sorted(PYENV.glob(f"versions/{version}.*/bin/python{version}")), shutil.which(f"python{version}")]
    for candidate in filter(None, candidates):
        if subprocess.run([candidate, "-c", "import venv"], capture_output=True, check=False).returncode == 0:
            return str(candidate)
    pytest.skip(f"Python {version} is not installed")


def test_both_carry_the_distribution_s_name(built: Path) -> None:
    names = sorted(path.name for path in built.iterdir())
    assert names == [f"flycatcher_detect-{__version__}-py3-none-any.whl", f"flycatcher_detect-{__version__}.tar.gz"]


@pytest.mark.parametrize("kind", ["whl", "tar.gz"])
@pytest.mark.parametrize("version", VERSIONS)
def test_it_installs_into_an_empty_environment_and_runs(built: Path, tmp_path: Path, version: str, kind: str) -> None:
    environment = tmp_path / "environment"
    subprocess.run([python(version), "-m", "venv", "--without-pip", environment], check=True)
    (package,) = built.glob(f"*.{kind}")
    begun = time.monotonic()
    pip(environment, str(package))
    print(f"Python {version}, {kind}: {time.monotonic() - begun:.1f} s")
    program = environment / "bin/flycatcher"
    assert (
        subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        == f"flycatcher {__version__}\n"
    )
    said = subprocess.run(
        [program, "check", "--jsonl", "-"],
        input='{"argv":["python3","-c","print(1)"]}\n',
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(said.stdout)["snippets"][0]["text"] == "print(1)"
    (made,) = environment.glob("lib/*/site-packages/flycatcher/sources/sensors/ebpf/exec.bpf.o")
    assert made.read_bytes() == build.OBJECT.read_bytes()
    assert len(list(environment.glob("lib/*/site-packages/flycatcher/core/*/_index.py"))) == 2
    assert sum(path.lstat().st_size for path in environment.rglob("*")) < 70e6


@pytest.mark.parametrize("way", ["pipx install", "--without-pip"])
def test_the_page_says_how_to_install_for_oneself(checkout: Path, tmp_path: Path, way: str) -> None:
    page = checkout / "docs/how-to/install.md"
    (block,) = (each for each in blocks(page.read_text()) if any(way in command.text for command in each.commands[:1]))
    tools = tmp_path / "tools"
    venv.create(tools, with_pip=False)
    if "pipx" in way:
        pip(tools, "pipx")
    home = tmp_path / "home"
    home.mkdir()
    pipx = f"{tools}/bin:" if "pipx" in way else ""  # its python3 has no pip of its own
    path = f"{home}/.local/bin:{pipx}{Path(python('3.11')).parent}:{os.environ['PATH']}"
    begun = time.monotonic()
    subprocess.run(
        ["bash", "-ec", "\n".join(command.text for command in block.commands)],
        cwd=checkout,
        env={**os.environ, "HOME": str(home), "PATH": path},
        check=True,
    )
    print(f"{way}: {time.monotonic() - begun:.1f} s")


def test_pre_commit_runs_the_hook_from_a_fresh_clone(checkout: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    venv.create(tools, with_pip=False)
    pip(tools, "pre-commit")
    project = tmp_path / "project"
    project.mkdir()
    (project / "x.sh").write_text("python3 -c 'import os; exec(os.environ[\"X\"])'\n")
    identity = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@a.invalid",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@a.invalid",
    }
    environment = {**os.environ, **identity, "PRE_COMMIT_HOME": str(tmp_path / "cache")}
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run(["git", *words], cwd=project, env=environment, check=True)
    subprocess.run(["git", "-C", checkout, "add", "-A"], check=True)
    subprocess.run(["git", "-C", checkout, "commit", "-qm", "as it is", "--allow-empty"], env=environment, check=True)
    begun = time.monotonic()
    done = subprocess.run(
        [tools / "bin/pre-commit", "try-repo", checkout, "flycatcher", "--all-files", "--verbose"],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    print(f"first run: {time.monotonic() - begun:.1f} s")
    assert "x.sh:1" in done.stdout, done.stdout + done.stderr


EXTRA = re.compile(r"^\| `(\w+)` \|.*\| (\d+)(?:; (\d+) with these)? \|$", re.MULTILINE)
"""A row of the page's table of extras: its name, its MB, and those of it with what the Debian package does not have."""


def test_the_page_says_how_large_each_extra_is(checkout: Path, tmp_path: Path, built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    stated = {
        name: int(whole or size)
        for name, size, whole in EXTRA.findall((checkout / "docs/how-to/install.md").read_text())
    }
    assert len(stated) > 5
    sizes = {name: _megabytes(tmp_path / (name or "none"), f"{wheel}[{name}]") for name in ("", *stated)}
    added = {name: sizes[name] - sizes[""] for name in stated}
    print({name: round(size, 1) for name, size in sizes.items()})
    assert {name: size for name, size in added.items() if abs(size - stated[name]) > 1 + stated[name] / 10} == {}


def _megabytes(environment: Path, package: str) -> float:
    """Return how much there is in an environment after an installation, without byte code."""
    venv.create(environment, with_pip=False)
    pip(environment, "--no-compile", package.replace("[]", ""))
    size = sum(path.lstat().st_size for path in (environment / "lib").rglob("*") if path.is_file())
    shutil.rmtree(environment)
    return size / 1e6
