"""What an address says about whoever wrote the program that is fetched from there: the one list of what makes a download worse."""

from __future__ import annotations

import re

from flycatcher.core.regex import lazy
from flycatcher.core.unknown import UNKNOWN

_LOCAL = r"(?!localhost\b|127\.|\[::1\])"
_PASTES = (
    r"(?:[\w-]+\.)*(?:pastebin\.com|paste\.ee|pastes?\.\w+|hastebin\.\w+|dpaste\.\w+|ix\.io|0x0\.st|termbin\.com|sprunge\.us|rentry\.co|"
    r"transfer\.sh|file\.io|temp\.sh|catbox\.moe|controlc\.com|ghostbin\.\w+|gist\.github(?:usercontent)?\.com|"
    r"raw\.githubusercontent\.com|raw\.github\.com|cdn\.discordapp\.com|ngrok(?:-free)?\.\w+|trycloudflare\.com|bit\.ly|tinyurl\.com|t\.co)"
)
"""Hosts where anybody can put a text, and forwarders that hide where it lies."""
_SCHEMELESS = lazy(r"^(?:nc|ncat|netcat|telnet|tftp|ftp|dig|host|nslookup|drill|lynx|w3m)\b")
DOUBTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (lazy(rf"(?i)\b(?:http|ftp|tftp)://{_LOCAL}[^\s/'\"]"), "nothing protects it on its way"),
    (
        lazy(
            r"(?i)\b(?:https|sftp|ftps)://(?:[^/\s@]*@)?(?!127\.)(?:\d{1,3}(?:\.\d{1,3}){3}|\d{8,10}|0x[\da-f]+|\[(?!::1\]))"
        ),
        "the address is a bare number",
    ),
    (lazy(rf"(?i)\bhttps://(?:[^/\s@]*@)?{_LOCAL}[\w.-]+:(?!443\b)\d"), "the port is an odd one"),
    (
        lazy(
            rf"(?i)\bhttps?://(?:[^/\s@]*@)?(?:{_PASTES}(?=[/:\s'\"]|$)|[^\s'\"]*/-/raw/|[\w.-]*bitbucket\.org/[^\s'\"]*/raw/)"
        ),
        "anybody can put a text there",
    ),
    (
        lazy(r"(?:^|\s)(?:-[a-zA-Z]*k[a-zA-Z]*|--insecure|--no-check-certificate)(?=\s|$)"),
        "the host's certificate is not checked",
    ),
)
"""What is wrong with a command's words or an address, and how that is said."""
ODD = "|".join(f"(?:{pattern.pattern.removeprefix('(?i)')})" for pattern, _text in DOUBTS[1:4])
"""The doubts that an address with TLS can raise, for a rule over values."""


def doubts(command: str, *, as_root: bool = False) -> list[str]:
    """Return what makes a download worse; ``command``: the words that fetch it, ``as_root``: what it brings runs as root."""
    found = [text for pattern, text in DOUBTS if pattern.search(command)]
    if _SCHEMELESS.match(command) or _has_no_scheme(command):
        found.append(DOUBTS[0][1])
    if as_root and "://" not in command.replace(f"://{UNKNOWN}", "") and UNKNOWN in command:
        found.append("it runs as root, and the host is not known")
    return list(dict.fromkeys(found))


def _has_no_scheme(command: str) -> bool:
    """Whether curl or wget is given a host without a scheme, which they take for http."""
    if "://" in command or not command.startswith(("curl", "wget")):
        return False
    return re.search(r"\s(?!localhost|127\.)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:[/:]\S*)?(?:\s|$)", command) is not None
