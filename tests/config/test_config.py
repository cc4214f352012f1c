"""The configuration: what it may say, and how a mistake in it is named."""

import json
import textwrap

import pytest
from click.testing import CliRunner

from flycatcher import interpreters
from flycatcher.cli import cli
from flycatcher.config import load
from flycatcher.config.tables import install
from flycatcher.errors import FlycatcherError
from flycatcher.execution import Execution

GOOD = """
environment = "staging"

[[suppress]]
fingerprint = "0123456789abcdef"
reason = "prints the version, nothing else"
owner = "platform team"
until = 2027-01-31

[interpreters.frob]
names = ["frob", 'frob[0-9.]+']
language = "lua"
variables = ["FROB_INIT"]
options = { code = ["-e", "--eval"], flag = ["-v"], file = ["-f"], exit = ["--version"] }
examples = [
  { argv = ["frob", "-ve", "print(1)"], texts = ["print(1)"] },
  { argv = ["frob", "file", "-e", "x"], texts = [] },
  { argv = ["frob", "--version"], texts = [], env = { FROB_INIT = "x" } },
]
"""


@pytest.fixture
def write(tmp_path):
    def _write(text, name="flycatcher.toml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    return _write


@pytest.fixture(autouse=True)
def _forget_tables():
    yield
    interpreters.forget()


def run(*words):
    return CliRunner().invoke(cli, ["config", *map(str, words)])


def test_a_good_file_is_read_whole(write):
    loaded = load(write(GOOD))
    assert loaded.config.environment == "staging"
    assert loaded.config.suppress[0].until.isoformat() == "2027-01-31"
    assert "good (1 interpreters, 1 suppressions)" in run("check", loaded.path).output


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('environment = "staging"', 'environment = "prod"', 2, "environment: invalid enum value 'prod'"),
        ("owner", "ownr", 7, "suppress[0].ownr"),
        ("2027-01-31", '"soon"', 8, "suppress[0].until"),
        ('"0123456789abcdef"', '"python -c"', 5, "suppress[0].fingerprint"),
        ("language", "langauge", 12, "interpreters.frob.langauge"),
        ("names = [\"frob\", 'frob[0-9.]+']", "names = 3", 11, "interpreters.frob.names"),
    ],
)
def test_a_mistake_is_named_by_file_line_and_field(write, old, new, line, said):
    path = write(GOOD.replace(old, new))
    with pytest.raises(FlycatcherError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert said in str(caught.value)


def test_what_is_not_toml_is_said_with_its_line(write):
    path = write('environment = "ci"\n[suppress\n')
    with pytest.raises(FlycatcherError, match="line 2"):
        load(path)


def test_an_example_that_does_not_hold_fails_the_check(write):
    path = write(GOOD.replace('["frob", "file", "-e", "x"], texts = []', '["frob", "-e", "x"], texts = []'))
    result = run("check", path)
    assert result.exit_code == 1
    assert "interpreters.frob.examples[1]" in result.output


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("frob[0-9.]+", "frob(", "interpreters.frob.names[1]"),
        ('flag = ["-v"]', 'flag = ["-e"]', "-e is given twice"),
        ('flag = ["-v"]', 'flag = ["v"]', "'v' is no option"),
        ("[interpreters.frob]", "[interpreters.python]", "there is an interpreter of this name"),
    ],
)
def test_a_table_that_cannot_work_is_refused(write, old, new, said):
    with pytest.raises(FlycatcherError) as caught:
        install(load(write(GOOD.replace(old, new))).config.interpreters)
    assert said in str(caught.value)


def test_an_added_interpreter_is_read_like_the_built_in_ones(write):
    install(load(write(GOOD)).config.interpreters)
    reading = interpreters.read(Execution(argv=("/opt/frob5.1", "-ve", "print(1)"), env={"FROB_INIT": "print(2)"}))
    assert [(s.vector, s.text, s.variable) for s in reading.snippets] == [
        ("argument", "print(1)", None),
        ("environment", "print(2)", "FROB_INIT"),
    ]
    assert interpreters.read(Execution(argv=("frobnicate", "-e", "x"))) is None


def test_the_nearest_configuration_holds_and_the_search_ends_at_the_repository(tmp_path, write):
    write('environment = "production"\n')
    write("", "repo/.git")
    (tmp_path / "repo" / "sub").mkdir(parents=True)
    assert load(start=tmp_path / "repo" / "sub").path is None
    path = write('[tool.flycatcher]\nenvironment = "ci"\n', "repo/pyproject.toml")
    loaded = load(start=tmp_path / "repo" / "sub")
    assert (loaded.path, loaded.config.environment) == (path, "ci")


def test_a_mistake_in_pyproject_is_named_there(write):
    path = write('[project]\nname = "x"\n\n[tool.flycatcher]\nenvironment = 3\n', "pyproject.toml")
    with pytest.raises(FlycatcherError, match=r"tool\.flycatcher\.environment") as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}:5: ")


def test_the_schema_is_printed_and_names_every_field():
    schema = json.loads(run("schema").output)
    assert set(schema["$defs"]["Config"]["properties"]) == {"environment", "interpreters", "run", "suppress"}
