"""apt: hooks that are given as settings, and files of settings.

Source: apt-pkg/contrib/configuration.cc, cmndline.cc, apt-pkg/deb/dpkgpm.cc (RunScripts); checked with marker code against 2.6.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.reading import Reading

_HOOK = re.compile(
    r"\s*(?:(apt::update)::(?:pre|post)-invoke(?:-success|-stats)?|(?:dpkg|apt::install)::(?:pre-invoke|post-invoke(?:-success)?|pre-install-pkgs))"
    r"::[^=]*=\s*",
    re.IGNORECASE,
)  # fmt: skip
_SAID = re.compile(r"\d+|no|false|without|off|disable|yes|true|with|on|enable", re.IGNORECASE)
"""What an option that is on or off, or counts, takes from the next word (strutl.cc, StringToBool; cmndline.cc, HandleOpt)."""
_CHANGES = frozenset(
    (
        "install", "reinstall", "remove", "purge", "upgrade", "dist-upgrade", "full-upgrade", "safe-upgrade", "autoremove",
        "autopurge", "build-dep", "dselect-upgrade", "satisfy",
    )
)  # fmt: skip


class Apt(Host):
    """apt-get, apt and aptitude: what ``-o APT::Update::Pre-Invoke::=`` and its like hold is a shell's text."""

    id = "apt"
    names = (r"apt|apt-get|aptitude",)
    install = "apt: apt"
    verified = ("2.6",)
    hint = re.compile(r"(?i)\n(?:-\w*[oc]|--(?:option|config-file))")
    variables = ("APT_CONFIG",)
    options = Options(
        parser="own",
        short={"o": Option("value", detail="setting"), "c": Option("value", "load"), **each("ta", VALUE), **each("hv", EXIT),
            "q": Option("attached", pattern=r"=?\d*")},
        long={
            "--option": Option("value", detail="setting"),
            "--config-file": Option("value", "load"),
            **each(("--target-release", "--default-release", "--host-architecture", "--solver", "--build-profiles"), VALUE),
            "--with-source": VALUE,
            **each(("--help", "--version"), EXIT),
            **each(("--simulate", "--just-print", "--dry-run", "--recon", "--no-act", "--download-only", "--print-uris"), FLAG),
        },
        permute=True,
        posixly=False,
        unknown="skip",
    )  # fmt: skip

    def early(self, reading: Reading, command: CommandLine) -> None:
        """Read the files of settings: they are read before help is printed, too."""
        execution = reading.execution
        if command.error:
            return
        if execution.env.get("APT_CONFIG"):
            reading.load(execution.env["APT_CONFIG"], variable="APT_CONFIG")
        for given in command.given:
            if given.option.role == "load" and given.value:
                reading.load(given.value.removeprefix("="), vector="argument", index=given.at, option=given.name)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the settings that hold hooks of what is done."""
        name = self._command(reading, command)
        acts = "-s" not in [given.name for given in command.given] and not command.has(
            "-d", "--simulate", "--just-print", "--dry-run", "--recon", "--no-act", "--download-only", "--print-uris"
        )
        for given in command.given:
            match = _HOOK.match(given.value or "") if given.option.detail == "setting" else None
            match = match or (_HOOK.match((given.value or "")[1:]) if (given.value or "").startswith("=") else None)
            if match is None or not (name == "update" if match[1] else acts and name in _CHANGES):
                continue
            text = (given.value or "")[match.end() + (given.value or "").startswith("=") :]
            if text:
                offset = given.offset + len(given.value or "") - len(text)
                reading.add("argument", text, index=given.at, offset=offset, option=given.name)
        return reading.finish("nothing")

    @staticmethod
    def _command(reading: Reading, command: CommandLine) -> str:
        """Return the command: the first word that is neither an option nor what one in front of it takes."""
        words = reading.execution.argv
        flags = {given.index for given in command.given if given.value is None}
        own = (words[at] for at in command.operands if not (at - 1 in flags and _SAID.fullmatch(words[at])))
        return next(own, "")
