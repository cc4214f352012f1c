"""Rules of sudo that let somebody start an interpreter, or anything at all without a password. Source: sudoers(5)."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from flycatcher.commands.doctor.audit.text import lines
from flycatcher.core.interpreters import by_name
from flycatcher.core.launchers.unwrap import names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = "sudo-interpreter"
WHY = "whoever may start an interpreter as somebody else runs any program text with their rights"
REFERENCES = ("T1548.003", "M1026", "M1018", "CIS 5.4")
_INCLUDE = re.compile(r"[@#]include(dir)?\s+(.+)")
_TAGS = re.compile(r"(?:[A-Z_]+\s*:(?!=)\s*)+")
_RUNAS = re.compile(r"^\([^)]*\)\s*")
_NAMED = re.compile(r"(?:User|Runas|Host|Cmnd|Cmd)_Alias\b|Defaults")
_FILES = 256
"""Files that are read; sudo itself stops at 128 that include each other."""


def check(root: Path) -> Iterator[tuple[str, str, str, int]]:
    """Read the rules with what they include; what ends in ``~`` or holds a dot is left out of an included folder, as sudo does."""
    rules = list(_rules(root, root / "etc/sudoers", set()))
    aliases = {name: words for _, _, text in rules for name, words in _aliases(text)}
    for file, number, text in rules:
        for who, command, tags in _commands(text):
            evidence = _wrong(who, aliases.get(command, [command]), tags)
            if evidence:
                place = f"/{file.relative_to(root)}"
                yield place, evidence, f"visudo -f {shlex.quote(place)} (name a script of root's in its place)", number


def _rules(root: Path, file: Path, seen: set[Path]) -> Iterator[tuple[Path, int, str]]:
    """Yield file, line and text of each rule, continued lines joined; a file that is included again is read once."""
    if file in seen or len(seen) >= _FILES:
        return
    seen.add(file)
    kept = ""
    for number, line in lines(file):
        found = _INCLUDE.match(line)
        if found is not None:
            yield from _included(root, found, seen)
            continue
        text = kept + re.sub(r"(?<!\\)#(?!\d).*", "", line)
        if text.endswith("\\"):
            kept = text[:-1] + " "
            continue
        kept = ""
        if text.strip():
            yield file, number, text.strip()


def _included(root: Path, found: re.Match[str], seen: set[Path]) -> Iterator[tuple[Path, int, str]]:
    name = found[2].strip().strip('"')
    place = root / name.lstrip("/") if name.startswith("/") else root / "etc" / name
    files = sorted(place.iterdir()) if found[1] and place.is_dir() else [] if found[1] else [place]
    for each in files:
        if not found[1] or ("." not in each.name and not each.name.endswith("~")):
            yield from _rules(root, each, seen)


def _aliases(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the names of commands, ``Cmnd_Alias A = x, y : B = z``."""
    found = re.match(r"Cmn?d_Alias\s+(.*)", text)
    for part in re.split(r"\s:\s", found[1]) if found else ():
        name, sign, words = part.partition("=")
        if sign:
            yield name.strip(), [word.strip() for word in words.split(",")]


def _commands(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield who, which command, with which tags: ``who host = (as) TAG: command, command``."""
    head, sign, rest = text.partition("=")
    if _NAMED.match(text) or not sign or not head.split():
        return
    tags = ""
    for part in re.split(r"(?<!\\),", rest):
        word = _RUNAS.sub("", part.strip())
        tag = _TAGS.match(word)
        if tag is not None:  # a tag holds for the commands behind it, too
            tags, word = tag[0], word[tag.end() :]
        yield head.split()[0], word.strip(), tags


def _wrong(who: str, commands: list[str], tags: str) -> str:
    """Return what is wrong with a rule's commands, empty for nothing."""
    for command in commands:
        if command == "ALL" and "NOPASSWD" in tags and who not in {"root", "#0"}:
            return f"{who} may run everything without a password"
        words = command.split()
        name = words[0].rpartition("/")[2] if words and not command.startswith("!") else ""
        # a command with arguments allows these alone; without any, all
        if len(words) > 1 and "*" not in command and words[1] != '""':
            continue
        if name and by_name(name) is not None:
            return f"{who} may run {command}, which runs program text"
        # NOEXEC keeps a launcher from starting anything, not an interpreter from reading its text
        if (name in names() or name == "*") and "NOEXEC" not in tags:
            return f"{who} may run {command}, which starts any program"
    return ""
