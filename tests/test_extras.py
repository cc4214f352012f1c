"""Without the extras: each command, sink and format that needs one says which, and how to install it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
MODULES = (
    "alembic", "argon2", "confluent_kafka", "httpcore", "httpx", "jinja2", "lz4", "nats", "polars", "psycopg", "py7zr", "pyarrow", "pygls",
    "sqlalchemy", "sse_starlette", "starlette", "uvicorn", "zstandard",
)  # fmt: skip
WITHOUT = f"""
import sys
sys.modules.update(dict.fromkeys({MODULES}))
from flycatcher.commands import main
main()
"""
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
        ("run --sink store:///s.db -- true", "SQLAlchemy", "store"),
        ("hunt --format parquet -o x.parquet a.log", "pyarrow", "parquet"),
        ("hunt x.zst", "zstandard", "hunt"),
        ("lsp", "pygls", "lsp"),
    ],
)
def test_what_is_missing_is_named_with_the_way_to_install_it(
    tmp_path: Path, words: str, package: str, extra: str
) -> None:
    (tmp_path / "a.log").write_text(START)
    (tmp_path / "x.zst").write_bytes(b"\x28\xb5\x2f\xfd\0\0\0")
    said = without(tmp_path, *words.split())
    assert f"{package} is not installed" in said
    assert f"pip install 'flycatcher-detect[{extra}]'" in said


def test_each_extra_that_is_named_exists_and_each_that_exists_is_named() -> None:
    text = "".join(path.read_text() for path in (ROOT / "src/flycatcher").rglob("*.py"))
    assert set(re.findall(r'needed\([^()"]*(?:"[\w-]+"|module), "(\w+)"', text)) == EXTRAS.keys()
