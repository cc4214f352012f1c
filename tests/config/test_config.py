"""The configuration: what it may say, and how a mistake in it is named."""

import json
import os
import textwrap

import pytest
from click.testing import CliRunner

from flycatcher.commands import cli
from flycatcher.config import load
from flycatcher.config.tables import install
from flycatcher.core import interpreters
from flycatcher.core.errors import FlycatcherError
from flycatcher.core.execution import Execution

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
    assert "valid (1 interpreter, 1 suppression)" in run("check", loaded.path).output


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
    assert (
        f"{path}:15: interpreters.frob.examples[1]: ['frob', '-e', 'x'] runs ['x'], the example says []"
        in result.output
    )


def test_a_table_needs_an_example_of_each_kind(write):
    path = write(GOOD.replace("texts = []", 'texts = ["print(1)"]'))
    result = run("check", path)
    assert result.exit_code == 1
    assert f"{path}:15: interpreters.frob.examples: one that runs none is missing" in result.output


def test_the_check_names_the_line_of_what_cannot_work(write):
    path = write(GOOD.replace('flag = ["-v"]', 'flag = ["v"]'))
    result = run("check", path)
    assert result.exit_code == 1
    assert f"{path}:14: interpreters.frob.options.flag: 'v' is not an option" in str(result.exception)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("frob[0-9.]+", "frob(", "interpreters.frob.names[1]"),
        ('flag = ["-v"]', 'flag = ["-e"]', "-e is given twice"),
        ('flag = ["-v"]', 'flag = ["v"]', "'v' is not an option"),
        ("[interpreters.frob]", "[interpreters.python]", "an interpreter of this name exists"),
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
    assert set(schema["$defs"]["Config"]["properties"]) == {
        "accepted_installers",
        "baseline",
        "environment",
        "interpreters",
        "ledger",
        "rule",
        "run",
        "sink",
        "spool",
        "suppress",
    }


@pytest.fixture
def stranger():
    """Give a file to somebody else; only root can."""
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    return lambda path: os.chown(path, 65534, 65534, follow_symlinks=False)


def test_without_a_repository_the_search_does_not_leave_the_folder(tmp_path, write, monkeypatch):
    write('environment = "production"\n')
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert load().path is None
    assert load(start=tmp_path / "a").path is None
    monkeypatch.chdir(tmp_path)
    assert load(start=inner).path == tmp_path / "flycatcher.toml"


def test_a_file_of_somebody_else_is_not_read_and_that_is_said(tmp_path, write, monkeypatch, capsys, stranger):
    path = write('environment = "production"\n')
    monkeypatch.chdir(tmp_path)
    stranger(path)
    assert load().path is None
    assert f"{path}: not read: it belongs to nobody; if it is yours, name it with --config" in capsys.readouterr().err
    assert load(path).config.environment == "production"
    monkeypatch.setenv("SUDO_UID", "65534")
    assert load().path == path


@pytest.mark.parametrize(("mode", "reason"), [(0o646, "anyone may write it"), (0o664, "the group")])
def test_a_file_that_others_may_write_is_not_read(tmp_path, write, monkeypatch, capsys, stranger, mode, reason):
    path = write('environment = "production"\n')
    os.chown(path, 0, 65534)
    path.chmod(mode)
    monkeypatch.chdir(tmp_path)
    assert load().path is None
    assert f"{path}: not read: {reason}" in capsys.readouterr().err
    os.chown(path, 0, 0)
    path.chmod(0o664)
    assert load().path == path, "a user's private group has no other member"


def test_a_strangers_link_and_a_strangers_repository_do_not_count(tmp_path, write, monkeypatch, stranger):
    target = write('environment = "production"\n', "elsewhere.toml")
    link = tmp_path / "flycatcher.toml"
    link.symlink_to(target)
    stranger(link)
    monkeypatch.chdir(tmp_path)
    assert load().path is None
    link.unlink()
    write('environment = "production"\n')
    (tmp_path / ".git").mkdir()
    inner = tmp_path / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    assert load().path == tmp_path / "flycatcher.toml"
    stranger(tmp_path / ".git")
    assert load().path is None


def test_a_pipe_named_like_a_configuration_is_not_waited_for(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "flycatcher.toml")
    monkeypatch.chdir(tmp_path)
    assert load().path is None
    with pytest.raises(FlycatcherError, match="not a regular file"):
        load(tmp_path / "flycatcher.toml")
