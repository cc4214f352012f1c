"""The class that every interpreter's file derives from, and how it reads an execution by its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from msgspec import Struct

from flycatcher.core.interpreters.engine.parsers import parse_line, parse_some
from flycatcher.core.interpreters.engine.paths import is_url
from flycatcher.core.interpreters.engine.reading import Identity, Reading

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Mapping, Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.options import CommandLine, Given, Options
    from flycatcher.core.interpreters.identity.markers import Markers

    Hint = Callable[[str], re.Match[str] | None]
    """A search in the words joined by newlines, which finds something wherever there may be program text."""
    Unset = Callable[[Mapping[str, str]], bool]
    """Whether no variable of an environment can hold program text."""
    Prefilter = tuple[Hint, Unset | None]
    """What is asked before a line is parsed. None instead of the second: no variable can hold program text."""


class StartFile(Struct, frozen=True):
    """A variable that names a file to run before the program."""

    variable: str
    path: str = "{}"
    """The file, ``{}`` being the variable's value: ``{}/slsh.rc`` where that names a folder."""
    unless: tuple[str, ...] = ()
    """Options with which the variable is not read."""
    seen: bool = False
    """The file is looked for unasked: it counts where a source has seen it."""


class Interpreter(Identity):
    """One interpreter: its identity, its options, and which parts of a command line are program text.

    A subclass is one file in a family's folder. The attributes are the table. Methods are overridden only where the
    interpreter does something of its own: ``parse`` where its parser is like no other, ``early`` where something runs before
    a wrong line is refused, ``accepted`` where what runs depends on more than the options' roles.
    """

    names: ClassVar[tuple[str, ...]] = ()
    """Base names of its files, as regular expressions that must match whole."""
    grammar: ClassVar[str] = ""
    """Of a shell: the grammar that its text is read in: sh, bash, zsh, ksh, pwsh. With a ``language`` of its own, only plain
    commands of its text read so."""
    in_variables: ClassVar[bool] = False
    """Makefiles and configure scripts keep its path in a variable of its name: ``PYTHON``, ``PERL_PATH``."""
    options: ClassVar[Options]
    """The table, and whose rules it is read by: each interpreter states at least the latter."""
    variables: ClassVar[tuple[str, ...]] = ()
    """Environment variables that hold program text, name a file of it, or decide whether any runs: regular expressions that must
    match whole. ``tests/oracle/test_prefilter.py`` proves that no other variable is read."""
    wakes: ClassVar[tuple[tuple[str, ...], ...]] = (("script",), ("-i",), ())
    """Words behind the program's name with which it looks at its variables: plain lines that run no text by themselves."""
    subcommands: ClassVar[tuple[str, ...]] = ()
    """If not empty: only these subcommands run text. A line without any subcommand prints and exits."""
    subcommand_first: ClassVar[bool] = True
    """The subcommand is the first word; without it, the first word without a dash, options in front of it or not."""
    aside: ClassVar[re.Pattern[str] | None] = None
    """Matches words that the program's start script removes before the program sees them."""
    exit_first: ClassVar[bool] = False
    """``--help`` and its like print even where another word of the line is wrong."""
    eager: ClassVar[bool] = False
    """Texts run while the options are read: ``--help`` or a mistake behind them comes too late."""
    codes: ClassVar[Literal["all", "first", "last"]] = "all"
    """Which of several texts run."""
    empty_is_none: ClassVar[bool] = False
    """An empty text counts as none."""
    in_order: ClassVar[bool] = False
    """Texts, files of options and operands run in the order in which they stand, every one of them; without it the texts run,
    and of the files the first one."""
    beside: ClassVar[bool] = False
    """The operand runs beside a text, too; one that means stdin only where all runs in order."""
    operand: ClassVar[Literal["first", "all", "none", "refused"]] = "first"
    """Which operands are files of the program."""
    stdin_names: ClassVar[tuple[str, ...]] = ("-",)
    """Names of files that mean stdin."""
    urls: ClassVar[bool] = False
    """The name of a file may be a URL."""
    reads_stdin: ClassVar[bool] = True
    """Without a text or a file the program is read from stdin."""
    console: ClassVar[Literal["alone", "asked", "after files", "always"]] = "alone"
    """When stdin is read behind the program, too: never; where an option of the role ``interactive`` is given; where no text
    ran; always. An option of the role ``quits`` prevents it."""
    start_files: ClassVar[tuple[StartFile, ...]] = ()
    """Variables that name files to run first."""
    plants: ClassVar[bool] = False
    """What it is given is run later, by others: no child of its own shows it."""
    runs_on: ClassVar[tuple[str, ...]] = ()
    """Ids of the interpreters whose script it is: the kernel sees ``ruby /usr/bin/rake -e CODE``."""
    main_classes: ClassVar[tuple[str, ...]] = ()
    """Names of its main class, where the kernel sees ``java``."""
    jars: ClassVar[tuple[str, ...]] = ()
    """Base names of the jars that start it (``java -jar``), as regular expressions that must match whole."""
    verified: ClassVar[tuple[str, ...]] = ()
    """Versions against which the oracle ran without a miss; empty: unverified."""
    install: ClassVar[str] = ""
    """How to get it for the check: ``apt: ruby``, ``npm: node``, ``pip: xonsh``."""
    markers: ClassVar[tuple[Markers, ...]] = ()
    """What tells its program from others by content, any of them; empty: those of ``signatures.py``, if it has any."""

    def prefilter(self) -> Prefilter | None:
        """Return what finds lines without program text before they are parsed; None where every line is parsed."""
        return None

    def skips(self, argv: Sequence[str], env: Mapping[str, str]) -> bool:
        """Whether this line holds no program text, judged before anything is parsed. False where it may."""
        hint, unset = self.prefilter() or (None, None)
        return hint is not None and hint("\n".join(argv)) is None and (unset is None or unset(env))

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words by the table."""
        words, at = execution.argv, self.subcommand_at(execution.argv) if self.subcommands else 0
        if at or self.aside is not None:
            kept = [
                index
                for index, word in enumerate(words)
                if index == 0 or not (index == at or (self.aside is not None and self.aside.match(word)))
            ]
            return parse_some(self.options, words, kept, env=execution.env)
        return parse_line(self.options, words, env=execution.env)

    def subcommand_at(self, words: Sequence[str]) -> int:
        """Return the index of the word that is the subcommand, 0 where there is none."""
        if self.subcommand_first:
            return int(len(words) > 1)
        return next((index for index in range(1, len(words)) if not words[index].startswith("-")), 0)

    def read(self, execution: Execution) -> Reading:
        """Read an execution as this interpreter would: what it refuses, what it only prints, and what runs."""
        if self.subcommands:
            at = self.subcommand_at(execution.argv)
            if execution.argv[at] not in self.subcommands:
                return Reading(self, execution).finish("nothing" if at else "prints")
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        self.early(reading, command)
        prints = command.first("exit") is not None
        if command.error and not (prints and self.exit_first):
            return reading if reading.snippets else reading.refuse()
        return reading.finish("prints") if prints else self.accepted(reading, command)

    def early(self, reading: Reading, command: CommandLine) -> None:
        """Record what runs while the options are read, be the line refused in the end or not."""
        for given in command.given if self.eager else ():
            if given.option.role == "exit":
                break
            if given.option.role == "code":
                reading.code(given)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read a line that is not refused and does more than print, by the table."""
        if command.first("check"):
            return reading.finish("checks")
        if command.operands and self.operand == "refused":
            return reading.refuse("no operand is expected")
        self.read_loads(reading, command)
        asked = command.first("operand")
        if asked is not None:
            for index in command.operands[:1]:
                reading.add("argument", reading.execution.argv[index], index=index, option=asked.name)
            return reading
        codes = self.texts(command)
        files = command.every("file")
        if codes or files:
            self.run(reading, codes, files, command.free())
        elif command.first("module"):
            return reading.finish("module")
        else:
            self.read_operand(reading, command.free())
        if self.opens_console(command, codes, files) and not reading.uses_stdin():
            reading.stdin(explicit=False)
        return reading

    def texts(self, command: CommandLine) -> list[Given]:
        """Return the options whose values run as program text."""
        found = [given for given in command.given if given.option.role == "code" and given.value is not None]
        if self.codes != "all":
            found = found[:1] if self.codes == "first" else found[-1:]
        return [given for given in found if given.value] if self.empty_is_none else found

    def read_loads(self, reading: Reading, command: CommandLine) -> None:
        """Record the files that run before the program: those of variables, then those of options."""
        for one in self.start_files:
            value = reading.execution.env.get(one.variable, "")
            if value and not command.has(*one.unless):
                path = value if one.path == "{}" else one.path.format(value.rstrip("/"))
                if one.seen:
                    reading.load_seen(one.variable, path)
                else:
                    reading.load(path, variable=one.variable)
        for given in command.every("load"):
            reading.load_given(given)

    def run(self, reading: Reading, codes: list[Given], files: list[Given], operands: Sequence[int]) -> None:
        """Record texts, files of options, and the operands that run beside them."""
        sources: list[Given | int] = [*(() if self.eager else codes), *(files if self.in_order else files[:1])]
        if self.beside:
            names = self.stdin_names if codes and not self.in_order else ()
            sources += [index for index in self.chosen(operands) if reading.execution.argv[index] not in names]
        if self.in_order:
            sources.sort(key=lambda source: source if isinstance(source, int) else source.at)
        for source in sources:
            if isinstance(source, int):
                self.read_file(reading, source)
            elif source.option.role == "code":
                reading.code(source)
            elif source.value is None:
                reading.stdin(explicit=True, index=source.index, option=source.name)
            else:
                self.read_file(reading, source.at, option=source.name, offset=source.offset)

    def read_operand(self, reading: Reading, operands: Sequence[int]) -> None:
        """Read the operands where neither a text nor a file is given by an option; without any, stdin."""
        asked = reading.command is not None and reading.command.first("stdin") is not None  # all operands are arguments
        chosen = () if asked else self.chosen(operands)
        for index in chosen:
            self.read_file(reading, index)
        if self.reads_stdin and not chosen:
            reading.stdin(explicit=asked)

    def chosen(self, operands: Sequence[int]) -> Sequence[int]:
        """Return the operands that are files of the program."""
        return operands if self.operand == "all" else operands[:1] if self.operand == "first" else ()

    def read_file(self, reading: Reading, index: int, *, option: str = "", offset: int = 0) -> None:
        """Read a word, or its end, that names a file of the program."""
        word = reading.execution.argv[index][offset:]
        if word in self.stdin_names:
            reading.stdin(explicit=True, index=index, option=option)
        elif self.urls and is_url(word):
            reading.add("url", None, index=index, option=option, offset=offset, url=word)
        else:
            reading.program(index, dash=False, option=option, offset=offset)

    def opens_console(self, command: CommandLine, codes: list[Given], files: list[Given]) -> bool:
        """Whether a session on stdin follows the program."""
        if self.console == "alone" or command.first("quits") or any(given.option.last for given in files):
            return False
        if self.console == "asked":
            return command.first("interactive") is not None
        return self.console == "always" or not codes
