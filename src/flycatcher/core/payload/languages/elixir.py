"""Elixir."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flycatcher.core.payload import decode
from flycatcher.core.payload.evaluator.folding import pure
from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Indirect, Language, Starts, starting

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.core.payload.evaluator.values import Constant


def _text_of(decoder: Callable[[Constant], bytes]) -> Callable[..., str]:
    """Return a function that gives what a decoder gives as text, whatever options stand behind."""

    def decoded(text: Constant, *_options: Constant) -> str:
        return decoder(text).decode("utf-8", "surrogateescape")

    return decoded


LANGUAGE = Language(
    id="elixir",
    aliases=("iex",),
    parse=partial(clike.parse, dialect=Dialect(long_quotes=True)),
    starts=starting("System.shell os.cmd :os.cmd Port.open") | starting("System.cmd", Starts("pair")),
    functions={
        "Base.decode64!": pure(_text_of(decode.unbase64), "base64"),
        "Base.url_decode64!": pure(_text_of(decode.unbase64), "base64"),
        "Base.decode16!": pure(_text_of(decode.unhex), "hex"),
        ":base64.decode": pure(_text_of(decode.unbase64), "base64"),
    },
    runs={"Code.eval_string": 0, "Code.eval_quoted": 0, "Code.compile_string": 0},
    indirect={"apply": Indirect(1, 2, "list"), "Kernel.apply": Indirect(1, 2, "list")},
)
