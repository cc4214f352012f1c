"""One program start: the Execution, what the program starts in turn, and what it is known to print."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.execution import Execution, Place
from flycatcher.core.interpreters import reads_variable
from flycatcher.core.interpreters.carriers import carried
from flycatcher.core.interpreters.hosts.multiplexers import configurations
from flycatcher.core.interpreters.names import base, bourne_grammar_of, close_grammar_of
from flycatcher.core.interpreters.shells.run import ShellRun, loaded_first, shell_run
from flycatcher.core.launchers.command import ArgumentFile
from flycatcher.core.launchers.unwrap import unwrap
from flycatcher.core.launchers.xargs import argument_file
from flycatcher.core.regex import lazy
from flycatcher.core.shell.interp.collector import Frame
from flycatcher.core.shell.interp.filters import output
from flycatcher.core.shell.interp.links import facts_for, followed, is_fifo, origins_for, remember
from flycatcher.core.shell.interp.plant import plant_text
from flycatcher.core.shell.interp.redirects import descriptor_number
from flycatcher.core.shell.interp.state import Buffer, State, Stream
from flycatcher.core.shell.interp.written import keep_written
from flycatcher.core.shell.names import by_pattern, without_gaps
from flycatcher.core.shell.provenance import (
    decodes,
    fetched,
    hides,
    is_decoded,
    marked,
    passed_on,
    shows_download,
    strip_all_marks,
    verifies,
)
from flycatcher.core.shell.syntax.nodes import Source
from flycatcher.core.unknown import DECODED, UNKNOWN, normal, strip_marks, unsure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flycatcher.core.launchers.command import Stdin
    from flycatcher.core.shell.interp.process import ShellProcess

MAX_NESTED = 24
_MAX_COPIES = 1024
_SHEBANG = lazy(r"#![ \t]*(\S+)[ \t]*([^\n]*)")
_BUILDERS = frozenset({"docker", "podman", "buildah", "nerdctl"})
_BUILDS = frozenset({"build", "bud", "build-using-dockerfile"})
_FROM_STDIN = frozenset({"-", "--file=-", "-f-"})
"""Words of a container build that reads its recipe on standard input (docker-build(1))."""
_EXECUTABLE = lazy(r"[ugoa]*[+=][rwst]*x[rwst]*|[0-7]?[0-7]{0,2}[1357][0-7]{0,2}")
_STDIN = ("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")
_DESCRIPTOR = lazy(r"(?:/dev/fd/|/proc/self/fd/)([0-9]{1,4})")


def launch(
    machine: ShellProcess, fields: list[str], env: Mapping[str, str], *, via: tuple[str, ...] = (), program: str = ""
) -> None:
    """Start a program: ``fields`` is its argv with marks, ``program`` the file where argv[0] is not its name."""
    collector = machine.collector
    if len(via) > MAX_NESTED or not collector.step(1 + sum(map(len, fields)) // 400):
        return
    argv = [field if field.isascii() else normal(strip_all_marks(field)) for field in fields]
    argv[0] = without_gaps(by_pattern(argv[0]))
    copied = collector.copies.get(_copy_of(machine, program or argv[0]), "")
    program = copied or program or _by_plain_name(machine, argv[0])
    if base(program) in ("busybox", "toybox") and not base(argv[0]).startswith(base(program)):
        program, argv[0] = "", base(argv[0])  # a link to it is one of its programs
        fields = [argv[0], *fields[1:]]
    index = len(collector.executions)
    collector.executions.append(_execution(machine, argv, fields, env, via, program))
    machine.status = None
    name = program or argv[0]
    close = close_grammar_of(name)
    if dialect := bourne_grammar_of(name) or close:
        problems = len(collector.problems)
        _shell(machine, argv, env, dialect, via=via, index=index)
        if close:
            del collector.problems[problems:]  # its grammar is another
        return
    commands = unwrap(fields, env, _input_of(machine, name, fields), program=name)
    if commands is None:
        text = file_text(machine, argv[0]) if "/" in argv[0] else None
        if text is not None and text.strip(UNKNOWN + " \n"):
            collector.executables.pop(machine.state.located(argv[0]).removeprefix("./"), None)
            launch(machine, _by_shebang(text, fields), env, via=(*via, base(name)))
            return
        tool = base(name)
        if tool in ("cp", "mv", "ln", "install"):
            _copied(machine, argv)
        elif tool == "chmod":
            _made_executable(machine, argv)
        elif tool in ("cat", "dd"):
            _copied_through(machine, argv)
        if tool in ("ln", "mkfifo", "mknod", "mv", "cp"):
            remember(machine, tool, argv)
        _plants(machine, tool, argv)
        _print(machine, tool, argv)
        return
    stream = machine.state.reads[0]
    for command in commands:
        own = command.stdin
        machine.state.reads[0] = stream if own is None else Stream(own.kind, own.text)
        launch(machine, command.words, command.env, via=(*via, base(name)), program=command.program)
    machine.state.reads[0] = stream


def _input_of(machine: ShellProcess, name: str, fields: list[str]) -> Stdin | Stream:
    """Return what a launcher takes words from: a file that it is told to read, else its standard input."""
    path = argument_file(base(name), fields)
    return ArgumentFile("file", file_text(machine, strip_marks(path))) if path else machine.state.reads[0]


def _by_plain_name(machine: ShellProcess, name: str) -> str:
    """Return the program that a plain name stands for: one that was hashed, or a link in a folder where it is looked for."""
    collector = machine.collector
    if "/" in name:
        return ""
    if name in collector.hashed:
        return collector.hashed[name]
    found = collector.copies.get(name, "")
    folders = machine.state.variables.get("PATH")
    if found and isinstance(folders, str) and any(each in (".", "") or UNKNOWN in each for each in folders.split(":")):
        return found  # one whose name is not known may be the working folder
    return next((program for path, program in collector.copies.items() if path.endswith(f"bin/{name}")), "")


def _by_shebang(text: str, fields: list[str]) -> list[str]:
    """Return what the kernel, or without a ``#!`` line the shell, starts for a file that is called by its path."""
    match = _SHEBANG.match(text)
    if match is None:
        return ["/bin/sh", *fields]
    return [match[1], *([match[2].strip()] if match[2].strip() else []), *fields]


def _copied(machine: ShellProcess, argv: list[str]) -> None:
    """Remember a copy of a program or of a file whose text is known, under its new name."""
    valued = ("-m", "-o", "-g", "-S") if base(argv[0]) == "install" else ()
    places = [word for before, word in itertools.pairwise(argv) if not word.startswith("-") and before not in valued]
    if len(places) != 2:
        return
    source, target = places
    if target.endswith(("/", "/.")) or target in (".", ".."):
        target = f"{target.rstrip('.').rstrip('/') or '.'}/{base(source)}"
    text = file_text(machine, source)
    if text is not None:
        machine.collector.keep(machine.state.located(target), text)
        plant_text(machine, target, text, argv)
    elif machine.collector.room(machine.collector.copies, _MAX_COPIES, "copies of programs"):
        copied = machine.collector.copies.get(_copy_of(machine, source), source)
        machine.collector.copies[machine.state.located(target).removeprefix("./")] = copied


def _made_executable(machine: ShellProcess, argv: list[str]) -> None:
    """Remember the files of known text that ``chmod`` makes executable."""
    words = [word for word in argv[1:] if not word.startswith("-")]
    collector = machine.collector
    if words and _EXECUTABLE.fullmatch(words[0]):
        for word in words[1:]:
            if file_text(machine, word) is not None and collector.room(
                collector.executables, _MAX_COPIES, "programs made"
            ):
                collector.executables[machine.state.located(word).removeprefix("./")] = None


def start_executables(machine: ShellProcess) -> None:
    """Start what the text has made executable and did not start itself: another program will, a hook, ``run-parts``."""
    for path in list(machine.collector.executables):
        launch(machine, [path if "/" in path else f"./{path}"], machine.state.environment(), via=("chmod",))


def _copied_through(machine: ShellProcess, argv: list[str]) -> None:
    """Remember a program that is copied by ``cat FILE > COPY`` or ``dd if=FILE of=COPY``."""
    words = dict(word.partition("=")[::2] for word in argv[1:])
    source = words.get("if", "") or (argv[1] if len(argv) == 2 else "")
    buffer = machine.state.writes.get(1)
    target = words.get("of") or next((path for path, each in machine.collector.files.items() if each is buffer), "")
    if "/" not in source or not target or file_text(machine, source) is not None:
        return
    if machine.collector.room(machine.collector.copies, _MAX_COPIES, "copies of programs"):
        machine.collector.copies[machine.state.located(target).removeprefix("./")] = source


def _plants(machine: ShellProcess, name: str, argv: list[str]) -> None:
    """Remember what a program puts into files that are run later: from a file; what comes on stdin, its own table reads. Keep what dd writes."""
    if name == "dd":
        for word in argv[1:]:
            if word.startswith("of=") and (text := machine.state.reads[0].text) is not None:
                machine.collector.keep(machine.state.located(word[3:]), text)
    elif name in ("crontab", "at", "batch"):
        _plants_files(machine, [(f"{name}:", word.removeprefix("-f")) for word in argv[1:]], argv)
    elif name in _BUILDERS and _BUILDS & set(argv) and _FROM_STDIN & set(argv):
        plant_text(machine, "Dockerfile", machine.state.reads[0].text, argv)
    else:
        _plants_files(machine, configurations(name, argv), argv)


def _plants_files(machine: ShellProcess, files: Iterable[tuple[str, str]], argv: list[str]) -> None:
    """Remember what files hold that a program puts into such a place; descriptors and FIFOs, its own table reads."""
    for place, path in files:
        if followed(machine, path) not in _STDIN and not _DESCRIPTOR.fullmatch(path) and not is_fifo(machine, path):
            plant_text(machine, place, file_text(machine, path), argv)


def _copy_of(machine: ShellProcess, path: str) -> str:
    """Return under which name a program may have been copied or linked; empty for a plain name, which is looked for in PATH."""
    return machine.state.located(path).removeprefix("./") if "/" in path else ""


def _execution(
    machine: ShellProcess,
    argv: list[str],
    fields: list[str],
    env: Mapping[str, str],
    via: tuple[str, ...],
    program: str,
) -> Execution:
    """Put together what is known about the start."""
    state, frame = machine.state, machine.frame
    stream = state.reads[0]
    line, column, end_line, end_column = machine.span()
    context = {**_origins(machine, fields), **origins_for(machine, argv)}
    if stream.origin:
        context["stdin.from"] = stream.origin
    if frame.parent is not None:
        context["shell.parent"] = str(frame.parent)
    descriptors = {}
    for number, each in state.reads.items():
        if number == 0:
            continue
        if each.text is not None:
            descriptors[number] = each.text
        if each.origin:
            context[f"descriptor.{number}.from"] = each.origin
    return Execution(
        argv=tuple(argv),
        exe=program,
        env={name: value if value.isascii() else strip_all_marks(value) for name, value in env.items()},
        stdin=stream.kind,
        cwd=state.cwd if state.cwd.startswith("/") and UNKNOWN not in state.cwd else "",
        stdin_text=None if stream.text is None else normal(stream.text),
        descriptors=descriptors,
        files=facts_for(machine, argv, env) if machine.collector.facts else {},
        holes=tuple(at for at, field in enumerate(fields) if unsure(field)),
        place=Place(
            path=machine.collector.path, line=line, column=column, end_line=end_line, end_column=end_column,
            symbol=machine.collector.symbol,
        ),
        via=(*frame.via, *via),
        context=context,
    )  # fmt: skip


def _print(machine: ShellProcess, name: str, argv: list[str]) -> None:
    """Write what the program prints to its standard output, a hole where that is not known."""
    buffer = machine.state.writes.get(1)
    files = _with_descriptors(machine, argv)
    text = output(name, argv, machine.state.reads[0], files, dialect=machine.state.dialect)
    machine.collector.step((len(text or "") + len(machine.state.reads[0].text or "")) // 500)
    if name == "tee":
        for path in argv[1:]:
            into = machine.state.writes.get(descriptor_number(path)) if path.startswith("/dev/fd/") else None
            if into is not None and text is not None:
                into.write(text)
            elif not path.startswith("-") and text is not None:
                machine.collector.keep(machine.state.located(path), text)
    for path, whole in keep_written(name, argv, machine.state.reads[0], files).items():
        machine.collector.keep(machine.state.located(path), whole)
        plant_text(machine, path, whole, argv)
    if buffer is not None:
        buffer.write(_printed(machine, name, argv, text))
    if name == "which":
        machine.status = True  # as a guess: what is looked for is there


def _printed(machine: ShellProcess, name: str, argv: list[str], text: str | None) -> str:
    """Return what a program printed, marked where it comes from the network or was encoded."""
    if text is not None:
        return DECODED + text if decodes(name, argv) else text
    hidden = DECODED * min(hides(name, argv, machine.state.reads[0]), 2)
    command = " ".join(argv)[:2000] if shows_download(name, argv) else passed_on(name, machine.state.reads[0])
    command = command or next(filter(None, (passed_on(name, stream) for stream in _named(machine, argv))), "")
    return hidden + (marked(machine.collector.fetches, command) if command else UNKNOWN)


def _named(machine: ShellProcess, argv: list[str]) -> Iterator[Stream]:
    """Yield what the descriptors hold that the words name: ``openssl enc -d -in <(curl ...)``."""
    for word in argv[1:]:
        stream = machine.state.reads.get(descriptor_number(word)) if word.startswith("/dev/fd/") else None
        if stream is not None:
            yield stream


def _origins(machine: ShellProcess, fields: list[str]) -> dict[str, str]:
    """Return where the words and the descriptors of a start get their text, where that is the network or an encoding."""
    context: dict[str, str] = {}
    for at, field in enumerate(fields):
        if field.isascii():
            continue
        if command := fetched(machine.collector.fetches, field):
            context |= _fetched(machine, fields, f"argument.{at}", command)
        if is_decoded(field):
            context[f"argument.{at}.decoded"] = "yes"
    for number, stream in machine.state.reads.items():
        name = f"descriptor.{number}" if number else "stdin"
        if stream.fetched:
            context |= _fetched(machine, fields, name, stream.fetched)
        if stream.decoded:
            context[f"{name}.decoded"] = "twice" if stream.decoded > 1 else "yes"
    return context


def _fetched(machine: ShellProcess, fields: list[str], place: str, command: str) -> dict[str, str]:
    """Return the facts of a text that a command fetches, and note where it is verified before it is used."""
    if fields and verifies(base(fields[0]), fields):
        machine.collector.verified.add(command)
    facts = {f"{place}.fetched": command}
    return facts | {f"{place}.verified": "yes"} if command in machine.collector.verified else facts


def _shell(
    machine: ShellProcess, argv: list[str], env: Mapping[str, str], dialect: str, *, via: tuple[str, ...], index: int
) -> None:
    """Read the text that a shell is given: as an argument, on standard input or another descriptor, in a file written before."""
    run = shell_run(machine.collector.executions[index])
    stdin = machine.state.reads[0]
    if run.mode != "none" and machine.collector.files:
        for path in loaded_first(machine.collector.executions[index]):
            if (first := file_text(machine, path)) is not None:
                _read(machine, first, env, dialect, replace(run, args=[]), via=(*via, base(path)), index=index)
    text: str | None = None
    if run.mode == "text":
        text = run.text
    elif run.mode == "stdin":
        text, machine.state.reads[0] = stdin.text, Stream(stdin.kind)
    elif run.mode == "file":
        text = file_text(machine, run.text)
    if text is not None and text.strip(UNKNOWN + " \t\n"):
        label = " ".join([base(argv[0]), {"text": "-c", "stdin": "<", "file": base(run.text)}.get(run.mode, "")])
        _read(machine, text, env, dialect, run, via=(*via, label), index=index)
    elif machine.state.writes.get(1) is not None and run.mode != "none":
        machine.state.writes[1].write(UNKNOWN)  # type: ignore[union-attr]
    machine.state.reads[0] = stdin


def file_text(machine: ShellProcess, path: str) -> str | None:
    """Return the text that opening a path gives, where this text tells: a descriptor, or a file written before."""
    path = followed(machine, path)
    if path in _STDIN:
        return machine.state.reads[0].text
    if match := _DESCRIPTOR.fullmatch(path):
        stream = machine.state.reads.get(int(match[1]))
        return None if stream is None else stream.text
    place = machine.state.located(path.removeprefix(f"{UNKNOWN}/"))
    written = machine.collector.files.get(place) or machine.collector.files.get(place.removeprefix("./"))
    return None if written is None else strip_all_marks(written.text())


def _read(
    machine: ShellProcess,
    text: str,
    env: Mapping[str, str],
    dialect: str,
    run: ShellRun,
    *,
    via: tuple[str, ...],
    index: int,
) -> None:
    """Read a text as a shell process of its own does."""
    outer, collector = machine.frame, machine.collector
    if not collector.enter(outer, text):
        return
    frame = Frame(via=(*outer.via, *via), depth=outer.depth + 1, parent=index, span=machine.span())
    frame.level = outer.level
    state = State(dialect=dialect, env=env, name=run.name, args=run.args, collector=collector)
    state.open, state.cwd = machine.state.open, machine.state.cwd
    state.reads, state.writes = dict(machine.state.reads), dict(machine.state.writes)
    try:
        machine.run_inner(Source(text, fixed=frame.span), state, frame)
    except RecursionError:
        collector.truncate("nested too deep")


def stand_in(machine: ShellProcess, path: str) -> None:
    """Note that the running shell itself is made to read a descriptor (``source <(curl ...)``): no start of its own."""
    if machine.collector.step():
        fields = [machine.state.dialect, path]
        machine.collector.executions.append(
            _execution(machine, fields, fields, machine.state.environment(), ("source",), "")
        )


def pass_on_variable(machine: ShellProcess, name: str) -> None:
    """Note that a variable which an interpreter reads for text is put into the environment of all that is started later."""
    env = machine.state.environment()
    if name not in env or not reads_variable(name):
        return
    env = {each: strip_all_marks(value) for each, value in env.items() if reads_variable(each)}
    if any(name in found.names for found in carried(env)) and machine.collector.step():
        fields = ["export", f"{name}={env[name]}"]
        machine.collector.executions.append(_execution(machine, fields, fields, env, (), ""))


def fetched_text(machine: ShellProcess, text: str, command: str, via: str, *, decoded: bool = False) -> None:
    """Note that the running shell itself runs what a command fetches or decodes (``eval "$(curl ...)"``): no start of its own."""
    if machine.collector.step():
        fields = [machine.state.dialect, "-c", text]
        start = _execution(machine, fields, fields, machine.state.environment(), (via,), "")
        context = dict(start.context)
        if command:
            context |= _fetched(machine, fields, "argument.2", command)
        if decoded:
            context["argument.2.decoded"] = "yes"
        machine.collector.executions.append(replace(start, context=context))


def _with_descriptors(machine: ShellProcess, argv: list[str]) -> Mapping[str, Buffer]:
    """Return the known files, with the descriptors that the words name (``cat <(echo x)``)."""
    files, located = machine.collector.files, machine.state.located
    if machine.state.cwd:
        files = {**files, **{word: files[located(word)] for word in argv if located(word) in files}}
    named = [word for word in argv if word.startswith("/dev/fd/") and word[8:].isdecimal()]
    for word in named:
        stream = machine.state.reads.get(int(word[8:18]))
        if stream is not None and stream.text is not None:
            buffer = Buffer()
            buffer.write(stream.text)
            files = {**files, word: buffer}
    return files
