"""Nix and Guix: phases and hooks of derivations, scripts that modules write, words of ``invoke`` (each manual's reference)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from msgspec import structs

from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine.filetype import Region
from flycatcher.sources.buildfiles.engine.literals import LISP, NIX, WORDS, Sources, opening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.buildfiles.engine.filetype import Document, Start

_PHASES = (
    r"(?:pre|post)?(?:unpack|patch|configure|build|check|install|fixup|installCheck|dist)(?:Phase)?|(?:pre|post)(?:Unpack|Patch|Configure|"
    r"Build|Check|Install|Fixup|InstallCheck|Dist)|\w*Phase|buildCommand|shellHook|installerScript|runScript|extraBuildCommands|"
    r"script|testScript|preStart|postStart|preStop|postStop|reload|ExecStart|ExecStartPre|ExecStartPost|initContent|initExtra|"
    r"interactiveShellInit|shellInit|loginShellInit|text|activationScript|userActivationScripts|postBootCommands|preDeviceCommands|"
    r"postDeviceCommands|postMountCommands|preLVMCommands|extraInstallCommands|runtimeInputsHook|enterShell|exec"
)


_TEST_DRIVER = lazy(
    r"\b\w+\.(?:wait_(?:for|until)_\w+|succeed|fail|execute|shutdown)\(|\bwith subtest\(|\bstart_all\(\)"
)
"""NixOS' tests are Python for a driver of its own (NixOS manual, writing tests), under the same names as scripts."""


class Nix(Sources):
    """``''...''`` and ``"..."``: what they interpolate is not known."""

    id = "nix"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("*.nix",)
    literals = NIX
    openings = (
        opening(rf"\b(?P<name>{_PHASES})[ \t]*=[ \t\n]*(?=''|\")", dialect="bash"),
        opening(r"\b(?P<name>runCommand\w*)[ \t]+(?:\"[^\"\n]*\"|[\w.-]+)[ \t]+(?:\{[^{}]*\}|\([^()]*\))[ \t\n]*(?=''|\")", dialect="bash"),
        opening(r"\b(?P<name>writeShellScript(?:Bin)?|writeBash(?:Bin)?|writeDash(?:Bin)?|writeScript(?:Bin)?)[ \t]+\"[^\"\n]*\"[ \t\n]*(?=''|\")", dialect="bash"),
        opening(r"(?P<name>systemCronJobs)[ \t]*=[ \t\n]*(?=\[)", "each", dialect="bash", confidence="medium"),
        opening(r"\b(?P<name>writePython3(?:Bin)?)[ \t]+\"[^\"\n]*\"[ \t\n]+(?:\{[^{}]*\}|\w+)[ \t\n]*(?='')", dialect="python3"),
        opening(r"\b(?P<name>writePerl(?:Bin)?)[ \t]+\"[^\"\n]*\"[ \t\n]+(?:\{[^{}]*\}|\w+)[ \t\n]*(?='')", dialect="perl"),
    )  # fmt: skip

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Leave the scripts of tests out; mark what becomes a file of its own, which is there to be read."""
        for found in super().read(document):
            if isinstance(found, Region) and _TEST_DRIVER.search(found.text.text):
                continue
            if isinstance(found, Region) and found.symbol[-1:] and found.symbol[-1].startswith("write"):
                yield structs.replace(found, context={**found.context, "script": "file"})
            else:
                yield found


class Guix(Sources):
    """Guile: ``(invoke "program" ...)`` and ``(system* ...)`` are words, ``(system "...")`` is text for sh."""

    id = "guix"
    comments: ClassVar[tuple[str, ...]] = (";",)
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("*.scm", "guix.scm", "manifest.scm")
    literals = LISP
    openings = (
        opening(r"\((?P<name>invoke|system\*|execl|execlp)[ \t\n]+", "list"),
        opening(r"\((?P<name>system|open-input-pipe|open-pipe)[ \t\n]+(?=\")"),
        opening(r"\((?P<name>shell|shepherd-command|job)[ \t\n]+(?:'?\([^()]*\)[ \t\n]+|\"[^\"]*\"[ \t\n]+)?(?=\")"),
    )


class Dune(Sources):
    """Dune's actions (reference): ``(run ...)`` is words, ``(system ...)`` and ``(bash ...)`` are text."""

    id = "dune"
    comments: ClassVar[tuple[str, ...]] = (";",)
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("dune", "dune-project", "dune.inc", "dune-workspace", "jbuild")
    literals = WORDS
    replaced = ((re.compile(r"%\{[^{}]*\}"), UNKNOWN),)
    openings = (
        opening(r"\((?P<name>run)[ \t\n]+", "list"),
        opening(r"\((?P<name>system)[ \t\n]+(?=\")"),
        opening(r"\((?P<name>bash)[ \t\n]+(?=\")", dialect="bash"),
    )


class Opam(Sources):
    """opam (manual, opam file format): every command is a list of words."""

    id = "opam"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("opam", "*.opam", "*.opam.template")
    literals = LISP
    replaced = ((re.compile(r"%\{[^{}]*\}%"), UNKNOWN),)
    openings = (opening(r"\[(?=[ \t\n]*\"[^\"\n]+\"[ \t\n]+\"-)", "list", symbol="command", hook="install"),)
