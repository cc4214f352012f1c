"""Tests that install: ``make packages`` runs them, ``make test`` does not."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.packages import kernel, machine
from tests.packages.environments import pip

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).parents[2]
NAMED = "apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: //p' | head -1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("packages")


@pytest.fixture(scope="session")
def bare() -> Path:
    """Return the tree of a bare Debian 12."""
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        pytest.skip("a bare Debian needs root and debootstrap")
    return machine.bare()


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh clone with what is changed here and not yet committed."""
    folder = tmp_path_factory.mktemp("checkout") / "flycatcher"
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", REPOSITORY, folder], check=True)
    subprocess.run(["git", "-C", folder, "remote", "remove", "origin"], check=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--modified", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if (REPOSITORY / name).exists():
            shutil.copy2(REPOSITORY / name, folder / name)
        else:
            (folder / name).unlink(missing_ok=True)
    return folder


@pytest.fixture(scope="session")
def built(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with both, as `python -m build` makes them; what `twine check` says is asserted."""
    folder = tmp_path_factory.mktemp("built")
    tools = folder / "tools"
    venv.create(tools, with_pip=False)
    lock = checkout / "requirements/package.lock"
    pip(tools, "--require-hashes", "-r", str(lock))
    subprocess.run(
        [tools / "bin/python", "-m", "build", "-o", folder / "dist", checkout], check=True, capture_output=True
    )
    made = sorted(path for path in (folder / "dist").iterdir())
    subprocess.run([tools / "bin/python", "-m", "twine", "check", "--strict", *made], check=True)
    return folder / "dist"


@pytest.fixture(scope="session")
def builder(bare: Path) -> Iterator[machine.Machine]:
    """Return a machine with what builds Debian packages."""
    made = machine.on_top("builder", bare)
    made.install("python3", "python3-pip", "debhelper", "dpkg-dev", "lintian", "git")
    yield made
    machine.removed(made.root)


@pytest.fixture(scope="session")
def deb(builder: machine.Machine, checkout: Path) -> Path:
    """Return the package, inside the builder's tree."""
    shutil.copytree(checkout, builder.root / "root/flycatcher")
    builder.run("git", "config", "--global", "--add", "safe.directory", "/root/flycatcher")
    builder.run("flycatcher/packaging/deb.sh")
    (made,) = (builder.root / "root/flycatcher/dist").glob("flycatcher_*.deb")
    return made


@pytest.fixture(scope="session")
def vmlinuz(bare: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the kernel that Debian 12 installs."""
    if platform.machine() != "x86_64":
        pytest.skip("the machine in qemu is an x86_64, and starts this machine's Python")
    if shutil.which("qemu-system-x86_64") is None:
        pytest.skip("another kernel needs qemu: apt-get install qemu-system-x86")
    if not kernel.LIBBPF.exists():
        pytest.skip(f"the program is loaded through {kernel.LIBBPF}: apt-get install libbpf1")
    folder = tmp_path_factory.mktemp("kernel")
    made = machine.on_top("kernel", bare)
    try:
        fetched = made.run("bash", "-c", f"cd /tmp && apt-get download $({NAMED})", check=False)
        if fetched.returncode:
            pytest.skip(f"the kernel's package cannot be had: {fetched.stdout[-200:]}")
        (package,) = (made.root / "tmp").glob("linux-image-*.deb")
        subprocess.run(["dpkg-deb", "--extract", package, folder], check=True)
    finally:
        machine.removed(made.root)
    (image,) = (folder / "boot").glob("vmlinuz-*")
    yield image
    shutil.rmtree(folder)
