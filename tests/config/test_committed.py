"""What enforces is what is committed: a step of a build that writes a configuration does not steer the next one."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from flycatcher.config import load_committed
from flycatcher.core.errors import FlycatcherError

DENY = '[run]\ndeny = "all"\n'
LAX = '[[suppress]]\nfingerprint = "0123456789abcdef"\nreason = "nothing to see"\nowner = "x"\nuntil = 9999-01-01\n'


def git(*words):
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false", *words],
        check=True, capture_output=True,
    )  # fmt: skip


@pytest.fixture
def repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    git("init", "-q")
    (tmp_path / "flycatcher.toml").write_text(DENY)
    git("add", "-A")
    git("commit", "-qm", "first")
    return tmp_path


def commit_of(folder):
    done = subprocess.run(["git", "-C", folder, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_what_is_committed_and_not_changed_applies_in_silence(repository):
    loaded = load_committed()
    assert (loaded.config.run.deny, loaded.remarks) == ("all", ())


def test_a_change_in_the_work_tree_does_not_apply_and_is_said(repository):
    (repository / "flycatcher.toml").write_text(LAX)
    loaded = load_committed()
    assert loaded.config.suppress == ()
    assert loaded.config.run.deny == "all"
    assert loaded.remarks == (
        f"{repository}/flycatcher.toml differs from commit {commit_of(repository)[:12]}, whose content applies: "
        "commit it, or name it with --config",
    )


def test_a_configuration_that_was_removed_still_applies(repository):
    (repository / "flycatcher.toml").unlink()
    loaded = load_committed()
    assert loaded.config.run.deny == "all"
    assert loaded.remarks == (
        f"{repository}/flycatcher.toml is missing; it applies as it is in commit {commit_of(repository)[:12]}",
    )


def test_a_nearer_file_that_is_not_committed_does_not_hide_the_committed_one(repository, monkeypatch):
    (repository / "sub").mkdir()
    (repository / "sub" / "flycatcher.toml").write_text(LAX)
    monkeypatch.chdir(repository / "sub")
    loaded = load_committed()
    assert loaded.config.run.deny == "all"
    (remark,) = loaded.remarks
    assert remark.startswith(f"{repository}/sub/flycatcher.toml is not in commit ")


def test_a_new_file_does_not_apply_where_nothing_is_committed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    git("init", "-q")
    git("commit", "-qm", "empty", "--allow-empty")
    assert load_committed().remarks == ()
    (tmp_path / "flycatcher.toml").write_text(LAX)
    loaded = load_committed()
    assert loaded.config.suppress == ()
    (remark,) = loaded.remarks
    assert remark.endswith("so it does not apply: commit it, or name it with --config")


def test_a_file_that_is_named_applies_as_it_is(repository):
    other = repository / "other.toml"
    other.write_text(LAX)
    loaded = load_committed(other)
    assert len(loaded.config.suppress) == 1
    assert loaded.remarks == ()


def test_without_a_repository_or_a_commit_the_file_applies_and_that_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flycatcher.toml").write_text(LAX)
    loaded = load_committed()
    assert len(loaded.config.suppress) == 1
    assert loaded.remarks == (f"{tmp_path}/flycatcher.toml is in no git repository: it applies as it is",)
    git("init", "-q")
    loaded = load_committed()
    assert len(loaded.config.suppress) == 1
    assert loaded.remarks == (
        f"{tmp_path}/flycatcher.toml belongs to a repository without a commit: it applies as it is",
    )


def test_the_commit_that_the_ci_system_builds_counts_before_head(repository):
    built = commit_of(repository)
    (repository / "flycatcher.toml").write_text(LAX)
    git("commit", "-qam", "by the build itself")
    assert load_committed(commit=built).config.run.deny == "all"
    assert load_committed(commit="0" * 40).config.run.deny is None
    assert load_committed(commit="HEAD~1").config.run.deny is None
    assert load_committed().config.run.deny is None


def test_a_commit_that_is_nowhere_is_said(repository):
    assert load_committed(commit="0" * 40).remarks == (
        f"commit 000000000000, which this job builds, is in no repository here: the configuration of HEAD in {repository} applies",
    )


def planted(folder, text=LAX):
    """Make a repository with a configuration in a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "flycatcher.toml").write_text(text)
    git("-C", folder, "init", "-q")
    git("-C", folder, "add", "-A")
    git("-C", folder, "commit", "-qm", "planted")


def test_a_repository_that_a_step_puts_into_a_folder_does_not_hide_what_the_job_builds(repository, monkeypatch):
    built = commit_of(repository)
    planted(repository / "app")
    monkeypatch.chdir(repository / "app")
    loaded = load_committed(commit=built)
    assert loaded.config.run.deny == "all"
    assert loaded.remarks == (
        f"{repository}/app/flycatcher.toml is not in commit {built[:12]}, so {repository}/flycatcher.toml applies: "
        "commit it, or name it with --config",
    )
    assert load_committed().config.run.deny is None  # outside of a CI job nobody knows better


def test_a_submodule_has_the_configuration_that_its_commit_has(repository, monkeypatch):
    planted(repository / "part", '[run]\ndeny = "high"\n')
    git("add", "-A")
    git("commit", "-qm", "with a submodule")
    built = commit_of(repository)
    monkeypatch.chdir(repository / "part")
    (repository / "part" / "flycatcher.toml").write_text(LAX)
    git("commit", "-qam", "by the build itself")
    assert load_committed(commit=built).config.run.deny == "high"


@pytest.mark.parametrize("gone", ["repository", "commits"])
def test_a_job_whose_repository_a_step_took_away_gets_no_configuration_of_that_step(repository, gone):
    built = commit_of(repository)
    shutil.rmtree(repository / ".git")
    if gone == "commits":
        git("init", "-q")
    (repository / "flycatcher.toml").write_text(LAX)
    with pytest.raises(FlycatcherError, match=f"although this job builds commit {built[:12]}"):
        load_committed(commit=built)


@pytest.mark.parametrize("what", ["HEAD^{tree}", "HEAD:flycatcher.toml"])
def test_an_object_that_was_taken_away_is_an_error(repository, what):
    done = subprocess.run(["git", "rev-parse", what], check=True, capture_output=True, text=True)
    (repository / ".git" / "objects" / done.stdout[:2] / done.stdout[2:].strip()).unlink()
    with pytest.raises(FlycatcherError, match="git cannot read this repository"):
        load_committed()


def test_an_object_that_is_missing_is_not_fetched_by_a_program_that_the_repository_names(repository, tmp_path_factory):
    marker = tmp_path_factory.mktemp("marker") / "ran"
    done = subprocess.run(["git", "rev-parse", "HEAD^{tree}"], check=True, capture_output=True, text=True)
    (repository / ".git" / "objects" / done.stdout[:2] / done.stdout[2:].strip()).unlink()
    for name, value in (
        ("core.repositoryformatversion", "1"), ("extensions.partialClone", "x"), ("remote.x.promisor", "true"),
        ("remote.x.url", f"ext::sh -c touch% {marker}"), ("protocol.ext.allow", "always"),
    ):  # fmt: skip
        git("config", name, value)
    with pytest.raises(FlycatcherError, match="git cannot read this repository"):
        load_committed()
    assert not marker.exists()


def test_a_repository_that_cannot_be_read_is_an_error(repository):
    (repository / ".git" / "HEAD").write_text("garbage")
    with pytest.raises(FlycatcherError, match="git cannot read this repository"):
        load_committed()


def test_a_committed_link_is_followed_inside_the_tree_only(repository):
    (repository / "etc").mkdir()
    (repository / "flycatcher.toml").rename(repository / "etc" / "own.toml")
    os.symlink("etc/own.toml", repository / "flycatcher.toml")
    git("add", "-A")
    git("commit", "-qm", "link")
    loaded = load_committed()
    assert (loaded.config.run.deny, loaded.remarks) == ("all", ())
    (repository / "flycatcher.toml").unlink()
    os.symlink("/etc/hostname", repository / "flycatcher.toml")
    git("add", "-A")
    git("commit", "-qm", "out of the tree")
    assert load_committed().config.run.deny is None


def test_nothing_that_the_repository_configures_is_run(repository, tmp_path_factory, monkeypatch):
    marker = tmp_path_factory.mktemp("marker") / "ran"
    script = f"touch {marker}"
    for name in (
        "core.fsmonitor", "core.pager", "pager.cat-file", "core.sshCommand", "diff.external", "filter.x.smudge", "filter.x.clean",
        "diff.x.textconv", "core.editor", "alias.cat-file", "core.alternateRefsCommand",
    ):  # fmt: skip
        git("config", name, script)
    (repository / ".gitattributes").write_text("* filter=x diff=x\n")
    fake = repository / "bin"
    fake.mkdir()
    (fake / "git").write_text(f"#!/bin/sh\n{script}\n")
    (fake / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake}:{os.environ['PATH']}")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    (repository / "flycatcher.toml").write_text(LAX)
    assert load_committed().config.run.deny == "all"
    assert not marker.exists()


def observed(*words, cwd):
    return subprocess.run(
        [sys.executable, "-m", "flycatcher", "run", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


CODE = "print(6 * 7)"


def test_a_suppression_that_a_step_writes_does_not_let_the_next_step_through(repository):
    first = observed("--report", "r.jsonl", "--", sys.executable, "-c", CODE, cwd=repository)
    assert first.stdout == ""
    identity = json.loads((repository / "r.jsonl").read_text().splitlines()[0])["id"]
    (repository / "flycatcher.toml").write_text(LAX.replace("0123456789abcdef", identity))
    second = observed("--", sys.executable, "-c", CODE, cwd=repository)
    assert second.stdout == ""
    assert "flycatcher.toml differs from commit" in second.stderr
    git("commit", "-qam", "reviewed")
    third = observed("--deny", "--", sys.executable, "-c", CODE, cwd=repository)
    assert third.stdout == "42\n"


def test_a_report_that_the_build_overwrites_is_whole_in_the_end(tmp_path):
    report = tmp_path / "r.jsonl"
    build = f"{sys.executable} -c '{CODE}'; rm {report}; echo forged > {report}; {sys.executable} -c '{CODE} or 0'"
    done = observed("--report", str(report), "--", "sh", "-c", build, cwd=tmp_path)
    assert f"warning: report {report}: was replaced during the run; it was written again" in done.stderr
    records = [json.loads(line) for line in report.read_text().splitlines()]
    assert [record["snippets"][0]["text"] for record in records[:-1] if record["interpreter"] == "python"] == [
        CODE,
        f"{CODE} or 0",
    ]
    assert "summary" in records[-1]
    assert oct(report.stat().st_mode & 0o777) == "0o600"
