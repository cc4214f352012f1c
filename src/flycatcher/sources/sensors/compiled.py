"""Objects that are compiled beforehand and kept in the repository, so that no installation needs a compiler.

Each ends with a hash of what it is made of, where no ELF reader looks: file times say nothing, as installers set them.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def compile_object(target: Path, sources: Sequence[Path], flags: Sequence[str]) -> None:
    """Compile the first of the sources, which includes the others, with the clang inside PyPI's ``ziglang``.

    Raises ``subprocess.CalledProcessError`` with the compiler's words in ``stderr``. The file appears whole or not at all, so
    that two builds at once do no harm.
    """
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".compile-") as scratch:
        made = Path(scratch) / target.name
        subprocess.run(
            [sys.executable, "-m", "ziglang", "cc", *flags, sources[0].name, "-o", str(made)],
            cwd=sources[0].parent,
            check=True,
            capture_output=True,
            text=True,
        )
        with made.open("ab") as handle:
            handle.write(_made_of(sources, flags))
        made.chmod(0o644)
        made.replace(target)


def is_stale(target: Path, sources: Sequence[Path], flags: Sequence[str]) -> bool:
    """Whether an object is missing, or made of other sources than those that lie beside it."""
    try:
        data = target.read_bytes()
    except FileNotFoundError:
        return True
    return all(source.exists() for source in sources) and not data.endswith(_made_of(sources, flags))


def _made_of(sources: Sequence[Path], flags: Sequence[str]) -> bytes:
    whole = hashlib.sha256(repr(tuple(flags)).encode())
    for source in sources:
        whole.update(source.read_bytes())
    return b"made of " + whole.digest()
