"""Files that a program loads before its own without being asked, from a folder where anyone may write: as a source has seen them."""

from __future__ import annotations

import pytest

from flycatcher.core.execution import Execution, FileFact
from flycatcher.core.interpreters import read

HOME = {"HOME": "/tmp/h"}


def loaded(argv: list[str], env: dict[str, str], *seen: str, exe: str = "") -> list[tuple[str | None, str | None]]:
    """Return the files that count, with the variable that leads to each."""
    files = {path: FileFact(kind="regular") for path in seen}
    reading = read(Execution(argv=tuple(argv), exe=exe, env=env, stdin="null", cwd="/srv/build", files=files))
    assert reading is not None
    return [(snippet.variable, snippet.path) for snippet in reading.snippets if snippet.path]


@pytest.mark.parametrize(
    ("argv", "env", "path"),
    [
        (["python3", "f"], {"PYTHONPATH": "/tmp/m/modules"}, "/tmp/m/modules"),
        (["python3", "f"], {"PYTHONHOME": "/tmp/p"}, "/tmp/p/lib/python3.*/encodings/__init__.py"),
        (["python3", "f"], {"PYTHONBREAKPOINT": "m.f", "PYTHONPATH": "/tmp/m"}, "/tmp/m/m.py"),
        (["perl", "-d:Foo", "f"], {"PERL5LIB": "/tmp/m"}, "/tmp/m/Devel/Foo.pm"),
        (["perl", "f"], {"PERL5OPT": "-d:Foo=x", "PERL5LIB": "/tmp/m"}, "/tmp/m/Devel/Foo.pm"),
        (["ruby", "f"], {"RUBYLIB": "/tmp/m"}, "/tmp/m/rubygems/defaults/operating_system.rb"),
        (["ruby", "f"], {"RUBYLIB": "/srv:/tmp/m"}, "/tmp/m/rbconfig.rb"),
        (["ruby", "f"], {"RUBYOPT": "-I/tmp/m"}, "/tmp/m/did_you_mean.rb"),
        (["Rscript", "f"], {"R_TESTS": "/tmp/t.R"}, "/tmp/t.R"),
        (["Rscript", "f"], {"R_ENVIRON_USER": "/tmp/e"}, "/tmp/e"),
        (["Rscript", "f"], HOME, "/tmp/h/.Rprofile"),
        (["zsh", "f"], HOME, "/tmp/h/.zshenv"),
        (["zsh", "-l", "f"], HOME, "/tmp/h/.zprofile"),
        (["bash", "-l", "f"], HOME, "/tmp/h/.bash_login"),
        (["bash", "-i", "f"], HOME, "/tmp/h/.bashrc"),
        (["dash", "-l", "f"], HOME, "/tmp/h/.profile"),
        (["mksh", "-l", "f"], HOME, "/tmp/h/.profile"),
        (["fish", "f"], HOME, "/tmp/h/.config/fish/config.fish"),
        (["fish", "f"], {"XDG_DATA_DIRS": "/usr/share:/tmp/d"}, "/tmp/d/fish/vendor_conf.d/*.fish"),
        (["erl", "-noshell"], HOME, "/tmp/h/.erlang"),
        (["gdb", "-batch"], HOME, "/tmp/h/.gdbinit"),
        (["expect", "f"], HOME, "/tmp/h/.expect.rc"),
        (["octave", "f"], HOME, "/tmp/h/.octaverc"),
        (["vim", "-e", "-s"], {"VIMRUNTIME": "/tmp/r"}, "/tmp/r/plugin/*.vim"),
    ],
)
def test_what_lies_in_an_open_folder_is_loaded_first(argv: list[str], env: dict[str, str], path: str) -> None:
    assert path in [found for _variable, found in loaded(argv, env, path)]


@pytest.mark.parametrize(
    ("argv", "env", "path"),
    [
        (["python3", "-I", "f"], {"PYTHONHOME": "/tmp/p"}, "/tmp/p/lib/python3.*/encodings/__init__.py"),
        (["python3", "f"], {"PYTHONBREAKPOINT": "0", "PYTHONPATH": "/srv"}, "/srv/m.py"),
        (["ruby", "--disable=gems", "f"], {"RUBYLIB": "/tmp/m"}, "/tmp/m/rbconfig.rb"),
        (["ruby", "f"], {"RUBYLIB": "/srv/m"}, "/srv/m/rbconfig.rb"),
        (["ruby", "f"], {"RUBYLIB": "/tmp/m"}, "/tmp/other/rbconfig.rb"),
        (["R", "--vanilla", "-e", "1"], HOME, "/tmp/h/.Rprofile"),
        (["R", "--no-environ", "-f", "x"], {"R_ENVIRON": "/tmp/e"}, "/tmp/e"),
        (["zsh", "-f", "f"], HOME, "/tmp/h/.zshenv"),
        (["zsh", "f"], HOME, "/tmp/h/.zshrc"),
        (["zsh", "f"], {"HOME": "/home/u"}, "/home/u/.zshenv"),
        (["bash", "f"], HOME, "/tmp/h/.bashrc"),
        (["bash", "--norc", "-i", "f"], HOME, "/tmp/h/.bashrc"),
        (["bash", "--noprofile", "-l", "f"], HOME, "/tmp/h/.profile"),
        (["dash", "f"], HOME, "/tmp/h/.profile"),
        (["fish", "-N", "f"], HOME, "/tmp/h/.config/fish/config.fish"),
        (["erl", "-noshell", "-boot", "no_dot_erlang"], HOME, "/tmp/h/.erlang"),
        (["gdb", "-nx", "-batch"], HOME, "/tmp/h/.gdbinit"),
        (["expect", "-n", "f"], HOME, "/tmp/h/.expect.rc"),
        (["vim", "--clean"], {"VIMRUNTIME": "/tmp/r"}, "/tmp/r/plugin/*.vim"),
    ],
)
def test_what_an_option_keeps_out_or_lies_elsewhere_is_not(argv: list[str], env: dict[str, str], path: str) -> None:
    assert path not in [found for _variable, found in loaded(argv, env, path)]


@pytest.mark.parametrize(
    ("argv", "env"),
    [
        (["zsh", "f"], HOME),
        (["ruby", "f"], {"RUBYLIB": "/tmp/m"}),
        (["bash", "-l", "f"], HOME),
        (["erl", "-noshell"], HOME),
    ],
)
def test_what_nobody_has_seen_is_not_believed(argv: list[str], env: dict[str, str]) -> None:
    assert loaded(argv, env) == []


def test_a_python_that_lies_in_its_own_home_is_no_news() -> None:
    path = "/tmp/p/lib/python3.*/encodings/__init__.py"
    assert loaded(["python3", "f"], {"PYTHONHOME": "/tmp/p"}, path, exe="/tmp/p/bin/python3") == []


def test_a_compiled_module_counts_where_there_is_no_source() -> None:
    names = ("sitecustomize.py", "sitecustomize/__init__.py", "usercustomize.py", "usercustomize/__init__.py", "encodings/__init__.py",
             "site.py")  # fmt: skip
    files = {f"/tmp/m/{name}": FileFact(kind="missing") for name in names}
    files["/tmp/m/sitecustomize.pyc"] = FileFact(kind="regular")
    reading = read(Execution(argv=("python3", "f"), env={"PYTHONPATH": "/tmp/m"}, files=files))
    assert reading is not None
    assert [snippet.path for snippet in reading.snippets] == ["/tmp/m/sitecustomize.pyc"]


def test_an_empty_entry_of_pythonpath_is_the_working_folder() -> None:
    files = {"/tmp/b/sitecustomize.py": FileFact(kind="regular")}
    for value, count in ((":/srv", 1), ("/srv:", 1), ("", 0), ("/srv", 0)):
        reading = read(Execution(argv=("python3", "f"), env={"PYTHONPATH": value}, cwd="/tmp/b", files=files))
        assert reading is not None
        assert len(reading.snippets) == count, value


@pytest.mark.parametrize(
    ("argv", "env", "path"),
    [
        (["make"], {}, "Makefile"),
        (["make", "-C", "sub", "all"], {}, "sub/GNUmakefile"),
        (["git", "x"], {"GIT_CONFIG_GLOBAL": "conf"}, "conf"),
        (["git", "x"], {"GIT_CONFIG_SYSTEM": "conf"}, "conf"),
        (["git", "-c", "include.path=conf", "x"], {}, "conf"),
    ],
)
def test_a_fifo_in_the_place_of_a_file_that_is_read_unasked(argv: list[str], env: dict[str, str], path: str) -> None:
    reading = read(Execution(argv=tuple(argv), env=env, files={path: FileFact(kind="fifo")}))
    assert reading is not None
    assert [(snippet.vector, snippet.path) for snippet in reading.snippets] == [("descriptor", path)]
    for kind in ("regular", "missing"):
        reading = read(Execution(argv=tuple(argv), env=env, files={path: FileFact(kind=kind)}))  # type: ignore[arg-type]
        assert reading is None or reading.snippets == []


def test_a_module_of_rakus_that_is_found_by_its_name() -> None:
    reading = read(Execution(argv=("raku", "-MFoo::Bar", "f"), env={"RAKULIB": "/srv,/tmp/l"}))
    assert reading is not None
    assert [(s.vector, s.path) for s in reading.snippets] == [("module-option", "/tmp/l/Foo/Bar.rakumod")]
