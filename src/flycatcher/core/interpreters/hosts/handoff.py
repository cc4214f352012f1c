"""Programs that run another program named in their own argv: the dynamic loader, qemu-user, java, multi-call binaries.

The kernel sees one execution; what runs in it is decided by these programs' own option parsers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class Handoff(Struct, frozen=True):
    """What runs in the end."""

    index: int
    """Index into the given argv of the program, main class or applet."""
    argv: tuple[str, ...]
    """The argument list that it gets."""
    env: tuple[tuple[str, str], ...] = ()
    """Variables that are set for it."""


_LOADER_VALUES = frozenset({
    "--library-path", "--inhibit-rpath", "--audit", "--preload", "--argv0", "--glibc-hwcaps-prepend", "--glibc-hwcaps-mask",
})  # fmt: skip
_LOADER_FLAGS = frozenset({"--inhibit-cache"})
_LOADER_STOPS = frozenset({"--list", "--verify", "--list-tunables", "--list-diagnostics", "--help", "--version"})
"""The program is only looked at, or the loader prints and exits."""


def loader_handoff(argv: Sequence[str]) -> Handoff | None:
    """Read a command line of the dynamic loader (``/lib64/ld-linux-x86-64.so.2 /usr/bin/python3 -c x``).

    Source: glibc elf/rtld.c (dl_main) and musl ldso/dynlink.c (__dls3), which also takes ``--name=value`` and ``--``.
    None: nothing is run.
    """
    at, name0 = 1, None
    while at < len(argv) and argv[at].startswith("--"):
        word, equals, value = argv[at].partition("=")
        if word == "--" and not equals:
            at += 1
            break
        if word in _LOADER_STOPS:
            return None
        if word in _LOADER_VALUES:
            if not equals:
                at += 1
                if at >= len(argv):
                    return None
                value = argv[at]
            name0 = value if word == "--argv0" else name0
        elif word not in _LOADER_FLAGS:
            return None
        at += 1
    if at >= len(argv):
        return None
    return Handoff(index=at, argv=(argv[at] if name0 is None else name0, *argv[at + 1 :]))


_QEMU_VALUES = frozenset(
    "g L s cpu E U 0 r B R D d p seed trace plugin dfilter tb-size".split()  # noqa: SIM905 - one line of letters
)
_QEMU_STOPS = frozenset({"h", "help", "version"})


def emulator_handoff(argv: Sequence[str]) -> Handoff | None:
    """Read a command line of qemu-user (``qemu-x86_64 -0 name /usr/bin/python3 -c x``).

    Source: QEMU linux-user/main.c (parse_args): one dash or two, ``--`` and the first word without a dash end
    the options. A word that no version is known to take a value for counts as a flag.
    """
    at, name0 = 1, None
    env: list[tuple[str, str]] = []
    if argv and argv[0].endswith("-binfmt-P"):  # binfmt_misc with the flag P: the path, then the caller's argv[0]
        return Handoff(index=2, argv=tuple(argv[2:])) if len(argv) > 2 else None
    while at < len(argv) and argv[at][:1] == "-":
        word = argv[at].removeprefix("-")
        if word == "-":
            at += 1
            break
        word = word.removeprefix("-")
        if not word or word in _QEMU_STOPS:
            return None
        if word in _QEMU_VALUES:
            at += 1
            name0 = argv[at] if word == "0" and at < len(argv) else name0
            if word == "E" and at < len(argv):
                env += [(name, value) for name, sign, value in [argv[at].partition("=")] if sign]
        at += 1
    if at >= len(argv):
        return None
    return Handoff(index=at, argv=(argv[at] if name0 is None else name0, *argv[at + 1 :]), env=tuple(env))


_JAVA_VALUES = frozenset({
    "-cp", "-classpath", "--class-path", "-p", "--module-path", "--upgrade-module-path", "--add-modules", "--add-reads",
    "--add-exports", "--add-opens", "--limit-modules", "--patch-module", "-d", "--describe-module", "--enable-native-access",
    "--source",
})  # fmt: skip
_JAVA_STOPS = frozenset({
    "-version", "--version", "-fullversion", "--full-version", "-help", "--help", "-h", "-?", "-X", "--help-extra",
    "--list-modules", "-d", "--describe-module", "--dry-run", "--validate-modules",
})  # fmt: skip


def java_handoff(argv: Sequence[str]) -> Handoff | None:
    """Read a command line of ``java``: the index of the main class, jar, module or source file, and its arguments.

    Source: java(1) and the launcher's libjli java.c (ParseArguments). ``@file`` argument files are not opened: they are taken
    for options alone. None: no program is run.
    """
    at = 1
    while at < len(argv) and argv[at].startswith(("-", "@")):
        word = argv[at]
        if word in _JAVA_STOPS or word.startswith("--describe-module="):
            return None
        at += 1
        if word in {"-jar", "-m", "--module"}:
            break
        if word.startswith("--module="):
            return Handoff(index=at - 1, argv=(word.partition("=")[2], *argv[at:]))
        if word in _JAVA_VALUES:
            at += 1
    return Handoff(index=at, argv=tuple(argv[at:])) if at < len(argv) else None


def multicall_handoff(argv: Sequence[str], names: Collection[str] = ("busybox", "toybox")) -> Handoff | None:
    """Return the applet of a multi-call program: ``argv[0]``'s base name, or the first operand where that is its own name.

    ``names`` are the program's own names; a name that begins with one counts too (``busybox-static``), as busybox itself
    has it. Options of the program (``--list``, ``--install``, ``--help``) run no applet: None.
    """
    for index, word in enumerate(argv):
        base = word.rpartition("/")[2].removeprefix("-" if index == 0 else "")
        if not any(base.startswith(name) for name in names):
            return None if base.startswith("-") else Handoff(index=index, argv=(base, *argv[index + 1 :]))
    return None
