"""``scan --cache``: what has not changed is not read again, and nothing else is taken from an earlier scan."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import flycatcher
from flycatcher.commands.scan import walk
from flycatcher.commands.scan.cache import NAME, Cache, _version
from flycatcher.commands.scan.walk import Walker
from flycatcher.commands.scan.work import WorkerOptions, scan_all
from flycatcher.core.errors import FlycatcherError
from flycatcher.scanning import engine
from flycatcher.scanning.engine import scan_bytes
from flycatcher.scanning.limit import TooLongError
from tests.commands.scan.conftest import PACKAGE

if TYPE_CHECKING:
    from tests.commands.scan.conftest import Tree

SCRIPT = "python3 -c 'print(1)'\n"


class Scans:
    """Scans one folder again and again; :attr:`read` are the files that the last one read."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder / "tree"
        self.kept = str(folder / "kept")
        self.read: list[str] = []
        self.folder.mkdir()
        monkeypatch.chdir(self.folder)
        monkeypatch.setattr(engine, "scan_bytes", self._read)

    def _read(self, path, data, **options):
        self.read.append(path)
        return scan_bytes(path, data, **options)

    def write(self, **files: str) -> None:
        for name, text in files.items():
            (self.folder / f"{name}.sh").write_text(text)

    def __call__(self, settled: str = "", *, ignores: bool = True, workers: int = 1) -> list[str]:
        self.read.clear()
        kept = Cache(self.kept, settled)
        options = WorkerOptions(ignores=ignores)
        walker = Walker(".", passed=kept.passed)
        batches = list(scan_all(walker.walk(), options, workers=workers, kept=kept))
        kept.unwanted |= walker.unwanted
        kept.save()
        return [result.path for batch in batches for result in batch.results if result.findings]


@pytest.fixture
def scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scans:
    return Scans(tmp_path, monkeypatch)


def test_a_second_scan_reads_what_has_changed_and_says_the_same(scan: Scans) -> None:
    scan.write(a=SCRIPT, b=SCRIPT, c="make\n")
    assert (scan(), scan.read) == (["a.sh", "b.sh"], ["a.sh", "b.sh", "c.sh"])
    assert (scan(), scan.read) == (["a.sh", "b.sh"], [])
    scan.write(b="make\n", c=SCRIPT)
    assert (scan(), scan.read) == (["a.sh", "c.sh"], ["b.sh", "c.sh"])


def test_other_settings_are_another_scan(scan: Scans) -> None:
    scan.write(a=SCRIPT)
    scan("one")
    assert (scan("two"), scan.read) == (["a.sh"], ["a.sh"])
    assert (scan("one"), scan.read) == (["a.sh"], [])


def test_a_moved_file_is_read_again(scan: Scans) -> None:
    scan.write(a=SCRIPT)
    scan()
    (scan.folder / "a.sh").rename(scan.folder / "moved.sh")
    assert (scan(), scan.read) == (["moved.sh"], ["moved.sh"])


def test_suppressions_hold_for_kept_results_too(scan: Scans) -> None:
    scan.write(a="# flycatcher: ignore[argument] reviewed by the team until=2999-01-01\n" + SCRIPT)
    assert (scan(), scan()) == ([], [])
    assert (scan(ignores=False), scan.read) == (["a.sh"], [])


def test_what_workers_read_is_kept_too(scan: Scans) -> None:
    scan.write(**{f"f{number:03}": SCRIPT if number % 100 == 0 else f"make {number}\n" for number in range(301)})
    expected = ["f000.sh", "f100.sh", "f200.sh", "f300.sh"]
    assert scan(workers=2) == expected
    assert (scan(workers=1), scan.read) == (expected, [])


def test_a_result_that_the_time_cut_off_is_made_again(scan: Scans, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_args, **_options):
        raise TooLongError

    scan.write(a=SCRIPT)
    with monkeypatch.context() as patch:
        patch.setattr(engine, "read_shell", late)
        assert scan() == []
    assert (scan(), scan.read) == (["a.sh"], ["a.sh"])


def test_a_file_that_is_no_cache_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"something else\n" * 100)
    kept = Cache(str(tmp_path), "")
    key = kept.key("x.sh", b"x")
    kept.put(key, scan_bytes("x.sh", SCRIPT.encode()))
    kept.save()
    assert (tmp_path / f"{NAME}.broken").read_bytes().startswith(b"something else")
    assert Cache(str(tmp_path), "").get(key) == scan_bytes("x.sh", SCRIPT.encode())


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FlycatcherError):
        Cache(str(tmp_path / "file" / "below"), "")


@pytest.mark.parametrize(
    ("limit", "place", "said"),
    [
        ("unlimited", "a.sh/cache", "the scan goes on without its cache: a.sh/cache: "),
        ("0", "kept", "the scan goes on without its cache: kept: "),
        ("20", "kept", "the cache was not written: kept: "),
    ],
)
def test_a_cache_that_cannot_be_written_is_a_warning_and_no_end(tree: Tree, limit: str, place: str, said: str) -> None:
    """``ulimit -f`` takes the place of a full disk: 20 blocks hold the empty table, and not the results."""
    for number in range(60):
        tree.write(f"{number}.sh", SCRIPT)
    tree.write("a.sh", SCRIPT)
    words = [sys.executable, "-m", "flycatcher", "scan", "--no-history", "--format", "jsonl", f"--cache={place}", "."]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PACKAGE), "HOME": str(tree.root)}
    done = subprocess.run(
        ["sh", "-c", f'ulimit -f {limit}; exec "$@"', "sh", *words], cwd=tree.root, env=environment, capture_output=True,
        text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert f"flycatcher: warning: {said}" in done.stderr
    assert done.stdout.count('"fingerprint"') == 61


def test_a_cache_is_written_where_it_can_be(tree: Tree) -> None:
    tree.write("a.sh", SCRIPT)
    done = tree.scan("--cache=kept", ".")
    assert (done.returncode, "cache" in done.stderr, (tree.root / "kept").exists()) == (0, False, True)


def test_what_no_name_speaks_for_is_passed_by_the_next_time(scan: Scans, monkeypatch: pytest.MonkeyPatch) -> None:
    scan.write(a=SCRIPT)
    (scan.folder / "picture.svg").write_text("<svg/>")
    assert scan() == ["a.sh"]
    assert Cache(scan.kept, "").passed == {"picture.svg"}
    monkeypatch.setattr(walk, "wanted", lambda name, path, **_options: name != "picture.svg" or pytest.fail(path))
    assert (scan(), scan.read) == (["a.sh"], [])
    assert Cache(scan.kept, "--docs").passed == set()


def test_the_summary_of_a_scan_that_reads_nothing_is_that_of_the_first(tree: Tree) -> None:
    for number in range(260):
        tree.write(f"{number}.sh", SCRIPT if number % 50 == 0 else f"make {number}\n")
    tree.write("data.json", '{"a": "python3 -c 1"}')
    first, second = (tree.scan("--format=json", "--cache=../kept", ".") for _ in range(2))
    assert (first.stdout, first.stderr, first.returncode) == (second.stdout, second.stderr, second.returncode)
    assert '"looked_at":261' in first.stdout.replace(" ", "")


@pytest.mark.parametrize("torn", ["half", "no table", "rows"])
def test_a_torn_cache_costs_time_and_no_finding(scan: Scans, torn: str) -> None:
    scan.write(a=SCRIPT, b="make\n")
    scan()
    if torn == "half":
        data = Path(scan.kept).read_bytes()
        Path(scan.kept).write_bytes(data[: len(data) // 2])
    else:
        with sqlite3.connect(scan.kept) as file:
            file.execute("DROP TABLE results" if torn == "no table" else "UPDATE results SET value = substr(value, 2)")
    assert (scan(), scan.read) == (["a.sh"], ["a.sh", "b.sh"])
    assert (scan(), scan.read) == (["a.sh"], [])


def test_an_installed_program_is_known_by_its_record_and_by_what_was_changed_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(place: str, record: str, patched: int = 0) -> bytes:
        package = tmp_path / place / "flycatcher"
        (package / "inner").mkdir(parents=True)
        (package / "inner/a.py").write_text("a = 1\n")
        (about := package.parent / "flycatcher-1.dist-info").mkdir()
        (about / "RECORD").write_text(record)
        os.utime(about / "RECORD", (1000, 1000))
        os.utime(package / "inner/a.py", (patched, patched))
        monkeypatch.setattr(flycatcher, "__file__", str(package / "__init__.py"))
        return _version.__wrapped__()

    assert version("one", "flycatcher/a.py,sha256=x,6\n") == version("two", "flycatcher/a.py,sha256=x,6\n")
    versions = {version("a", "x"), version("b", "y"), version("c", "x", patched=2000)}
    assert len(versions) == 3
