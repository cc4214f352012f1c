"""CI systems that others run, each by its own reference: where the commands stand in its file."""

from __future__ import annotations

import re
from typing import ClassVar

from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine.filetype import FileType, Searcher
from flycatcher.sources.buildfiles.engine.stands import BY_NAME, At, Stands

_VARIABLES = lazy(r"\$\{\{(?:(?!\}\}).){0,2000}\}\}")


class Cirrus(Stands):
    """Cirrus CI (writing tasks): every ``*_script``; a cache's ``populate_script`` and ``fingerprint_script``."""

    id = "cirrus"
    rank = 10
    system = "cirrus"
    names: ClassVar[tuple[str, ...]] = (".cirrus.yml", ".cirrus.yaml", ".cirrus/*.yml")
    at = (At("**/*script", dialect="bash"),)


class CloudBuild(Stands):
    """Google Cloud Build (build configuration schema): a step's ``script``, or the words that its container is started with."""

    id = "cloud-build"
    rank = 10
    system = "cloud-build"
    names: ClassVar[tuple[str, ...]] = (
        "cloudbuild.yaml",
        "cloudbuild.yml",
        "cloudbuild.json",
        "cloudbuild*.yaml",
        ".cloudbuild/*.yaml",
    )
    format = ""
    holes = re.compile(r"(?<!\$)\$\{?_\w+\}?")
    at = (
        At("steps/script", dialect="bash"),
        At("steps/entrypoint", "program", beside="args"),
        At("steps/args", "argv"),
    )


class CodeBuild(Stands):
    """AWS CodeBuild (buildspec reference): the commands of a phase are one shell's."""

    id = "codebuild"
    rank = 10
    system = "codebuild"
    names: ClassVar[tuple[str, ...]] = (
        "buildspec.yml",
        "buildspec.yaml",
        "buildspec*.yml",
        "buildspec*.yaml",
        "amplify.yml",
    )
    env_keys = ("variables",)
    at = (At("**/phases/*/commands|finally"), At("**/build|test|backend/*/commands"))


class Bitrise(Stands):
    """Bitrise (bitrise.yml reference): the ``content`` of script steps."""

    id = "bitrise"
    rank = 10
    system = "bitrise"
    names: ClassVar[tuple[str, ...]] = ("bitrise.yml", "bitrise.yaml")
    at = (At("**/inputs/content|script_content|runner_script", dialect="bash"),)


class Codemagic(Stands):
    """Codemagic (codemagic.yaml): scripts as texts, or with a name."""

    id = "codemagic"
    rank = 10
    system = "codemagic"
    names: ClassVar[tuple[str, ...]] = ("codemagic.yaml", "codemagic.yml")
    at = (At("**/scripts/script", dialect="bash"), At("**/scripts", "each", "bash"))


class Semaphore(Stands):
    """Semaphore (pipeline YAML reference)."""

    id = "semaphore"
    rank = 10
    system = "semaphore"
    names: ClassVar[tuple[str, ...]] = (".semaphore/*.yml", ".semaphore/*.yaml", ".semaphore/*/*.yml")
    env_keys = ()
    at = (At("**/commands|commands_file", dialect="bash"),)


class Wercker(Stands):
    """Wercker and Buddy, whose steps are lists of commands."""

    id = "wercker"
    rank = 10
    system = "wercker"
    names: ClassVar[tuple[str, ...]] = ("wercker.yml", "buddy.yml", ".buddy/*.yml")
    at = (At("**/script/code", dialect="bash"), At("**/execute_commands|commands", dialect="bash"))


class Screwdriver(Stands):
    """Screwdriver (job configuration): each step is a name and a command."""

    id = "screwdriver"
    rank = 10
    system = "screwdriver"
    names: ClassVar[tuple[str, ...]] = ("screwdriver.yaml",)
    at = (At("**/steps/*/command"), At("**/steps/*"))


class Harness(Stands):
    """Harness (pipeline YAML): ``command`` and ``script`` of run steps."""

    id = "harness"
    words: ClassVar[tuple[Searcher, ...]] = (*FileType.words, BY_NAME)
    rank = 10
    system = "harness"
    names: ClassVar[tuple[str, ...]] = (".harness/*.yaml", ".harness/*.yml", ".harness/*/*.yaml")
    holes = re.compile(r"<\+[^<>]*>")
    env_keys = ("envVariables",)
    at = (At("**/spec/command", beside="shell"), At("**/spec/source/spec/script", dialect="bash"))


class Concourse(Stands):
    """Concourse (tasks): ``run`` is a program and its words. Told by content: a pipeline may have any name."""

    id = "concourse"
    rank = 74
    system = "concourse"
    names: ClassVar[tuple[str, ...]] = ("*.yml", "*.yaml")
    words: ClassVar[tuple[Searcher, ...]] = (re.compile(rb"(?m)^[ \t]*(?:-[ \t]+)?run:[ \t]*(?:\{|$|#)"),)
    marks = (
        re.compile(r"^(?:jobs|resources|platform|image_resource|run):", re.MULTILINE),
        re.compile(r"^[ \t]*run:[ \t]*(?:\{[ \t]*path:|\n[ \t]+(?:path|args|dir|user):)", re.MULTILINE),
    )
    holes = re.compile(r"\(\([^()]*\)\)")
    env_keys = ("params",)
    at = (At("**/run/path", "program", beside="args"),)


class GoCd(Stands):
    """GoCD's pipelines as code: ``exec`` and ``script`` tasks (gocd-yaml-config-plugin)."""

    id = "gocd"
    rank = 10
    system = "gocd"
    names: ClassVar[tuple[str, ...]] = ("*.gocd.yaml", "*.gocd.yml", "*.gopipeline.json")
    format = ""
    env_keys = ("environment_variables",)
    at = (At("**/tasks/script", dialect="bash"), At("**/command", "program", beside="arguments"))
