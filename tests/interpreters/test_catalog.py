"""Tables are found by the index, before they are imported; the index says what the tables say."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from flycatcher.core import indexes, interpreters
from flycatcher.core.interpreters import builtin, by_id, by_name
from flycatcher.core.interpreters.engine import catalog
from flycatcher.core.interpreters.engine.literals import literals

_TABLE = """
from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, Options

class Frob(Interpreter):
    id = "frob"
    language = "python"
    names = ("frob",)
    variables = ("FROBOPT",)
    options = Options(parser="getopt", short={"x": CODE})
"""


def test_the_indexes_are_what_the_tables_and_rules_say() -> None:
    assert {path.name for path in indexes.texts()} == {"_index.py"}
    for path, text in indexes.texts().items():
        assert path.read_text(encoding="utf-8") == text, f"{path} is stale: make index"


def test_without_the_generated_file_the_tables_themselves_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, catalog.INDEX, None)
    assert catalog.entries.__wrapped__() == catalog.build() == catalog.entries()


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


@pytest.mark.parametrize(
    ("name", "expected"),
    [("gmake", "make"), ("ghci", "ghc"), ("aarch64-linux-gnu-gdb", "gdb"), ("nodejs", "node"), ("gcc", None),
     ("qemu-arm", "qemu_user"), ("qemu-img", None), ("lualatex", "tex"), ("bb", "babashka"), ("-bash", "bash"),
     ("/usr/bin/python3.11 (deleted)", "python")],
)  # fmt: skip
def test_a_name_finds_its_interpreter(name: str, expected: str | None) -> None:
    found = by_name(name)
    assert (found.id if found else None) == expected


def test_an_id_finds_its_interpreter() -> None:
    assert all(by_id(name) is found for name, found in builtin().items())
    assert by_id("gcc") is None


def test_a_name_loads_its_own_table_alone() -> None:
    program = (
        "import sys; from flycatcher.core.interpreters import by_name;"
        "print(by_name('gcc'), by_name('gmake').id, by_name('original-awk').id);"
        "print(sorted(n.rpartition('.')[2] for n in sys.modules if n.endswith(('.make', '.awk', '.git', '.vim', '.perl'))))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "None make awk\n['awk', 'make']\n"


def test_one_new_file_in_a_family_of_its_own_is_all_that_an_interpreter_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = tmp_path / "frobs"
    family.mkdir()
    (family / "__init__.py").write_text("")
    (family / "frob.py").write_text(_TABLE)
    monkeypatch.setattr(interpreters, "__path__", [*interpreters.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    added = [entry for entry in catalog.build() if entry.id == "frob"]
    assert added == [
        catalog.Entry("frob", "frobs.frob", ("frob",), ("frob",), language="python", variables=("FROBOPT",))
    ]
    assert catalog.declared("frobs.frob")[0].id == "frob"
    catalog.declared.cache_clear()
    sys.modules.pop(f"{catalog.PACKAGE}.frobs.frob")
    sys.modules.pop(f"{catalog.PACKAGE}.frobs")
