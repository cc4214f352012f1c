"""Languages without a pinned grammar: tolerant readers, and for each the table of what starts programs and runs text."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from flycatcher.core.payload import decode
from flycatcher.core.payload.evaluator.folding import join, pure, text_of
from flycatcher.core.payload.evaluator.values import Value
from flycatcher.core.payload.frontends import clike as _clike
from flycatcher.core.payload.frontends import lines as _lines
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Indirect, Language, Starts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.evaluator.values import Constant

_TEXT = Starts("text")
_WORDS = Starts("words")
_EXEC = Starts("javaexec")


def _named(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``get("system")``: what a text names."""
    return Value(name=args[0].data) if args and args[0].known and isinstance(args[0].data, str) else None


_C_COMMENTS = r"//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?"


def _starts(names: str, how: Starts = _TEXT) -> dict[str, Starts]:
    return dict.fromkeys(names.split(), how)


AWK = Language(
    id="awk",
    aliases=("gawk", "mawk", "nawk", "busybox-awk", "original-awk"),
    parse=partial(_clike.parse, dialect=Dialect(quotes='"', beside="concat", pipes=True, concat=frozenset())),
    starts=_starts("system") | _starts("| |&", Starts("awk-pipe")),
    weak=True,
)
R = Language(
    id="r",
    aliases=("rscript", "R"),
    parse=partial(_clike.parse, dialect=Dialect(concat=frozenset(), beside="group")),
    functions={
        "paste0": pure(lambda *parts: "".join(text_of(p) for p in parts)),
        "paste": pure(lambda *parts: " ".join(text_of(p) for p in parts)),
        "c": pure(lambda *parts: list(parts)),
        "list": pure(lambda *parts: list(parts)),
    },
    starts=_starts("system shell pipe") | _starts("system2 processx::run sys::exec_wait", _WORDS),
    runs={"eval": 0, "parse": 0, "evalq": 0, "str2lang": 0, "str2expression": 0},
    specials={"get": _named, "match.fun": _named, "getFunction": _named, "match.arg": _named},
    indirect={"do.call": Indirect(0, 1, "list"), "Recall": Indirect(0, 1), "lapply": Indirect(1, 0, "items")},
    weak=True,
)
JULIA = Language(
    id="julia",
    parse=partial(
        _clike.parse,
        dialect=Dialect(comments=r"#=(?:[^=]|=(?!#))*(?:=#)?|#[^\n]*", quotes='"', long_quotes=True, beside="group"),
    ),
    functions={
        "string": pure(lambda *parts: "".join(text_of(p) for p in parts)),
        "join": pure(lambda parts, glue="": join(glue, parts)),
    },
    starts=_starts("run pipeline open read readchomp success detach setenv", Starts("julia"))
    | _starts("Cmd", Starts("list")),
    runs={"eval": 0, "Meta.parse": 0, "include_string": 1},
)
OCTAVE = Language(
    id="octave",
    aliases=("matlab", "octave-cli"),
    parse=partial(_clike.parse, dialect=Dialect(comments=r"%[^\n]*|#[^\n]*", concat=frozenset(), beside="call")),
    starts=_starts("system shell_cmd unix dos popen popen2") | _starts("exec", _WORDS),
    runs={"eval": 0, "evalc": 0, "evalin": 1, "feval": 0},
)
GNUPLOT = Language(
    id="gnuplot",
    parse=partial(_clike.parse, dialect=Dialect(backticks=True)),
    starts=_starts("system shell ! exec") | _starts("plot splot replot load fit", Starts("gnuplot")),
    runs={"eval": 0, "evaluate": 0},
)
SLANG = Language(
    id="slang",
    aliases=("slsh", "s-lang"),
    parse=partial(_clike.parse, dialect=Dialect(comments=r"%[^\n]*")),
    starts=_starts("system popen system_intr") | _starts("new_process", Starts("list")),
    runs={"eval": 0},
)
ELIXIR = Language(
    id="elixir",
    aliases=("iex",),
    parse=partial(_clike.parse, dialect=Dialect(long_quotes=True)),
    starts=_starts("System.shell os.cmd :os.cmd Port.open") | _starts("System.cmd", Starts("pair")),
    runs={"Code.eval_string": 0, "Code.eval_quoted": 0, "Code.compile_string": 0},
    indirect={"apply": Indirect(1, 2, "list"), "Kernel.apply": Indirect(1, 2, "list")},
)
ERLANG = Language(
    id="erlang",
    aliases=("erl", "escript"),
    parse=partial(_clike.parse, dialect=Dialect(comments=r"%[^\n]*")),
    starts=_starts("os:cmd open_port erlang:open_port"),
    runs={"erl_eval:exprs": 0, "erl_scan:string": 0},
    indirect={"apply": Indirect(1, 2, "list"), "erlang:apply": Indirect(1, 2, "list")},
)
GROOVY = Language(
    id="groovy",
    aliases=("java", "jshell", "kotlin", "beanshell", "gradle", "clojure-java"),
    parse=partial(_clike.parse, dialect=Dialect(comments=_C_COMMENTS, long_quotes=True)),
    starts=_starts(
        "Runtime.getRuntime().exec java.lang.Runtime.getRuntime().exec ProcessBuilder java.lang.ProcessBuilder", _EXEC
    )
    | _starts("*.execute", Starts("receiver"))
    | _starts("scala.sys.process.Process Process"),
    runs={"Eval.me": 0, "evaluate": 0, "*.evaluate": 0, "*.eval": 0},
)
HASKELL = Language(
    id="haskell",
    aliases=("ghci", "ghc", "runghc"),
    parse=partial(_clike.parse, dialect=Dialect(comments=r"--[^\n]*|\{-(?:[^-]|-(?!\}))*(?:-\})?", quotes='"')),
    starts=_starts(
        "System.Process.callCommand callCommand System.Process.system system spawnCommand "
        "readCreateProcess shell System.Process.spawnCommand"
    )
    | _starts(
        "System.Process.callProcess callProcess rawSystem readProcess System.Posix.Process.executeFile executeFile",
        Starts("pair"),
    ),
)
PUPPET = Language(
    id="puppet",
    parse=partial(_clike.parse, dialect=Dialect(beside="call")),
    starts=_starts("exec generate"),
)
RAKU = Language(
    id="raku",
    aliases=("perl6",),
    parse=partial(_clike.parse, dialect=Dialect()),
    starts=_starts("shell qx") | _starts("run Proc::Async.new", _WORDS),
    runs={"EVAL": 0},
)


def _tcl_binary(verb: Constant, kind: Constant, *rest: Constant) -> Constant:
    """``binary decode base64 TEXT``."""
    decoders = {"base64": decode.unbase64, "hex": decode.unhex, "uuencode": decode.unuu}
    if verb != "decode" or kind not in decoders or not rest:
        raise TypeError
    return decoders[kind](rest[-1]).decode("utf-8", "surrogateescape")


def _tcl_format(pattern: Constant, *values: Constant) -> Constant:
    """``format %s%c``: only plain conversions."""
    if re.search(r"%[^sc%]", pattern):
        raise TypeError
    return pattern.replace("%c", "%s") % tuple(
        chr(int(value)) if kind == "c" else text_of(value)
        for kind, value in zip(re.findall(r"%([sc])", pattern), values, strict=True)
    )


TCL = Language(
    id="tcl",
    aliases=("tclsh", "wish", "expect"),
    parse=_lines.tcl,
    starts=_starts("exec spawn exp_spawn", Starts("tcl-exec"))
    | _starts("open", Starts("tcl-open"))
    | _starts("system", Starts("list")),
    functions={
        "binary": pure(_tcl_binary, "base64"),
        "format": pure(_tcl_format),
        "list": pure(lambda *words: list(words)),
        "join": pure(lambda parts, glue=" ": glue.join(text_of(p) for p in parts)),
        "concat": pure(lambda *parts: " ".join(text_of(p) for p in parts)),
    },
    runs={
        "eval": -1,
        "uplevel": -1,
        "subst": 0,
        "after": 1,
        "namespace": 2,
        "interp": 2,
        "apply": 0,
        "try": 0,
        "time": 0,
    },
    callable_text=True,
    weak=True,
)


def _message(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``(concat "a" "b")`` and ``(string-append "a" "b")``."""
    texts = [arg.text for arg in args]
    return Value("".join(text or "" for text in texts)) if all(text is not None for text in texts) else None


LISP = Language(
    id="emacs-lisp",
    aliases=("elisp", "emacs"),
    parse=_lines.lisp,
    specials={"concat": _message},
    starts=_starts("shell-command shell-command-to-string async-shell-command compile")
    | _starts("term ansi-term", _WORDS)
    | _starts("call-process", Starts("words-only"))
    | _starts("start-process make-process", Starts("words-only", 2)),
    runs={"eval-expression": 0, "read": 0},
)
SCHEME = Language(
    id="scheme",
    aliases=("guile", "racket", "clojure", "common-lisp", "sbcl", "clisp", "chicken", "gimp-script-fu", "lisp"),
    parse=_lines.lisp,
    specials={"string-append": _message, "str": _message},
    starts=_starts(
        "system run-shell-command ext:shell uiop:run-program open-input-pipe open-pipe process shell ext:system si:system "
        "ext:run-shell-command shell-command exec ! process-run sys-system process/shell shell/system os.system os.popen "
        "subprocess.call uiop:launch-program"
    )
    | _starts("execl execlp execle", Starts("exec"))
    | _starts(
        "system* primitive-fork-exec clojure.java.shell/sh sh shell/sh process*",
        Starts("words-only"),
    )
    | _starts(
        "sb-ext:run-program ext:run-program run-program ext:run-program* process-execute sys-exec sys-fork-and-exec",
        Starts("pair"),
    ),
    runs={"eval-string": 0, "load-string": 0, "read-from-string": 0, "read-string": 0},
)
GDB = Language(
    id="gdb",
    aliases=("lldb",),
    parse=partial(_lines.commands, blocks=("python", "py", "python-interactive", "pi", "script", "guile", "gu")),
    starts=_starts("! shell make pipe | platform"),
    hands={
        **dict.fromkeys(
            ("call", "print", "p", "compile", "expression", "eval", "output", "inspect", "set"), "gdb-expression"
        ),
        "python": "python",
        "py": "python",
        "python-interactive": "python",
        "pi": "python",
        "script": "python",
        "guile": "scheme",
        "gu": "scheme",
    },
)
_MODIFIERS = [
    "silent!",
    "silent",
    "sil",
    "sil!",
    "noautocmd",
    "noa",
    "keepalt",
    "keepjumps",
    "verbose",
    "confirm",
    "vertical",
    "vert",
    "tab",
    "topleft",
    "botright",
    "windo",
    "bufdo",
    "argdo",
    "tabdo",
    "cdo",
    "ldo",
    "normal",
    "norm",
    "sandbox",
]
"""Words before a command that leave it as it is."""
VIMSCRIPT = Language(
    id="vimscript",
    aliases=("vim", "ex", "vi", "nvim"),
    parse=partial(
        _lines.commands,
        separators=r"\n|",
        prefix=":%0123456789,$",
        rest=(
            "!",
            "py",
            "py3",
            "python",
            "python3",
            "pyx",
            "pythonx",
            "lua",
            "ruby",
            "rub",
            "perl",
            "perlx",
            "pe",
            "tcl",
            "mz",
            "mzscheme",
        ),
    ),
    starts=_starts("! r! w! terminal term te ter make lmake grep lgrep", Starts("vim"))
    | _starts("r read w write", Starts("vim-filter")),
    hands={
        **dict.fromkeys(("py", "py3", "python", "python3", "pyx", "pythonx"), "python"),
        "lua": "lua",
        **dict.fromkeys(("ruby", "rub"), "ruby"),
        **dict.fromkeys(("perl", "pe"), "perl"),
        "tcl": "tcl",
        **dict.fromkeys(_MODIFIERS, "vimscript"),
        **dict.fromkeys(("mz", "mzscheme"), "scheme"),
        **dict.fromkeys(
            ("call", "cal", "let", "echo", "exe", "execute", "if", "autocmd", "au", "set", "se", "echom", "return"),
            "vimscript-expression",
        ),
    },
)
VIM_EXPRESSION = Language(
    id="vimscript-expression",
    parse=partial(_clike.parse, dialect=Dialect(comments=r"(?!)", beside="group")),
    starts=_starts("system systemlist") | _starts("jobstart job_start termopen term_start", Starts("list")),
    runs={},
    hands={
        "execute": "vimscript",
        "feedkeys": "vimscript",
        "py3eval": "python",
        "pyeval": "python",
        "luaeval": "lua",
        "perleval": "perl",
        "rubyeval": "ruby",
    },
)
GDB_EXPRESSION = Language(
    id="gdb-expression",
    parse=partial(_clike.parse, dialect=Dialect(comments=r"(?!)", beside="group")),
    starts=_starts("system popen execl execv execve execlp"),
)
SQLITE = Language(
    id="sqlite",
    aliases=("sqlite3", "sql", "psql", "mysql"),
    parse=partial(_lines.commands, prefix=""),
    starts=_starts(".shell .system .sh ! system") | _starts(".output .once .o", Starts("tcl-open")),
)
APPLESCRIPT = Language(
    id="applescript",
    aliases=("osascript",),
    parse=partial(
        _clike.parse, dialect=Dialect(comments=r"--[^\n]*", quotes='"', concat=frozenset({"&"}), beside="call")
    ),
    starts={"do": Starts("applescript")},
)
LANGUAGES = (
    AWK,
    R,
    JULIA,
    OCTAVE,
    GNUPLOT,
    SLANG,
    ELIXIR,
    ERLANG,
    GROOVY,
    HASKELL,
    PUPPET,
    RAKU,
    TCL,
    LISP,
    SCHEME,
    GDB,
    GDB_EXPRESSION,
    VIMSCRIPT,
    VIM_EXPRESSION,
    SQLITE,
    APPLESCRIPT,
)
