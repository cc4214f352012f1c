"""Redacts secrets in every record before it leaves: tokens of known shape, and values that a name gives away.

What stays is a short beginning and ``[redacted:KIND]``: enough to find out which secret it was, too little to use it.
The shapes are in :mod:`.secret_shapes` and :mod:`.secret_issuers`, names in :mod:`.secret_names`, what program text assigns to a
name in :mod:`.secret_assignments`, passwords behind the options of programs in :mod:`.secret_options`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from flycatcher.sources.context.secret_assignments import FORMS, MAY_ASSIGN, is_harmless, span
from flycatcher.sources.context.secret_names import is_secret_name, is_secret_variable
from flycatcher.sources.context.secret_options import passwords
from flycatcher.sources.context.secret_shapes import SHAPES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["is_secret_name", "redact_argv", "redact_environment", "redact_lines", "redact_text", "secrets_in"]

KEPT = 4
"""Characters of a secret that stay readable, if the shape has no prefix of its own."""
_SHORT, _LONG = 256, 16384
"""Characters: texts up to these lengths are remembered (4096 short ones, 128 long ones), as a build repeats paths, names and the
command lines of ancestors."""
_PARTS = tuple((part, number) for number, shape in enumerate(SHAPES) for part in shape.parts)
_AUTHORIZATION = next(number for number, shape in enumerate(SHAPES) if shape.kind == "authorization")
"""Its part is a word that may be in letters of either case."""


def redact_text(text: str) -> str:
    """Return the text without the secrets that a known shape or a name gives away."""
    if len(text) <= _SHORT:
        return _remembered(text)
    return _remembered_long(text) if len(text) <= _LONG else _redact_text(text)


def _redact_text(text: str) -> str:
    assigns = MAY_ASSIGN.search(text.lower())
    possible = {number for part, number in _PARTS if part in text}
    if assigns:
        possible.add(_AUTHORIZATION)
    for number in sorted(possible):
        kind, _parts, shape = SHAPES[number]
        text = shape.sub(lambda found, kind=kind: _cut(found, kind), text)  # type: ignore[misc]
    return _redact_assignments(text) if assigns else text


_remembered, _remembered_long = lru_cache(4096)(_redact_text), lru_cache(128)(_redact_text)


def _redact_assignments(text: str) -> str:
    for form in FORMS:
        text = form.sub(_cut_assignment, text)
    return text


def secrets_in(text: str) -> set[str]:
    """Return the secrets that :func:`redact_text` takes out of a text, without those that are short or could be ordinary words."""
    found = {match["s"] for _kind, _parts, shape in SHAPES for match in shape.finditer(text)}
    for form in FORMS:
        for match in form.finditer(text):
            place = span(match)
            if place is not None:
                found.add(text[place[0] : place[1]])
    return {secret for secret in found if len(secret) >= 2 * KEPT and not (secret.isalpha() and secret.islower())}


def redact_lines(lines: Sequence[str]) -> list[str]:
    """Return lines that stand below each other in a file: a secret may go over several of them (a private key)."""
    whole = redact_text("\n".join(lines)).split("\n")
    if len(whole) == len(lines):
        return whole
    return (
        [redact_text(line) for line in lines] if len(whole) > len(lines) else whole + [""] * (len(lines) - len(whole))
    )


def redact_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables, redacted by name and by shape."""
    return {name: _value(name, value) for name, value in environment.items()}


def redact_argv(words: Sequence[str]) -> list[str]:
    """Return the words; values of ``--password`` and of short password options are redacted too."""
    found: list[str] = []
    wanted = False
    for before, word, part in zip(("", *words), words, passwords(words), strict=False):
        if wanted and not word.startswith("-") and not is_harmless(word) and not word.startswith("$"):
            found.append(_short(word, "option"))
        elif part is not None:
            found.append(word[: part[0]] + _short(word[part[0] : part[1]], "option") + word[part[1] :])
        else:
            found.append(redact_text(word))
        wanted = _asks(before, word)
    return found


def _asks(before: str, word: str) -> bool:
    """Whether the next word is a secret: ``--token X``, ``-storepass X``, ``config set //registry/:_authToken X``."""
    if "=" in word or len(word) > _SHORT:
        return False
    if word.startswith("-"):
        return len(word) > 2 and is_secret_name(word.lstrip("-"))
    return before == "set" and is_secret_name(re.split(r"[:/.]", word)[-1])


def _value(name: str, value: str) -> str:
    """Redact one variable's value."""
    if is_secret_variable(name) and not is_harmless(value):
        return _short(value, "variable")
    return redact_text(value)


def _short(secret: str, kind: str) -> str:
    """Keep the beginning of a long secret."""
    if secret.endswith("]") and "[redacted:" in secret:
        return secret
    kept = secret[:KEPT] if len(secret) >= 4 * KEPT else ""
    return f"{kept}[redacted:{kind}]"


def _cut(found: re.Match[str], kind: str) -> str:
    """Replace the group ``s`` of a match; the rest of the match stays."""
    start, end = found.start("s") - found.start(), found.end("s") - found.start()
    whole = found.group()
    return f"{whole[:start]}[redacted:{kind}]{whole[end:]}"


def _cut_assignment(found: re.Match[str]) -> str:
    """Replace the value if the name gives a secret away."""
    place = span(found)
    if place is None:
        return found.group()
    start, end = place[0] - found.start(), place[1] - found.start()
    whole = found.group()
    return f"{whole[:start]}{_short(whole[start:end], 'value')}{whole[end:]}"
