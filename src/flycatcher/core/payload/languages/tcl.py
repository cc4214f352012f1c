"""Tcl, and expect."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.payload import decode
from flycatcher.core.payload.evaluator.folding import pure, text_of
from flycatcher.core.payload.frontends import tcl
from flycatcher.core.payload.language import Language, Starts, starting

if TYPE_CHECKING:
    from flycatcher.core.payload.evaluator.values import Constant


def _tcl_binary(verb: Constant, kind: Constant, *rest: Constant) -> Constant:
    """``binary decode base64 TEXT``."""
    decoders = {"base64": decode.unbase64, "hex": decode.unhex, "uuencode": decode.unuu}
    if verb != "decode" or kind not in decoders or not rest:
        raise TypeError
    return decoders[kind](rest[-1]).decode("utf-8", "surrogateescape")


def _tcl_format(pattern: Constant, *values: Constant) -> Constant:
    """``format %s%c``: only plain conversions."""
    if re.search(r"%[^sc%]", pattern):
        raise TypeError
    return pattern.replace("%c", "%s") % tuple(
        chr(int(value)) if kind == "c" else text_of(value)
        for kind, value in zip(re.findall(r"%([sc])", pattern), values, strict=True)
    )


LANGUAGE = Language(
    id="tcl",
    aliases=("tclsh", "wish", "expect"),
    parse=tcl.parse,
    starts=starting("exec spawn exp_spawn", Starts("tcl-exec"))
    | starting("open", Starts("tcl-open"))
    | starting("system", Starts("list")),
    functions={
        "binary": pure(_tcl_binary, "base64"),
        "format": pure(_tcl_format),
        "list": pure(lambda *words: list(words)),
        "join": pure(lambda parts, glue=" ": glue.join(text_of(p) for p in parts)),
        "concat": pure(lambda *parts: " ".join(text_of(p) for p in parts)),
    },
    runs={
        "eval": -1,
        "uplevel": -1,
        "subst": 0,
        "after": 1,
        "namespace": 2,
        "interp": 2,
        "apply": 0,
        "try": 0,
        "time": 0,
    },
    callable_text=True,
    weak=True,
)
