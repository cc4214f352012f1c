"""Programs that run another one in their own process: the dynamic loader, qemu-user, escript's own start of Erlang."""

from __future__ import annotations

import platform
import random
import re
import shutil
from pathlib import Path
from typing import ClassVar

from tests.oracle.grammars.consoles import Listed
from tests.oracle.grammars.embedded import _Hosts
from tests.oracle.harness import Case, Marks, which

Words = tuple[str, ...]


class _Handing(_Hosts):
    """A line is the program's own options, a program's path, and that program's words."""

    template = 'print(open(__import__("os").environ["FC_MARK"],"a").write("{n}\\n"))'
    refusal = re.compile(_Hosts.refusal.pattern + r"|error while loading|exec format|missing")
    options: ClassVar[tuple[Words, ...]] = ()
    files: ClassVar[dict[str, str]] = {"f.txt": "", "script.py": "pass\n"}  # type: ignore[misc]

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line."""
        del program
        case = Case([self.id], files=dict(self.files))
        words: list[str] = []
        for _ in range(rng.randrange(3)):
            words += rng.choice(self.options)
        case.argv += words + self._started(rng, marks)
        case.stdin = rng.choice(("null", "null", "pipe"))
        case.stdin_text = marks(self._perl) + "\n" if case.stdin == "pipe" else ""
        return case

    _perl = 'open(F,">>",$ENV{FC_MARK});print F "{n}\\n";close F;'

    def _started(self, rng: random.Random, marks: Marks) -> list[str]:
        perl, sh = shutil.which("perl") or "", shutil.which("sh") or ""
        return rng.choice((
            [perl, "-e", marks(self._perl)], [perl, "-we", marks(self._perl)], [perl], [perl, "-"], [sh, "-c", marks("echo {n} >>$FC_MARK")], [sh, "script.sh"], ["perl", "-e", marks(self._perl)],
            [perl, "--", "f.txt", "-e", marks(self._perl)], [], ["none"], ["--", perl, "-e", marks(self._perl)], [perl, "-x", "-e", marks(self._perl)], ["/bin/echo", marks(self._perl)],
            [sh, "-ec", marks("echo {n} >>$FC_MARK"), "x"], ["./perl", "-e", marks(self._perl)],
        ))  # fmt: skip


class Loader(_Handing):
    """ld.so of glibc."""

    id = "loader"
    options = (
        ("--library-path", "/lib"), ("--library-path=/lib",), ("--argv0", "x"), ("--argv0", "python3"), ("--argv0=x",), ("--preload", ""), ("--preload", "libm.so.6"), ("--inhibit-cache",), ("--inhibit-rpath", "x"),
        ("--audit", ""), ("--glibc-hwcaps-mask", "x"), ("--glibc-hwcaps-prepend", "x"), ("--list",), ("--verify",), ("--help",), ("--version",), ("--list-tunables",), ("--list-diagnostics",), ("--bogus",), ("-x",),
        ("--",), ("-v",), ("--library-path",), ("--argv0", "-c"),
    )  # fmt: skip

    def programs(self) -> list[str]:
        """Return glibc's loader."""
        return [str(path) for path in sorted(Path("/lib64").glob("ld-linux-*.so.2"))] + [
            str(path) for path in sorted(Path("/lib").glob("ld-linux-*.so.1"))
        ]


class QemuUser(_Handing):
    """qemu-user for the machine's own processor."""

    id = "qemu_user"
    share = 0.1
    options = (
        ("-0", "x"), ("-0", "perl"), ("-E", "A=1"), ("-E", "PERL5OPT=-w"), ("-E", "A=1,B=2"), ("-U", "A"), ("-L", "/"), ("-s", "8388608"), ("-cpu", "max"), ("-strace",), ("--strace",), ("-one-insn-per-tb",), ("-singlestep",),
        ("-B", "0"), ("-R", "0"), ("-d", "unimp"), ("-D", "q.log"), ("-p", "4096"), ("-seed", "1"), ("-h",), ("-help",), ("-version",), ("--version",), ("--help",), ("-bogus",), ("--",), ("-argv0", "x"), ("--0", "x"), ("-",),
        ("-r", "5.0"), ("-dfilter", "0..1"), ("-stack-size", "8M"), ("-xtsan",), ("-E",), ("-d", "nochain", "-D", "q.log"), ("-0", "-e"), ("-ignore-environment",), ("-t",), ("-trace", "none"),
    )  # fmt: skip

    def programs(self) -> list[str]:
        """Return qemu for this processor, whose programs are there."""
        return which(f"qemu-{platform.machine()}")

    def refused(self, code: int, printed: str) -> bool:
        """Say that a program that is not there is refused: qemu does so without a word."""
        return super().refused(code, printed) or (code != 0 and not printed.strip())


class Escript(Listed):
    """escript: flags, then a file."""

    id = "escript"
    template = 'main(_) -> file:write_file(os:getenv("FC_MARK"), "{n}\\n", [append]).'
    script = "script.erl"
    share = 0.02
    more = (
        ("script.erl",), ("script.erl", "x"), ("-c", "script.erl"), ("-d", "script.erl"), ("-i", "script.erl"), ("-n", "script.erl"), ("-s", "script.erl"), ("/dev/stdin",), ("/dev/fd/0",), ("-",), ("-x",), ("--",), ("none",),
        ("-c", "/dev/stdin"), ("-i", "/dev/stdin"), ("-s", "/dev/stdin"), ("-n", "/dev/stdin"), ("-ci", "script.erl"), ("-e", "{code}"), ("",), ("-script", "script.erl"), ("-d", "/dev/stdin"), ("-h",), ("+B",), ("-version",),
    )  # fmt: skip
    variables: ClassVar[dict[str, Words]] = {
        "ESCRIPT_NAME": ("script.erl", "none"),
        "ERL_FLAGS": ("-noinput", "+B"),
        "ERL_AFLAGS": ("-eval halt().",),
        "ESCRIPT_EMULATOR": ("none",),
    }

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """A script begins with a line that is left out."""
        case = super().case(rng, marks, program)
        case.files = {name: "#!/usr/bin/env escript\n" + str(text) for name, text in case.files.items()}
        case.stdin_text = case.stdin_text and "#!/usr/bin/env escript\n" + case.stdin_text
        return case
