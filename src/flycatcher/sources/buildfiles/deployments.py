"""Platforms that build and start what is pushed to them, and workspaces in the cloud, each by its own reference."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.sources.buildfiles.engine.filetype import FileType, Searcher
from flycatcher.sources.buildfiles.engine.stands import BY_NAME, At, Stands

if TYPE_CHECKING:
    from collections.abc import Mapping


class Deployment(Stands):
    """Netlify, Vercel, Render, Fly, Railway, Heroku, Nixpacks, Wrangler, App Engine, Platform.sh, DigitalOcean, Elastic Beanstalk."""

    id = "deployment"
    rank = 10
    format = ""
    names: ClassVar[tuple[str, ...]] = (
        "netlify.toml", "vercel.json", "now.json", "render.yaml", "fly.toml", "railway.json", "railway.toml", "app.json", "heroku.yml",
        "nixpacks.toml", "wrangler.toml", "wrangler.json", "app.yaml", ".platform.app.yaml", ".do/*.yaml", ".ebextensions/*.config",
        "staticwebapp.yml", "captain-definition",
    )  # fmt: skip
    at = (
        At("dockerfileLines", dialect="dockerfile"),
        At("build|dev/command"),
        At("context/*/command"),
        At("buildCommand|devCommand|installCommand|ignoreCommand"),
        At("build|deploy/buildCommand|startCommand|preDeployCommand|release_command"),
        At(
            "**/services|jobs|workers|static_sites/buildCommand|startCommand|preDeployCommand|build_command|run_command"
        ),
        At("processes/*"),
        At("scripts/*"),
        At("phases/*/cmds"),
        At("start/cmd"),
        At("run/*/command"),
        At("run/*"),
        At("release/command"),
        At("entrypoint", dialect="bash"),
        At("hooks/*"),
        At("**/commands/start"),
        At("web|crons/**/cmd|start"),
        At("commands|container_commands/*/command"),
        At("commands|container_commands/*/test"),
        At("files/*/content", dialect="user-data"),
    )


class CloudWorkspace(Stands):
    """Gitpod, Replit, CodeSandbox, StackBlitz, devfiles: commands that opening a workspace runs."""

    id = "cloud-workspace"
    rank = 10
    format = ""
    formats: ClassVar[Mapping[str, str]] = {".replit": "toml"}
    names: ClassVar[tuple[str, ...]] = (
        ".gitpod.yml", ".replit", ".codesandbox/tasks.json", ".stackblitzrc", "devfile.yaml", ".devfile.yaml", "devspace.yaml",
        "okteto.yml", "okteto.yaml",
    )  # fmt: skip
    at = (
        At("tasks/init|before|command|prebuild", dialect="bash", hook="open"),
        At("tasks/*/command", dialect="bash"),
        At("setupTasks", "each", dialect="bash", hook="open"),
        At("setupTasks/command", dialect="bash", hook="open"),
        At("startCommand", hook="open"),
        At("run|compile|onBoot", "either"),
        At("deployment/run|build|compile", "either"),
        At("**/exec/commandLine"),
        At("**/hooks/command", "program", beside="args"),
        At("pipelines/*/run"),
        At("pipelines/*"),
        At("deploy|destroy|test/commands", "each"),
        At("**/commands/command", "either"),
        At("**/commands", "each"),
        At("**/command", "either"),
    )


class CloudFormation(Stands):
    """AWS CloudFormation and Systems Manager: user data, cfn-init's commands and files, documents that run commands."""

    id = "cloudformation"
    rank = 74
    format = ""
    names: ClassVar[tuple[str, ...]] = ("*.yml", "*.yaml", "*.json", "*.template", "*.cfn")
    words: ClassVar[tuple[Searcher, ...]] = (
        re.compile(rb"UserData|AWS::CloudFormation::Init|runCommand|schemaVersion"),
    )
    marks = (re.compile(r"AWSTemplateFormatVersion|\bAWS::\w+::\w+|schemaVersion['\"]?\s*:"),)
    holes = re.compile(r"\$\{[^}]*\}")
    at = (
        At("**/UserData", dialect="user-data"),
        At("**/UserData/**", dialect="user-data"),
        At("**/commands/*/command|test", "either"),
        At("**/files/*/content", dialect="user-data"),
        At("**/runCommand|RunCommand", dialect="sh"),
        At("**/mainSteps/inputs/Script", beside="Runtime"),
        At("**/BuildSpec", dialect="buildspec"),
        At("**/ContainerDefinitions/Command", "argv"),
    )


class PulumiYaml(Stands):
    """Pulumi in YAML: the command provider, user data."""

    id = "pulumi"
    rank = 10
    names: ClassVar[tuple[str, ...]] = ("Pulumi.yaml", "Pulumi.*.yaml", "Main.yaml")
    holes = re.compile(r"\$\{[^}]*\}")
    words: ClassVar[tuple[Searcher, ...]] = (*FileType.words, BY_NAME)
    marks = (re.compile(r"^(?:resources|runtime|variables|config):", re.MULTILINE),)
    at = (
        At("resources/*/properties/create|update|delete|command|commands", beside="interpreter"),
        At("resources/*/properties/userData|startupScript|metadataStartupScript|customData", dialect="user-data"),
        At("resources/*/properties/userData|userDataBase64/**", dialect="user-data"),
    )
