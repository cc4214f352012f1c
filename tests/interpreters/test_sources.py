"""Tables are found by what their files' text says, before they are imported."""

import subprocess
import sys

import pytest

from flycatcher import interpreters
from flycatcher.interpreters import builtin, by_id, by_name
from flycatcher.interpreters.sources import literals, sources, understand

_CLASS = 'class Some(Interpreter):\n    id = "some"\n    names = {names}\n'


def test_every_file_says_what_its_classes_hold() -> None:
    said = sources(tuple(interpreters.__path__))
    assert [source.module for source in said if not source.understood] == []
    assert [pair for source in said for pair in zip(source.ids, source.names, strict=True)] == [
        (name, found.names) for name, found in builtin().items()
    ]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"perl(?:5[\d.]*)?", ("perl",)),
        (r"(?:da|a)?sh(?:\.exe)?", ("sh",)),
        (r"awk|n?awk|mawks?", ("awk", "awk", "mawk")),
        (r"g\+\+(?:-\d+)*", ("g",)),
        (r"(?:a|b)", ("",)),
        (r"(?i)perl", ("",)),
        (r"ab{0,1}c", ("",)),
        (r"x[a-z]*yz", ("yz",)),
    ],
)
def test_a_name_is_known_by_a_text_that_each_of_its_matches_holds(pattern: str, expected: tuple[str, ...]) -> None:
    assert literals(pattern) == expected


@pytest.mark.parametrize("names", ["NAMES", '(r"a" + TAIL,)', '("a\\\\.b",)', '("a", *MORE)', "tuple(found)"])
def test_a_file_whose_names_are_not_written_out_may_describe_anything(names: str) -> None:
    source = understand("some", _CLASS.format(names=names))
    assert not source.understood
    assert source.fits("anything")


def test_a_class_that_takes_its_names_from_elsewhere_may_describe_anything() -> None:
    assert not understand("some", 'class Some(Other):\n    id = "some"\n    language = "x"\n').understood


def test_names_that_are_written_out_fit_only_what_they_match() -> None:
    source = understand("some", _CLASS.format(names='(\n        r"so+me\\d?",\n        "other",\n    )'))
    assert (source.ids, source.names) == (("some",), ((r"so+me\d?", "other"),))
    assert [
        name for name in ("some", "sooome3", "other", "some33", "asome", "another", "gcc") if source.fits(name)
    ] == [
        "some",
        "sooome3",
        "other",
    ]


def test_names_and_ids_find_the_same_as_the_whole_registry() -> None:
    names = [
        "gmake",
        "ghci",
        "aarch64-linux-gnu-gdb",
        "nodejs",
        "gcc",
        "qemu-arm",
        "qemu-img",
        "vi\n",
        "lualatex",
        "bb",
    ]
    expected = {}
    for name in names:
        match = interpreters._patterns().match(name)
        expected[name] = match.lastgroup if match else None
    assert {name: found.id if (found := by_name(name)) else None for name in names} == expected
    assert all(by_id(name) is found for name, found in builtin().items())
    assert by_id("gcc") is None


def test_a_name_loads_its_own_table_alone() -> None:
    program = (
        "import sys; from flycatcher.interpreters import by_name;"
        "print(by_name('gcc'), by_name('gmake').id, by_name('original-awk').id);"
        "print(sorted(name for name in ('make', 'awk', 'git', 'vim', 'perl') if f'flycatcher.interpreters.{name}' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "None make awk\n['awk', 'make']\n"
