"""Packages of distributions and stores whose recipes are trees, each by its own reference: where the commands stand."""

from __future__ import annotations

import re
from typing import ClassVar

from flycatcher.sources.buildfiles.engine.filetype import FileType, Searcher
from flycatcher.sources.buildfiles.engine.lines import Lines, line
from flycatcher.sources.buildfiles.engine.stands import BY_NAME, At, Stands
from flycatcher.sources.buildfiles.engine.yaml import BRACES, EXPRESSIONS


class Conda(Stands):
    """conda-build's meta.yaml and rattler-build's recipe.yaml (their recipe references): build scripts, commands of tests."""

    id = "conda"
    words: ClassVar[tuple[Searcher, ...]] = (*FileType.words, BY_NAME)
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("meta.yaml", "recipe.yaml", "conda.recipe/*.yaml")
    marks = (re.compile(r"^(?:package|outputs|recipe|build|context):", re.MULTILINE),)
    holes = re.compile(f"{EXPRESSIONS.pattern}|{BRACES.pattern}", re.DOTALL)
    templates = True
    env_keys = ()
    at = (
        At("**/build/script/content", "text", dialect="bash", beside="interpreter", hook="install"),
        At("**/build/script/then|else", "each", dialect="bash", hook="install"),
        At("**/build/script", "each", dialect="bash", hook="install"),
        At("outputs/script", dialect="bash"),
        At("**/test|tests/commands", "each", dialect="bash"),
        At("**/tests/script/content", dialect="bash", beside="interpreter"),
        At("**/tests/script", "each", dialect="bash"),
    )


class Snapcraft(Stands):
    """Snapcraft, Rockcraft and Charmcraft (their YAML references): overridden steps are bash's text, an app's command is words."""

    id = "snapcraft"
    rank = 10
    names: ClassVar[tuple[str, ...]] = (
        "snapcraft.yaml",
        "rockcraft.yaml",
        "charmcraft.yaml",
        ".snapcraft.yaml",
        "snapcraft.yaml.in",
    )
    env_keys = ("environment",)
    at = (
        At("parts/*/override-*", dialect="bash", hook="install"),
        At("parts/*/prepare|build|install", dialect="bash"),
        At("parts/*/build-environment/*", dialect="bash"),
        At("apps|services/*/command|stop-command|post-stop-command", "argv"),
        At("checks/*/exec/command", "argv"),
    )


class Flatpak(Stands):
    """Flatpak manifests (flatpak-manifest(5)), in YAML or JSON, under any name."""

    id = "flatpak"
    rank = 72
    format = ""
    names: ClassVar[tuple[str, ...]] = ("*.json", "*.yml", "*.yaml")
    words: ClassVar[tuple[Searcher, ...]] = (
        re.compile(rb"(?m)^[ \t{]*[\"']?app-id[\"']?[ \t]*:|^[ \t{]*[\"']?id[\"']?[ \t]*:"),
    )
    marks = (
        re.compile(r"(?m)^[ \t{]*[\"']?(?:app-)?id[\"']?[ \t]*:"),
        re.compile(r"(?m)^[ \t{]*[\"']?(?:modules|build-commands)[\"']?[ \t]*:"),
        re.compile(r"(?m)^[ \t{]*[\"']?(?:runtime|sdk|base)[\"']?[ \t]*:"),
    )
    env_keys = ()
    at = (
        At("**/build-commands|post-install|test-commands|cleanup-commands|prepare-commands", "each"),
        At("**/sources/commands", "each"),
        At("**/sources/script"),
    )


class AppImage(Stands):
    """appimage-builder and pkg2appimage recipes: scripts around the bundle."""

    id = "appimage"
    rank = 10
    names: ClassVar[tuple[str, ...]] = (
        "AppImageBuilder.yml",
        "AppImageBuilder.yaml",
        "AppImageBuilder*.yml",
        "*.appimage.yml",
    )
    at = (
        At("script", dialect="bash"),
        At("**/before_*|after_*", dialect="bash"),
        At("**/test/*/command", "argv"),
        At("AppDir/app_info/exec", "program", beside="exec_args"),
        At("ingredients|build/script|post_script|pre_script", dialect="bash"),
    )


class PackageHooks(Stands):
    """Packages of nfpm and of melange: scripts of an installation, steps of a build."""

    id = "melange"
    rank = 72
    names: ClassVar[tuple[str, ...]] = ("*.yaml", "*.yml")
    words: ClassVar[tuple[Searcher, ...]] = (re.compile(rb"(?m)^pipeline:|^[ \t]+runs:"),)
    marks = (re.compile(r"(?m)^package:"), re.compile(r"(?m)^[ \t]*-?[ \t]*runs:"))
    holes = EXPRESSIONS
    at = (At("**/pipeline/runs"), At("**/scriptlets/*"))


class DebianTests(Lines):
    """debian/tests/control (autopkgtest): the commands of tests, text for bash."""

    id = "debian-tests"
    rank = 10
    names: ClassVar[tuple[str, ...]] = ("debian/tests/control",)
    lines = (line(r"^(?P<name>Test-Command):[ \t]*(?P<text>[^\n]+(?:\n[ \t]+\S[^\n]*)*)", dialect="bash"),)
