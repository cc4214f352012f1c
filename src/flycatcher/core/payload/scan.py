"""One analysis: the layers in turn, what each calls, and the layers that this brings to light."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.payload import addresses, invisible, ir, mentions, named_only, rules, taint_sources
from flycatcher.core.payload.benign_shapes import ShapeObserver, harmless, known_call
from flycatcher.core.payload.command_scan import holds
from flycatcher.core.payload.conditions import texts
from flycatcher.core.payload.evaluator.evaluation import ExhaustedError
from flycatcher.core.payload.evaluator.evaluator import Evaluator
from flycatcher.core.payload.evaluator.values import NO_TAINT, Value
from flycatcher.core.payload.findings import Findings
from flycatcher.core.payload.model import Layer, Parse
from flycatcher.core.payload.planting import Planting
from flycatcher.core.payload.shell_scan import ShellScan
from flycatcher.core.payload.touched import MOVES, PLACED, of_call
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.evaluator.values import Taint
    from flycatcher.core.payload.language import Language


_PICKLES = frozenset(("pickle.loads", "cPickle.loads", "_pickle.loads", "dill.loads", "cloudpickle.loads"))
_READS = frozenset({"readline", "read", "getline", "getlines"})
"""Perl's functions that read from a handle."""
_STARTERS = ("child_process.",)
"""Modules of which every function starts programs, under whatever name (a Proxy's)."""
_PATHS = frozenset({"process.spawn-file", "process.spawn-relative"})
"""What any path would be to a shell."""
AUTOLOADS = frozenset({"*.autoload", "*.spl_autoload_register"})
"""Functions that let a file be run as soon as a name is not known (Ruby, PHP)."""
PARTS = 8
"""Arguments of a call that are looked at together."""
PATH = 64
"""Characters of a file's name that is looked at from where the text has gone."""
LEAST_NODES = 100
"""Nodes that are read of every layer, however little is left of the analysis's."""


class LayerScan(ShellScan):
    """One layer being read; the evaluator's sink."""

    def __init__(self, scan: Findings, layer: Layer, depth: int) -> None:
        """Prepare."""
        super().__init__(scan, layer, depth)
        self.shape = ShapeObserver(self.language.id if self.language else "", layer.text)
        self.planting = Planting()
        self.handles: dict[str, Taint] = {}
        """Where what Perl's handles read comes from, by name."""

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
        if self.depth:
            evaluator.globals.update(self.scan.bound.get(language.id, {}))
        try:
            evaluator.run(program)
        except (ExhaustedError, RecursionError):
            parse = "partial"
            self.scan.notes["the analysis ended at its bound before the end of the text"] = None
        self.scan.folded_names += evaluator.folded_names
        self.scan.bind(language.id, evaluator.globals)
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
        for rule in self.index.uses(name.lower() if self.index.any_case else name):
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

    def of_path(self, path: str) -> Taint:
        """See :class:`evaluate.Sink`."""
        return taint_sources.of_file(path)

    def comes_from(self, name: str) -> frozenset[str]:
        """See :class:`evaluate.Sink`."""
        return taint_sources.of_name(self.language.id if self.language else "", name)

    def text(self, value: Value, node: ir.Node) -> None:
        """See :class:`evaluate.Sink`."""
        text = value.text
        if text is None:
            return
        self.mentions.times[text[:64]] += 1
        if len(text) < 4:
            return
        self.planting.text(text, node)
        if "://" in text and self.index.language != "shell":
            self.scan.address(text)
        if isinstance(node, ir.Const):
            self.scan.longest = max(self.scan.longest, len(text))
        for rule, _start, _end in rules.values_in(text):
            self.report(rule, node)
        self._from_folder(text, node)
        if self.source.ascii:
            for _start, _end, said in invisible.hidden(text):
                self._hidden(said, node)
        self.mentions.literal(text, node)
        if self.language is not None and self.language.text_names:
            name = text.lstrip(":\\").lower() if self.index.any_case else text
            if mentions.is_function_name(self, name):
                self.mentions.textual.setdefault(name, node)

    def _from_folder(self, text: str, node: ir.Node) -> None:
        """Look at the path that a text is where the text has gone: ``cd ~/.aws; cat credentials``."""
        folder = self.scan.folder
        if "/." not in folder or len(text) > PATH or "/" in text:
            return
        for rule, start, end in rules.values_in(f"{folder}/{text}"):
            if start <= len(folder) < end - 1:
                self.report(rule, node)

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
        self.shape.called(known_call(language.id, name, args))
        if language.id == "shell" and name.endswith("="):
            for rule, when in self.index.calls(name):
                if when is None or holds(when, args, kwargs):
                    self.report(rule, node)
            return Value()
        if language.id == "shell":
            return self._shell_command(name, args, kwargs, node)
        self._by_rules(name, method, args, kwargs, node)
        held = self._together(args, node)
        if isinstance(node, ir.Invoke) and (
            named_only.only_reads(name) or (name == "open" and language.id == "python" and len(args) == 1)
        ):
            self.withdraw_touched(node)
        if name in MOVES:
            self.scan.move(args[0].text or UNKNOWN if args else UNKNOWN)
        where = language.runs.get(name, language.runs.get(method))
        if where is not None:
            self._runs(args, where, node, argument)
            for code in (kwargs[keyword] for keyword in language.code_keywords if keyword in kwargs):
                self._runs([code], 0, node, None)
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
        known = known or bool(self.index.calls(name) or self.index.calls(method))
        self.mentions.call(name, known=known)
        self.mentions.unresolved |= method in AUTOLOADS and "file.write" in self.scan.found
        self.mentions.unresolved |= not known and (self._from_outside(name) or name.startswith(_STARTERS))
        taint = held | taint_sources.of_call(language.id, name, method, args)
        if language.id == "perl":
            taint |= self._handle(name, args, taint)
        if starts is not None:
            taint |= self._starts(starts, args, kwargs, node)
        return Value(taint=taint)

    def _handle(self, name: str, args: Sequence[Value], taint: Taint) -> Taint:
        """Remember what Perl's ``open F, "x"`` opens; return what reading from a handle brings in."""
        handle = (args[0].text or args[0].name) if args else ""
        if name == "open" and taint and len(self.handles) < PARTS:
            self.handles[handle] = taint
        return self.handles.get(handle, NO_TAINT) if name in _READS else NO_TAINT

    def _together(self, args: Sequence[Value], node: ir.Node) -> Taint:
        """Look at the path that texts make one behind the other: ``join(home, ".aws", "credentials")``; return what that file holds."""
        given = [item for arg in args[:PARTS] for item in (arg.data[:PARTS] if isinstance(arg.data, list) else [arg])]
        parts = [UNKNOWN if arg.text is None else arg.text.strip("/") for arg in given if isinstance(arg, Value)]
        if sum(part != UNKNOWN for part in parts) > 1:
            path = "/".join(parts)
            for rule, _start, _end in rules.values_in(path):
                self.report(rule, node)
            return taint_sources.of_file(path) if len(path) <= PATH else NO_TAINT
        return NO_TAINT

    def _by_rules(self, name: str, method: str, args: Sequence[Value], kwargs: dict[str, Value], node: ir.Node) -> None:
        """Report the capabilities whose rules look for a call of this name, or of a method of this name."""
        for key in (name, method):
            for rule, when in self.index.calls(key):
                if when is None or holds(when, args, kwargs):
                    paths = of_call(self.index.language, name, args) if rule.id in PLACED else ()
                    self.report(addresses.nearby(rule, args, kwargs), node, paths)

    def _from_outside(self, name: str) -> bool:
        """Whether a text calls a function that it does not define: in Lua, or in text that is run (``runInContext("r('x')", {r: require})``)."""
        language = self.language
        if language is None or not name.isidentifier():
            return False
        if language.id != "lua" and (not self.depth or self.layer.handed):
            return False
        return name not in language.functions and name not in harmless(language.id)[0]

    def reconsider(self) -> None:
        """Read the literals of the layer where what it runs turned out to run something unknown, or a file that it has written."""
        language, met = self.language, self.mentions
        if language is None or self.scan.guessing:
            return
        written = {path.removeprefix("./") for path in self.scan.paths.get("file.write", ())}
        started = self.scan.started_files.keys() & written
        if started and language.id != "shell":
            self.name("eval.dynamic", met.named_file(min(started)) or ir.Group(0, 0))
        if not met.unresolved and (started or self.number in self.scan.unresolved):
            met.unresolved = True
            mentions.finish(self)

    def _names_in(self, args: Sequence[Value], node: ir.Node) -> None:
        """Take strings among arguments that are a function's name: where text may name one they mention it."""
        known = mentions.distinct(self.index.language)
        for given in (text for arg in args if arg.exact for text in texts(arg)):
            text = given.lower().lstrip("\\") if self.index.any_case else given
            if full := known.get(text):
                self.mentions.unresolved = True
                if self.language is not None and self.language.text_names and full == text:
                    self.mentions.mention(full, node)

    def worth(self, text: str, language: str) -> int:
        """See :class:`mentions.Scan`."""
        outer = self.scan
        if self.depth + 1 >= outer.limits.depth:
            return 0
        trial = Findings(outer.limits, outer.nested_of)
        trial.budget, trial.nodes, trial.parsing = outer.budget, outer.nodes, outer.parsing
        trial.bound = outer.bound
        trial.guessing, trial.tried = True, len(outer.seen) + outer.tried
        read_layers(trial, text, language, self.depth + 1)
        outer.tried += len(trial.seen)
        outer.nodes, outer.parsing = trial.nodes, trial.parsing
        if trial.layers and trial.layers[0].parse != "parsed":
            return 0
        new = [rule for rule, _ in trial.found.values() if rule.id not in outer.found and rule.id not in _PATHS]
        covered = {part for rule in new for part in rule.covers}
        return sum(rule.points for rule in new if rule.id not in covered)

    def command(self, value: Value, node: ir.Node) -> Value:
        """See :class:`evaluate.Sink`."""
        self.shape.called("`")
        self._pass_text(value, node)
        return Value(taint=value.taint | {"process"} | taint_sources.of_text(value.text or ""))

    def redirect(self, op: str, target: Value, flowing: Value | None, node: ir.Node) -> Value:
        """See :class:`evaluate.Sink`."""
        self.shape.called(op)
        for rule, when in self.index.calls(op):
            if when is None or holds(when, [target], {}):
                self.report(addresses.nearby(rule, [target], {}), node, (target.text or UNKNOWN,))
        return self._redirected(op, target, flowing, node)


def read_layers(findings: Findings, text: str, language: str, depth: int = 0) -> None:
    """Read the outermost layer and everything below it."""
    findings.add(Layer(text=text, language=language), depth)
    read: list[LayerScan] = []
    while findings.waiting:
        while findings.waiting:
            pending = findings.waiting.pop(0)
            read.append(scan := LayerScan(findings, pending.layer, pending.depth))
            scan.run()
            if scan.mentions.unresolved:
                findings.unsettle(pending.layer)
        for scan in read:
            scan.reconsider()
    findings.combine()
