"""Shell patterns (POSIX XCU 2.13): matched by a set of positions, so that no pattern can make the time explode."""

from __future__ import annotations

from collections.abc import Callable

Token = str | Callable[[str], bool] | None
"""A character to match, a test on one character, or None for ``*``."""

_CLASSES: dict[str, Callable[[str], bool]] = {
    "alpha": str.isalpha,
    "digit": str.isdigit,
    "alnum": str.isalnum,
    "upper": str.isupper,
    "lower": str.islower,
    "space": str.isspace,
    "blank": lambda char: char in " \t",
    "punct": lambda char: char.isascii() and char.isprintable() and not char.isalnum() and char != " ",
    "print": str.isprintable,
    "graph": lambda char: char.isprintable() and char != " ",
    "cntrl": lambda char: ord(char) < 32 or ord(char) == 127,
    "xdigit": lambda char: char in "0123456789abcdefABCDEF",
}
MAX_WORK = 200_000
"""Pattern tokens times characters; what would need more is left unknown."""


def compile_pattern(pattern: str) -> list[Token]:
    """Turn a pattern (a backslash quotes the next character) into tokens."""
    tokens: list[Token] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\" and at + 1 < len(pattern):
            tokens.append(pattern[at + 1])
            at += 2
            continue
        if char == "[" and (found := _bracket(pattern, at)):
            tokens.append(found[0])
            at = found[1]
            continue
        if char == "*":
            if not tokens or tokens[-1] is not None:
                tokens.append(None)
        else:
            tokens.append((lambda _: True) if char == "?" else char)
        at += 1
    return tokens


def _bracket(pattern: str, at: int) -> tuple[Callable[[str], bool], int] | None:
    """Read ``[...]`` at a position; return its test and the position after it, None if it is not one."""
    at += 1
    negated = pattern[at : at + 1] in ("!", "^")
    at += negated
    singles: set[str] = set()
    ranges: list[tuple[str, str]] = []
    classes: list[Callable[[str], bool]] = []
    first = True
    while at < len(pattern) and (first or pattern[at] != "]"):
        first = False
        if pattern.startswith("[:", at) and (stop := pattern.find(":]", at)) > 0:
            classes.append(_CLASSES.get(pattern[at + 2 : stop], lambda _: False))
            at = stop + 2
            continue
        at += pattern[at] == "\\" and at + 1 < len(pattern)
        char = pattern[at]
        if pattern[at + 1 : at + 2] == "-" and pattern[at + 2 : at + 3] not in ("", "]"):
            ranges.append((char, pattern[at + 2]))
            at += 3
        else:
            singles.add(char)
            at += 1
    if at >= len(pattern):
        return None

    def test(char: str) -> bool:
        inside = (
            char in singles or any(low <= char <= high for low, high in ranges) or any(each(char) for each in classes)
        )
        return inside != negated

    return test, at + 1


def prefixes(tokens: list[Token], text: str) -> list[int]:
    """Return the lengths of all prefixes of the text that the pattern matches whole, shortest first."""
    last = len(tokens)
    live = _closure({0}, tokens)
    found = [0] if last in live else []
    for index, char in enumerate(text, 1):
        following = set()
        for state in live:
            if state == last:
                continue
            token = tokens[state]
            if token is None:
                following.add(state)
            elif token == char or (callable(token) and token(char)):
                following.add(state + 1)
        if not following:
            break
        live = _closure(following, tokens)
        if last in live:
            found.append(index)
    return found


def _closure(states: set[int], tokens: list[Token]) -> set[int]:
    """Add the states that a star lets through without a character."""
    for state in list(states):
        after = state
        while after < len(tokens) and tokens[after] is None:
            after += 1
            states.add(after)
    return states


def matches(pattern: str, text: str) -> bool:
    """Tell whether the pattern matches the whole text."""
    found = prefixes(compile_pattern(pattern), text)
    return bool(found) and found[-1] == len(text)


def strip(text: str, pattern: str, *, end: bool, longest: bool) -> str | None:
    """Return the text without the prefix (or suffix) that matches; None where it would take too long."""
    tokens = compile_pattern(pattern)
    if (len(tokens) + 1) * len(text) > MAX_WORK:
        return None
    if end:
        tokens.reverse()
        text = text[::-1]
    found = prefixes(tokens, text)
    if found:
        text = text[found[-1] if longest else found[0] :]
    return text[::-1] if end else text


def replace(text: str, pattern: str, new: str, *, kind: str) -> str | None:
    """Return ``${text/pattern/new}``; kind is ``/``, ``//``, ``/#`` or ``/%``. None where it would take too long."""
    tokens = compile_pattern(pattern)
    if not tokens:
        return text
    if all(isinstance(token, str) for token in tokens) and kind in ("/", "//"):
        return text.replace("".join(map(str, tokens)), new, -1 if kind == "//" else 1)
    if (len(tokens) + 1) * len(text) ** 2 > MAX_WORK * 4:
        return None
    if kind == "/%":
        found = prefixes(tokens[::-1], text[::-1])
        return text[: len(text) - found[-1]] + new if found else text
    out: list[str] = []
    at = 0
    while at <= len(text):
        found = [size for size in prefixes(tokens, text[at:]) if size or not text]
        if not found:
            if kind == "/#":
                break
            out.append(text[at : at + 1])
            at += 1
            continue
        out.append(new)
        at += found[-1]
        if kind != "//" or not text:
            break
    return "".join(out) + text[at:]
