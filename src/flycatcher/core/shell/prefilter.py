"""The prefilter of shell text: can anything in it start an interpreter with inline text? Most text cannot, and is not parsed.

``False`` means that reading the text finds nothing. It has no list of programs or variables: which names are interpreters, what is
program text on their command lines and in which variables comes from their tables, and which programs start another from the
launchers'. So every way to write a name must count: quotes and backslashes are taken out first; what computes names (``$'..'``,
``base64``, ``rev``, an expansion in a command's place beside something that makes text) counts as a start. In doubt the answer is
``True``.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Literal, NamedTuple

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import Interpreter, by_name, may_be_known, on_change, read_as, reads_variable
from flycatcher.core.interpreters.hosts.host import Host
from flycatcher.core.interpreters.names import grammar_of, interpreter_by_name
from flycatcher.core.launchers.setters import SETTERS
from flycatcher.core.launchers.special import READERS
from flycatcher.core.launchers.table import TABLE
from flycatcher.core.launchers.textual import FED, takes_text
from flycatcher.core.planted_places import held_needles
from flycatcher.core.planting import is_place
from flycatcher.core.regex import lazy
from flycatcher.core.shell.spelling import spans, stands, tokens, tricks, without_quotes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flycatcher.core.interpreters import Reading

    Kind = Interpreter | Literal["shell", "fed", "wrapper", "variable"]

_ESCAPED = lazy(r"(?<![\w.+-])([A-Za-z_][\w.+-]*)\\[nt]")
"""A word in front of an escape that ends it where printf or echo reads it."""
_BEHIND = lazy(r"\\[nt]([A-Za-z_][\w.+-]*)")
"""One behind such an escape."""
_DASHED = lazy(r"-(?<![\w.+-]-)([A-Za-z_][\w.+-]+)")
"""A login shell's name, or one that is glued to a launcher's option: ``-bash``, ``env -abash``."""
_JOINED = lazy(r"(\\\\)|\\\n")
"""A backslash at a line's end, unless it is itself quoted by another."""
_GLOB = lazy(r"[*?\]](?<=[\w./].)[\w./*?\[\]]*[ \t]+-|bin/(?<=\w/)[\w.+-]*[*?\[]")
"""A pattern of files that may be a program's name: in front of an option, from a special character of it on, or of programs."""
_BARE = lazy(r"(\$\{\w+)(?=[-+=?])|((?:mapfile|readarray)\b[^\n;|&]*?-\w*C)(?=['\"]?\w)")
"""``${x-word}``, whose word begins behind the sign; ``mapfile -CCOMMAND``."""
_GAP = lazy(r"(?:\"(?<=[\w./\"']\")\$(?:\w+|\{[\w@*]+\}|[@*])\"|\$(?<=[\w./\"']\$)(?:\{[\w@*]+\}|[@*]))(?=[\w.\"'])")
"""An expansion inside of a word."""
_COPIES = lazy(
    r"(?:ln(?<!\wln)|cp(?<!\wcp)|mv(?<!\wmv)|dd(?<!\wdd)|cat(?<!\wcat)[ \t]+/|hash(?<!\whash)[ \t]+-\w*p)(?:[ \t]|(?<=/))|BASH_(?:CMDS|ALIASES)\b"
)
_INSTALLS = lazy(r"(?:^|[;&|\n(]|\bsudo[ \t])[ \t]*install[ \t]")
"""What gives a program another name."""
_COPIED = lazy(
    r"(?:^|&&|\|\||;|\b(?:do|then|else)[ \t])[ \t]*(?:sudo[ \t]+)?(?:ln|cp|mv|install)(?:[ \t]+[\w./~+@%:,=-]+)+[ \t]*(?=$|[\n;]|&&|\|\||\|\|)",
    re.MULTILINE,
)
"""A command that copies what it names plainly."""
_DESCRIPTORS = lazy(r"\b(?:dev|proc|fd|stdin|std(?:out|err)|tty)\b")
"""Names by which a copy leads to a descriptor."""
_ECHO = lazy(
    r"(?:^|&&|\|\||;|\b(?:do|then|else)[ \t])[ \t]*echo(?:[ \t]+[\w./~+@%:,=!?#-]+)+[ \t]*(?=$|[\n;]|&&|\|\|)",
    re.MULTILINE,
)
"""A command that prints words, among which the name of a program that hands text to a shell is a word like any other."""
_FIFOS = lazy(r"\b(?:mkfifo|mknod|socat)\b")
_LINKS = lazy(r"\b(?:ln|cp|mount)\b")
"""What puts a FIFO in the place of a file, or, beside a descriptor's name, a link to that."""
_WRITES = lazy(r">|\b(?:tee|dd|cp|mv|install|ln|crontab|config|pkg)\b|sed\b(?:(?!\bsed\b)[^\n;|&])*-\w*i|--in-place")
"""What writes a file, or a setting."""
_PARTED = dict.fromkeys(map(ord, ";|&()<>=`"), " ")
"""What stands between words, beside white space."""
_LAST = lazy(r"(?<![\w.-])[\w.-]+/[\w.-]+(?![\w./-])")
_NAMED = lazy(r"[}`]['\"]?\w*=(?!=)|\)['\"]?=(?!=)|\$\w+=(?!=)")
"""A variable is set whose name is put together."""
_EXPANSION = r"(?:\$\{?[\w@*#!?\[\]]++[^\s}'\";&|()<>$`]*+\}?|\$\(\([^(){}]*\)\)|\$[({][^(){}]*[)}]|`[^`]*`|\{\}|\}|\)|\U000f0000)['\"]*+"
_UNTOLD = rf"['\"]?(?:(?:[\w./+-]++(?=[$`\U000f0000]))?{_EXPANSION})+[\w./+-]*+[ \t]*(?:[ \t]['\"]?[-$`]|<|$|[\n;&|)])|['\"]?(?:\$\(|`)"
_FIRST = r"(?:^|[;&|(){!\n`]|\b(?:do|then|else|elif|if|while|until|time|exec|command|builtin)[ \t])[ \t]*(?:\w+=[^\s$`]*[ \t]+)*"
_DYNAMIC = re.compile(rf"{_FIRST}(?:{_UNTOLD})")
"""A word that is not told stands where a program is named."""
_ANYWHERE = re.compile(rf"{_EXPANSION}[\w./+-]*+[ \t]+['\"]?[-$`<]|(?:^|\s)['\"]?(?:\$\(|`)")
"""The same behind a program that starts another."""
_COMPUTED = lazy(
    "|".join(
        rf"{word}(?<!\w{word})\b"
        for word in ("rev", "tr", "sed", "printf", "cut", "paste", "fold", "awk", "dd", "expr", "IFS")
    )
    + r"|head[ \t]+-\w*c|tail[ \t]+-\w*c|\$\{(?:[^}\[:#%/@^,$]|\$(?!\{))*[\[:#%/@^,]|\$[\w{(](?<=[\w}\"')]\$.)|`(?<=[\w}\"')]`)|\+="
)
"""Text is put together that may become a program's name."""
_SPLITS = lazy(r"\bIFS=[^\s;]+[ \t]*[;\n]")
"""From here on words are split otherwise."""
_EDITS = lazy(r"\bsed\b[^\n;|&]*(?:-\w*i|--in-place|\bw[ \t]+[\w./])|\bc?split\b")
"""What makes files of text that it changes or parts."""
_SHELL_SETS = r"(?:{}(?:%%)?(?:\[[^\]\n]*\])?:?\+?=(?!=)|(?:\b(?:read\b[^\n;|&]*|for|select)|-v)[ \t]*{}\b)"
_FILE_SETS = r"(?:{}(?:%%)?['\"]?[ \t]*(?:[:+?!]*=|:|$)|\b(?i:env|setenv)[ \t]+{}[ \t])"
_NO_NAME = r"(?<![\w.+$-])"
_CLOSERS = lazy(r"[)}@%'\"]*+")
_PLAIN = lazy(r"[ \t]++(?!/(?:tmp|var/tmp|dev|proc)\b)([\w./~+@%:,=^-]++)(?![<>])")
"""A word that is written plainly, and names no file that anybody may have written."""
_END = lazy(r"(?:[ \t]*\d?>{1,2}[ \t]*[^\s;|&<>]+)*[ \t]*(?:$|[\n;|)]|&(?!>)|(?<=[ \t])[\]#])")
"""Where a command ends, behind what it writes to."""
SHORT = 400
"""Characters of a text whose answer is kept."""
MANY = 100
"""Commands of one program from which on the text is looked at as a whole."""
_BLANKS = lazy(r"\s+")
_LISTED = lazy(r"[,\[\]()]")
_SEPARATORS = lazy(r"[\s,\[\]()]+")
"""The same in a list of a file, and within an expansion."""
_COMMAND = lazy(r"(?:[^'\"\n;|&\\]|'[^']*'|\"(?:\\.|[^\"\\])*\"|\\.|['\"])*", re.DOTALL)
"""A command from its name on, up to where the next one begins."""
_REDIRECTIONS = lazy(r"\d*(?:<<-?|[<>]{1,2}[&|]?)[ \t]*[^\s;|&]*")
_COMMENTS = lazy(r"^[ \t]*#[^\n]*", re.MULTILINE)
_NO_QUOTES = {ord(quote): None for quote in "'\""}


class _Known(NamedTuple):
    """What the environment around a text holds."""

    carries: bool = False
    """One of its variables is one that an interpreter reads."""
    names: bool = False
    """A value may name a program that runs text, or a builtin that does."""
    hosts: tuple[Host, ...] = ()
    """Hosts that values may name."""
    values: str = ""


class _Form(NamedTuple):
    """One way to read a text: with its quotes, and without them."""

    text: str
    plain: str
    fed: bool
    """Something may come in through a pipe or a redirection."""


def may_start(text: str, env: Mapping[str, str] | None = None, *, strict: bool = True) -> bool:
    """Whether reading a text could find anything. ``strict``: it is shell text as a shell gets it, not a file around it."""
    if env or not strict or len(text) > SHORT:
        return _may_start(text, env, strict=strict)
    return _short_may_start(text)


@lru_cache(maxsize=4096)
def _short_may_start(text: str) -> bool:
    """Return the same for a short text, of which files have many alike: recipes of a makefile, steps of a job."""
    return _may_start(text, None, strict=True)


def _may_start(text: str, env: Mapping[str, str] | None, *, strict: bool) -> bool:
    """Look at a text; see :func:`may_start`."""
    known = _known(tuple(env.items())) if env else _Known()
    if known.carries:
        return True
    if not strict and _names_interpreter(text):
        return True
    if text.find("#!", 1) > 0 and "chmod" in text:  # a script is written
        return True
    if "#" in text:
        text = _COMMENTS.sub("", text)
    text = _BARE.sub(lambda found: f"{found[1]}:" if found[1] else f"{found[2]} ", text)
    if tricks(text) or _NAMED.search(text) or _GLOB.search(text):
        return True
    if _plants(text):
        return True
    kinds: dict[str, Kind] = {}
    for form in _forms(text):
        plain = without_quotes(form)
        words = tokens(plain)
        if "\\n" in form or "\\t" in form:
            words.update(_ESCAPED.findall(form), _BEHIND.findall(form))
        here = {token: kind for token in words if (kind := _kind(token))}
        if here and _started(_Form(form, plain, "|" in text or "<" in text), here, known, strict=strict):
            return True
        if _dashed(plain, here):
            return True
        if _copied(plain, here, form) or _edited(plain, here):
            return True
        kinds |= here
    return _unnamed(text, set(kinds.values()), known)


def _forms(text: str) -> Iterator[str]:
    """Yield the ways to read a text: lines joined or not, and without expansions inside of words, which may be empty."""
    # a backslash at a line's end joins words, unless it stands in single quotes: both are tried
    text = text.replace('$"', '"') if '$"' in text else text
    forms = (_JOINED.sub(r"\1", text), text.replace("\\\n", "\n")) if "\\\n" in text else (text,)
    yield from forms
    if "$" in text:
        for form in forms:
            whole = _GAP.sub("", form)
            if whole != form:
                yield whole


def _plants(text: str) -> bool:
    """Whether a text names a place that is run later, and something that may write there."""
    if _WRITES.search(text) is None:
        return False
    plain = without_quotes(text)
    held = held_needles(plain)
    words = set(plain.translate(_PARTED).split()) if held else ()
    return any(
        (is_place(word) if "/" in word or "." in word else False) or any(map(is_place, _LAST.findall(word)))
        for word in words
        if any(map(word.__contains__, held))
    )


def _names_interpreter(text: str) -> bool:
    """Whether an interpreter's name stands in a text, as in most build files that run anything inline."""
    return any(isinstance(kind := _kind(token), Interpreter) and not isinstance(kind, Host) for token in tokens(text))


def _started(form: _Form, kinds: Mapping[str, Kind], known: _Known, *, strict: bool) -> bool:
    """Whether one of the names in a text stands where it may run something inline."""
    for token, kind in kinds.items():
        if isinstance(kind, Host):
            found = _host_runs(kind, token, form, known, strict=strict)
        elif isinstance(kind, Interpreter):
            found = not strict or _interpreter_runs(kind, token, form)
        elif kind == "variable":
            found = (
                _sets(token, strict=strict).search(form.plain) is not None or _setters().search(form.plain) is not None
            )
        else:
            found = kind == "shell" or (kind == "fed" and (form.fed or not strict))
            found = found and (not strict or "echo" not in form.text or stands(token, _ECHO.sub("", form.plain)))
        if found:
            return True
    return False


def _dashed(plain: str, kinds: Mapping[str, Kind]) -> bool:
    """Whether a dash stands in front of an interpreter's name where a command begins, or behind a launcher's."""
    launched = "wrapper" in kinds.values()
    for word in set(_DASHED.findall(plain)):
        names = (word, word[1:]) if launched else (word,)
        if any(isinstance(_kind(name), Interpreter) and not isinstance(_kind(name), Host) for name in names):
            return launched or re.search(rf"{_FIRST}-{re.escape(word)}", plain) is not None
    return False


def _copied(plain: str, kinds: Mapping[str, Kind], form: str) -> bool:
    """Whether an interpreter may get another name: a host only where something in the text could be program text of its own."""
    interpreters = [kind for kind in kinds.values() if isinstance(kind, Interpreter)]
    if not interpreters or not _copies(plain):
        return False
    if all(isinstance(kind, Host) and not _hinted(kind, [form, plain]) for kind in interpreters):
        return False
    copies = " ".join(match[0] for match in _COPIED.finditer(plain))
    if _DESCRIPTORS.search(copies) or _copies(_COPIED.sub("", plain)):
        return True
    return any(isinstance(kinds.get(token), Interpreter) for token in tokens(copies))


def _edited(plain: str, kinds: Mapping[str, Kind]) -> bool:
    """Whether a text makes files of what it changes or parts, and starts an interpreter with a plain word."""
    if _EDITS.search(plain) is None:
        return False
    names = [name for name, kind in kinds.items() if isinstance(kind, Interpreter) and not isinstance(kind, Host)]
    return any(re.search(rf"{_FIRST}{re.escape(name)}[ \t]+[\w.]", plain) for name in names)


def _copies(text: str) -> bool:
    """Whether a text may give a program another name."""
    return _COPIES.search(text) is not None or ("install" in text and _INSTALLS.search(text) is not None)


def _unnamed(text: str, kinds: set[Kind], known: _Known) -> bool:
    """Whether an expansion may name a program that runs something inline."""
    dynamic = _ANYWHERE if "wrapper" in kinds else _DYNAMIC
    hosts = {kind for kind in kinds if isinstance(kind, Host)} | set(known.hosts)
    interpreters = any(isinstance(kind, Interpreter) and kind not in hosts for kind in kinds)
    if "IFS=" in text and _SPLITS.search(text) and (interpreters or _COMPUTED.search(text)):
        return True
    if interpreters or known.names or _COMPUTED.search(text):
        return dynamic.search(text) is not None
    return any(_hinted(host, _commands(text, start.start())) for start in dynamic.finditer(text) for host in hosts)


def _host_runs(host: Host, token: str, form: _Form, known: _Known, *, strict: bool) -> bool:
    """Whether a command of a host holds what its program text would: where it is written plainly, in its own words alone.

    In a file that is no shell text, quotes are not a shell's: the rest of the line counts as well.
    """
    if host.unasked and (_FIFOS.search(form.text) or (_LINKS.search(form.text) and _DESCRIPTORS.search(form.text))):
        return True
    if host.in_values is not None and (host.in_values.search(form.text) or host.in_values.search(known.values)):
        return True
    found = _places(token, form)
    if not found:
        return _hinted(host, [form.text, form.plain])
    if not strict and any(_hinted(host, [_line(form.text, start)]) for start, _end in found):
        return True
    return any(_hinted(host, _commands(form.text, start)) for start, _end in found)


def _hinted(host: Host, commands: Iterable[str]) -> bool:
    """Whether a host's hint is found in a command, its words one a line."""
    search = host.hint.search
    for command in commands:
        forms = {command, command.translate(_NO_QUOTES), without_quotes(command)}
        if "<" in command or ">" in command:
            forms.add(_REDIRECTIONS.sub("", command).strip())
        for words in forms:
            if search(_BLANKS.sub("\n", words)) or (_LISTED.search(words) and search(_SEPARATORS.sub("\n", words))):
                return True
    return False


def _commands(text: str, start: int) -> Iterator[str]:
    """Yield the command that begins at an offset, or at the quote in front of it."""
    quoted = text[start - 1 : start] in ("'", '"')
    if match := _COMMAND.match(text, start - quoted):
        yield match[0][quoted:]


def _line(text: str, start: int) -> str:
    """Return a line from an offset on."""
    end = text.find("\n", start)
    return text[start:] if end < 0 else text[start:end]


def _places(token: str, form: _Form) -> list[tuple[int, int]]:
    """Return where a word stands in a text; nothing where it is also written with quotes inside, or too often."""
    found = list(islice(spans(token, form.text), MANY + 1))
    if len(found) > MANY:
        return []
    # without its quotes, a text has a word as often as with them, or more often where they are inside of it
    quoted = form.plain is not form.text and next(islice(spans(token, form.plain), len(found), None), None) is not None
    return [] if quoted else found


@lru_cache(maxsize=256)
def _sets(variable: str, *, strict: bool) -> re.Pattern[str]:
    """Return what finds a variable being set, by a shell or in a file of any type."""
    name = re.escape(variable)
    form = _SHELL_SETS if strict else _FILE_SETS
    return re.compile(form.format(_NO_NAME + name, name), re.MULTILINE)


@cache
def _setters() -> re.Pattern[str]:
    """Return what finds a program that puts variables into an environment elsewhere."""
    return re.compile(rf"(?<![\w.+-])(?:{'|'.join(map(re.escape, sorted(SETTERS)))})(?![\w.+-])")


def _interpreter_runs(interpreter: Interpreter, token: str, form: _Form) -> bool:
    """Whether a command of an interpreter may hold program text: where it is written plainly, by reading it."""
    found = _places(token, form)
    return not found or any(_runs(interpreter, token, form, end) for _start, end in found)


def _runs(interpreter: Interpreter, token: str, form: _Form, end: int) -> bool:
    """Whether what follows a name lets it run text: options, something untold, or nothing at all where it may be fed."""
    closers = _CLOSERS.match(form.text, end)
    at = closers.end() if closers else end
    if form.text.startswith(("/", "="), at):  # a folder's name, or a variable's
        return False
    words = _plain_words(form.text, at)
    if words and not words[0].startswith("-") and _is_script(interpreter, token, words[0]):
        return False
    if not words and _END.match(form.text, at) is None:
        return True
    return _reads(interpreter, token, words, fed=form.fed)


def _plain_words(text: str, at: int) -> tuple[str, ...]:
    """Return the first words from an offset on that are written plainly."""
    words: list[str] = []
    while len(words) < MANY and (word := _PLAIN.match(text, at)):
        words.append(word[1])
        at = word.end()
    return tuple(words)


@lru_cache(maxsize=4096)
def _is_script(interpreter: Interpreter, name: str, word: str) -> bool:
    """Whether a first operand names a script, behind which nothing is an option of the interpreter's."""
    reading = _read(interpreter, (name, word), fed=True)
    return reading.outcome == "script" and not reading.snippets and _ends_at_script(interpreter)


@cache
def _ends_at_script(interpreter: Interpreter) -> bool:
    """Whether an interpreter looks for no options of its own behind its script."""
    return _takes_no_more(interpreter, (interpreter.id, "script"))


@lru_cache(maxsize=4096)
def _reads(interpreter: Interpreter, name: str, words: tuple[str, ...], *, fed: bool) -> bool:
    """Whether reading a command finds program text, or would if more words followed: those of a quote, of xargs, of ``"$@"``."""
    reading = _read(interpreter, (name, *words), fed=fed)
    settled = not words or (reading.outcome in _SETTLED and _takes_no_more(interpreter, (name, *words)))
    return bool(reading.snippets) or not settled


def _takes_no_more(interpreter: Interpreter, argv: tuple[str, ...]) -> bool:
    """Whether the words of a command settle what runs: none of the interpreter's options counts behind them."""
    outcome = _read(interpreter, argv).outcome
    shown = outcome in ("prints", "checks")
    tails = ((option, "x") for option in _options(interpreter)) if shown else _tails(interpreter)
    readings = [_read(interpreter, argv + tail) for tail in tails]
    return all(not reading.snippets and (shown or reading.outcome == outcome) for reading in readings)


def _options(interpreter: Interpreter) -> list[str]:
    """Return the options of an interpreter's table, and letters that take program text elsewhere."""
    table = interpreter.options
    options = {f"-{letter}" for letter in (*table.short, *_LETTERS)} | set(table.long) | {"--eval"}
    return sorted(options - {"-", "--"})


@cache
def _tails(interpreter: Interpreter) -> tuple[tuple[str, ...], ...]:
    """Return words that would make an interpreter run text if they were its own: each of its options, in two orders."""
    ordered = _options(interpreter)
    return (
        tuple(word for option in ordered for word in (option, "x")),
        tuple(word for option in reversed(ordered) for word in (option, "x")),
        tuple(f"{option}{sign}x" for option in ordered for sign in ":="),
        ("x", "x"), ("-", "x"), ("-m", "timeit", "x"), ("data:text/javascript,x", "x"),
    )  # fmt: skip


_SETTLED = frozenset(("script", "module", "prints", "checks"))
"""Outcomes that say what runs."""
_LETTERS = "cerpnERBim"
"""Letters that interpreters whose options stand in no table take program text with."""


def _read(interpreter: Interpreter, argv: tuple[str, ...], *, fed: bool = False) -> Reading:
    """Read a command line of which nothing but its words is known."""
    return read_as(interpreter, Execution(argv=argv, stdin="pipe" if fed else "unknown"))


@lru_cache(maxsize=256)
def _known(env: tuple[tuple[str, str], ...]) -> _Known:
    """Judge an environment: its names, and its values as words that expansions may put where a program is named."""
    if any(reads_variable(name) for name, _value in env):
        return _Known(carries=True)
    values = "\n".join(value for _name, value in env)
    kinds = {kind for token in tokens(without_quotes(values)) if (kind := _kind(token))}
    hosts = tuple(kind for kind in kinds if isinstance(kind, Host))
    names = any(kind not in hosts and kind != "variable" for kind in kinds) or tricks(values)
    return _Known(names=names, hosts=hosts, values=values)


@lru_cache(maxsize=1 << 16)
def _kind(token: str) -> Kind | None:
    """Say what a word may be: an interpreter, ``shell`` or ``fed`` (hands text to one), ``wrapper``, ``variable``; None: of no interest."""
    if takes_text(token):
        return "fed" if token in FED else "shell"
    if may_be_known(token):
        program = "sh" if grammar_of(token) and by_name(token) is None else token
        found = by_name(program) or by_name(interpreter_by_name(token.strip("_")))
        if found is not None:
            return found
    if token in TABLE or token in READERS:
        return "wrapper"
    return "variable" if reads_variable(token.removesuffix("+").rpartition(".")[2]) else None


def forget() -> None:
    """Forget which names are programs of interest: a configuration has added some."""
    for cached in (_short_may_start, _kind, _known, _is_script, _ends_at_script, _reads, _tails):
        cached.cache_clear()


on_change(forget)
