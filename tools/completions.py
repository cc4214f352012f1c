"""Write what completes ``flycatcher`` in bash, zsh and fish; users without a package ask the program itself (how-to/install).

python tools/completions.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from flycatcher.commands import cli

SHELLS: tuple[type[ShellComplete], ...] = (BashComplete, ZshComplete, FishComplete)


def scripts() -> dict[str, str]:
    """Return each script by its file's name."""
    return {f"flycatcher.{shell.name}": _source(shell) for shell in SHELLS}


def _source(shell: type[ShellComplete]) -> str:
    """Return one shell's script; click asks the installed bash for its version first, which is not the one that will read it."""
    made = shell(cli, {}, "flycatcher", "_FLYCATCHER_COMPLETE")
    return made.source_template % made.source_vars()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in scripts().items():
        (folder / file).write_text(content + "\n", encoding="utf-8")
