"""git's settings whose value a shell reads, and which subcommands read it.

Source: git-config(1), run-command.c (use_shell), convert.c, diff.c, archive-tar.c, editor.c; checked with marker code against 2.39.
gpg.program, core.askPass, core.gitProxy and remote.*.vcs are no such: git starts what they name without a shell.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from flycatcher.core.interpreters.hosts.host import shellish

if TYPE_CHECKING:
    from collections.abc import Sequence

REMOTE = frozenset(
    ("archive", "clone", "fetch", "lfs", "ls-remote", "pull", "push", "remote", "send-pack", "submodule", "fetch-pack")
)
"""Subcommands that talk to another repository."""
_NO_INDEX = frozenset((
    "archive", "branch", "bundle", "cat-file", "clone", "config", "credential", "for-each-ref", "hash-object", "help", "init",
    "ls-remote", "ls-tree", "merge-tree", "notes", "prune", "push", "read-tree", "remote", "rev-list", "rev-parse",
    "shortlog", "sparse-checkout", "symbolic-ref", "tag", "var", "version", "worktree",
))  # fmt: skip
"""Subcommands that do not ask which files changed."""
_PATCH = frozenset(("add", "checkout", "commit", "reset", "restore", "stash"))
_DIFFS = frozenset((
    "add", "blame", "annotate", "cat-file", "commit", "diff", "diff-files", "diff-index", "diff-tree", "format-patch", "grep",
    "log", "reflog", "show", "stash", "whatchanged", "status", "difftool", "range-diff",
))  # fmt: skip
_MERGES = frozenset(("am", "checkout", "cherry-pick", "merge", "merge-file", "pull", "rebase", "revert", "stash"))
_USERS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (re.compile(r"tar\..*\.command"), frozenset(("archive",))),
    (re.compile(r"diff\..*\.(?:command|textconv)"), _DIFFS),
    (re.compile(r"interactive\.difffilter"), _PATCH),
    (re.compile(r"difftool\..*\.cmd"), frozenset(("difftool",))),
    (re.compile(r"mergetool\..*\.cmd"), frozenset(("difftool", "mergetool"))),
    (re.compile(r"browser\..*\.cmd"), frozenset(("help", "instaweb", "web--browse"))),
    (re.compile(r"man\..*\.cmd"), frozenset(("help",))),
    (re.compile(r"merge\..*\.driver"), _MERGES),
    (re.compile(r"remote\..*\.uploadpack"), REMOTE - {"push", "send-pack"}),
    (re.compile(r"remote\..*\.receivepack"), frozenset(("push", "send-pack"))),
    (re.compile(r"trailer\..*\.(?:command|cmd)"), frozenset(("am", "commit", "interpret-trailers"))),
    (re.compile(r"uploadpack\.packobjectshook"), frozenset(("upload-pack",))),
    (re.compile(r"sendemail\..*cmd"), frozenset(("send-email",))),
    (re.compile(r"imap\.tunnel"), frozenset(("imap-send",))),
    (re.compile(r"guitool\..*\.cmd"), frozenset(("gui",))),
)
_ANY = re.compile(r"core\.(?:alternaterefscommand|pager)|filter\..*\.(?:clean|smudge|process)|hook\..*\.command")
_CREDENTIAL = re.compile(r"credential(?:\..*)?\.helper")
_NO_PATCH = re.compile(
    r"--(?:stat|name-only|name-status|raw|numstat|shortstat|dirstat|summary|check|quiet)\b|-s$|--no-patch$"
)
_HTTP = re.compile(r"https?:|[^:/.][^:/]*$")
_NO_SSH = re.compile(r"\.|/|(?!ssh\b|git\+ssh\b|ssh\+git\b)[a-z][a-z0-9+.-]*:(?://|:)")
_SHORT = re.compile(r"-[A-Za-z]+")


def has(words: Sequence[str], letters: str, *longs: str) -> bool:
    """Whether one of these short options, in a cluster or not, or a beginning of a long one, is among the words."""
    return any(
        (_SHORT.match(word) is not None and not set(letters).isdisjoint(_SHORT.match(word)[0]))  # type: ignore[index]
        or word.partition("=")[0] in longs
        for word in words
    )


def differs(name: str, words: Sequence[str]) -> bool:
    """Whether an external program makes the difference: for ``diff`` unless it is forbidden, for others where they ask."""
    if "--no-ext-diff" in words:
        return False
    if name != "diff":
        return "--ext-diff" in words and name in _DIFFS
    return has(words, "pu", "--patch") or not any(_NO_PATCH.match(word) for word in words)


def sequences(name: str, words: Sequence[str]) -> bool:
    """Whether a rebase's list of steps is edited."""
    return name == "rebase" and has(words, "i", "--interactive", "--edit-todo")


def edits(name: str, words: Sequence[str], *, terminal: bool) -> bool:  # noqa: PLR0911 - one answer a subcommand
    """Whether a subcommand opens an editor for a text."""
    asked = has(words, "e", "--edit")
    given = has(words, "mFC", "--message", "--file", "--reuse-message")
    if name == "commit":
        return asked or not (given or has(words, "", "--no-edit", "--fixup", "--dry-run"))
    if name == "tag":
        return asked or (has(words, "asu", "--annotate", "--sign", "--local-user") and not given)
    if name == "notes":
        return bool({"add", "edit", "append"} & set(words)) and not given
    if name == "branch":
        return "--edit-description" in words
    if name == "rebase":
        return "--continue" in words
    if name in ("merge", "cherry-pick", "revert"):
        return asked or (terminal and name != "cherry-pick" and not (given or has(words, "", "--no-edit")))
    return name == "bugreport" or (asked and name in ("add", "config", "replace"))


def speaks(name: str, words: Sequence[str], address: str, scheme: Literal["ssh", "http"]) -> bool:
    """Whether a subcommand talks to a repository in this way; an address without a scheme may be a remote's name."""
    if name not in REMOTE or (name == "archive" and not has(words, "", "--remote")):
        return False
    if address in ("", "add", "foreach", "update", "init"):
        return True
    if scheme == "http":
        return _HTTP.match(address) is not None
    return _NO_SSH.match(address) is None


def used(key: str, value: str, name: str, words: Sequence[str], address: str) -> bool:  # noqa: PLR0911 - one answer a kind of setting
    """Whether a setting's value (its key in lower case) is a shell's text that this subcommand may start."""
    if _CREDENTIAL.fullmatch(key):
        asked = name == "credential" or speaks(name, words, address, "http")
        return asked and (value.startswith("!") or shellish(value))
    if key.startswith("submodule.") and key.endswith(".update"):
        return value.startswith("!") and name == "submodule"
    if not shellish(value):
        return False
    if key == "core.sshcommand":
        return speaks(name, words, address, "ssh")
    if key == "core.fsmonitor":
        return name not in _NO_INDEX
    if key == "diff.external":
        return differs(name, words)
    if key.startswith("pager."):
        return key[6:] == name
    for pattern, users in _USERS:
        if pattern.fullmatch(key):
            return name in users
    return _ANY.fullmatch(key) is not None
