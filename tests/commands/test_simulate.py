"""``flycatcher simulate``: the catalogue holds together, techniques are judged by what a sensor really reports, and nothing stays."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from flycatcher.commands import cli
from flycatcher.commands.simulate.catalogue import DATA, catalogue
from flycatcher.core.errors import FlycatcherError
from flycatcher.core.techniques import TECHNIQUES

MINE = """[[technique]]
id = "mine"
title = "A script file: nothing to see"
interpreter = "perl"
vector = "argument"
needs = ["perl"]
command = "perl step.pl"
files = { "step.pl" = "print '@MARKER@';" }
"""


def test_every_option_of_the_table_that_takes_text_is_a_technique() -> None:
    known = catalogue()
    assert {"perl-argument-e", "perl-argument-E", "ruby-argument-e", "python-argument-c", "sh-pipe"} <= known.keys()


def test_every_technique_names_known_attack_ids() -> None:
    assert {uid for each in catalogue().values() for uid in each.attack} - TECHNIQUES.keys() == set()


def test_what_a_sensor_sees_and_what_it_misses_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (temporary := tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    (tmp_path / "mine.toml").write_text(MINE)
    words = [
        "simulate",
        "run",
        "--catalogue",
        str(tmp_path),
        "--only",
        "mine",
        "--only",
        "perl-pipe",
        "--format",
        "json",
    ]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 10
    answer = json.loads(done.stdout)
    assert answer["scores"] == {"run": {"seen": 1, "ran": 2}}
    assert {each["technique"]: each["status"] for each in answer["outcomes"]} == {"perl-pipe": "seen", "mine": "missed"}
    assert os.listdir(temporary) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"step.pl" =', '"../step.pl" =', "own folder"),
        ("@MARKER@", "x", "no @MARKER@"),
        ('"perl"\nvector', '"nothing"\nvector', "unknown interpreter"),
        ("title", "titel", "titel"),
    ],
)
def test_a_catalogue_that_is_wrong_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    (tmp_path / "mine.toml").write_text(MINE.replace(old, new))
    with pytest.raises(FlycatcherError, match=said):
        catalogue((tmp_path,))


def test_the_catalogue_is_part_of_the_package() -> None:
    assert {path.name for path in DATA.glob("*.toml")} == {"carriers.toml", "interpreters.toml", "techniques.toml"}
