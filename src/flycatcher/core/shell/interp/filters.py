"""What small programs print, computed from their arguments and the text on their standard input.

Only what can be told exactly; everything else gives None. Source: coreutils' and POSIX's utility descriptions, checked
against the programs themselves in the tests.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import lzma
import re
import zlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy
from flycatcher.core.shell.expand.escapes import echo_escapes, printf
from flycatcher.core.shell.interp.paths_printed import printed_path
from flycatcher.core.shell.interp.tr_and_sed import MAX_GROUPED, grouped, sed, translate
from flycatcher.core.unknown import MAX_VALUE, UNKNOWN, from_bytes, strip_marks, to_bytes

if TYPE_CHECKING:
    from flycatcher.core.shell.interp.state import Buffer, Stream

Filter = Callable[[list[str], str], str | None]
"""Takes the arguments and the whole input, gives the whole output."""

_SILENT = frozenset({
    "cd", "rm", "mkdir", "rmdir", "touch", "chmod", "chown", "mv", "cp", "ln", "sleep", "kill", "test", "[", "true",
    "false", "sync", "umask", "wait", "pkill", "killall", "install", "setfacl", "export",
    "modprobe", "iptables",
})  # fmt: skip


def output(name: str, argv: list[str], stdin: Stream, files: Mapping[str, Buffer], *, dialect: str) -> str | None:
    """Return what a program prints, None where unknown."""
    if name in _SILENT:
        return ""
    args = argv[1:]
    if any(UNKNOWN in arg for arg in args) and name not in ("echo", "printf", "cat", "tee"):
        return None
    if name == "echo":
        return echo(args, dash=dialect == "sh")
    if name == "printf":
        return printf(args, dash=dialect == "sh")
    if name in ("which", "whence"):
        return which(args)
    function = _FILTERS.get(name)
    if function is None:
        return printed_path(name, args)
    try:
        options, text = _input(name, args, stdin, files)
        alone = name in ("seq", "expr") or (
            name.endswith("awk") and options and options[-1].lstrip().startswith("BEGIN")
        )
        if text is None and not alone:
            return None
        text = text or ""
        if UNKNOWN in text and name not in _KEEPING:
            return None
        result = function(options, text)
    except (ValueError, IndexError, EOFError, OSError, zlib.error, lzma.LZMAError):
        return None
    return None if result is None or len(result) > MAX_VALUE else result


def which(names: list[str]) -> str:
    """Return the name itself, as a guess at what ``which`` and ``command -v`` find."""
    found = [name for name in names if not name.startswith("-")]
    return found[0] + "\n" if found else UNKNOWN


def echo(args: list[str], *, dash: bool) -> str:
    """Return what echo prints; dash always reads escapes, bash only after -e."""
    newline, escapes = True, dash
    while args and re.fullmatch(r"-n" if dash else r"-[neE]+", args[0]):
        for letter in args[0][1:]:
            newline &= letter != "n"
            escapes = letter == "e" if letter in "eE" else escapes
        args = args[1:]
        if dash:
            break
    text = " ".join(args)
    if escapes:
        text, stopped = echo_escapes(text, dash=dash)
        newline &= not stopped
    return text + "\n" * newline


def _input(name: str, args: list[str], stdin: Stream, files: Mapping[str, Buffer]) -> tuple[list[str], str | None]:
    """Split the arguments into options and files, and return the options and the text that is read."""
    takes = _OPERANDS.get(name, 0)
    values = _VALUES.get(name, "")
    options: list[str] = []
    paths: list[str] = []
    at = 0
    while at < len(args):
        arg = args[at]
        at += 1
        if arg.startswith("-") and len(arg) > 1:
            options.append(arg)
            if arg[-1] in values and (len(arg) == 2 or not arg.startswith("--")) and at < len(args):
                options.append(args[at])
                takes -= name == "sed" and arg[-1] in "ef"
                at += 1
        elif takes > 0:
            takes -= 1
            options.append(arg)
        else:
            paths.append(arg)
    if name == "tee":
        paths = []
    return options, text_read(paths, stdin, files)


def text_read(paths: list[str], stdin: Stream, files: Mapping[str, Buffer]) -> str | None:
    """Return the text of the files that are named, or of standard input where none is; None where that is not known."""
    if not paths:
        return stdin.text
    texts = [_file(path, stdin, files) for path in paths]
    return None if None in texts else "".join(text or "" for text in texts)


def _file(path: str, stdin: Stream, files: Mapping[str, Buffer]) -> str | None:
    if path in ("-", "/dev/stdin"):
        return stdin.text
    written = files.get(path) or files.get(path.removeprefix("./"))
    return None if written is None else strip_marks(written.text())


# -- encodings -----------------------------------------------------------------------------------------------------


def _wants(options: list[str], letter: str, *long: str) -> bool:
    return any(
        option in long or (option.startswith("-") and not option.startswith("--") and letter in option)
        for option in options
    )


def _base64(options: list[str], text: str) -> str | None:
    if _wants(options, "d", "--decode") or "-D" in options:
        return decode64(text, url="--url" in options)
    return _wrapped(base64.b64encode(to_bytes(text)).decode(), options)


def decode64(text: str, *, url: bool = False) -> str | None:
    """Return what base64 -d prints: padding is forgiven, the rest up to the first wrong character is kept."""
    data = re.sub(r"\s", "", text)
    if url:
        data = data.replace("-", "+").replace("_", "/")
    found = re.match(r"[A-Za-z0-9+/]*", data)
    clean = found.group() if found else ""
    clean = clean[: len(clean) - 1] if len(clean) % 4 == 1 else clean
    return from_bytes(base64.b64decode(clean + "=" * (-len(clean) % 4))) if clean else None


def _wrapped(text: str, options: list[str]) -> str:
    width = 76
    for at, option in enumerate(options):
        if option.startswith("-w"):
            width = int(option[2:] or options[at + 1])
        elif option.startswith("--wrap="):
            width = int(option[7:])
    if width <= 0:
        return text
    return "".join(text[at : at + width] + "\n" for at in range(0, len(text), width))


def _base32(options: list[str], text: str) -> str | None:
    if _wants(options, "d", "--decode"):
        data = re.sub(r"\s", "", text).rstrip("=")
        return from_bytes(base64.b32decode(data + "=" * (-len(data) % 8)))
    return _wrapped(base64.b32encode(to_bytes(text)).decode(), options)


def _openssl(options: list[str], text: str) -> str | None:
    words = [option.lstrip("-") for option in options]
    if "d" not in words or not ({"base64", "a"} & set(words)) or set(words) - {"base64", "enc", "a", "d", "A"}:
        return None
    return decode64(text)


def _xxd(options: list[str], text: str) -> str | None:
    letters = "".join(option.lstrip("-") for option in options)
    if "r" not in letters or "p" not in letters:
        return None
    data = re.sub(r"[^0-9A-Fa-f]", "", text)
    return from_bytes(binascii.unhexlify(data[: len(data) // 2 * 2]))


def _inflate(data: bytes, new: Callable[[], object]) -> str:
    machine = new()
    return from_bytes(machine.decompress(data, MAX_VALUE))  # type: ignore[attr-defined]


def _gunzip(options: list[str], text: str) -> str | None:
    del options
    return _inflate(to_bytes(text), lambda: zlib.decompressobj(31))


def _gzip(options: list[str], text: str) -> str | None:
    return _gunzip(options, text) if _wants(options, "d", "--decompress", "--uncompress") else None


def _unbz2(options: list[str], text: str) -> str | None:
    del options
    return _inflate(to_bytes(text), bz2.BZ2Decompressor)


def _bzip2(options: list[str], text: str) -> str | None:
    return _unbz2(options, text) if _wants(options, "d", "--decompress") else None


def _unxz(options: list[str], text: str) -> str | None:
    del options
    return _inflate(to_bytes(text), lambda: lzma.LZMADecompressor(memlimit=1 << 26))


def _xz(options: list[str], text: str) -> str | None:
    return _unxz(options, text) if _wants(options, "d", "--decompress") else None


# -- lines ---------------------------------------------------------------------------------------------------------


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return lines


def _same(options: list[str], text: str) -> str | None:
    return None if any(option not in ("-u", "-a", "-i", "--append") for option in options) else text


def _rev(options: list[str], text: str) -> str | None:
    return None if options else "\n".join(line[::-1] for line in text.split("\n"))


def _tac(options: list[str], text: str) -> str | None:
    return None if options else "".join(line + "\n" for line in reversed(_lines(text)))


def _count(options: list[str]) -> tuple[str, str]:
    """Return the letter and the number of ``-n 3``, ``-n3``, ``-3``, ``-c 5``; the default is ten lines."""
    joined = "".join(options)
    if not options:
        return "n", "10"
    match = re.fullmatch(r"-([nc]?)([-+]?[0-9]{1,9})", joined)
    long = re.fullmatch(r"--(lines|bytes)=([-+]?[0-9]{1,9})", joined)
    if match:
        return match[1] or "n", match[2]
    if long:
        return "n" if long[1] == "lines" else "c", long[2]
    raise ValueError(joined)


def _head(options: list[str], text: str) -> str | None:
    kind, number = _count(options)
    items: list[str] = list(text) if kind == "c" else text.splitlines(keepends=True)
    return "".join(items[: int(number)])


def _tail(options: list[str], text: str) -> str | None:
    kind, number = _count(options)
    items: list[str] = list(text) if kind == "c" else text.splitlines(keepends=True)
    if number.startswith("+"):
        return "".join(items[max(int(number) - 1, 0) :])
    size = abs(int(number))
    return "".join(items[-size:]) if size else ""


def _cut(options: list[str], text: str) -> str | None:
    joined = " ".join(options)
    delimiter, wanted = "\t", None
    for at, option in enumerate(options):
        following = options[at + 1] if at + 1 < len(options) else ""
        if option.startswith("-d"):
            delimiter = option[2:] or following
        elif option[:2] in ("-f", "-c", "-b"):
            wanted = option[2:] or following
    if wanted is None or "-s" in options or "--" in joined:
        return None
    fields = any(option.startswith("-f") for option in options)
    out = []
    for line in _lines(text):
        if fields and delimiter not in line:
            out.append(line)
            continue
        items = line.split(delimiter) if fields else list(line)
        out.append((delimiter if fields else "").join(items[at] for at in _positions(wanted, len(items))))
    return "".join(line + "\n" for line in out)


def _positions(wanted: str, size: int) -> list[int]:
    """Return the 0-based positions that a list such as ``1,3-5,7-`` names."""
    chosen: set[int] = set()
    for piece in wanted.split(","):
        low, dash, high = piece.partition("-")
        first = int(low or 1)
        last = min(int(high), size) if high else (size if dash else first)
        chosen.update(range(first - 1, min(last, size)))
    return sorted(chosen)


def _grep(options: list[str], text: str) -> str | None:
    """Return the matching lines of a strip_marks word search; patterns are left unknown."""
    flags = "".join(option.lstrip("-") for option in options[:-1])
    word = options[-1]
    if set(flags) - set("vFiq") or not re.fullmatch(r"[\w ,:=/@-]+", word):
        return None
    if "q" in flags:
        return ""
    fold = str.lower if "i" in flags else str
    return "".join(line + "\n" for line in _lines(text) if (fold(word) in fold(line)) != ("v" in flags))


def _sort(options: list[str], text: str) -> str | None:
    flags = set("".join(option.lstrip("-") for option in options))
    if flags - {"u", "r"} or not text.isascii():
        return None
    lines = sorted(set(_lines(text)) if "u" in flags else _lines(text), reverse="r" in flags)
    return "".join(line + "\n" for line in lines)


def _sed(options: list[str], text: str) -> str | None:
    scripts: list[str] = []
    quiet = False
    at = 0
    while at < len(options):
        option = options[at]
        at += 1
        if option == "-e":
            scripts.append(options[at])
            at += 1
        elif option in ("-n", "--quiet"):
            quiet = True
        elif option in ("-E", "-r", "-s", "-u"):
            continue
        elif option.startswith("-") and len(option) > 1:
            return None
        else:
            scripts.append(option)
    return sed(scripts, text, quiet=quiet, extended=bool({"-E", "-r"} & set(options)))


def _seq(options: list[str], text: str) -> str | None:
    del text
    numbers = [int(option) for option in options]
    low, step, high = [(1, 1, numbers[0]), (numbers[0], 1, numbers[-1]), (*numbers,)][len(numbers) - 1][:3]
    if step == 0 or abs(high - low) > 100_000:
        return None
    return "".join(f"{value}\n" for value in range(low, high + (1 if step > 0 else -1), step))


_AWK_BEGIN = lazy(r'\s*BEGIN\s*\{\s*(printf?)\s*\(?\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)?\s*;?\s*\}\s*')
_AWK_FIELDS = lazy(r"\s*(?:NR\s*==\s*(\d+)\s*)?\{\s*print\s*((?:\$\d+\s*(?:,\s*)?)*);?\s*\}\s*")


def _awk(options: list[str], text: str) -> str | None:
    """``BEGIN{print "text"}`` and ``{print $1, $3}``, with -F."""
    program = options[-1]
    if begin := _AWK_BEGIN.fullmatch(program):
        pieces = [echo_escapes(piece, dash=True)[0] for piece in re.findall(r'"((?:[^"\\]|\\.)*)"', begin[2])]
        said = "".join(pieces).replace('\\"', '"').replace("\\/", "/")
        return None if begin[1] == "printf" and "%" in said else said + "\n" * (begin[1] == "print")
    fields = _AWK_FIELDS.fullmatch(program)
    mark = next((o[2:] or options[at + 1] for at, o in enumerate(options[:-1]) if o.startswith("-F")), " ")
    if fields is None or len(mark) != 1 or any(o.startswith("-v") for o in options[:-1]):
        return None
    wanted = [int(each) for each in re.findall(r"\$(\d+)", fields[2])] or [0]
    glue = " " if "," in fields[2] else ""
    out = []
    for number, line in enumerate(_lines(text), 1):
        parts = [line, *(line.split() if mark == " " else line.split(mark))]
        if not fields[1] or number == int(fields[1]):
            out.append(glue.join(parts[at] if at < len(parts) else "" for at in wanted) + "\n")
    return "".join(out)


def _expr(args: list[str], text: str) -> str | None:
    """``expr substr STRING POSITION LENGTH`` and ``expr STRING : REGEX`` (POSIX XCU expr; the regular expression is a basic one)."""
    del text
    words = args[1:] if args[:1] == ["--"] else args
    if len(words) == 4 and words[0] == "substr":
        first = max(int(words[2]) - 1, 0)
        return words[1][first : first + max(int(words[3]), 0)] + "\n"
    if len(words) == 3 and words[0] == "match":
        words = [words[1], ":", words[2]]
    if len(words) != 3 or words[1] != ":" or "\\(" not in words[2]:
        return None
    pattern = grouped(words[2].removeprefix("^"))
    found = None if pattern is None or len(words[0]) > MAX_GROUPED else pattern.match(words[0])
    return None if found is None else (found[1] or "") + "\n"


def _paste(options: list[str], text: str) -> str | None:
    """``paste`` of one file."""
    return None if options else text


_FILTERS: dict[str, Filter] = {
    "cat": _same, "tee": _same, "base64": _base64, "base32": _base32, "openssl": _openssl, "xxd": _xxd,
    "gunzip": _gunzip, "zcat": _gunzip, "gzip": _gzip, "bunzip2": _unbz2, "bzcat": _unbz2, "bzip2": _bzip2,
    "unxz": _unxz, "xzcat": _unxz, "xz": _xz, "rev": _rev, "tac": _tac, "head": _head, "tail": _tail, "cut": _cut,
    "grep": _grep, "sort": _sort, "sed": _sed, "tr": translate, "seq": _seq, "gbase64": _base64,
    "expr": _expr, "paste": _paste, "awk": _awk, "gawk": _awk, "mawk": _awk, "nawk": _awk,
}  # fmt: skip
_KEEPING = frozenset({"cat", "tee", "sed", "tr", "head", "tail", "rev", "grep"})
"""Filters that make sense of text with holes in it."""
_OPERANDS = {"awk": 1, "gawk": 1, "mawk": 1, "nawk": 1, "grep": 1, "sed": 1, "tr": 9, "seq": 9, "openssl": 9, "expr": 9}
"""Operands before the files."""
_VALUES = {
    "awk": "Fv",
    "gawk": "Fv",
    "mawk": "Fv",
    "nawk": "Fv",
    "head": "nc",
    "tail": "nc",
    "cut": "dfcb",
    "base64": "w",
    "base32": "w",
    "sed": "ef",
    "sort": "",
    "xxd": "",
}
"""Option letters with a separate value."""
