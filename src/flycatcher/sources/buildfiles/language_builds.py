"""Builds in other languages, each by its standard library's reference: R, Julia, Elixir, Erlang, Nim, premake and xmake, NSIS, Grunt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.sources.buildfiles.engine.literals import CURLY, PYTHON, SINGLE_OR_DOUBLE, Sources, opening
from flycatcher.sources.buildfiles.sources import JavaScript, Lua

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.buildfiles.engine.filetype import Document, Region, Searcher, Start


class RBuild(Sources):
    """R: ``system`` and ``shell`` take text, ``system2`` a program and a vector of words."""

    id = "r"
    rank = 60
    names: ClassVar[tuple[str, ...]] = ("*.R", "*.r", ".Rprofile", "Rprofile.site")
    languages: ClassVar[tuple[str, ...]] = ("r",)
    words: ClassVar[tuple[Searcher, ...]] = (re.compile(rb"\b(?:system2?|shell|pipe)[ \t]*\("),)
    literals = PYTHON
    openings = (opening(r"(?<![\w.])(?P<name>system|shell|pipe)[ \t]*\([ \t\n]*(?:command[ \t]*=[ \t]*)?(?=[\"'])"),)


class JuliaBuild(Sources):
    """Julia: a command in backticks is words, no shell reads it."""

    id = "julia"
    rank = 60
    names: ClassVar[tuple[str, ...]] = ("*.jl",)
    languages: ClassVar[tuple[str, ...]] = ("julia",)
    words: ClassVar[tuple[Searcher, ...]] = (re.compile(rb"`"),)
    literals = CURLY
    openings = (
        opening(
            r"\b(?P<name>run|read|open|success|pipeline|readchomp|readlines|eachline|detach|ignorestatus|setenv)\([ \t\n]*(?=`)",
            "words",
        ),
    )


class ElixirBuild(Sources):
    """Elixir's Mix: ``System.cmd`` takes words, ``System.shell``, ``Mix.shell().cmd`` and ``:os.cmd`` text."""

    id = "elixir"
    rank = 60
    names: ClassVar[tuple[str, ...]] = ("*.ex", "*.exs")
    languages: ClassVar[tuple[str, ...]] = ("elixir",)
    words: ClassVar[tuple[Searcher, ...]] = (re.compile(rb"System\.(?:cmd|shell)|\.cmd\(|:os\.cmd|:spawn|\"cmd "),)
    literals = PYTHON
    openings = (
        opening(r"(?P<name>System\.shell|\.shell\(\)\.cmd|:os\.cmd)\([ \t\n]*(?=[\"'])"),
        opening(r"(?P<name>:spawn)[ \t]*,[ \t\n]*(?=[\"'])", "words"),
        opening(r"(?=[\"']cmd [^\"'\n]+[\"'])", "words", symbol="alias", confidence="medium"),
    )


class ErlangBuild(Sources):
    """Rebar's hooks and ``os:cmd``: text."""

    id = "erlang"
    rank = 60
    comments: ClassVar[tuple[str, ...]] = ("%",)
    clean: ClassVar[re.Pattern[str]] = re.compile(r"^[ \t]*%.*$", re.MULTILINE)
    names: ClassVar[tuple[str, ...]] = ("rebar.config", "rebar.config.script", "*.erl", "*.escript")
    words: ClassVar[tuple[Searcher, ...]] = (re.compile(rb"os:cmd|open_port|_hooks"),)
    literals = PYTHON
    openings = (
        opening(r"\b(?P<name>os:cmd)\([ \t\n]*(?=\")"),
        opening(r"\{(?:\"[^\"\n]*\"[ \t\n]*,[ \t\n]*)?(?P<name>[a-z]\w*)[ \t\n]*,[ \t\n]*(?=\"[^\"\n]+\"[ \t\n]*\})", confidence="medium"),
        opening(r"\{(?P<name>spawn)[ \t]*,[ \t\n]*(?=\")", "words"),
    )  # fmt: skip


class NimBuild(Sources):
    """Nim and Nimble: ``exec`` of NimScript, ``gorge`` while it compiles, ``execCmd`` and ``execShellCmd``: text."""

    id = "nim"
    rank = 60
    names: ClassVar[tuple[str, ...]] = ("*.nim", "*.nims", "*.nimble")
    words: ClassVar[tuple[Searcher, ...]] = (re.compile(rb"\b(?:exec|gorge|staticExec|startProcess)"),)
    literals = PYTHON
    openings = (
        opening(
            r"(?<![\w.])(?P<name>exec|selfExec|gorge(?:Ex)?|staticExec|execCmd(?:Ex)?|execShellCmd|execProcess)[ \t]*\(?[ \t]*(?=r?\")"
        ),
    )


class LuaBuild(Sources):
    """premake and xmake are Lua: beside its calls, what their own start."""

    id = "lua-build"
    rank = 20
    comments: ClassVar[tuple[str, ...]] = ("--",)
    clean: ClassVar[re.Pattern[str]] = re.compile(r"^[ \t]*--.*$", re.MULTILINE)
    names: ClassVar[tuple[str, ...]] = ("premake*.lua", "xmake.lua", "genie.lua")
    literals = PYTHON
    openings = (
        opening(
            r"\b(?P<name>prebuildcommands|prelinkcommands|postbuildcommands|buildcommands|rebuildcommands|cleancommands)[ \t]*\(?[ \t\n]*(?=\{)",
            "each",
        ),
        opening(r"\bos\.(?P<name>outputof|exec|run|iorun|vrun)[ \t]*\([ \t\n]*(?=[\"'])", "words"),
        opening(r"\bos\.(?P<name>execute)[ \t]*\([ \t\n]*(?=[\"'])"),
    )

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Read the build tool's own calls, then the language's."""
        yield from super().read(document)
        yield from Lua().read(document)


class Nsis(Sources):
    """NSIS: ``Exec``, ``ExecWait`` and the plugin nsExec: words."""

    id = "nsis"
    rank = 20
    comments: ClassVar[tuple[str, ...]] = (";", "#")
    names: ClassVar[tuple[str, ...]] = ("*.nsi", "*.nsh")
    literals = SINGLE_OR_DOUBLE
    openings = (
        opening(r"^[ \t]*(?P<name>ExecWait|Exec)[ \t]+(?=[\"'])", "words"),
        opening(r"\bnsExec::(?P<name>\w+)[ \t]+(?:/\S+[ \t]+)*(?=[\"'])", "words"),
    )


class Gruntfile(Sources):
    """Grunt is JavaScript: beside its calls, commands of the plugins ``shell`` and ``exec``."""

    id = "gruntfile"
    rank = 20
    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    names: ClassVar[tuple[str, ...]] = ("Gruntfile.js", "Gruntfile.cjs", "gruntfile.js", "Gruntfile.ts")
    literals = CURLY
    openings = (
        opening(r"\b(?P<name>command|cmd)[ \t]*:[ \t\n]*(?=[\"'`])"),
        opening(r"\b(?P<name>command|cmd)[ \t]*:[ \t\n]*(?=\[)", "each"),
    )

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Read the tasks, then the calls."""
        yield from super().read(document)
        yield from JavaScript().read(document)
