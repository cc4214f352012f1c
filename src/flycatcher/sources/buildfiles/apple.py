"""Xcode: shell scripts of build phases and schemes (project.pbxproj is a property list in its old text form), XcodeGen's project.yml."""

from __future__ import annotations

import re
from typing import ClassVar

from flycatcher.sources.buildfiles.engine.lines import Lines, line
from flycatcher.sources.buildfiles.engine.stands import At, Stands


class Xcode(Lines):
    """A phase's text is run by its ``shellPath``, which Xcode writes in front of it; schemes escape it as XML does."""

    id = "xcode"
    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("project.pbxproj", "*.xcscheme")
    replaced = (
        (re.compile(r"\\n|&#10;"), "\n"), (re.compile(r"\\t"), "\t"), (re.compile(r"\\([\"\\])"), r"\1"), (re.compile(r"&quot;"), '"'),
        (re.compile(r"&apos;"), "'"), (re.compile(r"&lt;"), "<"), (re.compile(r"&gt;"), ">"), (re.compile(r"&amp;"), "&"),
    )  # fmt: skip
    lines = (
        line(r"(?:shellPath = \"?(?P<by>[^;\"\n]+)\"?;\s*)?\b(?P<name>shellScript) = \"(?P<text>(?:\\.|[^\"\\])*)\";"),
        line(r"\b(?P<name>scriptText) = \"(?P<text>[^\"]*)\""),
    )


class XcodeGen(Stands):
    """XcodeGen and Tuist-like project.yml: scripts of a target, before and after the build."""

    id = "xcodegen"
    rank = 30
    names: ClassVar[tuple[str, ...]] = ("project.yml", "project.yaml")
    marks = (re.compile(r"^(?:targets|name|schemes|options):", re.MULTILINE),)
    at = (
        At(
            "**/preBuildScripts|postBuildScripts|postCompileScripts|preActions|postActions|buildToolPlugins/script",
            beside="shell",
        ),
        At("options/preGenCommand|postGenCommand"),
    )
