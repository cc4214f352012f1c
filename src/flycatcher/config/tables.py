"""Interpreters that a configuration adds: their tables made into classes of the core, and their examples run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

from flycatcher.core import interpreters
from flycatcher.core.errors import FlycatcherError
from flycatcher.core.execution import Execution, StdinKind
from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import Option, Options, Role, Takes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flycatcher.config.model import Example, InterpreterTable, OptionTable
    from flycatcher.core.interpreters.engine.reading import Reading

_KINDS: tuple[tuple[str, Takes, Role], ...] = (
    ("code", "value", "code"),
    ("file", "value", "file"),
    ("load", "value", "load"),
    ("value", "value", ""),
    ("attached", "attached", ""),
    ("flag", "nothing", ""),
    ("exit", "nothing", "exit"),
    ("check", "nothing", "check"),
    ("stdin", "nothing", "stdin"),
)


class _Configured(Interpreter):
    """An interpreter that comes from a table: read by roles alone, plus variables that hold program text."""

    def read(self, execution: Execution) -> Reading:
        """Read the words by roles; then the variables, unless nothing would run."""
        reading = super().read(execution)
        if reading.outcome not in ("refuses", "prints", "checks"):
            for name in self.variables:
                if execution.env.get(name):
                    reading.add("environment", execution.env[name], variable=name)
        return reading


def install(tables: Mapping[str, InterpreterTable]) -> None:
    """Add every table to the registry. Raises FlycatcherError naming the field that cannot be used."""
    for name, table in tables.items():
        interpreters.register(_build(name, table))


def problems(tables: Mapping[str, InterpreterTable]) -> Iterator[str]:
    """Run every example of every table; yield a sentence for each whose reading differs from what it states."""
    for name, table in tables.items():
        interpreter = _build(name, table)
        kinds = {bool(example.texts) for example in table.examples}
        if len(kinds) < 2:
            missing = "that runs none" if True in kinds else "that runs a text"
            yield f"interpreters.{name}.examples: one {missing} is missing (texts = {'[]' if True in kinds else '[...]'})"
        for number, example in enumerate(table.examples):
            yield from _example(f"interpreters.{name}.examples[{number}]", interpreter, example)


def _example(where: str, interpreter: Interpreter, example: Example) -> Iterator[str]:
    """Compare one example."""
    if example.stdin not in get_args(StdinKind):
        yield f"{where}.stdin: {example.stdin!r} is not one of {', '.join(get_args(StdinKind))}"
        return
    execution = Execution(argv=example.argv, env=example.env, stdin=example.stdin)  # type: ignore[arg-type]
    reading = interpreter.read(execution)
    texts = tuple(s.text if s.text is not None else f"<{s.vector}>" for s in reading.snippets)
    if texts != example.texts:
        why = f" ({reading.error})" if reading.error else ""
        yield f"{where}: {list(example.argv)} runs {list(texts)}, the example says {list(example.texts)}{why}"


def _build(name: str, table: InterpreterTable) -> Interpreter:
    """Make an interpreter of a table."""
    where = f"interpreters.{name}"
    if name in interpreters.builtin():
        raise FlycatcherError(f"{where}: an interpreter of this name exists", hint="choose another name for the table")
    for number, pattern in enumerate(table.names):
        try:
            re.compile(pattern)
        except re.error as error:
            raise FlycatcherError(
                f"{where}.names[{number}]: {pattern!r} is not a valid regular expression: {error}",
                hint="escape special characters with a backslash",
            ) from error
    attributes = {
        "id": name,
        "language": table.language,
        "names": table.names,
        "kind": table.kind,
        "technique": table.technique,
        "reads_stdin": table.reads_stdin,
        "options": _options(where, table.options),
        "variables": table.variables,
        "__doc__": "An interpreter that the configuration adds.",
    }
    made = type(name, (_Configured,), attributes)()
    if not isinstance(made, Interpreter):
        raise TypeError(name)
    return made


def _options(where: str, table: OptionTable) -> Options:
    """Make the engine's table."""
    short: dict[str, Option] = {}
    long: dict[str, Option] = {}
    for key, takes, role in _KINDS:
        for spelling in getattr(table, key):
            option = Option(takes, role, last=spelling in table.last)
            if len(spelling) == 2 and spelling[0] == "-" and spelling[1] != "-":
                target, name = short, spelling[1]
            elif spelling.startswith("-") and len(spelling) > 2:
                target, name = long, spelling
            else:
                raise FlycatcherError(
                    f"{where}.options.{key}: {spelling!r} is not an option",
                    hint="write it with its dashes: -e or --eval",
                )
            if name in target:
                raise FlycatcherError(f"{where}.options.{key}: {spelling} is given twice", hint="keep one of them")
            target[name] = option
    unknown = [spelling for spelling in table.last if spelling.removeprefix("-") not in short and spelling not in long]
    if unknown:
        raise FlycatcherError(
            f"{where}.options.last: {unknown[0]} is in no other list", hint="add it to code, flag, ..."
        )
    return Options(
        short=short,
        long=long,
        permute=table.permute,
        parser="getopt_long" if table.abbreviations else "getopt",
        unknown=table.unknown,
    )
