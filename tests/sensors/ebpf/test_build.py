"""The compiled object: used as it is where its sources are the ones it was made of, whatever their times say."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from flycatcher.sources.sensors.ebpf import build


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the sources and a fresh object, as an installation of the wheel does."""
    for source in build.SOURCES:
        shutil.copy(source, tmp_path)
    made = build.compile_object(tmp_path / "exec.bpf.o")
    monkeypatch.setattr(build, "SOURCES", tuple(tmp_path / source.name for source in build.SOURCES))
    return made


def test_an_object_older_than_its_installed_sources_is_used(installed: Path) -> None:
    os.utime(installed, (0, 0))
    assert not build.is_stale(installed)


def test_an_object_of_other_sources_is_made_anew(installed: Path) -> None:
    source = build.SOURCES[-1]
    source.write_text(source.read_text() + "// changed\n")
    os.utime(source, (0, 0))
    assert build.is_stale(installed)


def test_a_missing_object_is_made(tmp_path: Path) -> None:
    assert build.is_stale(tmp_path / "exec.bpf.o")


def test_an_object_without_its_sources_is_used(installed: Path) -> None:
    build.SOURCES[0].unlink()
    assert not build.is_stale(installed)
