"""Pickles: the functions that unpickling would call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload import ir
from flycatcher.core.payload.language import Language
from flycatcher.core.payload.pickles import pickled_calls

if TYPE_CHECKING:
    from flycatcher.core.payload.source import Source


def _pickle(source: Source, nodes: int) -> ir.Program:
    """Pass a pickle's calls on as Python text."""
    del nodes
    calls = pickled_calls(source.data)
    end = len(source.data)
    items: list[ir.Node] = [ir.Invoke(0, end, ir.Name(0, 0, "pickle"), [ir.Const(0, end, calls)])] if calls else []
    return ir.Program(ir.Group(0, end, items), complete=True, read=1)


LANGUAGE = Language(id="pickle", parse=_pickle, delegates={"pickle": "python"})
