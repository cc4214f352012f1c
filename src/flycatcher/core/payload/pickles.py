"""The calls that a pickle makes: its program is followed on a stack of its own, and nothing is unpickled.

Source: Lib/pickletools.py, which says of each opcode what it takes from the stack and what it leaves there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from pickletools import OpcodeInfo

_STEPS = 10_000
_TEXTS = 16
"""Texts that one value is said to hold."""
_DOTTED = lazy(r"[A-Za-z_][\w.]*")

_Texts = tuple[str | bytes, ...]


class _Function(str):
    """A function's dotted name, on the stack."""

    __slots__ = ()


_Entry = _Texts | _Function | None
"""Data, by the texts in it; a function; or a mark."""


def pickled_calls(data: bytes) -> str:
    """Return the calls that a pickle makes, written as Python, one a line; empty where it makes none."""
    import pickletools  # noqa: PLC0415 - what only few texts need

    machine = _Machine()
    try:
        for number, (opcode, argument, _place) in enumerate(pickletools.genops(data)):
            if number > _STEPS:
                break
            machine.step(opcode, argument)
    except (ValueError, IndexError, UnicodeDecodeError, OverflowError, KeyError):
        pass  # what came before the fault has run by then
    return "\n".join(machine.calls)


class _Machine:
    """What unpickling keeps: a stack, and a memo."""

    def __init__(self) -> None:
        """Nothing was read."""
        self.calls: list[str] = []
        self._stack: list[_Entry] = []
        self._memo: dict[object, _Entry] = {}

    def step(self, opcode: OpcodeInfo, argument: object) -> None:
        """Follow one opcode; raises IndexError, KeyError where the stack or the memo does not hold what it needs."""
        name = opcode.name
        if name == "GLOBAL":
            self._stack.append(_Function(str(argument).replace(" ", ".")))
        elif name == "INST":
            self._call(_Function(str(argument).replace(" ", ".")), _joined(self._slice()))
        elif name in ("PUT", "BINPUT", "LONG_BINPUT"):
            self._memo[argument] = self._stack[-1]
        elif name == "MEMOIZE":
            self._memo[len(self._memo)] = self._stack[-1]
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            self._stack.append(self._memo[argument])
        elif name == "DUP":
            self._stack.append(self._stack[-1])
        else:
            self._replace(opcode, argument)

    def _replace(self, opcode: OpcodeInfo, argument: object) -> None:
        """Take what an opcode takes from the stack, and leave what comes of it."""
        taken = self._taken(opcode)
        if opcode.name == "MARK":
            self._stack.append(None)
        elif opcode.name == "STACK_GLOBAL":
            self._stack.append(_Function(".".join(map(str, _joined(taken)))))
        elif opcode.name in ("REDUCE", "NEWOBJ", "NEWOBJ_EX", "OBJ"):
            self._call(taken[0], _joined(taken[1:]))
        elif opcode.stack_after:
            texts = (argument,) if isinstance(argument, (str, bytes)) else ()
            self._stack.append(taken[0] if len(taken) == 1 and not texts else _joined(taken) + texts)

    def _taken(self, opcode: OpcodeInfo) -> list[_Entry]:
        names = [str(each) for each in opcode.stack_before]
        if "mark" not in names:
            return [self._stack.pop() for _ in names][::-1]
        inside = self._slice()
        below = [self._stack.pop() for _ in names[: names.index("mark")]]
        return below[::-1] + inside

    def _slice(self) -> list[_Entry]:
        """Take what lies above the last mark, and the mark."""
        found: list[_Entry] = []
        while (entry := self._stack.pop()) is not None:
            found.append(entry)
        return found[::-1]

    def _call(self, function: _Entry, texts: _Texts) -> None:
        """Write a call down; its result holds what went into it."""
        if isinstance(function, _Function) and (call := _written(function, texts)):
            self.calls.append(call)
        self._stack.append(texts)


def _joined(entries: list[_Entry]) -> _Texts:
    return tuple(text for entry in entries if isinstance(entry, tuple) for text in entry)[:_TEXTS]


def _written(function: str, texts: _Texts) -> str:
    module = function.rpartition(".")[0].replace("__builtin__", "builtins")
    name = f"{module}.{function.rpartition('.')[2]}"
    return f"import {module}; {name}({', '.join(map(repr, texts))})" if _DOTTED.fullmatch(name) else ""
