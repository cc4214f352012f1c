"""Flycatcher's own files in a scanned folder: they name interpreters, and run nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from flycatcher.commands import cli

RULE = """\
[[rule]]
name = "no-one-liners"
action = "deny"
reason = "nothing here needs them"
owner = "team"
match = { interpreter = ["python", "perl"] }
"""


@pytest.mark.parametrize(
    ("name", "text", "code", "said"),
    [
        ("flycatcher.toml", RULE, 0, ""),
        (
            "flycatcher.toml",
            RULE + "runs = 'python3 -c 1'\n",
            3,
            "that is read, but it names python",
        ),
        ("flycatcher.toml", "x = [python3 -c 1\n", 3, "that is read, but it names python3"),
        ("other.toml", RULE, 3, "that is read, but it names python"),
    ],
    ids=["its own configuration", "a field that it does not know", "no TOML", "another name"],
)
def test_a_configuration_without_a_mistake_is_no_file_that_went_unread(
    tmp_path: Path, name: str, text: str, code: int, said: str
) -> None:
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / name).write_text(text)
    (tmp_path / "Makefile").write_text("all:\n\ttrue\n")
    done = CliRunner().invoke(cli, ["scan", "--no-history", str(tmp_path)])
    assert done.exit_code == code
    assert said in done.output
