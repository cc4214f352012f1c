"""Puppet and Chef: resources that run commands (Puppet's and Chef Infra's resource references)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.sources.buildfiles.engine.literals import RUBY, SINGLE_OR_DOUBLE, Sources, opening
from flycatcher.sources.buildfiles.sources import Ruby

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.buildfiles.engine.filetype import Document, Region, Start


_CHEF_SCRIPT = (
    r"^[ \t]*script[ \t]+[^\n]*\bdo\b(?:(?!^[ \t]*end\b)[^\n]*\n)*?[ \t]*interpreter[ \t]*\(?[ \t]*[\"'](?:/\S*/)?{0}[\d.]*[\"']"
    r"(?:(?!^[ \t]*end\b)[^\n]*\n)*?[ \t]*(?P<name>code)[ \t]*\(?[ \t]*(?=[\"'<%])"
)
"""Chef's ``script`` resource, by its interpreter."""


class Puppet(Sources):
    """``exec``: the command, what it depends on, or its title; read as sh does."""

    id = "puppet"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("*.pp", "*.epp")
    literals = SINGLE_OR_DOUBLE
    marks = (re.compile(r"\b(?:exec|cron|service)\b"),)
    openings = (
        opening(
            r"\b(?P<name>command|onlyif|unless|refresh|restart|start|stop|status|validate_cmd)[ \t]*=>[ \t\n]*(?=[\"'])"
        ),
        opening(r"\b(?P<name>command)[ \t]*=>[ \t\n]*(?=\[)", "list"),
        opening(r"\b(?P<name>onlyif|unless|refresh)[ \t]*=>[ \t\n]*(?=\[)", "each"),
        opening(r"\b(?P<name>content)[ \t]*=>[ \t\n]*(?=[\"']#!)", confidence="medium"),
        opening(r"\b(?P<name>exec)[ \t]*\{[ \t\n]*(?=[\"'])"),
    )


class Chef(Sources):
    """Recipes are Ruby: beside its calls, the text of ``execute``, ``bash``, ``python`` and their like, and of guards."""

    id = "chef"
    rank = 30
    names: ClassVar[tuple[str, ...]] = (
        "recipes/*.rb",
        "cookbooks/*/recipes/*.rb",
        "cookbooks/*/*/*.rb",
        "resources/*.rb",
        "providers/*.rb",
    )
    literals = RUBY
    marks = (
        re.compile(
            r"^[ \t]*(?:execute|bash|script|python|perl|ruby|csh|ksh|powershell_script|batch|cron\w*)\b[^\n]*\bdo\b",
            re.MULTILINE,
        ),
    )
    _script = (
        r"^[ \t]*{0}[ \t]+[^\n]*\bdo\b(?:(?!^[ \t]*end\b)[^\n]*\n)*?[ \t]*(?P<name>code)[ \t]*\(?[ \t]*(?=[\"'<%])"
    )
    openings = (
        *(opening(_CHEF_SCRIPT.format(name), dialect=name) for name in ("python", "perl", "ruby", "php", "node")),
        opening(r"^[ \t]*(?P<name>command)[ \t]*\(?[ \t]*(?=[\"'<%])"),
        opening(r"\b(?P<name>shell_out!?|ShellOut\.new)[ \t]*\(?[ \t\n]*(?=[\"'<%])"),
        opening(r"^[ \t]*(?P<name>content)[ \t]*\(?[ \t]*(?=[\"']#!|<<)", confidence="medium"),
        opening(r"^[ \t]*(?P<name>not_if|only_if)[ \t]*\(?[ \t]*(?=[\"'])"),
        opening(r"^[ \t]*(?P<name>execute)[ \t]+(?=[\"'])"),
        opening(_script.format("(?:bash|script|execute)"), dialect="bash"),
        opening(_script.format("python"), dialect="python3"),
        opening(_script.format("perl"), dialect="perl"),
        opening(_script.format("ruby"), dialect="ruby"),
        opening(_script.format("powershell_script"), dialect="pwsh", confidence="low"),
    )  # fmt: skip

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Read the resources, then the calls."""
        yield from super().read(document)
        yield from Ruby().read(document)


class Vagrant(Sources):
    """Vagrantfiles are Ruby: beside its calls, inline scripts of provisioners and triggers."""

    id = "vagrant"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("Vagrantfile", "Vagrantfile.*", "*.vagrantfile")
    literals = RUBY
    openings = (
        opening(r"\b:?(?P<name>inline)[ \t]*(?::|=>|=)[ \t\n]*(?=[\"'<%])", dialect="bash", hook="boot"),
        opening(r"^[ \t]*\$(?P<name>\w+)[ \t]*=[ \t]*(?=<<)", dialect="bash", hook="boot"),
    )

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Read the provisioners, then the calls."""
        yield from super().read(document)
        yield from Ruby().read(document)


class CocoaPods(Sources):
    """Podfile and podspecs are Ruby: beside its calls, ``prepare_command`` and script phases."""

    id = "cocoapods"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("Podfile", "*.podspec")
    literals = RUBY
    openings = (
        opening(r"\.(?P<name>prepare_command)[ \t]*=[ \t\n]*(?=[\"'<%])", dialect="bash", hook="install"),
        opening(r"\b(?P<name>execute_command)\([ \t\n]*", "list", hook="install"),
        opening(
            r":?shell_path[ \t]*(?:=>|:)[ \t\n]*[\"'](?:/\S*/)?ruby[\"'][^\n]*?:?(?P<name>script)[ \t]*(?:=>|:)[ \t\n]*(?=[\"'<%])",
            dialect="ruby",
        ),
        opening(r":?(?P<name>script)[ \t]*(?:=>|:)[ \t\n]*(?=[\"'<%])"),
    )

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Read the phases, then the calls."""
        yield from super().read(document)
        yield from Ruby().read(document)
