"""doit's tasks (pydoit.org, Tasks and Actions): in ``dodo.py``, the texts among a task's actions are a shell's, lists are words."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.regex import lazy
from flycatcher.core.unknown import UNKNOWN
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region, Start
from flycatcher.sources.buildfiles.sources import Python, placed

if TYPE_CHECKING:
    from collections.abc import Iterator

_ACTIONS = frozenset({"actions", "teardown", "clean", "uptodate"})
"""Keys of a task whose lists hold commands."""
_WRAPPERS = frozenset({"CmdAction", "Interactive", "LongRunning", "PythonInteractiveAction"})
_TASK = lazy(r"^[ \t]*def task_\w+\(|\bimport doit\b|\bfrom doit\b", re.MULTILINE)


class Doit(FileType):
    """A file of tasks; what else its Python starts is found as in every source."""

    id = "doit"
    rank = 40
    names: ClassVar[tuple[str, ...]] = ("dodo.py", "*_dodo.py", "dodo_*.py")

    def accepts(self, document: Document) -> bool:
        """Look for a task."""
        return _TASK.search(document.text) is not None

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Yield the actions of each task, then what the source's calls start."""
        try:
            tree = ast.parse(document.text.encode("utf-8", "replace"))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            document.problem(0, "Python: does not parse: its tasks were not read", stops=True)
        else:
            for node in ast.walk(tree):
                if isinstance(node, ast.Dict):
                    yield from _task(document, node)
        yield from Python().read(document)


def _task(document: Document, node: ast.Dict) -> Iterator[Region | Start]:
    """Yield the commands of one task."""
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and key.value in _ACTIONS and isinstance(value, (ast.List, ast.Tuple)):
            for each in value.elts:
                yield from _action(document, each, str(key.value))


def _action(document: Document, node: ast.expr, key: str) -> Iterator[Region | Start]:
    """Yield one command: a text, a list of words, or either in one of doit's classes."""
    if isinstance(node, ast.Call) and node.args and _name(node.func) in _WRAPPERS:
        node = node.args[0]
    span = _span(document, node)
    if isinstance(node, (ast.List, ast.Tuple)):
        words = tuple(UNKNOWN if (text := _text(each)) is None else text for each in node.elts)
        if words:
            yield Start(argv=words, span=span, symbol=(key,))
    elif (text := _text(node)) is not None:
        yield Region(text=placed(document, text, span), dialect="sh", symbol=(key,))


def _name(node: ast.expr) -> str:
    """Return the last part of a dotted name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr) -> str | None:
    """Return what a literal says, with holes for what is put into it; None for everything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(UNKNOWN if (text := _text(each)) is None else text for each in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [_text(node.left), _text(node.right)]
        return None if parts == [None, None] else "".join(UNKNOWN if part is None else part for part in parts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _text(node.left)
    return None


def _span(document: Document, node: ast.expr) -> tuple[int, int]:
    """Return a node's offsets; Python counts the columns in bytes."""
    low = _offset(document, node.lineno, node.col_offset)
    return low, _offset(document, node.end_lineno or node.lineno, node.end_col_offset or 0)


def _offset(document: Document, line: int, column: int) -> int:
    """Return the offset of a line and a column in bytes."""
    start = document.at(line, 1)
    text = document.text[start : start + column].encode("utf-8", "replace")[:column]
    return start + len(text.decode("utf-8", "ignore"))
