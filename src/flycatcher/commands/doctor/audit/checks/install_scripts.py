"""Package managers that run program text of packages when they install them. Sources: npm-config(7), pip.conf of pip-config(1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.commands.doctor.audit.text import programs, settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = "install-scripts"
WHY = "installing a package runs what its author wrote, before anybody has read it"
REFERENCES = ("T1195.001", "T1546.016", "M1042", "CICD-SEC-3", "CIS 2.7")
NPMRC = ("etc/npmrc", "usr/etc/npmrc", "usr/local/etc/npmrc", "root/.npmrc")
PIP = ("etc/pip.conf", "etc/xdg/pip/pip.conf", "root/.pip/pip.conf", "root/.config/pip/pip.conf")


def check(root: Path) -> Iterator[tuple[str, str, str]]:
    """Look at the settings for the whole machine and for root, where the program is installed."""
    if programs(root, "npm") and not any(no_scripts(root / name) for name in NPMRC):
        fix = "npm config set ignore-scripts true --location=global"
        yield f"/{NPMRC[0]}", "npm runs the install scripts of all packages (ignore-scripts is not set)", fix
    if programs(root, "pip", "pip3", "pip3.*") and not any(only_binary(root / name) for name in PIP):
        fix = "pip config --global set global.only-binary :all:"
        yield f"/{PIP[0]}", "pip builds packages from source, which runs their setup.py (only-binary is not set)", fix


def no_scripts(file: Path) -> bool:
    """Whether a file forbids npm to run scripts when it installs."""
    return any((name, value) == ("ignore-scripts", "true") for _, _, name, value in settings(file))


def only_binary(file: Path) -> bool:
    """Whether a file allows pip wheels only, for all packages."""
    rows = settings(file)
    return any(
        section in {"global", "install"} and name.replace("_", "-") == "only-binary" and ":all:" in value.split(",")
        for _, section, name, value in rows
    )
