"""Files that programs write besides what they print: ``sed`` with ``w`` and ``-i``, ``split``, ``csplit``, ``sort -o``, ``uniq``, ``ed``.

Source: POSIX's utility descriptions, coreutils' manual; checked with GNU sed 4.9, coreutils 9.1 and ed 1.19.
"""

from __future__ import annotations

import re
from itertools import islice, product
from string import ascii_lowercase
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy
from flycatcher.core.shell.interp.filters import text_read
from flycatcher.core.shell.interp.tr_and_sed import sed
from flycatcher.core.unknown import strip_marks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flycatcher.core.shell.interp.state import Buffer, Stream

    Written = Iterator[tuple[str, str]]
    Writer = Callable[[list[str], Stream, Mapping[str, Buffer]], Written]

MOST = 64
"""Files of one command."""
_SED_WRITES = lazy(r"(?:(?<=^)|(?<=[;{}\n]))([^;{}\n]*?)(?:w[ \t]*([^\s;}][^\n]*))$", re.MULTILINE)
_SED_VALUED = ("-e", "-f", "-l", "--expression", "--file", "--line-length")
_SIZE = lazy(r"(\d+)([bkKmM]?)")
_UNITS = {"": 1, "b": 512, "k": 1024, "K": 1024, "m": 1 << 20, "M": 1 << 20}
_ED_WRITES = lazy(r"[,%\d$ ]*wq?[ \t]+([^!\s]\S*)")
_ED_INSERTS = lazy(r"[ \t]*(?:\d+|[.$])?[ \t]*[aic]")


def written(name: str, argv: list[str], stdin: Stream, files: Mapping[str, Buffer]) -> Written:
    """Yield the path and the text of each file that a program writes, as far as both are known."""
    writer = _WRITERS.get(name)
    if writer is not None:
        yield from islice(writer(argv[1:], stdin, files), MOST)


def _sed(args: list[str], stdin: Stream, files: Mapping[str, Buffer]) -> Written:
    scripts, paths, flags = _sed_words(args)
    text = text_read(paths, stdin, files)
    quiet, extended = "n" in flags, bool({"E", "r"} & set(flags))
    if "i" in flags or "s" in flags:
        for path in paths if "i" in flags else ():
            own = text_read([path], stdin, files)
            edited = None if own is None else sed(scripts, own, quiet=quiet, extended=extended)
            if edited is not None:
                yield path, edited
    for at, script in enumerate(scripts if text is not None else ()):
        for found in _SED_WRITES.finditer(script):
            before = [*scripts[:at], script[: found.start()].rstrip("; \n")]
            command = found[1].rstrip()  # an address, or an s with its flags: what would be printed is written
            made = sed([each for each in [*before, f"{command}p"] if each], text or "", quiet=True, extended=extended)
            if made is not None:
                yield found[2].strip(), made


def _sed_words(args: list[str]) -> tuple[list[str], list[str], str]:
    """Return the scripts, the files and the letters of the options."""
    scripts: list[str] = []
    paths: list[str] = []
    flags, at = "", 0
    while at < len(args):
        word, at = args[at], at + 1
        if word in _SED_VALUED and at < len(args):
            scripts += [args[at]] if word in ("-e", "--expression") else []
            at += 1
        elif word.startswith("--"):
            flags += {"--quiet": "n", "--silent": "n", "--regexp-extended": "E"}.get(
                word, "i" if word.startswith("--in-place") else ""
            )
        elif word.startswith("-") and len(word) > 1:
            letters = word[1:].partition("i")
            flags += letters[0] + letters[1]
            if letters[0].endswith("e") and at < len(args):
                scripts.append(args[at])
                at += 1
        elif not scripts:
            scripts.append(word)
        else:
            paths.append(word)
    return scripts, paths, flags


def _options(args: list[str], valued: str) -> tuple[dict[str, str], list[str]]:
    """Return the options by their letter or name, each with its value, and the operands."""
    options: dict[str, str] = {}
    words: list[str] = []
    at = 0
    while at < len(args):
        word, at = args[at], at + 1
        if word.startswith("--") and len(word) > 2:
            name, _, value = word[2:].partition("=")
            options[name] = value
        elif word.startswith("-") and len(word) > 1:
            options[word[1]] = word[2:]
            if word[1] in valued and not word[2:] and at < len(args):
                options[word[1]] = args[at]
                at += 1
        else:
            words.append(word)
    return options, words


def _split(args: list[str], stdin: Stream, files: Mapping[str, Buffer]) -> Written:
    options, words = _options(args, "labCn")
    text = text_read(words[:1], stdin, files)
    if text is None:
        return
    size = next((found for key in ("b", "C", "bytes", "line-bytes") if (found := _size(options.get(key, "")))), 0)
    lines = int(options.get("l") or options.get("lines") or 1000) if not size else 0
    pieces = (
        _by_lines(text, lines)
        if lines
        else [text[at : at + size] for at in range(0, min(len(text), size * MOST), size)]
    )
    width = int(options.get("a") or options.get("suffix-length") or 2)
    letters = (
        "0123456789"
        if "d" in options or "numeric-suffixes" in options
        else "0123456789abcdef"
        if "x" in options
        else ascii_lowercase
    )
    prefix, ending = words[1] if len(words) > 1 else "x", options.get("additional-suffix", "")
    for piece, suffix in zip(pieces, product(letters, repeat=min(width, 9)), strict=False):
        yield f"{prefix}{''.join(suffix)}{ending}", piece


def _size(text: str) -> int:
    match = _SIZE.match(text)
    return int(match[1]) * _UNITS[match[2]] if match else 0


def _by_lines(text: str, size: int) -> list[str]:
    lines = text.splitlines(keepends=True)
    return ["".join(lines[at : at + size]) for at in range(0, min(len(lines), size * MOST), size)] if size > 0 else []


def _csplit(args: list[str], stdin: Stream, files: Mapping[str, Buffer]) -> Written:
    options, words = _options(args, "fbn")
    text = text_read(words[:1], stdin, files)
    lines = (text or "").splitlines(keepends=True)
    prefix, digits = (
        options.get("f") or options.get("prefix") or "xx",
        int(options.get("n") or options.get("digits") or 2),
    )
    start, number = 0, 0
    for pattern in words[1:] if text is not None else ():
        end = int(pattern) - 1 if pattern.isdecimal() else _found(pattern, lines, start + (start > 0))
        if end is None or end < start:
            return
        yield f"{prefix}{number:0{digits}d}", "".join(lines[start:end])
        start, number = end, number + 1
    if text is not None:
        yield f"{prefix}{number:0{digits}d}", "".join(lines[start:])


def _found(pattern: str, lines: list[str], start: int) -> int | None:
    """Return the first line from one on that holds the text of ``/TEXT/``; None where it is no plain text, or in none."""
    text = pattern.strip("/%")
    if not re.fullmatch(r"[\w #=-]+", text):
        return None
    return next((at for at in range(start, len(lines)) if text in lines[at]), None)


def _sort(args: list[str], stdin: Stream, files: Mapping[str, Buffer]) -> Written:
    options, words = _options(args, "okStT")
    text, path = text_read(words, stdin, files), options.get("o") or options.get("output")
    if text is not None and path:
        lines = sorted(text.splitlines(), reverse="r" in options)
        yield path, "".join(line + "\n" for line in (dict.fromkeys(lines) if "u" in options else lines))


def _uniq(args: list[str], stdin: Stream, files: Mapping[str, Buffer]) -> Written:
    options, words = _options(args, "fsw")
    text = text_read(words[:1], stdin, files)
    if text is not None and len(words) > 1 and not options:
        lines = text.splitlines(keepends=True)
        yield words[1], "".join(line for at, line in enumerate(lines) if not at or line != lines[at - 1])


def _sponge(args: list[str], stdin: Stream, files: Mapping[str, Buffer]) -> Written:
    del files
    _, words = _options(args, "")
    if words and stdin.text is not None:
        yield words[0], stdin.text


def _ed(args: list[str], stdin: Stream, files: Mapping[str, Buffer]) -> Written:
    """Take what is inserted for the file's text, in the order in which it is."""
    del files
    _, words = _options(args, "p")
    lines: list[str] = []
    inserting = False
    for line in (stdin.text or "").split("\n"):
        if inserting:
            inserting = line != "."
            lines += [line + "\n"] if inserting else []
        elif match := _ED_WRITES.fullmatch(line):
            yield match[1], "".join(lines)
        elif line in ("w", "wq", "x") and words:
            yield words[0], "".join(lines)
        else:
            inserting = _ED_INSERTS.fullmatch(line) is not None


_WRITERS: dict[str, Writer] = {
    "sed": _sed, "gsed": _sed, "split": _split, "gsplit": _split, "csplit": _csplit, "sort": _sort, "uniq": _uniq, "sponge": _sponge,
    "ed": _ed,
}  # fmt: skip


def keep_written(name: str, argv: list[str], stdin: Stream, files: Mapping[str, Buffer]) -> dict[str, str]:
    """Return the files that a program writes, none where a word of it is beyond what is read here."""
    try:
        return dict(written(name, list(map(strip_marks, argv)), stdin, files))
    except (ValueError, IndexError):
        return {}
