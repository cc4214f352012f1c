"""Words of commands that name a file without reading it: its size, its rights, the key that a client signs in with.

Sources: ls(1), stat(1), test(1), chmod(1), chown(1), touch(1), mkdir(1), ssh(1), scp(1), ssh-add(1), ssh-keygen(1), rsync(1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import base

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ALL = frozenset(
    ["ls", "ll", "stat", "test", "[", "[[", "file", "du", "chmod", "chown", "chgrp", "touch", "mkdir", "basename", "dirname", "realpath",
     "readlink", "ssh-add", "ssh-keygen", "namei", "getfacl", "setfacl", "chattr", "lsattr", "pwck", "grpck", "restorecon"]
)  # fmt: skip
"""Commands that look at a file's name, its place or its rights, or that take a key for themselves."""
_KEYS = {"ssh": ("-i",), "scp": ("-i",), "sftp": ("-i",), "mosh": ("-i",), "autossh": ("-i",)}
"""Options whose value is the key that a client signs in with."""
_READ = _ALL | frozenset(
    ["cat", "head", "tail", "less", "grep", "egrep", "wc", "diff", "cmp", "sha256sum", "md5sum", "yamllint", "actionlint", "zizmor", "yq", "jq",
     "check-jsonschema", "hadolint", "shellcheck", "codespell", "YAML.load_file", "YAML.safe_load_file", "File.read", "IO.read", "File.exist?",
     "fs.readFileSync", "fs.existsSync", "os.path.exists", "os.path.isfile", "file_get_contents", "file_exists", "is_file"]
)  # fmt: skip
"""Commands and functions that read a file and change nothing."""
TOUCHED = frozenset({"ci.workflow-file"})
"""What naming a file that others run is taken for: reading it is nothing."""
CAPABILITIES = frozenset({"credentials.files", "credentials.passwd"})
"""What naming a file is taken for, as long as nothing is known of what is done with it."""


def only_reads(name: str) -> bool:
    """Whether a command or a function reads files and changes nothing."""
    return name in _READ or base(name) in _READ


def only_named(words: Sequence[str]) -> Iterator[int]:
    """Yield the places of the words that are files which a command does not read for anybody."""
    name = base(words[0])
    if name in _ALL:
        yield from range(1, len(words))
    for option in _KEYS.get(name, ()):
        yield from (at + 1 for at, word in enumerate(words[:-1]) if word == option)
