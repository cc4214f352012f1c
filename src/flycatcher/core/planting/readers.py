"""How the text of a planted place is read: which parts of it will run, and in which language."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import by_id, by_name, carriers, reads_variable
from flycatcher.core.interpreters.names import base
from flycatcher.core.launchers.unwrap import unwrap_all
from flycatcher.core.unknown import UNKNOWN


class Piece(NamedTuple):
    """A part of a planted text that will run."""

    text: str
    language: str = "shell"
    interpreter: str = "sh"
    variable: str | None = None


Reader = Callable[[str, str], Iterator[Piece]]
"""Takes a path and its text."""
WHOLE = "text of "

_FIELD = r"[\d*/,\-A-Za-z~]+"
_WHEN = rf"[ \t]*-?(?:@\w+|(?:{_FIELD}[ \t]+){{4}}{_FIELD})[ \t]+"
_USER_ENTRY = re.compile(_WHEN + r"(\S.*)")
_SYSTEM_ENTRY = re.compile(_WHEN + r"\S+[ \t]+(\S.*)")
_ANACRON_ENTRY = re.compile(r"[ \t]*(?:@\w+|\d+)[ \t]+\d+[ \t]+\S+[ \t]+(\S.*)")
_SETTING = re.compile(r"[ \t]*(?:export[ \t]+|Environment=[ \t]*)?[\"']?([A-Za-z_]\w*)[ \t]*=[ \t]*(.*)")
_RECIPE = re.compile(r"(?m)^\t[@+-]*((?:[^\n\\]|\\.|\\\n)+)", re.DOTALL)
_RUN = re.compile(
    r"(?im)^[ \t]*(?:ONBUILD[ \t]+)?RUN[ \t]+(?:--[\w-]+(?:=\S+)?[ \t]+)*((?:[^\n\\]|\\.|\\\n)+)", re.DOTALL
)
_RUN_HEREDOC = re.compile(r"<<-?[\"']?(\w+)[\"']?[^\n]*\n(.*?)\n[ \t]*\1(?:\n|$)", re.DOTALL)
_SHELL_CALL = re.compile(r"\$[({]shell[ \t]+([^\n]*)[)}]")
_STEP = re.compile(
    r"(?m)^([ \t]*)(?:-[ \t]+)?(?:run|(?:before_|after_)?script|command|\w*sh(?:ell)?):[ \t]*"
    r"(?:[|>][-+\d]*[ \t]*\n((?:\1[ \t]+[^\n]*\n?|[ \t]*\n)+)|(?:\n((?:[ \t]*-[ \t]+[^\n]*\n?)+))|([^\n]+))"
)
_DELIMITED = re.compile(r"(?ms)^([A-Za-z_]\w*)<<(\S+)\n(.*?)\n\2$")
_EXEC = re.compile(r"(?m)^[ \t]*Exec\w*[ \t]*=[ \t]*[@:+!|-]*((?:[^\n\\]|\\.|\\\n)*)", re.DOTALL)
_ENTRY_EXEC = re.compile(r"(?m)^[ \t]*(?:Try)?Exec[ \t]*=[ \t]*([^\n]+)")
_INITTAB = re.compile(r"[^:#\n]*:[^:\n]*:[^:\n]*:\+?(.+)")
_KEY_COMMAND = re.compile(r"(?:^|[ \t,])command=\"((?:[^\"\\]|\\.)*)\"", re.IGNORECASE)
_SSH_COMMAND = re.compile(
    r"(?im)^[ \t]*(?:ProxyCommand|LocalCommand|KnownHostsCommand|Match[ \t]+.*?exec|ForceCommand"
    r"|Authorized(?:Keys|Principals)Command|Subsystem[ \t]+\S+)[ \t=]+(.+)$"
)
_UDEV = re.compile(r"(?:RUN|PROGRAM|IMPORT)(?:\{program\}|\{builtin\})?[ \t]*[+:=!]*=[ \t]*e?\"((?:[^\"\\]|\\.)*)\"")
_PAM = re.compile(
    r"pam_exec\.so[ \t]+((?:(?:debug|expose_authtok|quiet|quiet_log|seteuid|stdout|log=\S+|type=\S+)[ \t]+)*)(.+)"
)
_PTH = re.compile(r"(?m)^import[ \t][^\n]*")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"")
_ROTATE = re.compile(r"(?ms)^[ \t]*(?:pre|post|first|last)(?:rotate|action)[ \t]*\n(.*?)^[ \t]*endscript")
_PIPED = re.compile(r"(?m)\|[ \t]*([^\n\"]+)")
_TMUX = re.compile(r"(?m)(?:run(?:-shell)?|if(?:-shell)?|default-command|#\()[ \t]*(?:-b[ \t]+)?[\"']?([^\n\"']+)")
_SUPERVISOR = re.compile(r"(?m)^command[ \t]*[=:][ \t]*([^\n;]+)")
_AUTOCMD = re.compile(r"(?m)^[ \t:]*au(?:tocmd)?!?[ \t][^\n]*?(?<!au)(?<!autocmd)[ \t:]!([^\n]+)$")
_PSQL = re.compile(r"(?m)^[ \t]*\\![ \t]*(\S.*)$")
_INCRON = re.compile(r"(?m)^[ \t]*(?!#)(?:\\.|[^\s\\])+[ \t]+\S+[ \t]+(\S.*)$")
_INCRON_VALUE = re.compile(r"\$([$@#%&])")
_NETWORK = re.compile(r"(?m)^[ \t]*(?:pre-|post-)?(?:up|down)[ \t]+(.+)$")
_WINDOWS = re.compile(r"(?m)^[^#\n]*?\bexec(?:_always|-once)?[ \t]*[=,]?[ \t]*(?:--[\w-]+[ \t]+)*(\S.*)$")
_HELPER = re.compile(r"\|?[ \t]*(\S.*)")
_KERNEL = re.compile(r"(?m)^[ \t]*kernel[./]core_pattern[ \t]*=[ \t]*\|(.+)$")
_MODULE = re.compile(r"(?m)^[ \t]*(?:install|remove)[ \t]+\S+[ \t]+(.+)$")
_SCREEN = re.compile(r"(?m)^[ \t]*(?:exec|screen|backtick[ \t]+\d+[ \t]+\d+[ \t]+\d+)(?:[ \t]+-\w+)*[ \t]+(.+)$")
_MAILCAP = re.compile(r"(?m)^[ \t]*[^#\s;]+/[^\s;]+[ \t]*;[ \t]*([^;\n]+)")
_SECTION = re.compile(r"[ \t]*\[[ \t]*([\w.-]+)(?:[ \t]+\"([^\"]*)\")?[ \t]*\]")
_GIT_VALUE = re.compile(r"[ \t]*([A-Za-z][\w-]*)[ \t]*=[ \t]*(.*)")
_NPM = re.compile(r"(?m)^[ \t]*(node-options|script-shell|shell|git|editor|viewer|init-module)[ \t]*=[ \t]*(.+)$")
_SED_TEXT = re.compile(r"(?:^|[;{}\n]|-e|\$|\d|/[a-zA-Z]*)[ \t]*[aic](?:\\\n|\\?[ \t]*)([^\n]+)")
_SED_REPLACES = re.compile(r"s([^\w\s\\])(?:\\.|(?!\1)[^\\])*\1((?:\\.|(?!\1)[^\\])*)\1", re.DOTALL)


def inserted_by_sed(script: str) -> str:
    """Return the lines that a script of sed's puts into a file: those of a, i and c, and what s puts in (sed(1))."""
    lines = [found[1] for found in _SED_TEXT.finditer(script)]
    lines += [_replacement(found[2], found[1]) for found in _SED_REPLACES.finditer(script)]
    return "\n".join(lines)


def _replacement(text: str, mark: str) -> str:
    """Return what the right side of an s command puts in: the matched text, which is not known, as a line's end."""
    said = {"n": "\n", "&": "&", mark: mark}
    return re.sub(r"\\(.)|&", lambda found: said.get(found[1], found[0]) if found[1] else "\n", text, flags=re.DOTALL)


def reader_of(name: str) -> Reader:
    """Return the reader of this name; ``text of ID``: the whole text is a program of the interpreter of this id."""
    return _whole(name.removeprefix(WHOLE)) if name.startswith(WHOLE) else READERS[name]


def _whole(name: str) -> Reader:
    """Return the reader of a place whose whole text is a program."""
    owner = by_id(name)

    def read(path: str, text: str) -> Iterator[Piece]:
        del path
        if owner is not None:
            yield Piece(text, owner.language, owner.id)

    return read


def _script(path: str, text: str) -> Iterator[Piece]:
    """Read a program by its ``#!`` line; without one a shell runs it."""
    del path
    if text.startswith("#!"):
        line = text[2:].partition("\n")[0].strip()
        words = next((command.words for command, last in unwrap_all(line.split()) if last), []) if line else []
        found = by_name(words[0]) if words else None
        if found is not None:
            yield Piece(text, found.language, found.id)
            return
        if words and by_name(base(words[0])) is None:
            return
    yield Piece(text)


def _table(entry: re.Pattern[str]) -> Reader:
    """Return the reader of a table of cron's: each command, ``%`` as cron reads it, and the variables."""

    def read(path: str, text: str) -> Iterator[Piece]:
        del path
        shell = ""
        for line in text.splitlines():
            if line.lstrip().startswith("#"):
                continue
            found = entry.match(line.lstrip(UNKNOWN))  # what stood there before is not known
            if found is not None:
                yield from _by_shell(shell, found[1])
                continue
            setting = _SETTING.match(line)
            shell = setting[2].strip().strip("\"'") if setting is not None and setting[1] == "SHELL" else shell
            yield from _variable(line)

    return read


def _by_shell(shell: str, command: str) -> Iterator[Piece]:
    """Read a command of cron's, which goes to the program that SHELL names above it, behind ``-c``."""
    owner = by_name(shell) if shell else None
    if owner is None or owner.kind == "shell":
        yield Piece(_with_stdin(command))
        return
    words, *lines = _parts(command)
    start = Execution(argv=(shell, "-c", words), stdin="pipe", stdin_text="\n".join(lines))
    reading = owner.read(start)
    for snippet in reading.snippets:
        yield Piece(snippet.text or "", snippet.language, snippet.interpreter)


def _parts(command: str) -> list[str]:
    r"""Split a command of cron's at each ``%`` without a backslash: the first part is the command, the others its stdin's lines."""
    return [part.replace("\\%", "%") for part in re.split(r"(?<!\\)%", command)]


def _with_stdin(command: str) -> str:
    r"""Return a command of cron's as a shell reads it: behind ``%`` stands its stdin, ``\%`` is a percent sign (crontab(5))."""
    head, *lines = _parts(command)
    end = "EOF"
    while end in lines:
        end += "F"
    return head if not lines else "\n".join((f"{head} <<'{end}'", *lines, end))


def _variables(path: str, text: str) -> Iterator[Piece]:
    """Read lines of ``NAME=VALUE``, and values of several lines as GitHub writes them: ``NAME<<MARK``."""
    del path
    for found in _DELIMITED.finditer(text):
        yield from _variable(f"{found[1]}={found[3]}")
    for line in _DELIMITED.sub("", text).splitlines():
        yield from _variable(line)


def _variable(line: str) -> Iterator[Piece]:
    """Read one line that may set a variable: what it makes an interpreter run."""
    found = _SETTING.match(line)
    if found is None or not reads_variable(found[1]):
        return
    value = found[2].strip().strip("\"'")
    for row in carriers.carried({found[1]: value}):
        for snippet in row.snippets:
            yield Piece(snippet.text or value, snippet.language, snippet.interpreter, found[1])


def _unit(path: str, text: str) -> Iterator[Piece]:
    """Read a unit: its command lines, and its variables."""
    del path
    for found in _EXEC.finditer(text):
        yield Piece(re.sub(r"\\\n[ \t]*", " ", found[1]).replace("$$", "$").replace("%%", "%"))
    for line in text.splitlines():
        if line.lstrip().startswith("Environment"):
            yield from _variable(line.replace("Environment=", "", 1))


def _found(pattern: re.Pattern[str], *, unescape: bool = False, group: int = 1) -> Reader:
    """Return the reader of a place whose commands one expression finds."""

    def read(path: str, text: str) -> Iterator[Piece]:
        del path
        for found in pattern.finditer(text):
            yield Piece(re.sub(r"\\(.)", r"\1", found[group]) if unescape else found[group])

    return read


def _incron(path: str, text: str) -> Iterator[Piece]:
    """Read a table of incron's: ``$$`` is a dollar, the other signs stand for the path, the file and the event (incrontab(5))."""
    del path
    for found in _INCRON.finditer(text):
        yield Piece(_INCRON_VALUE.sub(lambda sign: "$" if sign[1] == "$" else UNKNOWN, found[1]))


def _pth(path: str, text: str) -> Iterator[Piece]:
    """Read a .pth file: lines that begin with ``import`` are run, the others are folders (site)."""
    del path
    for found in _PTH.finditer(text):
        yield Piece(found[0], "python", "python")


def _vim(path: str, text: str) -> Iterator[Piece]:
    """Read a program of Vim's, and the shell's commands that it holds for later (``autocmd EVENT PATTERN !COMMAND``)."""
    yield from _whole("vim")(path, text)
    for found in _AUTOCMD.finditer(text):
        yield Piece(found[1])


def _packages(path: str, text: str) -> Iterator[Piece]:
    """Read the scripts of package.json or composer.json."""
    del path
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        for found in re.finditer(r"\"[\w:.-]+\"[ \t]*:[ \t]*\"((?:[^\"\\]|\\.)*)\"", text):
            yield Piece(re.sub(r"\\(.)", r"\1", found[1]))
        return
    scripts = value.get("scripts") if isinstance(value, dict) else None
    for each in scripts.values() if isinstance(scripts, dict) else ():
        for command in each if isinstance(each, list) else [each]:
            if isinstance(command, str):
                yield Piece(command.removeprefix("@php ") if command.startswith("@php ") else command)


def _npm(path: str, text: str) -> Iterator[Piece]:
    """Read npm's settings: options of Node.js, and programs that npm starts."""
    del path
    for found in _NPM.finditer(text):
        if found[1] == "node-options":
            yield from _variable(f"NODE_OPTIONS={found[2]}")
        else:
            yield Piece(found[2].strip().strip("\"'"))


def _git(path: str, text: str) -> Iterator[Piece]:
    """Read git's settings: aliases that begin with ``!``, and the commands that settings name."""
    del path
    section = ""
    for line in text.splitlines():
        head = _SECTION.match(line)
        if head is not None:
            section = head[1].lower() + (f".{head[2]}" if head[2] else "")
        value = _GIT_VALUE.match(
            line, head.end() if head is not None else 0
        )  # a value may stand behind the section's name
        if value is not None:
            yield from _git_setting(f"{section}.{value[1].lower()}", value[2].strip().strip('"'))


def _git_setting(key: str, value: str) -> Iterator[Piece]:
    """Read one setting as git's table does."""
    if key.startswith("alias."):
        if value.startswith("!"):
            yield Piece(value[1:])
        return
    quoted = f"{key}={value}".replace("'", "'\\''")
    for row in carriers.carried({"GIT_CONFIG_PARAMETERS": f"'{quoted}'"}):
        for snippet in row.snippets:
            if snippet.text:
                yield Piece(snippet.text, snippet.language, snippet.interpreter)


def _makefile(path: str, text: str) -> Iterator[Piece]:
    """Read a makefile: the lines of its recipes, and what ``$(shell`` runs."""
    del path
    for found in _RECIPE.finditer(text):
        yield Piece(found[1].replace("$$", "$"))
    for found in _SHELL_CALL.finditer(text):
        yield Piece(found[1])


def _container(path: str, text: str) -> Iterator[Piece]:
    """Read the commands of a container's recipe: what RUN runs, in lines that go on behind a backslash, or a here-document."""
    del path
    for found in _RUN.finditer(text):
        heredoc = _RUN_HEREDOC.match(text, found.start(1))
        if heredoc is not None:
            yield from _script("", heredoc[2])
        else:
            yield Piece(found[1])


def _pipeline(path: str, text: str) -> Iterator[Piece]:
    """Read the commands of a build system's file, by the keys that hold them."""
    del path
    for found in _STEP.finditer(text):
        lines = (found[2] or found[3] or found[4] or "").splitlines()
        yield Piece("\n".join(line.strip().removeprefix("- ").strip("\"'") for line in lines))


READERS: dict[str, Reader] = {
    "script": _script,
    "system table": _table(_SYSTEM_ENTRY),
    "user table": _table(_USER_ENTRY),
    "anacron table": _table(_ANACRON_ENTRY),
    "unit": _unit,
    "inittab": _found(_INITTAB),
    "desktop entry": _found(_ENTRY_EXEC),
    "authorized keys": _found(_KEY_COMMAND, unescape=True),
    "ssh settings": _found(_SSH_COMMAND),
    "udev rules": _found(_UDEV, unescape=True),
    "pam": _found(_PAM, group=2),
    "pth": _pth,
    "package scripts": _packages,
    "npm settings": _npm,
    "git settings": _git,
    "apt settings": _found(_QUOTED, unescape=True),
    "logrotate": _found(_ROTATE),
    "mail": _found(_PIPED),
    "variables": _variables,
    "makefile": _makefile,
    "container recipe": _container,
    "pipeline": _pipeline,
    "tmux settings": _found(_TMUX),
    "supervisor settings": _found(_SUPERVISOR),
    "vim settings": _vim,
    "psql settings": _found(_PSQL),
    "incron table": _incron,
    "network settings": _found(_NETWORK),
    "window manager settings": _found(_WINDOWS),
    "kernel helper": _found(_HELPER),
    "kernel settings": _found(_KERNEL),
    "modules": _found(_MODULE),
    "screen settings": _found(_SCREEN),
    "mail types": _found(_MAILCAP),
}
"""One reader a kind of place."""
