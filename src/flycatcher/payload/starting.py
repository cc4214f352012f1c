"""Which program a call starts: the words, or the text that a shell gets, by the kind that the language's table gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.payload.values import UNKNOWN, Value, concat_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.payload.language import Starts


def substituted(args: Sequence[Value]) -> dict[int, str]:
    """Return the text of process substitutions, by descriptor."""
    return {63: arg.name for arg in args if "substitution" in arg.taint and arg.name}


def command_of(starts: Starts, args: Sequence[Value], kwargs: dict[str, Value]) -> tuple[list[Value], Value | None]:
    """Return the words of a started command, or the text that a shell gets."""
    at, kind = starts.at, starts.kind
    if kind == "popen":
        first = args[0] if args else kwargs.get("args", Value())
        shell = kwargs.get("shell")
        if isinstance(first.data, list) and not (shell is not None and shell.data):
            return list(first.data), None
        if isinstance(first.data, list):
            return [], (first.data[0] if first.data else None)
        if shell is not None and (shell.data is UNKNOWN or shell.data):
            return [], first
        return [first], None
    if at >= len(args):
        return [], None
    first, rest = args[at], list(args[at + 1 :])
    if kind == "open":
        return _perl_open(args)
    if kind == "awk-pipe":
        reads = len(args) > 1 and args[1].name.startswith("getline")
        side = args[0] if reads or len(args) < 2 else args[1]
        return ([], None) if (side.text or "").startswith("/inet") else ([], side)
    if kind == "words-only":
        return [first, *rest], None
    if kind == "applescript":  # do shell script "x"; do script "x" types it into a terminal
        texts = [arg for arg in args if arg.text is not None]
        return [], (texts[0] if texts and first.name in ("shell", "script") else None)
    if kind in ("julia", "vim", "tcl-open"):
        return _own(kind, first)
    if kind in ("javaexec", "receiver"):
        words = (
            list(first.data)
            if isinstance(first.data, list)
            else [Value(word) for word in (first.text or "").split()[:64]]
        )
        return words or [first], None
    if kind == "text":
        return [], (concat_text(first.data) if isinstance(first.data, list) else first)
    if kind == "list":
        return (list(first.data) if isinstance(first.data, list) else [first]), None
    if kind == "words":
        first, *rest = [
            item for value in (first, *rest) for item in (value.data if isinstance(value.data, list) else [value])
        ] or [first]
        return (
            ([], first)
            if not rest or all(isinstance(r.data, dict) for r in rest)
            else ([first, *(r for r in rest if not isinstance(r.data, dict))], None)
        )
    if kind == "exec":
        return [first, *rest[1:]], None
    listed = list(rest[0].data) if rest and isinstance(rest[0].data, list) else []
    return [first, *(listed[1:] if kind == "vector" else listed)], None


def _perl_open(args: Sequence[Value]) -> tuple[list[Value], Value | None]:
    """``open(F, "-|", words)``, ``open(F, "|text")``, ``open(F, "text|")``."""
    mode = args[1].text or "" if len(args) > 1 else ""
    if mode in ("-|", "|-"):
        return (list(args[2:]), None) if len(args) > 3 else ([], args[2] if len(args) > 2 else None)
    stripped = mode.strip()
    if stripped.startswith("|"):
        return [], Value(stripped[1:], exact=args[1].exact, made=args[1].made, taint=args[1].taint)
    if stripped.endswith("|"):
        return [], Value(stripped[:-1], exact=args[1].exact, made=args[1].made, taint=args[1].taint)
    return [], None


def _own(kind: str, first: Value) -> tuple[list[Value], Value | None]:
    """Julia's command literals, vim's ``:!``, Tcl's ``open "|command"``."""
    text = first.text or ""
    if kind == "vim":
        return [], Value(text or "sh")
    if kind == "tcl-open":
        return ([], Value(text.lstrip("| "), made=first.made)) if text.startswith("|") else ([], None)
    return (list(first.data) if isinstance(first.data, list) else []), None
