"""A glance at shell text: can anything in it start an interpreter with inline text? Most text cannot, and is not parsed.

``False`` means that reading the text finds nothing. So every way to write a program's name must count: quotes and backslashes are
taken out first, then each name is looked at together with what follows it; what computes names (``$'..'``, ``base64``, ``rev``, an
expansion in a command's place beside something that makes text) counts as a start. In doubt the answer is ``True``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from flycatcher.core.interpreters import by_name
from flycatcher.core.interpreters.hosts.host import Host
from flycatcher.core.interpreters.names import interpreter_by_name
from flycatcher.core.launchers.special import READERS
from flycatcher.core.launchers.table import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flycatcher.core.interpreters import Interpreter

_TOKEN = re.compile(r"(?<![\w.+-])[A-Za-z_][\w.+-]*")
_QUOTES = re.compile(r"\\[\\\n]|['\"\\`]")
_GLOB = r"[\w./*?\[\]]*[ \t]+-"
# each alternative begins with a character of its own: the search then skips from one such character to the next
_TRICKS = re.compile(
    r"\$'|\\x[0-9a-fA-F]|\\[0-7]{2}|\\u[0-9a-fA-F]{4}|base(?:64|32)|xxd|uudecode|openssl|/dev/(?:tcp|udp|fd|stdin)|/proc/|<\(|"
    rf"eval\b|alias\b|\?\?|\*(?<=[\w./]\*){_GLOB}|\?(?<=[\w./]\?){_GLOB}|\](?<=[\w./]\]){_GLOB}|"
    r"\{[^\s{}$]*,[^\s{}]*\}[\w./]*[ \t]+-|\{(?:[^\s{}]|\$\{\w+\})*,['\"]?-|trap[ \t]+['\"]?[$`]|\U000f0000(?<=[A-Za-z]\U000f0000)[A-Za-z]"
)
"""What writes a name, or runs a text, without saying so."""
_VARIABLES = re.compile(
    r"NODE_OPTIONS|PERL5(?:OPT|DB|LIB)|RUBYOPT|BASH_ENV|PROMPT_COMMAND|PYTHON(?:STARTUP|INSPECT|BREAKPOINT|WARNINGS)|LUA_INIT|"
    r"BUN_OPTIONS|ZDOTDIR|ENV=(?<!\wENV=)|PS[014]=|PHPRC|PHP_INI_SCAN_DIR|R_PROFILE|TAR_OPTIONS|VIMINIT|EXINIT|MAKEFLAGS|MAKEFILES|"
    r"GIT_|BASH_FUNC_|SHELLOPTS|ERL_\w*FLAGS|JAVA_TOOL_OPTIONS|GUILE_|PSQL|PAGER|EDITOR|VISUAL"
)
"""Variables that hold program text, or name it."""
_EXPANSION = r"(?:\$\{?[\w@*#!?\[\]]+[^\s}'\"]*\}?|\$[({][^(){}]*[)}]|`[^`]*`|\{\}|\}|\)|\U000f0000)['\"]*"
_UNTOLD = rf"['\"]?{_EXPANSION}[ \t]*(?:[ \t]['\"]?[-$`]|<|$|[\n;&|)])|['\"]?(?:\$\(|`)"
_FIRST = r"(?:^|[;&|({!\n`]|\b(?:do|then|else|elif|if|while|until|time|exec|command|builtin)[ \t])[ \t]*(?:\w+=[^\s$`]*[ \t]+)*"
_DYNAMIC = re.compile(rf"{_FIRST}(?:{_UNTOLD})")
"""A word that is not told stands where a program is named."""
_ANYWHERE = re.compile(rf"{_EXPANSION}[ \t]+['\"]?[-$`<]|(?:^|\s)['\"]?(?:\$\(|`)")
"""The same behind a program that starts another."""
_COMPUTED = re.compile(
    "|".join(
        rf"{word}(?<!\w{word})\b" for word in ("rev", "tr", "sed", "printf", "cut", "paste", "fold", "awk", "dd", "IFS")
    )
    + r"|head[ \t]+-\w*c|tail[ \t]+-\w*c|\$\{[^}]*[\[:#%/@^,]|\$[\w{(](?<=[\w}\"')]\$.)|`(?<=[\w}\"')]`)|\+="
)
"""Text is put together that may become a program's name."""
_PLAIN_OPERAND = re.compile(
    r"[)}@%]*+(?:/|=|[ \t]+(?:-m[ \t]*(?:pip3?|venv|pytest|unittest|build|ensurepip|virtualenv|http\.server|json\.tool|compileall|twine)(?=\s|$)|"
    r"--(?:version|help)(?=[\s;|&)]|$)|(?!/(?:tmp|var/tmp|dev|proc)\b)[A-Za-z0-9_./~][\w./~+@-]*(?=[\s;|&)>]|$)))"
)
"""Behind a name: it is a folder, a variable's, a harmless module's or a script's command line."""
_BARE = re.compile(r"[)}@%]*+[ \t]*(?:$|[\n;&|)\]}#>])")
_PLAIN = frozenset(
    {"python", "perl", "ruby", "node", "php", "lua", "luajit", "sh", "bash", "zsh", "ksh", "mksh", "dash"}
)
"""Interpreters whose first operand is a script, behind which nothing is an option of theirs."""
_TEXTUAL = frozenset({
    "su", "runuser", "sg", "script", "watch", "flock", "parallel", "at", "batch", "tmux", "screen", "capsh", "start-stop-daemon",
    "chroot", "unshare", "nsenter", "setarch", "linux32", "linux64", "uname26", "fab", "ansible",
})  # fmt: skip
"""Programs that hand a text to a shell, or to which a shell reads stdin where they are given no command."""
MANY = 100
"""Commands of one program from which on the text is looked at as a whole."""
_SEPARATORS = re.compile(r"[\s,\[\]()]+")
_COMMAND = re.compile(r"(?:[^'\"\n;|&\\]|'[^']*'|\"(?:\\.|[^\"\\])*\"|\\.|['\"])*", re.DOTALL)
"""A command from its name on, up to where the next one begins."""
_COMMENTS = re.compile(r"^[ \t]*#[^\n]*", re.MULTILINE)
_NO_QUOTES = {ord(quote): None for quote in "'\""}


def may_start(text: str, env: Mapping[str, str] | None = None, *, strict: bool = True) -> bool:
    """Tell whether reading a text could find anything. ``strict``: it is shell text as a shell gets it, not a file around it."""
    if env and any(map(_VARIABLES.match, (f"{name}=" for name in env))):
        return True
    if "#" in text:
        text = _COMMENTS.sub("", text)
    if _TRICKS.search(text) or _VARIABLES.search(text):
        return True
    kinds: dict[str, Host | str] = {}
    # a backslash at a line's end joins words, unless it stands in single quotes: both are tried
    for form in (text, text.replace("\\\n", "\n")) if "\\\n" in text else (text,):
        plain = _QUOTES.sub(_unquoted, form)
        here = {token: kind for token in set(_TOKEN.findall(plain)) if (kind := _kind(token))}
        if here and _started(plain, text, here, strict=strict):
            return True
        kinds |= here
    if "plain" not in kinds.values() and _COMPUTED.search(text) is None:
        return False
    return (_ANYWHERE if "wrapper" in kinds.values() else _DYNAMIC).search(text) is not None


def _started(plain: str, text: str, kinds: Mapping[str, Host | str], *, strict: bool) -> bool:
    """Tell whether one of the names in a text stands where it may run something inline."""
    fed = "|" in text or "<" in text
    for token, kind in kinds.items():
        if isinstance(kind, Host):
            if _host_runs(kind, token, plain, text):
                return True
        elif kind == "wrapper" or (kind == "fed" and strict and not fed):
            continue
        elif kind != "plain" or not strict or any(_runs(plain, end, fed=fed) for end in _ends(plain, token)):
            return True
    return False


def _host_runs(host: Host, token: str, plain: str, text: str) -> bool:
    """Tell whether a command of a host holds what its program text would: where it is written plainly, in its own words alone."""
    found = list(re.finditer(rf"(?<![\w.+-]){re.escape(token)}(?![\w.+-])", text))
    if len(found) > MANY or len(found) < sum(1 for _ in _ends(plain, token)):
        commands = [text, plain]
    else:
        commands = [match[0] for start in found if (match := _COMMAND.match(text, start.start()))]
    return any(
        host.hint.search(_SEPARATORS.sub("\n", form))
        for command in commands
        for form in (command.translate(_NO_QUOTES), _QUOTES.sub(_unquoted, command))
    )


def _ends(plain: str, token: str) -> Iterator[int]:
    """Yield the offsets behind a word, wherever it stands by itself."""
    for match in re.finditer(rf"(?<![\w.+-]){re.escape(token)}(?![\w.+-])", plain):
        yield match.end()


def _runs(plain: str, end: int, *, fed: bool) -> bool:
    """Tell whether what follows a name lets it run text: options, something untold, or nothing at all where it may be fed."""
    return _PLAIN_OPERAND.match(plain, end) is None and (fed or _BARE.match(plain, end) is None)


def _unquoted(match: re.Match[str]) -> str:
    """Take quotes and joined lines away; a substitution's mark parts words."""
    return " " if match[0] == "`" else ""


def forget() -> None:
    """Forget which names are programs of interest: a configuration has added some."""
    _kind.cache_clear()


@lru_cache(maxsize=1 << 16)
def _kind(token: str) -> Host | str | None:
    """Say what a word may be: a host, ``plain`` (a script's name may follow), ``wrapper``, ``any``, or None: of no interest."""
    if hands_text(token):
        return "fed" if token in ("at", "batch") else "any"
    found: Interpreter | None = by_name(token)
    if isinstance(found, Host):
        return found
    if found is not None:
        return "plain" if found.id in _PLAIN else "any"
    if interpreter_by_name(token.strip("_")):
        return "plain"
    return "wrapper" if token in TABLE or token in READERS else None


def hands_text(name: str) -> bool:
    """Tell whether a program of this name may hand words of its line to a shell as text."""
    wrapper = TABLE.get(name)
    return name in _TEXTUAL or (wrapper is not None and (wrapper.joined or bool(wrapper.text)))
