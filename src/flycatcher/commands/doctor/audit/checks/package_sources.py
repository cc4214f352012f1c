"""Package managers that take packages over connections that nobody checks. Sources: npm-config(7), pip-config(1), gem(1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.commands.doctor.audit.checks.install_scripts import NPMRC, PIP
from flycatcher.commands.doctor.audit.text import lines, settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = "package-source"
WHY = "whoever stands in between, or registers a name first, decides what is installed and so what runs"
REFERENCES = ("T1195.001", "T1557", "CICD-SEC-3", "M1041")
GEMRC = ("etc/gemrc", "root/.gemrc")
_PLAIN = re.compile(r"http://(?!localhost\b|127\.|\[::1\])")
_UNCHECKED = re.compile(r":?ssl_verify_mode:\s*0\b")


def check(root: Path) -> Iterator[tuple[str, str, str, int]]:
    """Read the settings for the whole machine and for root."""
    for names, read in ((NPMRC, npm), (PIP, pip), (GEMRC, gem)):
        for name in names:
            for number, evidence, fix in read(root / name):
                yield f"/{name}", evidence, fix, number


def npm(file: Path) -> Iterator[tuple[int, str, str]]:
    """Yield what is wrong in an .npmrc."""
    for number, _, name, value in settings(file):
        if name.rpartition(":")[2] == "registry" and _PLAIN.match(value):
            yield number, f"{name} is not encrypted", "npm config set registry https://HOST/"
        elif (name, value) == ("strict-ssl", "false"):
            yield number, "strict-ssl = false: certificates are not checked", "npm config delete strict-ssl"


def pip(file: Path) -> Iterator[tuple[int, str, str]]:
    """Yield what is wrong in a pip.conf."""
    for number, _, written, value in settings(file):
        name = written.replace("_", "-")
        if name == "trusted-host" and value:
            yield (
                number,
                f"trusted-host = {value}: its certificate is not checked",
                "pip config unset global.trusted-host",
            )
        elif name in {"index-url", "extra-index-url"} and _PLAIN.match(value):
            yield number, f"{name} is not encrypted", f"pip config set global.{name} https://HOST/simple"
        elif name == "extra-index-url" and value:
            fix = "serve both from one index that prefers your own names, and set index-url alone"
            yield number, "extra-index-url: of two packages of one name the higher version wins, whoever made it", fix


def gem(file: Path) -> Iterator[tuple[int, str, str]]:
    """Yield what is wrong in a .gemrc."""
    for number, line in lines(file):
        if _UNCHECKED.match(line):
            yield number, "ssl_verify_mode 0: certificates are not checked", "take the line out"
        elif not line.startswith("#") and _PLAIN.search(line):
            yield number, "a source is not encrypted", "gem sources --remove http://HOST/ --add https://HOST/"
