"""Secrets are taken out of every record before it leaves: tokens of known shape, and values that a name gives away.

What stays is a short beginning and ``[redacted:KIND]``: enough to find out which secret it was, too little to use it.
The shapes are in :mod:`.secret_shapes`, passwords behind short options in :mod:`.secret_options`; names are judged here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from flycatcher.sources.context.secret_options import passwords
from flycatcher.sources.context.secret_shapes import SHAPES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KEPT = 4
"""Characters of a secret that stay readable, where the shape has no prefix of its own."""

_NAME = re.compile(
    r"(?:[a-z0-9]{1,40}[_-]){0,6}(?:token|secret|passw(?:or)?d|passphrase|passwd|pass|pwd|api[_-]?key|apikey|private[_-]?key|"
    r"access[_-]?key|secret[_-]?key|auth[_-]?key|account[_-]?key|shared[_-]?key|signing[_-]?key|encryption[_-]?key|master[_-]?key|"
    r"deploy[_-]?key|ssh[_-]?key|license[_-]?key|credentials?|client[_-]?secret|session[_-]?key|webhook[_-]?url|jwt|pat)"
    r"(?:[_-][a-z0-9]{1,20}){0,3}",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"[a-z0-9_]*(?:PASSWORD|PASSWD|SECRET|TOKEN|APIKEY|CREDENTIAL|PRIVATEKEY|PASSPHRASE|ACCOUNTKEY|ACCESSKEY)[a-z0-9_]*",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"(?i)(?:OLD)?PWD|.*(?:_FILE|_PATH|_DIR|(?<!WEBHOOK)_URL|_SOCK|_ID|_NAME|_TYPE|_TTL|_EXPIRY|_COUNT|_LIMIT|_CACHE)$"
    r"|.*(?:tokenize|secretary|public).*"
)
"""Names that speak of a secret but hold none: where it lies, how long it lives."""
_VARIABLE = re.compile(r"(?:[A-Z0-9]*_)+(?:KEY|AUTH|COOKIE)|DOCKER_AUTH_CONFIG")
"""Names that give a variable's value away, and would be too common in program text."""
_HARMLESS_VALUE = re.compile(r"(?:|true|false|yes|no|none|null|0|1|\$\{?\w+\}?|\*+)", re.IGNORECASE)
_EXPRESSION = re.compile(r"[A-Za-z_$]\w*(?:(?:\.|->|::)[A-Za-z_]\w*)+")
"""``os.environ``, ``process.env.TOKEN``: program text that names the source of a secret and holds none."""
_ASSIGNMENT = re.compile(
    r"(?<![A-Za-z0-9_.-])(?P<name>-{0,2}[A-Za-z_][A-Za-z0-9_.-]{0,100})(?P<sep>[\"']?\s{0,3}(?:=>|[=:])\s{0,3})"
    r"(?P<quote>[\"']?)(?P<s>[^\s\"'&;,|<>()\[\]{}]{4,4096})"
)
_SHORT, _LONG = 256, 16384
"""Characters: texts up to these are remembered (4096 short ones, 128 long ones), because the records of a build repeat paths,
names and the command lines of ancestors."""
_ASSIGNED = re.compile(
    r"(?:token|secret|pass|pwd|key|credential|jwt|webhook|pat)[a-z0-9_-]{0,80}[\"']?\s{0,3}[=:]|authorization"
)
"""In lower case: what every assignment holds that a name gives away, or the last shape in letters of either case."""


def redact_text(text: str) -> str:
    """Return the text without the secrets whose shape or name is known."""
    if len(text) <= _SHORT:
        return _remembered(text)
    return _remembered_long(text) if len(text) <= _LONG else _redact_text(text)


def _redact_text(text: str) -> str:
    assigned = _ASSIGNED.search(text.lower())
    for kind, parts, shape in SHAPES:
        if any(part in text for part in parts) or (assigned and kind == "authorization"):
            text = shape.sub(lambda found, kind=kind: _cut(found, kind), text)  # type: ignore[misc]
    return _ASSIGNMENT.sub(_cut_assignment, text) if assigned else text


_remembered, _remembered_long = lru_cache(4096)(_redact_text), lru_cache(128)(_redact_text)


def redact_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables with the values of telling names, and known shapes in all others, taken out."""
    return {name: _value(name, value) for name, value in environment.items()}


def redact_argv(words: Sequence[str]) -> list[str]:
    """Return the words; the one after ``--password`` and its like is taken out too, and what a program's short option takes."""
    found: list[str] = []
    wanted = False
    for before, word, part in zip(("", *words), words, passwords(words), strict=False):
        if wanted and not word.startswith("-") and not _HARMLESS_VALUE.fullmatch(word):
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


def is_secret_name(name: str) -> bool:
    """Whether a variable or an option of this name holds a secret."""
    return _remembered_name(name) if len(name) <= _SHORT else _is_secret_name(name)


def _is_secret_name(name: str) -> bool:
    if _HARMLESS.fullmatch(name):
        return False
    return bool(_NAME.fullmatch(name) or _COMPACT.fullmatch(name))


_remembered_name = lru_cache(4096)(_is_secret_name)


def _is_secret_variable(name: str) -> bool:
    """Whether a variable holds a secret although its name only ends in ``_KEY`` or ``_AUTH``."""
    return _VARIABLE.fullmatch(name) is not None and not _HARMLESS.fullmatch(name)


def _value(name: str, value: str) -> str:
    """Redact one variable's value."""
    if (is_secret_name(name) or _is_secret_variable(name)) and not _HARMLESS_VALUE.fullmatch(value):
        return _short(value, "variable")
    return redact_text(value)


def _short(secret: str, kind: str) -> str:
    """Keep the beginning of a secret that is long enough for that."""
    if secret.endswith("]") and "[redacted:" in secret:
        return secret
    kept = secret[:KEPT] if len(secret) >= 4 * KEPT else ""
    return f"{kept}[redacted:{kind}]"


def _cut(found: re.Match[str], kind: str) -> str:
    """Replace the group ``s`` of a match; a shape with a telling prefix keeps that only."""
    start, end = found.start("s") - found.start(), found.end("s") - found.start()
    whole = found.group()
    return f"{whole[:start]}[redacted:{kind}]{whole[end:]}"


def _cut_assignment(found: re.Match[str]) -> str:
    """Replace the value of ``name=value`` where the name tells and the value is one."""
    name, value, after = (
        found["name"].lstrip("-").rpartition(".")[2],
        found["s"],
        found.string[found.end() : found.end() + 10],
    )
    if not is_secret_name(name) or _HARMLESS_VALUE.fullmatch(value) or value.startswith(("$", "[redacted:")):
        return found.group()
    if after == "[redacted:" or (not found["quote"] and (after[:1] in {"(", "["} or _EXPRESSION.fullmatch(value))):
        return found.group()
    return f"{found['name']}{found['sep']}{found['quote']}{_short(value, 'value')}"
