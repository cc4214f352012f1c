"""Ruby: MRI, JRuby, TruffleRuby, and the Ruby inside rake, irb, Chef and Puppet functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.evaluator.values import Value
from flycatcher.core.payload.language import TEXT, Indirect, Language, Starts
from flycatcher.core.payload.languages.ruby.functions import FUNCTIONS, METHODS
from flycatcher.core.payload.languages.ruby.lowering import FORMATTED, parse

if TYPE_CHECKING:
    from collections.abc import Sequence


def _constant(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``Object.const_get('Kernel')``, ``method(:system)``."""
    return Value(name=args[0].data) if args and args[0].known and isinstance(args[0].data, str) else None


_RUNS_TEXT = (
    "system",
    "exec",
    "spawn",
    "Process.spawn",
    "Process.exec",
    "PTY.spawn",
    "PTY.getpty",
    "sh",
    "FileUtils.sh",
    "xsystem",
    "POSIX::Spawn.spawn",
)
_OPEN3 = ("capture2", "capture2e", "capture3", "popen2", "popen2e", "popen3", "pipeline")

_OPENS_PIPES = [
    "open",
    "Kernel.open",
    "IO.read",
    "IO.binread",
    "IO.readlines",
    "IO.foreach",
    "IO.write",
    "IO.binwrite",
    "IO.copy_stream",
    "URI.open",
    "File.popen",
]
"""Functions for which a name that begins with a bar is a command (io.c: rb_io_open, ruby 3.3 and before)."""

LANGUAGE = Language(
    id="ruby",
    aliases=("jruby", "irb", "rake", "mruby"),
    parse=parse,
    writes_outside=True,
    text_names=True,
    call_methods=frozenset({"call", "()", "yield", "bind_call", "[]", "==="}),
    bound_by=frozenset({"method", "instance_method", "singleton_method", "public_method"}),
    self_attributes=frozenset({"unbind", "to_proc", "curry"}),
    functions=FUNCTIONS,
    methods=METHODS,
    specials={
        "Object.const_get": _constant,
        "Kernel.const_get": _constant,
        "Module.const_get": _constant,
        "const_get": _constant,
        **dict.fromkeys(
            ("method", "*.method", "*.instance_method", "*.singleton_method", "*.public_method"), _constant
        ),
    },
    runs={
        "eval": 0,
        "Kernel.eval": 0,
        "instance_eval": 0,
        "class_eval": 0,
        "module_eval": 0,
        "*.instance_eval": 0,
        "*.class_eval": 0,
        "*.module_eval": 0,
        "binding.eval": 0,
        "*.eval": 0,
        "RubyVM::InstructionSequence.compile": 0,
        "RubyVM::InstructionSequence.new": 0,
        "ERB.new": 0,
        "RubyVM::InstructionSequence.compile().eval": 0,
        "Object.class_eval": 0,
        "IRB.conf": 0,
        "TOPLEVEL_BINDING.eval": 0,
        "*.class_exec": 0,
        FORMATTED: 0,
    },
    indirect={
        **dict.fromkeys(("send", "public_send", "__send__", "*.send", "*.public_send", "*.__send__"), Indirect(0, 1)),
        "*.to_proc": Indirect("receiver", 0),
        "define_method": Indirect(1, 2),
    },
    starts={
        **dict.fromkeys(_RUNS_TEXT, Starts("words")),
        "IO.popen": Starts("text-or-list"),
        "`": TEXT,
        **dict.fromkeys(_OPENS_PIPES, Starts("piped")),
        **{f"Open3.{name}": Starts("words") for name in _OPEN3},
        "PTY.spawn": Starts("words"),
    },
    given={
        f"{owner}::{flag}": Value(bits)
        for owner in ("File", "IO", "File::Constants")
        for flag, bits in (
            ("RDONLY", 0),
            ("WRONLY", 1),
            ("RDWR", 2),
            ("CREAT", 64),
            ("EXCL", 128),
            ("TRUNC", 512),
            ("APPEND", 1024),
        )
    },
    global_roots=frozenset({"Kernel", "self", "TOPLEVEL_BINDING", "::Kernel", "Object.new", "Object", "BasicObject"}),
)
