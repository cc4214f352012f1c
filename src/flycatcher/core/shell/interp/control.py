"""Branches and loops: every side is read; the values that hold afterwards follow a condition that can be told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy
from flycatcher.core.shell.expand import arithmetic as arith
from flycatcher.core.shell.expand import patterns
from flycatcher.core.shell.interp import evaluated
from flycatcher.core.shell.syntax.nodes import Simple, Word
from flycatcher.core.unknown import UNKNOWN, strip_marks, unsure

if TYPE_CHECKING:
    from flycatcher.core.shell.interp.process import ShellProcess
    from flycatcher.core.shell.interp.state import State
    from flycatcher.core.shell.syntax.nodes import Case, For, If, Script, Test, While

MAX_TURNS = 64
_SUBJECT, _REPEATS = 300, 4
"""Characters of a subject, and quantifiers of a regular expression, that are matched at most."""
_QUANTIFIERS = lazy(r"[*+?{]")
_NESTED = lazy(r"[)*+}]\s*[*+{]|\\\d|\(\?")
_CHANGED = lazy(r"([A-Za-z_][A-Za-z0-9_]*)\s*(?:\+\+|--|[-+*/%&|^]?=(?!=))|(?:\+\+|--)\s*([A-Za-z_][A-Za-z0-9_]*)")


_SETS = lazy(
    r"(?P<name>[A-Za-z_]\w*)\s*(?P<op>\*\*|<<|>>|[-+*/%&|^]?)=(?!=)(?P<value>.+)"
    r"|(?P<after>[A-Za-z_]\w*)\s*(?P<up>\+\+|--)|(?P<down>\+\+|--)\s*(?P<before>[A-Za-z_]\w*)"
)


def _branch(machine: ShellProcess, script: Script, begins: State | None = None) -> State:
    """Run a branch in a copy of the state, or of the one that it begins with, and return the copy."""
    outer = machine.state
    machine.state = begins or outer
    machine.state = machine.fork()
    machine.branches += 1
    machine.run(script)
    machine.branches -= 1
    after, machine.state = machine.state, outer
    return after


def run_if(machine: ShellProcess, command: If) -> None:
    """Read every branch; go on with the one that is known to run, or with all that may have."""
    ends: list[State] = []
    decided: State | None = None
    for condition, body in command.branches:
        machine.branches += 1
        machine.run(condition)
        machine.branches -= 1
        status = machine.status if decided is None else False
        after = _branch(machine, body)
        if status is True:
            decided = after
        elif status is None:
            ends.append(after)
    if command.otherwise is not None:
        after = _branch(machine, command.otherwise)
        if decided is None:
            decided = after
    _settle(machine, decided or machine.fork(), ends)


def _settle(machine: ShellProcess, chosen: State, others: list[State]) -> None:
    """Go on with a branch's state, joined with those of the others that may have run."""
    for other in others:
        chosen.join(other)
    machine.state.__dict__.update(chosen.__dict__)
    machine.status = None if others else machine.status


def count(machine: ShellProcess, text: str) -> int | None:
    """Apply arithmetic with its assignments (``i=0``, ``i+=2``, ``i++``, several by commas); return the last value, None unknown."""
    value: int | None = None
    for part in text.split(","):
        match = _SETS.fullmatch(part.strip())
        if match is None:
            value = arith.evaluate(part, machine.state.scalar) if part.strip() else 1
            continue
        name = match["name"] or match["after"] or match["before"]
        change = match["value"] if match["name"] else "1"
        op = match["op"] if match["name"] else (match["up"] or match["down"])[0]
        right = f"{name} {op} ({change})" if op else change
        value = arith.evaluate(right, machine.state.scalar)
        machine.state.assign(name, UNKNOWN if value is None else str(value))
    return value


def _run_counter(machine: ShellProcess, command: While, text: str) -> None:
    """``for ((first; test; step))``."""
    first, test, step = text.split(";")
    count(machine, first)
    machine.branches += 1
    for turn in range(MAX_TURNS):
        known = count(machine, test) if test.strip() else 1
        if known == 0 and turn:
            break
        machine.run(command.body)
        if not known or count(machine, step) is None or not machine.collector.step():
            break
    machine.branches -= 1
    machine.status = None


def run_while(machine: ShellProcess, command: While) -> None:
    """Go round as long as the condition is known to hold, within bounds; once where it is not."""
    if command.counter is not None:
        text = strip_marks(machine.expander.text(command.counter))
        for part in text.split(";"):
            evaluated.expression(machine, part)
        if text.count(";") == 2 and UNKNOWN not in text:
            _run_counter(machine, command, text)
            return
    machine.branches += 1
    for turn in range(MAX_TURNS):
        before = machine.fork()
        machine.read_ended = False
        machine.run(command.condition)
        if command.until and machine.status is not None:
            machine.status = not machine.status
        if machine.read_ended or machine.status is False:
            if not turn:
                _branch(machine, command.body)
            break
        known = machine.status is True and _tells(command.condition)
        machine.run(command.body)
        if not known:
            machine.state.join(before)
            break
        if not machine.collector.step():
            break
    machine.branches -= 1
    machine.status = None


def _tells(condition: Script) -> bool:
    """Tell whether going round again makes sense: a condition that reads on, not ``while true``."""
    words = [item.items[-1][1].commands[0] for item in condition.items]
    last = words[-1] if words else None
    name = last.words[0] if isinstance(last, Simple) and last.words else None
    return isinstance(name, Word) and name.literal() in ("read", "test", "[")


def run_for(machine: ShellProcess, command: For) -> None:
    """Run the body once for each word, within bounds; an empty list hides nothing."""
    if command.words is None:
        items = [UNKNOWN] if machine.state.positional is None else list(machine.state.positional)
    else:
        items = machine.expander.fields(command.words)
    if len(items) > MAX_TURNS:
        machine.collector.truncate("loop over many words: the first ones are read")
    machine.branches += 1
    names = (command.name, *command.more)
    for at in range(0, min(len(items), MAX_TURNS), len(names)):
        for name, item in zip(names, items[at:], strict=False):
            machine.state.assign(name, item)
        machine.run(command.body)
    if not items:
        _branch(machine, command.body)
    machine.branches -= 1


_FALLS, _TESTS_ON = (";&",), (";;&", ";|")
"""What lets the next arm run as well, and what asks the next patterns (bash manual, 3.2.5.2; mksh and zsh have ``;|``)."""


def run_case(machine: ShellProcess, command: Case) -> None:
    """Read every arm, behind ``;&`` and ``;;&`` with what the one before left; go on with the one that is known to match, or with all that may."""
    subject = machine.expander.text(command.word)
    decided: State | None = None
    before: State | None = None
    ends: list[State] = []
    goes_on, falls = True, False
    for choices, body, ending in command.arms:
        texts = [machine.expander.pattern(choice) for choice in choices]
        sure = not unsure(subject) and not any(unsure(text) for text in texts)
        hit = falls or (sure and goes_on and any(patterns.matches(text, subject) for text in texts))
        after = _branch(machine, body, before if decided is not None or not hit else None)
        if hit:
            decided = after
        elif not sure and goes_on:
            ends.append(after)
        goes_on, falls = (ending != ";;", hit and ending in _FALLS) if hit else (goes_on, False)
        before = after if ending in (*_FALLS, *_TESTS_ON) else decided if goes_on else None
    _settle(machine, decided or machine.fork(), ends)
    machine.status = None


_NUMBERS = frozenset({"-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-v"})
"""Operators of ``[[`` beside which words are arithmetic, or names."""


def _match(machine: ShellProcess, command: Test) -> None:
    """Set BASH_REMATCH, where ``[[ TEXT =~ REGEX ]]`` is short and cheap to tell; what its groups match is not known."""
    words = command.words
    if len(words) < 3 or words[1].literal() != "=~" or any(word.literal() in ("&&", "||") for word in words):
        return
    subject = machine.expander.text(words[0])
    regex = "".join(machine.expander.text(word) for word in words[2:])
    cheap = len(subject) <= _SUBJECT and len(_QUANTIFIERS.findall(regex)) <= _REPEATS and not _NESTED.search(regex)
    if unsure(subject) or unsure(regex) or not cheap:
        return
    try:
        found = re.search(strip_marks(regex), strip_marks(subject))
    except re.error:
        return
    if found is not None:
        machine.state.assign("BASH_REMATCH", {"0": found[0], **{str(at): UNKNOWN for at in range(1, 10)}})


def run_test(machine: ShellProcess, command: Test) -> None:
    """Run the substitutions; what arithmetic assigns is not known afterwards."""
    _match(machine, command)
    for at, word in enumerate(command.words):
        text = machine.expander.text(word)
        if len(command.words) == 1 or any(
            each.literal() in _NUMBERS for each in command.words[max(at - 1, 0) : at + 2]
        ):
            evaluated.expression(machine, text)
        if len(command.words) == 1 and _SETS.fullmatch(text.strip()) and count(machine, text) is not None:
            continue
        for found in _CHANGED.finditer(text):
            machine.state.assign(found[1] or found[2], UNKNOWN)
    machine.status = None
