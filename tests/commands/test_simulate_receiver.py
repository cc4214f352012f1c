"""``simulate run --expect http:ADDRESS``: what a webhook sink posts is taken and judged; where nobody may listen is refused."""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from flycatcher.commands import cli
from flycatcher.commands.simulate.catalogue import catalogue
from flycatcher.commands.simulate.judge import judged
from flycatcher.commands.simulate.receiver import LIMIT, Receiver
from flycatcher.commands.simulate.stage import stage
from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from pathlib import Path

FLYCATCHER = [sys.executable, "-m", "flycatcher"]


def free_port() -> int:
    """Return a port of loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("form", ["flycatcher", "ocsf"])
def test_what_a_sink_of_run_posts_is_seen_with_its_level_and_latency(tmp_path: Path, form: str) -> None:
    pytest.importorskip("httpx")
    port = free_port()
    (config := tmp_path / "flycatcher.toml").write_text(
        f'[spool]\npath = "{tmp_path}/spool.db"\nwait = 0\n'
        f'[[sink]]\nname = "judge"\nto = "http://127.0.0.1:{port}/hook"\nformat = "{form}"\nlevel = "none"\n'
    )
    chosen = ["--only", "python-encoded", "--only", "perl-fifo"]
    judge = [*FLYCATCHER, "simulate", "run", *chosen, "--expect", f"http://127.0.0.1:{port}/hook", "--format", "json"]
    words = ["--shells", "-q", "--config", str(config), "--report", str(tmp_path / "r.jsonl")]
    done = subprocess.run([*FLYCATCHER, "run", *words, "--", *judge], capture_output=True, text=True, check=False)
    answer = json.loads(done.stdout)
    vectors = {"flycatcher": ["descriptor", "argument"], "ocsf": ["", ""]}[form]
    assert [(each["technique"], each["status"]) for each in answer["outcomes"]] == [
        ("perl-fifo", "seen"),
        ("python-encoded", "seen"),
    ]
    assert [each["seen"]["vector"] for each in answer["outcomes"]] == vectors
    assert [each["seen"]["level"] for each in answer["outcomes"]] == ["low", "high"]
    assert all(each["seen"]["latency"] > 0 for each in answer["outcomes"])


def test_where_nobody_posts_everything_is_missed() -> None:
    place = f"http:127.0.0.1:{free_port()}"
    words = ["simulate", "run", "--only", "perl-argument-e", "--expect", place, "--wait", "0"]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 10
    assert f"{place}: 0 of 1 seen" in done.stdout


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("0.0.0.0:9000", "http:0.0.0.0:9000 is reached by other machines"),
        ("[::]:9000", "http:[::]:9000 is reached by other machines"),
        ("192.0.2.1:9000", "http:192.0.2.1:9000 is reached by other machines"),
        ("127.0.0.1", "http:127.0.0.1: no address"),
        ("127.0.0.1:0", "http:127.0.0.1:0: no address"),
        ("127.0.0.1:65536", "http:127.0.0.1:65536: no address"),
        ("example.org:9000", "http:example.org:9000: no address"),
        ("//127.0.0.1:x/hook", "http://127.0.0.1:x/hook: no address"),
    ],
)
def test_an_address_that_is_none_or_not_on_loopback_is_refused(address: str, said: str) -> None:
    done = CliRunner().invoke(cli, ["simulate", "run", "--only", "perl-pipe", "--expect", f"http:{address}"])
    assert isinstance(done.exception, FlycatcherError)
    assert (done.exception.code, str(done.exception)) == (2, said)


def test_an_address_of_another_kind_may_be_meant() -> None:
    assert Receiver("0.0.0.0:9000", allow_remote=True).host == "0.0.0.0"
    assert Receiver("9000").host == "127.0.0.1"
    assert Receiver("[::1]:9000").host == "::1"
    assert Receiver("//localhost:9000/hook").port == 9000


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(FlycatcherError, match=rf"http:127\.0\.0\.1:{port}: cannot listen: Address already in use"),
            Receiver(str(port)),
        ):
            pass


def post(port: int, body: bytes, **headers: str) -> int:
    """Return the status of an answer."""
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/", body, {k.replace("_", "-"): v for k, v in headers.items()}
    )
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_objects_lists_lines_and_packed_bodies_are_taken_and_others_refused() -> None:
    port = free_port()
    with Receiver(str(port)) as receiver:
        assert post(port, b'{"a": 1}') == 204
        assert post(port, b'[{"a": 2}, 7]') == 204
        assert post(port, b'{"a": 3}\n{"a": 4}\n') == 204
        assert post(port, gzip.compress(b'{"a": 5}'), Content_Encoding="gzip") == 204
        assert post(port, b"nothing") == 400
        assert post(port, b"[" * 100_000) == 400
        assert post(port, b"x", Content_Encoding="gzip") == 400
        assert post(port, gzip.compress(b" " * (LIMIT + 1)), Content_Encoding="gzip") == 413
        assert post(port, b"", Content_Length=str(LIMIT + 1)) == 413
    assert [row for _, row in receiver.rows] == [{"a": 1}, {"a": 2}, {"a": 3}, {"a": 4}, {"a": 5}]


def test_plain_json_counts_by_its_marker_and_an_own_record_by_its_interpreter() -> None:
    perl = catalogue()["perl-argument-e"]
    with stage([perl]) as here:
        marker = here.markers[perl.id]
        own = {"event": {}, "execution": {"cwd": marker}, "snippets": [{"interpreter": "ruby", "vector": "argument"}]}
        for row, seen in (
            ({"text": f"print '{marker}'", "severity": "Informational"}, ("none", "")),
            ({"alert": {"deep": [marker]}}, ("", "")),
            ({"text": "another"}, None),
            ({"class_uid": 6002, "message": marker}, None),
            (own, None),
            (own | {"snippets": [{"interpreter": "perl", "vector": "argument"}]}, ("none", "argument")),
            (own | {"snippets": []}, None),
        ):
            found = judged([perl], here, [(None, row)], posted=True).get(perl.id)
            assert (found and (found.level, found.vector)) == seen
