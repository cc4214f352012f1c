"""Renamed copies of programs: made so that they can be started at once, whatever other threads start meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.oracle import harness

_WATCHED: list[str] = []
_WRITTEN: list[str] = []


def _on_open(event: str, args: tuple[Any, ...]) -> None:
    """Note what is opened for writing below the watched folder; a hook stays for the life of the process."""
    if _WATCHED and event == "open" and str(args[0]).startswith(_WATCHED[0]) and args[2] & (os.O_WRONLY | os.O_RDWR):
        _WRITTEN.append(str(args[0]))


def test_this_process_never_holds_a_copy_open_for_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # execve(2) gives ETXTBSY while any process does, and a thread's child inherits every descriptor until its own exec
    monkeypatch.setattr(harness, "FOLDER", tmp_path)
    monkeypatch.setattr(sys.modules[__name__], "_WATCHED", [str(tmp_path)])
    sys.addaudithook(_on_open)
    copy = harness.renamed("/bin/true", "another-name")
    assert _WRITTEN == []
    assert Path(copy).name == "another-name"
    assert subprocess.run([copy], check=False).returncode == 0
