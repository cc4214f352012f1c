"""One analysis: the layers in turn, what each calls, and the layers that this brings to light."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters.names import grammar_of
from flycatcher.core.payload import addresses, decode, invisible, ir, mentions, rules, secrets, taint_sources
from flycatcher.core.payload.benign_shapes import ShapeObserver
from flycatcher.core.payload.commands import (
    Command,
    commands,
    innermost,
    interactive_shell,
    is_shell,
    shell_text,
    unusual_program,
    writable_program,
)
from flycatcher.core.payload.evaluator.evaluation import ExhaustedError
from flycatcher.core.payload.evaluator.evaluator import Evaluator
from flycatcher.core.payload.evaluator.values import NOT_CONSTANT, Value, concat_text, merge_taint
from flycatcher.core.payload.layer_report import LayerReport
from flycatcher.core.payload.model import Layer, Parse
from flycatcher.core.payload.origins import origin_of, worse
from flycatcher.core.payload.planting import Planting
from flycatcher.core.payload.started_command import command_of, stdin_of, substituted
from flycatcher.core.payload.touched import MOVES, PLACED, of_call, of_words
from flycatcher.core.planting import planted_snippets
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.findings import Findings
    from flycatcher.core.payload.language import Language, Starts
    from flycatcher.core.snippet import Snippet


_PICKLES = frozenset(("pickle.loads", "cPickle.loads", "_pickle.loads", "dill.loads", "cloudpickle.loads"))
ALL = -1
"""In a language's ``runs``: all arguments together are the code."""
MAX_NESTED = 32
PIPED = Value()
"""Standard input that is a pipe, and nothing is known of what comes through it."""
LEAST_NODES = 100
"""Nodes that are read of every layer, however little is left of the analysis's."""


class LayerScan(LayerReport):
    """One layer being read; the evaluator's sink."""

    def __init__(self, scan: Findings, layer: Layer, depth: int) -> None:
        """Prepare."""
        super().__init__(scan, layer, depth)
        self.shape = ShapeObserver(self.language.id if self.language else "")
        self.mentions = mentions.Mentions(self.language.id if self.language else "")
        self.planting = Planting()
        self.met: set[tuple[str, ...]] = set()
        """Commands of shell text that the syntax tree shows."""

    def run(self) -> None:
        """Parse and evaluate the layer, search what was not parsed, and note how well that went."""
        self.scan.layers.append(self.layer)
        parse: Parse = "not parsed" if self.language is None else self._evaluate(self.language)
        for start, end, said in invisible.hidden(self.layer.text):
            self._hidden(said, ir.Group(self.source.byte(start), self.source.byte(end)))
        if self.source.rest:
            self.scan.notes["the text goes on after the part that is parsed"] = None
            self._search(self.source.rest)
        if parse != "parsed":
            self._search(self.source.head)
        self.scan.layers[self.number] = replace(self.layer, parse=parse)
        if self.number == 0 and parse == "parsed":
            self.scan.shape = self.shape.name()

    def _evaluate(self, language: Language) -> Parse:
        """Parse and evaluate the layer within what is left of the bounds; return how much of it was read."""
        program = language.parse(self.source, max(self.scan.nodes, LEAST_NODES))
        self.scan.nodes -= program.read
        self.scan.parsing = self.source.parsing
        parse: Parse = "parsed" if program.complete and self.source.whole else "partial"
        for note in program.notes:
            self.scan.notes[note] = None
        evaluator = Evaluator(language, self, self.scan.budget, self.scan.limits)
        try:
            evaluator.run(program)
        except (ExhaustedError, RecursionError):
            parse = "partial"
            self.scan.notes["the analysis ended at its bound before the end of the text"] = None
        self.scan.folded_names += evaluator.folded_names
        if language.id == "shell":
            self._read_again()
        else:
            for snippet, node in self.planting.found():
                self._planted(snippet, node)
            if not self.scan.guessing:
                mentions.finish(self)
        return parse

    # -- what the evaluator reports

    def used(self, name: str, node: ir.Node) -> None:
        """See :class:`evaluate.Sink`."""
        self.shape.used(name)
        for rule in self.index.uses(name):
            self.report(rule, node)

    def mentioned(self, name: str, node: ir.Node) -> None:
        """See :class:`evaluate.Sink`."""
        name = mentions.resolved(self, name.lower() if self.index.any_case else name)
        if name:
            self.mentions.mention(name, node)

    def knows(self, name: str) -> bool:
        """Whether a dotted name means anything to a rule or to the language (for ``from m import *``)."""
        language = self.language
        assert language is not None  # noqa: S101 (only an evaluator asks)
        return (
            name in language.starts
            or name in language.functions
            or name in language.runs
            or bool(self.index.calls(name))
        )

    def comes_from(self, name: str) -> frozenset[str]:
        """See :class:`evaluate.Sink`."""
        return taint_sources.of_name(self.language.id if self.language else "", name)

    def text(self, value: Value, node: ir.Node) -> None:
        """See :class:`evaluate.Sink`."""
        text = value.text
        if text is None or len(text) < 4:
            return
        self.planting.text(text, node)
        if isinstance(node, ir.Const):
            self.scan.longest = max(self.scan.longest, len(text))
        for rule, _start, _end in rules.values_in(text):
            self.report(rule, node)
        if self.source.ascii:
            for _start, _end, said in invisible.hidden(text):
                self._hidden(said, node)
        self.mentions.literal(text, node)
        if self.language is not None and self.language.text_names:
            name = text.lstrip(":\\").lower() if self.index.any_case else text
            if mentions.is_function_name(self, name):
                self.mentions.textual.setdefault(name, node)

    def _hidden(self, said: str, node: ir.Node) -> None:
        """Take on what invisible letters say: a program, as far as anybody can tell."""
        self.name("evasion.invisible-letters", node)
        if said.strip():
            self.pass_on(said, self.layer.language, invisible.SPELLED, node, handed=False)

    def called(
        self, name: str, args: Sequence[Value], kwargs: dict[str, Value], node: ir.Node, argument: ir.Node | None
    ) -> Value:
        """See :class:`evaluate.Sink`."""
        language = self.language
        assert language is not None  # noqa: S101 (only an evaluator calls)
        method = "*." + name.rpartition(".")[2]
        self.shape.called(name)
        if language.id == "shell" and name.endswith("="):
            for rule, _when in self.index.calls(name):
                self.report(rule, node)
            return Value()
        if language.id == "shell":
            return self._shell_command(name, args, kwargs, node)
        for key in (name, method):
            for rule, when in self.index.calls(key):
                if when is None or _holds(when, args, kwargs):
                    self.report(
                        addresses.nearby(rule, args, kwargs),
                        node,
                        of_call(language.id, name, args) if rule.id in PLACED else (),
                    )
        if name in MOVES:
            self.scan.move(args[0].text or UNKNOWN if args else UNKNOWN)
        where = language.runs.get(name, language.runs.get(method))
        if where is not None:
            self._runs(args, where, node, argument)
        delegate = language.delegates.get(name)
        if delegate is not None and args and args[0].text:
            self.pass_on(args[0].text, delegate, (name,), node)
        if name in _PICKLES and args and args[0].known:
            self._pickled(args[0], node)
        starts = language.starts.get(name) or language.starts.get(method)
        if starts is None and args and args[0].text is not None:
            starts = language.starts.get(mentions.distinct(language.id).get(method[2:], ""))
        known = where is not None or starts is not None or name in language.specials or name in language.indirect
        self._names_in(args, node)
        if name in mentions.loaders(language.id):
            self.mentions.load(args[0].text if args and args[0].known else None, node)
        self.mentions.call(name, known=known or bool(self.index.calls(name) or self.index.calls(method)))
        if starts is not None:
            self._starts(starts, args, kwargs, node)
        return Value(taint=taint_sources.of_call(language.id, name, method, args))

    def _names_in(self, args: Sequence[Value], node: ir.Node) -> None:
        """Take strings among arguments that are a function's name: where text may name one they mention it."""
        for arg in args:
            if (
                isinstance(arg.data, str)
                and arg.exact
                and (full := mentions.distinct(self.index.language).get(arg.data))
            ):
                self.mentions.unresolved = True
                if self.language is not None and self.language.text_names and full == arg.data:
                    self.mentions.mention(full, node)

    def command(self, value: Value, node: ir.Node) -> Value:
        """See :class:`evaluate.Sink`."""
        self.shape.called("`")
        self._pass_text(value, node)
        return Value(taint=value.taint | {"process"})

    def redirect(self, op: str, target: Value, node: ir.Node) -> None:
        """See :class:`evaluate.Sink`."""
        self.shape.called(op)
        for rule, when in self.index.calls(op):
            if when is None or _holds(when, [target], {}):
                self.report(addresses.nearby(rule, [target], {}), node, (target.text or UNKNOWN,))

    # -- text that runs

    def _runs(self, args: Sequence[Value], where: int, node: ir.Node, argument: ir.Node | None) -> None:
        """An argument runs as code of the same language."""
        if where >= len(args) or not args:
            return
        value = args[where] if where >= 0 else args[-1]
        if where == ALL:
            value = concat_text([item for arg in args for item in _items(arg)])
        place = argument if where == 0 and argument is not None else node
        if value.made:
            self.name("eval.decoded", place)
        if "network" in value.taint:
            shell = self.layer.language == "shell"  # in a shell it is the one act that has many spellings
            self.name("network.pipe-to-interpreter" if shell else "network.download-and-execute", place)
        if value.taint & {"environment", "input", "all-environment"}:
            self.name("eval.from-input", place)
        if "temporary-file" in value.taint:
            self.name("eval.temporary-file", place)
        text = value.text
        if text is None or not value.exact:
            self.mentions.unresolved = True
            if value.name.rpartition(".")[2] not in ("compile()", "code()"):
                self.name("eval.dynamic", place)
            if text is None:
                return
        self.pass_on(text, self.layer.language, value.made, place, handed=False)

    def _pickled(self, value: Value, node: ir.Node) -> None:
        """A pickle calls functions by name: they are written down as the program that they are."""
        data = value.data.encode("latin-1", "replace") if isinstance(value.data, str) else value.data
        calls = decode.pickled_calls(data) if isinstance(data, bytes) else ""
        if calls:
            self.pass_on(calls, "python", (*value.made, "pickle"), node, handed=False)

    def pass_on(self, text: str, language: str, made: tuple[str, ...], node: ir.Node, *, handed: bool = True) -> None:
        """Add a layer below this one."""
        self.scan.add(
            Layer(text=text, language=language, made=made, handed=handed, parent=self.number, span=self._span(node)),
            self.depth + 1,
        )

    def _starts(self, starts: Starts, args: Sequence[Value], kwargs: dict[str, Value], node: ir.Node) -> None:
        """A function starts a program."""
        words, text = command_of(starts, args, kwargs)
        if words or text is not None:
            self.name("process.spawn", node)
        if text is not None:
            self._pass_text(text, node)
        elif words:
            self._pass_words(words, node, taint=merge_taint(words), stdin=stdin_of(args, kwargs))

    def _pass_text(self, value: Value, node: ir.Node) -> None:
        """Text goes to a shell."""
        self.name("process.spawn", node)
        if "network" in value.taint:
            self.name("process.remote-command", node)
        text = value.text
        if value.taint & {"environment", "input"} and (text is None or text.lstrip().startswith(UNKNOWN)):
            self.name("process.unknown-command", node)
        if value.made:
            self.name("eval.decoded", node)
        if text is None or text.strip(UNKNOWN + " ") == "":
            self.mentions.unresolved = True
            self.name("process.dynamic-command", node)
            return
        if secrets.SECRET in value.taint and secrets.text_sends(text):
            self.name("network.send-secret", node)
        self.pass_on(text, "shell", value.made or ("shell",), node, handed=not value.made)
        if interactive_shell(text.split()):
            self.name("shell.spawn", node)

    def _pass_words(
        self, words: Sequence[Value], node: ir.Node, *, taint: frozenset[str], stdin: Value | None = None
    ) -> None:
        """Words go to execve."""
        if "network" in taint:
            self.name("process.remote-command", node)
        plain_words = [word.text if word.text is not None else UNKNOWN for word in words]
        if plain_words and plain_words[0] == UNKNOWN and words[0].name.endswith("sys.executable"):
            plain_words[0] = "python3"
        if any(word == UNKNOWN for word in plain_words):
            self.mentions.unresolved = True
        if secrets.words_send(plain_words, [secrets.SECRET in word.taint for word in words]):
            self.name("network.send-secret", node)
        if plain_words and plain_words[0].startswith((UNKNOWN, "$")):
            self.name("process.dynamic-command", node)
            if taint & {"environment", "input"}:
                self.name("process.unknown-command", node)
        self.started(plain_words, node, stdin or Value())

    def started(
        self, words: Sequence[str], node: ir.Node, stdin: Value, descriptors: dict[int, str] | None = None
    ) -> None:
        """Look at a command's words, and at what the program that they start would run."""
        started = commands(tuple(words), stdin.text if stdin.exact else None)
        if not started:
            return
        every = dict.fromkeys([*(command.words for command in started), tuple(words)])
        for rule in rules.command_rules():
            if rule.commands is None:
                continue
            for each in filter(rule.commands, every):
                self.report(rule, node, of_words(each) if rule.id in PLACED else ())
        if self.layer.language != "shell":  # its own commands are looked at where they stand
            self._command_rules(words, node)
            if interactive_shell(words):
                self.name("shell.spawn", node)
        read: list[Snippet] = []
        for command in started:
            given = stdin if command.stdin is None else Value(command.stdin.text or "")
            if command.last:
                self._place_of(command.words[0], node)
                self._shells(command.words, node, given)
            read += self._read_by_interpreter(command, given, descriptors or {}, read, node)

    def _read_by_interpreter(
        self, command: Command, stdin: Value, descriptors: dict[int, str], known: Sequence[Snippet], node: ir.Node
    ) -> list[Snippet]:
        """Take on what a command would run as an interpreter; return it. ``known`` is what launchers before it brought."""
        if self.scan.nested_of is None or len(self.scan.nested) >= MAX_NESTED:
            return []
        piped = stdin.data is not NOT_CONSTANT or bool(stdin.taint) or stdin is PIPED
        execution = Execution(
            argv=command.words,
            stdin=command.stdin.kind if command.stdin is not None else "pipe" if piped else "unknown",
            stdin_text=stdin.text if stdin.exact else None,
            descriptors=descriptors,
            holes=tuple(number for number, word in enumerate(command.words) if UNKNOWN in word),
        )
        same = {(snippet.language, snippet.text) for snippet in known if snippet.text is not None}
        found = [each for each in self.scan.nested_of(execution) if (each.language, each.text) not in same]
        for snippet in found:
            self._nested(snippet, stdin, node)
        return found

    def _place_of(self, program: str, node: ir.Node) -> None:
        """Look at where a program lies. In a shell's own text only places that anybody may write to say anything."""
        if writable_program(program):
            self.name("process.spawn-file", node, (program,))
        elif unusual_program(program) and (self.depth or self.layer.language != "shell"):
            relative = program.startswith(("./", "../"))
            self.name("process.spawn-relative" if relative else "process.spawn-file", node, (program,))

    def _nested(self, snippet: Snippet, stdin: Value, node: ir.Node) -> None:
        """Take on what a started interpreter would run."""
        self.scan.nested.append(snippet)
        from_stdin = snippet.vector == "stdin"
        if snippet.text is not None:
            decoded = from_stdin and bool(stdin.made)
            made = stdin.made if decoded else (f"{snippet.interpreter} {snippet.option}".strip(),)
            self.pass_on(snippet.text, snippet.language, made, node, handed=not decoded)
        if from_stdin and stdin.made:
            self.name("eval.decoded", node)
        if from_stdin and "network" in stdin.taint:
            self.name("network.pipe-to-interpreter", node)

    def _planted(self, snippet: Snippet, node: ir.Node) -> None:
        """Take on what the text puts where it is run later."""
        if len(self.scan.nested) < MAX_NESTED and snippet.text is not None:
            self.scan.nested.append(snippet)
            self.pass_on(snippet.text, snippet.language, ("planted",), node)

    def _shells(self, words: Sequence[str], node: ir.Node, stdin: Value) -> None:
        """A shell with text: its own layer, whatever else reads command lines here."""
        given = shell_text(words)
        if given is not None:
            text, parameters = given
            language = "powershell" if grammar_of(words[0]) == "pwsh" else "shell"
            if text.strip(UNKNOWN + " "):
                self.pass_on(text, language, (f"{words[0].rpartition('/')[2]} -c",), node)
            if parameters and "$" in text:
                joined = " ".join(parameters)
                filled = (
                    text.replace('"$@"', joined)
                    .replace("$@", joined)
                    .replace("$*", joined)
                    .replace("$1", parameters[0])
                )
                if filled != text:
                    self.pass_on(filled, "shell", ("positional parameters",), node)
        elif is_shell(words[0]) and interactive_shell(words):
            if stdin.text is not None:
                self.pass_on(stdin.text, "shell", stdin.made or ("stdin",), node, handed=not stdin.made)
                if stdin.made:
                    self.name("eval.decoded", node)
            elif stdin.made:
                self.name("eval.decoded", node)
            if "network" in stdin.taint:
                self.name("network.pipe-to-interpreter", node)

    def _shell_command(self, name: str, args: Sequence[Value], kwargs: dict[str, Value], node: ir.Node) -> Value:
        """A command of shell text."""
        words = [*(name.split() or [name]), *(UNKNOWN if arg.text is None else arg.text for arg in args)]
        stdin = kwargs.get("|") or kwargs.get("<<") or Value()
        if "|" in kwargs and stdin.data is NOT_CONSTANT and not stdin.taint:
            stdin = PIPED
        self.met.add(tuple(words))
        self.met.update(command.words for command in commands(tuple(words), stdin.text if stdin.exact else None))
        if name in ("unset", "fork-bomb", "export"):
            for rule, _when in self.index.calls(name):
                self.report(rule, node)
        if name in MOVES:
            self.scan.move(words[-1] if len(words) > 1 else "~")
        self._command_rules(words, node)
        self._secrets(words, args, stdin, node)
        self._waits(words, stdin, node)
        taint = merge_taint(args)
        known = len(self.scan.nested)
        if name == "eval" and args:
            self._runs([concat_text(args)], 0, node, None)
        else:
            self.started(words, node, stdin, substituted(args))
            if (
                stdin.data is NOT_CONSTANT
                and not stdin.taint
                and interactive_shell(words)
                and self._for_somebody(words)
            ):
                self.name("shell.spawn", node)
        command = innermost(words)
        fetched = any(map(_unknown_program, self.scan.nested[known:]))
        if "network" in taint and command and (fetched or is_shell(command[0]) or command[0] in (".", "source")):
            self.name("network.pipe-to-interpreter", node)
        return Value(taint=taint_sources.of_command(command or tuple(words)) | stdin.taint)

    def _secrets(self, words: Sequence[str], args: Sequence[Value], stdin: Value, node: ir.Node) -> None:
        """Report a command that sends a secret: in its words, or what it reads."""
        before = [False] * (len(words) - len(args))
        hidden = [*before, *(not arg.taint.isdisjoint(secrets.KINDS) for arg in args)]
        reads = not stdin.taint.isdisjoint(secrets.KINDS) and secrets.words_send(
            words, [*before, *(True for _ in args)]
        )
        if reads or secrets.words_send(words, hidden):
            self.name(secrets.sent(stdin.taint if reads else merge_taint(args)), node)

    def _waits(self, words: Sequence[str], stdin: Value, node: ir.Node) -> None:
        """Remember a shell, or an unknown command, that matters only where a connection is open (see :meth:`Findings.combine`)."""
        if words[0].startswith(UNKNOWN):
            self.scan.waiting_for_peer.setdefault("process.dynamic-command", self.evidence(*self._span(node)))
        elif stdin.data is NOT_CONSTANT and not stdin.taint and interactive_shell(words):
            self.scan.waiting_for_peer.setdefault("shell.spawn", self.evidence(*self._span(node)))

    def _read_again(self) -> None:
        """Look at what only the shell reader finds in shell text."""
        from flycatcher.core.payload import shell_reader as reading  # noqa: PLC0415 (the shell reader is as large as all the rest)

        for execution, node, stdin in reading.started(self.source):
            if execution.planted is not None:
                for snippet in planted_snippets(execution.planted.path, execution.planted.text):
                    self._planted(snippet, node)
                continue
            words = execution.argv
            self._origins(execution, node)
            for snippet in reading.carried_by(execution, self.scan):
                self._nested(snippet, Value(), node)
            if words in self.met:
                continue
            self.met.add(words)
            self._command_rules(words, node)
            self.started(words, node, stdin)
            if interactive_shell(words) and execution.via and execution.stdin == "unknown":
                self.name("shell.spawn", node)

    def _origins(self, execution: Execution, node: ir.Node) -> None:
        """Look at where the text comes from that an interpreter is given: the network, or a decoder."""
        if self.scan.snippets_of is None or not any(
            name.endswith((".fetched", ".decoded")) for name in execution.context
        ):
            return
        found = [origin_of(execution.context, snippet) for snippet in self.scan.snippets_of(execution)]
        fetched = [origin for origin in found if origin.command and not origin.verified]
        self.scan.vouched |= any(origin.command and origin.verified for origin in found)
        self.scan.unvouched |= bool(fetched)
        if fetched:
            self.name("network.pipe-to-interpreter", node)
            if worse(execution, fetched):
                self.name("network.unverified-code", node)
        elif any(origin.decoded and not origin.seen for origin in found):
            self.name("eval.decoded-unseen", node)

    def _command_rules(self, words: Sequence[str], node: ir.Node) -> None:
        """Apply the rules for commands by name to the words and to every command that they start."""
        started = (command.words for command in commands(tuple(words)))
        for part in dict.fromkeys([*started, tuple(words)]):
            args = [Value(word, exact=UNKNOWN not in word) for word in part[1:]]
            for rule, when in rules.index("shell").calls(part[0].rpartition("/")[2]):
                if when is None or _holds(when, args, {}):
                    self.report(addresses.nearby(rule, args, {}), node, of_words(part) if rule.id in PLACED else ())

    def _for_somebody(self, words: Sequence[str]) -> bool:
        """Whether a shell without text is interactive for the other end of a connection: plain ``bash`` may read a here-document."""
        return self.depth > 0 or words[0] == "exec" or any(word.startswith("-") for word in words[1:])


def read_layers(findings: Findings, text: str, language: str, depth: int = 0) -> None:
    """Read the outermost layer and everything below it."""
    findings.add(Layer(text=text, language=language), depth)
    while findings.waiting:
        pending = findings.waiting.pop(0)
        LayerScan(findings, pending.layer, pending.depth).run()
    findings.combine()


def _unknown_program(snippet: Snippet) -> bool:
    """Whether a snippet's whole program is what a substitution gives."""
    if snippet.text is None:
        return snippet.vector == "descriptor"
    return snippet.text.lstrip().startswith(UNKNOWN)


def _items(value: Value) -> list[Value]:
    return value.data[:256] if isinstance(value.data, list) else [value]


def _holds(when: rules.When, args: Sequence[Value], kwargs: dict[str, Value]) -> bool:
    try:
        return bool(when(args, kwargs))
    except (IndexError, KeyError, TypeError, AttributeError, ValueError):
        return False
