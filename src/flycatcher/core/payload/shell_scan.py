"""The commands of shell text: as its syntax tree shows them, and as the reader that follows the text finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload import ir, named_only, secrets, sent, taint_sources
from flycatcher.core.payload.command_scan import PIPED, CommandScan
from flycatcher.core.payload.commands import (
    commands,
    innermost,
    interactive_shell,
    is_shell,
)
from flycatcher.core.payload.evaluator.values import NO_TAINT, NOT_CONSTANT, Value, concat_text, merge_taint
from flycatcher.core.payload.started_command import substituted
from flycatcher.core.payload.touched import MOVES
from flycatcher.core.planting import planted_snippets
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.payload.evaluator.values import Taint
    from flycatcher.core.payload.findings import Findings
    from flycatcher.core.payload.model import Layer
    from flycatcher.core.snippet import Snippet

FROM_FILE = "<"
"""The name of what a redirection gives a command: no pipe, and nothing is known of it but where it comes from."""


class ShellScan(CommandScan):
    """A layer, and what it does where it is shell text."""

    def __init__(self, scan: Findings, layer: Layer, depth: int) -> None:
        """Prepare."""
        super().__init__(scan, layer, depth)
        self.met: set[tuple[str, ...]] = set()
        """Commands of shell text that the syntax tree shows."""

    def _shell_command(self, name: str, args: Sequence[Value], kwargs: dict[str, Value], node: ir.Node) -> Value:
        """A command of shell text."""
        words = [*(name.split() or [name]), *(UNKNOWN if arg.text is None else arg.text for arg in args)]
        stdin = kwargs.get("|") or kwargs.get("<<") or Value()
        if "|" in kwargs and stdin.data is NOT_CONSTANT and not stdin.taint and stdin.name != FROM_FILE:
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
        self._only_named(words, node)
        self._waits(words, stdin, node)
        taint = merge_taint(args)
        known = len(self.scan.nested)
        if name == "eval" and args:
            self._runs([concat_text(args[1:] if args[0].text == "--" else args)], 0, node, None)
        else:
            self.started(words, node, stdin, substituted(args))
            if stdin.data is NOT_CONSTANT and interactive_shell(words):
                self.mentions.unresolved |= stdin is PIPED or "decoded" in stdin.taint or words[0] == "coproc"
                if stdin is PIPED:
                    self.name("eval.dynamic", node)
                if not stdin.taint and self._for_somebody(words):
                    self.name("shell.spawn", node)
        command = innermost(words)
        fetched = any(map(_unknown_program, self.scan.nested[known:]))
        if "network" in stdin.taint and words[0] in (".", "source") and (len(words) == 1 or words[1] == "/dev/stdin"):
            self.name("network.pipe-to-interpreter", node)
        if "network" in taint and command and (fetched or is_shell(command[0]) or command[0] in (".", "source")):
            self.name("network.pipe-to-interpreter", node)
        made = taint_sources.of_command(command or tuple(words), self.scan.written)
        if name in sent.COPIES:
            self.scan.written |= sent.written_by(words, stdin.taint | taint, self.scan.written)
        return Value(taint=made | stdin.taint)

    def _secrets(self, words: Sequence[str], args: Sequence[Value], stdin: Value, node: ir.Node) -> None:
        """Report a command that sends variables or credentials away: in its words, in what it reads, in the files that it names."""
        before: list[Taint] = [NO_TAINT] * (len(words) - len(args))
        taints = [*before, *(arg.taint for arg in args)]
        for taint in (
            sent.in_words(words, taints),
            sent.from_stdin(words, stdin.taint),
            sent.in_files(words, self.scan.written),
        ):
            if taint:
                self.name(secrets.sent(taint), node)
        if sent.in_names(words, taints):
            self.name("network.dns-data", node)
            if any(secrets.CREDENTIAL in taint for taint in taints):
                self.name(secrets.sent(frozenset({secrets.CREDENTIAL})), node)

    def _only_named(self, words: Sequence[str], node: ir.Node) -> None:
        """Take back that a command reads files which it only names."""
        if not isinstance(node, ir.Invoke):
            return
        if named_only.only_reads(words[0]):
            self.withdraw_touched(node)
        if named_only.CAPABILITIES.isdisjoint(self.scan.found):
            return
        before = len(words) - len(node.args)
        places = (place - before for place in named_only.only_named(words))
        named = [node.args[place] for place in places if 0 <= place < len(node.args)]
        self.scan.withdraw(
            named_only.CAPABILITIES, self.number, [self._span(each) for each in named if _is_plain(each)]
        )

    def _redirected(self, op: str, target: Value, flowing: Value | None, node: ir.Node) -> Value:
        """What flows into a connection is sent, and what flows into a file comes out of it again; return what ``<`` gives."""
        path = target.text or UNKNOWN
        if op == "<":
            return Value(name=FROM_FILE, taint=taint_sources.of_file(path, self.scan.written))
        taint = secrets.KINDS & (flowing.taint if flowing is not None else NO_TAINT)
        if taint and sent.is_connection(path):
            self.name(secrets.sent(taint), node)
        elif taint and path.isdecimal():  # a descriptor that was opened before
            self.scan.waiting_for_peer.setdefault(secrets.sent(taint), self.evidence(*self._span(node)))
        elif taint and len(self.scan.written) < sent.FILES:
            self.scan.written[path] = taint
        return Value()

    def _waits(self, words: Sequence[str], stdin: Value, node: ir.Node) -> None:
        """Remember a shell, or an unknown command, that matters only where a connection is open (see :meth:`Findings.combine`)."""
        if words[0].startswith(UNKNOWN):
            self.scan.waiting_for_peer.setdefault("process.dynamic-command", self.evidence(*self._span(node)))
        elif stdin.data is NOT_CONSTANT and not stdin.taint and interactive_shell(words):
            self.scan.waiting_for_peer.setdefault("shell.spawn", self.evidence(*self._span(node)))

    def _read_again(self) -> None:
        """Look at what only the shell reader finds in shell text."""
        from flycatcher.core.payload import shell_reader as reading  # noqa: PLC0415 (the shell reader is as large as all the rest)

        for execution, node, stdin in reading.started(self.source, self.scan.grammar if self.number == 0 else "bash"):
            if execution.planted is not None:
                for snippet in planted_snippets(execution.planted.path, execution.planted.text):
                    self._planted(snippet, node)
                continue
            words = (execution.exe or execution.argv[0], *execution.argv[1:])
            self._origins(execution, node)
            for snippet in reading.brought_in(execution, self.scan):
                self._nested(snippet, Value(), node)
            if words in self.met and not (stdin.text and execution.context.get("stdin.from", "").startswith(">(")):
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
        from flycatcher.core.payload.origins import origin_of, worse  # noqa: PLC0415 - few texts are fetched

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

    def _for_somebody(self, words: Sequence[str]) -> bool:
        """Whether a shell without text is interactive for the other end of a connection: plain ``bash`` may read a here-document."""
        return self.depth > 0 or words[0] == "exec" or any(word.startswith("-") for word in words[1:])


def _is_plain(word: ir.Node) -> bool:
    """Whether a word runs nothing: letters and variables."""
    return isinstance(word, ir.Const) or (
        isinstance(word, ir.Template) and all(isinstance(part, (ir.Const, ir.Name)) for part in word.parts)
    )


def _unknown_program(snippet: Snippet) -> bool:
    """Whether a snippet's whole program is what a substitution gives."""
    if snippet.text is None:
        return snippet.vector == "descriptor"
    return snippet.text.lstrip().startswith(UNKNOWN)
