"""Lua, LuaJIT, and the Lua inside other programs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.payload import decode
from flycatcher.core.payload.evaluator.folding import characters, first, pure, text_of
from flycatcher.core.payload.evaluator.values import Value
from flycatcher.core.payload.language import Indirect, Language, Starts
from flycatcher.core.payload.languages.lua.lowering import parse

if TYPE_CHECKING:
    from collections.abc import Sequence


def _require(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``require('socket')``."""
    return Value(name=args[0].data) if args and args[0].known and isinstance(args[0].data, str) else None


def _same(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``assert(x)`` gives x back."""
    return args[0] if args and args[0].name else None


def _range(first_value: int, last: int, step: int = 1) -> list[int]:
    values = range(first_value, last + (1 if step > 0 else -1), step)
    if len(values) > 20_000:
        raise ValueError
    return list(values)


def _sub(text: str, start: int, stop: int = -1) -> str:
    begin = start - 1 if start > 0 else max(len(text) + start, 0)
    return text[begin : stop if stop >= 0 else len(text) + stop + 1]


def _format(template: str, *args: object) -> str:
    if re.search(r"%[^%]?\d{3,}|%q", template):
        raise ValueError
    return template % args


_CLASSES = {
    "a": "[A-Za-z]",
    "d": "[0-9]",
    "x": "[0-9A-Fa-f]",
    "s": r"\s",
    "w": "[0-9A-Za-z]",
    "S": r"\S",
    "l": "[a-z]",
    "u": "[A-Z]",
}


def _pattern(text: str) -> re.Pattern[str]:
    """Return a Lua pattern without sets as a regular expression; raises ValueError for others (``%b``, ``%f``, ``[...]``)."""
    if len(text) > 64 or re.search(r"\[|%[bf0-9]", text):
        raise ValueError(text)
    out = re.sub(r"%(.)", lambda m: _CLASSES.get(m[1], "\\" + m[1]), re.sub(r"([{}|\\])", r"\\\1", text))
    return re.compile(re.sub(r"(?<=[\w.\])])-", "*?", out), re.DOTALL)


_STRING = {
    "char": pure(characters, "character codes"),
    "reverse": pure(lambda text: text[::-1], "reversed"),
    "rep": pure(lambda text, count, *_sep: text * count if len(text) * count < 1_000_000 else None),
    "sub": pure(_sub),
    "lower": pure(lambda text: text.lower()),
    "upper": pure(lambda text: text.upper()),
    "byte": pure(lambda text, at=1: ord(text[at - 1])),
    "len": pure(len),
    "format": pure(_format),
}

LANGUAGE = Language(
    id="lua",
    aliases=("luajit", "luatex", "texlua"),
    parse=parse,
    writes_outside=True,
    functions={
        **{f"string.{name}": fold for name, fold in _STRING.items()},
        "table.concat": pure(lambda parts, glue="": glue.join(text_of(p) for p in parts)),
        "tostring": first(text_of),
        "tonumber": pure(lambda text, base=10: int(str(text), base)),
        "for-range": pure(_range),
        "mime.unb64": first(lambda text: decode.unbase64(text).decode("latin-1"), "base64"),
        "unpack": first(lambda data: data),
        "table.unpack": first(lambda data: data),
    },
    methods=_STRING,
    substitutes={"gsub": _pattern, "string.gsub": _pattern},
    specials={
        "require": _require,
        **dict.fromkeys(("assert", "pcall", "coroutine.create", "coroutine.wrap"), _same),
    },
    runs={"load": 0, "loadstring": 0, "dostring": 0},
    indirect={"coroutine.resume": Indirect(0, 1), "pcall": Indirect(0, 1), "xpcall": Indirect(0, 2)},
    delegates={"vim.cmd": "vimscript", "vim.api.nvim_command": "vimscript", "vim.api.nvim_exec": "vimscript"},
    starts={
        "os.execute": Starts("text"),
        "io.popen": Starts("text"),
        "posix.exec": Starts("words"),
        "posix.execp": Starts("words"),
        "posix.unistd.exec": Starts("pair"),
        "vim.fn.system": Starts("text"),
        "vim.fn.systemlist": Starts("text"),
        "vim.system": Starts("list"),
        "vim.fn.jobstart": Starts("list"),
        "vim.fn.termopen": Starts("list"),
        "vim.uv.spawn": Starts("pair"),
        "vim.loop.spawn": Starts("pair"),
        "uv.spawn": Starts("pair"),
        "ffi.C.system": Starts("text"),
        "ffi.C.popen": Starts("text"),
        **dict.fromkeys(("ffi.C.execl", "ffi.C.execlp"), Starts("exec")),
        **dict.fromkeys(("ffi.C.execv", "ffi.C.execve", "ffi.C.execvp"), Starts("vector")),
        "nmap.new_socket().exec": Starts("text"),
        "awesome.spawn": Starts("text"),
        "hs.execute": Starts("text"),
        "wezterm.run_child_process": Starts("list"),
        "posix.popen": Starts("words"),
        "rpm.execute": Starts("words"),
        "rpm.spawn": Starts("list"),
        "awful.spawn": Starts("text"),
    },
    global_roots=frozenset({"_G", "_ENV"}),
)
