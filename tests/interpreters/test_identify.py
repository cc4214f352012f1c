"""identify() against the programs of this machine: by content, whatever the file is called."""

from __future__ import annotations

import os
import random
import re
import shutil
import socket
import struct
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flycatcher.core.interpreters import builtin
from flycatcher.core.interpreters.identity import elf, identify, marked
from flycatcher.core.interpreters.identity.identify import known, texts_in
from flycatcher.core.interpreters.identity.markers import Markers

IDS = {
    "python3": "python", "pypy3": "python", "perl": "perl", "ruby": "ruby", "node": "node", "php": "php", "php-cgi": "php_cgi",
    "phpdbg": "phpdbg", "bash": "bash", "dash": "sh", "busybox": "busybox", "toybox": "toybox", "zsh": "zsh", "mksh": "mksh",
    "lksh": "mksh", "ksh93": "ksh", "fish": "fish", "yash": "yash", "posh": "posh", "tcsh": "csh", "sash": "sash",
    "lua5.1": "lua", "lua5.2": "lua", "lua5.3": "lua", "lua5.4": "lua", "luajit": "luajit", "gawk": "gawk", "mawk": "mawk",
    "original-awk": "awk", "tclsh": "tcl", "wish": "tcl", "expect": "expect", "Rscript": "r", "guile": "guile", "racket": "racket",
    "sbcl": "sbcl", "ecl": "ecl", "ocamlrun": "ocaml", "octave-cli": "octave", "emacs": "emacs", "vim": "vim", "nvim": "nvim",
    "gdb": "gdb", "sqlite3": "sqlite3", "mariadb": "mysql", "escript": "erl", "deno": "deno", "bun": "bun", "jshell": "jshell",
    "swipl": "swipl", "clisp": "clisp", "gsi": "gsi", "gsc": "gsi", "bpftrace": "bpftrace", "nim": "nim", "crystal": "crystal", "dc": "dc",
    "ed": "ed", "m4": "m4", "gimp": "gimp", "gimp-console": "gimp", "redis-cli": "redis_cli", "tcc": "tcc", "i386-tcc": "tcc", "x86_64-tcc": "tcc",
    "mruby": "mruby", "mujs": "mujs", "duk": "duktape", "tarantool": "tarantool",
}  # fmt: skip
"""Program name: id. Those that are installed are looked at."""
OTHERS = {
    "shcomp93", "vim.tiny", "view", "ex", "rview", "rvim", "vimdiff", "awk", "sh", "rbash", "rzsh", "ksh", "rksh93", "csh", "lua",
    "psql", "python", "pike8.0", "slsh", "newlisp", "gforth", "gnuplot", "jrunscript", "elvish", "csi", "rc", "petite", "gjs",
}  # fmt: skip


def program(name: str) -> str:
    """Return the program's file, skipping the test where it is not installed or is a script."""
    found = shutil.which(name, path="/usr/bin:/bin:/usr/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    real = os.path.realpath(found)
    if Path(real).read_bytes()[:4] != b"\x7fELF":
        pytest.skip(f"{name} is a script here")
    return real


def called(name: str) -> str:
    """Return the base name of the file behind a program's name, "" where it is not installed."""
    found = shutil.which(name, path="/usr/bin:/bin:/usr/sbin")
    return Path(os.path.realpath(found)).name if found else ""


INSTALLED = {
    name: IDS["nvim"] if called(name) == "nvim" else expected for name, expected in IDS.items() if called(name)
}
"""Debian's alternatives may give vim's names to nvim."""


@pytest.mark.parametrize(("name", "expected"), INSTALLED.items(), ids=list(INSTALLED))
def test_an_installed_program_is_what_it_is(name: str, expected: str) -> None:
    kind = identify.inspect(program(name))
    assert kind is not None
    assert (kind.interpreter, kind.role) == (expected, "program")
    assert kind.evidence


PYENV = sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/*/bin/python"))


@pytest.mark.parametrize("path", PYENV, ids=lambda path: path.parts[-3])
def test_every_pyenv_python_tells_its_version(path: Path) -> None:
    kind = identify.inspect(path)
    assert kind is not None
    assert kind.interpreter == "python"
    assert kind.version == ".".join(path.parts[-3].split(".")[:2])


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("python3", "--version"),
        ("perl", "-v"),
        ("ruby", "--version"),
        ("node", "--version"),
        ("php", "-v"),
        ("bash", "--version"),
    ],
)
def test_the_version_is_the_one_that_the_program_prints(name: str, flag: str) -> None:
    path = program(name)
    kind = identify.inspect(path)
    assert kind is not None
    if "libnode.so" in kind.evidence:  # Debian's: a thin program that does not say it
        assert kind.version == ""
        return
    assert kind.version.count(".") == 1
    printed = subprocess.run([path, flag], capture_output=True, text=True, check=True, timeout=20).stdout
    assert kind.version + "." in printed


@pytest.mark.parametrize(("name", "interpreter"), [("php-cgi", "php_cgi"), ("phpdbg", "phpdbg")])
def test_the_programs_of_php_are_told_apart(name: str, interpreter: str) -> None:
    kind = identify.inspect(program(name))
    assert kind is not None
    assert (kind.interpreter, kind.program) == (interpreter, name)


@pytest.mark.parametrize("name", ["perl", "dash", "bash", "python3", "busybox"])
def test_a_renamed_linked_or_copied_interpreter_keeps_its_id(name: str, tmp_path: Path) -> None:
    path = program(name)
    copy, hard, soft = tmp_path / "sshd", tmp_path / "cron", tmp_path / "ls"
    shutil.copy(path, copy)
    os.link(copy, hard)
    soft.symlink_to(hard)
    assert [identify.identify(file) for file in (copy, hard, soft)] == [IDS[name]] * 3


@pytest.mark.parametrize("name", ["perl", "dash", "bash", "node", "lua5.4"])
def test_section_headers_are_not_needed(name: str, tmp_path: Path) -> None:
    data = bytearray(Path(program(name)).read_bytes())
    struct.pack_into("<Q", data, 40, 0)  # e_shoff
    struct.pack_into("<HHH", data, 58, 0, 0, 0)  # e_shentsize, e_shnum, e_shstrndx
    file = tmp_path / "x"
    file.write_bytes(data)
    assert identify.identify(file) == IDS[name]


@pytest.mark.parametrize("name", ["perl", "bash", "lua5.4"])
def test_a_stripped_copy_keeps_its_id(name: str, tmp_path: Path) -> None:
    strip = shutil.which("strip") or pytest.skip("binutils is not installed")
    file = tmp_path / "x"
    shutil.copy(program(name), file)
    subprocess.run([strip, "--strip-all", "-R", ".comment", "-R", ".note.gnu.build-id", file], check=True, timeout=60)
    assert identify.identify(file) == IDS[name]


def test_a_script_with_an_interpreters_name_is_a_script(tmp_path: Path) -> None:
    file = tmp_path / "python"
    file.write_text("#!/bin/sh -e\nexec true\n")
    kind = identify.inspect(file)
    assert kind is not None
    assert (kind.interpreter, kind.role) == ("", "script")
    assert kind.shebang is not None
    assert (kind.shebang.interpreter, kind.shebang.argument) == (b"/bin/sh", b"-e")
    assert kind.evidence == "a script for '/bin/sh -e'"


def test_a_static_python_without_symbols_is_python(tmp_path: Path) -> None:
    compiler = shutil.which("cc") or pytest.skip("no C compiler is installed")
    archives = sorted(Path("/usr/lib").glob("*/libpython3.*.a")) or pytest.skip("no libpython3 archive is installed")
    source, file = tmp_path / "m.c", tmp_path / "x"
    source.write_text("int Py_BytesMain(int,char**);int main(int c,char**v){return Py_BytesMain(c,v);}")
    command = [compiler, "-static", "-s", "-o", file, source, archives[-1], "-lexpat", "-lz", "-lm", "-ldl"]
    if subprocess.run(command, capture_output=True, check=False, timeout=120).returncode:
        pytest.skip("the archive's own libraries are not installed")
    assert identify.identify(file) == "python"


def test_gdb_and_vim_embed_python_and_are_not_python() -> None:
    assert identify.identify(program("gdb")) == "gdb"
    for vim in Path("/usr/bin").glob("vim.*"):
        assert identify.identify(vim) in {"vim", ""}


def test_the_loader_is_a_loader_and_a_library_is_a_library() -> None:
    with Path("/proc/self/maps").open() as maps:
        files = {line.split()[-1] for line in maps if ".so" in line}
    loaders = [name for name in files if Path(name).name.startswith(("ld-linux", "ld-musl", "ld64"))]
    assert loaders
    for name in loaders:
        kind = identify.inspect(name)
        assert kind is not None
        assert (kind.interpreter, kind.role) == ("loader", "loader")
    for name in files - set(loaders):
        kind = identify.inspect(name)
        assert kind is not None
        assert kind.interpreter == "", name


def test_busybox_is_multicall_and_java_a_launcher() -> None:
    kind = identify.inspect(program("busybox"))
    assert kind is not None
    assert kind.multicall
    kind = identify.inspect(program("java"))
    assert kind is not None
    assert (kind.interpreter, kind.role, kind.program) == ("", "launcher", "java")


def test_no_other_program_of_this_machine_is_taken_for_an_interpreter() -> None:
    """Every file in the system's program directories; what is known to be an interpreter is left out by its real name."""
    listed = [Path("/usr/bin") / name for name in (*IDS, *OTHERS)]
    interpreters = {os.path.realpath(path) for path in listed if path.exists()}
    swept = 0
    wrong: list[tuple[str, str, str]] = []
    for directory in ("/usr/bin", "/usr/sbin"):
        for path in sorted(Path(directory).iterdir()):
            real = os.path.realpath(path)
            if not os.path.isfile(real) or real in interpreters or real.startswith("/usr/lib/klibc"):
                continue
            swept += 1
            found = identify.inspect(real)
            # A versioned name of a known interpreter (perl5.36.0, python3.12, guile-3.0) is no false alarm.
            if found and found.interpreter and found.role == "program":
                known = f"(?:{found.interpreter}|{re.escape(found.program)})(?:[-.0-9].*)?|ocamlrun[di]"  # the debugging and the instrumented build of ocamlrun
                if not re.fullmatch(known, path.name):
                    wrong.append((str(path), found.interpreter, found.evidence))
    print(f"{swept} files swept, {len(wrong)} taken for interpreters")
    assert swept > 50
    assert wrong == []


@pytest.mark.parametrize("kind", ["missing", "directory", "fifo", "socket", "unreadable", "nul"])
def test_what_cannot_be_read_is_none(kind: str, tmp_path: Path) -> None:
    path: str = str(tmp_path / "x")
    if kind == "directory":
        os.mkdir(path)
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path)
    elif kind == "nul":
        path = "a\0b"
    elif kind == "unreadable":
        if os.geteuid() == 0:
            pytest.skip("root reads everything")
        Path(path).touch(mode=0)
    assert identify.identify(path) is None


def test_a_descriptor_is_identified_without_moving_its_offset() -> None:
    with open(program("perl"), "rb") as file:
        file.seek(7)
        assert identify.inspect_fd(file.fileno()).interpreter == "perl"
        assert file.tell() == 7
    assert identify.inspect_fd(10**6) is None
    read, write = os.pipe()
    assert identify.inspect_fd(read) is None
    os.close(read)
    os.close(write)


def test_an_unlinked_file_in_memory_is_identified() -> None:
    fd = os.memfd_create("x")
    os.write(fd, Path(program("dash")).read_bytes())
    assert identify.identify(f"/proc/self/fd/{fd}") == "sh"
    os.close(fd)


def test_a_file_that_changes_is_looked_at_again(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_text("#!/bin/sh\n")
    assert identify.identify(file) == ""
    shutil.copyfile(program("dash"), file)
    assert identify.identify(file) == "sh"
    file.write_text("nothing")
    assert identify.identify(file) == ""


def test_a_settled_file_is_read_once_and_the_cache_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identify, "CACHE_SIZE", 3)
    identify.forget()
    files = [tmp_path / str(number) for number in range(5)]
    for file in files:
        file.write_text("text")
    time.sleep(identify.SETTLED_NS / 1e9 + 0.02)
    for file in files:
        assert identify.identify(file) == ""
    reads: list[int] = []
    original = identify._examine
    monkeypatch.setattr(identify, "_examine", lambda fd: reads.append(fd) or original(fd))
    for file in (files[4], files[3], files[4]):
        assert identify.identify(file) == ""
    assert reads == []
    assert identify.identify(files[0]) == ""
    assert len(reads) == 1


def damaged(seed: int, source: bytes) -> bytes:
    """Return an ELF file with random bytes in its headers and tables, or cut short, the same for the same seed."""
    rng = random.Random(seed)
    data = bytearray(source)
    for _ in range(rng.randint(1, 30)):
        at = rng.randrange(rng.choice((64, 1024, len(data))))
        width = rng.choice((1, 2, 4, 8))
        data[at : at + width] = rng.choice((b"\xff" * width, b"\0" * width, rng.randbytes(width)))
    return bytes(data[: rng.randrange(len(data)) if rng.random() < 0.3 else len(data)])


@pytest.mark.parametrize("name", ["true", "dash", "perl", "python3"])
def test_damaged_programs_never_raise_and_never_take_long(name: str) -> None:
    source = Path(program(name)).read_bytes()[: 1 << 20]
    for seed in range(150):
        fd = os.memfd_create("x")
        try:
            os.write(fd, damaged(seed, source))
            start = time.process_time()
            assert identify.inspect_fd(fd) is not None, seed
            assert time.process_time() - start < 0.5, seed
        finally:
            os.close(fd)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    wide=st.booleans(),
    big=st.booleans(),
    fields=st.lists(st.integers(0, 2**64 - 1), min_size=8, max_size=8),
    body=st.binary(max_size=600),
)
def test_any_header_is_read_without_an_error(wide: bool, big: bool, fields: list[int], body: bytes) -> None:
    head = b"\x7fELF" + bytes((2 if wide else 1, 2 if big else 1)) + bytes(10)
    order = ">" if big else "<"
    layout = struct.Struct(order + ("HHIQQQIHHH" if wide else "HHIIIIIHHH"))
    sizes = (16, 16, 32, 64, 64, 64, 32, 16) if wide else (16, 16, 32, 32, 32, 32, 32, 16)
    values = [field % 2**bits for field, bits in zip(fields, sizes, strict=True)]
    values[0] = fields[0] % 4
    values[4] = layout.size + 16 + fields[4] % 64
    head += layout.pack(*values, 56 if wide else 32, fields[7] % 2**16)
    fd = os.memfd_create("x")
    try:
        os.write(fd, head + body)
        assert identify.inspect_fd(fd) is not None
    finally:
        os.close(fd)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    fd = os.memfd_create("x")
    try:
        os.write(fd, data)
        found = identify.inspect_fd(fd)
        assert found is not None
        assert found.interpreter == ""
    finally:
        os.close(fd)


def test_symbols_are_those_that_binutils_lists() -> None:
    nm = shutil.which("nm") or pytest.skip("binutils is not installed")
    path = program("perl")

    def listed(flag: str) -> set[str]:
        out = subprocess.run(
            [nm, "-D", "-P", flag, path], capture_output=True, text=True, check=True, timeout=20
        ).stdout
        return {line.split()[0].partition("@")[0] for line in out.splitlines()}

    with open(path, "rb") as file:
        found = elf.read_elf(file.fileno(), file.read(256))
        assert found is not None
        undefined = listed("--undefined-only")
        assert found.imports <= undefined
        assert [name for name in sorted(undefined) if not found.needs(name)] == []
        defined = listed("--defined-only")
        assert len(defined) > 100
        assert [name for name in sorted(defined) if not found.exports(name)] == []
        assert not any(found.exports(name) for name in undefined - defined)
        assert not any(found.needs(name) for name in defined - undefined)
        assert not found.exports("no_such_symbol")
        assert not found.needs("no_such_symbol")


def test_a_new_interpreter_brings_its_markers_in_its_own_class(monkeypatch: pytest.MonkeyPatch) -> None:
    class Thing:
        markers = (Markers(strings=(b"GNU coreutils\0",), program="thing"),)

    monkeypatch.setattr(marked.interpreters, "added", lambda: {"thing": Thing()})
    identify._index.cache_clear()
    identify.forget()
    try:
        assert identify.identify(program("true")) == "thing"
    finally:
        identify._index.cache_clear()
        identify.forget()


OWN = (
    "swipl",
    "clisp",
    "gsi",
    "bpftrace",
    "ghc",
    "nim",
    "crystal",
    "dc",
    "ed",
    "m4",
    "gimp",
    "redis_cli",
    "tcc",
    "mruby",
    "mujs",
    "duktape",
    "tarantool",
)
"""Tables that state their markers themselves."""
BUILT = [(name, markers) for name in OWN for markers in builtin()[name].markers]


@pytest.mark.parametrize("name", OWN)
def test_the_table_states_its_markers(name: str) -> None:
    assert identify.known()[name] == builtin()[name].markers != ()


def compiled(folder: Path, markers: Markers, texts: tuple[bytes, ...]) -> Path:
    """Compile a program that imports and exports what the markers name, and holds these texts."""
    compiler = shutil.which("cc") or pytest.skip("no C compiler is installed")
    bytes_of = ",".join(str(byte) for text in (b"x", *texts) for byte in text + b"\0")
    exports = "".join(f"int {name}(void) {{ return 0; }}\n" for name in markers.exports)
    imports = "".join(f"int {name}(void);\n" for name in markers.imports)
    calls = "".join(f"{name}();" for name in markers.imports)
    (folder / "lib.c").write_text("".join(f"int {name}(void) {{ return 0; }}\n" for name in markers.imports))
    (folder / "main.c").write_text(
        f"{exports}{imports}const char texts[] = {{{bytes_of}}};\nint main(void) {{ {calls} return texts[0]; }}\n"
    )
    library, file = folder / "lib.so", folder / "program"
    for words in (["-shared", "-fPIC", "-o", library, "lib.c"], ["-rdynamic", "-o", file, "main.c", library]):
        subprocess.run([compiler, *words], cwd=folder, check=True, timeout=60)
    return file


@pytest.mark.parametrize(("name", "markers"), BUILT, ids=[f"{name}-{markers.program}" for name, markers in BUILT])
def test_a_program_with_all_of_the_markers_is_that_interpreter_and_one_without_the_last_is_none(
    name: str, markers: Markers, tmp_path: Path
) -> None:
    assert identify.identify(compiled(tmp_path, markers, markers.strings)) == name
    if markers.strings:
        without = tmp_path / "without"
        without.mkdir()
        assert identify.identify(compiled(without, markers, markers.strings[:-1])) == ""


def test_the_program_behind_ghc_is_ghc() -> None:
    """Debian's ghc and ghci are shell scripts that start it."""
    found = sorted(Path("/usr/lib/ghc").glob("bin/ghc*")) or pytest.skip("ghc is not installed")
    assert {path.name: identify.identify(path) for path in found if path.name in ("ghc", "ghc-iserv", "ghc-pkg")} == {
        "ghc": "ghc", "ghc-iserv": "", "ghc-pkg": "",
    }  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_texts_are_found_wherever_a_piece_holds_them(data: st.DataObject) -> None:
    wanted = {text for each in known().values() for markers in each for text in markers.strings}
    some = st.one_of(
        st.sampled_from(sorted(wanted)),
        st.sampled_from(sorted(wanted)).flatmap(lambda text: st.integers(0, len(text)).map(lambda end: text[:end])),
        st.binary(max_size=12),
        st.text("etaoin \0EAX@_", max_size=12).map(str.encode),
    )
    piece = b"".join(data.draw(st.lists(some, max_size=12)))
    also = data.draw(
        st.sets(st.one_of(st.binary(max_size=3), st.text("eta \0X_", max_size=4).map(str.encode)), max_size=6)
    )
    assert texts_in(piece, wanted | also) == {text for text in wanted | also if text in piece}
