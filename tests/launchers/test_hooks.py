"""What launchers start beside their command, and what those of npm and tmux start."""

from __future__ import annotations

import pytest

from flycatcher.core.launchers.command import Stdin
from flycatcher.core.launchers.unwrap import unwrap, unwrap_all
from flycatcher.core.unknown import UNKNOWN

CODE = "python3 -c 1"
WORDS = ["python3", "-c", "1"]


def started(*words: str, **env: str) -> list[list[str]]:
    """Return what is started in the end: shell texts and words."""
    return [command.words for command, last in unwrap_all(list(words), env, Stdin()) if last]


@pytest.mark.parametrize(
    ("words", "commands"),
    [
        (("hyperfine", "--prepare", CODE, "true"), [["sh", "-c", CODE], ["sh", "-c", "true"]]),
        (("strace", "-o", f"|{CODE}", "true"), [["sh", "-c", CODE], ["true"]]),
        (("strace", f"-o!{CODE}", "true"), [["sh", "-c", CODE], ["true"]]),
        (("strace", "-o", CODE, "true"), [["true"]]),
        (("perf", "stat", "--pre", CODE, "true"), [["sh", "-c", CODE], ["true"]]),
        (("hg", "--config", f"alias.x=!{CODE}", "x"), [["sh", "-c", CODE]]),
        (("ag", "--pager", CODE, "x"), [["sh", "-c", CODE]]),
        (("grep", "--include", CODE, "x"), [["grep", "--include", CODE, "x"]]),
        (("fzf", "--bind", f"start:execute({CODE})"), [["sh", "-c", f"{CODE})"]]),
        (("npx", "--script-shell=python3", "-c", "print()"), [["python3", "-c", "print()"]]),
    ],
)
def test_an_option_of_a_launcher_may_start_a_program_too(words: tuple[str, ...], commands: list[list[str]]) -> None:
    assert started(*words) == commands


@pytest.mark.parametrize(
    ("tests", "found"),
    [
        (("-name", "setup.py"), f"{UNKNOWN}/setup.py"),
        (("-type", "f", "-name", "setup.py"), f"{UNKNOWN}/setup.py"),
        (("-name", "*.py"), UNKNOWN),
        (("-name", "a", "-o", "-name", "b"), UNKNOWN),
        (("!", "-name", "a"), UNKNOWN),
        (("-newer", "a"), UNKNOWN),
    ],
)
def test_what_find_puts_in_ends_in_the_one_name_that_it_looks_for(tests: tuple[str, ...], found: str) -> None:
    assert started("find", ".", *tests, "-exec", "python3", "-S", "{}", ";") == [["python3", "-S", found]]


def test_a_launcher_that_only_prints_starts_nothing() -> None:
    assert unwrap(["command", "-v", "x"], builtins=True) is None
    assert unwrap(["busybox", "--list"]) is None


def test_npm_runs_texts_with_the_shell_of_its_settings() -> None:
    assert started("npm", "exec", "-c", "print()", npm_config_script_shell="python3") == [["python3", "-c", "print()"]]


@pytest.mark.parametrize(
    ("words", "commands"),
    [
        (("concurrently", "-n", "a,b", "x", CODE), [["sh", "-c", "x"], ["sh", "-c", CODE]]),
        (("concurrently", "--names=a", "-k", CODE), [["sh", "-c", CODE]]),
        (("concurrently", "--prefix", "x", "--unknown", CODE, "y"), [["sh", "-c", "y"]]),
        (("conc", "-P", "python3 -c {1}", "--", "1 2"), [["sh", "-c", "python3 -c '1 2'"]]),
        (("c8", "-r", "text", "--all", *WORDS), [WORDS]),
        (("c8", "--", "-e", "1"), [["node", "-e", "1"]]),
        (("dotenv", "-e", "f", "-v", "A=b", "--", *WORDS), [WORDS]),
        (("dotenv", "--unknown", *WORDS[:1]), [["dotenv", "--unknown", "python3"]]),
        (("dotenv", "-f", "x", "run", "--", *WORDS), [WORDS]),
        (("nodemon", "-x", "python3", "-w", "src", "--", "-c", "1"), [["sh", "-c", CODE]]),
        (("onchange", "-o", CODE, "*.js", "--", "true"), [["true"], ["sh", "-c", CODE]]),
    ],
)
def test_launchers_of_npm_are_read_as_their_libraries_read_them(
    words: tuple[str, ...], commands: list[list[str]]
) -> None:
    assert started(*words) == commands


@pytest.mark.parametrize(
    "words",
    [
        ("new", "-d", "-s", "x", CODE), ("neww", *WORDS), ("split", "-h", CODE), ("popup", "-E", CODE), ("pipep", "-o", CODE),
        ("if", CODE, "x"), ("if", "-F", "x", f"run '{CODE}'"), ("run", "-C", f"neww '{CODE}'"), ("set", "-g", "default-command", CODE),
        ("bind", "x", "run", CODE), ("set-hook", "-g", "alert-bell", f'run-shell "{CODE}"'), ("ls", ";", "run", CODE),
        ("-c", CODE), ("send-keys", CODE, "Enter"),
    ],
)  # fmt: skip
def test_tmux_starts_what_its_commands_are_given(words: tuple[str, ...]) -> None:
    found = started("tmux", "-L", "x", *words)
    assert found in ([["sh", "-c", CODE]], [WORDS])
