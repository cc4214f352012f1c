"""Programs that run another program in their own process: the dynamic loader and qemu-user.

Source: see ``handoff.py``; checked with marker code against glibc 2.36 and QEMU 7.2.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.hosts.handoff import Handoff, emulator_handoff, loader_handoff

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


class _Handing(Interpreter, ABC):
    """What both do: find the program in argv and read the rest as that program would."""

    kind = "embedded"

    @abstractmethod
    def handoff(self, execution: Execution) -> Handoff | None:
        """Say what runs in the end."""

    def read(self, execution: Execution) -> Reading:
        """Read the line of the program that is started, and count the places in the real argv."""
        from flycatcher.core.interpreters import interpreter_of  # noqa: PLC0415 - the package imports this file

        found = self.handoff(execution)
        if found is None:
            return Reading(self, execution).finish("nothing")
        path = _path(execution, found)
        inner = structs.replace(
            execution,
            argv=found.argv,
            exe=path,
            interpreter=execution.hosted,
            hosted=None,
            env=execution.env | dict(found.env),
        )
        interpreter = interpreter_of(structs.replace(inner, argv=(path,)))
        if interpreter is None or interpreter.id == self.id:
            return Reading(self, execution).finish("nothing")
        return interpreter.read(inner).shift(execution, found.index)


def _path(execution: Execution, found: Handoff) -> str:
    """Return the path of the program that is started."""
    return execution.argv[found.index - 1 if execution.argv[0].endswith("-binfmt-P") else found.index]


def hosted_path(execution: Execution) -> str:
    """Return the path of the program that ld.so or qemu-user is to run, empty where it is neither or runs none."""
    from flycatcher.core.interpreters import interpreter_of  # noqa: PLC0415 - as above

    host = interpreter_of(execution)
    found = host.handoff(execution) if isinstance(host, _Handing) else None
    return _path(execution, found) if found is not None else ""


class Loader(_Handing):
    """ld.so of glibc and musl, started by its own name: ``/lib64/ld-linux-x86-64.so.2 /usr/bin/python3 -c CODE``."""

    id = "loader"
    names = (r"ld(?:-linux|-musl)?(?:-[a-z0-9_-]+)?(?:-\d[\d.]*)?\.so(?:\.\d)?|ld64\.so\.\d|ld\.so",)
    install = "apt: libc6"
    verified = ("glibc 2.36",)
    options = Options(parser="own")

    def handoff(self, execution: Execution) -> Handoff | None:
        """Read the loader's own options."""
        return loader_handoff(execution.argv)


class QemuUser(_Handing):
    """qemu-user: ``qemu-x86_64 -0 NAME /usr/bin/python3 -c CODE``; ``-E`` sets a variable."""

    id = "qemu_user"
    names = (r"qemu-(?!img|nbd|io|ga|pr|bridge|storage|edid|keymap)[a-z0-9_]+(?:-static|-binfmt-P)?", r"\w+-binfmt-P")
    install = "apt: qemu-user"
    verified = ("7.2",)
    options = Options(parser="own")

    def handoff(self, execution: Execution) -> Handoff | None:
        """Read qemu's own options."""
        if execution.argv[0].rpartition("/")[2].startswith("qemu-system"):
            return None
        return emulator_handoff(execution.argv)
