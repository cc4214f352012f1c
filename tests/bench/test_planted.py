"""A share of the attacks that ``python -m bench.builds --planted`` plants in builds: those that need nothing from the network."""

import os
import shutil
import subprocess

import pytest
from bench.builds import labels
from bench.builds.attacks import LEAST, scanned, worst
from bench.builds.catalogue import BUILDS
from bench.builds.planted import ATTACKS
from bench.builds.workshop import FLYCATCHER, read_report

from flycatcher.core.levels import LEVELS, at_least

SHARE = ("awk-system", "bash-env", "heredoc-python", "memfd", "tar-checkpoint", "branch-name", "perl5opt")


@pytest.fixture(params=SHARE)
def planted(request, tmp_path):
    attack = next(attack for attack in ATTACKS if attack.name == request.param)
    if missing := [name for name in attack.programs if shutil.which(name) is None]:
        pytest.skip(f"needs {missing[0]}")
    subprocess.run(["bash", "-ec", attack.plant], cwd=tmp_path, check=True)
    return attack, tmp_path


def test_planted_attacks_are_high_while_they_run_and_where_they_are_written(planted):
    attack, folder = planted
    fetcher = folder / "bin/curl"  # nothing is asked for, whatever resolves names here
    fetcher.parent.mkdir()
    fetcher.write_text("#!/bin/sh\nexit 6\n")
    fetcher.chmod(0o755)
    report = folder / "report.jsonl"
    words = [FLYCATCHER, "run", "--quiet", "--report", str(report), "--", "bash", "-ec", attack.trigger]
    subprocess.run(words, cwd=folder, check=False, env={**os.environ, "PATH": f"{fetcher.parent}:{os.environ['PATH']}"})
    assert at_least(worst(read_report(report)[0]), LEAST)
    if attack.file:
        assert at_least(scanned(folder / attack.file), LEAST)


def test_there_are_thirty_attacks_in_builds_of_the_catalogue():
    names = [attack.name for attack in ATTACKS]
    assert len(names) == len(set(names)) >= 30
    assert {attack.build for attack in ATTACKS} - {build.name for build in BUILDS} == {""}
    assert set(SHARE) <= set(names)


def test_every_label_says_which_build_and_why():
    rows = labels.read()
    assert {build for build, _shape in rows} <= {build.name for build in BUILDS}
    for row in rows.values():
        assert row["verdict"] in labels.VERDICTS
        assert row["level"] in LEVELS
        assert len(row["why"]) > 10
