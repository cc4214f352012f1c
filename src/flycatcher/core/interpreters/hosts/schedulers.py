"""crontab, at, batch, supervisord, tee and sponge: what they are given is run later, or by a process of its own.

Source: crontab(1), at(1) of Debian's cron and at packages, tee(1), sponge(1), supervisord(1); each line of the tables was tried
with cron 3.0pl1, at 3.2.5, incron 0.5.12, supervisor 4.3, coreutils 9.1 and moreutils 0.67. The text is planted: it is read as the
table, or the shell, will read it.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.engine.paths import descriptor_of, fact_of, is_special
from flycatcher.core.interpreters.hosts.host import Host
from flycatcher.core.planted_places import place_of, some_place

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading


class Scheduler(Host):
    """A program that puts text aside for later, or for a daemon."""

    place = ""
    plants = True

    def take(self, reading: Reading, *, index: int | None = None, place: str = "") -> Reading:
        """Record stdin as what is planted, where it is neither a terminal nor empty."""
        kind, text = reading.execution.stdin, reading.execution.stdin_text
        if text is None and kind in ("tty", "null", "unknown"):
            return reading.finish("nothing" if kind == "null" else "interactive")
        reading.add("planted", text, index=index, descriptor=0, path=place or self.place)
        return reading

    def take_file(self, reading: Reading, index: int, *, offset: int = 0, place: str = "") -> Reading:
        """Record what a descriptor or a FIFO holds that is named as the file; a file of a disk can be reviewed."""
        path = reading.execution.argv[index][offset:]
        number = descriptor_of(path, reading.execution)
        if number == 0:
            return self.take(reading, index=index, place=place)
        if is_special(path, reading.execution):
            found = fact_of(path, reading.execution)
            text = None if found is None else found.text
            text = text if number is None else reading.execution.descriptors.get(number)
            reading.add("planted", text, index=index, offset=offset, descriptor=number, path=place or self.place)
        return reading.finish("nothing")


class Crontab(Scheduler):
    """crontab: a table from stdin, behind ``-`` or without a file."""

    id = "crontab"
    names = (r"crontab",)
    place = "crontab:"
    install = "apt: cron"
    verified: ClassVar[tuple[str, ...]] = ("3.0pl1",)
    quiet: ClassVar[tuple[str, ...]] = ("-l", "-r", "-e", "-n", "-T")
    """Options with which no table is put in place: it is shown, removed, edited, or only checked (cron's -n, cronie's -T)."""
    options = Options(
        parser="getopt",
        short={"u": VALUE, **each("lrei", FLAG), "n": FLAG, "T": VALUE, "s": FLAG, "V": EXIT},
        dash="operand",
    )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the table, unless one is only shown, edited or removed."""
        if command.has(*self.quiet):
            return reading.finish("nothing")
        first = command.operands[0] if command.operands else None
        if first is not None and reading.execution.argv[first] != "-":
            return self.take_file(reading, first)
        return self.take(reading, index=first)


class Incrontab(Crontab):
    """incrontab: a table from a file or, behind ``-``, from stdin; a long option's value is glued to it."""

    id = "incrontab"
    names = (r"incrontab",)
    place = "incrontab:"
    install = "apt: incron"
    options = Options(
        parser="own",
        short={**each("uf", VALUE), **each("lretd", FLAG), **each("?hV", EXIT)},
        long={
            **each(("--user", "--config"), Option("attached")),
            **each(("--list", "--remove", "--edit", "--types", "--reload"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        dash="operand",
        unknown="skip",
    )
    verified = ("0.5.12",)
    quiet = ("-l", "-r", "-e", "-t", "-d", "--list", "--remove", "--edit", "--types", "--reload")

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the table; without a file there is none."""
        return (
            super().accepted(reading, command) if command.operands else reading.refuse("no operation or file is given")
        )


class Fcrontab(Crontab):
    """fcrontab: as crontab. Unverified: no registry here has fcron."""

    id = "fcrontab"
    names = (r"fcrontab",)
    place = "fcrontab:"
    install = "apt: fcron"
    options = Options(
        parser="getopt", short={**each("uc", VALUE), **each("lrezdn", FLAG), **each("hV", EXIT)}, dash="operand"
    )
    verified = ()
    quiet = ("-l", "-r", "-e", "-z", "-n")


class At(Scheduler):
    """at and batch: a shell's text from stdin, or from the file behind ``-f``. at asks for a time, batch for none."""

    id = "at"
    names = (r"at|batch",)
    place = "at:"
    install = "apt: at"
    verified = ("3.2",)
    options = Options(
        parser="getopt",
        short={**each("qtfu", VALUE), **each("mMbv", FLAG), **each("lrdc", Option(detail="list")), "V": EXIT},
        permute=True,
    )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read stdin, unless jobs are only listed, or another file is named."""
        if any(given.option.detail == "list" for given in command.given):
            return reading.finish("nothing")
        timed = bool(command.operands) or command.has("-t", "-b")
        if not timed and reading.execution.argv[0].rpartition("/")[2] == "at":
            return reading.refuse("no time is given")
        file = next((given for given in command.given if given.name == "-f"), None)
        return self.take(reading) if file is None else self.take_file(reading, file.at, offset=file.offset)


class Supervisord(Scheduler):
    """supervisord: the programs of the configuration that ``-c`` names."""

    id = "supervisord"
    names = (r"supervisord",)
    place = "supervisord:"
    install = "pip: supervisor"
    verified = ("4.3",)
    options = Options(
        parser="getopt_long",
        short={"c": Option("value", "file"), **each("umdlyzejiqa", VALUE), **each("nskt", FLAG), **each("hv", EXIT)},
        long={
            "--configuration": Option("value", "file"),
            **each(("--user", "--umask", "--directory", "--logfile", "--logfile_maxbytes"), VALUE),
            **each(
                ("--logfile_backups", "--loglevel", "--pidfile", "--identifier", "--childlogdir", "--minfds"), VALUE
            ),
            "--profile_options": VALUE,
            **each(("--nodaemon", "--silent", "--nocleanup", "--strip_ansi"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
    )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the configuration that is named last."""
        named = command.every("file")
        return self.take_file(reading, named[-1].at, offset=named[-1].offset) if named else reading.finish("nothing")


class Tee(Scheduler):
    """tee and sponge: stdin goes into files, of which some are run later."""

    id = "tee"
    names = (r"tee|gtee|sponge",)
    install = "apt: coreutils"
    verified = ("coreutils 9.1", "moreutils 0.67")
    hint = some_place()
    options = Options(
        short=each("aip", FLAG),
        long={
            "--output-error": Option("attached"),
            **each(("--append", "--ignore-interrupts"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        parser="getopt_long",
        unknown="skip",
    )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read stdin for each file that is such a place."""
        for index in command.operands:
            path = posixpath.join(reading.execution.cwd, reading.execution.argv[index])
            if place_of(path) is not None:
                self.take(reading, index=index, place=path)
        return reading.finish("nothing")
