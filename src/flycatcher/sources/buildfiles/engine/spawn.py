"""Calls that start programs, found by the payload analysis's own evaluator."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.core.interpreters.names import interpreter_by_name
from flycatcher.core.payload import ir
from flycatcher.core.payload.evaluator.values import Value
from flycatcher.core.payload.findings import Findings
from flycatcher.core.payload.invisible import SPELLED
from flycatcher.core.payload.model import Layer, Limits
from flycatcher.core.payload.scan import LayerScan
from flycatcher.core.regex import lazy
from flycatcher.core.unknown import UNKNOWN
from flycatcher.sources.buildfiles.engine.words import split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.sources.buildfiles.engine.filetype import Document

LIMITS = Limits(text_bytes=1 << 20, nodes=200_000, parsing=200_000, steps=200_000, layers=1, depth=0)
_RUNNER = lazy(r"[\w?]+\.(?:run(?:_always|_install)?|sudo|local)")
_WORDS = re.compile(r"^[ \t]*(?:import|from)[ \t]+nox\b", re.MULTILINE)
_TEXT = re.compile(r"^[ \t]*(?:import|from)[ \t]+(?:invoke|fabric|conans?)\b", re.MULTILINE)
_RUBY_TEXT = frozenset({"shell_output", "pipe_output"})
"""Homebrew's (its Formula Cookbook): text for a shell."""
_RUBY_EITHER = lazy(
    r"(?:\w+(?:\.|::))*(?:sh|xsystem|xpopen|quiet_system|(?:safe_)?popen_(?:read|write)|try_run_command|safe_system)\Z"
)
"""Rake's, mkmf's and Homebrew's: one text for a shell, or several words."""
_RUBY_OWN = frozenset({"ruby"})
"""Rake's call of Ruby itself (FileUtils)."""
_CASK = frozenset({"system_command", "system_command!"})
"""Homebrew's casks: a program, its words by ``args:``."""
_WAF = lazy(r"[\w?]+\.(?:exec_command|cmd_and_log|check_cfg)")
_DISTUTILS = lazy(r"(?:[\w?.]*\.)?spawn\Z")
"""distutils' commands and compilers start a list of words (``Command.spawn``)."""
_NAMED_FIRST = lazy(r"[(\[\s](?:\w+\.)*(\w+)\s*,\s*[rf]?[\"']-")
"""A program that a variable names, in front of an option."""
_INTERPOLATED = lazy(r"[\"'`](?:#|\$)?\{(?:\w+(?:\(\))?\.)*(\w+)(?:\(\))?\}")
"""The same at the beginning of a text."""
_IN_WAF = re.compile(r"^def (?:build|configure|options)\(", re.MULTILINE)
"""Task runners whose functions get an object that starts programs: nox by words, invoke and fabric by a shell's text."""
_DAGGER = lazy(r"\.(?:with_exec|withExec)\Z")
"""Dagger's containers: the words of a command (its SDKs' references)."""
_SCONS = lazy(r"(?:.*\.)?(?P<name>Command|Execute|Action|AddPostAction|AddPreAction|Builder|ParseConfig)\Z")
_ACTION_AT = {
    "Command": 2,
    "AddPostAction": 1,
    "AddPreAction": 1,
    "Execute": 0,
    "Action": 0,
    "Builder": 0,
    "ParseConfig": 0,
}
"""SCons: which argument is the action (its manual, Command)."""
_IN_SCONS = re.compile(r"\b(?:Environment|SConscript|Import|Export|Command)\(")
_QUOTED = lazy(r"\"((?:\\.|[^\"\\])*)\"|(\S+)")
_TOOLKIT = re.compile("@actions/exec")
_IN_THOR = re.compile(r"\bThor\b")
_OWN = {
    "python": (re.compile(r"\bsys\.executable\b"), "python3"),
    "javascript": (re.compile(r"\bprocess\.(?:execPath|argv0|argv\[0\])"), "node"),
    "perl": (re.compile(r"\$\^X|\$EXECUTABLE_NAME"), "perl"),
    "ruby": (re.compile(r"\bRbConfig\b|\bGem\.ruby\b"), "ruby"),
    "php": (re.compile(r"\bPHP_BINARY\b"), "php"),
}
"""By which names a language calls its own interpreter, and what that is."""
_IN_FOLDER = lazy(r"\w*(?:bin|exec)\w*\s*/\s*[\"']([\w.@+-]+)[\"']")
"""A program of another formula (Homebrew): ``Formula["python@3.12"].opt_bin/"python3.12"``."""
_TALKS = (".communicate", ".stdin.write")
"""Methods that give a program its standard input."""
_EVALUATES = {
    "python": ("python3", "-c"),
    "ruby": ("ruby", "-e"),
    "perl": ("perl", "-e"),
    "php": ("php", "-r"),
    "javascript": ("node", "-e"),
    "lua": ("lua", "-e"),
}
"""The command line that runs a text as a language's own ``eval`` does."""
_REWRITES = frozenset({"replaced"})
"""What leaves a text there to be read, more or less as it runs."""
MAX_SPAWNS = 500


class Spawn(NamedTuple):
    """One program start: words, or text for a shell."""

    argv: tuple[str, ...]
    text: str | None
    stdin: str | None
    span: tuple[int, int]
    function: str


class _Calls(LayerScan):
    """Listens to the evaluator, and keeps what is started instead of judging it."""

    def __init__(self, scan: Findings, layer: Layer) -> None:
        super().__init__(scan, layer, 0)
        self.spawns: list[Spawn] = []
        self._opened = Value()
        """What the last ``Popen`` was given."""
        self._met: dict[re.Pattern[str], bool] = {}

    def _is_in(self, pattern: re.Pattern[str]) -> bool:
        """Whether the source holds what tells a tool's script; each is looked for once, however many calls there are."""
        if pattern not in self._met:
            self._met[pattern] = pattern.search(self.layer.text) is not None
        return self._met[pattern]

    def _pass_text(self, value: Value, node: ir.Node) -> None:
        """Keep text for a shell."""
        text, own = value.text, _OWN.get(self.layer.language)
        if text is not None and text.startswith(UNKNOWN + " ") and own:
            low, high = self._span(node)
            if own[0].search(self.layer.text, low, high):
                text = own[1] + text[1:]
            elif named := _INTERPOLATED.search(self.layer.text, low, min(high, low + 200)):
                text = (interpreter_by_name(named[1].strip("_")) or UNKNOWN) + text[1:]
        if text is not None and text.strip(UNKNOWN + " "):
            self._keep(Spawn((), text, None, self._span(node), "shell text"))

    def started(
        self, words: Sequence[str], node: ir.Node, stdin: Value, descriptors: dict[int, str] | None = None
    ) -> None:
        """Keep words for execve."""
        del descriptors
        own = _OWN.get(self.layer.language)
        if own and len(words) > 1 and words[0] == UNKNOWN:
            low, high = self._span(node)
            if own[0].search(self.layer.text, low, high):
                words = (own[1], *words[1:])
            elif self.layer.language == "ruby" and (inside := _IN_FOLDER.search(self.layer.text, low, high)):
                words = (inside[1], *words[1:])
            elif named := _NAMED_FIRST.search(self.layer.text, low, min(high, low + 200)):
                words = (interpreter_by_name(named[1]) or words[0], *words[1:])
        if len(words) == 1 and self._is_in(_TOOLKIT):
            # the toolkit splits a command line at blanks outside of double quotes (argStringToArray)
            words = [first or second for first, second in _QUOTED.findall(words[0])]
        if words and words[0].strip(UNKNOWN):
            text = stdin.text if stdin.exact else None
            self._keep(Spawn(tuple(words), None, text, self._span(node), "call"))

    def pass_on(self, text: str, language: str, made: tuple[str, ...], node: ir.Node, *, handed: bool = True) -> None:
        """Keep text that the source decodes and then evaluates: nobody could review it. What else it evaluates stands in it."""
        own = _EVALUATES.get(language)
        evaluated = set(made) - _REWRITES and not handed and made != SPELLED and language == self.layer.language
        if own and evaluated and text.strip(UNKNOWN + " "):
            self._keep(Spawn((*own, text), None, None, self._span(node), "decoded text"))

    def called(
        self, name: str, args: Sequence[Value], kwargs: dict[str, Value], node: ir.Node, argument: ir.Node | None
    ) -> Value:
        """Know what build tools hand to their scripts as well, beside what the language itself starts."""
        for known in (self._ruby, self._python, self._dagger):
            known(name, args, kwargs, node)
        return super().called(name, args, kwargs, node, argument)

    def _ruby(self, name: str, args: Sequence[Value], kwargs: dict[str, Value], node: ir.Node) -> None:
        """Rake's ``sh``: text, or words (FileUtils of Rake); Homebrew's and Thor's calls: text."""
        if self.layer.language != "ruby" or not args:
            return
        block = isinstance(node, ir.Invoke) and node.block is not None
        words = [arg for arg in (args[:-1] if block else args) if not isinstance(arg.data, dict)]
        if name in _RUBY_OWN and words:
            self._of_ruby(words, node)
        elif name in _CASK and isinstance(given := kwargs.get("args"), Value) and isinstance(given.data, (list, tuple)):
            self._started([args[0], *(each for each in given.data if isinstance(each, Value))], node)
        elif _RUBY_EITHER.fullmatch(name) and words:
            if len(words) == 1 and not isinstance(words[0].data, (list, tuple)):
                self._pass_text(words[0], node)
            else:
                self._started(list(words[0].data) if isinstance(words[0].data, (list, tuple)) else words, node)
        elif name in _RUBY_TEXT or (name == "run" and self._is_in(_IN_THOR)):
            self._pass_text(args[0], node)

    def _of_ruby(self, words: Sequence[Value], node: ir.Node) -> None:
        """Rake's ``ruby``: the words behind it, or a text of them."""
        said = [UNKNOWN if word.text is None else word.text for word in words]
        self.started(["ruby", *(split(said[0]) if len(said) == 1 else said)], node, Value())

    def _started(self, words: Sequence[Value], node: ir.Node) -> None:
        """Keep values as words."""
        self.started(
            [UNKNOWN if word.text is None else word.text for word in words if isinstance(word, Value)], node, Value()
        )

    def _python(self, name: str, args: Sequence[Value], kwargs: dict[str, Value], node: ir.Node) -> None:
        """Nox's sessions: words; the contexts of invoke, fabric and Conan, and Waf's rules: text; SCons' actions."""
        if self.layer.language != "python":
            return
        self._talk(name, args, node)
        if args and _RUNNER.fullmatch(name):
            if self._is_in(_WORDS):
                given = [UNKNOWN if arg.text is None else arg.text for arg in args if not isinstance(arg.data, dict)]
                self.started(given, node, Value())
            elif self._is_in(_TEXT):
                self._pass_text(args[0], node)
        if args and isinstance(args[0].data, (list, tuple)) and _DISTUTILS.fullmatch(name):
            self._started(list(args[0].data), node)
        self._waf(name, args, kwargs, node)
        self._scons(name, args, kwargs, node)

    def _waf(self, name: str, args: Sequence[Value], kwargs: dict[str, Value], node: ir.Node) -> None:
        """Waf's rules and its contexts' calls: a text, or a list of words."""
        if self._is_in(_IN_WAF):
            for rule in (kwargs.get("rule"), args[0] if args and _WAF.fullmatch(name) else None):
                if isinstance(rule, Value) and isinstance(rule.data, (list, tuple)):
                    self._started(list(rule.data), node)
                elif isinstance(rule, Value):
                    self._pass_text(rule, node)

    def _scons(self, name: str, args: Sequence[Value], kwargs: dict[str, Value], node: ir.Node) -> None:
        """SCons' actions."""
        scons = _SCONS.fullmatch(name)
        if scons and self._is_in(_IN_SCONS):
            at = _ACTION_AT[scons["name"]]
            action = kwargs.get("action") or (args[at] if len(args) > at else None)
            if isinstance(action, Value):
                self._act(action, node)

    def _talk(self, name: str, args: Sequence[Value], node: ir.Node) -> None:
        """Keep once more what ``Popen`` was given, with what the program gets on its standard input later."""
        if name.endswith("Popen") and args:
            self._opened = args[0]
        elif name.endswith(_TALKS) and args and isinstance(self._opened.data, (list, tuple)):
            given = [
                UNKNOWN if each.text is None else each.text for each in self._opened.data if isinstance(each, Value)
            ]
            self.started(given, node, args[0])

    def _dagger(self, name: str, args: Sequence[Value], kwargs: dict[str, Value], node: ir.Node) -> None:
        """Keep the words of a container of Dagger's."""
        del kwargs
        if _DAGGER.search(name) and args and isinstance(args[0].data, (list, tuple)):
            given = [UNKNOWN if arg.text is None else arg.text for arg in args[0].data if isinstance(arg, Value)]
            self.started(given, node, Value())

    def _act(self, action: Value, node: ir.Node) -> None:
        """Keep SCons' action: a text for a shell, or a list of some."""
        for each in action.data if isinstance(action.data, (list, tuple)) else (action,):
            if isinstance(each, Value):
                self._pass_text(each, node)

    def _keep(self, spawn: Spawn) -> None:
        """Keep a start once."""
        if len(self.spawns) < MAX_SPAWNS and spawn not in self.spawns:
            self.spawns.append(spawn)


def spawns(document: Document, language: str) -> list[Spawn]:
    """Return what the calls of a source start, as far as constants tell."""
    scan = Findings(LIMITS, None)
    calls = _Calls(scan, Layer(text=document.text, language=language))
    calls.run()
    return calls.spawns
