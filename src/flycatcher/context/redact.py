"""Secrets are taken out of every record before it leaves: tokens of known shape, and values that a name gives away.

What stays is a short beginning and ``[redacted:KIND]``: enough to find out which secret it was, too little to use it.
Sources of the shapes: the issuers' own descriptions of their tokens (GitHub, GitLab, AWS, Slack, npm, PyPI, Google, Stripe,
SendGrid, DigitalOcean, Hugging Face), RFC 7519 (JWT), RFC 7468 (private keys), RFC 3986 (user information in URLs).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KEPT = 4
"""Characters of a secret that stay readable, where the shape has no prefix of its own."""

SHAPES: tuple[tuple[str, str], ...] = (
    (
        "private-key",
        (
            r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
            r"(?P<s>(?!\[redacted:)(?:[^-]|-(?!----)){0,20000}(?:-----END [A-Z0-9 ]{0,40}-----)?)"
        ),
    ),
    ("github-token", r"gh[pousr]_(?P<s>[A-Za-z0-9]{20,255})"),
    ("github-token", r"github_pat_(?P<s>[A-Za-z0-9_]{20,255})"),
    ("gitlab-token", r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas|imt)-(?P<s>[A-Za-z0-9_.-]{16,255})"),
    ("aws-key-id", r"\b(?:AKIA|ASIA|ABIA|ACCA)(?P<s>[A-Z0-9]{16})\b"),
    ("slack-token", r"xox[abeoprs]-(?P<s>[A-Za-z0-9-]{10,255})"),
    ("slack-webhook", r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<s>[A-Za-z0-9/_-]{20,255})"),
    ("npm-token", r"npm_(?P<s>[A-Za-z0-9]{30,64})"),
    ("pypi-token", r"pypi-(?P<s>[A-Za-z0-9_-]{50,512})"),
    ("google-key", r"AIza(?P<s>[A-Za-z0-9_-]{35})"),
    ("stripe-key", r"\b[sr]k_(?:live|test)_(?P<s>[A-Za-z0-9]{16,255})"),
    ("sendgrid-key", r"SG\.(?P<s>[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64})"),
    ("digitalocean-token", r"do[opr]_v1_(?P<s>[a-f0-9]{64})"),
    ("huggingface-token", r"\bhf_(?P<s>[A-Za-z0-9]{30,64})"),
    ("jwt", r"\beyJ(?P<s>[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{0,1024})"),
    ("url-password", r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@'\"]{0,256}:(?P<s>[^\s/@'\"]{1,512})@"),
    ("authorization", r"(?i:\bauthorization\s{0,3}[:=]\s{0,3}(?:basic|bearer|token)\s{1,3})(?P<s>[^\s'\"]{6,4096})"),
)

_TELLING = (
    r"(?:[A-Za-z0-9.]{1,40}[_-]){0,6}(?:token|secret|passw(?:or)?d|passphrase|passwd|api[_-]?key|apikey|private[_-]?key|"
    r"access[_-]?key|secret[_-]?key|auth[_-]?key|credentials?|client[_-]?secret|session[_-]?key|pat)(?:[_-][A-Za-z0-9]{1,20}){0,3}"
)
_NAME = re.compile(_TELLING, re.IGNORECASE)
_COMPACT = re.compile(
    r"[A-Za-z0-9_]*(?:PASSWORD|PASSWD|SECRET|TOKEN|APIKEY|CREDENTIAL|PRIVATEKEY|PASSPHRASE)[A-Za-z0-9_]*", re.IGNORECASE
)
_HARMLESS = re.compile(
    r"(?i).*(?:_FILE|_PATH|_DIR|_URL|_SOCK|_ID|_NAME|_TYPE|_TTL|_EXPIRY|_COUNT|_LIMIT|_CACHE)$|.*(?:tokenize|secretary).*"
)
"""Names that speak of a secret but hold none: where it lies, how long it lives."""
_HARMLESS_VALUE = re.compile(r"(?:|true|false|yes|no|none|null|0|1|\$\{?\w+\}?|\*+)", re.IGNORECASE)
_ASSIGNMENT = re.compile(
    rf"(?P<name>(?:--?)?\b{_TELLING})(?P<sep>[\"']?\s{{0,3}}(?:=>|[=:])\s{{0,3}})(?P<quote>[\"']?)(?P<s>[^\s\"'&;,|<>()\[\]{{}}]{{4,4096}})",
    re.IGNORECASE,
)
_SHORT, _LONG = 256, 16384
"""Characters: texts up to these are remembered (4096 short ones, 128 long ones), because the records of a build repeat paths,
names and the command lines of ancestors."""
_PARTS = (
    *(
        ("-----BEGIN ",),
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        ("github_pat_",),
        ("gl",),
        ("AKIA", "ASIA", "ABIA", "ACCA"),
    ),
    *(
        ("xox",),
        ("hooks.slack",),
        ("npm_",),
        ("pypi-",),
        ("AIza",),
        ("k_live_", "k_test_"),
        ("SG.",),
        ("_v1_",),
        ("hf_",),
    ),
    *(("eyJ",), ("://",), ("uthorization", "UTHORIZATION")),
)
"""Beside each shape: texts of which one is in whatever has that shape. Two mebibytes are searched for those in a moment."""
_SHAPES = tuple((kind, re.compile(shape), parts) for (kind, shape), parts in zip(SHAPES, _PARTS, strict=True))
_ASSIGNED = re.compile(
    r"(?:token|secret|passw|passphrase|key|credential|pat)[a-z0-9_-]{0,80}[\"']?\s{0,3}[=:]|authorization"
)
"""In lower case: what every assignment holds that a name gives away, or the last shape in letters of either case."""


def redact_text(text: str) -> str:
    """Return the text without the secrets whose shape or name is known."""
    if len(text) <= _SHORT:
        return _remembered(text)
    return _remembered_long(text) if len(text) <= _LONG else _redact_text(text)


def _redact_text(text: str) -> str:
    assigned = _ASSIGNED.search(text.lower())
    for kind, shape, parts in _SHAPES:
        if any(part in text for part in parts) or (assigned and kind == "authorization"):
            text = shape.sub(lambda found, kind=kind: _cut(found, kind), text)  # type: ignore[misc]
    return _ASSIGNMENT.sub(_cut_assignment, text) if assigned else text


_remembered, _remembered_long = lru_cache(4096)(_redact_text), lru_cache(128)(_redact_text)


def redact_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables with the values of telling names, and known shapes in all others, taken out."""
    return {name: _value(name, value) for name, value in environment.items()}


def redact_argv(words: Sequence[str]) -> list[str]:
    """Return the words; the one after ``--password`` and its like is taken out too."""
    found: list[str] = []
    wanted = False
    for word in words:
        if wanted and not word.startswith("-"):
            found.append(_short(word, "option"))
            wanted = False
            continue
        found.append(redact_text(word))
        wanted = word.startswith("--") and "=" not in word and is_secret_name(word.lstrip("-"))
    return found


def is_secret_name(name: str) -> bool:
    """Tell whether a variable or an option of this name holds a secret."""
    return _remembered_name(name) if len(name) <= _SHORT else _is_secret_name(name)


def _is_secret_name(name: str) -> bool:
    if _HARMLESS.fullmatch(name):
        return False
    return bool(_NAME.fullmatch(name) or _COMPACT.fullmatch(name))


_remembered_name = lru_cache(4096)(_is_secret_name)


def _value(name: str, value: str) -> str:
    """Redact one variable's value."""
    if is_secret_name(name) and not _HARMLESS_VALUE.fullmatch(value):
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
    name, value = found["name"].lstrip("-"), found["s"]
    if not is_secret_name(name) or _HARMLESS_VALUE.fullmatch(value) or value.startswith(("$", "[redacted:")):
        return found.group()
    if found.string.startswith("[redacted:", found.end()):
        return found.group()
    return f"{found['name']}{found['sep']}{found['quote']}{_short(value, 'value')}"
