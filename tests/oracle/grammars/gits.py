"""git's settings, variables and options in a repository of its own, most of which start nothing on most lines."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import ClassVar

from tests.oracle.grammars.embedded import _Hosts
from tests.oracle.harness import Case, Marks

_COMMIT = ("git", "-c", "user.name=a", "-c", "user.email=a@b.invalid", "commit", "-q", "-m")
_PLAIN = {"PATH": "/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1"}


@cache
def _repository() -> dict[str, bytes]:
    """Return the files of a repository with two commits, whose text files have attributes."""
    folder = Path(tempfile.mkdtemp())
    try:
        env = {**_PLAIN, "HOME": str(folder)}
        for words in (
            ("git", "init", "-q", "-b", "main"),
            ("git", "config", "user.name", "a"),
            ("git", "config", "user.email", "a@b.invalid"),
        ):
            subprocess.run(words, cwd=folder, env=env, check=True)
        (folder / ".gitattributes").write_text("*.txt diff=z filter=z\n")
        for text in ("a\n", "a\nb\n"):
            (folder / "f.txt").write_text(text)
            subprocess.run(("git", "add", "."), cwd=folder, env=env, check=True)
            subprocess.run((*_COMMIT, text.strip()), cwd=folder, env=env, check=True)
        found = {
            str(p.relative_to(folder)): p.read_bytes()
            for p in folder.rglob("*")
            if p.is_file() and "/hooks/" not in str(p)
        }
    finally:
        shutil.rmtree(folder)
    return found


class GitRepository(_Hosts):
    """git in a repository."""

    id = "git"
    commands = ("git",)
    template = "echo {n} >>$FC_MARK;:"
    share = 0.1
    refusal = re.compile(r"(?i)error|unknown|invalid|not a git|usage|cannot|fatal|ambiguous")
    _keys: ClassVar[tuple[str, ...]] = (
        "alias.x=!", "alias.y=!", "tar.foo.command=", "core.sshCommand=", "core.editor=", "sequence.editor=", "diff.external=", "diff.z.textconv=", "filter.z.clean=",
        "filter.z.smudge=", "core.fsmonitor=", "gpg.program=", "core.askPass=", "core.gitProxy=", "remote.o.uploadpack=", "remote.o.receivepack=", "difftool.z.cmd=", "mergetool.z.cmd=",
        "credential.helper=!", "credential.helper=", "man.z.cmd=", "uploadpack.packObjectsHook=", "trailer.z.command=", "user.name=", "http.proxy=", "diff.z.command=",
    )  # fmt: skip
    _settings: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("-c", "alias.x=y"), ("-c", "alias.x=status"), ("-c", "protocol.ext.allow=always"), ("-c", "protocol.ext.allow=user"), ("-C", "."), ("--no-pager",), ("-c", "remote.o.url=."),
        ("-c", "remote.o.url=."), ("-c", "diff.tool=z"), ("-p",), ("-c", "alias.y=-c alias.x='!{code}' x"), ("--bare",), ("--literal-pathspecs",),
    )  # fmt: skip
    _lines: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("x",), ("x", "{code}"), ("y",), ("status",), ("diff", "HEAD~1"), ("diff", "--stat", "HEAD~1"), ("diff", "--stat", "-p", "HEAD~1"), ("diff", "--no-ext-diff", "HEAD~1"),
        ("log", "-p"), ("log", "-p", "--ext-diff"), ("show",), ("show", "--ext-diff"), ("archive", "--format=foo", "HEAD"), ("archive", "HEAD"), ("archive", "-o", "n.foo", "HEAD"),
        ("archive", "--exec={code}", "HEAD"), ("archive", "--remote=.", "--exec={code}", "HEAD"), ("grep", "-O{code}", "a"), ("grep", "--open-files-in-pager={code}", "a"),
        ("grep", "-nO{code}", "b"), ("grep", "--open={code}", "a"), ("grep", "-e", "-O{code}"), ("clone", "-u", "{code}", ".", "n"), ("clone", "-qu", "{code}", ".", "n"),
        ("clone", "--upload-pack={code}", ".", "n"), ("clone", "-b", "-u", "{code}", "n"), ("clone", "-c", "core.sshCommand={code}", "h.invalid:x", "n"), ("clone", "--config=core.sshCommand={code}", "h.invalid:x", "n"),
        ("ls-remote", "--upload-pack", "{code}", "."), ("ls-remote", "--upl={code}", "."), ("ls-remote", "--exec={code}", "."), ("ls-remote", "--ex={code}", "."), ("ls-remote", "."),
        ("ls-remote", "h.invalid:x"), ("ls-remote", "git://h.invalid/x"), ("fetch", "o"), ("fetch", "--upload-pack={code}", "."), ("fetch", "."), ("pull", "--upload-pack={code}", ".", "main"),
        ("push", "--receive-pack={code}", ".", "HEAD:n"), ("push", "--exec={code}", ".", "HEAD:n"), ("push", "o", "HEAD:n"), ("send-pack", "--exec={code}", ".", "HEAD:n"), ("fetch-pack", "--exec={code}", ".", "HEAD"),
        ("rebase", "-x", "{code}", "HEAD~1"), ("rebase", "--exec={code}", "HEAD~1"), ("rebase", "-i", "HEAD~1"), ("rebase", "HEAD~1"), ("difftool", "-y", "-x", "{code}", "HEAD~1"),
        ("difftool", "-yx", "{code}", "HEAD~1"), ("difftool", "-y", "--extcmd={code}", "HEAD~1"), ("difftool", "-y", "HEAD~1"), ("difftool", "-y", "-t", "z", "HEAD~1"), ("commit", "--allow-empty"),
        ("commit", "--allow-empty", "-m", "{code}"), ("commit", "--allow-empty", "-em", "x"), ("commit", "--amend", "--no-edit"), ("tag", "-a", "v"), ("tag", "v"), ("tag", "-am", "x", "v"), ("config", "-e"),
        ("config", "user.name"), ("notes", "add"), ("notes", "add", "-m", "x"), ("branch", "--edit-description"), ("branch", "n"), ("var", "GIT_EDITOR"), ("revert", "--no-edit", "HEAD"), ("add", "-e"),
        ("ls-remote", "ext::sh -c %S {code}"), ("version",), ("help", "-a"), ("cat-file", "--textconv", "HEAD:f.txt"), ("cat-file", "-p", "HEAD:f.txt"), ("hash-object", "f.txt"), ("ls-files",),
        ("filter-branch", "-f", "--msg-filter", "cat; {code}", "HEAD"), ("filter-branch", "-f", "--setup", "{code}", "HEAD"), ("rev-parse", "HEAD"), ("stash",),
    )  # fmt: skip

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Give settings in each of their places, and variables."""
        del program
        case = Case(["git"], files=dict(_repository()))
        case.env["FILTER_BRANCH_SQUELCH_WARNING"] = "1"
        for _ in range(rng.randrange(3)):
            case.argv += self._setting(rng, marks, case)
        if rng.random() < 0.3:
            names = (
                "GIT_SSH_COMMAND",
                "GIT_EDITOR",
                "GIT_SEQUENCE_EDITOR",
                "GIT_EXTERNAL_DIFF",
                "GIT_ASKPASS",
                "GIT_SSH",
                "EDITOR",
                "VISUAL",
                "GIT_PAGER",
                "PAGER",
                "SSH_ASKPASS",
            )
            case.env[rng.choice(names)] = marks()
        case.argv += [re.sub(r"\{code\}", lambda _: marks(), word) for word in rng.choice(self._lines)]
        if rng.random() < 0.3:
            case.files["f.txt"] = "changed\n"
        return case

    def _setting(self, rng: random.Random, marks: Marks, case: Case) -> list[str]:
        if rng.random() < 0.4:
            return [re.sub(r"\{code\}", lambda _: marks(), word) for word in rng.choice(self._settings)]
        key, _, lead = rng.choice(self._keys).partition("=")
        value = lead + marks()
        place = rng.randrange(5)
        if place == 0:
            case.env["GIT_CONFIG_PARAMETERS"] = f"'{key}'='{value}'" if rng.random() < 0.5 else f"'{key}={value}'"
        elif place == 1:
            case.env |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": key, "GIT_CONFIG_VALUE_0": value}
        elif place == 2:
            case.env["ZZ"] = value
            return [f"--config-env={key}=ZZ"] if rng.random() < 0.5 else ["--config-env", f"{key}=ZZ"]
        else:
            return ["-c", f"{key}={value}"]
        return []
