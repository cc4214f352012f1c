"""A small share of the chaos test; ``make chaos`` runs the whole."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.delivery.servers import NatsServer, Postgresql

if TYPE_CHECKING:
    from pathlib import Path


def test_nothing_is_lost_and_copies_are_known_whatever_is_killed(tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in ("nats", "psycopg", "sqlalchemy"):
        pytest.importorskip(name)
    if NatsServer.program() is None or Postgresql.programs() is None or shutil.which("openssl") is None:
        pytest.skip("needs nats-server, PostgreSQL and openssl")
    from tests.delivery.chaos import run  # noqa: PLC0415

    def made(name: str) -> Path:
        return tmp_path_factory.mktemp(name)

    found = run(300, 3, 7, made)
    assert [(each.sink, each.missing, each.disorder) for each in found] == [
        ("webhook", 0, 0), ("syslog", 0, 0), ("nats", 0, 0), ("postgresql", 0, 0),
    ]  # fmt: skip
    assert [each.arrived + each.dead >= 300 for each in found] == [True] * 4
