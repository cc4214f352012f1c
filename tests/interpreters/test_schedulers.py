"""crontab, incrontab, at, tee, man, pudb, fzf and supervisord: what each line planted or ran when the real program was given it.

cron 3.0pl1, incron 0.5.12, at 3.2.5, man-db 2.11.2, pudb 2026.1, fzf 0.38, supervisor 4.3. The tables of cron and incron, and at's job, lay in a spool of
their own; man, pudb and fzf had a terminal.
"""

from __future__ import annotations

import pytest

from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import read

TABLE = "* * * * * python3 -c 1"


def planted(line: str, text: str) -> bool:
    execution = Execution(argv=tuple(line.split(" ")), stdin="pipe", stdin_text=text)
    found = detect(execution)
    return found is not None and any(snippet.vector == "planted" for snippet in found.snippets)


@pytest.mark.parametrize(
    "line",
    ["crontab", "crontab -", "crontab -u root -", "crontab -uroot -", "crontab - -u root", "crontab -i -", "crontab -- -", "crontab - f"],
)  # fmt: skip
def test_crontab_puts_a_table_in_place(line: str) -> None:
    assert planted(line, TABLE)


@pytest.mark.parametrize(
    "line", ["crontab -n -", "crontab -l", "crontab -r", "crontab -e", "crontab -l -", "crontab -x", "crontab f"]
)
def test_crontab_puts_nothing_in_place(line: str) -> None:
    assert not planted(line, TABLE)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("incrontab -", True), ("incrontab -u root -", True), ("incrontab -uroot -", True), ("incrontab --user=root -", True),
        ("incrontab -f x -", True), ("incrontab --config=x -", True), ("incrontab -- -", True), ("incrontab - -u root", True),
        ("incrontab", False), ("incrontab --user root -", False), ("incrontab -l -", False), ("incrontab -t", False), ("incrontab -d", False),
        ("incrontab -V", False), ("incrontab f", False),
    ],
)  # fmt: skip
def test_incrontab_puts_a_table_in_place(line: str, expected: bool) -> None:
    assert planted(line, "/tmp IN_CREATE python3 -c 1") == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("at now", True), ("at -m now", True), ("at -M now", True), ("at -q b now", True), ("at -qb now", True), ("at -v now", True),
        ("at -t 203001010000", True), ("at -b", True), ("at now + 1 minute", True), ("at -m -q z 10:00", True), ("at -- now", True),
        ("at -f /dev/stdin now", True), ("at -u root now", True), ("batch", True),
        ("at", False), ("at -f f now", False), ("at now -f f", False), ("at -l", False), ("at -c 1", False), ("at -r 1", False),
        ("at -V", False), ("at -k now", False), ("at -f - now", False), ("at -o x now", False),
    ],
)  # fmt: skip
def test_at_takes_a_job(line: str, expected: bool) -> None:
    assert planted(line, "python3 -c 1") == expected


def texts(argv: list[str], env: dict[str, str] | None = None) -> list[str | None]:
    reading = read(Execution(argv=tuple(argv), env=env or {}, stdin="tty"))
    return [] if reading is None else [snippet.text for snippet in reading.snippets if snippet.language == "shell"]


@pytest.mark.parametrize(
    "words",
    [
        ["-P", "X"], ["-PX"], ["--pager=X"], ["--pager", "X"], ["--pag", "X"], ["-P", "cat", "-P", "X"], ["-aP", "X"], ["-7", "-P", "X"],
        ["-p", "t", "-P", "X"], ["-E", "latin1", "-P", "X"], ["-r", "x", "-P", "X"], ["--prompt=x", "-P", "X"],
    ],
)  # fmt: skip
def test_man_starts_the_last_pager(words: list[str]) -> None:
    assert texts(["man", *words, "ls"]) == ["X"]


@pytest.mark.parametrize(
    "words", [["-k", "-P", "X"], ["-w", "-P", "X"], ["-f", "-P", "X"], ["-t", "-P", "X"], ["-T", "-P", "X"], ["-Z", "-P", "X"], ["-V", "-P", "X"], ["-TP", "X"]]
)  # fmt: skip
def test_man_starts_no_pager(words: list[str]) -> None:
    assert texts(["man", *words, "ls"]) == []


@pytest.mark.parametrize("value", ["-P X", "-P'X'", "--pager=X"])
def test_man_reads_the_words_of_manopt(value: str) -> None:
    assert texts(["man", "ls"], {"MANOPT": value}) == ["X"]


@pytest.mark.parametrize(
    "words", [["--pre-run", "X", "s.py"], ["--pre-run=X", "s.py"], ["--pre", "X", "s.py"], ["--p", "X", "s.py"], ["-c", "--pre-run", "X", "s.py"], ["--pre-run", "X", "-m", "this"], ["-le", "x", "--pre-run", "X", "s.py"], ["--log-errors=x", "--pre-run", "X", "s.py"]]
)  # fmt: skip
def test_pudb_runs_a_command_first(words: list[str]) -> None:
    assert texts(["pudb", *words]) == ["X"]


@pytest.mark.parametrize(
    "words",
    [
        ["s.py", "--pre-run", "X"],
        ["--pre-run", "X"],
        ["--pre-run", "X", "-m"],
        ["--pre-run", "X", "--version"],
        ["--bogus", "--pre-run", "X", "s.py"],
    ],
)
def test_pudb_runs_none(words: list[str]) -> None:
    assert texts(["pudb", *words]) == []


@pytest.mark.parametrize(
    "words",
    [
        ["--preview", "X"], ["--preview=X"], ["--", "--preview", "X"], ["-q", "x", "--preview", "X"], ["+m", "--preview", "X"], ["-m", "--tac", "--preview", "X"],
        ["--bind", "enter:execute(X)"], ["--bind=enter:execute(X)"], ["--bind", "enter:execute:X"], ["--bind", "enter:execute-silent(X)"],
        ["--bind", "enter:become(X)"], ["--bind", "start:reload(X)"], ["--bind", "start:reload-sync(X)"], ["--bind", "start:preview(X)"],
        ["--bind", "start:unbind(a)+execute(X)"], ["--bind", "start:execute[X]"], ["--bind", "start:execute{X}"], ["--bind", "start:execute<X>"],
        ["--bind", "start:execute~X~"], ["--bind", "start:execute/X/"], ["--bind", "a:abort,start:execute(X)"],
        ["--bind", "a:abort", "--bind", "start:execute-multi(X)"],
    ],
)  # fmt: skip
def test_fzf_runs_a_command(words: list[str]) -> None:
    assert texts(["fzf", *words]) == ["X"]


@pytest.mark.parametrize(
    "words",
    [
        ["--preview", "X", "--preview", ""], ["--preview", "X", "--no-preview"], ["--preview", "X", "--version"], ["--preview", "X", "--help"],
        ["--preview", "X", "-f", "a"], ["-f", "a", "--preview", "X"], ["--filter=a", "--bind", "start:execute(X)"], ["--prev", "X"],
    ],
)  # fmt: skip
def test_fzf_runs_none(words: list[str]) -> None:
    assert texts(["fzf", *words]) == []


def test_fzf_reads_its_variable_in_front_of_the_line() -> None:
    assert texts(["fzf"], {"FZF_DEFAULT_OPTS": "--preview 'X Y'"}) == ["X Y"]
    assert texts(["fzf"], {"FZF_DEFAULT_OPTS": "--bind 'start:execute(X)'"}) == ["X"]
    assert texts(["fzf", "--no-preview"], {"FZF_DEFAULT_OPTS": "--preview X"}) == []
    assert texts(["fzf", "--preview", "Z"], {"FZF_DEFAULT_OPTS": "--preview X"}) == ["Z"]


def test_an_inherited_option_of_fzf_counts_where_it_starts_an_interpreter() -> None:
    env = {"FZF_DEFAULT_OPTS": "--preview 'python3 -c 1'"}
    assert detect(Execution(argv=("make", "test"), env=env)) is not None
    assert detect(Execution(argv=("make", "test"), env={"FZF_DEFAULT_OPTS": "--preview 'bat {}' --height 40%"})) is None


CONFIGURATION = "[program:x]\ncommand=python3 -c 1\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("supervisord -n -c /dev/stdin", True), ("supervisord -nc /dev/stdin", True), ("supervisord -n --configuration=/dev/stdin", True),
        ("supervisord --nodaemon --conf /dev/stdin", True), ("supervisord --nod --conf=/dev/stdin", True),
        ("supervisord -n -c s.conf", False), ("supervisord -v -c /dev/stdin", False), ("supervisord -n -c /dev/stdin -x", False),
    ],
)  # fmt: skip
def test_supervisord_starts_the_programs_of_its_configuration(line: str, expected: bool) -> None:
    assert planted(line, CONFIGURATION) == expected
