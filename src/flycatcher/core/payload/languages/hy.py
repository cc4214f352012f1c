"""Hy: Python's library, called as a Lisp."""

from __future__ import annotations

from flycatcher.core.payload.frontends import lisp
from flycatcher.core.payload.language import Language, Starts

LANGUAGE = Language(
    id="hy",
    parse=lisp.parse,
    starts={
        **dict.fromkeys(("os.system", "os.popen", "subprocess.getoutput"), Starts("text")),
        **dict.fromkeys(("subprocess.run", "subprocess.call", "subprocess.Popen"), Starts("popen")),
    },
    runs={"hy.eval": 0, "hy.read": 0, "eval": 0},
)
