"""Hostile files: each is bounded in time, and none takes the scan with it."""

import os
import signal
import time

import pytest

from flycatcher.commands.scan.batch import Batch
from flycatcher.commands.scan.crew import Crew
from flycatcher.commands.scan.interruption import Interruption
from flycatcher.commands.scan.walk import Candidate
from flycatcher.scanning import engine
from flycatcher.scanning.engine import scan_bytes
from flycatcher.scanning.finding import FileResult
from flycatcher.scanning.limit import bounded

HOSTILE = {
    "sed.sh": "sed " * 50_000 + "e",
    "git.sh": 'git "' * 50_000,
    "globs.sh": "x[*]" * 100_000 + " python3 -c 1",
    "action.yml": 'runs:\n  steps:\n    - run: python3 -c "' + "${{" * 50_000 + '"\n      shell: bash\n',
    "x.spec": "Name: x\n%build\n" + "%(" * 30_000 + "python3 -c 1",
    "main.tf": 'provisioner "local-exec" {\n' * 20_000 + ' command = "python3 -c 1"',
    "Jenkinsfile": "sh(" * 50_000 + '"python3 -c 1"',
    "Makefile": "A0=python3 -c 1\n" + "".join(f"A{n}=$(A{n - 1})$(A{n - 1})$(A{n - 1})\n" for n in range(1, 30)) + "all:\n\t$(A29)\n",
    ".gitlab-ci.yml": 'a: &a ["python3 -c 1"' + ",lol" * 8 + "]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)) + "job:\n  script: *j\n",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_read_within_its_bounds(name):
    began = time.process_time()
    result = scan_bytes(name, HOSTILE[name].encode())
    assert time.process_time() - began < 12
    if name == ".gitlab-ci.yml":
        assert [each.reason for each in result.skipped] == ["more than 100194 nodes: the rest was not read"]


def test_a_file_that_takes_too_long_is_listed_and_what_was_found_before_is_kept(monkeypatch):
    read = engine.read_shell

    def spin(text, **options):
        while "spin" in text:
            pass
        return read(text, **options)

    monkeypatch.setattr(engine, "read_shell", spin)
    monkeypatch.setattr(engine, "bounded", lambda _seconds: bounded(0.5))
    result = scan_bytes("Dockerfile", b"FROM a\nRUN perl -e 1\nRUN python3 -c spin\nRUN ruby -e 2\n")
    assert [finding.detection.interpreter for finding in result.findings] == ["perl"]
    assert result.skipped[0].reason.startswith("reading it took more than")
    assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] == 0


def test_a_file_that_a_reader_fails_over_is_listed_with_what_was_found_before(monkeypatch):
    read = engine.read_shell

    def fail(text, **options):
        if "fail" in text:
            raise TypeError
        return read(text, **options)

    monkeypatch.setattr(engine, "read_shell", fail)
    result = scan_bytes("Dockerfile", b"FROM a\nRUN perl -e 1\nRUN python3 -c fail\n")
    assert [finding.detection.interpreter for finding in result.findings] == ["perl"]
    assert [(each.reason, each.unread) for each in result.skipped] == [
        ("reading it failed (TypeError): what comes behind was not read", "perl")
    ]


def deadly(chunk):
    """Stand in for a worker's task: one file ends the process."""
    if any(candidate.shown == "deadly" for candidate in chunk):
        os.kill(os.getpid(), signal.SIGKILL)
    return Batch(size=len(chunk), results=[FileResult(path=candidate.shown) for candidate in chunk])


def test_a_file_that_ends_its_reader_is_listed_and_all_others_are_read():
    crew = Crew(deadly, 2, Interruption())
    names = [f"f{n}" for n in range(40)]
    names[17] = "deadly"
    chunks = [[Candidate(name, name) for name in names[at : at + 4]] for at in range(0, 40, 4)]
    try:
        results = [result for batch in crew.results(iter(chunks)) for result in batch.results]
    finally:
        crew.end()
    assert [result.path for result in results] == names
    assert [(r.path, r.skipped[0].reason) for r in results if r.skipped] == [
        ("deadly", "reading it ended the process that read it")
    ]
