"""The command line of ``check``: one line for a person, JSON Lines for everybody else."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from flycatcher.commands import cli
from flycatcher.commands.check.stream import answers, chunks


def rows(*lines: str | bytes, shells: bool = False) -> list[dict]:
    encoded = [line if isinstance(line, bytes) else line.encode() for line in lines]
    return [json.loads(answer) for answer in answers(iter(encoded), shells=shells)]


def flycatcher(*words: str, data: bytes = b"") -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "flycatcher", *words], input=data, capture_output=True, timeout=60, check=False
    )


def test_the_contract_s_own_example():
    row = (
        '{"argv": ["python3", "-Sc", "print(1)"], "exe": "/usr/bin/python3.11", "env": {}, "stdin": "pipe", "cwd": "/"}'
    )
    (answer,) = rows(row)
    assert answer["code_on_the_fly"] is True
    (snippet,) = answer["snippets"]
    assert {key: snippet[key] for key in ("interpreter", "language", "vector", "argv_index", "text")} == {
        "interpreter": "python",
        "language": "python",
        "vector": "argument",
        "argv_index": 2,
        "text": "print(1)",
    }
    assert 0 <= answer["risk"]["score"] <= 100


@pytest.mark.parametrize(
    "row",
    [
        '{"argv": ["ls", "-l"]}',
        '{"argv": ["python3", "script.py", "-c", "print(1)"], "stdin": "pipe"}',
        '{"argv": ["python3", "-m", "pip", "install", "x"]}',
        '{"argv": ["python3", "--version"]}',
        '{"argv": ["python3"], "stdin": "tty"}',
        '{"argv": ["echo", "python3 -c 1"], "unknown": {"key": [1]}}',
    ],
)
def test_ordinary_executions_are_clean(row):
    assert rows(row)[0]["code_on_the_fly"] is False


def test_an_unreadable_row_is_answered_and_the_rest_goes_on():
    result = flycatcher("check", "--jsonl", "-", data=b'{"argv": ["ls"]}\nnonsense\n{"argv": ["python3", "-c", "1"]}\n')
    first, second, third = [json.loads(line) for line in result.stdout.splitlines()]
    assert first["code_on_the_fly"] is False
    assert second["line"] == 2
    assert "error" in second
    assert third["code_on_the_fly"] is True
    assert result.returncode == 1
    assert result.stderr == b""


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('{"argv": []}', "argv is empty"),
        ('{"argv": "python3"}', "$.argv"),
        ('{"argv": ["python3", 3]}', "$.argv[1]"),
        ('{"argv": ["python3"], "stdin": "telephone"}', "$.stdin"),
        ('{"argv": ["python3"], "env": {"A": 1}}', "$.env"),
        ('{"exe": "/bin/sh"}', "argv"),
        ("[]", "object"),
        ("", "JSON"),
    ],
)
def test_an_error_names_the_field(row, said):
    (answer,) = rows(row)
    assert answer["line"] == 1
    assert said in answer["error"] or (
        said == "JSON" and ("truncated" in answer["error"] or "empty" in answer["error"])
    )


def test_bytes_that_are_no_utf8_survive_as_surrogate_escapes():
    (escaped,) = rows('{"argv": ["python3", "-c", "print(1)#\\udcff"]}')
    assert escaped["snippets"][0]["text"] == "print(1)#\udcff"
    (raw,) = rows(b'{"argv": ["python3", "-c", "print(1)#\xff"]}')
    assert raw["snippets"][0]["text"] == "print(1)#\udcff"


def test_large_rows_are_read_whole():
    text = "#" + "x" * (2 << 20)
    many = json.dumps({"argv": ["python3", "-c", "print(1)", *["a"] * 100_000]})
    (long, wide) = rows(json.dumps({"argv": ["python3", "-c", text]}), many)
    assert long["snippets"][0]["text"] == text
    assert wide["snippets"][0]["text"] == "print(1)"


def test_nul_characters_are_text_like_any_other():
    (answer,) = rows('{"argv": ["python3", "-c", "a\\u0000b"]}')
    assert answer["snippets"][0]["text"] == "a\0b"


def test_an_answer_comes_before_the_next_row_is_sent():
    with subprocess.Popen(
        [sys.executable, "-m", "flycatcher", "check", "--jsonl", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        for number in range(3):
            process.stdin.write(json.dumps({"argv": ["python3", "-c", str(number)]}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["snippets"][0]["text"] == str(number)
        process.stdin.close()
        assert process.wait(30) == 0


def test_lines_are_put_together_across_reads():
    blocks = iter([b'{"a', b'":1}\n{"b":2}\n{"c', b'":3}', b""])
    assert [line for lines in chunks(lambda: next(blocks)) for line in lines] == [b'{"a":1}', b'{"b":2}', b'{"c":3}']


def test_a_file_that_does_not_exist_is_named():
    result = flycatcher("check", "--jsonl", "/nonexistent/rows.jsonl")
    assert result.returncode == 1
    assert b"/nonexistent/rows.jsonl" in result.stderr
    assert b"Traceback" not in result.stderr


def test_an_option_in_the_place_of_the_file_is_named() -> None:
    result = flycatcher("check", "--jsonl", "--no-risk", "rows.jsonl")
    assert b"behind --jsonl: --no-risk stands in its place" in result.stderr


def test_an_empty_line_says_so_and_a_mark_of_byte_order_is_no_mistake():
    row = '{"argv": ["perl", "-e", "1"]}'
    assert rows("", "  \r", row)[:2] == [
        {"error": "the line is empty: each line holds one row", "line": 1},
        {"error": "the line is empty: each line holds one row", "line": 2},
    ]
    assert [answer.get("code_on_the_fly") for answer in rows("\ufeff" + row, "\ufeff" + row)] == [True, None]


def test_an_empty_stream_is_nothing_to_read():
    done = flycatcher("check", "--jsonl", "-")
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"-: empty" in done.stderr


def test_a_full_disk_behind_stdout_is_a_sentence():
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "flycatcher", "check", "--jsonl", "-"],
            input=b'{"argv":["perl","-e","1"]}', stdout=full, stderr=subprocess.PIPE, check=False, timeout=60,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, b"flycatcher: output: No space left on device\n")


def test_nothing_to_check_has_its_own_exit_code():
    assert flycatcher("check").returncode == 3


def test_escape_sequences_of_a_payload_do_not_reach_the_terminal():
    result = CliRunner().invoke(cli, ["check", "--", "python3", "-c", "\x1b]0;owned\x07print(1)\u202e"])
    assert "\x1b]0" not in result.output
    assert "\u202e" not in result.output
    assert "\\x1b]0;owned\\x07print(1)\\u202e" in result.output


def test_a_reader_that_goes_away_ends_the_stream_quietly():
    process = subprocess.Popen(
        [sys.executable, "-m", "flycatcher", "check", "--jsonl", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    process.stdout.close()
    deadline = time.monotonic() + 30
    with pytest.raises(BrokenPipeError):  # noqa: PT012 - the write that fails is one of many
        while time.monotonic() < deadline:
            os.write(process.stdin.fileno(), b'{"argv": ["ls"]}\n' * 1000)
    assert b"Traceback" not in process.stderr.read()
    process.stdin.close()
    process.stderr.close()
    assert process.wait(30) == 1


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=200)
    | st.text(max_size=100).map(lambda t: json.dumps({"argv": ["python3", *t.split("a")]}).encode())
)
def test_no_row_ever_raises(line):
    (answer,) = answers(iter([line.replace(b"\n", b" ")]))
    assert json.loads(answer)


def test_a_row_may_say_what_a_path_leads_to():
    link = {"kind": "fifo", "target": "/proc/self/fd/0", "device": 15, "inode": 4711}
    row = {"argv": ["python3", "x"], "cwd": "/home/u", "stdin": "pipe", "stdin_text": "print(1)"}
    plain, told, wrong = rows(
        json.dumps(row), json.dumps(row | {"files": {"x": link}}), json.dumps(row | {"files": {"x": {"kind": "pipe"}}})
    )
    assert plain["code_on_the_fly"] is False
    assert [(s["vector"], s["descriptor"], s["text"]) for s in told["snippets"]] == [("descriptor", 0, "print(1)")]
    assert "files" in wrong["error"]


def test_a_row_with_files_is_read_even_where_no_word_hints_at_text():
    row = {"argv": ["gdb", "-x", "commands"], "files": {"commands": {"kind": "fifo", "text": "shell id"}}}
    (answer,) = rows(json.dumps(row))
    assert [(s["vector"], s["text"]) for s in answer["snippets"]] == [("descriptor", "shell id")]


def test_a_command_line_s_files_are_looked_at_where_they_lie(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("p")
    (tmp_path / "l").symlink_to("/dev/stdin")
    (tmp_path / "f").write_text("print(1)")
    runner = CliRunner()
    assert "read from a FIFO" in runner.invoke(cli, ["check", "--", "python3", "p"]).output
    assert "descriptor" in runner.invoke(cli, ["check", "--stdin", "pipe", "--", "python3", "l"]).output
    assert "no code on the fly" in runner.invoke(cli, ["check", "--", "python3", "f"]).output


def test_a_program_that_is_here_is_known_by_what_it_contains(tmp_path):
    copy = tmp_path / "zz"
    copy.write_bytes(Path("/usr/bin/perl").read_bytes())
    copy.chmod(0o755)
    runner = CliRunner()
    found = runner.invoke(cli, ["check", "--", str(copy), "-e", "print 1"])
    assert "code on the fly: perl" in found.output
    named = runner.invoke(cli, ["check", "--exe", str(copy), "--", "zz", "-e", "print 1"])
    assert "code on the fly: perl" in named.output
    os.mkfifo(tmp_path / "fifo")
    waits = runner.invoke(cli, ["check", "--", str(tmp_path / "fifo"), "-e", "1"])
    assert "not an interpreter that flycatcher knows" in waits.output
