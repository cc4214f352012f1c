"""What the prefilters skip holds nothing, and they know every variable that is read: on the oracle's lines, without running any."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import Interpreter, builtin, read, read_as
from flycatcher.core.interpreters.hosts.host import Host
from flycatcher.core.interpreters.names import grammar_of
from flycatcher.core.launchers.command import Stdin
from flycatcher.core.launchers.textual import takes_text
from flycatcher.core.launchers.unwrap import unwrap
from flycatcher.core.payload import analyse
from flycatcher.core.payload.prefilter import plain
from flycatcher.core.shell import read_shell
from flycatcher.core.shell.prefilter import may_start
from flycatcher.core.snippet import Snippet
from flycatcher.core.unknown import strip_marks
from flycatcher.scanning import engine
from flycatcher.sources.buildfiles import FileType, file_types
from flycatcher.sources.buildfiles.engine.filetype import Always
from tests.oracle.grammars import all_grammars
from tests.oracle.rendered import FILES, SHELL, cases, command

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.oracle.harness import Case, Grammar

FACTOR = int(os.environ.get("FLYCATCHER_PREFILTER_FACTOR", "1"))
"""So many times the cases of the default run."""
GRAMMARS = all_grammars()
HOSTS = [grammar for grammar in GRAMMARS if isinstance(builtin().get(grammar.id), Host)]

EVERYWHERE = {
    "POSIXLY_CORRECT": "getopt(3): how a line is split",
    "TERM": "a terminal that can show no editor",
    "HOME": "where ~ leads",
    "PATH": "where a program is found",
}
"""Variables of no interpreter in particular."""
WITHOUT_TEXT = {
    "PYTHONPYCACHEPREFIX": "a folder of compiled modules: noted, and no program text",
    "IPYTHONDIR": "a folder of settings: noted, and no program text",
    **dict.fromkeys(("SHLVL", "SSH_CLIENT", "SSH2_CLIENT"), "bash started by sshd leaves BASH_ENV alone"),
    "POSIX_PEDANTIC": "bash reads ENV, which it declares",
    **dict.fromkeys(("core.editor", "core.pager", "sequence.editor"), "keys of settings, looked for beside variables"),
}  # fmt: skip
"""Variables that are read and lead to no program text, and why."""


class Asked(dict[str, str]):
    """An environment that remembers which of its variables were asked for by name."""

    def __init__(self, env: dict[str, str]) -> None:
        super().__init__(env)
        self.names: set[str] = set()

    def get(self, name, default=None):  # type: ignore[no-untyped-def,override]
        self.names.add(name)
        return super().get(name, default)

    def __getitem__(self, name):  # type: ignore[no-untyped-def]
        self.names.add(name)
        return super().__getitem__(name)

    def __contains__(self, name):  # type: ignore[no-untyped-def]
        self.names.add(name)
        return super().__contains__(name)


def declared(interpreter: Interpreter) -> re.Pattern[str]:
    """Match the variables of an interpreter, and of those that it reads its own script as."""
    inside = [
        other
        for other in builtin().values()
        if interpreter.id in other.runs_on
        or (other.runs_on and other.runs_on == interpreter.runs_on)
        or (interpreter.id == "java" and (other.main_classes or other.jars))
    ]
    return re.compile("|".join(name for one in (interpreter, *inside) for name in one.variables) or r"(?!)")


@pytest.mark.parametrize("grammar", HOSTS, ids=lambda grammar: grammar.id)
def test_a_line_that_a_host_skips_holds_no_text(grammar: Grammar) -> None:
    interpreter = builtin()[grammar.id]
    for case in cases(grammar, 400 * FACTOR, "skips"):
        if interpreter.skips(case.argv, case.env):
            found = read_as(interpreter, Execution(argv=tuple(case.argv), env=case.env, stdin="pipe", cwd="/srv"))
            assert found.snippets == [], case.argv


@pytest.mark.parametrize("grammar", GRAMMARS, ids=lambda grammar: grammar.id)
def test_a_table_declares_every_variable_that_it_reads(grammar: Grammar) -> None:
    for case in cases(grammar, 60 * FACTOR, "variables"):
        env = Asked(case.env)
        execution = Execution(argv=tuple(case.argv), env=env, stdin=case.stdin, cwd="/srv")
        own = builtin().get(grammar.id)
        reading = read(execution) if own is None else read_as(own, execution)
        if reading is None:
            continue
        spelt = "\n".join(
            (*case.argv, *case.env.values(), case.stdin_text)
        )  # ``eval "$X"``: the line names X, not the table
        known = declared(own or reading.interpreter)
        unknown = {
            name
            for name in env.names - EVERYWHERE.keys() - WITHOUT_TEXT.keys()
            if name and name not in spelt and known.fullmatch(name) is None
        }
        assert unknown == set(), case.argv
        assert not {s.variable for s in reading.snippets} & WITHOUT_TEXT.keys(), case.argv


@pytest.mark.parametrize("grammar", GRAMMARS, ids=lambda grammar: grammar.id)
def test_what_reading_finds_in_shell_text_the_prefilter_lets_through(grammar: Grammar) -> None:
    for case in cases(grammar, 8 * FACTOR, "shell"):
        for render in SHELL:
            text = render(case)
            if may_start(text):
                continue
            found = [e.argv for e in read_shell(text).executions if detect(e, live=True)]
            assert found == [], text


@pytest.mark.parametrize("grammar", GRAMMARS, ids=lambda grammar: grammar.id)
def test_what_the_analysis_of_a_payload_finds_its_prefilter_lets_through(grammar: Grammar) -> None:
    for case in cases(grammar, 30 * FACTOR, "payload"):
        text = command(case)
        if plain(text):
            snippet = Snippet(interpreter="sh", language="shell", vector="argument", text=text)
            assert analyse(snippet, nested=None).capabilities == (), text


def test_every_launcher_that_hands_text_to_a_shell_says_so() -> None:
    (grammar,) = (grammar for grammar in GRAMMARS if grammar.id == "launchers")
    for case in cases(grammar, 2000 * FACTOR, "launchers"):
        fed = Stdin("pipe", case.stdin_text) if case.stdin_text else Stdin("null")
        for started in unwrap(list(case.argv), {}, fed) or ():
            words = [strip_marks(word) for word in started.words]
            if grammar_of(words[0]) and words[0] not in re.split(r"[^\w./-]+", "\n".join(case.argv)):
                assert takes_text(case.argv[0]), case.argv


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Switch the prefilters off, of files and of the shell text in them."""
    with monkeypatch.context() as patch:
        yield patch


def unfiltered(patch: pytest.MonkeyPatch, files: Iterable[tuple[str, str]]) -> list[object]:
    """Scan files without any prefilter."""
    with patch.context() as off:
        off.setattr(engine, "may_start", lambda _text, _env=None: True)
        for file_type in file_types():
            if FileType.words[0] in file_type.words:
                off.setattr(type(file_type), "words", (Always(),))
        return [engine.scan_bytes(path, text.encode()).findings for path, text in files]


def rendered(case: Case) -> list[tuple[str, str]]:
    """Write a case as files of each type."""
    return [(path, render(case)) for path, render in FILES.items()]


@pytest.mark.parametrize("grammar", GRAMMARS, ids=lambda grammar: grammar.id)
def test_what_reading_finds_in_build_files_the_prefilter_lets_through(
    grammar: Grammar, everything: pytest.MonkeyPatch
) -> None:
    files = [file for case in cases(grammar, 2 * FACTOR, "files") for file in rendered(case)]
    skipped = [file for file in files if not engine.scan_bytes(file[0], file[1].encode()).findings]
    for file, found in zip(skipped, unfiltered(everything, skipped), strict=True):
        assert found == [], file
