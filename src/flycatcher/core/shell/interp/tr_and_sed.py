"""``tr`` and the simple part of ``sed`` (POSIX utilities), on texts that are known."""

from __future__ import annotations

import re
import string

from flycatcher.core.regex import lazy
from flycatcher.core.shell.expand.escapes import dollar_quote
from flycatcher.core.unknown import UNKNOWN

_CLASSES = {
    "alpha": string.ascii_letters, "digit": string.digits, "alnum": string.digits + string.ascii_letters,
    "upper": string.ascii_uppercase, "lower": string.ascii_lowercase, "space": "\t\n\v\f\r ", "blank": "\t ",
    "punct": string.punctuation, "xdigit": string.digits + "ABCDEFabcdef",
    "cntrl": "".join(map(chr, [*range(32), 127])), "print": "".join(map(chr, range(32, 127))),
    "graph": "".join(map(chr, range(33, 127))),
}  # fmt: skip
_SUBSTITUTE = lazy(r"s(?P<mark>[^\\\n\w\s])")
MAX_TEXT = 1 << 18
MAX_LINE = 4096
MAX_GROUPS, MAX_GROUPED = 3, 300
"""Groups and repetitions of an expression with groups, and characters of the line that it is tried on."""
_GROUPS = {False: lazy(r"\\[()]"), True: lazy(r"(?<!\\)[()]")}


def translate(options: list[str], text: str) -> str | None:
    """Return what ``tr SET1 [SET2]`` prints, with -d, -s and -c."""
    flags = ""
    while options and re.fullmatch(r"-[cCdst]+|--(delete|squeeze-repeats|complement)", options[0]):
        flags += options[0].lstrip("-")[0] if options[0].startswith("--") else options[0][1:]
        options = options[1:]
    if not options or UNKNOWN in "".join(options):
        return None
    flags = flags.replace("C", "c")
    first = character_set(options[0])
    second = character_set(options[1]) if len(options) > 1 else ""
    if "d" in flags:
        return "".join(char for char in text if char == UNKNOWN or (char in first) == ("c" in flags))
    if second:
        if "c" in flags:
            text = "".join(char if char in first or char == UNKNOWN else second[-1] for char in text)
        else:
            if len(second) < len(first):
                second += second[-1] * (len(first) - len(second))
            text = text.translate({ord(a): b for a, b in reversed(list(zip(first, second, strict=False)))})
    if "s" in flags:
        squeezed = second or first
        others = "c" in flags and not second
        text = "".join(
            char for at, char in enumerate(text) if not (at and char == text[at - 1] and (char in squeezed) != others)
        )
    return text


def character_set(written: str) -> str:
    r"""Return the characters that a set names: ranges, classes, escapes."""
    text = re.sub(r"\[:(\w+):\]", lambda found: "\x00" + found[1] + "\x00", written)
    out: list[str] = []
    for at, piece in enumerate(text.split("\x00")):
        if at % 2:
            out.append(_CLASSES.get(piece, ""))
            continue
        plain = dollar_quote(piece.replace("\\-", "\x01"))
        index = 0
        while index < len(plain):
            if plain[index + 1 : index + 2] == "-" and index + 2 < len(plain) and plain[index] <= plain[index + 2]:
                high = min(ord(plain[index + 2]), ord(plain[index]) + 1000)
                out.extend(map(chr, range(ord(plain[index]), high + 1)))
                index += 3
            else:
                out.append(plain[index])
                index += 1
    return "".join(out).replace("\x01", "-")


def sed(scripts: list[str], text: str, *, quiet: bool, extended: bool) -> str | None:
    """Return what sed prints for plain substitutions, ``Np``, ``$d``, ``N,Md`` and their like; None for the rest."""
    if len(text) > MAX_TEXT:
        return None
    commands = [piece.strip() for script in scripts for piece in _split(script)]
    lines = text.split("\n")
    ended = lines[-1] == ""
    if ended:
        lines.pop()
    out: list[str] = []
    for number, line in enumerate(lines, 1):
        result = _cycle(commands, line, number, len(lines), quiet=quiet, extended=extended)
        if result is None:
            return None
        out.extend(result)
    return "\n".join(out) + ("\n" if ended and out else "")


def _split(script: str) -> list[str]:
    """Split a script at semicolons and newlines outside a substitution's delimiters."""
    pieces: list[str] = []
    at = 0
    while at < len(script):
        match = _SUBSTITUTE.match(script, at)
        if match:
            end = _end_of_substitute(script, at, match["mark"])
        else:
            end = min(
                (found for found in (script.find(";", at), script.find("\n", at)) if found >= 0), default=len(script)
            )
        if script[at:end].strip():
            pieces.append(script[at:end])
        at = end + 1
    return pieces


def _end_of_substitute(script: str, at: int, mark: str) -> int:
    seen, index = 0, at + 1
    while index < len(script):
        if script[index] == "\\":
            index += 1
        elif script[index] == mark:
            seen += 1
        elif seen >= 3 and script[index] in ";\n}":
            return index
        index += 1
    return len(script)


def _cycle(commands: list[str], line: str, number: int, total: int, *, quiet: bool, extended: bool) -> list[str] | None:
    """Run the commands on one line; None where one of them is not understood."""
    printed: list[str] = []
    for command in commands:
        match = re.fullmatch(r"(?:([0-9]{1,6}|\$)(?:,([0-9]{1,6}|\$))?)?\s*(!?)\s*([pd]|s.*)", command, re.DOTALL)
        if match is None:
            return None
        if match[1]:
            low = total if match[1] == "$" else int(match[1])
            high = low if not match[2] else total if match[2] == "$" else int(match[2])
            if (low <= number <= high) == bool(match[3]):
                continue
        if match[4] == "d":
            return printed
        if match[4] == "p":
            printed.append(line)
            continue
        changed = _substitute(match[4], line, extended=extended)
        if changed is None:
            return None
        line, show = changed
        if show:
            printed.append(line)
    return printed if quiet else [*printed, line]


def _substitute(command: str, line: str, *, extended: bool) -> tuple[str, bool] | None:
    """Run one ``s/old/new/flags`` whose old is plain text, an anchor, or a run of one character; None otherwise."""
    mark = command[1:2]
    pieces = re.split(r"(?<!\\)" + re.escape(mark), command[2:])
    if len(pieces) != 3 or set(pieces[2]) - set("gpI"):
        return None
    old, new, flags = pieces[0].replace("\\" + mark, mark), pieces[1].replace("\\" + mark, mark), pieces[2]
    if re.search(r"\\[1-9]", new):
        return _with_groups(old, new, flags, line, extended=extended)
    pattern = _regex(old, extended=extended)
    if pattern is None or len(line) > MAX_LINE or re.search(r"\\[0-9LUEelu]", new):
        return None
    template = re.sub(r"\\(.)|&|([^\\&]+)", _piece, new, flags=re.DOTALL)
    compiled = re.compile(pattern, re.IGNORECASE if "I" in flags else 0)
    parts = template.split("\x00")
    result, count = compiled.subn(lambda found: found.group().join(parts), line, count=0 if "g" in flags else 1)
    return result, bool(count) and "p" in flags


def _with_groups(old: str, new: str, flags: str, line: str, *, extended: bool) -> tuple[str, bool] | None:
    """Run a substitution whose replacement names groups."""
    pattern = grouped(old, extended=extended)
    if pattern is None or len(line) > MAX_GROUPED or set(flags) - set("gp") or re.search(r"\\[0LUEelu]", new):
        return None
    if max(map(int, re.findall(r"\\([1-9])", new))) > pattern.groups:
        return None

    def made(found: re.Match[str]) -> str:
        return re.sub(r"\\(.)|&", lambda mark: _named(mark[1], found), new, flags=re.DOTALL)

    result, count = pattern.subn(made, line, count=0 if "g" in flags else 1)
    return result, bool(count) and "p" in flags


def _named(mark: str | None, found: re.Match[str]) -> str:
    r"""Return what ``&``, ``\1`` or an escape stands for in a replacement."""
    if mark is None:
        return found[0]
    return found[int(mark)] or "" if mark.isdigit() else {"n": "\n", "t": "\t"}.get(mark, mark)


def grouped(old: str, *, extended: bool = False) -> re.Pattern[str] | None:
    """Return an expression with groups side by side, of which each holds one repetition at most; None for another."""
    pieces = _GROUPS[extended].split(old)
    if len(pieces) % 2 == 0 or len(pieces) > 2 * MAX_GROUPS + 1:
        return None
    made = [_regex(piece, extended=extended) if piece else "" for piece in pieces]
    known = [piece for piece in made if piece is not None]
    if len(known) < len(made) or sum(piece.count("*") + piece.count("+") for piece in known) > MAX_GROUPS:
        return None
    return re.compile("".join(f"({piece})" if at % 2 else piece for at, piece in enumerate(known)), re.DOTALL)


def _piece(found: re.Match[str]) -> str:
    if found[0] == "&":
        return "\x00"
    if found[1]:
        return {"n": "\n", "t": "\t"}.get(found[1], found[1])
    return found[0]


def _regex(old: str, *, extended: bool) -> str | None:
    """Turn the harmless part of sed's expressions into Python's: no repetition but of one character or class."""
    out: list[str] = []
    at = 0
    stars = 0
    while at < len(old):
        char = old[at]
        if char == "\\" and at + 1 < len(old):
            following = old[at + 1]
            if following.isalnum() and following not in "nt":
                return None
            if not extended and following in "+?|(){}":
                return None
            out.append({"n": "\n", "t": "\t"}.get(following, re.escape(following)))
            at += 2
            continue
        if char == "[" and (match := re.compile(r"\[(\^?)([^\]\\\[]+)\]").match(old, at)):
            out.append("[" + match[1] + re.sub(r"([\\&~|])", r"\\\1", match[2]) + "]")
            at = match.end()
            continue
        if char in "[(){}|?+" and (extended or char == "["):
            if char in "?+" and out:
                stars += char == "+"
                out.append(char)
                at += 1
                continue
            return None
        if char == "*" and out:
            stars += 1
            out.append("*")
        elif char == ".":
            out.append(".")
        elif (char == "^" and at == 0) or (char == "$" and at == len(old) - 1):
            out.append(char)
        else:
            out.append(re.escape(char))
        at += 1
    return "".join(out) if stars <= 1 else None
