"""The kernel of Debian 12, booted in qemu: it takes the BPF program, and ``watch`` sees what a shell starts."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.packages import kernel, machine, on_kernel

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMED = "apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: //p' | head -1"


@pytest.fixture(scope="module")
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


def test_debian_12_s_kernel_loads_the_program_and_reports_what_a_shell_starts(vmlinuz: Path, tmp_path: Path) -> None:
    assert vmlinuz.name.startswith("vmlinuz-6.1.")
    said = kernel.run(vmlinuz, kernel.initrd(tmp_path / "initrd", Path(on_kernel.__file__)))
    rows = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    release = vmlinuz.name.removeprefix("vmlinuz-")
    assert [row for row in rows if "said" not in row] == [
        {"kernel": release, "raw": False, "program": "exec_btf"},
        {"kernel": release, "raw": True, "program": "exec_raw"},
        {"doctor": "the kernel takes the program (typed tracepoint sched_process_exec)"},
        {"seen": on_kernel.CODE},
        {"seen": on_kernel.PIPED},
        {"ended": 0},
    ]
