"""Walks the syntax tree with what is known, and hands every program start to :mod:`flycatcher.core.shell.interp.launch`.

Both sides of a branch are read, whatever its condition says: what is written there counts. Only the values that hold
afterwards follow a condition that can be told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import entry_of, interpreter_by_name
from flycatcher.core.shell.expand.words import Expander
from flycatcher.core.shell.interp import aliases, arrays, builtins, control, evaluated, korn, side_pipes
from flycatcher.core.shell.interp.launch import fetched_text, launch
from flycatcher.core.shell.interp.redirects import here_string, redirected
from flycatcher.core.shell.interp.side_pipes import known_stream
from flycatcher.core.shell.interp.state import Buffer, State, Stream
from flycatcher.core.shell.provenance import fetched, is_decoded, strip_all_marks
from flycatcher.core.shell.syntax.nodes import (
    AndOr,
    Assign,
    Case,
    Command,
    For,
    Function,
    Group,
    If,
    Pipeline,
    Proc,
    Script,
    Simple,
    Source,
    Sub,
    Test,
    While,
    Word,
)
from flycatcher.core.unknown import LIKELY, UNKNOWN, likely, strip_marks

if TYPE_CHECKING:
    from flycatcher.core.shell.interp.collector import Collector, Frame
    from flycatcher.core.shell.interp.side_pipes import Fed

ANONYMOUS = "(anonymous)"
MAX_CALLS = 10
MAX_FRAMES = 30


class Machine:
    """One shell process, or one text that a shell reads."""

    def __init__(self, state: State, collector: Collector, frame: Frame) -> None:
        """Begin with a state, the place that results go to, and how this text was reached."""
        self.state = state
        self.collector = collector
        self.frame = frame
        self.expander = Expander(self)
        state.attributes.evaluate = self.expander.number
        self.status: bool | None = True
        self.read_ended = False
        self.stopped = False
        self.branches = 0
        self.item = 0
        self.calls: list[str] = []
        self.traps: list[tuple[Simple | None, str, frozenset[str]]] = []
        """Where each was set, its text and its signals."""
        self.node: Simple | None = None
        self.fed: list[Fed] = []

    # -- reading texts -------------------------------------------------------------------------------------------

    def read(self, source: Source) -> Script:
        """Parse a text; problems go to the collector."""
        return self.collector.parse(source, self.state.dialect, self.frame.depth)

    def read_text(self, text: str, via: str) -> None:
        """Run text that this very shell reads again (eval, source, trap), in the state that holds now."""
        command, decoded, text = fetched(self.collector.fetches, text), is_decoded(text), strip_all_marks(text)
        if text and (decoded or (command and not text.strip(UNKNOWN + " \n"))):
            fetched_text(self, text, command, via, decoded=bool(decoded))
        if not text.strip() or text.strip(UNKNOWN) == "" or not self.collector.enter(self.frame, text):
            return
        outer = self.frame
        self.frame = outer.inner(via)
        self.run(self.read(Source(text, fixed=self.span())))
        self.frame = outer

    def span(self) -> tuple[int, int, int, int]:
        """Return where the command that runs now is written."""
        if self.node is None:
            return self.frame.span
        return self.node.source.span(self.node.start, self.node.end)

    def run_top(self, script: Script) -> None:
        """Run a whole text, then each function that nothing called, once, with parameters unknown."""
        self.run(script)
        self.branches += 1
        self.stopped = False  # by exit, behind which the traps run
        side_pipes.feed(self)
        for node, text, _signals in self.traps:
            self.node = node
            self.read_text(text, "trap")
        for name, body in list(self.state.functions.items()):
            if name not in self.collector.called:
                self.collector.called.add(name)
                state = self.state
                self.state = self.fork_of(state)
                self.state.positional = None
                self.run(body)
                self.state = state

    def run_inner(self, source: Source, state: State, frame: Frame) -> None:
        """Run a whole text as a shell process of its own, whose results go to the same place."""
        inner = Machine(state, self.collector, frame)
        inner.run_top(inner.read(source))

    def fork(self) -> State:
        """Return a copy of the state, at the price of its size."""
        return self.fork_of(self.state)

    def fork_of(self, state: State) -> State:
        """Return a copy of a state, at the price of its size."""
        self.collector.step(1 + len(state.variables) // 50)
        return state.fork()

    # -- lists ---------------------------------------------------------------------------------------------------

    def run(self, script: Script) -> None:
        """Run a list of commands."""
        for item in script.items:
            if self.stopped:
                return
            if not self.collector.step():
                if self.collector.stopped is None:
                    self.collector.stop(*self._place(item)[:2])
                return
            if not self.branches:
                self.item += 1
            self._and_or(item)

    def _place(self, item: AndOr) -> tuple[int, int, int, int]:
        """Return where a command is written that is not run any more, or the last one that was."""
        command = item.items[0][1].commands[0] if item.items[0][1].commands else None
        return command.source.span(command.start, command.end) if isinstance(command, Simple) else self.span()

    def _and_or(self, item: AndOr) -> None:
        if len(item.items) == 1:
            self._pipeline(item.items[0][1])
            return
        before: State | None = None
        for operator, pipeline in item.items:
            skipped = (operator == "&&" and self.status is False) or (operator == "||" and self.status is True)
            if skipped:
                status = self.status
                self._aside(pipeline)
                self.status = status
                continue
            if operator and self.status is None and (before is None or operator == "||"):
                if before is not None:
                    self.state.join(before)
                before = self.fork()
            if operator and before is not None:
                self.branches += 1
                self._pipeline(pipeline)
                self.branches -= 1
                # it may not have run at all: only the value that both ways lead to is known
                if self.status is (operator == "&&"):
                    self.status = None
            else:
                self._pipeline(pipeline)
        if before is not None:
            self.state.join(before)
            self.status = None

    def _aside(self, pipeline: Pipeline) -> None:
        """Read what will not run, for what is written in it; its values are forgotten."""
        state = self.state
        self.state = self.fork_of(state)
        self.state.writes[1] = None
        self.branches += 1
        self._pipeline(pipeline)
        self.branches -= 1
        self.state = state

    def _pipeline(self, pipeline: Pipeline) -> None:
        if pipeline.coprocess:
            side_pipes.start_coprocess(self, pipeline)
        elif len(pipeline.commands) == 1:
            self._command(pipeline.commands[0])
        else:
            outer = self.state
            stream: Stream | None = None
            self.branches += 1
            for index, command in enumerate(pipeline.commands):
                if not self.collector.step():
                    break
                self.state = self.fork_of(outer)
                if stream is not None:
                    self.state.reads[0] = stream
                buffer = Buffer()
                if index + 1 < len(pipeline.commands):
                    self.state.writes[1] = buffer
                self._command(command)
                stream = known_stream(self, buffer, describe(pipeline.commands[max(index - 19, 0) : index + 1]))
            self.branches -= 1
            self.state = outer
        if pipeline.negated and self.status is not None:
            self.status = not self.status

    def _command(self, command: Command) -> None:
        if self.frame.level >= MAX_FRAMES:
            self.collector.truncate("nested too deep")
            return
        self.frame.level += 1
        match command:
            case Simple():
                self._simple(command)
            case Function(name=""):
                self.state.functions[ANONYMOUS] = command.body
                self.call(ANONYMOUS, self.expander.fields(command.args))
            case Function():
                self.state.functions[command.name] = command.body
            case _:
                with redirected(self, command.redirects):
                    self._compound(command)
        self.frame.level -= 1

    def _compound(self, command: Group | If | While | For | Case | Test) -> None:
        match command:
            case Group(subshell=True):
                outer, self.state = self.state, self.fork()
                self.branches += 1
                self.run(command.body)
                self.branches -= 1
                self.state = outer
            case Group(namespace=""):
                self.run(command.body)
            case Group():
                self._in_namespace(command)
            case If():
                control.run_if(self, command)
            case While():
                control.run_while(self, command)
            case For():
                control.run_for(self, command)
            case Case():
                control.run_case(self, command)
            case Test():
                control.run_test(self, command)

    def _in_namespace(self, command: Group) -> None:
        """Run what stands in ksh93's namespace: what is set there has its name in front outside of it."""
        state, prefix = self.state, f".{command.namespace}."
        before = dict(state.variables)
        functions = set(state.functions)
        self.run(command.body)
        state.variables.update(
            {prefix + name: value for name, value in list(state.variables.items()) if before.get(name) != value}
        )
        state.functions.update({prefix + name: state.functions[name] for name in set(state.functions) - functions})

    # -- simple commands -----------------------------------------------------------------------------------------

    def _simple(self, command: Simple) -> None:
        outer_node, self.node = self.node, command
        if not (command.words and aliases.replaced(self, command)):
            supposed = self.expander.supposed
            fields = self.command_fields(command)
            if self.expander.supposed > supposed:
                fields = self._without(command, fields)
            if self.state.dialect == "zsh":
                korn.qualifiers(self, command.words)
            with redirected(self, command.redirects, keep=fields in (["exec"], ["redirect"])):
                if fields:
                    self._dispatch(command, fields)
                else:
                    self.status = None if any(_runs(assign) for assign in command.assigns) else True
                    for assign in command.assigns:
                        self.assign(assign)
        self.node = outer_node

    def _without(self, command: Simple, fields: list[str]) -> list[str]:
        """Return the words without those that stand in for a variable, where only then an interpreter is named."""
        if any(isinstance(word, Assign) for word in command.words) or names_program(fields):
            return fields
        self.expander.without = True
        others = self.command_fields(command)
        self.expander.without = False
        return others if names_program(others) else fields

    def command_fields(self, command: Simple) -> list[str]:
        """Expand the words; the assignments after ``export`` and its like become ``name=value`` (and are made there)."""
        fields: list[str] = []
        plain_words: list[Word] = []
        for word in command.words:
            if isinstance(word, Word):
                plain_words.append(word)
                continue
            fields.extend(self.expander.fields(plain_words))
            plain_words = []
            declared = fields and strip_marks(fields[0]) in ("local", "declare", "typeset", "compound")
            if declared:
                builtins.declared(self, word.name, fields[1:])
            self.assign(word)
            fields.append(f"{word.name}={self.state.scalar(word.name) or ''}")
        return fields + self.expander.fields(plain_words)

    def assign(self, assign: Assign) -> None:
        """Make one assignment."""
        arrays.assign(self, assign)

    def _dispatch(self, command: Simple, fields: list[str]) -> None:
        name = strip_marks(fields[0])
        if name[:1] == "=" and len(name) > 1 and self.state.dialect == "zsh":
            name = name[1:]  # the file of that name in PATH (zshexpn(1), `=' EXPANSION)
            fields[0] = name
        if name in self.state.functions and LIKELY not in name:
            self._with_assigns(command, lambda: self.call(name, fields[1:]))
        elif builtins.known(name, self.state.dialect):
            self._with_assigns(command, lambda: builtins.run(self, name, fields[1:]))
        elif text := korn.autoloaded(self, name):
            self._with_assigns(command, lambda: self.autoload(name, text, fields[1:]))
        else:
            env = self.state.environment()
            env.update({assign.name: strip_marks(self._assign_text(assign)) for assign in command.assigns})
            launch(self, fields, env)
            handler = "command_not_found_handle" + "r" * (self.state.dialect == "zsh")
            if handler in self.state.functions and not self.calls:
                self.call(handler, fields)

    def _assign_text(self, assign: Assign) -> str:
        if isinstance(assign.value, list):
            return ""
        value = self.expander.text(assign.value)
        return (self.state.scalar(assign.name) or "") + value if assign.append else value

    def _with_assigns(self, command: Simple, action: object) -> None:
        """Run a function or builtin with the assignments before it in force, exported, and taken back after it."""
        saved = {assign.name: self.state.variables.get(assign.name) for assign in command.assigns}
        exported = set(self.state.exported)
        for assign in command.assigns:
            self.assign(assign)
            self.state.exported.add(assign.name)
        action()  # type: ignore[operator]
        for name, value in saved.items():
            if value is None:
                self.state.variables.pop(name, None)
            else:
                self.state.variables[name] = value
        if saved:
            self.state.exported &= exported

    def autoload(self, name: str, text: str, args: list[str]) -> None:
        """Run a function whose text was found in a folder of FPATH: it is its body, or defines it."""
        self.state.functions[name] = body = self.read(Source(text, fixed=self.span()))
        self.call(name, args)
        if self.state.functions[name] is not body:
            self.call(name, args)

    def call(self, name: str, args: list[str]) -> None:
        """Run a function's body with its arguments bound."""
        self.collector.called.add(name)
        if len(self.calls) >= MAX_CALLS or self.calls.count(name) >= 3:
            self.collector.truncate("calls nested too deep")
            return
        state = self.state
        outer, state.positional = state.positional, args
        state.locals.append({})
        self.calls.append(name)
        self.branches += 1
        self.run(state.functions[name])
        self.branches -= 1
        self.calls.pop()
        for variable, value in state.locals.pop().items():
            if value is None:
                state.variables.pop(variable, None)
            else:
                state.variables[variable] = value
        self.state = state
        state.positional = outer
        self.status = None

    # -- what expansion asks for ---------------------------------------------------------------------------------

    def prompt(self, text: str) -> None:
        """Run the substitutions of a text that is expanded as a prompt is (``${x@P}``)."""
        evaluated.prompt(self, text, "@P")

    def again(self, text: str) -> str:
        """Expand a text once more, as if it stood in double quotes (``${(e)x}`` of zsh)."""
        return evaluated.expanded(self, text)

    def discipline(self, name: str) -> None:
        """Run ``NAME.get`` of ksh93, whose ``.sh.value`` becomes the value."""
        if f"{name}.get" not in self.calls:
            self.call(f"{name}.get", [])
            made = self.state.variables.pop(".sh.value", None)
            if made is not None:
                self.state.variables[name] = made

    def evaluate(self, expression: str) -> None:
        """Run the substitutions in the subscripts of an arithmetic expression, and of the values that it names."""
        evaluated.expression(self, expression)

    def substitute(self, script: Script, raw: str) -> str:
        """Return what a command substitution prints; ``$(NAME)`` of a makefile becomes a guess by its name."""
        outer, self.state = self.state, self.fork()
        buffer = Buffer()
        self.state.writes[1] = buffer
        self.branches += 1
        if not (redirect := here_string(self, script, buffer)):
            self.run(script)
        self.branches -= 1
        self.state = outer
        if not redirect and (name := interpreter_by_name(raw)):
            return likely(name)
        return buffer.text().replace("\0", "").rstrip("\n")

    def replied(self, script: Script) -> str:
        """Return what REPLY holds once commands have run in this very shell."""
        self.state.variables.pop("REPLY", None)
        self.run(script)
        return self.state.scalar("REPLY") or ""

    def process_substitution(self, part: Proc) -> str:
        """Return the path of the descriptor that stands for it, and remember what is to be read, or will be written, there."""
        return side_pipes.substitute_process(self, part)


def describe(commands: list[Command]) -> str:
    """Return the source text of the commands on the left of a pipe, at most 2,000 characters."""
    out = []
    for command in commands:
        if isinstance(command, Simple):
            out.append(command.source.text[command.start : command.end])
        else:
            out.append(type(command).__name__.lower())
    return " | ".join(out)[:2000]


def names_program(fields: list[str]) -> bool:
    """Whether a command begins with an interpreter's name."""
    return bool(fields) and entry_of(strip_marks(fields[0])) is not None


def _runs(assign: Assign) -> bool:
    words = assign.value if isinstance(assign.value, list) else [assign.value]
    return any(isinstance(part, Sub) for word in words for part in word.parts)
