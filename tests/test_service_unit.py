"""packaging/flycatcher.service, by systemd's own judgement."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[1] / "packaging/flycatcher.service"


@pytest.fixture(autouse=True)
def _systemd():
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")


def test_its_exposure_is_below_four():
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", UNIT],
        capture_output=True,
        text=True,
        check=False,
    )
    overall = re.search(r"Overall exposure level for flycatcher.service: ([0-9.]+)", done.stdout)
    assert overall, done.stderr
    assert float(overall[1]) < 4.0


def test_it_has_no_directive_that_systemd_does_not_know(tmp_path):
    # the program need not be installed here for that
    unit = tmp_path / UNIT.name
    unit.write_text(re.sub(r"ExecStart=\S+flycatcher", "ExecStart=/bin/true", UNIT.read_text()))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if UNIT.name in line] == []
