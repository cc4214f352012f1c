"""Dockerfiles and Containerfiles (Dockerfile reference, BuildKit front end 1.7)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from msgspec import Struct, field, structs

from flycatcher.core.interpreters.names import BOURNE, bourne_grammar_of, grammar_of
from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine import jsontext
from flycatcher.sources.buildfiles.engine.environ import carried
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region, Start
from flycatcher.sources.buildfiles.engine.located import Builder, Located
from flycatcher.sources.buildfiles.engine.yaml import script
from flycatcher.sources.buildfiles.engine.yamltext import List, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIRECTIVE = lazy(r"[ \t]*#[ \t]*(\w+)[ \t]*=[ \t]*(\S+)")
_INSTRUCTION = lazy(r"[ \t]*([A-Za-z]+)(?:[ \t]+|$)")
_NOTHING = lazy("()")
_FLAG = lazy(r"--[a-z][\w.-]*(?:=\S*)?[ \t]*")
_HEREDOC = lazy(r"(?<![<\w])\d*<<(-?)((?:\\.|\"[^\"\n]*\"|'[^'\n]*'|[^\s<\"'\\])+)")
"""As BuildKit's parser takes it (frontend/dockerfile/parser, heredocFromMatch): one word of a shell, without blanks in front."""
_SHELL_END = lazy(r"[|;&()<>]")
_PAIR = lazy(r"([A-Za-z_]\w*)=((?:\"(?:\\.|[^\"\\])*\"|'[^']*'|\\.|[^\s\"'\\])*)", re.DOTALL)
_SHEBANG = lazy(r"#![ \t]*(\S+)(?:[ \t]+(\S.*?))?[ \t]*\n")
_COMMANDS = frozenset({"RUN", "CMD", "ENTRYPOINT", "SHELL"})
_KNOWN = _COMMANDS | {
    "FROM", "ENV", "ARG", "COPY", "ADD", "LABEL", "USER", "WORKDIR", "EXPOSE", "VOLUME", "ONBUILD", "STOPSIGNAL", "HEALTHCHECK",
    "MAINTAINER",
}  # fmt: skip
MAX_INSTRUCTIONS = 20_000
_REFERENCE = lazy(r"\$(?:(\w+)|\{(\w+)\}|\{\w+[^}\s]*\}?)")
"""``$NAME`` and ``${NAME}``; another form's value is not known."""


class _Instruction(Struct):
    """One instruction: its word, what follows (continuations joined), its here-documents."""

    name: str
    body: Located
    start: int
    end: int
    heredocs: list[tuple[str, Located]] = field(default_factory=list)
    """Delimiter and text of each."""
    quoted: bool = False


class _Kept(NamedTuple):
    """What a later stage that begins with this one takes over (Dockerfile reference, FROM)."""

    shell: tuple[str, ...]
    env: dict[str, str]


class _Stage(Struct):
    """What holds in a stage."""

    name: str = "stage 1"
    number: int = 0
    shell: tuple[str, ...] = ("/bin/sh", "-c")
    env: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    """What ARG in front of the first FROM sets, for those stages that name it."""
    kept: dict[str, _Kept] = field(default_factory=dict)
    """What holds at the end of each stage, by its name in lower case."""
    assumed: set[str] = field(default_factory=set)
    """Variables whose values are an ARG's default: whoever builds may give another."""
    exec_forms: dict[str, Start] = field(default_factory=dict)
    """The ENTRYPOINT and the CMD that count at its end, the last ones, where they are words."""


class Dockerfile(FileType):
    """RUN, CMD, ENTRYPOINT, HEALTHCHECK and SHELL, in shell form, exec form and as here-documents."""

    id = "dockerfile"
    rank = 20
    names: ClassVar[tuple[str, ...]] = (
        "Dockerfile", "Dockerfile.*", "Dockerfile-*", "Dockerfile_*", "*.dockerfile", "*.Dockerfile", "*-Dockerfile", "*_Dockerfile",
        "dockerfile", "dockerfile.*", "dockerfile-*", "Containerfile", "Containerfile.*", "Containerfile-*", "*.containerfile", "*.Dockerfile.in",
        "*.Containerfile",
    )  # fmt: skip

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Go through the instructions, keeping the stage's shell and environment."""
        stage = _Stage()
        for instruction in _instructions(document):
            if instruction.name == "FROM":
                yield from _started(stage)
            yield from _read(document, stage, instruction, instruction.name)
        yield from _started(stage)


def _started(stage: _Stage) -> Iterator[Start]:
    """Yield what a stage's container starts: the words of ENTRYPOINT, and those of CMD behind them (Dockerfile reference)."""
    entry, command = stage.exec_forms.get("ENTRYPOINT"), stage.exec_forms.get("CMD")
    if entry is None or command is None:
        yield from stage.exec_forms.values()
        return
    # the text stands where the options stand
    behind = command.argv[0].startswith("-") or len(entry.argv) == 1
    yield structs.replace(command if behind else entry, argv=(*entry.argv, *command.argv))


def _read(document: Document, stage: _Stage, instruction: _Instruction, name: str) -> Iterator[Region | Start]:
    """Read one instruction."""
    body = instruction.body
    if name == "ONBUILD":
        match = _INSTRUCTION.match(body.text)
        if match and match[1].upper() != "ONBUILD":
            inner = _Instruction(match[1].upper(), body.part(match.end(), len(body.text)), instruction.start, instruction.end,
                                 instruction.heredocs, instruction.quoted)  # fmt: skip
            yield from _read(document, stage, inner, inner.name)
    elif name == "FROM":
        _from(stage, body.text)
    elif name in ("ENV", "ARG"):
        yield from _set(stage, body, name)
    elif name == "SHELL":
        words = _words(document, body)
        stage.shell = tuple(words) if words else stage.shell
        span = (instruction.start, instruction.end)
        # words behind the option that takes the text are a part of every text: $ErrorActionPreference = 'Stop';
        yield Start(
            argv=tuple(words), span=span, symbol=(stage.name, "SHELL"), context={"dockerfile.instruction": name}
        )
    elif name == "HEALTHCHECK":
        flags = _flags(body)
        match = _INSTRUCTION.match(flags.text)
        if match and match[1].upper() == "CMD":
            yield from _command(document, stage, instruction, flags.part(match.end(), len(flags.text)), "HEALTHCHECK")
    elif name in ("COPY", "ADD"):
        yield from _copied(stage, instruction, name)
    elif name in ("RUN", "CMD", "ENTRYPOINT"):
        yield from _command(document, stage, instruction, _flags(body) if name == "RUN" else body, name)


def _set(stage: _Stage, body: Located, name: str) -> Iterator[Start]:
    """Keep what ENV and ARG set; yield what an ENV makes an interpreter run."""
    for variable, low, high in _variables(stage, body.text, known=name == "ENV"):
        span = (body.start(low), body.end(high))
        yield from carried(variable, stage.env[variable], span, (stage.name, "ENV"), {"dockerfile.instruction": "ENV"})


def _command(
    document: Document, stage: _Stage, instruction: _Instruction, body: Located, name: str
) -> Iterator[Region | Start]:
    """Read a command in either form."""
    symbol = (stage.name, name)
    context = {"dockerfile.instruction": name}
    if body.text.lstrip().startswith("["):
        words = _words(document, body)
        if words:
            span = (instruction.start, instruction.end)
            start = Start(argv=tuple(words), span=span, env=dict(stage.env), symbol=symbol, context=context)
            if name in ("ENTRYPOINT", "CMD"):
                stage.exec_forms[name] = start
            else:
                yield start
            return
    if name in ("ENTRYPOINT", "CMD"):
        stage.exec_forms.pop(name, None)
    if name == "RUN" and instruction.heredocs and _HEREDOC.fullmatch(body.text.split("\n")[0].strip()):
        yield from _script(stage, instruction, symbol, context)
        return
    yield from _shelled(stage, body, instruction, symbol, context)


def _script(
    stage: _Stage, instruction: _Instruction, symbol: tuple[str, ...], context: dict[str, str]
) -> Iterator[Region | Start]:
    """Read ``RUN <<EOF``: the text is the stage's shell's, or that of the interpreter in its own ``#!`` line."""
    for _, text in instruction.heredocs:
        match = _SHEBANG.match(text.text)
        if match is None:
            yield from _shelled(stage, text, instruction, symbol, context)
            continue
        # BuildKit writes the text to a temporary file and runs it: no file that is in the repository
        argv = (match[1], *(match[2].split() if match[2] else ()), "/dev/fd/3")
        yield Start(
            argv=argv,
            span=(instruction.start, instruction.end),
            payload=(text.start(0), text.end(len(text.text))),
            descriptors={3: text.text},
            env=dict(stage.env),
            symbol=symbol,
            context={**context, "script": "temporary file"},
        )


def _copied(stage: _Stage, instruction: _Instruction, name: str) -> Iterator[Region | Start]:
    """Read the scripts that ``COPY <<EOF /usr/local/bin/x`` writes: by their ``#!`` lines, or as a shell's by the file's suffix."""
    target = instruction.body.text.partition("\n")[0].split()[-1:]
    for _, text in instruction.heredocs:
        suffix = bourne_grammar_of(target[0].rpartition(".")[2]) if target and "." in target[0] else ""
        if text.text.startswith("#!") or suffix:
            yield from script(
                text, (stage.name, name), {}, dialect=suffix or "sh", context={"dockerfile.instruction": name},
                confidence="medium",
            )  # fmt: skip


def _shelled(
    stage: _Stage, text: Located, instruction: _Instruction, symbol: tuple[str, ...], context: dict[str, str]
) -> Iterator[Region | Start]:
    """Hand text to the stage's shell."""
    grammar = grammar_of(stage.shell[0].lower())
    if grammar in BOURNE:
        yield Region(
            text=text,
            dialect=grammar,
            symbol=symbol,
            env=dict(stage.env),
            context=context,
            confidence=_confidence(stage, text.text),
        )
    elif grammar:
        yield Region(
            text=text,
            dialect=grammar,
            symbol=symbol,
            env=dict(stage.env),
            context=context,
            confidence="low",
        )
    else:
        span = (text.start(0), text.end(len(text.text)))
        yield Start(
            argv=(*stage.shell, text.text), span=(instruction.start, instruction.end), payload=span, env=dict(stage.env),
            symbol=symbol, context=context,
        )  # fmt: skip


def _from(stage: _Stage, text: str) -> None:
    """Begin a stage."""
    match = re.search(r"\s+[Aa][Ss]\s+(\S+)", text)
    if stage.number:
        own = {name: value for name, value in stage.env.items() if name not in stage.assumed}
        stage.kept[stage.name.removeprefix("stage ").lower()] = _Kept(stage.shell, own)
    stage.number += 1
    stage.name = f"stage {match[1]}" if match else f"stage {stage.number}"
    stage.shell = ("/bin/sh", "-c")
    if stage.number == 1:
        stage.defaults = stage.env
    stage.env, stage.assumed, stage.exec_forms = {}, set(), {}
    base = next((word for word in text.split() if not word.startswith("--")), "").lower()
    if before := stage.kept.get(base):
        stage.shell, stage.env = before.shell, dict(before.env)


def _variables(stage: _Stage, text: str, *, known: bool) -> list[tuple[str, int, int]]:
    """Keep what ENV sets and return where; keep an ARG's default, which may be given from outside."""
    pairs = [(m[1], m[2], m.start(), m.end()) for m in _PAIR.finditer(text)]
    if known and not re.match(r"\s*[A-Za-z_]\w*=", text):
        name, _, value = text.strip().partition(" ")
        low = len(text) - len(text.lstrip())
        pairs = [(name, value.strip(), low, len(text.rstrip()))] if re.fullmatch(r"[A-Za-z_]\w*", name) else []
    for name, raw, _, _ in pairs:
        value = raw[1:-1] if len(raw) > 1 and raw[0] == raw[-1] and raw[0] in "\"'" else raw.replace("\\ ", " ")
        plain = "$" not in value or raw[:1] == "'"
        stage.env[name] = value if plain else _REFERENCE.sub(lambda match: _value(stage, match), value)
        stage.assumed.discard(name)
        if not known or any(
            (match[1] or match[2]) in stage.assumed for match in _REFERENCE.finditer("" if plain else value)
        ):
            stage.assumed.add(name)
    if known:
        return [(name, low, high) for name, _, low, high in pairs]
    for name in text.split():
        if name in stage.defaults:
            stage.env[name] = stage.defaults[name]
            stage.assumed.add(name)
    return []


def _value(stage: _Stage, match: re.Match[str]) -> str:
    """Return what a reference in a value stands for."""
    return stage.env.get(match[1] or match[2], UNKNOWN) if match[1] or match[2] else UNKNOWN


def _confidence(stage: _Stage, text: str) -> str:
    """Return how sure it is what a text runs: less where it uses an ARG's default."""
    used = {match[1] or match[2] for match in _REFERENCE.finditer(text)}
    return "medium" if used & stage.assumed else "high"


def _words(document: Document, body: Located) -> list[str]:
    """Return an exec form's words, none where it is not one (Docker then takes it as shell form)."""
    inner = Document(document.path, body.text.strip())
    tree, at = jsontext.parse(inner, 0, len(inner.text))
    if not isinstance(tree, List) or at != len(inner.text) or inner.problems:
        return []
    words = [item.value for item in tree.items if isinstance(item, Scalar) and not item.plain]
    return words if len(words) == len(tree.items) else []


def _flags(body: Located) -> Located:
    """Return what comes after ``--mount=...`` and its like."""
    at = len(body.text) - len(body.text.lstrip())
    while match := _FLAG.match(body.text, at):
        at = match.end()
    return body.part(at, len(body.text))


def _instructions(document: Document) -> Iterator[_Instruction]:
    """Yield the instructions; lines that begin none are noted."""
    text, escape, at = document.text, "\\", 0
    directives, branch, name = True, False, ""
    for _ in range(MAX_INSTRUCTIONS):
        if at >= len(text):
            return
        stop = _line_end(text, at)
        line = text[at:stop].removeprefix("\ufeff")
        directive = _DIRECTIVE.match(line) if directives else None
        if directive is None:
            directives = False
        elif directive[1].lower() == "escape" and directive[2] in ("`", "\\"):
            escape = directive[2]
        match = _INSTRUCTION.match(line)
        if line.lstrip().startswith("{{"):
            branch = name == "RUN"
        elif branch and line.strip() and line.lstrip()[0] != "#" and (match is None or match[1].upper() not in _KNOWN):
            # the other branch of a template: the instruction before it goes on with these lines
            branch = False
            if nothing := _NOTHING.match(line):
                instruction, at = _instruction(text, at + (stop - at - len(line)), nothing, escape, name="RUN")
                yield instruction
            continue
        if not line.strip() or line.lstrip().startswith("#") or match is None or match[1].upper() not in _KNOWN:
            if line.strip() and not line.lstrip().startswith(("#", "{{")):
                document.problem(at, "no Dockerfile instruction")
            at = stop + 1
            continue
        instruction, at = _instruction(text, at + (stop - at - len(line)), match, escape)
        name, branch = instruction.name, False
        yield instruction


def _line_end(text: str, at: int) -> int:
    """Return where a line ends."""
    stop = text.find("\n", at)
    return len(text) if stop < 0 else stop


def _instruction(text: str, at: int, match: re.Match[str], escape: str, *, name: str = "") -> tuple[_Instruction, int]:
    """Read one instruction with its continuations and here-documents; return it and the offset behind it."""
    builder = Builder()
    start = at + match.end() - len(match[0].lstrip(" \t"))
    name = name or match[1].upper()
    cursor = at + match.end()
    end = cursor
    while True:
        stop = _line_end(text, cursor)
        line = text[cursor:stop].rstrip("\r")
        bare = line.rstrip(" \t")
        end = cursor + len(bare)
        if not bare.endswith(escape):
            builder.put(line, cursor, cursor + len(line))
            cursor = stop + 1
            break
        builder.put(bare[:-1], cursor, cursor + len(bare) - 1)
        cursor = _skip(text, stop + 1)
        if cursor >= len(text):
            break
    body = builder.done()
    found = _Instruction(name, body, start, end)
    if name in ("RUN", "COPY", "ADD", "ONBUILD") and not body.text.lstrip().startswith("["):
        cursor = _heredocs(text, found, cursor)
    return found, cursor


def _skip(text: str, at: int) -> int:
    """Go past comments and empty lines, which do not end a continuation."""
    while at < len(text):
        stop = _line_end(text, at)
        line = text[at:stop].strip()
        if line.startswith("{{"):
            # a line of a template is none of the instruction's
            closing = text.find("}}", at)
            stop = _line_end(text, closing) if closing >= 0 else stop
        elif line and not line.startswith("#"):
            return at
        at = stop + 1
    return at


def _delimiter(word: str) -> str:
    """Return what a here-document's word says without its quotes."""
    return re.sub(r"\\(.)|[\"']", r"\1", word)


def _closing(text: str, at: int, delimiter: str, *, tabs: bool) -> tuple[int, int]:
    """Return where the line begins and ends that ends a here-document, -1 where there is none."""
    while at < len(text):
        stop = _line_end(text, at)
        line = text[at:stop].rstrip("\r")
        if (line.lstrip("\t") if tabs else line) == delimiter:
            return at, at + len(line)
        at = stop + 1
    return -1, -1


def _body(text: str, begin: int, end: int, *, tabs: bool) -> Located:
    """Return a here-document's text, without the tabs that begin its lines where ``<<-`` asks for that."""
    builder = Builder()
    at = begin
    while at < end:
        stop = min(_line_end(text, at) + 1, end)
        low = at + (len(text[at:stop]) - len(text[at:stop].lstrip("\t")) if tabs else 0)
        builder.put(text[low:stop], low, stop)
        at = stop
    return builder.done()


def _heredocs(text: str, instruction: _Instruction, cursor: int) -> int:
    """Read the here-documents of an instruction; its body then has them too, for the shell."""
    marks = list(_HEREDOC.finditer(instruction.body.text))
    if not marks or "<<<" in instruction.body.text:
        return cursor
    builder = Builder()
    builder.take(instruction.body)
    for mark in marks[:20]:
        begin = cursor
        word = mark[2]
        at, stop = _closing(text, begin, _delimiter(word), tabs=bool(mark[1]))
        if at < 0 and (end := _SHELL_END.search(word)):  # ``<<EOF)`` ends at EOF for the shell alone
            word = word[: end.start()]
            at, stop = _closing(text, begin, _delimiter(word), tabs=bool(mark[1]))
        if at < 0 or not word:
            return cursor
        builder.put("\n", begin - 1, begin)
        builder.put(text[begin:stop], begin, stop)
        instruction.heredocs.append((_delimiter(word), _body(text, begin, at, tabs=bool(mark[1]))))
        instruction.end = stop
        cursor = _line_end(text, stop) + 1
    instruction.body = builder.done()
    return cursor
