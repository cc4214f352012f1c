"""Without the extras: each command, sink and format that needs one says which, and how to install it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from flycatcher import extras
from flycatcher.ledger.log import Log
from flycatcher.signing.files import write_private
from tests.signing.test_note import KEY

ROOT = Path(__file__).parents[1]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
MODULES = (
    "alembic", "argon2", "confluent_kafka", "cryptography", "google.protobuf", "grpc", "httpcore", "httpx", "jinja2", "lz4", "nats", "opentelemetry", "polars", "psycopg", "py7zr", "pyarrow", "pygls",
    "pyspark",
    "sqlalchemy", "sse_starlette", "starlette", "uvicorn", "zstandard",
)  # fmt: skip
WITHOUT = f"""
import sys
sys.modules.update(dict.fromkeys({MODULES}))
from flycatcher.commands import main
main()
"""
HOST = {"console", "hunt", "lsp", "sign", "sinks", "store"}
"""Extras that the Debian package and the image have."""
HEAVY = {"polars", "psycopg", "pyarrow"}
START = 'type=EXECVE msg=audit(1700000000.123:7): argc=3 a0="python3" a1="-c" a2="print(1)"\n'


def without(folder: Path, *words: str) -> str:
    command = [sys.executable, "-c", WITHOUT, *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("words", "package", "extra"),
    [
        ("store status --store store:///s.db", "SQLAlchemy", "store"),
        ("console --store store:///s.db", "Starlette", "console"),
        ("run --sink https://localhost:1/x -- true", "httpx", "sinks"),
        ("run --sink nats://localhost/x -- true", "nats-py", "sinks"),
        ("run --sink kafka://localhost/x -- true", "confluent-kafka", "kafka"),
        ("run --sink otlp+grpc://localhost:1 -- true", "grpcio", "grpc"),
        ("run --sink store:///s.db -- true", "SQLAlchemy", "store"),
        ("hunt --format parquet -o x.parquet a.log", "pyarrow", "parquet"),
        ("hunt x.zst", "zstandard", "hunt"),
        ("lsp", "pygls", "lsp"),
        ("ledger keygen k --name x", "cryptography", "sign"),
        ("run --ledger l --ledger-key key -- true", "cryptography", "sign"),
        ("ledger verify signed --key log.pub", "cryptography", "sign"),
        ("hunt --engine spark a.log", "pyspark", "spark"),
    ],
)
def test_what_is_missing_is_named_with_the_way_to_install_it(
    tmp_path: Path, words: str, package: str, extra: str
) -> None:
    (tmp_path / "a.log").write_text(START)
    write_private(str(tmp_path / "key"), KEY)
    (tmp_path / "log.pub").write_text(KEY.verifier.text())
    log = Log(str(tmp_path / "signed"), KEY)
    log.append(b'{"time":"","kind":"","record":{}}')
    log.close()
    (tmp_path / "x.zst").write_bytes(b"\x28\xb5\x2f\xfd\0\0\0")
    said = without(tmp_path, *words.split())
    assert f"{package} is not installed" in said
    assert f" install 'flycatcher-detect[{extra}]'" in said


def test_each_extra_that_is_named_exists_and_each_that_exists_is_named() -> None:
    text = "".join(path.read_text() for path in (ROOT / "src/flycatcher").rglob("*.py"))
    assert set(re.findall(r'needed\([^()"]*(?:"[\w-]+"|module), "(\w+)"', text)) == EXTRAS.keys()


def test_pip_is_told_which_environment_it_is_that_lacks_a_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path))
    assert extras.way_to_add("httpx", "sinks", tmp_path) == "pip install 'flycatcher-detect[sinks]'"
    monkeypatch.delenv("VIRTUAL_ENV")
    assert (
        extras.way_to_add("httpx", "sinks", tmp_path)
        == f"python3 -m pip --python {tmp_path} install 'flycatcher-detect[sinks]'"
    )


def test_an_environment_of_pipx_or_of_a_package_has_its_own_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = [f"{each}; extra == '{name}'" for name, listed in EXTRAS.items() for each in listed]
    monkeypatch.setattr("importlib.metadata.requires", lambda name: ["click>=8.1", *asked])
    (tmp_path / "pipx_metadata.json").write_text("{}")
    assert extras.way_to_add("pyarrow", "parquet", tmp_path) == "pipx inject flycatcher-detect 'pyarrow>=17'"
    (tmp_path / "add-package").write_text("sudo put {} there\n")
    assert extras.way_to_add("confluent_kafka", "kafka", tmp_path) == "sudo put 'confluent-kafka>=2.5' there"
    assert extras.way_to_add("psycopg", "store", tmp_path) == "sudo put 'psycopg[binary]>=3.2' there"
    assert extras.way_to_add("unheard-of", "store", tmp_path) == "sudo put 'unheard-of' there"


def test_a_library_that_psycopg_lacks_is_named(tmp_path: Path) -> None:
    (tmp_path / "psycopg.py").write_text("raise ImportError('no pq wrapper available')\n")
    command = [sys.executable, "-m", "flycatcher", "store", "status", "--store", "postgresql://a@localhost/b"]
    path = os.pathsep.join([str(tmp_path), str(ROOT / "src")])
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "libpq is not installed" in done.stderr
    assert "apt-get install libpq5" in done.stderr


def names(lines: list[str]) -> set[str]:
    """Return the packages that requirements name."""
    return {re.split(r"[^\w.-]", line)[0].lower().replace("_", "-") for line in lines}


def test_the_lock_of_the_debian_package_and_the_image_has_the_extras_that_are_said() -> None:
    locked = names(re.findall(r"^[a-z].*", (ROOT / "requirements/host.lock").read_text(), re.MULTILINE))
    assert {name for name in EXTRAS if (names(EXTRAS[name]) - HEAVY or {"none"}) <= locked} == HOST
    page = (ROOT / "docs/how-to/install.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (?:.*?) \| (yes|no)", page, re.MULTILINE)
    assert dict(rows) == {name: "yes" if name in HOST else "no" for name in EXTRAS}
