"""Where results come from: what a call, a name or a command brings in, by the tables of names."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from flycatcher.core.payload.capabilities.credentials_secret_stores import prints_secrets
from flycatcher.core.payload.conditions import OPEN_FILE
from flycatcher.core.payload.evaluator.folding import steps_of
from flycatcher.core.payload.evaluator.values import NO_TAINT, Taint
from flycatcher.core.payload.language import language_named
from flycatcher.core.payload.names import COMMANDS_FROM_NETWORK, NAME_SOURCES, SOURCES
from flycatcher.core.payload.rules import values_in
from flycatcher.core.payload.secrets import CREDENTIAL, KINDS, SECRET, is_secret
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.core.payload.evaluator.values import Value

_SECRET: Taint = frozenset({SECRET})
_PRINT_ALL = frozenset({"env", "printenv", "export", "declare", "typeset", "set"})
"""Commands that print every variable where they are given none."""
_READERS = frozenset(
    ["cat", "tac", "nl", "head", "tail", "base64", "base32", "xxd", "od", "hexdump", "strings", "gzip", "bzip2", "xz", "zstd", "tar", "zip",
     "grep", "egrep", "fgrep", "awk", "gawk", "sed", "cut", "sort", "jq", "openssl", "gpg", "dd", "cpio", "less", "more", "uuencode"]
)  # fmt: skip
"""Commands that print what is in the files that they are given, in whole or in part, or written otherwise."""
NAMES_THE_HOST = frozenset({"whoami", "hostname", "id", "logname"})
ENCODED = "encoded"
"""The taint of what a command of :data:`ENCODERS` prints: whatever it reads, in letters that fit anywhere."""
ENCODERS = frozenset({"base64", "base32", "basenc", "xxd", "od", "hexdump", "hd", "uuencode"})
_HELD = frozenset({"credentials.files", "credentials.browser"})
"""Capabilities of naming a file that holds credentials."""
_ASKED = "credentials.cloud-metadata"
"""The capability of naming an address that answers with credentials."""
_FOLDER = lazy(r"(?:^|/)\.(?:ssh|aws|gnupg|kube|docker|azure|config/gcloud)/?$")
"""Folders that hold credentials and little else."""
_TOKEN = lazy(r"(?:^|/)run/secrets/kubernetes\.io/serviceaccount/token$")
"""The file that every pod signs in with: reading it is nothing by itself."""
_ENVIRON = lazy(r"^/proc/[^/ ]+/environ$")
_BETWEEN = lazy(r"[|;&\n()]+")
_PATH = 256
"""Characters of a path that is looked at."""
_LONGEST = 8192
"""Characters of a shell's text that is looked at for what it prints."""
_NOTHING: Mapping[str, Taint] = MappingProxyType({})
_TEMPORARY = lazy(OPEN_FILE)


_DECODES = frozenset(
    ["base64", "base32", "base85", "ascii85", "hex", "uuencode", "zlib", "gzip", "deflate", "bz2", "lzma", "rot13", "unpack", "buffer"]
)  # fmt: skip
"""Decoding steps that hide what a text says."""


@cache
def _sources(language: str) -> dict[str, Taint]:
    known = language_named(language)
    table: dict[str, Taint] = {
        name: frozenset({"decoded"})
        for name, fold in (known.functions.items() if known is not None and language != "shell" else ())
        if not _DECODES.isdisjoint(steps_of(fold))
    }
    for kind, names in SOURCES.get(language, {}).items():
        kinds = {kind, "network"} if kind == "connection" else {kind}
        for name in names.split():
            table[name] = table.get(name, NO_TAINT) | kinds
    return table


def of_call(language: str, name: str, method: str, args: Sequence[Value]) -> Taint:
    """Return where the result of calling ``name`` comes from."""
    table = _sources(language)
    taint = table.get(name, NO_TAINT) | table.get(method, NO_TAINT)
    if "file-or-url" in taint:
        text = args[0].text if args and args[0].exact else None
        kinds = {"file", "network"} if text is None else {"network" if "://" in text[:12] else "file"}
        taint = taint - {"file-or-url"} | kinds
    if language == "powershell" and args and (args[0].text or "").lower() in ("env:", "env:*"):
        taint |= {"all-environment"}
    if "decoded" in taint and name.endswith("Buffer.from") and len(args) < 2:
        taint = taint - {"decoded"}
    if "environment" in taint and args and is_secret(args[0].text or ""):
        taint |= {SECRET}
    if name == "getenv" and language == "php" and not args:
        taint = taint - {"environment"} | {"all-environment"}
    if language != "shell" and any(
        value.text and len(value.text) <= _PATH and holds_credentials(value.text) for value in args
    ):
        taint |= {CREDENTIAL}
    if "file" in taint and args and _TEMPORARY.match(args[0].text or ""):
        taint |= {"temporary-file"}
    return taint


def of_name(language: str, name: str) -> Taint:
    """Return what reading a name brings in."""
    if language == "powershell" and name.lower().startswith("$env:"):
        name, language = name[5:], "shell"
    if language == "shell":
        return _SECRET if is_secret(name) else NO_TAINT
    return NAME_SOURCES.get(language, {}).get(name, NO_TAINT)


def of_command(words: Sequence[str], written: Mapping[str, Taint] = _NOTHING) -> Taint:
    """Return where a command's output comes from; ``written``: where what files hold comes from, as far as the text says."""
    name = words[0].rpartition("/")[2] if words else ""
    if name in _PRINT_ALL:
        return _variables(name, words)
    if name in COMMANDS_FROM_NETWORK or (name == "openssl" and {"s_client", "s_server"} & set(words)):
        return frozenset({"network", CREDENTIAL} if any(map(_answers, words[1:])) else {"network"})
    if prints_secrets(words):
        return frozenset({CREDENTIAL})
    if name in NAMES_THE_HOST:
        return frozenset({"host"})
    from flycatcher.core.shell.provenance import decodes  # noqa: PLC0415 - only shell text has commands

    taint: Taint = frozenset({"decoded"}) if words and decodes(name, words) else NO_TAINT
    if name in ENCODERS and not taint:
        taint |= {ENCODED}
    if name in _READERS:
        for word in words[1:]:
            taint |= of_file(word.removeprefix("if="), written)
    return taint


def _answers(word: str) -> bool:
    """Whether what an address answers is credentials."""
    return any(rule.id == _ASKED for rule, _, _ in values_in(word))


def of_text(text: str) -> Taint:
    """Return where what shell text prints comes from, as far as it is variables or credentials."""
    taint = NO_TAINT
    for part in _BETWEEN.split(text[:_LONGEST]):
        words = part.split()
        if words:
            taint |= of_command(words) & KINDS
    return taint


def _variables(name: str, words: Sequence[str]) -> Taint:
    """Return where what ``env`` and its kin print comes from: all variables, or those that are named."""
    if all(word.startswith("-") for word in words[1:]):
        return frozenset({"all-environment"})
    return _SECRET if name == "printenv" and any(map(is_secret, words[1:])) else NO_TAINT


def of_file(path: str, written: Mapping[str, Taint] = _NOTHING) -> Taint:
    """Return where what a file holds comes from: credentials, the variables of a process, or what was written to it."""
    known = written.get(path)
    if known is not None:
        return known
    if _ENVIRON.search(path):
        return frozenset({"all-environment"})
    return frozenset({CREDENTIAL}) if holds_credentials(path) or _FOLDER.search(path) is not None else NO_TAINT


def holds_credentials(path: str) -> bool:
    """Whether a file holds credentials, as its name says."""
    return any(rule.id in _HELD for rule, _, _ in values_in(path)) or _TOKEN.search(path) is not None
