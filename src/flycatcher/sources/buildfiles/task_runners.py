"""Task runners and environments of developers, each by its own reference: where the commands stand in its file."""

from __future__ import annotations

import re
from typing import ClassVar

from flycatcher.sources.buildfiles.engine.filetype import FileType, Searcher
from flycatcher.sources.buildfiles.engine.stands import BY_NAME, At, Stands
from flycatcher.sources.buildfiles.engine.yaml import BRACES


class Mise(Stands):
    """mise (tasks, hooks): ``run`` as a text or a list of some, by ``shell`` where there is one; hooks of entering a folder."""

    id = "mise"
    words: ClassVar[tuple[Searcher, ...]] = (*FileType.words, BY_NAME)
    rank = 10
    format = "toml"
    names: ClassVar[tuple[str, ...]] = (
        "mise.toml",
        ".mise.toml",
        "mise.*.toml",
        ".mise.*.toml",
        "mise/config.toml",
        ".config/mise.toml",
    )
    holes = BRACES
    env_keys = ("env",)
    at = (
        At("tasks/*/run", "each", beside="shell"),
        At("tasks/*", "each"),
        At("hooks/*/script|run", beside="shell", hook="open"),
        At("hooks/*", "each", hook="open"),
        At("**/postinstall", hook="install"),
    )


class Devbox(Stands):
    """Devbox (devbox.json reference): the shell's init hook and scripts."""

    id = "devbox"
    rank = 10
    format = "json"
    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    names: ClassVar[tuple[str, ...]] = ("devbox.json",)
    at = (At("shell/init_hook", hook="open"), At("shell/scripts/*"))


class CargoMake(Stands):
    """cargo-make (Makefile.toml): ``script`` by ``script_runner``, or a command and its words."""

    id = "cargo-make"
    words: ClassVar[tuple[Searcher, ...]] = (*FileType.words, BY_NAME)
    rank = 10
    format = "toml"
    names: ClassVar[tuple[str, ...]] = ("Makefile.toml", "*.makefile.toml")
    holes = re.compile(r"\$\{[^{}]*\}")
    at = (
        At("**/script/content", beside="script_runner"),
        At("**/script|condition_script", beside="script_runner"),
        At("**/command", "program", beside="args"),
    )


class CargoConfig(Stands):
    """Cargo (configuration): runners, linkers and wrappers that every build starts."""

    id = "cargo-config"
    rank = 10
    format = "toml"
    names: ClassVar[tuple[str, ...]] = (".cargo/config.toml", ".cargo/config")
    at = (
        At("target/*/runner|linker", "argv"),
        At("build/rustc-wrapper|rustc-workspace-wrapper|rustc", "argv"),
        At("credential-alias/*", "argv"),
    )


class Nx(Stands):
    """Nx (run-commands): the commands of a target's options."""

    id = "nx"
    rank = 10
    format = "json"
    names: ClassVar[tuple[str, ...]] = ("project.json", "nx.json", "workspace.json", "angular.json")
    holes = re.compile(r"\{[\w.]+\}")
    at = (
        At("**/options|configurations/**/commands/command"),
        At("**/options|configurations/**/command"),
        At("**/options|configurations/**/commands", "each"),
        At("**/targets|targetDefaults/*/command"),
    )


class Moon(Stands):
    """moon (project and task configuration): a command as words, a script for a shell."""

    id = "moon"
    rank = 10
    names: ClassVar[tuple[str, ...]] = ("moon.yml", ".moon/tasks.yml", ".moon/tasks/*.yml")
    at = (At("**/tasks/*/script"), At("**/tasks/*/command", "program", beside="args"))


class DenoConfig(Stands):
    """Deno (deno.json): tasks are text for its own shell, which reads as sh does."""

    id = "deno-config"
    rank = 10
    format = "json"
    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    names: ClassVar[tuple[str, ...]] = ("deno.json", "deno.jsonc")
    at = (At("tasks/*/command"), At("tasks/*"))


class Overcommit(Stands):
    """Overcommit (configuration of git hooks): a hook's command is words."""

    id = "overcommit"
    rank = 10
    names: ClassVar[tuple[str, ...]] = (".overcommit.yml",)
    at = (
        At("*/*/command", "argv", hook="git"),
        At("*/*/required_executable", "program", beside="flags", hook="git"),
    )


class LefthookConfig(Stands):
    """Lefthook's configuration in TOML or JSON."""

    id = "lefthook-config"
    rank = 10
    format = ""
    names: ClassVar[tuple[str, ...]] = (
        "lefthook.toml",
        "lefthook.json",
        ".lefthook.toml",
        ".lefthook.json",
        "lefthook-local.toml",
    )
    holes = re.compile(r"\{[\w-]+\}")
    at = (At("**/run", hook="git"),)


class Skaffold(Stands):
    """Skaffold (skaffold.yaml): hooks on the host and in containers, custom builders."""

    id = "skaffold"
    rank = 10
    names: ClassVar[tuple[str, ...]] = ("skaffold.yaml", "skaffold.yml", "skaffold*.yaml")
    at = (At("**/command", "argv"), At("**/buildCommand"))


class GoReleaser(Stands):
    """GoReleaser (customization): hooks and publishers are words, without a shell."""

    id = "goreleaser"
    rank = 10
    names: ClassVar[tuple[str, ...]] = (
        ".goreleaser.yml",
        ".goreleaser.yaml",
        "goreleaser.yml",
        "goreleaser.yaml",
        ".goreleaser/*.yaml",
    )
    holes = BRACES
    env_keys = ()
    at = (
        At("**/hooks/**/cmd", "argv"),
        At("**/hooks", "argvs"),
        At("**/hooks/pre|post", "argvs"),
        At("**/publishers/cmd", "argv"),
    )


class Renovate(Stands):
    """Renovate (configuration options): commands after an update, which the bot's administrator has to allow."""

    id = "renovate"
    rank = 10
    format = "json"
    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    names: ClassVar[tuple[str, ...]] = (
        "renovate.json", "renovate.json5", ".renovaterc", ".renovaterc.json", ".github/renovate.json", "renovate/*.json",
    )  # fmt: skip
    holes = BRACES
    at = (At("**/postUpgradeTasks/commands", "each"),)


class TestKitchen(Stands):
    """Test Kitchen (kitchen.yml): the shell provisioner's command, and what runs around each phase."""

    id = "test-kitchen"
    rank = 10
    names: ClassVar[tuple[str, ...]] = (
        "kitchen.yml",
        ".kitchen.yml",
        "kitchen.*.yml",
        ".kitchen.*.yml",
        "kitchen.yaml",
    )
    at = (
        At("**/lifecycle/*/local|remote"),
        At("**/lifecycle/*", "each"),
        At("**/provisioner/command|script"),
    )
