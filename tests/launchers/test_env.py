"""What the reader of env says that a line starts, against what the installed env starts."""

from __future__ import annotations

import random
import shutil
import subprocess

import pytest

from flycatcher.core.interpreters.identity.env import env_command
from flycatcher.core.launchers.unwrap import unwrap
from flycatcher.core.shell import UNKNOWN, read_shell

SHOW = ["/bin/sh", "-c", 'printf "%s\\0" MARK "$@"; exec /usr/bin/env -0', "sh"]
"""A command that prints its arguments and its environment."""
ENVIRON = {"V": "v v", "W": "w", "X": "x"}
OF_SH = {"PWD", "OLDPWD", "_", "SHLVL"}
"""Set by the shell that shows the environment; it passes on only names that it could set."""
OPTIONS = [
    ["-i"], ["-"], ["-u", "V"], ["-uX"], ["--unset=W"], ["--uns", "X"], ["-C", "/"], ["--chdir=/"], ["--chd", "/"], ["-v"], ["-0"],
    ["-iu", "V"], ["-ivuX"], ["--ignore-env"], ["--debug"], ["--bogus"], ["-~"], ["--"], ["A=1"], ["B=2=3"], ["=x"], ["V="], ["--help"],
    ["-S", "A=${V}"], ["-S-i"], ["-vS", "-u W"], ["--split-string=B=2 -C /"], ["--split", "-S A=1"], ["-S", "A='${V}' # x"], ["-S", "B=\\"],
    ["-iS", '-u X A="${W}\\_z"'], ["-S", ""], ["--block-signal"], ["--default-signal=PIPE"], ["-u"], ["-S"], ["a b"],
]  # fmt: skip


def _real(env: str, words: list[str]) -> tuple[list[str], dict[str, str]] | None:
    """Return the arguments and the environment that a line's command gets; None where it is not started."""
    done = subprocess.run([env, *words], env=ENVIRON, capture_output=True, check=False, timeout=20, text=True)
    fields = done.stdout.split("\0")
    if "MARK" not in fields:
        return None
    at = fields.index("MARK") + 1
    split = next(
        (i for i in range(at, len(fields)) if "=" in fields[i] and fields[i].partition("=")[0] != "arg"), len(fields)
    )
    variables = dict(each.split("=", 1) for each in fields[split:] if "=" in each)
    return fields[at:split], {
        name: value for name, value in variables.items() if name.isidentifier() and name not in OF_SH
    }


def _lines() -> list[list[str]]:
    """Return lines of options and assignments before the command."""
    rng = random.Random(11)
    return [[word for _ in range(rng.randint(0, 4)) for word in rng.choice(OPTIONS)] for _ in range(400)]


def test_a_launched_command_and_its_environment_are_those_of_the_installed_env() -> None:
    env = shutil.which("env", path="/usr/bin:/bin")
    if (
        env is None
        or "GNU coreutils" not in subprocess.run([env, "--version"], capture_output=True, text=True, check=False).stdout
    ):
        pytest.skip("this env is not GNU's")
    wrong = []
    for options in _lines():
        words = [*options, *SHOW, "arg", "-u"]
        real = _real(env, words)
        found = unwrap(["env", *words], ENVIRON)
        command = found[0] if found else None
        shown = command is not None and command.words[:4] == SHOW
        mine = (
            (command.words[4:], {n: v for n, v in command.env.items() if n.isidentifier() and n not in OF_SH})
            if command and shown
            else None
        )
        if mine != (real if real is None else (real[0][:-1] if real[0][-1:] == [""] else real[0], real[1])):
            wrong.append((options, mine, real))
    assert wrong == []


def test_what_the_text_does_not_set_is_not_known_and_what_a_kernel_hands_over_is() -> None:
    assert unwrap(["env", "-S", "sh -c ${CODE}"], {})[0].words == ["sh", "-c", UNKNOWN]
    assert env_command(["env", "-S", "sh -c ${CODE}"], {}).argv == ("sh", "-c")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["env", "-" + UNKNOWN, "perl", "-e", "1"], ["perl", "-e", "1"]),
        (["env", "--" + UNKNOWN, "A=1", "perl"], ["perl"]),
        (["env", "A=" + UNKNOWN, "perl", UNKNOWN], ["perl", UNKNOWN]),
    ],
)
def test_a_word_that_is_not_known_may_be_an_option(words: list[str], expected: list[str]) -> None:
    assert [command.words for command in unwrap(words) or []] == [expected]


def test_env_gives_a_program_another_name() -> None:
    start = read_shell("env -a fake perl -e 1").executions[-1]
    assert (start.argv, start.exe) == (("fake", "-e", "1"), "perl")


@pytest.mark.parametrize(
    "words",
    [["-C"], ["--chdir"], ["--chd"], ["-u"], ["--unset"], ["-S"], ["--split-string"], ["-a"], ["-iC"]],
)
def test_a_line_that_ends_where_a_value_is_missing_starts_nothing(words: list[str]) -> None:
    assert env_command(["env", *words], {}) is None


def test_the_folder_that_env_changes_to_is_known() -> None:
    for words in (["-C", "/srv"], ["-C/srv"], ["--chdir", "/srv"], ["--chdir=/srv"]):
        command = env_command(["env", *words, "sh"], {})
        assert command is not None
        assert (command.program, command.chdir) == ("sh", "/srv")
