"""Perl 5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.language import Language, Starts
from flycatcher.core.payload.languages.perl.functions import FUNCTIONS
from flycatcher.core.payload.languages.perl.lowering import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.evaluator.values import Value


def _shift(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``shift``: the first item, which the list loses."""
    if not args or not isinstance(args[0].data, list) or not args[0].data:
        return None
    first: Value = args[0].data.pop(0)
    return first


LANGUAGE = Language(
    id="perl",
    aliases=("perl5",),
    parse=parse,
    writes_outside=True,
    functions=FUNCTIONS,
    specials={"shift": _shift},
    runs={
        "eval": 0,
        "evalbytes": 0,
        **dict.fromkeys(("timethis", "timeit", "countit", "Benchmark::timethis", "Benchmark::timeit"), 1),
    },
    starts={
        **dict.fromkeys(("system", "exec"), Starts("words")),
        **dict.fromkeys(("POSIX::system", "POSIX::exec"), Starts("words")),
        "open": Starts("open"),
        "IO::File.new": Starts("open-file"),
        "IO::Pipe.new().reader": Starts("words"),
        "IO::Pipe.new().writer": Starts("words"),
        **dict.fromkeys(("IPC::Open2::open2", "open2"), Starts("words", 2)),
        **dict.fromkeys(("IPC::Open3::open3", "open3"), Starts("words", 3)),
        "IPC::Cmd::run": Starts("text", 1),
        "IPC::Cmd::run_forked": Starts("words"),
        "IPC::Run::run": Starts("list"),
        **dict.fromkeys(("capture", "capturex", "systemx"), Starts("words")),
    },
    weak=True,
    callable_text=True,
)
