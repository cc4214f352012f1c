"""Scheme, Clojure and Common Lisp."""

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
    id="scheme",
    aliases=("guile", "racket", "clojure", "common-lisp", "sbcl", "clisp", "chicken", "gimp-script-fu", "lisp"),
    parse=lisp.parse,
    specials={"string-append": _message, "str": _message},
    starts=starting(
        "system run-shell-command ext:shell uiop:run-program open-input-pipe open-pipe process shell ext:system si:system "
        "ext:run-shell-command shell-command exec ! process-run sys-system process/shell shell/system os.system os.popen "
        "subprocess.call uiop:launch-program"
    )
    | starting("execl execlp execle", Starts("exec"))
    | starting(
        "system* primitive-fork-exec clojure.java.shell/sh sh shell/sh process*",
        Starts("words-only"),
    )
    | starting(
        "sb-ext:run-program ext:run-program run-program ext:run-program* process-execute sys-exec sys-fork-and-exec",
        Starts("pair"),
    ),
    runs={"eval-string": 0, "load-string": 0, "read-from-string": 0, "read-string": 0},
)
