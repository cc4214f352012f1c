"""Which program a call starts: the words, or the text that a shell gets, by the kind that the language's table gives."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from flycatcher.core.payload.evaluator.values import NOT_CONSTANT, Value, concat_text
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flycatcher.core.payload.language import Starts

    Command = tuple[list[Value], Value | None]

MAX_WORDS = 64
NOTHING: Command = ([], None)
_PRINTED = lazy(r"/inet|\s*cat\s*1?>&\s*2\s*$")
_SUBSTITUTED = 63
"""The descriptor that bash gives its first process substitution."""


def substituted(args: Sequence[Value]) -> dict[int, str]:
    """Return the text of a process substitution, by its descriptor."""
    texts = [arg.name for arg in args if "substitution" in arg.taint and arg.name]
    return {_SUBSTITUTED: texts[0]} if texts else {}


def command_of(starts: Starts, args: Sequence[Value], kwargs: dict[str, Value]) -> Command:
    """Return the words of a started command, or the text that a shell gets (see :class:`~flycatcher.core.payload.language.Starts`)."""
    if starts.kind == "popen":
        return _popen(args, kwargs)
    if starts.at >= len(args):
        named = next((kwargs[name] for name in _COMMAND if name in kwargs), None)
        return NOTHING if named is None else _KINDS[starts.kind]([named])
    return _KINDS[starts.kind](args[starts.at :])


_BRACED = lazy(r"(?<!\S)\{([^{}]*)\}(?!\S)")
_PROGRAM = lazy(r"(?i)\b(?:FROM|TO)\s+PROGRAM\s+'((?:[^']|'')*)'")
_COMMAND = ("command", "cmd", "argv")
"""The parameter's name, where a command is given by it: ``os.system(command=...)``, ``os.popen(cmd=...)``, ``pty.spawn(argv=...)``."""


def stdin_of(args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """Return what a started program gets on its standard input: ``input=`` (Python), ``stdin_data:`` (Ruby), ``{input: ...}`` (Node)."""
    for options in (kwargs, *(value.data for value in reversed(args) if isinstance(value.data, dict))):
        for key in _STDIN:
            if isinstance(given := options.get(key), Value):
                return given
    return Value()


_STDIN = ("input", "stdin_data")


def _listed(value: Value) -> list[Value]:
    return list(value.data) if isinstance(value.data, list) else [value]


def _text(args: Sequence[Value]) -> Command:
    return [], (concat_text(args[0].data) if isinstance(args[0].data, list) else args[0])


def _list(args: Sequence[Value]) -> Command:
    return _listed(args[0]), None


def _text_or_list(args: Sequence[Value]) -> Command:
    """Text for a shell, or a list of words; what follows says how to read its output."""
    return _list(args) if isinstance(args[0].data, list) else _text(args)


def _words(args: Sequence[Value]) -> Command:
    """One word alone is text; options in a dictionary are no word."""
    first = args[0].data
    if len(args) > 1 and isinstance(first, list) and len(first) == 2:  # Ruby: the program, and its argument 0
        args = [first[0], *args[1:]]
    words = [item for value in args for item in _listed(value) if not isinstance(value.data, dict)]
    return ([], words[0]) if len(words) == 1 else (words, None)


def _words_only(args: Sequence[Value]) -> Command:
    """The arguments, after options of the function itself (``spawn -noecho sh``)."""
    words = list(args)
    while len(words) > 1 and (words[0].text or "").startswith("-"):
        words.pop(0)
    return words, None


def _exec(args: Sequence[Value]) -> Command:
    return [args[0], *args[2:]], None


def _pair(args: Sequence[Value]) -> Command:
    return [args[0], *(_listed(args[1]) if len(args) > 1 and isinstance(args[1].data, list) else [])], None


def _pair_or_text(args: Sequence[Value]) -> Command:
    """Node's ``spawn(program, words, options)``: with ``shell`` among the options, text for one (child_process's documentation)."""
    shell = _option(args, "shell")
    words, _ = _pair(args)
    if shell is None or (shell.known and not shell.data):
        return words, None
    return [], concat_text(words)


def _option(args: Sequence[Value], key: str) -> Value | None:
    """Return an entry of the first dictionary among the arguments that has it."""
    tables = (value.data for value in args if isinstance(value.data, dict))
    return next((table[key] for table in tables if isinstance(table.get(key), Value)), None)


def _fork(args: Sequence[Value]) -> Command:
    """Node's ``fork(module, words, options)``, ``setupPrimary({exec, execArgv})``: a Node, or ``execPath``, with options of its own."""
    program, options = _option(args, "execPath") or Value("node"), _option(args, "execArgv")
    module = _option(args, "exec") if isinstance(args[0].data, dict) else args[0]
    given = [module] if module is not None else []
    return [program, *(_listed(options) if options is not None else []), *given], None


def _vector(args: Sequence[Value]) -> Command:
    return [args[0], *(_listed(args[1])[1:] if len(args) > 1 else [])], None


def _popen(args: Sequence[Value], kwargs: dict[str, Value]) -> Command:
    """Python's subprocess: text with ``shell=True``, a program or a list otherwise."""
    first = args[0] if args else kwargs.get("args", Value())
    shell = kwargs.get("shell")
    by_shell = shell is not None and (shell.data is NOT_CONSTANT or bool(shell.data))
    words = _listed(first)
    if not by_shell:
        return words, None
    return ([], words[0]) if words else NOTHING


def _split(args: Sequence[Value]) -> Command:
    """Java splits at blanks."""
    if isinstance(args[0].data, list):
        return _list(args)
    return [Value(word) for word in (args[0].text or "").split()[:MAX_WORDS]] or [args[0]], None


def _cmd(args: Sequence[Value]) -> Command:
    """``Deno.run({cmd: [...]})``."""
    data = args[0].data
    inner = data.get("cmd") if isinstance(data, dict) else None
    return (_listed(inner), None) if isinstance(inner, Value) else _words(args)


def _file(args: Sequence[Value]) -> Command:
    """``spawn_sync.spawn({file: '/bin/sh', args: ['sh']})``."""
    data = args[0].data if isinstance(args[0].data, dict) else {}
    program, words = data.get("file"), data.get("args")
    rest = _listed(words)[1:] if isinstance(words, Value) else []
    return ([program, *rest], None) if isinstance(program, Value) else NOTHING


def _awk_pipe(args: Sequence[Value]) -> Command:
    """``command | getline`` and ``print | command``; a path below /inet is a connection, and ``cat >&2`` the way to stderr."""
    reads = len(args) > 1 and args[1].name.startswith("getline")
    side = args[0] if reads or len(args) < 2 else args[1]
    return NOTHING if _PRINTED.match(side.text or "") else ([], side)


def _applescript(args: Sequence[Value]) -> Command:
    """``do shell script "x"``; ``do script "x"`` types it into a terminal."""
    texts = [arg for arg in args if arg.text is not None]
    return [], (texts[0] if texts and args[0].name in ("shell", "script") else None)


def _perl_open(args: Sequence[Value]) -> Command:
    """``open(F, "-|", words)``, ``open(F, "|text")``, ``open(F, "text|")``."""
    mode = (args[1].text or "").strip() if len(args) > 1 else ""
    if mode in ("-|", "|-"):
        return _words(args[2:]) if len(args) > 2 else NOTHING
    if mode.startswith("|") or mode.endswith("|"):
        return [], Value(mode.strip("|"), exact=args[1].exact, made=args[1].made, taint=args[1].taint)
    return NOTHING


def _open_file(args: Sequence[Value]) -> Command:
    """``IO::File->new("command|")``."""
    return _perl_open([args[0], *args])


def _vim(args: Sequence[Value]) -> Command:
    """``:!command``; nothing after it opens a shell."""
    return [], (args[0] if args[0].text else Value("sh"))


def _vim_filter(args: Sequence[Value]) -> Command:
    """``:r !command`` and ``:w !command``; anything else is a file."""
    text = (args[0].text or "").lstrip()
    return ([], Value(text[1:] or "sh", exact=args[0].exact)) if text.startswith("!") else NOTHING


def _gnuplot(args: Sequence[Value]) -> Command:
    """``plot "< command"``."""
    text = (args[0].text or "").lstrip()
    return ([], Value(text[1:], exact=args[0].exact)) if text.startswith("<") else NOTHING


def _tcl_exec(args: Sequence[Value]) -> Command:
    """``exec curl x | sh``: words, which bars and redirections divide as a shell's do."""
    words, _ = _words_only([item for value in args for item in _listed(value)])
    if any((word.text or "").startswith(("|", ">", "<", "2>")) and len(words) > 1 for word in words):
        quoted = [
            word if (word.text or "")[:1] in ("|", ">", "<", "2", "&") else Value(shlex.quote(word.text or ""))
            for word in words
            if not (word.text or "").startswith((">@", "<@", "2>@"))
        ]
        return ([], concat_text(quoted)) if len(quoted) > 1 or words[0].text is None else (quoted or words, None)
    return words, None


def _tcl_open(args: Sequence[Value]) -> Command:
    """``open "|command"``: Tcl, Ruby."""
    text = args[0].text or ""
    return ([], Value(text.lstrip("| "), exact=args[0].exact, made=args[0].made)) if text.startswith("|") else NOTHING


def _tcl_pipeline(args: Sequence[Value]) -> Command:
    """Tcl's ``open "|command"``: words of a list, where braces quote."""
    text = args[0].text or ""
    if not text.startswith("|"):
        return NOTHING
    quoted = _BRACED.sub(lambda found: shlex.quote(found[1]), text.lstrip("| "))
    return [], Value(quoted, exact=args[0].exact, made=args[0].made)


def _sql_program(args: Sequence[Value]) -> Command:
    """PostgreSQL's ``COPY t FROM PROGRAM 'command'``, which the server starts (its manual, "COPY")."""
    found = _PROGRAM.search(args[0].text or "")
    return ([], Value(found[1].replace("''", "'"))) if found is not None else NOTHING


def _julia(args: Sequence[Value]) -> Command:
    """A command literal is a list of words; anything else is a file."""
    return _list(args) if isinstance(args[0].data, list) else NOTHING


_KINDS: dict[str, Callable[[Sequence[Value]], Command]] = {
    "text": _text,
    "list": _list,
    "text-or-list": _text_or_list,
    "words": _words,
    "words-only": _words_only,
    "exec": _exec,
    "pair": _pair,
    "pair-or-text": _pair_or_text,
    "fork": _fork,
    "vector": _vector,
    "javaexec": _split,
    "receiver": _split,
    "awk-pipe": _awk_pipe,
    "cmd": _cmd,
    "file": _file,
    "applescript": _applescript,
    "open": _perl_open,
    "open-file": _open_file,
    "vim": _vim,
    "vim-filter": _vim_filter,
    "gnuplot": _gnuplot,
    "tcl-exec": _tcl_exec,
    "sql-program": _sql_program,
    "tcl-open": _tcl_pipeline,
    "piped": _tcl_open,
    "julia": _julia,
}
