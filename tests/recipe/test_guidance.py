"""What `flycatcher guide` prints, and that the commands it names exist."""

import json
import re
import shlex

import pytest
from click.testing import CliRunner

from flycatcher.commands import cli
from flycatcher.core.recipe.guidance import ALL


def guide(*args):
    return CliRunner().invoke(cli, ["guide", *args])


def test_text_names_stakes_steps_and_commands():
    result = guide("ci")
    assert result.exit_code == 0
    assert "CI/CD pipeline" in result.output
    assert "    - Artifacts: what is signed and shipped may no longer be what was reviewed." in result.output
    assert "       $ flycatcher run --deny=high -- make" in result.output
    assert "Production" not in result.output


def test_without_an_environment_all_three_are_printed():
    titles = [line for line in guide("--format", "markdown").output.splitlines() if line.startswith("## ")]
    assert titles == ["## CI/CD pipeline", "## Staging", "## Production"]


def test_json_holds_the_same_steps():
    (entry,) = json.loads(guide("--format", "json", "prod").output)
    assert entry["environment"] == "production"
    assert entry["now"][0] == {
        "text": "Treat it as an incident: find out how far it goes, then contain it.",
        "command": "",
    }


def test_unknown_environment_names_the_known_ones():
    result = guide("moon")
    assert "unknown environment" in str(result.exception)
    assert result.exception.hint == "one of ci, staging, production"
    assert result.exception.code == 2


@pytest.mark.parametrize("command", sorted({s.command for e in ALL for s in (*e.now, *e.next) if s.command}))
def test_every_command_that_guidance_names_exists_with_its_options(command):
    words = shlex.split(command)
    assert words[0] == "flycatcher"
    before = words[2 : words.index("--")] if "--" in words else words[2:]
    text = CliRunner().invoke(cli, [words[1], "--help"]).output
    for option in (w.split("=")[0] for w in before if w.startswith("-")):
        assert re.search(rf"{option}\b", text), option
