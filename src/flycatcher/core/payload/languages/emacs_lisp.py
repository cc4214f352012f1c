"""Emacs Lisp."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.evaluator.values import Value
from flycatcher.core.payload.frontends import lisp
from flycatcher.core.payload.language import Language, Starts, starting

if TYPE_CHECKING:
    from collections.abc import Sequence


def _message(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``(concat "a" "b")`` and ``(string-append "a" "b")``."""
    texts = [arg.text for arg in args]
    return Value("".join(text or "" for text in texts)) if all(text is not None for text in texts) else None


LANGUAGE = Language(
    id="emacs-lisp",
    aliases=("elisp", "emacs"),
    parse=lisp.parse,
    specials={"concat": _message},
    starts=starting("shell-command shell-command-to-string async-shell-command compile")
    | starting("term ansi-term", Starts("words"))
    | starting("call-process", Starts("words-only"))
    | starting("start-process make-process", Starts("words-only", 2)),
    runs={"eval-expression": 0, "read": 0},
)
