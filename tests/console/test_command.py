"""``flycatcher console``: what it refuses to do by accident, what it prints, and how users are managed."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest
from click.testing import CliRunner

from flycatcher.commands import cli
from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def console(*words: str) -> str:
    done = CliRunner().invoke(cli, ["console", *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--listen", "0.0.0.0:8650"), "0.0.0.0 is reached by other machines"),
        (("--listen", "[::]:8650"), ":: is reached by other machines"),
        (("--listen", "console.example:8650"), "console.example is reached by other machines"),
        (("--listen", "0.0.0.0:8650", "--allow-remote"), "would send passwords in clear text"),
        (("--listen", "8650"), "--listen 8650: no address"),
        (("--listen", "localhost:x"), "--listen localhost:x: no address"),
        (("--user-header", "X-User"), "believes nobody without --trusted-proxy"),
        (("--trusted-proxy", "proxy"), "--trusted-proxy proxy: "),
    ],
)
def test_it_is_not_opened_to_others_by_accident(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(FlycatcherError) as raised:
        console("--store", f"store://{tmp_path}/s.db", *words)
    assert said in str(raised.value)
    assert raised.value.code == 2
    assert not (tmp_path / "s.db").exists()


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Return what starts a console; none is left behind."""
    words = [
        sys.executable,
        "-m",
        "flycatcher",
        "console",
        "--store",
        f"store://{tmp_path}/s.db",
        "--listen",
        "127.0.0.1:0",
    ]
    children: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        children.append(subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return children[-1]

    yield start
    for child in children:
        child.kill()
        child.communicate()


def test_the_first_start_prints_the_password_once_and_the_address(started: Callable[[], subprocess.Popen[str]]) -> None:
    for first in (True, False):
        child = started()
        assert child.stdout
        line = child.stdout.readline()
        if first:
            assert re.fullmatch(r"user admin, password (?:[a-z2-9]{6}-){3}[a-z2-9]{6}  \(printed this once.*\)\n", line)
            line = child.stdout.readline()
        found = re.fullmatch(r"console of store://.*/s\.db: (http://127\.0\.0\.1:\d+/)\n", line)
        assert found
        answer = httpx.get(f"{found[1]}login", trust_env=False)
        assert (answer.status_code, "server" in answer.headers) == (200, False)
        child.send_signal(signal.SIGTERM)
        _, said = child.communicate(timeout=60)
        assert "Traceback" not in said


def test_users_are_added_listed_changed_and_removed(tmp_path: Path) -> None:
    store = f"store://{tmp_path}/s.db"
    (tmp_path / "none.jsonl").write_text("")
    CliRunner().invoke(cli, ["store", "import", "--store", store, str(tmp_path / "none.jsonl")])
    assert re.fullmatch(
        r"user ada, role admin, password [a-z2-9-]{27}\n",
        console("--store", store, "user", "add", "ada", "--role", "admin"),
    )
    assert console("user", "add", "--store", store, "bob", "--by-proxy") == "user bob, role viewer, through the proxy\n"
    assert console("user", "role", "--store", store, "bob", "analyst") == "user bob, role analyst\n"
    assert console("user", "list", "--store", store) == "ada  admin  password\nbob  analyst  through the proxy\n"
    assert re.fullmatch(r"user ada, password [a-z2-9-]{27}\n", console("user", "password", "--store", store, "ada"))
    assert console("user", "remove", "--store", store, "bob") == "user bob removed\n"
    for words in (("remove", "ada"), ("role", "ada", "viewer"), ("password", "nobody"), ("add", "ada"), ("add", "a b")):
        with pytest.raises(FlycatcherError):
            console("user", *words[:1], "--store", store, *words[1:])


def test_help_names_every_option_and_the_page_of_documentation() -> None:
    said = console("--help")
    for option in (
        "--store",
        "--listen",
        "--allow-remote",
        "--host",
        "--tls-cert",
        "--tls-key",
        "--https",
        "--trusted-proxy",
        "--user-header",
        "--header-role",
        "--config",
        "--spool",
    ):
        assert option in said
