"""A runner of GitHub Actions on a bare machine: it runs an action's steps as their YAML says, as a user who has sudo."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

if TYPE_CHECKING:
    from pathlib import Path

    from tests.packages.machine import Machine

HOME = "/home/dev"
TEMP = f"{HOME}/temp"
PROJECT = f"{HOME}/project"
ACTIONS = f"{HOME}/actions/flycatcher"
SHELL = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
"""What ``shell: bash`` stands for."""
VALUE = re.compile(r"\$\{\{ *([\w.-]+) *\}\}")
EQUAL = re.compile(r"([\w.-]+) == '(.*)'")


class Ended(NamedTuple):
    """How a step ended."""

    code: int
    said: str


class Runner:
    """The runner of one job: its variables, its files, and what its steps have put out."""

    def __init__(self, host: Machine, event: dict[str, str] | None = None) -> None:
        """Begin a job in an empty ``RUNNER_TEMP``; ``event``: more values, as ``github.event.…``."""
        self.host = host
        self.values = {
            "runner.temp": TEMP,
            "runner.os": "Linux",
            "runner.arch": "X64",
            "github.action_ref": "v1",
            **(event or {}),
        }
        self.files = {name: f"{TEMP}/{name}" for name in ("output", "path", "summary", "state")}
        self.paths: list[str] = []
        self.shell("rm -rf ~/temp; mkdir ~/temp; touch " + " ".join(self.files.values()), folder=HOME)

    def shell(self, script: str, folder: str = PROJECT, variables: dict[str, str] | None = None) -> Ended:
        """Run a script with the shell of a step, as ``dev``."""
        (self.host.root / HOME[1:] / "step.sh").write_text(script)
        around = [f"{name}={value}" for name, value in self._variables(variables or {}).items()]
        done = self.host.run("env", f"--chdir={folder}", *around, *SHELL, f"{HOME}/step.sh", user="dev", check=False)
        return Ended(done.returncode, done.stdout)

    def _variables(self, more: dict[str, str]) -> dict[str, str]:
        """Return what every step has, and ``more``."""
        path = ":".join([*reversed(self.paths), "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"])
        return {
            "PATH": path, "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "owner/project", "GITHUB_WORKSPACE": PROJECT,
            "GITHUB_OUTPUT": self.files["output"], "GITHUB_PATH": self.files["path"], "GITHUB_STATE": self.files["state"],
            "GITHUB_STEP_SUMMARY": self.files["summary"], "RUNNER_TEMP": TEMP, **more,
        }  # fmt: skip

    def read(self, path: str) -> str:
        """Return what a file of the machine holds."""
        return (self.host.root / path[1:]).read_text()

    def composite(self, action: dict[str, Any], given: dict[str, str]) -> Ended:
        """Run the steps of a composite action; what it says is that of all of them."""
        values = {**self.values, **self._inputs(action, given)}
        said, code = "", 0
        for step in action["runs"]["steps"]:
            if code or not _holds(step.get("if", ""), values):
                continue
            if "uses" in step:
                assert step["uses"].startswith("actions/cache@"), "another action, which nothing here stands for"
                continue
            variables = {name: _filled(str(value), values) for name, value in step.get("env", {}).items()}
            ended = self.shell(step["run"], variables={"GITHUB_ACTION_PATH": ACTIONS, **variables})
            self.paths += [
                line for line in self.read(self.files["path"]).split("\n") if line and line not in self.paths
            ]
            said, code = said + ended.said, ended.code
        return Ended(code, said)

    def script(self, action: dict[str, Any], given: dict[str, str], name: str) -> str:
        """Return the shell words that run a JavaScript action's ``main`` or ``post``."""
        inputs = {key.removeprefix("inputs."): value for key, value in self._inputs(action, given).items()}
        words = [f"INPUT_{key.upper()}={value}" for key, value in inputs.items()]
        return shlex.join(["env", *words, "node", f"{ACTIONS}/watch/{action['runs'][name]}"])

    def _inputs(self, action: dict[str, Any], given: dict[str, str]) -> dict[str, str]:
        """Return an action's inputs as values, with the defaults of those that are not given."""
        assert given.keys() <= action["inputs"].keys(), "an input that the action does not have"
        defaults = {name: _filled(str(what.get("default", "")), self.values) for name, what in action["inputs"].items()}
        return {f"inputs.{name}": value for name, value in {**defaults, **given}.items()}


def read_action(folder: Path) -> dict[str, Any]:
    """Read an action.yml."""
    loaded: dict[str, Any] = yaml.safe_load((folder / "action.yml").read_text())
    return loaded


def _filled(text: str, values: dict[str, str]) -> str:
    """Fill in ``${{ name }}``; what there is not is empty, as on a runner."""
    return VALUE.sub(lambda found: values.get(found[1], ""), text)


def _holds(condition: str, values: dict[str, str]) -> bool:
    """Whether a step's ``if`` holds: none, or ``name == 'text'``."""
    if not condition:
        return True
    found = EQUAL.fullmatch(condition)
    assert found, f"a condition that nothing here reads: {condition}"
    return values.get(found[1], "") == found[2]
