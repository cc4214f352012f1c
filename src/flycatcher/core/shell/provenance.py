"""Marks for where a text comes from: the network, or an encoding; and what commands bring it from there.

They travel inside text as :data:`~flycatcher.core.unknown.LIKELY` does. The network's stands before the hole that a download
leaves and survives :func:`~flycatcher.core.unknown.plain`, so that wrappers hand it on; :func:`strip_all_marks` takes all of them away.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy
from flycatcher.core.shell.interp.tr_and_sed import character_set
from flycatcher.core.unknown import DECODED, UNKNOWN, strip_marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.shell.interp.state import Stream

FIRST = 0xDC10
MOST = 96
"""Downloads of one text that are told apart; later ones share the last mark."""
_MARK = lazy("[\udc10-\udc6f]")
_FETCHERS = frozenset({
    "curl", "wget", "fetch", "aria2c", "lynx", "w3m", "http", "https", "nc", "ncat", "netcat", "socat", "lwp-request", "GET",
    "ftp", "tftp", "telnet", "dig", "host", "nslookup", "drill",
})  # fmt: skip
_PASSING = frozenset({
    "base64", "base32", "cat", "tee", "tac", "rev", "tr", "sed", "xxd", "openssl", "gpg", "gzip", "gunzip", "zcat", "bzip2",
    "bunzip2", "bzcat", "xz", "unxz", "xzcat", "zstd", "zstdcat", "dos2unix", "head", "tail", "iconv", "uudecode",
})  # fmt: skip
"""Programs whose output is their input, written otherwise."""
_DECODERS = frozenset(
    {"base64", "base32", "basenc", "xxd", "openssl", "uudecode", "rev", "gunzip", "zcat", "xzcat", "bzcat"}
)
_SUMS = frozenset({"sha256sum", "sha384sum", "sha512sum", "b2sum", "shasum"})
"""MD5 and SHA-1 verify nothing any more."""
_TO_FILE = {
    "curl": re.compile(
        r"(?:-[a-zA-NP-Z#]*o(?!-$)|-[a-zA-Z#]*O|--output(?:=(?!-$)|$)|--remote-name|-[a-zA-Z]*[IT]$|--head$|--upload-file)"
    ),
    "aria2c": re.compile(r"(?:-o(?!-$)|--out=(?!-$)|-d)"),
}
_WGET_SHOWS = lazy(r"-[a-zA-Z]*O(?:-|/dev/stdout)?$|--output-document(?:=(?:-|/dev/stdout))?$")


def strip_all_marks(text: str) -> str:
    """Return the text without any mark of this package but its holes."""
    return strip_marks(text) if text.isascii() else _MARK.sub("", strip_marks(text))


def shows_download(name: str, words: Sequence[str]) -> bool:
    """Tell whether a program prints what it gets from the network, and not into a file."""
    if name == "openssl":
        return "s_client" in words
    if name not in _FETCHERS:
        return False
    if name == "wget":
        return any(_WGET_SHOWS.match(word) for word in words[1:])
    pattern = _TO_FILE.get(name)
    if pattern is None:
        return True
    for at, word in enumerate(words[1:], 1):
        if pattern.match(word) and not (word[-1:] in "ot" and words[at + 1 : at + 2] == ["-"]):
            return False
    return True


def passed_on(name: str, stdin: Stream) -> str:
    """Return the download that a program passes from its input to its output, empty for none."""
    return stdin.fetched if name in _PASSING else ""


def verifies(name: str, words: Sequence[str]) -> bool:
    """Tell whether a program holds what it reads against a checksum or a signature: one that only prints a sum does not."""
    if name in ("gpg", "minisign", "signify", "cosign", "openssl"):
        return any(word in ("--verify", "-V", "verify", "verify-blob", "-verify", "-signature") for word in words[1:])
    return name == "gpgv" or (name in _SUMS and any(word in ("-c", "--check", "--strict") for word in words[1:]))


def hides(name: str, words: Sequence[str], stdin: Stream) -> int:
    """Return how many times what a program prints was decoded, by it and by those before it."""
    return decodes(name, words) + (stdin.decoded if name in _PASSING else 0)


def decodes(name: str, words: Sequence[str]) -> bool:
    """Tell whether a program turns an encoding back into text."""
    if name in ("gunzip", "zcat", "xzcat", "bzcat", "zstdcat", "unxz", "bunzip2", "unlzma", "lzcat", "rev", "uudecode"):
        return True
    if name in ("gzip", "xz", "bzip2", "zstd", "lzma", "lz4", "brotli"):
        return any(re.match(r"-[a-ce-z0-9]*d|--decompress|--uncompress", word) for word in words[1:])
    if name in ("gpg", "gpg2"):
        return any(word in ("-d", "--decrypt") for word in words[1:])
    if name == "tr":
        return _exchanges(words[1:])
    return name in _DECODERS and any(re.match(r"-(?:[a-zA-Z]*[dDr]|-decode)", word) for word in words[1:])


def _exchanges(sets: Sequence[str]) -> bool:
    """Whether ``tr`` exchanges characters for one another, as a cipher does: ROT13, or tabs for blanks and back."""
    if len(sets) != 2 or UNKNOWN in "".join(sets):
        return False
    first, second = map(character_set, sets)
    return len(first) == len(second) > 2 and first != second and set(first) == set(second)


def marked(fetches: list[str], command: str) -> str:
    """Return the hole that a download leaves, with the mark that leads back to the command."""
    if command not in fetches and len(fetches) < MOST:
        fetches.append(command)
    at = fetches.index(command) if command in fetches else len(fetches) - 1
    return chr(FIRST + at) + UNKNOWN


def fetched(fetches: Sequence[str], text: str) -> str:
    """Return the command whose download stands in the text, empty for none."""
    if text.isascii() or (found := _MARK.search(text)) is None:
        return ""
    at = ord(found[0]) - FIRST
    return fetches[at] if at < len(fetches) else ""


def is_decoded(text: str) -> int:
    """Return how many times some of the text was decoded on the way."""
    return 0 if text.isascii() else text.count(DECODED)
