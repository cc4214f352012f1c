"""``make bpf``: compile the BPF programs with the clang inside PyPI's ``ziglang``.

No installation does: the object is in the repository. It is the same bytes for x86_64 and arm64, as it asks for no header and no
register of either (CO-RE settles both), and the same in every folder.
"""

from __future__ import annotations

from pathlib import Path

from flycatcher.sources.sensors import compiled

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
    "-c",
)


def compile_object(target: Path | None = None) -> Path:
    """Write the object; raises ``subprocess.CalledProcessError`` with the compiler's words in ``stderr``."""
    target = target or OBJECT
    compiled.compile_object(target, SOURCES, FLAGS)
    return target


def is_stale(target: Path | None = None) -> bool:
    """Whether the object is missing or made of other sources."""
    return compiled.is_stale(target or OBJECT, SOURCES, FLAGS)


if __name__ == "__main__":
    compile_object()
