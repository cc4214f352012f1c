"""``make bpf``: compile the BPF programs with the clang inside PyPI's ``ziglang``.

No installation does: the object is in the repository. It is the same bytes for x86_64 and arm64, as it asks for no header and no
register of either (CO-RE settles both), and the same in every folder.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
OBJECT = HERE / "exec.bpf.o"
SOURCES = tuple(
    HERE / name for name in ("programs.c", "exec.bpf.c", "stdin.bpf.c", "stdin.h", "common.h", "kernel.h", "wire.h")
)
"""What the object is made of; the first one includes the others."""
FLAGS = (
    *("-target", "bpfel-freestanding-none", "-O2", "-g", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter"),
    # neither table is of use to the kernel, and libbpf warns of both
    *("-fno-asynchronous-unwind-tables", "-fno-unwind-tables"),
    # the debug information names the folder, which differs from machine to machine
    "-fdebug-compilation-dir=.",
)


def compile_object(target: Path | None = None) -> Path:
    """Write the object; raises ``subprocess.CalledProcessError`` with the compiler's words in ``stderr``.

    The file appears whole or not at all, so that two builds at once do no harm.
    """
    target = target or OBJECT
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".bpf-") as scratch:
        made = Path(scratch) / "exec.bpf.o"
        subprocess.run(
            [sys.executable, "-m", "ziglang", "cc", *FLAGS, "-c", SOURCES[0].name, "-o", str(made)],
            cwd=HERE,
            check=True,
            capture_output=True,
            text=True,
        )
        with made.open("ab") as handle:
            handle.write(_made_of())
        made.replace(target)
    return target


def is_stale(target: Path | None = None) -> bool:
    """Whether the object is missing or made of other sources; file times are not compared, as installers set them."""
    try:
        data = (target or OBJECT).read_bytes()
    except FileNotFoundError:
        return True
    return all(source.exists() for source in SOURCES) and not data.endswith(_made_of())


def _made_of() -> bytes:
    """Return what follows the object's last byte, where no ELF reader looks: a hash of its sources."""
    whole = hashlib.sha256(repr(FLAGS).encode())
    for source in SOURCES:
        whole.update(source.read_bytes())
    return b"made of " + whole.digest()


if __name__ == "__main__":
    compile_object()
