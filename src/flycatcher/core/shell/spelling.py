"""How shell text may write a name: its words, its quotes, and the tricks by which a name is not written at all.

All of this is asked of every text that is looked at, so each question is made of the quickest that there is: ``str.translate`` in
the place of a substitution, ``in`` in front of an expression.
"""

from __future__ import annotations

from string import ascii_letters, digits
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = lazy(r"(?<![\w.+-])[A-Za-z_][\w.+-]*")
_TRICKS = (
    "$'", "base64", "base32", "xxd", "uudecode", "openssl", "/dev/tcp", "/dev/udp", "/dev/fd", "/dev/stdin", "/proc/", "<(", ">(",
    "mkfifo", "mknod", "node-options", "node-args", "interpreter-args", "??",
)  # fmt: skip
"""What writes a name, or runs a text, without saying so."""
_MORE_TRICKS = (
    ("\\", lazy(r"\\(?:x[0-9a-fA-F]|[0-7]{2}|u[0-9a-fA-F]{4})")),
    ("cd", lazy(r"cd[ \t]+/(?:dev|proc)\b")),
    ("eval", lazy(r"eval\b")),
    ("alias", lazy(r"alias\b")),
    ("{", lazy(r"\{(?:[^\s{}$]*,[^\s{}]*\}[\w./]*[ \t]+-|(?:[^\s{}]|\$\{\w+\})*,['\"]?-)")),
    ("trap", lazy(r"trap[ \t]+['\"]?[$`]")),
    (UNKNOWN, lazy(rf"{UNKNOWN}(?<=[A-Za-z]{UNKNOWN})[A-Za-z]")),
)
"""The same, as expressions, each with what it begins with: a text without that is not searched."""
_JOINED = lazy(r"(\\\\)|\\\n")
_NO_MARKS = {**dict.fromkeys(map(ord, "'\"\\")), ord("`"): " "}
_FIRSTS = frozenset(ascii_letters + "_")
_APART = {code: " " for code in range(128) if chr(code) not in ascii_letters + digits + "_.+-"}
"""What parts words, as blanks."""


def tricks(text: str) -> bool:
    """Whether something in a text writes a name, or runs a text, without saying so."""
    return any(map(text.__contains__, _TRICKS)) or any(
        begin in text and trick.search(text) is not None for begin, trick in _MORE_TRICKS
    )


def tokens(text: str) -> set[str]:
    """Return the words of a text that begin as a name does."""
    if text.isascii():
        return {word for word in set(text.translate(_APART).split()) if word[0] in _FIRSTS}
    return set(_TOKEN.findall(text))


def without_quotes(text: str) -> str:
    """Return a text without quotes, backslashes and joined lines; a substitution's mark parts words."""
    return (_JOINED.sub(r"\1", text) if "\\\n" in text else text).translate(_NO_MARKS)


def spans(token: str, text: str) -> Iterator[tuple[int, int]]:
    """Yield where a word stands by itself."""
    at = text.find(token)
    while at >= 0:
        end = at + len(token)
        if not (_is_of_word(text[at - 1 : at]) or _is_of_word(text[end : end + 1])):
            yield at, end
            at = text.find(token, end)
        else:
            at = text.find(token, at + 1)


def _is_of_word(char: str) -> bool:
    """Whether a character continues a word."""
    return char.isalnum() or (char != "" and char in "_.+-")


def stands(token: str, text: str) -> bool:
    """Whether a word stands somewhere by itself."""
    return next(spans(token, text), None) is not None
