"""dd, cp, install and systemctl: what they are given on stdin goes into a file, of which some are run later.

Source: dd(1), cp(1), install(1) of GNU coreutils; systemctl(1) (``edit --stdin``).
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.engine.paths import descriptor_of, is_special
from flycatcher.core.interpreters.hosts.schedulers import Scheduler
from flycatcher.core.planted_places import place_of, some_place

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading

_TARGET = Option("value", detail="target")


class Dd(Scheduler):
    """dd copies stdin, without ``if=``, into ``of=``."""

    id = "dd"
    names = (r"dd|gdd",)
    install = "apt: coreutils"
    hint = re.compile(r"\nof=")
    options = Options(parser="getopt", long=each(("--help", "--version"), EXIT), permute=True)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read stdin, a descriptor or a FIFO, where the output is such a place."""
        words = reading.execution.argv
        named = {words[at].partition("=")[0]: at for at in command.operands}
        path = posixpath.join(reading.execution.cwd, words[named["of"]][3:]) if "of" in named else ""
        if path and place_of(path) is not None:
            if "if" in named:
                self.take_file(reading, named["if"], offset=3, place=path)
            else:
                self.take(reading, index=named["of"], place=path)
        return reading.finish("nothing")


class Copy(Scheduler):
    """cp and install: the last operand is the file, or a folder for those before it."""

    id = "copy"
    names = (r"g?cp|g?install",)
    install = "apt: coreutils"
    plants = False
    """Builds copy all day: sensors that drop what is no interpreter before they look at its words drop these as well."""
    hint = some_place()
    options = Options(
        short={"t": _TARGET, "S": VALUE, **each("mog", VALUE), **each("abdfiHlLnPpRrsTuvxZCcD", FLAG)},
        long={"--target-directory": _TARGET, **each(("--suffix", "--mode", "--owner", "--group"), VALUE),
              **each(("--help", "--version"), EXIT)},
        permute=True, parser="getopt_long", unknown="skip",
    )  # fmt: skip

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read stdin, a descriptor or a FIFO, which is copied to such a place; a file of a disk is not opened."""
        execution = reading.execution
        if len(command.operands) == 2 and not command.has("-t", "--target-directory", "-d"):
            source, target = command.operands
            path = posixpath.join(execution.cwd, execution.argv[target])
            word = execution.argv[source]
            special = descriptor_of(word, execution) is not None or is_special(word, execution)
            if special and place_of(path) is not None and not command.has("-a", "-d", "-P", "-R", "-r"):
                self.take_file(reading, source, place=path)
        return reading.finish("nothing")


class Systemctl(Scheduler):
    """systemctl edit: the text on stdin is a unit's, or what is added to one."""

    id = "systemctl"
    names = (r"systemctl",)
    install = "apt: systemd"
    hint = re.compile(r"\n--stdin")
    options = Options(
        short={**each("HMtpPnosT", VALUE), **each("alrqfw", FLAG), "h": EXIT},
        long={"--stdin": FLAG, **each(("--drop-in", "--host", "--machine", "--root", "--image"), VALUE),
              **each(("--help", "--version"), EXIT)},
        permute=True, parser="getopt_long", unknown="skip",
    )  # fmt: skip

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read stdin for the last unit of ``edit``."""
        words = [reading.execution.argv[at] for at in command.operands]
        if len(words) > 1 and words[0] == "edit" and command.has("--stdin"):
            self.take(reading, place=f"/etc/systemd/system/{words[-1]}.d/override.conf")
        return reading.finish("nothing")
