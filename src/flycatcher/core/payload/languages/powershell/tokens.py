"""PowerShell's tokens, and the values of its words and quoted texts (about_Quoting_Rules, about_Special_Characters)."""

from __future__ import annotations

import re

from flycatcher.core.payload import ir

TOKEN = re.compile(
    r"(?P<comment><#(?:[^#]|#(?!>))*(?:#>)?|(?<![^\s;|(){}])#[^\n]*)"
    r"|(?P<here>@(?P<mark>[\"'])[ \t]*\n.*?(?:\n(?P=mark)@|\Z))"
    r"|(?P<double>\"(?:[^\"`]|`.|\"\")*\"?)|(?P<single>'(?:[^']|'')*'?)"
    r"|(?P<variable>\U000f0000|\$(?:\{[^}\n]*\}|(?:[A-Za-z_]+:)?[A-Za-z_]\w*|[?^$_]))|(?P<opener>\$\(|@\(|@\{|[({\[])"
    r"|(?P<continued>`\r?\n)|(?P<newline>\r?\n)|(?P<space>[ \t\r]+)|(?P<op>\|\||&&|::|\.\.|[-+*/%]?=|[|;,&)}\]]|[0-9*]?>>?(?:&[0-9])?|<)"
    r"|(?P<parameter>(?<![\w)\]\"'])-[A-Za-z]\w*:?)|(?P<member>(?<=[\w)\]\"'}\U000f0000])\.[A-Za-z_]\w*)"
    r"|(?P<word>(?:[^\s\"'`$|;,&(){}\[\]=<>@\U000f0000]|`.|\$(?![\w({?^$_])|=(?=\S)|@(?![\"'({]))+)|(?P<other>.)",
    re.DOTALL,
)
_EXPANDED = re.compile(r"\$(?:\{([^}\n]*)\}|((?:[A-Za-z_]+:)?[A-Za-z_]\w*))|\$\(")
_ESCAPE = re.compile(r"`(.)|\"\"", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}
KEYWORDS = frozenset(
    [
        "if",
        "else",
        "elseif",
        "while",
        "for",
        "foreach",
        "do",
        "until",
        "switch",
        "return",
        "try",
        "catch",
        "finally",
        "throw",
        "function",
        "filter",
        "param",
        "begin",
        "process",
        "end",
        "in",
        "break",
        "continue",
        "exit",
        "trap",
        "data",
        "using",
        "class",
        "enum",
        "default",
    ]
)
WORD_OPERATORS = frozenset(
    [
        "-join",
        "-split",
        "-replace",
        "-f",
        "-eq",
        "-ne",
        "-gt",
        "-ge",
        "-lt",
        "-le",
        "-like",
        "-notlike",
        "-match",
        "-notmatch",
        "-contains",
        "-in",
        "-and",
        "-or",
        "-xor",
        "-not",
        "-is",
        "-as",
        "-band",
        "-bor",
        "-bxor",
        "-shl",
        "-shr",
        "-creplace",
        "-ireplace",
        "-csplit",
        "-isplit",
    ]
)


def word(text: str) -> str:
    """Return a bare word's value: a backtick quotes the next character."""
    return re.sub(r"`(.)", r"\1", text, flags=re.DOTALL)


def number(text: str) -> str | int:
    """Return a word's value: a whole number where it is one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else text


def string(text: str, kind: str, start: int, end: int) -> ir.Node:
    """Return a quoted text; variables in double quotes stay variables."""
    if kind == "single":
        return ir.Const(start, end, text[1:].removesuffix("'").replace("''", "'"))
    if kind == "here":
        inner = text.partition("\n")[2].rpartition("\n")[0]
        return ir.Const(start, end, inner)
    inner = text[1:].removesuffix('"')
    parts: list[ir.Node] = []
    at = 0
    for found in _EXPANDED.finditer(inner):
        if found.start() and inner[found.start() - 1] == "`":
            continue
        parts.append(ir.Const(start, end, _unescaped(inner[at : found.start()])))
        parts.append(ir.Name(start, end, "$" + (found[1] or found[2] or "")))
        at = found.end()
    parts.append(ir.Const(start, end, _unescaped(inner[at:])))
    return parts[0] if len(parts) == 1 else ir.Template(start, end, parts)


def _unescaped(text: str) -> str:
    """Read backticks, and doubled quotes."""
    return _ESCAPE.sub(lambda found: '"' if found[1] is None else _ESCAPES.get(found[1], found[1]), text)
