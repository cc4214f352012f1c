"""Names that give a secret away: of variables, options, fields and headers."""

from __future__ import annotations

import re
from functools import lru_cache

from flycatcher.core.regex import lazy

_NAME = lazy(
    r"(?:[a-z0-9]{1,40}[_-]){0,6}(?:token|secret(?:[_-]?id)?|passw(?:or)?d|passphrase|passcode|passwd|pass|pwd|pw|api[_-]?key|apikey|"
    r"(?:db|user|root|admin|my|pg|mysql|ftp|smtp|mail|sudo|ssh|ldap|store|key)(?:pass|pwd|pw)|private[_-]?key|access[_-]?key|"
    r"secret[_-]?key|auth[_-]?key|account[_-]?key|shared[_-]?key|signing[_-]?key|encryption[_-]?key|master[_-]?key|deploy[_-]?key|"
    r"ssh[_-]?key|license[_-]?key|creds?|credentials?|client[_-]?secret|session[_-]?key|webhook(?:[_-]?url)?|jwt|pat|bearer|cookie|"
    r"dsn|conn(?:ection)?[_-]?str(?:ing)?)"
    r"(?:[_-][a-z0-9]{1,20}){0,3}",
    re.IGNORECASE,
)
_COMPACT = lazy(
    r"[a-z0-9_]*(?:PASSWORD|PASSWD|SECRET|TOKEN|APIKEY|CREDENTIAL|PRIVATEKEY|PASSPHRASE|ACCOUNTKEY|ACCESSKEY|CONNECTIONSTRING)"
    r"[a-z0-9_]*",
    re.IGNORECASE,
)
_HARMLESS = lazy(
    r"(?i)(?:OLD)?PWD"
    r"|.*(?:_FILE|_PATH|_DIR|(?<!WEBHOOK)_URL|_SOCK|(?<!SECRET)_ID|_NAME|_TYPE|_TTL|_EXPIRY|_COUNT|_LIMIT|_CACHE|_JAR|_STORE|_STDIN|_COMMAND|"
    r"_BUFFER|_SIZE|_LENGTH|_PROMPT)$"
    r"|(?:ask|get|prompt|no|show|generate|reset|change|forgot|hide)_.*"
    r"|.*(?:tokenize|secretary|public).*"
)
"""Names that mention a secret but hold none: where it is stored, how long it lives."""
_VARIABLE = lazy(r"(?:[A-Z0-9]*_)+(?:KEY|AUTH)|DOCKER_AUTH_CONFIG")
"""Names of variables that hold a secret; in program text the same names are too common."""
PARTS = "token|secret|pass|pwd|pw|key|cred|jwt|webhook|pat|bearer|cookie|dsn|conn|auth"
"""In lower case: what is in every name that gives a secret away."""
_LENGTH = 256
"""Characters of names that are remembered."""


def is_secret_name(name: str) -> bool:
    """Whether a variable or an option of this name holds a secret."""
    return _remembered(name) if len(name) <= _LENGTH else _is_secret_name(name)


def _is_secret_name(name: str) -> bool:
    if _HARMLESS.fullmatch(name.replace("-", "_")):
        return False
    return bool(_NAME.fullmatch(name) or _COMPACT.fullmatch(name))


_remembered = lru_cache(4096)(_is_secret_name)


def is_secret_variable(name: str) -> bool:
    """Whether a variable holds a secret, by its name alone."""
    return is_secret_name(name) or (_VARIABLE.fullmatch(name) is not None and not _HARMLESS.fullmatch(name))
