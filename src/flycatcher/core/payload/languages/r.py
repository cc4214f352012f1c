"""R."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flycatcher.core.payload import decode
from flycatcher.core.payload.evaluator.folding import pure, text_of
from flycatcher.core.payload.evaluator.values import Value
from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Indirect, Language, Starts, starting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.evaluator.values import Constant


def _named(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``get("system")``: what a text names."""
    return Value(name=args[0].data) if args and args[0].known and isinstance(args[0].data, str) else None


def _characters(numbers: Constant, *_more: Constant) -> str:
    """``rawToChar(as.raw(c(105, 100)))``, ``intToUtf8(c(105, 100))``: the text of character codes."""
    return "".join(chr(int(number)) for number in (numbers if isinstance(numbers, list) else [numbers]))


LANGUAGE = Language(
    id="r",
    aliases=("rscript", "R"),
    parse=partial(clike.parse, dialect=Dialect(concat=frozenset(), beside="group")),
    functions={
        "paste0": pure(lambda *parts: "".join(text_of(p) for p in parts)),
        "paste": pure(lambda *parts: " ".join(text_of(p) for p in parts)),
        "c": pure(lambda *parts: list(parts)),
        "as.raw": pure(lambda numbers: numbers),
        "as.hexmode": pure(lambda numbers: numbers),
        "rawToChar": pure(_characters, "codes"),
        "intToUtf8": pure(_characters, "codes"),
        "base64enc::base64decode": pure(lambda text, *_more: list(decode.unbase64(text)), "base64"),
        "jsonlite::base64_dec": pure(lambda text, *_more: list(decode.unbase64(text)), "base64"),
        "list": pure(lambda *parts: list(parts)),
    },
    starts=starting("system shell pipe") | starting("system2 processx::run sys::exec_wait", Starts("words")),
    runs={"eval": 0, "parse": 0, "evalq": 0, "str2lang": 0, "str2expression": 0},
    specials={"get": _named, "match.fun": _named, "getFunction": _named, "match.arg": _named},
    indirect={
        "do.call": Indirect(0, 1, "list"),
        "Recall": Indirect(0, 1),
        "lapply": Indirect(1, 0, "items"),
        "sapply": Indirect(1, 0, "items"),
        "vapply": Indirect(1, 0, "items"),
    },
    weak=True,
)
