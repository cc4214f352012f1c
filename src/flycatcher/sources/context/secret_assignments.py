"""Secrets that program text itself names: assignments, keyword arguments, fields, headers, calls of setters, options in lists.

``password = 'X'``, ``os.environ["DB_PASSWORD"] = b"X"``, ``"token": "X"``, ``setenv("API_KEY", "X")``, ``["--password", "X"]``.
"""

from __future__ import annotations

import re

from flycatcher.core.regex import lazy
from flycatcher.sources.context.secret_names import PARTS, is_secret_name

_QUOTE = r"(?P<letters>[bBrRuUfF]{0,2})(?P<quote>\"{3}|'{3}|\\{0,3}[\"'])"
_QUOTED = r"(?P<q>(?![\s,;)+.\]}:%])(?:(?!(?P=quote))[^\n]){4,4096})"
"""Up to the quote that ends it; what could not begin a value stands behind a quote that ends one."""
_BARE = r"(?P<u>[^\s\"'&;,|<>()\[\]{}\\][^\s\"'&;,|<>()\[\]{}]{3,4095})"
_VALUE = rf"(?:{_QUOTE}{_QUOTED}|[\"']?{_BARE})"
_NAMED = r"(?<![A-Za-z0-9_.-])(?P<name>-{0,2}[A-Za-z_][A-Za-z0-9_.-]{0,100})"

ASSIGNMENT = lazy(rf"{_NAMED}(?P<sep>\\{{0,3}}[\"']?\s{{0,3}}(?:\]\s{{0,3}})?(?:=>|:=|\|\|=|\?=|=|:)\s{{0,3}}){_VALUE}")
SETTER = lazy(
    r"(?P<name>\b(?:set|put|add|append|header|environ|config|option|property)\w{0,24}|\b\w{1,24}(?:env|set|put|header|default|property))"
    rf"(?P<sep>\s?\(\s{{0,3}}[\"'](?P<key>[A-Za-z_][A-Za-z0-9_.-]{{0,100}})[\"']\s{{0,3}},\s{{0,3}}){_QUOTE}{_QUOTED}",
    re.IGNORECASE,
)
OPTION = lazy(
    rf"(?<![A-Za-z0-9_.-])(?P<name>--?[A-Za-z][A-Za-z0-9-]{{2,60}})(?P<sep>[\"']\s?,\s?(?=[bBrRuUfF]{{0,2}}[\"'])|\s)"
    rf"(?!-){_VALUE}"
)
SETENV = lazy(rf"(?P<name>\bset(?:env|x))(?P<sep>\s{{1,9}}(?P<key>[A-Za-z_]\w{{0,100}})\s{{1,9}}){_VALUE}")
QUERY = lazy(rf"(?P<sep>[?&;])(?P<name>[A-Za-z_][A-Za-z0-9_.-]{{0,60}})={_BARE}")
FORMS = (QUERY, ASSIGNMENT, SETTER, SETENV, OPTION)
MAY_ASSIGN = lazy(
    rf"(?:{PARTS})[a-z0-9_.-]{{0,80}}[\\\"'\]\s?|]{{0,8}}[=:,]|--?[a-z0-9-]{{0,60}}(?:{PARTS})|set(?:env|x)\s|authorization"
)
"""In lower case: what every form above holds, or the last shape in letters of either case."""
_HARMLESS = lazy(
    r"(?:|true|false|yes|no|none|null|nil|undefined|0|1|\$\{?\w+\}?|\$\{\{.*|\$\(.*|\$\{\w+[:}#%/-].*|\*+|\.{3,}|x{3,}|"
    r"\{\{?[^{}]*\}?\}.*|#\{[^{}]*\}|<[^<>]*>|%\(?\w*\)?s|%[A-Z_]+%|"
    r"/(?:bin|dev|etc|home|lib\w*|mnt|opt|proc|root|run|sbin|srv|tmp|usr|var|Users|Library)/.*)",
    re.IGNORECASE,
)
_EXPRESSION = lazy(r"[A-Za-z_$]\w*(?:(?:\.|->|::)[A-Za-z_]\w*)+")
"""``os.environ``, ``process.env.TOKEN``: program text that tells where a secret comes from, and holds none."""
_AUTH = lazy(r"_?auth")
_ENCODED = lazy(r"(?=[A-Za-z+/_-]*[\d=])[A-Za-z0-9+/=_-]{12,}")


def is_harmless(value: str) -> bool:
    """Whether a value is none: empty, a flag, a variable, something to be filled in."""
    return _HARMLESS.fullmatch(value) is not None


def span(found: re.Match[str]) -> tuple[int, int] | None:
    """Return where in the text a match's secret stands, None where it holds none."""
    groups = found.groupdict()
    part = "q" if groups.get("q") is not None else "u"
    value = groups[part] or ""
    name = (groups.get("key") or groups["name"]).lstrip("-").rpartition(".")[2]
    if is_harmless(value) or value.startswith(("$", "[redacted:")) or "[redacted:" in value:
        return None
    if not is_secret_name(name) and not (_AUTH.fullmatch(name) and _ENCODED.fullmatch(value)):
        return None
    if part == "u" and _is_program(found, value):
        return None
    return found.span(part)


def _is_program(found: re.Match[str], value: str) -> bool:
    """Whether a value without quotes is program text that gets the secret from elsewhere, or was redacted already."""
    after = found.string[found.end() : found.end() + 10]
    quoted = found.string[found.start("u") - 1 : found.start("u")] in {"'", '"'}
    return after == "[redacted:" or (
        not quoted and (after[:1] in {"(", "["} or _EXPRESSION.fullmatch(value) is not None)
    )
