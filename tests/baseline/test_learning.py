"""What learning makes of entries over several runs: states, the first commit, and the end when hands change."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from flycatcher.baselines import Asked, BaselineRun, read, write
from flycatcher.commands.baseline.work import accept, merge
from flycatcher.core.baseline.entry import Baseline
from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution, Process
from flycatcher.reporting import Reporter

if TYPE_CHECKING:
    from flycatcher.core.detection import Detection

MAKE = Process(pid=7, comm="make", exe="/usr/bin/make", argv=("make",))
TOX = Process(pid=7, comm="tox", exe="/usr/bin/tox", argv=("tox",))


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def found(text: str, *chain: Process, context: dict[str, str] | None = None, **fields: object) -> Detection:
    execution = Execution(argv=("python3", "-c", text), cwd=os.getcwd(), ancestry=chain or (MAKE,), context=context or {}, **fields)  # type: ignore[arg-type] # fmt: skip
    detection = detect(execution)
    assert detection is not None
    return detection


def learn(*detections: Detection, whole: bool = True, ends: tuple[str, ...] = ()) -> list[str]:
    made = Reporter([])
    made.baseline = BaselineRun.of(Asked(learn="b.toml", ends=ends), {})
    for detection in detections:
        made.report(detection)
    assert made.baseline is not None
    return made.baseline.close(whole=whole)


def states() -> dict[str, str]:
    return {entry.text: entry.state for entry in read(Path("b.toml")).entries}


def git(*words: str, author: str = "a@example.org") -> str:
    who = ["-c", f"user.email={author}", "-c", "user.name=a", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *who, *words], check=True, capture_output=True, text=True).stdout.strip()


A, B = "print(open('a').read())", "print(open('b').read())"


def test_an_entry_becomes_stable_by_a_second_run_and_unstable_by_one_that_misses_it() -> None:
    learn(found(A), found(B))
    assert states() == {A: "candidate", B: "candidate"}
    learn(found(A))
    assert states() == {A: "stable", B: "candidate"}
    learn(found(A), found(B))
    assert states() == {A: "stable", B: "stable"}
    said = learn(found(A))
    assert states() == {A: "stable", B: "unstable"}
    assert said[-1] == "unstable from now on: 1 entry that this run has not seen"


def test_what_is_unstable_stays_so_and_no_further_run_changes_a_byte() -> None:
    for seen in ((A, B), (A, B), (A,)):
        learn(*map(found, seen))
    before = Path("b.toml").read_bytes()
    learn(found(A), found(B))
    learn(found(A))
    assert states()[B] == "unstable"
    assert Path("b.toml").read_bytes() == before


def test_what_is_unstable_is_known_and_never_gone_and_what_is_stable_is_gone() -> None:
    for seen in ((A, B), (A, B), (A,)):
        learn(*map(found, seen))
    run = BaselineRun.of(Asked(compare="b.toml"), {})
    assert run is not None
    assert run.is_known(found(B))
    assert run.figures()["gone"] == 1
    other = BaselineRun.of(Asked(compare="b.toml"), {})
    assert other is not None
    assert "gone: " in "".join(line for line in other.close() if A in line)
    assert not [line for line in other.close() if B in line]


@pytest.mark.parametrize("why", ["failed", "another program", "another job", "text not seen whole"])
def test_a_run_that_could_not_have_seen_it_misses_nothing(why: str) -> None:
    for _ in range(2):
        learn(found(A, context={"ci.job": "test"}), found(B, context={"ci.job": "test"}))
    if why == "failed":
        learn(found(A), whole=False)
    elif why == "another program":
        learn(found(A, TOX))
    elif why == "another job":
        learn(found(A, context={"ci.job": "lint"}))
    else:
        pipe = Execution(argv=("python3", "-"), stdin="pipe", ancestry=(MAKE,))
        detection = detect(pipe)
        assert detection is not None
        learn(found(A), detection)
    assert "unstable" not in Path("b.toml").read_text()


def test_what_is_able_to_do_more_than_before_is_not_missed() -> None:
    writes = "open('a', 'w').write('x')"
    learn(found(A), found(writes))
    learn(found(A), found(writes))
    entries = [structs.replace(each, capabilities=()) for each in read(Path("b.toml")).entries]
    write(Path("b.toml"), Baseline(entries=tuple(entries)))
    learn(found(A), found(writes))
    assert states() == {A: "stable", writes: "stable"}
    assert {each.capabilities for each in read(Path("b.toml")).entries} == {(), ("file.write",)}


def test_accepting_an_unstable_entry_makes_it_stable(tmp_path: Path) -> None:
    for seen in ((A, B), (A, B), (A,)):
        learn(*map(found, seen))
    entry = next(each for each in read(Path("b.toml")).entries if each.text == B)
    accept(entry.id, "runs on release days only", "build team", tmp_path / "b.toml")
    assert states()[B] == "stable"


def test_the_first_commit_stays_however_often_it_is_learnt_again() -> None:
    git("init", "-q")
    git("commit", "-qm", "one", "--allow-empty")
    first = git("rev-parse", "HEAD")[:12]
    learn(found(A))
    git("commit", "-qm", "two", "--allow-empty")
    second = git("rev-parse", "HEAD")[:12]
    learn(found(A), found(B))
    commits = {entry.text: entry.first for entry in read(Path("b.toml")).entries}
    assert commits == {A: first, B: second}


def test_merging_keeps_the_commit_that_is_older_by_its_time_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    git("init", "-q")
    commits = []
    for number in range(3):
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"2026-01-0{number + 1}T00:00:00Z")
        git("commit", "-qm", str(number), "--allow-empty")
        Path("b.toml").unlink(missing_ok=True)
        learn(found(A))
        Path("b.toml").rename(f"{number}.toml")
        commits.append(git("rev-parse", "HEAD")[:12])
    files = [Path(f"{number}.toml") for number in range(3)]
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        merge([files[at] for at in order], Path("all.toml"))
        assert read(Path("all.toml")).entries[0].first == commits[0]
    whole = Path("all.toml").read_bytes()
    merge([files[1], files[2]], Path("part.toml"))
    merge([Path("part.toml"), files[0]], Path("all.toml"))
    assert Path("all.toml").read_bytes() == whole


def hook(text: str) -> Detection:
    env = {"npm_lifecycle_event": "postinstall", "npm_package_name": "left-pad"}
    return found(text, env=env, context={"started_by.kind": "package manager", "started_by.program": "npm"})


def lock(version: str) -> None:
    Path("package-lock.json").write_text(
        '{"lockfileVersion": 3, "packages": {"": {"name": "x", "version": "9.9.9"}, "node_modules/left-pad": {"version": "'
        + version
        + '"}}}'
    )


def test_an_entry_ends_with_its_package_s_version_where_that_is_configured() -> None:
    lock("1.3.0")
    learn(hook(A), ends=("version",))
    assert read(Path("b.toml")).entries[0].started_by.version == "1.3.0"
    lock("1.4.0")
    ended = BaselineRun.of(Asked(compare="b.toml", ends=("version",)), {})
    kept = BaselineRun.of(Asked(compare="b.toml"), {})
    assert ended is not None
    assert kept is not None
    policy, known = ended.judged(hook(A))
    assert (known, policy.reason.partition(" (")[0]) == ("new", "new: the version was 1.3.0 and is now 1.4.0")
    assert kept.judged(hook(A))[1] == "known"


def test_a_package_that_is_locked_no_more_ends_its_entry() -> None:
    lock("1.3.0")
    learn(hook(A), ends=("version",))
    Path("package-lock.json").unlink()
    run = BaselineRun.of(Asked(compare="b.toml", ends=("version",)), {})
    assert run is not None
    assert run.judged(hook(A))[0].reason.startswith("new: the version was 1.3.0 and is now not locked")


def test_a_lock_file_that_the_build_changes_does_not_count() -> None:
    lock("1.3.0")
    learn(hook(A), ends=("version",))
    run = BaselineRun.of(Asked(compare="b.toml", ends=("version",)), {})
    lock("6.6.6")
    assert run is not None
    assert run.is_known(hook(A))


def script() -> Detection:
    shell = Process(pid=8, comm="sh", exe="/bin/sh", argv=("sh", "gen.sh"), cwd=os.getcwd())
    return found(A, shell, MAKE)


def test_an_entry_ends_when_somebody_else_changes_its_script_where_that_is_configured() -> None:
    git("init", "-q")
    Path("gen.sh").write_text("python3 -c ...\n")
    git("add", "."), git("commit", "-qm", "one")
    learn(script(), ends=("author",))
    assert read(Path("b.toml")).entries[0].started_by.author == "a@example.org"
    Path("gen.sh").write_text("python3 -c ...\n# more\n")

    def judged() -> str:
        run = BaselineRun.of(Asked(compare="b.toml", ends=("author",)), {})
        assert run is not None
        policy, known = run.judged(script())
        return policy.reason.partition(" (")[0] if known == "new" else known

    assert judged() == "new: the author was a@example.org and is now not committed"
    git("commit", "-qam", "two")
    assert judged() == "known"
    Path("gen.sh").write_text("python3 -c ...\n# more\n# and more\n")
    git("commit", "-qam", "three", "--date=2099-01-01T00:00:00Z", author="b@example.org")
    assert judged() == "new: the author was a@example.org and is now b@example.org"


def test_an_entry_that_was_learnt_before_it_was_configured_takes_the_hands_that_it_is_in() -> None:
    lock("1.3.0")
    learn(hook(A))
    learn(hook(A), ends=("version",))
    (entry,) = read(Path("b.toml")).entries
    assert (entry.started_by.version, entry.state) == ("1.3.0", "stable")
    lock("1.4.0")
    learn(hook(A), ends=("version",))
    assert [(each.started_by.version, each.state) for each in read(Path("b.toml")).entries] == [
        ("1.3.0", "stable"), ("1.4.0", "candidate"),
    ]  # fmt: skip
