"""Perl text that programs written in Perl evaluate: which of it does more than change a string."""

from __future__ import annotations

import re

_DOES = re.compile(
    r"`|\b(?:qx|system|exec|open|opendir|eval|require|use|do|unlink|fork|kill|syswrite|sysopen|print|printf|say|socket|connect|rename"
    r"|symlink|link|chmod|chown|mkdir|rmdir|utime|truncate|syscall|sub|readpipe|glob)\b|[@$]\{|\(\?\??\{|&\w|->|::|<[\w$*]"
)
_EVALUATED = re.compile(r"(?:[/|!#%,]|\}|\])[a-df-z]*e[a-z]*\s*(?:$|[;}\n]|\s(?:if|unless|for)\b)")


def does(text: str) -> bool:
    """Whether an expression may do more than match, substitute, count and compare."""
    return _DOES.search(text) is not None or _EVALUATED.search(text) is not None
