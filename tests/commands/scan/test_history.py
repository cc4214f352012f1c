from __future__ import annotations

import datetime as dt
import json

import pytest

from flycatcher.commands.scan.history import Repositories, age, changes
from flycatcher.core.errors import FlycatcherError
from tests.commands.scan.conftest import Tree

CODE = "python3 -c 'print({})'\n"


def rows(tree: Tree, *words: str) -> list[dict]:
    done = tree.scan("--format", "json", *words, ".")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["detections"]


def texts(tree: Tree, *words: str) -> list[str]:
    return [row["snippets"][0]["text"] for row in rows(tree, *words)]


def test_says_who_changed_a_line_last_and_how_often(repository: Tree) -> None:
    repository.write("x.sh", "#!/bin/sh\n" + CODE.format(1) + CODE.format(2))
    repository.commit("one", author="ann")
    repository.write("x.sh", "#!/bin/sh\necho\n" + CODE.format(1) + CODE.format(3))
    second = repository.commit("two", author="bob", date="2021-02-03T04:05:06Z")
    first, last = (row["finding"]["change"] for row in rows(repository))
    assert (first["author"], first["changes"], first["time"]) == ("ann", 1, "2020-01-01T00:00:00Z")
    assert (last["author"], last["email"], last["commit"], last["changes"]) == ("bob", "bob@example.org", second, 2)
    assert last["summary"] == "two"


def test_counts_changes_across_renames_and_says_what_is_not_committed(repository: Tree) -> None:
    repository.write("old.sh", "#!/bin/sh\necho a\necho b\n" + CODE.format(1))
    repository.commit("one")
    repository.git("mv", "old.sh", "new.sh")
    repository.commit("rename")
    repository.write("new.sh", "#!/bin/sh\necho a\necho b\n" + CODE.format(2))
    repository.commit("change")
    (row,) = rows(repository)
    assert row["finding"]["change"]["changes"] == 2
    repository.write("new.sh", "#!/bin/sh\necho a\necho b\n" + CODE.format(3))
    (row,) = rows(repository)
    assert row["finding"]["change"]["uncommitted"] is True


@pytest.mark.parametrize(
    ("message", "committer", "alone"),
    [
        ("one", "ann", True),
        ("one\n\nReviewed-by: Bob <bob@example.org>", "ann", False),
        ("one\n\nSigned-off-by: Ann <ann@example.org>", "ann", True),
        ("one", "bob", False),
    ],
)
def test_marks_changes_that_one_person_has_seen(repository: Tree, message: str, committer: str, *, alone: bool) -> None:
    repository.write("x.sh", CODE.format(1))
    repository.commit(message, author="ann", committer=committer)
    (row,) = rows(repository)
    assert row["finding"]["change"].get("single_person", False) is alone


@pytest.mark.parametrize(("merger", "alone"), [("ann", True), ("bob", False)])
def test_a_merge_by_somebody_else_is_a_second_pair_of_eyes(repository: Tree, merger: str, *, alone: bool) -> None:
    repository.write("a.sh", "echo\n")
    repository.commit("start")
    repository.git("checkout", "-qb", "topic")
    repository.write("x.sh", CODE.format(1))
    repository.commit("work", author="ann")
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "-m", "merge", "topic", author=merger)
    (row,) = rows(repository)
    assert row["finding"]["change"].get("single_person", False) is alone


def test_since_reports_only_what_a_change_adds_or_touches(repository: Tree) -> None:
    repository.write("old.sh", CODE.format(1) + "echo\necho\necho\n" + CODE.format(2))
    repository.write("other.sh", CODE.format(9))
    base = repository.commit("one")
    repository.git("mv", "old.sh", "moved.sh")
    repository.write("moved.sh", "# a comment\n" + CODE.format(1) + "echo\necho\necho\n" + CODE.format(3))
    repository.commit("two")
    repository.write("untracked.sh", CODE.format(4))
    assert texts(repository, "--since", base) == ["print(3)", "print(4)"]
    assert all(row["finding"]["new"] for row in rows(repository, "--since", base))
    assert repository.scan("--since", "no-such-commit", ".").returncode == 2


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, False),
        ({1: "echo before"}, False),
        ({2: "python3 -B - <<'END'"}, True),
        ({3: "print(10)"}, True),
        ({4: "print(20)"}, True),
        ({6: "echo after"}, False),
    ],
    ids=["nothing", "before it", "the command", "its first line", "its last line", "after it"],
)
def test_since_goes_by_the_lines_of_the_text_itself(repository: Tree, changed: dict[int, str], *, told: bool) -> None:
    lines = ["echo", "python3 - <<'END'", "print(1)", "print(2)", "END", "echo"]
    repository.write("x.sh", "".join(f"{line}\n" for line in lines))
    base = repository.commit("one")
    repository.write("x.sh", "".join(f"{changed.get(at, line)}\n" for at, line in enumerate(lines, 1)))
    assert bool(texts(repository, "--since", base)) is told


def test_new_within_goes_by_the_date_of_the_lines(repository: Tree) -> None:
    repository.write("x.sh", CODE.format(1))
    repository.commit("old")
    repository.write("x.sh", CODE.format(1) + CODE.format(2))
    repository.commit("new", date=dt.datetime.now(dt.UTC).isoformat())
    assert texts(repository, "--new-within", "30d") == ["print(2)"]


@pytest.mark.parametrize(("text", "hours"), [("12h", 12), ("30d", 720), ("2w", 336), ("1y", 8760)])
def test_ages(text: str, hours: int) -> None:
    assert age(text) == dt.timedelta(hours=hours)


def test_an_age_that_is_none_is_said(tree: Tree) -> None:
    with pytest.raises(FlycatcherError, match="not an age"):
        age("soon")
    with pytest.raises(FlycatcherError, match="not in a git repository"):
        changes("HEAD", [str(tree.root)], Repositories())


def test_the_repository_s_configuration_starts_nothing(repository: Tree) -> None:
    repository.write("x.sh", CODE.format(1))
    repository.write(".gitattributes", "*.sh diff=evil filter=evil\n")
    repository.commit("one")
    marker = repository.root / "ran"
    for name in (
        "core.fsmonitor",
        "diff.evil.textconv",
        "diff.evil.command",
        "diff.external",
        "core.pager",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "core.sshCommand",
        "core.gitProxy",
        "core.editor",
        "core.alternateRefsCommand",
        "credential.helper",
        "uploadpack.packObjectsHook",
        "gpg.program",
        "alias.blame",
        "alias.log",
    ):
        repository.git("config", name, f"!touch {marker}" if name.startswith("alias") else f"touch {marker}")
    hooks = repository.root / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {marker}\n")
        (hooks / name).chmod(0o755)
    included = repository.write("more.gitconfig", f"[core]\n\thooksPath = {hooks}\n\tfsmonitor = touch {marker}\n")
    repository.git("config", "include.path", str(included))
    # another repository's objects, and a promise that a program would fetch what is missing
    (repository.root / ".git/objects/info").mkdir(exist_ok=True)
    (repository.root / ".git/objects/info/alternates").write_text("/nonexistent/objects\n")
    repository.git("config", "remote.evil.url", f"ext::sh -c touch% {marker}")
    repository.git("config", "remote.evil.promisor", "true")
    (repository.root / ".git/hooks/post-index-change").write_text(f"#!/bin/sh\ntouch {marker}\n")
    (repository.root / ".git/hooks/post-index-change").chmod(0o755)
    repository.write("x.sh", CODE.format(2))
    assert "print(2)" in texts(repository, "--since", "HEAD")
    assert not marker.exists()
    assert "print(2)" in texts(repository, "--new-within", "30d")
    assert not marker.exists()


def test_neither_an_authors_date_nor_ignored_revisions_make_a_line_old(repository: Tree) -> None:
    repository.write("x.sh", "echo\n")
    old = repository.commit("first")
    repository.write("x.sh", "python3 -c 'print(1)'\n")
    repository.git("add", "-A")
    repository.git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "second")
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    repository.git("commit", "-q", "--amend", "--date", "2001-01-01T00:00:00Z", "--no-edit", date=now)
    new = repository.git("rev-parse", "HEAD").strip()
    repository.write("ignored", f"{new}\n{old}\n")
    repository.git("config", "blame.ignoreRevsFile", "ignored")
    report = json.loads(repository.scan("--new-within", "30d", "--format", "json", "x.sh").stdout)
    assert [row["finding"]["change"]["commit"] for row in report["detections"]] == [new]


def test_a_line_whose_age_git_cannot_tell_counts_as_new(repository: Tree) -> None:
    repository.write("x.sh", "python3 -c 'print(1)'\n")
    repository.commit("first")
    for path in (repository.root / ".git/objects").rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(b"broken")
    report = json.loads(repository.scan("--new-within", "1d", "--format", "json", "x.sh").stdout)
    assert [row["finding"]["new"] for row in report["detections"]] == [True]
