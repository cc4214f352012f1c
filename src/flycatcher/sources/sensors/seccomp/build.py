"""``make fastpath``: compile the fast path for each machine, with the clang inside PyPI's ``ziglang``.

No installation does: the objects are in the repository. They need no C library and are the same bytes in every folder.
"""

from __future__ import annotations

from pathlib import Path

from flycatcher.sources.sensors import compiled

HERE = Path(__file__).parent
SOURCES = (HERE / "fastpath.c",)
MACHINES = ("x86_64", "aarch64")
"""As platform.machine() calls them."""


def target_of(machine: str) -> Path:
    """Return where a machine's object lies."""
    return HERE / f"fastpath.{machine}.so"


def flags_for(machine: str) -> tuple[str, ...]:
    """Return the compiler's options."""
    return (
        *("-target", f"{machine}-linux-gnu", "-mcpu=baseline", "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror"),
        *("-ffreestanding", "-fno-builtin", "-fno-stack-protector", "-fno-sanitize=undefined"),
        *("-fno-asynchronous-unwind-tables", "-fno-unwind-tables", "-fvisibility=hidden"),
        *("-fPIC", "-shared", "-nostdlib", "-s", "-Wl,--build-id=none", "-Wl,-z,noexecstack"),
    )


def compile_objects(folder: Path = HERE) -> None:
    """Write all of them; raises ``subprocess.CalledProcessError`` with the compiler's words in ``stderr``."""
    for machine in MACHINES:
        compiled.compile_object(folder / target_of(machine).name, SOURCES, flags_for(machine))


if __name__ == "__main__":
    compile_objects()
