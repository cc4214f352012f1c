"""Text and commands that a layer makes run: layers below it, and what is said of the commands themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters.names import grammar_of
from flycatcher.core.payload import addresses, ir, mentions, rules, secrets, sent, taint_sources
from flycatcher.core.payload.commands import (
    Command,
    commands,
    interactive_shell,
    is_shell,
    shell_text,
    unusual_program,
    writable_program,
)
from flycatcher.core.payload.evaluator.values import NO_TAINT, NOT_CONSTANT, Value, concat_text, merge_taint
from flycatcher.core.payload.layer_report import LayerReport
from flycatcher.core.payload.model import Layer
from flycatcher.core.payload.pickles import pickled_calls
from flycatcher.core.payload.started_command import command_of, stdin_of
from flycatcher.core.payload.touched import PLACED, of_words
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.evaluator.values import Taint
    from flycatcher.core.payload.findings import Findings
    from flycatcher.core.payload.language import Starts
    from flycatcher.core.snippet import Snippet

ALL = -1
"""In a language's ``runs``: all arguments together are the code."""
EACH = -3
"""In a language's ``runs``: each argument is code."""
MAX_NESTED = 32
PIPED = Value()
"""Standard input that is a pipe, and nothing is known of what comes through it."""


class CommandScan(LayerReport):
    """A layer, and what it runs, in whatever language it is written."""

    def __init__(self, scan: Findings, layer: Layer, depth: int) -> None:
        """Prepare."""
        super().__init__(scan, layer, depth)
        self.mentions = mentions.Mentions(self.language.id if self.language else "")

    def _runs(self, args: Sequence[Value], where: int, node: ir.Node, argument: ir.Node | None) -> None:
        """An argument runs as code of the same language."""
        if where >= len(args) or not args:
            return
        if where == EACH:
            for number, arg in enumerate(args):
                if number == 0 or arg.text is not None:
                    self._runs([arg], 0, node, argument if number == 0 else None)
            return
        value = args[where] if where >= 0 else args[-1]
        if where == ALL:
            value = concat_text([item for arg in args for item in _items(arg)])
        place = argument if where == 0 and argument is not None else node
        if value.made:
            self.name("eval.decoded", place)
        if "network" in value.taint:
            self._fetched(value.taint, place)
        elif "decoded" in value.taint and not value.made and self.layer.language != "shell":
            self.name("eval.decoded-unseen", place)
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

    def _fetched(self, taint: Taint, node: ir.Node) -> None:
        """Text from the network runs: what an address names, which is one act in every language, or what a peer sends."""
        shell = self.layer.language == "shell"
        self.name("network.pipe-to-interpreter" if shell else "network.download-and-execute", node)
        if taint & {"connection", "decoded"} and not shell:
            self.name("network.unverified-code", node)

    def _fetched_command(self, taint: Taint, node: ir.Node) -> None:
        """A command comes from the network: it is fetched as a program is, or a peer sends it, to whom it gives a shell."""
        if self._is_fetched(taint):
            self._fetched(taint, node)
        else:
            self.name("process.remote-command", node)

    def _is_fetched(self, taint: Taint) -> bool:
        """Whether a command is what an address names, and no peer sends it."""
        return "network" in taint and "connection" not in taint and self.layer.language != "shell"

    def _pickled(self, value: Value, node: ir.Node) -> None:
        """A pickle calls functions by name: they are written down as the program that they are."""
        data = value.data.encode("latin-1", "replace") if isinstance(value.data, str) else value.data
        calls = pickled_calls(data) if isinstance(data, bytes) else ""
        if calls:
            self.pass_on(calls, "python", (*value.made, "pickle"), node, handed=False)

    def pass_on(self, text: str, language: str, made: tuple[str, ...], node: ir.Node, *, handed: bool = True) -> None:
        """Add a layer below this one."""
        self.scan.add(
            Layer(text=text, language=language, made=made, handed=handed, parent=self.number, span=self._span(node)),
            self.depth + 1,
        )

    def _starts(self, starts: Starts, args: Sequence[Value], kwargs: dict[str, Value], node: ir.Node) -> Taint:
        """A function starts a program; return where what that prints comes from, as far as it is variables or credentials."""
        words, text = command_of(starts, args, kwargs)
        if words or text is not None:
            self.name("process.spawn", node)
        if text is not None:
            self._pass_text(text, node)
            return taint_sources.of_text(text.text or "")
        if not words:
            return NO_TAINT
        self._pass_words(words, node, taint=merge_taint(words), stdin=stdin_of(args, kwargs))
        return taint_sources.of_command([word.text or UNKNOWN for word in words]) & secrets.KINDS

    def _pass_text(self, value: Value, node: ir.Node) -> None:
        """Text goes to a shell."""
        self.name("process.spawn", node)
        if "network" in value.taint:
            self._fetched_command(value.taint, node)
        text = value.text
        if value.taint & {"environment", "input"} and (text is None or text.lstrip().startswith(UNKNOWN)):
            self.name("process.unknown-command", node)
        if value.made:
            self.name("eval.decoded", node)
        if text is None or text.strip(UNKNOWN + " \n\t;") == "":
            self.mentions.unresolved = True
            if not self._is_fetched(value.taint):
                self.name("process.dynamic-command", node)
            return
        if (kinds := value.taint & secrets.KINDS) and secrets.text_sends(text):
            self.name(secrets.sent(kinds), node)
        if (
            "host" in value.taint
            and (words := text.split())
            and sent.in_names(words, [value.taint if UNKNOWN in word else NO_TAINT for word in words])
        ):
            self.name("network.dns-data", node)
        self.pass_on(text, "shell", value.made or ("shell",), node, handed=not value.made)
        if interactive_shell(text.split()):
            self.name("shell.spawn", node)

    def _pass_words(
        self, words: Sequence[Value], node: ir.Node, *, taint: frozenset[str], stdin: Value | None = None
    ) -> None:
        """Words go to execve."""
        if "network" in taint:
            self._fetched_command(taint, node)
        plain_words = [word.text if word.text is not None else UNKNOWN for word in words]
        if plain_words and plain_words[0] == UNKNOWN and words[0].name.endswith("sys.executable"):
            plain_words[0] = "python3"
        if any(word == UNKNOWN for word in plain_words):
            self.mentions.unresolved = True
        if sends := sent.in_words(plain_words, [word.taint for word in words]):
            self.name(secrets.sent(sends), node)
        if plain_words and plain_words[0].startswith((UNKNOWN, "$")):
            if not self._is_fetched(taint):
                self.name("process.dynamic-command", node)
            if taint & {"environment", "input"}:
                self.name("process.unknown-command", node)
        stdin = stdin or Value()
        self.mentions.unresolved |= stdin.text is not None and not stdin.exact
        self.started(plain_words, node, stdin)

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
                self.scan.start_file(command.words)
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

    def _command_rules(self, words: Sequence[str], node: ir.Node) -> None:
        """Apply the rules for commands by name to the words and to every command that they start."""
        started = (command.words for command in commands(tuple(words)))
        for part in dict.fromkeys([*started, tuple(words)]):
            args = [Value(word, exact=UNKNOWN not in word) for word in part[1:]]
            for rule, when in rules.index("shell").calls(part[0].rpartition("/")[2]):
                if when is None or holds(when, args, {}):
                    self.report(addresses.nearby(rule, args, {}), node, of_words(part) if rule.id in PLACED else ())


def _items(value: Value) -> list[Value]:
    return value.data[:256] if isinstance(value.data, list) else [value]


def holds(when: rules.When, args: Sequence[Value], kwargs: dict[str, Value]) -> bool:
    """Whether a rule's condition holds; one that looks at arguments which are not there does not."""
    try:
        return bool(when(args, kwargs))
    except (IndexError, KeyError, TypeError, AttributeError, ValueError):
        return False
