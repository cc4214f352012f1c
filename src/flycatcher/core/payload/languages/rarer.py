"""Hy, which is Python in brackets, and pickles, which call functions by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload import decode, ir
from flycatcher.core.payload.frontends import lines as _lines
from flycatcher.core.payload.language import Language, Starts

if TYPE_CHECKING:
    from flycatcher.core.payload.source import Source


def _pickle(source: Source, nodes: int) -> ir.Program:
    """A pickle's calls as Python text, handed on."""
    del nodes
    calls = decode.pickled_calls(source.data)
    end = len(source.data)
    items: list[ir.Node] = [ir.Invoke(0, end, ir.Name(0, 0, "pickle"), [ir.Const(0, end, calls)])] if calls else []
    return ir.Program(ir.Group(0, end, items), complete=True, read=1)


HY = Language(
    id="hy",
    parse=_lines.lisp,
    starts={
        **dict.fromkeys(("os.system", "os.popen", "subprocess.getoutput"), Starts("text")),
        **dict.fromkeys(("subprocess.run", "subprocess.call", "subprocess.Popen"), Starts("popen")),
    },
    runs={"hy.eval": 0, "hy.read": 0, "eval": 0},
)
PICKLE = Language(id="pickle", parse=_pickle, hands={"pickle": "python"})
LANGUAGES = (HY, PICKLE)
