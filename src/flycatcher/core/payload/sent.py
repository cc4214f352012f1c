"""What commands send to other hosts, by where it comes from: all variables, files of credentials, one secret.

Sources: curl(1), wget(1), nc(1), scp(1), rsync(1), ssh(1), dig(1).
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import base
from flycatcher.core.payload import addresses, secrets
from flycatcher.core.payload.evaluator.values import NO_TAINT, Taint
from flycatcher.core.payload.names import COMMANDS_FROM_NETWORK
from flycatcher.core.payload.taint_sources import ENCODED, of_file
from flycatcher.core.regex import lazy
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FILES = 64
"""Files whose contents are followed."""
COPIES = frozenset({"tee", "cp", "mv", "dd", "tar", "zip", "gzip", "base64"})
"""Commands that write what they read to a file that their words name."""
_ENCODED: Taint = frozenset({ENCODED})
_DATA = _ENCODED | {"host"}
"""What is data in a name, beside secrets: what names the machine or its user, and whatever was encoded to fit."""
_WHOLE = frozenset({"all-environment", secrets.CREDENTIAL})
_UPLOADS = (
    ("gh", "api"), ("gh", "gist"), ("gh", "issue"), ("gh", "pr"), ("glab", "api"), ("aws", "s3", "cp"), ("aws", "s3", "sync"), ("gsutil", "cp"),
    ("gcloud", "storage", "cp"), ("az", "storage", "blob", "upload"), ("rclone", "copy"), ("rclone", "rcat"), ("s3cmd", "put"), ("mc", "cp"), ("mc", "pipe"),
)  # fmt: skip
"""Words that a command begins with which puts what it is given where others can fetch it."""
_SENDS_STDIN = COMMANDS_FROM_NETWORK | {"ssh", "openssl", "mail", "mailx", "sendmail", "mutt"}
LOOK_UPS = ("dig", "nslookup", "host", "drill", "ping", "ping6", "getent", "delv", "kdig", "resolvectl")
"""Commands that ask for a name that they are given."""
_PING = frozenset({"ping", "ping6"})
_PATTERNS = frozenset({"-p", "--pattern"})
_OWN_NETWORK = lazy(r"\.(?:local|localdomain|localhost|internal|lan|home|intranet|test|svc)\b\.?|\.cluster\.")
"""Names that no server outside is asked for (RFC 6761, RFC 6762, RFC 9476), and those of a Kubernetes cluster."""
_AUTHORITY = lazy(r"\w+://([^/?#]*)")
_REMOTE = frozenset({"scp", "rsync", "sftp"})
_TAKES_VALUE = frozenset(
    ["-i", "-e", "-F", "-o", "-P", "-S", "-J", "-l", "-c", "--rsh", "--password-file", "--exclude", "--include"]
)
_BODY_FILE = lazy(r"(?:-[a-zA-Z]*[dF]|--(?:data[\w-]*|json|form)=)?[\w.-]*=?[@<]([^;]+)")
_UPLOAD = lazy(r"-T(.+)|--upload-file=(.+)")
_POST_FILE = lazy(r"--(?:post|body)-file=(.+)")
_CONNECTION = lazy(r"/dev/(?:tcp|udp)/")


def in_words(words: Sequence[str], taints: Sequence[Taint]) -> Taint:
    """Return where what a command sends in its words comes from, empty where it sends nothing of worth.

    All variables are never what a client signs in with; one secret may be, and so may a file that holds one.
    """
    if not any(taints):
        return NO_TAINT
    for kind in ("all-environment", secrets.CREDENTIAL, secrets.SECRET):
        hidden = [kind in taint for taint in taints]
        if not any(hidden):
            continue
        whole = kind == "all-environment" and _sends(words) and not secrets.stays_here(words)
        if whole or secrets.words_send(words, hidden):
            return frozenset({kind})
    return NO_TAINT


def from_stdin(words: Sequence[str], taint: Taint) -> Taint:
    """Return where what a command sends of its standard input comes from."""
    kinds = taint & secrets.KINDS
    if not kinds or secrets.stays_here(words):
        return NO_TAINT
    if _sends(words):
        return kinds
    return kinds & _WHOLE if any(base(word) in _SENDS_STDIN for word in words) else NO_TAINT


def in_files(words: Sequence[str], written: Mapping[str, Taint]) -> Taint:
    """Return where what a command sends of the files that it names comes from."""
    taint = NO_TAINT
    if not secrets.stays_here(words):
        for path in _files(words):
            taint |= of_file(path, written) & _WHOLE
    return taint


def in_names(words: Sequence[str], taints: Sequence[Taint]) -> bool:
    """Whether a command looks up a name that is made of data: not the machine's own name by itself."""
    name = base(words[0])
    if name in LOOK_UPS:
        return any(
            taint & secrets.KINDS
            or (name in _PING and before in _PATTERNS and taint & _DATA)
            or (taint & _DATA and "." in word.replace(UNKNOWN, "") and not _OWN_NETWORK.search(word))
            for (before, word), taint in zip(pairwise(("", *words)), taints, strict=True)
        )
    return _sends(words[:1]) and any(
        taint & _ENCODED and (found := _AUTHORITY.match(word)) is not None and UNKNOWN in found[1].rpartition("@")[2]
        for word, taint in zip(words, taints, strict=True)
    )


def is_connection(path: str) -> bool:
    """Whether a path is a connection to another host, as bash opens one."""
    return _CONNECTION.match(path) is not None and not addresses.names_self(path)


def written_by(words: Sequence[str], taint: Taint, written: Mapping[str, Taint]) -> dict[str, Taint]:
    """Return the files that a copying command writes, and where what it writes comes from."""
    operands = [word.removeprefix("of=") for word in words[1:] if not word.startswith(("-", "if="))]
    for word in words[1:]:
        taint |= of_file(word.removeprefix("if="), written)
    kinds = taint & _WHOLE
    return {path: kinds for path in operands if not of_file(path, written)} if kinds and len(written) < FILES else {}


def _uploads(words: Sequence[str]) -> bool:
    command = (base(words[0]), *words[1:])
    return any(command[: len(start)] == start for start in _UPLOADS)


def _sends(words: Sequence[str]) -> bool:
    return _uploads(words) or any(word.rpartition("/")[2] in COMMANDS_FROM_NETWORK for word in words)


def _files(words: Sequence[str]) -> Iterator[str]:
    """Yield the files that a command's words say it sends."""
    name = base(words[0])
    if name == "curl":
        for before, word in pairwise(words):
            found = _UPLOAD.match(word) or _BODY_FILE.match(word)
            if before in ("-T", "--upload-file"):
                yield word
            elif found is not None:
                yield next(path for path in found.groups() if path)
    elif name == "wget":
        for before, word in pairwise(words):
            found = _POST_FILE.match(word)
            if found is not None or before in ("--post-file", "--body-file"):
                yield found[1] if found is not None else word
    elif _uploads(words):
        yield from (word.removeprefix("@") for word in words[2:-1] if not word.startswith("-"))
    elif name in _REMOTE and re.match(r"[^/]+:", words[-1]):
        for before, word in pairwise(words[:-1]):
            if before not in _TAKES_VALUE and not word.startswith("-"):
                yield word
