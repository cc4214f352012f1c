"""php, php-cgi and phpdbg, case by case: what they run, and what only looks like it."""

from __future__ import annotations

from typing import Any

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import read
from flycatcher.core.snippet import NOTHING_TO_READ

Found = list[tuple[str, str | None]]
ALLOWED = ["-d", "allow_url_include=1"]


def snippets(*words: str, program: str = "php8.2", **more: Any) -> Found:
    reading = read(Execution(argv=(program, *words), **more))
    assert reading is not None
    return [(s.vector, s.text) for s in reading.snippets]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["-r", "A"], [("argument", "A")]),
        (["-rA"], [("argument", "A")]),
        (["-r=A"], [("argument", "A")]),
        (["-r==A"], [("argument", "=A")]),
        (["-nr", "A"], [("argument", "A")]),
        (["--run", "A"], [("argument", "A")]),
        (["--run=A"], [("argument", "A")]),
        (["--ru", "A"], []),
        (["--no-header=false", "-r", "A"], [("argument", "A")]),
        (["--no-header=", "-r", "A"], []),
        (["-rf", "x"], [("argument", "f")]),
        (["-r", "A", "-l"], [("argument", "A")]),
        (["-l", "-r", "A"], []),
        (["-r", "A", "-r", "B"], []),
        (["-f", "x", "-r", "A"], [("argument", "A")]),
        (["-r", "A", "-f", "x"], []),
        (["-r", "A", "--rf", "x"], []),
        (["-r", "A", "-i"], []),
        (["-H", "-r", "A"], []),  # -H blanks argv before it is run
        (["-f", "x", "--", "-r", "A"], []),
        (["x", "-r", "A"], []),
        (["--", "-r", "A"], [("stdin", None)]),
        (["-d", "--", "x"], [("stdin", None)]),  # the word before x is --
        (["-B", "A", "-R", "B", "-E", "C"], [("argument", "A"), ("argument", "B"), ("argument", "C")]),
        (["-B", "A", "-r", "B"], []),
        (["-R", "A", "-F", "x"], []),
        ([], [("stdin", None)]),
        (["-"], []),
        (["/dev/stdin"], [("descriptor", None)]),
        (["php://stdin"], []),
        (["-a"], [("stdin", None)]),
        (["-a", "x"], [("stdin", None)]),
        (["-a", "-l", "x"], []),
        (["-l"], []),
        (["-s"], []),
        (["-Z", "-r", "A"], []),
    ],
)
def test_options(words: list[str], expected: Found) -> None:
    assert snippets(*words, stdin="pipe") == expected


def test_no_line_of_input_no_code_for_lines() -> None:
    reading = read(Execution(argv=("php", "-R", "A", "-E", "B"), stdin="null"))
    assert reading is not None
    assert [(s.text, s.note) for s in reading.snippets] == [("A", NOTHING_TO_READ), ("B", "")]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([*ALLOWED, "-d", "auto_prepend_file='data:,<?php A;'", "x"], [("url", "<?php A;")]),
        ([*ALLOWED, "-d", "auto_prepend_file=data:,<?php A;", "x"], [("url", "<?php A")]),  # ; begins a comment
        ([*ALLOWED, '-dauto_append_file="data:;base64,QQ=="', "x"], [("url", "A")]),
        ([*ALLOWED, "-d", "auto_prepend_file=data:base64,QQ", "x"], []),  # no media type
        (["-d", "auto_prepend_file='data:,A'", "x"], []),
        (["-d", "allow_url_include", "-d", "auto_prepend_file=php://stdin", "x"], [("stdin", None)]),
        ([*ALLOWED, "-d", "auto_prepend_file=php://input", "x"], []),
        (["-d", "auto_prepend_file=/dev/stdin", "x"], [("descriptor", None)]),
        (["-d", "auto_prepend_file=/dev/stdin", "-r", "A"], [("argument", "A")]),
        (["-d", "AUTO_PREPEND_FILE=/dev/stdin", "x"], []),
        (["-d", "a(=1", "-d", "auto_prepend_file=/dev/stdin", "x"], []),  # a syntax error ends the ini text
        (["-d", "a=1\nauto_prepend_file=/dev/stdin", "x"], [("descriptor", None)]),
        (["-d", "auto_prepend_file=/dev/stdin", "-d", "auto_prepend_file=", "x"], []),
        ([*ALLOWED, "-d", "auto_prepend_file=${CODE}", "x"], [("url", "B")]),
        (
            [*ALLOWED, "-d", "auto_append_file='php://filter/convert.base64-decode/resource=data:,QQ=='", "x"],
            [("url", "A")],
        ),
        (["-d", "auto_prepend_file=/tmp/x.php", "x"], [("argument", None)]),
        (["-d", "auto_prepend_file=/usr/share/apm.php", "x"], []),
    ],
)
def test_what_the_configuration_includes(words: list[str], expected: Found) -> None:
    assert snippets(*words, stdin="pipe", env={"CODE": "data:,B"}) == expected


def test_ini_files_of_the_callers_choice() -> None:
    env = {"PHPRC": "/tmp/php.ini", "PHP_INI_SCAN_DIR": "/tmp/conf"}
    assert snippets("x", env=env, stdin="null") == [("environment", None), ("environment", None)]
    assert snippets("-n", "x", env=env, stdin="null") == []
    assert snippets("-c", "/dev/fd/9", "x", stdin="null") == [("descriptor", None)]


REQUEST = {"REQUEST_METHOD": "POST", "REDIRECT_STATUS": "200", "SCRIPT_FILENAME": "/srv/x.php", "CONTENT_LENGTH": "9"}
BODY = [*ALLOWED, "-d", "auto_prepend_file=php://input"]


@pytest.mark.parametrize(
    ("words", "env", "expected"),
    [
        ([], {}, [("stdin", None)]),
        (["-r", "A"], {}, []),
        (["-f", "x", "-f", "/dev/stdin"], {}, [("descriptor", None)]),
        (["--", "x"], {}, []),
        (["-l"], {}, []),
        (BODY, REQUEST, [("stdin", None)]),
        (BODY, {**REQUEST, "CONTENT_LENGTH": "0"}, []),
        (BODY, {**REQUEST, "QUERY_STRING": "-s"}, []),  # a query that looks like options stops the reading of options
        (BODY, {**REQUEST, "QUERY_STRING": "a=-s"}, [("stdin", None)]),
        (BODY, {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "9"}, []),
        ([*BODY, "-d", "cgi.force_redirect=0"], {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "9"}, [("stdin", None)]),
        (["-l"], {**REQUEST, "SCRIPT_FILENAME": "/dev/stdin"}, [("descriptor", None)]),
    ],
)
def test_cgi(words: list[str], env: dict[str, str], expected: Found) -> None:
    assert snippets(*words, program="php-cgi", env=env, stdin="pipe") == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["-q", "x"], [("stdin", None)]),
        (["-qrr", "x"], []),
        (["-r", "-r", "/dev/stdin"], []),
        (["-r", "-r", "/dev/fd/3"], [("descriptor", None)]),
        (["-q", "/dev/stdin"], [("stdin", None)]),
        (["-qrrs="], [("stdin", None)]),
        (["-qrs="], []),
        (["-i", "/dev/fd/9", "-rr", "x"], [("descriptor", None)]),
        (["-p", "x"], []),
        (["--unknown", "-rr", "x"], []),
        (["-V"], []),
    ],
)
def test_debugger(words: list[str], expected: Found) -> None:
    assert snippets(*words, program="phpdbg", stdin="pipe") == expected


def test_a_text_beside_the_console_is_run_by_releases_before_8_2_only() -> None:
    note = "run by earlier releases; later ones refuse the line"
    said = {}
    for exe in ("/usr/bin/php8.2", "/usr/bin/php8.1", "/usr/bin/php"):
        reading = read(Execution(argv=("php", "-ar", "echo 1;"), exe=exe))
        assert reading is not None
        said[exe] = [(snippet.text, snippet.note) for snippet in reading.snippets]
    assert said == {"/usr/bin/php8.2": [], "/usr/bin/php8.1": [("echo 1;", "")], "/usr/bin/php": [("echo 1;", note)]}
