"""The compiled object in the repository: the one that its sources give, whatever files' times say."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from pathlib import Path

import pytest

from flycatcher.sources.sensors.ebpf import build, libbpf, sensor


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the sources and the object, as an installation does."""
    for source in (*build.SOURCES, build.OBJECT):
        shutil.copy(source, tmp_path)
    monkeypatch.setattr(build, "HERE", tmp_path)
    monkeypatch.setattr(build, "OBJECT", tmp_path / build.OBJECT.name)
    monkeypatch.setattr(build, "SOURCES", tuple(tmp_path / source.name for source in build.SOURCES))
    return build.OBJECT


def test_the_object_is_made_of_the_sources_beside_it() -> None:
    assert not build.is_stale(), "make bpf compiles it anew"


@pytest.mark.skipif(importlib.util.find_spec("ziglang") is None, reason="the compiler (PyPI: ziglang) is not installed")
def test_compiling_anew_in_another_folder_gives_the_same_bytes(copied: Path) -> None:
    kept = copied.read_bytes()
    copied.unlink()
    build.compile_object(copied)
    assert copied.read_bytes() == kept, "another compiler, or a source without make bpf"


def test_the_object_names_no_folder_of_the_machine_that_compiled_it() -> None:
    data = build.OBJECT.read_bytes()
    assert b"programs.c\0" in data
    assert re.findall(rb"/\w[\w./-]*/(?:programs|exec)[\w.]*c\0", data) == []


def test_an_object_older_than_its_installed_sources_is_used(copied: Path) -> None:
    os.utime(copied, (0, 0))
    assert not build.is_stale(copied)


def test_an_object_of_other_sources_is_refused_with_what_to_do(copied: Path) -> None:
    source = build.SOURCES[-1]
    source.write_text(source.read_text() + "// changed\n")
    os.utime(source, (0, 0))
    assert build.is_stale(copied)
    with pytest.raises(libbpf.BpfError, match="sources have changed") as raised:
        sensor.object_bytes()
    assert raised.value.hint == "make bpf compiles it"


def test_a_missing_object_is_refused(copied: Path) -> None:
    copied.unlink()
    assert build.is_stale(copied)
    with pytest.raises(libbpf.BpfError, match="not compiled"):
        sensor.object_bytes()


def test_an_object_without_its_sources_is_used(copied: Path) -> None:
    build.SOURCES[0].unlink()
    assert not build.is_stale(copied)
