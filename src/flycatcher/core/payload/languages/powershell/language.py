"""PowerShell: its reader, and what starts programs, runs text and makes objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.decode import unbase64
from flycatcher.core.payload.evaluator.folding import first, join, pure, text_of
from flycatcher.core.payload.evaluator.values import Value
from flycatcher.core.payload.language import Language, Starts
from flycatcher.core.payload.languages.powershell.lowering import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flycatcher.core.payload.evaluator.values import Constant

_PROGRAM = Starts("words-only")
_NAMES = "start-process saps start system.diagnostics.process.start diagnostics.process.start invoke-item ii"


_ENCODINGS = {
    "utf8": "utf-8",
    "ascii": "ascii",
    "unicode": "utf-16-le",
    "default": "utf-8",
    "bigendianunicode": "utf-16-be",
}


def _decoder(codec: str) -> Callable[[Constant], Constant]:
    """Return what ``[Text.Encoding]::UTF8.GetString`` does to bytes."""
    return lambda data: bytes(data).decode(codec, "replace") if isinstance(data, (bytes, bytearray)) else text_of(data)


def _object(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``New-Object $type``."""
    name = (args[0].name or args[0].text or "") if args else ""
    return Value(name=name.lower()) if name else None


LANGUAGE = Language(
    id="powershell",
    aliases=("pwsh",),
    parse=parse,
    functions={
        "-join": pure(lambda parts, glue="": join(glue, parts)),
        "-replace": pure(lambda text, old, new="": text_of(text).replace(text_of(old), text_of(new))),
        "[char]": pure(lambda code: chr(int(text_of(code)))),
        "[string]": pure(text_of),
        **dict.fromkeys(("convert.frombase64string", "system.convert.frombase64string"), first(unbase64, "base64")),
        **{
            f"{system}text.encoding.{name}.getstring": first(_decoder(codec))
            for system in ("", "system.")
            for name, codec in _ENCODINGS.items()
        },
    },
    starts=dict.fromkeys(("&", *_NAMES.split()), _PROGRAM) | {"*.shellexecute": _PROGRAM, "*.exec": Starts("text")},
    runs={
        "invoke-expression": 0,
        "iex": 0,
        "invoke-command": 0,
        "icm": 0,
        "[scriptblock].create": 0,
        "scriptblock.create": 0,
    },
    specials={"new-object": _object},
    any_case=True,
)
