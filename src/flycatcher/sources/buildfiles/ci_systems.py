"""CI systems whose files are keys with shell text: each by its own reference."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine.filetype import Start
from flycatcher.sources.buildfiles.engine.yaml import (
    BRACES,
    EXPRESSIONS,
    KeyedYaml,
    extent,
    run_by,
    scalars,
    script,
    words,
)
from flycatcher.sources.buildfiles.engine.yamltext import List, Map, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flycatcher.sources.buildfiles.engine.filetype import Region
    from flycatcher.sources.buildfiles.engine.yamltext import Tree


def _started_with(node: Map, path: tuple[str, ...], env: Mapping[str, str], system: str) -> Iterator[Start]:
    """Yield the words of a container's ``entrypoint`` and ``command``."""
    given = [each for key in ("entrypoint", "command") if isinstance(each := node.get(key), List)]
    if argv := tuple(word for each in given for word in words(each)):
        span = (min(each.start for each in given), max(extent(each)[1] for each in given))
        yield Start(argv=argv, span=span, env=dict(env), symbol=path, context={"ci.system": system})


class GitLab(KeyedYaml):
    """GitLab CI (CI/CD YAML syntax reference)."""

    id = "gitlab-ci"
    rank = 10
    system = "gitlab"
    names: ClassVar[tuple[str, ...]] = (
        ".gitlab-ci.yml",
        "*.gitlab-ci.yml",
        ".gitlab-ci.yaml",
        ".gitlab-ci/*.yml",
        ".gitlab/ci/*.yml",
    )
    keys: ClassVar[Mapping[str, str]] = {
        "script": "bash", "before_script": "bash", "after_script": "bash", "pre_get_sources_script": "bash",
    }  # fmt: skip
    holes = re.compile(r"\$\[\[(?:(?!\$\[\[|\]\]).){0,2000}\]\]")

    def walk(self, node: Tree, path: tuple[str, ...], env: Mapping[str, str]) -> Iterator[Region | Start]:
        """Read what an image or a service is started with as well: ``entrypoint`` and ``command`` are words."""
        if isinstance(node, Map) and ("image" in path[-1:] or "services" in path[-2:]):
            yield from _started_with(node, path, env, self.system)
        yield from super().walk(node, path, env)


class CircleCi(KeyedYaml):
    """CircleCI (configuration reference): ``run`` as text or as a map with ``command`` and ``shell``."""

    id = "circleci"
    rank = 10
    system = "circleci"
    names: ClassVar[tuple[str, ...]] = (".circleci/*.yml", ".circleci/*.yaml", "circle.yml")
    keys: ClassVar[Mapping[str, str]] = {"run": "bash", "command": "bash"}
    holes = re.compile(r"<<\s*(?:parameters|pipeline|matrix)\.[\w.-]+\s*>>")

    def texts(
        self, key: str, texts: list[Scalar], node: Map, symbol: tuple[str, ...], env: Mapping[str, str]
    ) -> Iterator[Region | Start]:
        """Leave ``command`` outside of ``run`` alone, and heed ``shell``."""
        if key == "command" and "run" not in symbol[:-1]:
            return
        shell = node.text("shell")
        if key == "command" and shell and not re.search(r"(?:^|/)(?:ba|da|z|k|a)?sh\b", shell):
            program = shell.split()[0].replace("\\", "/").rpartition("/")[2].removesuffix(".exe")
            if program in ("pwsh", "powershell", "cmd"):
                yield from script(texts[0].text, symbol, env, dialect="pwsh", confidence="low")
            else:
                yield run_by(texts[0].text, program, symbol, env)
            return
        yield from super().texts(key, texts, node, symbol, env)


class Azure(KeyedYaml):
    """Azure Pipelines (YAML schema): script steps, and the inputs of the tasks that run scripts."""

    id = "azure-pipelines"
    rank = 10
    system = "azure"
    names: ClassVar[tuple[str, ...]] = (
        "azure-pipelines.yml", "azure-pipelines*.yml", "azure-pipelines.yaml", ".azure-pipelines/*.yml", ".azure/*.yml",
        ".azure-pipelines/*/*.yml", "azure-pipelines/*.yml", ".vsts-ci.yml",
    )  # fmt: skip
    keys: ClassVar[Mapping[str, str]] = {
        "script": "bash",
        "bash": "bash",
        "pwsh": "pwsh",
        "powershell": "pwsh",
        "inlineScript": "bash",
    }
    holes = EXPRESSIONS
    naming: ClassVar[tuple[str, ...]] = ("displayName", "job", "stage", "deployment", "name", "task")

    def texts(
        self, key: str, texts: list[Scalar], node: Map, symbol: tuple[str, ...], env: Mapping[str, str]
    ) -> Iterator[Region | Start]:
        """Read a task's inline text in the language of the task."""
        target = node.text("targetType")
        if key == "script" and (node.text("scriptSource") == "inline" or node.text("pythonInterpreter")):
            yield from _Python().texts(key, texts, node, symbol, env)
        elif not target or target == "inline":
            yield from super().texts(key, texts, node, symbol, env)


class _Python(KeyedYaml):
    """The Python script task."""

    keys: ClassVar[Mapping[str, str]] = {"script": "python"}
    holes = EXPRESSIONS


class Bitbucket(KeyedYaml):
    """Bitbucket Pipelines (configuration reference)."""

    id = "bitbucket-pipelines"
    rank = 10
    system = "bitbucket"
    names: ClassVar[tuple[str, ...]] = ("bitbucket-pipelines.yml", "bitbucket-pipelines.yaml")
    keys: ClassVar[Mapping[str, str]] = {"script": "bash", "after-script": "bash"}


class Buildkite(KeyedYaml):
    """Buildkite (defining steps)."""

    id = "buildkite"
    rank = 10
    system = "buildkite"
    names: ClassVar[tuple[str, ...]] = (
        ".buildkite/*.yml", ".buildkite/*.yaml", "buildkite.yml", "buildkite.yaml", ".buildkite/*/*.yml",
    )  # fmt: skip
    keys: ClassVar[Mapping[str, str]] = {"command": "bash", "commands": "bash"}
    naming: ClassVar[tuple[str, ...]] = ("label", "name", "key", "id")


class Drone(KeyedYaml):
    """Drone and Woodpecker (pipeline reference)."""

    id = "drone"
    rank = 10
    system = "drone"
    names: ClassVar[tuple[str, ...]] = (
        ".drone.yml", ".drone.yaml", ".drone/*.yml", ".woodpecker.yml", ".woodpecker.yaml",
        ".woodpecker/*.yml", ".woodpecker/*.yaml",
    )  # fmt: skip
    keys: ClassVar[Mapping[str, str]] = {"commands": "sh"}

    def walk(self, node: Tree, path: tuple[str, ...], env: Mapping[str, str]) -> Iterator[Region | Start]:
        """Read what a step or a service is started with as well: ``entrypoint`` and ``command`` are words."""
        if isinstance(node, Map) and node.get("image") is not None:
            yield from _started_with(node, path, env, self.system)
        yield from super().walk(node, path, env)


class Travis(KeyedYaml):
    """Travis CI (job lifecycle)."""

    id = "travis"
    rank = 10
    system = "travis"
    names: ClassVar[tuple[str, ...]] = (".travis.yml", ".travis.yaml")
    keys: ClassVar[Mapping[str, str]] = dict.fromkeys(
        (
            "before_install", "install", "before_script", "script", "after_success", "after_failure", "after_script",
            "before_deploy", "after_deploy", "before_cache",
        ),
        "bash",
    )  # fmt: skip
    env_keys: ClassVar[tuple[str, ...]] = ()

    def environment(self, node: Map) -> dict[str, str]:
        """Return what ``env`` sets for every job: ``NAME=value`` words; a name with several values is a matrix's."""
        setting = node.get("env", "global") or node.get("env")
        found: dict[str, str] = {}
        for word in (word for item in scalars(setting) for word in _split(item.value)):
            name, sign, value = word.partition("=")
            if sign and name.isidentifier():
                found[name] = UNKNOWN if "$" in value or found.get(name, value) != value else value
        return found


def _split(text: str) -> list[str]:
    """Split a text into words as a shell does; nothing where its quotes do not close."""
    try:
        return shlex.split(text)
    except ValueError:
        return []


class AppVeyor(KeyedYaml):
    """AppVeyor (appveyor.yml reference): plain items are cmd's, or sh's and PowerShell's under their own keys."""

    id = "appveyor"
    rank = 10
    system = "appveyor"
    names: ClassVar[tuple[str, ...]] = ("appveyor.yml", ".appveyor.yml", "appveyor.yaml")
    keys: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            (
                "init", "install", "before_build", "build_script", "after_build", "before_test", "test_script", "after_test",
                "before_deploy", "deploy_script", "after_deploy", "on_success", "on_failure", "on_finish", "cmd",
            ),
            "cmd",
        ),
        "sh": "bash", "ps": "pwsh", "pwsh": "pwsh",
    }  # fmt: skip

    def walk(self, node: Tree, path: tuple[str, ...], env: Mapping[str, str]) -> Iterator[Region | Start]:
        """Read the items of a phase that name their shell as well."""
        if isinstance(node, Map):
            for key, value in node.items.items():
                mixed = isinstance(value, List) and key in self.keys and scalars(value)
                for number, item in enumerate(value.items, 1) if isinstance(value, List) and mixed else ():
                    if isinstance(item, Map):
                        yield from self.walk(item, (*path, key, self.title(item, number)), env)
        yield from super().walk(node, path, env)


class Taskfile(KeyedYaml):
    """Task (taskfile.dev, schema reference): commands, dynamic variables, status and preconditions."""

    id = "taskfile"
    rank = 10
    names: ClassVar[tuple[str, ...]] = (
        "Taskfile.yml", "Taskfile.yaml", "Taskfile.dist.yml", "taskfile.yml", "taskfile.yaml", "Taskfile.*.yml",
    )  # fmt: skip
    keys: ClassVar[Mapping[str, str]] = {"cmd": "sh", "sh": "sh", "status": "sh", "defer": "sh", "if": "sh"}
    holes = BRACES

    def walk(self, node: object, path: tuple[str, ...], env: Mapping[str, str]) -> Iterator[Region | Start]:
        """Read plain items of ``cmds`` and ``preconditions``, each in a shell of its own."""
        short = len(path) in (2, 3) and path[0] == "tasks"  # tasks: {build: TEXT, test: [TEXT]}
        if (
            isinstance(node, Scalar)
            and len(path) > 1
            and (path[-2] in ("cmds", "preconditions") or (short and (len(path) == 2 or path[-1].isdigit())))
        ):
            yield from super().texts("cmd", [node], Map(), path, env)
        else:
            yield from super().walk(node, path, env)  # type: ignore[arg-type]


class Lefthook(KeyedYaml):
    """Lefthook's git hooks (configuration reference)."""

    id = "lefthook"
    rank = 10
    names: ClassVar[tuple[str, ...]] = ("lefthook.yml", "lefthook.yaml", ".lefthook.yml", "lefthook-local.yml")
    keys: ClassVar[Mapping[str, str]] = {"run": "sh"}
