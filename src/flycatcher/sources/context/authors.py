"""Who changed a file last, by git blame of what is committed."""

from __future__ import annotations

import re
from pathlib import Path

from flycatcher.git import blobs, of_commits

NOT_COMMITTED = "not committed"
_FIELD = re.compile(rb"(author-mail|author-time) (.*)")


def last_author(root: str, name: str, commit: str = "HEAD") -> str:
    """Return the mail address of whoever wrote the newest line of a file that ``commit`` still holds.

    ``not committed`` for a file that the work tree has otherwise than the commit, or that git does not know.
    """
    held = blobs(root, [f"{commit}:{name}"])
    try:
        content = Path(root, name).read_bytes()
    except OSError:
        content = b""
    if not held or held[0] is None or held[0].content != content:
        return NOT_COMMITTED
    said = of_commits(
        root, "blame", "--line-porcelain", "--no-progress", "--no-textconv", "--ignore-revs-file=", commit, "--", name
    )
    newest, author, mail = -1, "", ""
    for line in (said or b"").split(b"\n"):
        match = _FIELD.match(line)
        if match is None:
            continue
        value = match[2].decode("utf-8", "replace")
        if match[1] == b"author-mail":
            mail = value.strip("<>")
        elif (int(value), mail) > (newest, author):
            newest, author = int(value), mail
    return author or NOT_COMMITTED
