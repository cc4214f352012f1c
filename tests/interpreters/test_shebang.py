"""The ``#!`` line and ``env -S`` against the running kernel and the installed env."""

from __future__ import annotations

import os
import random
import shutil
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from flycatcher.core.interpreters.hosts.handoff import emulator_handoff, java_handoff, loader_handoff, multicall_handoff
from flycatcher.core.interpreters.identity.env import SplitError, env_command, split_env_s
from flycatcher.core.interpreters.identity.shebang import MAX_SCRIPTS, Shebang, read_shebang, resolve_script

if TYPE_CHECKING:
    from pathlib import Path

PRINTF = shutil.which("printf", path="/usr/bin:/bin") or "/usr/bin/printf"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"#!/bin/sh\n", Shebang(b"/bin/sh", None)),
        (b"#! \t/bin/sh \t\n", Shebang(b"/bin/sh", None)),
        (b"#!/bin/sh -e  -u \t\nx", Shebang(b"/bin/sh", b"-e  -u")),
        (b"#!/bin/sh", Shebang(b"/bin/sh", None)),
        (b"#!/bin/sh ", Shebang(b"/bin/sh", b"")),
        (b"#!/bin/sh -x", Shebang(b"/bin/sh", b"-x")),
        (b"#!/bin/sh\r\n", Shebang(b"/bin/sh\r", None)),
        (b"#!/bin/sh\0-e\n", Shebang(b"/bin/sh", None)),
        (b"#!/bin/sh -e\0-u\n", Shebang(b"/bin/sh", b"-e")),
        (b"#!/" + b"a" * 252 + b"\n", Shebang(b"/" + b"a" * 252, None)),
        (b"#!/" + b"a" * 253 + b"\n", None),
        (b"#!/" + b"a" * 252 + b" b", Shebang(b"/" + b"a" * 252, None, truncated=True)),
        (b"#!/bin/sh " + b"a" * 300 + b"\n", Shebang(b"/bin/sh", b"a" * 245, truncated=True)),
        (b"#!\n/bin/sh\n", None),
        (b"#!  \t\n", None),
        (b"#!", Shebang(b"", None)),
        (b"#" + b" " * 300, None),
        (b"#!" + b" " * 300, None),
        (b" #!/bin/sh\n", None),
        (b"", None),
    ],
)
def test_the_line_is_read_as_load_script_reads_it(head: bytes, expected: Shebang | None) -> None:
    assert read_shebang(head) == expected


def kernel_argv(script: Path, echo: Path) -> list[bytes] | None:
    """Execute ``script`` and return what its interpreter, a program that prints its argv, was given; None: refused."""
    try:
        out = subprocess.run(
            [script, "operand"], capture_output=True, timeout=20, check=False, executable=os.fspath(script)
        )
    except OSError:
        return None
    assert echo.exists()
    return out.stdout.split(b"\0")[:-1]


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a program that prints its own argv, NUL-terminated (a copy of cat cannot; /proc/self/cmdline can)."""
    compiler = shutil.which("cc") or pytest.skip("no C compiler is installed")
    path = tmp_path_factory.mktemp("e") / "e"
    source = path.with_suffix(".c")
    source.write_text(
        "#include <stdio.h>\nint main(int c,char**v){for(;*v;v++){fputs(*v,stdout);putchar(0);}return 0;}\n"
    )
    subprocess.run([compiler, "-o", path, source], check=True, timeout=60)
    return path


def test_generated_lines_are_read_as_the_running_kernel_reads_them(echo: Path, tmp_path: Path) -> None:
    rng = random.Random(20)
    script = tmp_path / "s"
    name = os.fsencode(echo)
    pieces = [
        b" ",
        b"\t",
        b"a",
        b"-x",
        b"\0",
        b"\r",
        b"  ",
        b"\\",
        b"'",
        b"a" * 60,
        b" " * 90,
        b"b" * (255 - len(name) - 2),
    ]
    wrong = []
    for _ in range(250):
        blanks = b"".join(rng.choice((b"", b" ", b"\t")) for _ in range(2))
        line = b"#!" + blanks + name + b"".join(rng.choice(pieces) for _ in range(rng.randint(0, 6)))
        script.write_bytes(line + rng.choice((b"\n", b"\nx", b"", b"\0")))
        script.chmod(0o755)
        shebang = read_shebang(script.read_bytes()[:256])
        expected = None
        if shebang is not None and shebang.interpreter == name:
            words = [shebang.interpreter] + ([] if shebang.argument is None else [shebang.argument])
            expected = [*words, os.fsencode(script), b"operand"]
        if kernel_argv(script, echo) != expected:
            wrong.append(script.read_bytes())
    assert wrong == []


@pytest.mark.parametrize("depth", [1, 2, MAX_SCRIPTS, MAX_SCRIPTS + 1])
def test_scripts_in_scripts_end_where_the_kernel_ends(depth: int, echo: Path, tmp_path: Path) -> None:
    below = os.fspath(echo)
    for level in range(depth):
        file = tmp_path / f"s{level}"
        file.write_text(f"#!{below} -{level}\n")
        file.chmod(0o755)
        below = os.fspath(file)

    def head(path: str) -> bytes | None:
        with open(path, "rb") as file:
            return file.read(256)

    found = resolve_script(below, [below, "operand"], head)
    real = kernel_argv(tmp_path / f"s{depth - 1}", echo)
    assert (found.error == "ELOOP") == (real is None) == (depth > MAX_SCRIPTS)
    if real is not None:
        assert [os.fsencode(word) for word in found.argv] == real
        assert found.path == os.fspath(echo)
        assert len(found.chain) == depth


def test_a_missing_interpreter_is_an_error_and_a_program_is_itself() -> None:
    heads = {"/s": b"#!/none\n", "/bin/x": b"\x7fELF"}
    assert resolve_script("/s", ["/s"], heads.get).error == "ENOENT"
    assert resolve_script("/bin/x", ["x", "y"], heads.get).argv == ("x", "y")


def test_env_in_a_shebang_line_is_followed() -> None:
    heads = {"/s": b"#!/usr/bin/env -S A=1 python3 -u -c 'print(1)'\n", "/usr/bin/env": b"\x7fELF"}
    found = resolve_script("/s", ["s", "x"], heads.get)
    assert (found.path, found.argv, found.env) == ("python3", ("python3", "-u", "-c", "print(1)", "/s", "x"), ("A=1",))
    heads["/s"] = b"#!/usr/bin/env python3 -u\n"
    found = resolve_script("/s", ["s"], heads.get)
    assert found.argv == ("python3 -u", "/s")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b", ["a", "b"]),
        ("a 'b c' \"d e\"", ["a", "b c", "d e"]),
        (r"a\_b 'c\_d' " + r'"e\_f"', ["a", "b", r"c\_d", "e f"]),
        (r"a \c b", ["a"]),
        ("a #b c", ["a"]),
        ("a#b", ["a#b"]),
        ("x${V}y ${UNSET} z", ["xv vy", "z"]),
        ("'' \"\"", ["", ""]),
        (r"\t\#", ["\t#"]),
    ],
)
def test_env_s_splits_as_coreutils_documents(text: str, expected: list[str]) -> None:
    assert split_env_s(text, {"V": "v v"}) == expected


@pytest.mark.parametrize("text", ["'a", '"a', "a\\", r"\q", "$V", "${V", "${1}", r'"\c"'])
def test_env_s_refuses_what_env_refuses(text: str) -> None:
    with pytest.raises(SplitError):
        split_env_s(text)


TOKENS = [
    "a",
    "=",
    " ",
    "\t",
    "\n",
    "\v",
    "\r",
    "\\",
    '"',
    "'",
    "#",
    "$",
    "${V}",
    "${UNSET}",
    "$V",
    "${",
    "}",
    "-",
    "é",
]
TOKENS += [f"\\{letter}" for letter in "_cntfrv\\\"'#$q"]


def test_generated_texts_are_split_as_the_installed_env_splits_them() -> None:
    env = shutil.which("env", path="/usr/bin:/bin")
    if env is None or subprocess.run([env, "-S", "true"], capture_output=True, check=False, timeout=20).returncode:
        pytest.skip("this env has no -S")
    rng, variables, wrong = random.Random(20), {"V": "v v"}, []
    for _ in range(300):
        text = f"{PRINTF} %s\\\\0 mark " + "".join(rng.choice(TOKENS) for _ in range(rng.randint(0, 9)))
        real = subprocess.run([env, "-S", text], env=variables, capture_output=True, check=False, timeout=20)
        try:
            mine = [word.encode() for word in split_env_s(text, variables)[2:]]
        except SplitError:
            mine = None
        if mine != (None if real.returncode else real.stdout.split(b"\0")[:-1]):
            wrong.append(text)
    assert wrong == []


@pytest.mark.parametrize(
    ("argv", "expected", "index"),
    [
        (["env", "python3", "-c", "x"], ("python3", "-c", "x"), 1),
        (["env", "-i", "A=1", "B=", "perl", "-e1"], ("perl", "-e1"), 4),
        (["env", "-u", "A", "-C", "/", "--", "sh"], ("sh",), 6),
        (["env", "-iuA", "sh"], ("sh",), 2),
        (["env", "--unset=A", "--chdir", "/", "sh"], ("sh",), 4),
        (["env", "--ignore-env", "sh"], ("sh",), 2),
        (["env", "-", "sh"], ("sh",), 2),
        (["env", "-S", "sh -c 'a b'", "x"], ("sh", "-c", "a b", "x"), None),
        (["env", "-vSsh -c", "x"], ("sh", "-c", "x"), None),
        (["env", "-S-i A=1 sh", "x"], ("sh", "x"), None),
    ],
)
def test_the_command_that_env_starts(argv: list[str], expected: tuple[str, ...], index: int | None) -> None:
    found = env_command(argv)
    assert found is not None
    assert (found.argv, found.index) == (expected, index)


@pytest.mark.parametrize(
    "argv", [[], ["env"], ["env", "A=1"], ["env", "--help", "sh"], ["env", "-Q", "sh"], ["env", "-u"]]
)
def test_env_lines_that_start_nothing(argv: list[str]) -> None:
    assert env_command(argv) is None


def test_a_text_that_splits_into_itself_ends() -> None:
    assert env_command(["env", *["-S-S"] * 200, "x"]) is None


LOADER = "/lib64/ld-linux-x86-64.so.2"


@pytest.mark.parametrize(
    ("words", "index"),
    [
        ([PRINTF, "ran"], 1),
        (["--library-path", "/x", PRINTF, "ran"], 3),
        (["--argv0", "z", "--inhibit-cache", PRINTF, "ran"], 4),
        (["--preload", "", PRINTF, "ran"], 3),
        (["--verify", PRINTF], None),
        (["--list", PRINTF], None),
        (["--no-such-option", PRINTF, "ran"], None),
        (["--argv0"], None),
        ([], None),
    ],
)
def test_the_program_that_the_dynamic_loader_runs(words: list[str], index: int | None) -> None:
    found = loader_handoff([LOADER, *words])
    assert (found and found.index) == index
    if os.path.exists(LOADER):
        out = subprocess.run([LOADER, *words], capture_output=True, check=False, timeout=20).stdout
        assert (out == b"ran") == (index is not None)


def test_the_loader_passes_argv0_on() -> None:
    found = loader_handoff([LOADER, "--argv0", "z", "/bin/sh", "-c", "x"])
    assert found is not None
    assert found.argv == ("z", "-c", "x")


def test_what_emulators_java_and_multicall_programs_hand_over_to() -> None:
    qemu = emulator_handoff(["qemu-x86_64", "-L", "/", "-0", "z", "-strace", "/usr/bin/perl", "-e1"])
    assert qemu is not None
    assert (qemu.index, qemu.argv) == (6, ("z", "-e1"))
    after_dashes = emulator_handoff(["qemu-x86_64", "--strace", "--", "/bin/sh", "-c", "x"])
    assert after_dashes is not None
    assert (after_dashes.index, after_dashes.argv) == (3, ("/bin/sh", "-c", "x"))
    assert emulator_handoff(["qemu-x86_64", "-version"]) is None
    assert emulator_handoff(["qemu-x86_64", "-", "/bin/sh"]) is None
    java = java_handoff(["java", "-Xmx1g", "-cp", "groovy.jar", "groovy.ui.GroovyMain", "-e", "1"])
    assert java is not None
    assert (java.index, java.argv) == (4, ("groovy.ui.GroovyMain", "-e", "1"))
    jar = java_handoff(["java", "-jar", "x.jar", "-e"])
    assert jar is not None
    assert jar.index == 2
    assert java_handoff(["java", "--version"]) is None
    for argv, expected in (
        (["busybox", "sh", "-c", "x"], (1, ("sh", "-c", "x"))),
        (["/bin/busybox-static", "awk", "x"], (1, ("awk", "x"))),
        (["/bin/ash", "-c", "x"], (0, ("ash", "-c", "x"))),
        (["-sh"], (0, ("sh",))),
        (["busybox", "busybox", "sh"], (2, ("sh",))),
    ):
        found = multicall_handoff(argv)
        assert found is not None
        assert (found.index, found.argv) == expected
    assert multicall_handoff(["busybox", "--list"]) is None
    assert multicall_handoff(["busybox"]) is None


def test_the_printing_program_is_executable(echo: Path) -> None:
    assert echo.stat().st_mode & stat.S_IXUSR
